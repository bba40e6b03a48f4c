#include "oauth/consent.h"

#include <algorithm>
#include <array>

#include "admin/apps.h"
#include "admin/resources.h"
#include "admin/signed_value.h"
#include "oauth/pages.h"

namespace gatehouse::oauth {
namespace {

constexpr std::string_view kCsrf = "authorize";
constexpr std::size_t kMostTyped = 50;

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

std::string bound_to(const admin::LiveSession& session, const Asked& asked, std::string_view user_code) {
  return session.session.id + "\n" + asked.query + "\n" + std::string(user_code);
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

admin::ClientInfo client_info(const gateway::AuthorizationRequest& request) {
  admin::ClientInfo client;
  client.address = format_ip(request.client);
  client.user_agent = request.user_agent;
  return client;
}

http::ElsewhereAnswer bad_request(std::string_view why) {
  return page(400, "This app's request is wrong",
              "<p>" + html(why) + "</p><p>Nothing was done. Whoever runs the app has to put it right.</p>");
}

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
  auto client = reader.value()->oauth.client(id);
  const auto credential = reader.value()->credentials.get(id);
  if (!client || !credential) return std::nullopt;
  asked.client = std::move(client.value());
  asked.app_name = credential.value().value.name;
  return asked;
}

Answered<bool> check_wanted(Context& context, Asked& asked) {
  const Parameters& parameters = asked.parameters;
  for (const std::string& audience : parameters.all("audience")) {
    if (audience != "api.atlassian.com" && audience != context.issuer())
      return OAuthError{"invalid_target", "audience must be this server, or api.atlassian.com.", 400, 0};
  }
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

http::ElsewhereAnswer consent_page(Context& context, const Asked& asked, const admin::LiveSession& session, const Consent* before,
                                   const ConsentForm& form, std::string_view wrong) {
  const auto sites = context.services.sites.snapshot();
  std::string body;
  if (!wrong.empty()) body += "<p class=\"note\" role=\"alert\">" + html(wrong) + "</p>";
  body += form.before;
  body += "<p><strong>" + html(asked.app_name) + "</strong> asks to act in your name, <strong>" + html(session.user.email) +
          "</strong>. It wants to:</p>" + in_words(asked.scopes);
  if (asked.offline) body += "<p>It wants to go on while you are away, until you take this back.</p>";
  body +=
      "<p>It can do nothing that you can't do yourself, and nothing outside of what you choose here.</p>"
      "<form method=\"post\" action=\"/authorize\">";
  body += form.hidden + hidden("csrf", admin::tag_of(context.services, kCsrf, bound_to(session, asked, form.user_code)));
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
      "<p><small>You can take it back at any time under <a href=\"" +
      html(context.panel_url()) + "/apps\">Apps and consents</a>.</small></p>";
  return page(wrong.empty() ? 200 : 400, "Let " + asked.app_name + " act for you?", body,
              context.panel_url() + (form.leads_to.empty() ? "" : " " + form.leads_to));
}

bool is_ours(const Context& context, const gateway::AuthorizationRequest& request, const admin::LiveSession& session,
             const Asked& asked, const Parameters& form, std::string_view user_code) {
  return request.origin == context.issuer() &&
         admin::has_tag(context.services, kCsrf, bound_to(session, asked, user_code), form.text("csrf"));
}

Answered<Consent> take_consent(Context& context, const gateway::AuthorizationRequest& request, const admin::LiveSession& session,
                               const Asked& asked, const Parameters& form) {
  GH_TRY(auto resources, chosen(context, asked, form));
  auto consent = admin::give_consent(context.services, admin::caller_of(session, client_info(request)), session.user.id,
                                     CredentialId(asked.parameters.text("client_id")), asked.scopes, std::move(resources));
  if (!consent) return server_error(consent.error());
  return std::move(consent.value());
}

Code code_for(Context& context, const Asked& asked, const Consent& consent, Instant ends_at) {
  Code code;
  code.id = random_base62(context.services.random, kIdLength);
  code.family = random_base62(context.services.random, kIdLength);
  code.client = asked.parameters.text("client_id");
  code.consent = consent.id.value;
  code.user = consent.user.value;
  code.offline = asked.offline;
  code.wanted.scopes = asked.scopes;
  code.wanted.scopes_named = true;
  code.wanted.resources = asked.wanted.resources;
  code.wanted.audience = asked.wanted.audience;
  code.ends_at = ends_at;
  return code;
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

}  // namespace gatehouse::oauth
