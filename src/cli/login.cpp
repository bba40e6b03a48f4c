// gatehouse login, logout and admin-key …
#include <unistd.h>

#include <array>
#include <chrono>
#include <ostream>
#include <thread>

#include "cli/commands.h"
#include "cli/key_store.h"
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* member = object ? object->if_contains(json::string_view(name.data(), name.size())) : nullptr;
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::int64_t number_of(const json::value& value, std::string_view name, std::int64_t otherwise) {
  const auto* object = value.if_object();
  const auto* member = object ? object->if_contains(json::string_view(name.data(), name.size())) : nullptr;
  return member && member->is_int64() ? member->get_int64() : otherwise;
}

std::string this_machine() {
  std::array<char, 64> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "gatehouse";
  return std::string("gatehouse on ") + printable(name.data());
}

/// RFC 8628 section 3.5: as often as the server says, slower where it asks for that, until somebody has decided.
int wait_for_decision(Call& call, const Client& client, const std::string& device_code, std::int64_t interval) {
  for (;;) {
    std::this_thread::sleep_for(std::chrono::seconds(interval));
    const auto answer = client.send_form(
        "/login/token", {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", device_code}});
    if (!answer) return call.complain(answer.error());
    const json::value& body = answer.value().body;
    if (answer.value().ok()) {
      const StoredKey key{SecretString(text_of(body, "access_token")), text_of(body, "user"), text_of(body, "expires_at")};
      if (key.key.empty()) return call.complain(fail(Errc::kUpstreamFailed, "The server's answer holds no key."));
      if (const auto stored = store_key(client.url(), key); !stored) return call.complain(stored.error());
      call.context.err << "You are " << printable(key.user) << " at " << client.url() << " until " << printable(key.expires_at)
                       << ".\nThe key is kept in " << key_store_path() << ".\n";
      if (call.context.json)
        call.context.out << json::serialize(json::object{{"user", key.user}, {"expires_at", key.expires_at}}) << "\n";
      return kDone;
    }
    const std::string error = text_of(body, "error");
    if (error == "slow_down") interval += 5;
    if (error == "authorization_pending" || error == "slow_down") continue;
    if (error == "access_denied") {
      call.context.err << "gatehouse: It was refused in the browser.\n";
      return kNotAllowed;
    }
    if (error == "expired_token") {
      call.context.err << "gatehouse: Nobody decided in time; run gatehouse login again.\n";
      return kFailed;
    }
    return call.complain(answer.value());
  }
}

int login(Call& call) {
  const auto client = Client::without_key(call.context);
  if (!client) return call.complain(client.error());
  const auto asked = client.value().send_form("/login/device", {{"client_name", this_machine()}});
  if (!asked) return call.complain(asked.error());
  const json::value& body = asked.value().body;
  const std::string device_code = text_of(body, "device_code");
  if (!asked.value().ok() || device_code.empty()) return call.complain(asked.value());
  call.context.err << "Open " << printable(text_of(body, "verification_uri_complete")) << "\nand see that it shows "
                   << printable(text_of(body, "user_code")) << ". Waiting …" << std::endl;
  return wait_for_decision(call, client.value(), device_code, number_of(body, "interval", 5));
}

int logout(Call& call) {
  const auto client = Client::without_key(call.context);
  if (!client) return call.complain(client.error());
  const auto stored = stored_key(client.value().url());
  if (!stored) return call.complain(stored.error());
  if (stored.value().key.empty()) {
    call.context.err << "Nothing is stored for " << client.value().url() << ".\n";
    return kDone;
  }
  int status = kDone;
  // The public id stands in the key, behind "gtha_".
  const std::string id = stored.value().key.expose().substr(5, 16);
  const auto with_key = Client::make(call.context);
  if (!with_key) return call.complain(with_key.error());
  const auto ended = with_key.value().send("POST", api_path({"admin-keys", id, "revoke"}));
  if (!ended) return call.complain(ended.error());
  if (!ended.value().ok() && ended.value().status != 401) status = call.complain(ended.value());
  if (const auto forgotten = forget_key(client.value().url()); !forgotten) return call.complain(forgotten.error());
  call.context.err << "The key is revoked and forgotten.\n";
  return status;
}

}  // namespace

int make_sign_in_link(Context& context, const std::string& email, bool invitation) {
  Call call(context);
  if (invitation) call.body["invitation"] = true;
  int status = kDone;
  const json::value made = call.fetch("POST", api_path({"users", email, "sign-in-link"}), status);
  if (status != kDone) return status;
  const auto client = Client::without_key(context);
  if (!client) return call.complain(client.error());
  const std::string url = client.value().url() + text_of(made, "path");
  if (context.json) {
    context.out << json::serialize(json::object{{"sign_in_url", url}, {"expires_at", text_of(made, "expires_at")}}) << "\n";
  } else {
    context.out << url << "\n";
    context.err << "It signs " << printable(email) << " in once, until " << text_of(made, "expires_at") << ".\n";
  }
  return kDone;
}

void add_sign_in_commands(CLI::App& root, Runner runner) {
  Command(&root, runner, "login", "get an administrator key of your own by signing in with a browser").run(login);
  Command(&root, runner, "logout", "revoke and forget what login stored").run(logout);
  CLI::App* key = add_noun(root, "admin-key", "administrator keys: yours, with your role and an end");
  Command(key, runner, "create", "make one; it is printed alone and shown once")
      .text("--name", "name", "what it is for")
      .required()
      .duration("--expires-in", "expires_in", "30d by default, a year at most")
      .instant("--expires-at", "expires_at", "instead of --expires-in")
      .run([](Call& call) {
        return call.send_for_secret(api_path({"admin-keys"}), "admin_key", [](const json::object& made) {
          return "Key " + std::string(made.at("id").as_string()) + ", until " + std::string(made.at("expires_at").as_string()) +
                 ".\n";
        });
      });
  Command(key, runner, "list", "list them").run([](Call& call) {
    return call.list(api_path({"admin-keys"}), [](Context& context, const json::value& items) {
      print_table(context, items,
                  {{"ID", "id"}, {"USER", "user"}, {"NAME", "name"}, {"EXPIRES", "expires_at"}, {"STATE", "state"}});
    });
  });
  CLI::App* directory =
      add_noun(root, "directory-key", "keys with which the company's directory keeps people and groups here (SCIM)");
  Command(directory, runner, "create", "make one; it is printed alone and shown once")
      .text("--name", "name", "which directory: Okta, Entra …")
      .required()
      .run([](Call& call) {
        return call.send_for_secret(api_path({"directory-keys"}), "directory_key", [](const json::object& made) {
          return "Key " + std::string(made.at("id").as_string()) +
                 "; the directory's address is the admin address and /scim/v2.\n";
        });
      });
  Command(directory, runner, "list", "list them").run([](Call& call) {
    return call.list(api_path({"directory-keys"}), [](Context& context, const json::value& items) {
      print_table(context, items, {{"ID", "id"}, {"NAME", "name"}, {"CREATED", "created_at"}});
    });
  });
  Command(directory, runner, "revoke", "end one at once").positional("ID", "id", "its id").run([](Call& call) {
    return call.post(api_path({"directory-keys", call.text("id"), "revoke"}), nullptr);
  });
  Command(key, runner, "revoke", "end one at once").positional("ID", "id", "its id").run([](Call& call) {
    return call.post(api_path({"admin-keys", call.text("id"), "revoke"}), nullptr);
  });
}

}  // namespace gatehouse::cli
