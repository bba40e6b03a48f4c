// GET and POST /authorize (RFC 6749 section 4.1.1, RFC 9207): what an app asks a person for, in plain words, and the answer.
//
// Nothing is sent to a redirect URI before it was found among the app's own, letter by letter. oauth/consent.h asks the person.
// A device's code comes in here too, and is oauth/device.cpp's.
#include <boost/json.hpp>

#include "admin/apps.h"
#include "oauth/consent.h"
#include "oauth/endpoints.h"
#include "oauth/gate_session.h"
#include "oauth/pages.h"

namespace gatehouse::oauth {
namespace {

constexpr Duration kCodeFor = std::chrono::seconds(60);
constexpr std::size_t kLongestState = 2048;

const std::string& redirect_uri(const Asked& asked) { return asked.parameters.text("redirect_uri"); }
const std::string& state(const Asked& asked) { return asked.parameters.text("state"); }

/// To the app, with `iss` on success and error alike (RFC 9207 section 2).
http::ElsewhereAnswer back_to_app(const Context& context, const Asked& asked, const std::string& name, const std::string& value,
                                  const std::string& description = {}) {
  std::string location = redirect_uri(asked);
  std::string query;
  append_form(name, value, query);
  if (!description.empty()) append_form("error_description", description, query);
  if (!state(asked).empty()) append_form("state", state(asked), query);
  append_form("iss", context.issuer(), query);
  location += location.find('?') == std::string::npos ? "?" : "&";
  return redirect(location + query);
}

/// Client and redirect URI: what is wrong with these is told to the person alone.
std::optional<Asked> find_app_and_address(Context& context, const std::string& query, std::string& why) {
  auto asked = find_app(context, query, why);
  if (!asked || !admin::redirect_uri_matches(asked->client.redirect_uris, redirect_uri(*asked))) return std::nullopt;
  return asked;
}

Answered<bool> check_challenge(const Asked& asked) {
  const std::string& challenge = asked.parameters.text("code_challenge");
  const std::string& method = asked.parameters.text("code_challenge_method");
  if (challenge.empty() && method.empty()) {
    if (asked.client.auth != store::ClientAuth::kNone) return true;
    return OAuthError{"invalid_request", "An app that can keep no secret needs PKCE: code_challenge with S256.", 400, 0};
  }
  const bool form =
      challenge.size() == 43 &&
      challenge.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
  if (method != "S256" || !form)
    return OAuthError{"invalid_request", "code_challenge_method must be S256, with its challenge.", 400, 0};
  return true;
}

Answered<bool> check(Context& context, Asked& asked) {
  const Parameters& parameters = asked.parameters;
  for (const char* unknown : {"request", "request_uri"}) {
    if (parameters.has(unknown))
      return OAuthError{
          std::string_view(unknown) == "request" ? "request_not_supported" : "request_uri_not_supported", {}, 400, 0};
  }
  if (state(asked).size() > kLongestState) return OAuthError{"invalid_request", "state is too long.", 400, 0};
  if (parameters.text("response_type") != "code")
    return OAuthError{"unsupported_response_type", "Only code is known here.", 400, 0};
  if (parameters.has("response_mode") && parameters.text("response_mode") != "query")
    return OAuthError{"invalid_request", "Only the response mode query is known here.", 400, 0};
  GH_TRYV(check_challenge(asked));
  return check_wanted(context, asked);
}

/// As form-action names it, which has no word for an address of IPv6: there it is the scheme alone.
std::string origin_of(const std::string& uri) {
  const std::size_t scheme = uri.find(":");
  const bool web = uri.starts_with("https://") || (uri.starts_with("http://") && !uri.starts_with("http://["));
  if (!web) return uri.substr(0, scheme + 1);
  return uri.substr(0, uri.find_first_of("/?", scheme + 3));
}

ConsentForm form_for(const Asked& asked) { return {{}, hidden("query", asked.query), origin_of(redirect_uri(asked))}; }

http::ElsewhereAnswer give_code(Context& context, const Asked& asked, const Consent& consent) {
  Code code = code_for(context, asked, consent, context.now() + kCodeFor);
  code.redirect_uri = redirect_uri(asked);
  code.challenge = asked.parameters.text("code_challenge");
  return back_to_app(context, asked, "code", seal_code(context, code));
}

}  // namespace

http::ElsewhereAnswer authorization_endpoint(Context& context, const AuthorizationRequest& request) {
  if (request.query.starts_with("user_code=")) return device_page(context, request);
  std::string why;
  auto asked = find_app_and_address(context, request.query, why);
  if (!asked) return bad_request(why);
  if (const auto checked = check(context, *asked); !checked)
    return back_to_app(context, *asked, "error", std::string(checked.error().code), checked.error().description);
  const std::string& prompt = asked->parameters.text("prompt");
  const bool silent = prompt == "none";
  if (!prompt.empty() && !silent && prompt != "consent" && prompt != "login" && prompt != "select_account")
    return back_to_app(context, *asked, "error", "invalid_request", "prompt must be none, login, consent or select_account.");
  const auto session = session_at_gate(context, request);
  const bool again = prompt == "login" && session && context.now() - session->session.proved_at > std::chrono::minutes(10);
  if (!session || again)
    return silent ? back_to_app(context, *asked, "error", "login_required")
                  : ask_to_sign_in(context, request.query, prompt == "login");
  const auto before = consent_of(context, session->user.id, *asked);
  if (before && prompt != "consent" && remembered(*asked, *before, context.now())) return give_code(context, *asked, *before);
  if (silent) return back_to_app(context, *asked, "error", "consent_required");
  return consent_page(context, *asked, *session, before ? &*before : nullptr, form_for(*asked), {});
}

http::ElsewhereAnswer decision_endpoint(Context& context, const AuthorizationRequest& request) {
  const auto form = Parameters::from_body(request);
  if (!form) return bad_request("The form is not whole.");
  if (form.value().has("user_code")) return device_decision(context, request, form.value());
  std::string why;
  auto asked = find_app_and_address(context, form.value().text("query"), why);
  if (!asked) return bad_request(why);
  if (!check(context, *asked)) return bad_request("The app's request is not what it was.");
  const auto session = session_at_gate(context, request);
  if (!session) return ask_to_sign_in(context, asked->query, false);
  if (!is_ours(context, request, *session, *asked, form.value(), {}))
    return bad_request("This was not sent by the page of this address.");
  if (form.value().text("decision") != "allow")
    return back_to_app(context, *asked, "error", "access_denied", "The person refused.");
  const auto consent = take_consent(context, request, *session, *asked, form.value());
  if (consent) return give_code(context, *asked, consent.value());
  if (consent.error().code != "invalid_request")
    return page(503, "That did not work", "<p>" + html(consent.error().description) + "</p>");
  const auto before = consent_of(context, session->user.id, *asked);
  return consent_page(context, *asked, *session, before ? &*before : nullptr, form_for(*asked), consent.error().description);
}

}  // namespace gatehouse::oauth
