#include "web/assets.h"

#include "base/encoding.h"
#include "crypto/digest.h"

namespace gatehouse::web {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --line: #8886; --accent: #0b57d0; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --accent: #a8c7fa; --on: #062e6f } }
* { box-sizing: border-box }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: space-between; align-items: center;
  padding: .75rem 1rem; border-bottom: 1px solid var(--line) }
header a { color: inherit } nav { display: flex; gap: 1rem; align-items: center } header form { margin: 0 }
main { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
label { display: block; font-weight: 600 } small { display: block }
input { width: 100%; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .375rem }
button { font: inherit; padding: .5rem 1rem; min-height: 2.5rem; border: 1px solid var(--accent); border-radius: .375rem;
  background: var(--accent); color: var(--on); cursor: pointer }
button.second { background: none; color: inherit; border-color: var(--line) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.note { border-left: 4px solid var(--accent); padding: .5rem .75rem; background: #8882 }
table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: .375rem .5rem .375rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
code, .secret { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
.row { display: flex; flex-wrap: wrap; gap: .5rem } .row form { margin: 0 }
)css";

constexpr std::string_view kScript = R"js("use strict";
(() => {
  const button = document.querySelector("[data-passkey]");
  if (!button || !window.PublicKeyCredential) return;
  const told = document.getElementById("passkey-told");
  const say = (text) => { told.textContent = text; };
  const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const ask = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json", "Gatehouse-CSRF": button.dataset.csrf || "" },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || "It did not work.");
    return said;
  };
  const add = async () => {
    const options = await ask("/account/passkeys/begin", {});
    const challenge = options.challenge;
    options.challenge = new TextEncoder().encode(challenge);
    options.user.id = decode(options.user.id);
    options.excludeCredentials.forEach((one) => { one.id = decode(one.id); });
    const made = await navigator.credentials.create({ publicKey: options });
    const name = document.getElementById("f-passkey-name").value || "passkey";
    await ask("/account/passkeys", {
      challenge, name, client_data: encode(made.response.clientDataJSON),
      attestation_object: encode(made.response.attestationObject),
    });
    location.assign("/account");
  };
  const signIn = async () => {
    const options = await ask("/sign-in/passkey/begin", {});
    const challenge = options.challenge;
    options.challenge = new TextEncoder().encode(challenge);
    const got = await navigator.credentials.get({ publicKey: options });
    const said = await ask(button.dataset.passkey === "prove" ? "/step-up/passkey" : "/sign-in/passkey", {
      challenge, credential: got.id, client_data: encode(got.response.clientDataJSON),
      authenticator_data: encode(got.response.authenticatorData), signature: encode(got.response.signature),
      next: button.dataset.next || "/",
    });
    location.assign(said.next);
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("Your browser asks you now.");
    try {
      await (button.dataset.passkey === "add" ? add() : signIn());
    } catch (problem) {
      say(problem.name === "NotAllowedError" ? "It was cancelled, or took too long." : problem.message);
    }
    button.disabled = false;
  });
})();
)js";

std::string named(std::string_view before, std::string_view content, std::string_view after) {
  const auto digest = crypto::sha256(content);
  std::string path(before);
  path.append(to_hex(std::span(digest).first(8))).append(after);
  return path;
}

api::Response answer(std::string_view type, std::string_view content) {
  api::Response response;
  response.content_type = type;
  response.body = content;
  response.fields = {{"Cache-Control", "public, max-age=31536000, immutable"}, {"Cross-Origin-Resource-Policy", "same-origin"}};
  return response;
}

}  // namespace

const std::string& style_path() {
  static const std::string path = named("/assets/pages-", kStyle, ".css");
  return path;
}

const std::string& script_path() {
  static const std::string path = named("/assets/passkey-", kScript, ".js");
  return path;
}

std::optional<api::Response> asset(std::string_view path) {
  if (path == style_path()) return answer("text/css; charset=utf-8", kStyle);
  if (path == script_path()) return answer("text/javascript; charset=utf-8", kScript);
  return std::nullopt;
}

}  // namespace gatehouse::web
