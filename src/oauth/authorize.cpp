// GET and POST /authorize (RFC 6749 section 4.1.1, RFC 9207): what an app asks a person for, in plain words, and the answer.
//
// Nothing is sent to a redirect URI before it was found among the app's own, letter by letter. What is asked for is held against
// the app's maximum; the person chooses the projects, and may choose fewer than were asked for.
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/apps.h"
#include "admin/resources.h"
#include "admin/signed_value.h"
#include "oauth/code.h"
#include "oauth/endpoints.h"
#include "oauth/gate_session.h"
#include "oauth/pages.h"

namespace gatehouse::oauth {
namespace {

constexpr Duration kCodeFor = std::chrono::seconds(60);
constexpr std::string_view kCsrf = "authorize";
constexpr std::size_t kMostTyped = 50;
constexpr std::size_t kLongestState = 2048;

/// A request whose client and redirect URI are right.
struct Asked {
  std::string query;  ///< as it came
  Parameters parameters;
  token::LiveCredentialPtr app;
  std::string app_name;
  std::string redirect_uri;
  std::string state;
  // Filled by check().
  ScopeSet scopes;
  bool offline = false;
  Narrowed wanted;
};

http::ElsewhereAnswer bad_request(std::string_view why) {
  return page(400, "This app's request is wrong",
              "<p>" + html(why) + "</p><p>Nothing was done. Whoever runs the app has to put it right.</p>");
}

/// To the app, with `iss` on success and error alike (RFC 9207 section 2).
http::ElsewhereAnswer back_to_app(const Context& context, const Asked& asked, const std::string& name, const std::string& value,
                                  const std::string& description = {}) {
  std::string location = asked.redirect_uri;
  std::string query;
  append_form(name, value, query);
  if (!description.empty()) append_form("error_description", description, query);
  if (!asked.state.empty()) append_form("state", asked.state, query);
  append_form("iss", context.issuer(), query);
  location += location.find('?') == std::string::npos ? "?" : "&";
  return redirect(location + query);
}

/// Client and redirect URI: what is wrong with these is told to the person alone.
std::optional<Asked> find_app(Context& context, const std::string& query, std::string& why) {
  auto parameters = Parameters::from_form(query);
  why = "It is not encoded as it should be, or names something twice.";
  if (!parameters) return std::nullopt;
  Asked asked;
  asked.query = query;
  asked.parameters = std::move(parameters.value());
  why = "It names no app that is known here, or an address that is not one of the app's own.";
  asked.app = context.services.index.find_locked(asked.parameters.text("client_id")).credential;
  if (!asked.app || asked.app->kind != CredentialKind::kApp ||
      token::as_view(asked.app->id) != asked.parameters.text("client_id"))
    return std::nullopt;
  const ServiceAccount& account = asked.app->account->account;
  if (!asked.app->live(context.now()) || !is_live(account.state, account.pause, context.now())) return std::nullopt;
  const auto reader = context.services.database.read();
  if (!reader) return std::nullopt;
  const CredentialId id(asked.parameters.text("client_id"));
  const auto client = reader.value()->oauth.client(id);
  const auto credential = reader.value()->credentials.get(id);
  asked.redirect_uri = asked.parameters.text("redirect_uri");
  if (!client || !credential || !admin::redirect_uri_matches(client.value().redirect_uris, asked.redirect_uri))
    return std::nullopt;
  asked.app_name = credential.value().value.name;
  asked.state = asked.parameters.text("state");
  return asked;
}

bool is_public(Context& context, const Asked& asked) {
  const auto reader = context.services.database.read();
  const auto client = reader ? reader.value()->oauth.client(CredentialId(asked.parameters.text("client_id")))
                             : Result<store::OAuthClient>(reader.error());
  // Where it can't be told, it is taken for one: then PKCE is needed.
  return !client || client.value().auth == store::ClientAuth::kNone;
}

Answered<bool> check_challenge(Context& context, const Asked& asked) {
  const std::string& challenge = asked.parameters.text("code_challenge");
  const std::string& method = asked.parameters.text("code_challenge_method");
  if (challenge.empty() && method.empty()) {
    if (!is_public(context, asked)) return true;
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
  if (asked.state.size() > kLongestState) return OAuthError{"invalid_request", "state is too long.", 400, 0};
  if (parameters.text("response_type") != "code")
    return OAuthError{"unsupported_response_type", "Only code is known here.", 400, 0};
  if (parameters.has("response_mode") && parameters.text("response_mode") != "query")
    return OAuthError{"invalid_request", "Only the response mode query is known here.", 400, 0};
  for (const std::string& audience : parameters.all("audience")) {
    if (audience != "api.atlassian.com" && audience != context.issuer())
      return OAuthError{"invalid_target", "audience must be this server, or api.atlassian.com.", 400, 0};
  }
  GH_TRYV(check_challenge(context, asked));
  GH_TRY(asked.scopes, read_scope(parameters.text("scope"), asked.app->scopes, {"offline_access"}));
  if (asked.scopes.empty()) return OAuthError{"invalid_scope", "scope names none.", 400, 0};
  const std::string padded = " " + parameters.text("scope") + " ";
  asked.offline = padded.find(" offline_access ") != std::string::npos;
  // What it names of resources is held against the app's boundary; the scopes were read above.
  Parameters without_scope = Parameters::from_form(asked.query).value();
  without_scope.forget("scope");
  GH_TRY(asked.wanted, narrow(context, *asked.app, asked.scopes, without_scope));
  return true;
}

struct Words {
  std::string_view scope;
  std::string_view words;
};
constexpr std::array<Words, 12> kWords{{
    {"read:jira-work", "read issues, their comments, attachments and worklogs, and search them"},
    {"write:jira-work", "create issues, change and delete them, comment, and attach files"},
    {"read:jira-user", "see the names of people in Jira"},
    {"manage:jira-project", "change the settings of projects: their components, versions and people"},
    {"manage:jira-configuration", "change the settings of Jira itself"},
    {"manage:jira-webhook", "have Jira call an address of the app when something changes"},
    {"manage:jira-data-provider", "store data of the app in Jira"},
    {"read:confluence-content.all", "read pages, blog posts, comments and attachments"},
    {"write:confluence-content", "create and change pages, blog posts and comments"},
    {"search:confluence", "search Confluence"},
    {"read:confluence-user", "see the names of people in Confluence"},
    {"manage:confluence-configuration", "change the settings of Confluence itself"},
}};

std::string in_words(const ScopeSet& scopes) {
  std::string out = "<ul>";
  for (const std::string& name : scope_names(scopes)) {
    const auto known = std::find_if(kWords.begin(), kWords.end(), [&](const Words& one) { return one.scope == name; });
    out +=
        "<li>" + (known == kWords.end() ? "what Atlassian calls <code>" + html(name) + "</code>" : html(known->words)) + "</li>";
  }
  return out + "</ul>";
}

std::string name_of(const upstream::SiteSnapshot& sites, const Resource& resource) {
  const upstream::SiteEntryPtr* site = sites.find_id(resource.site.value);
  return site ? format_resource_name((*site)->site.key, resource.key.empty() ? "*" : resource.key) : std::string();
}

/// The most that can be chosen: the app's boundary, or the part of it that the request names.
std::vector<Resource> choices(const Asked& asked, Instant now) {
  std::vector<Resource> out;
  const auto add = [&out](const Resource& resource) {
    if (std::none_of(out.begin(), out.end(), [&](const Resource& one) { return one.same(resource); })) out.push_back(resource);
  };
  if (asked.wanted.resources.empty()) {
    for (const BoundaryEntry& entry : *asked.app->boundary_at(now)) add(entry.resource);
    return out;
  }
  for (const token::ResourceClaim& claim : asked.wanted.resources) {
    if (claim.id != "*") {
      add({claim.site, claim.id, claim.name.substr(claim.name.find('/') + 1)});
      continue;
    }
    for (const BoundaryEntry& entry : *asked.app->boundary_at(now)) {
      if (entry.resource.site == claim.site) add(entry.resource);
    }
  }
  return out;
}

bool covers(const std::vector<Resource>& chosen, const Resource& one) {
  return std::any_of(chosen.begin(), chosen.end(),
                     [&](const Resource& had) { return had.site == one.site && (had.whole_site() || had.id == one.id); });
}

std::string checkbox(const std::string& name, const std::string& value, const std::string& label, bool checked) {
  return "<label><input type=\"checkbox\" name=\"" + html(name) + "\" value=\"" + html(value) + "\"" +
         (checked ? " checked" : "") + "> " + label + "</label>";
}

std::string origin_of(const std::string& uri) {
  const std::size_t scheme = uri.find(":");
  if (!uri.starts_with("http")) return uri.substr(0, scheme + 1);
  return uri.substr(0, uri.find_first_of("/?", scheme + 3));
}

http::ElsewhereAnswer consent_page(Context& context, const Asked& asked, const admin::LiveSession& session, const Consent* before,
                                   std::string_view wrong) {
  const auto sites = context.services.sites.snapshot();
  std::string body;
  if (!wrong.empty()) body += "<p class=\"note\" role=\"alert\">" + html(wrong) + "</p>";
  body += "<p><strong>" + html(asked.app_name) + "</strong> asks to act in your name, <strong>" + html(session.user.email) +
          "</strong>. It wants to:</p>" + in_words(asked.scopes);
  if (asked.offline) body += "<p>It wants to go on while you are away, until you take this back.</p>";
  body +=
      "<p>It can do nothing that you can't do yourself, and nothing outside of what you choose here.</p>"
      "<form method=\"post\" action=\"/authorize\">";
  body += hidden("query", asked.query) +
          hidden("csrf", admin::tag_of(context.services, kCsrf, session.session.id + "\n" + asked.query));
  body += "<fieldset><legend>Where</legend>";
  std::string whole;
  int at = 0;
  for (const Resource& one : choices(asked, context.now())) {
    const std::string name = name_of(*sites, one);
    if (name.empty()) continue;
    const bool checked = before ? covers(before->resources, one) : !one.whole_site();
    const std::string field = "r" + std::to_string(at++);
    const std::string value = one.site.value + " " + one.id;
    if (one.whole_site()) {
      const std::string site = name.substr(0, name.find('/'));
      whole += checkbox(field, value, "<strong>All projects</strong> of " + html(site) + ", also those made later", checked);
    } else {
      body += checkbox(field, value, html(name), checked);
    }
  }
  body += whole;
  if (!whole.empty())
    body +=
        "<label>Or only these projects, with commas between them, such as acme/A: <input type=\"text\" name=\"typed\" "
        "autocomplete=\"off\"></label>";
  body +=
      "</fieldset><button name=\"decision\" value=\"allow\">Allow</button>"
      "<button class=\"second\" name=\"decision\" value=\"deny\">Refuse</button></form>"
      "<p><small>You can take it back at any time: <code>gatehouse app consents</code>.</small></p>";
  return page(wrong.empty() ? 200 : 400, "Let " + asked.app_name + " act for you?", body, origin_of(asked.redirect_uri));
}

http::ElsewhereAnswer give_code(Context& context, const Asked& asked, const Consent& consent) {
  Code code;
  code.id = random_base62(context.services.random, kIdLength);
  code.family = random_base62(context.services.random, kIdLength);
  code.client = asked.parameters.text("client_id");
  code.consent = consent.id.value;
  code.user = consent.user.value;
  code.redirect_uri = asked.redirect_uri;
  code.challenge = asked.parameters.text("code_challenge");
  code.offline = asked.offline;
  code.wanted.scopes = asked.scopes;
  code.wanted.scopes_named = true;
  code.wanted.resources = asked.wanted.resources;
  code.wanted.audience = asked.wanted.audience;
  code.ends_at = context.now() + kCodeFor;
  return back_to_app(context, asked, "code", seal_code(context, code));
}

/// Whether what was consented to before holds all that is asked for now.
bool remembered(const Asked& asked, const Consent& consent, Instant now) {
  if (!consent.scopes.includes(asked.scopes)) return false;
  if (asked.wanted.resources.empty()) return true;
  const auto wanted = choices(asked, now);
  return std::all_of(wanted.begin(), wanted.end(), [&](const Resource& one) { return covers(consent.resources, one); });
}

std::optional<Consent> consent_of(Context& context, const UserId& user, const Asked& asked) {
  const auto reader = context.services.database.read();
  if (!reader) return std::nullopt;
  auto found = reader.value()->consents.find(user, CredentialId(asked.parameters.text("client_id")));
  if (!found) return std::nullopt;
  return std::move(found.value());
}

Answered<std::vector<Resource>> chosen(Context& context, const Asked& asked, const Parameters& form) {
  const auto allowed = choices(asked, context.now());
  const auto bad = [](std::string why) { return OAuthError{"invalid_request", std::move(why), 400, 0}; };
  std::vector<Resource> out;
  for (std::size_t at = 0; at < allowed.size(); ++at) {
    const std::string& value = form.text("r" + std::to_string(at));
    if (value.empty()) continue;
    const auto found =
        std::find_if(allowed.begin(), allowed.end(), [&](const Resource& one) { return value == one.site.value + " " + one.id; });
    if (found == allowed.end()) return bad("What you chose is not among what this app may ask for.");
    out.push_back(*found);
  }
  std::string_view typed = form.text("typed");
  while (!typed.empty()) {
    std::string_view word = typed.substr(0, typed.find(','));
    typed.remove_prefix(std::min(word.size() + 1, typed.size()));
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (word.empty()) continue;
    if (out.size() >= kMostTyped) return bad("That is too many at once.");
    const auto resource = admin::resolve_resource(context.services, word);
    if (!resource || !covers(allowed, resource.value()))
      return bad(
          "One of the projects that you wrote is not there, or this app may not ask for it. Write SITE/KEY, such as acme/A.");
    out.push_back(resource.value());
  }
  if (out.empty()) return bad("Choose at least one project, or refuse.");
  return out;
}

}  // namespace

http::ElsewhereAnswer authorization_endpoint(Context& context, const AuthorizationRequest& request) {
  std::string why;
  auto asked = find_app(context, request.query, why);
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
  return consent_page(context, *asked, *session, before ? &*before : nullptr, {});
}

http::ElsewhereAnswer decision_endpoint(Context& context, const AuthorizationRequest& request) {
  const auto form = Parameters::from_body(request);
  if (!form) return bad_request("The form is not whole.");
  std::string why;
  auto asked = find_app(context, form.value().text("query"), why);
  if (!asked) return bad_request(why);
  if (!check(context, *asked)) return bad_request("The app's request is not what it was.");
  const auto session = session_at_gate(context, request);
  if (!session) return ask_to_sign_in(context, asked->query, false);
  const bool ours = request.origin == context.issuer() &&
                    admin::has_tag(context.services, kCsrf, session->session.id + "\n" + asked->query, form.value().text("csrf"));
  if (!ours) return bad_request("This was not sent by the page of this address.");
  if (form.value().text("decision") != "allow")
    return back_to_app(context, *asked, "error", "access_denied", "The person refused.");
  const auto before = consent_of(context, session->user.id, *asked);
  auto resources = chosen(context, *asked, form.value());
  if (!resources) return consent_page(context, *asked, *session, before ? &*before : nullptr, resources.error().description);
  admin::ClientInfo client;
  client.address = format_ip(request.client);
  client.user_agent = request.user_agent;
  const auto consent =
      admin::give_consent(context.services, admin::caller_of(*session, client), session->user.id,
                          CredentialId(asked->parameters.text("client_id")), asked->scopes, std::move(resources.value()));
  if (!consent) return page(503, "That did not work", "<p>" + html(consent.error().public_detail) + "</p>");
  return give_code(context, *asked, consent.value());
}

}  // namespace gatehouse::oauth
