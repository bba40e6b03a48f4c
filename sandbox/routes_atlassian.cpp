// auth.atlassian.com and api.atlassian.com, as far as a 3LO app meets them: authorize, token, /me, accessible-resources. The
// products behind /ex/… are the routes of the site.
//
// What is not known of the real ones takes the worse branch: PKCE is looked at only where it was announced, and a code that comes
// with another redirect URI is refused as RFC 6749 says. Nobody signs in here: whoever opens the page says who they are.
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/json_text.h"
#include "sandbox/seed.h"
#include "sandbox/web.h"

namespace gatehouse::sandbox {
namespace {

Reply oauth_error(int status, const char* error, const char* description) {
  return ok({{"error", error}, {"error_description", description}}, status);
}

std::string next_secret(Account& account, const char* kind) { return std::string(kind) + "-" + std::to_string(++account.made); }

/// The page on which somebody consents; each link is one person's yes.
Reply authorize(Call& call) {
  Account& account = call.site.account;
  const std::string redirect = call.param("redirect_uri");
  const bool asks_well = call.param("response_type") == "code" && call.param("audience") == "api.atlassian.com" &&
                         call.param("client_id") == account.client_id && !call.param("scope").empty();
  if (!asks_well || redirect.empty() || (!account.callback.empty() && redirect != account.callback)) {
    return ok({{"error", "unauthorized_client"}, {"error_description", "Callback URL mismatch, or no such client"}}, 400);
  }
  const std::string as = call.param("as");
  if (as.empty()) {
    Reply page{200, "text/html;charset=UTF-8", {}, "<!DOCTYPE html><title>Sandbox</title><h1>Who are you at Atlassian?</h1>"};
    for (const auto& [id, user] : call.site.users) {
      page.body += "<p><a href=\"" + escape_html(call.request.target + "&as=" + percent_encoded(id)) + "\">" +
                   escape_html(user.name) + "</a></p>";
    }
    return page;
  }
  if (!call.site.users.contains(as)) refuse(400, "There is no such person in the sandbox.");
  const std::string state = "&state=" + percent_encoded(call.param("state"));
  if (call.flag("deny")) return Reply{302, {}, {{"Location", redirect + "?error=access_denied" + state}}, {}};
  const std::string code = next_secret(account, "code");
  account.codes[code] = {as, call.param("scope"), redirect, call.param("code_challenge"), now_ms() + 60'000};
  return Reply{302, {}, {{"Location", redirect + "?code=" + code + state}}, {}};
}

Reply give_tokens(Site& site, const Consent& consent) {
  Account& account = site.account;
  const std::string access = next_secret(account, "access");
  Consent lent = consent;
  lent.ends_ms = now_ms() + account.access_seconds * 1000;
  account.access[access] = lent;
  json::object out{
      {"access_token", access}, {"expires_in", account.access_seconds}, {"token_type", "Bearer"}, {"scope", consent.scopes}};
  if ((" " + consent.scopes + " ").find(" offline_access ") != std::string::npos) {
    const std::string refresh = next_secret(account, "refresh");
    account.refresh[refresh] = {consent, 0};
    out["refresh_token"] = refresh;
  }
  return ok(out);
}

/// A service account's OAuth 2.0 credential: no person, no refresh token (RFC 6749 section 4.4.3).
Reply service_token(Call& call) {
  Account& account = call.site.account;
  const auto field = [&](const std::string& name) {
    const std::string text = "&" + call.request.body;
    const std::size_t at = text.find("&" + name + "=");
    if (at == std::string::npos) return std::string();
    const std::size_t from = at + name.size() + 2;
    return text.substr(from, text.find('&', from) - from);
  };
  ++account.service_asked;
  if (field("grant_type") != "client_credentials") return oauth_error(400, "unsupported_grant_type", "Unsupported grant type");
  if (field("client_id") != account.service_id || field("client_secret") != account.service_secret)
    return oauth_error(401, "invalid_client", "Unauthorized");
  const std::string access = next_secret(account, "service");
  account.access[access] = {
      kBot, "read:jira-work write:jira-work read:confluence-content.all", {}, {}, now_ms() + account.access_seconds * 1000};
  return ok({{"access_token", access}, {"expires_in", account.access_seconds}, {"token_type", "Bearer"}});
}

Reply token(Call& call) {
  Account& account = call.site.account;
  if (call.request.header("Content-Type").find("form") != std::string_view::npos) return service_token(call);
  const json::object& body = call.object();
  if (text_at(body, "client_id") != account.client_id || text_at(body, "client_secret") != account.client_secret)
    return oauth_error(401, "access_denied", "Unauthorized");
  if (text_at(body, "grant_type") == "authorization_code") {
    const auto found = account.codes.find(text_at(body, "code"));
    if (found == account.codes.end()) return oauth_error(403, "invalid_grant", "Invalid authorization code");
    const Consent consent = found->second;
    account.codes.erase(found);
    const std::string verifier = text_at(body, "code_verifier");
    const auto digest = crypto::sha256(verifier);
    if (now_ms() > consent.ends_ms || text_at(body, "redirect_uri") != consent.redirect_uri ||
        (!consent.challenge.empty() && to_base64url(digest) != consent.challenge))
      return oauth_error(403, "invalid_grant", "Invalid authorization code");
    return give_tokens(call.site, consent);
  }
  if (text_at(body, "grant_type") == "refresh_token") {
    const auto found = account.refresh.find(text_at(body, "refresh_token"));
    const bool over = found == account.refresh.end() || !call.site.users.at(found->second.consent.account_id).active ||
                      (found->second.replaced_ms != 0 && now_ms() > found->second.replaced_ms + account.leeway_ms);
    if (over) return oauth_error(403, "invalid_grant", "Unknown or invalid refresh token.");
    if (found->second.replaced_ms == 0) found->second.replaced_ms = now_ms();
    return give_tokens(call.site, found->second.consent);
  }
  return oauth_error(400, "unsupported_grant_type", "Unsupported grant type");
}

const Consent* consent_of(const Call& call) {
  const std::string_view header = call.request.header("Authorization");
  if (header.substr(0, 7) != "Bearer ") return nullptr;
  return live_consent(call.site, header.substr(7));
}

bool has_scope(const Consent& consent, const std::string& scope) {
  return (" " + consent.scopes + " ").find(" " + scope + " ") != std::string::npos;
}

Reply unauthorized(const char* message) { return ok({{"code", 401}, {"message", message}}, 401); }

Reply me(Call& call) {
  const Consent* const consent = consent_of(call);
  if (consent == nullptr || !has_scope(*consent, "read:me")) return unauthorized("Unauthorized; scope does not match");
  const User& user = call.site.users.at(consent->account_id);
  return ok({{"account_type", "atlassian"},
             {"account_id", user.account_id},
             {"email", user.email},
             {"name", user.name},
             {"picture", call.site.base + "/avatar.png"},
             {"account_status", user.active ? "active" : "inactive"}});
}

Reply resources(Call& call) {
  const Consent* const consent = consent_of(call);
  if (consent == nullptr) return unauthorized("Unauthorized");
  return ok(json::array{json::object{{"id", kCloudId},
                                     {"name", "sandbox"},
                                     {"url", call.site.base},
                                     {"scopes", json::array{"read:jira-work"}},
                                     {"avatarUrl", call.site.base + "/avatar.png"}}});
}

/// For tests of other processes: {"access_seconds","callback","inactive":ACCOUNT,"end":true,"forget_access":true}: members that
/// are given.
Reply control(Call& call) {
  if (!call.site.options.control) refuse(404, "Start the sandbox with --control for this.");
  const json::object& body = call.object();
  Account& account = call.site.account;
  if (body.contains("access_seconds")) account.access_seconds = body.at("access_seconds").as_int64();
  if (body.contains("callback")) account.callback = text_at(body, "callback");
  if (const std::string id = text_at(body, "inactive"); !id.empty()) call.site.users.at(id).active = false;
  if (true_at(body, "forget_access")) account.access.clear();
  if (true_at(body, "end")) {
    account.access.clear();
    account.refresh.clear();
  }
  if (const std::string id = text_at(body, "administers_not"); !id.empty()) {
    for (auto& [project_id, project] : call.site.projects) project.role_members[10002].erase(id);
  }
  return no_content();
}

}  // namespace

const Consent* live_consent(const Site& site, std::string_view access_token) {
  const auto found = site.account.access.find(std::string(access_token));
  if (found == site.account.access.end() || now_ms() > found->second.ends_ms) return nullptr;
  return &found->second;
}

void add_atlassian_routes(Routes& routes) {
  routes.raw("GET", "authorize", authorize);
  routes.raw("POST", "oauth/token", token);
  routes.raw("GET", "me", me);
  routes.raw("GET", "oauth/token/accessible-resources", resources);
  routes.raw("POST", "__sandbox/atlassian", control);
}

}  // namespace gatehouse::sandbox
