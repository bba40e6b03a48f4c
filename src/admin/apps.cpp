#include "admin/apps.h"

#include <algorithm>

#include "admin/accounts.h"
#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/json_values.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostUris = 10;
constexpr std::size_t kLongestUri = 500;
constexpr std::size_t kLongestHandle = 50;

Error wrong_uri(std::string detail) { return fail(Errc::kInvalidArgument, std::move(detail), {}, "redirect_uris"); }

Error no_app() { return fail(Errc::kNotFound, "There is no app of that id. \"gatehouse app list\" shows all.", {}, "app"); }
Error no_consent() {
  return fail(Errc::kNotFound, "There is no such consent. \"gatehouse app consents\" shows all.", {}, "consent");
}

struct Loopback {
  bool is = false;
  std::string_view before_port;  ///< "http://127.0.0.1"
  std::string_view after_port;   ///< "/callback"
};

/// RFC 8252 section 7.3: a program on somebody's machine gets its port from the system.
Loopback loopback_of(std::string_view uri) {
  for (const std::string_view base : {"http://127.0.0.1", "http://[::1]", "http://localhost"}) {
    if (!uri.starts_with(base)) continue;
    std::string_view rest = uri.substr(base.size());
    if (rest.starts_with(':')) {
      std::size_t digits = 1;
      while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
      if (digits == 1 || digits > 6) return {};
      rest.remove_prefix(digits);
    }
    if (!rest.empty() && rest.front() != '/' && rest.front() != '?') return {};
    return {true, base, rest};
  }
  return {};
}

std::string handle_of(std::string_view name) {
  std::string handle = "app-";
  for (const char c : name.substr(0, kLongestHandle)) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const bool plain = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
    if (plain) handle += small;
    if (!plain && handle.back() != '-') handle += '-';
  }
  while (handle.ends_with('-')) handle.pop_back();
  return handle;
}

Document as_app(Document document, const store::OAuthClient& app) {
  json::array uris;
  for (const std::string& uri : app.redirect_uris) uris.emplace_back(uri);
  json::value id = document.at("id");
  document["client_id"] = std::move(id);
  document["redirect_uris"] = std::move(uris);
  document["device"] = app.device;
  document["public"] = app.auth == store::ClientAuth::kNone;
  return document;
}

Result<store::OAuthClient> find_app(Services& services, std::string_view id) {
  GH_TRY(const store::Reader reader, services.database.read());
  const auto found = reader->credentials.get(CredentialId(std::string(id)));
  if (!found && found.error().code == Errc::kNotFound) return no_app();
  GH_TRYV(found);
  if (found.value().value.kind != CredentialKind::kApp) return no_app();
  return reader->oauth.client(found.value().value.id);
}

/// Every site that there is, as a whole.
Result<std::vector<std::string>> all_sites(Services& services) {
  std::vector<std::string> names;
  for (const upstream::SiteEntryPtr& one : services.sites.snapshot()->all()) {
    if (one->site.state != State::kArchived) names.push_back(one->site.key + "/*");
  }
  if (names.empty()) return fail(Errc::kConflict, "There is no site yet that an app could reach: gatehouse site add.");
  return names;
}

Result<std::string> account_for(Services& services, const Caller& caller, const CreateApp& request) {
  if (!request.account.empty()) return request.account;
  CreateAccount account;
  account.handle = handle_of(request.name);
  account.purpose = "the app " + request.name + ", which acts for people who let it";
  account.runs_in = "an app (3LO)";
  {
    GH_TRY(const store::Reader reader, services.database.read());
    if (reader->accounts.get_by_handle(account.handle)) return account.handle;
    GH_TRY(const Principal who, authority_of(services, *reader.operator->(), caller));
    if (who.email.empty()) return fail(Errc::kInvalidArgument, "Name the app's service account: --account H.", {}, "account");
    account.owner = who.email;
  }
  GH_TRYV(create_account(services, caller, account));
  return account.handle;
}

Result<Document> describe(Describer& describer, const Consent& consent, const store::Repositories& at) {
  GH_TRY(const auto app, at.credentials.get(consent.app));
  GH_TRY(const std::string email, describer.email_of(consent.user));
  json::array resources;
  for (const Resource& resource : consent.resources) {
    GH_TRY(const std::string name, describer.resource_name(resource));
    resources.emplace_back(name);
  }
  json::array scopes;
  for (const std::string& name : scope_names(consent.scopes)) scopes.emplace_back(name);
  Document document;
  document["id"] = consent.id.value;
  document["app"] = app.value.id.value;
  document["app_name"] = app.value.name;
  document["user"] = email;
  document["scopes"] = std::move(scopes);
  document["resources"] = std::move(resources);
  document["created_at"] = format_instant(consent.created_at);
  document["changed_at"] = format_instant(consent.changed_at);
  document["ended_at"] = instant_or_null(consent.ended_at);
  return document;
}

}  // namespace

Result<void> check_redirect_uri(std::string_view uri) {
  const bool plain = !uri.empty() && uri.size() <= kLongestUri && std::all_of(uri.begin(), uri.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\' && c != '#' && c != '*' && c != ';';
  });
  if (!plain) return wrong_uri("A redirect URI is an address of up to 500 plain characters, without fragment and without *.");
  if (uri.starts_with("https://")) {
    const std::string_view rest = uri.substr(8);
    const std::string_view host = rest.substr(0, rest.find_first_of("/?"));
    if (host.empty() || host.find('@') != std::string_view::npos)
      return wrong_uri("That https address names no host, or a user.");
    return success();
  }
  if (loopback_of(uri).is) return success();
  // RFC 8252 section 7.1: a name that somebody owns, written backwards, so that no two apps share it by chance.
  const std::size_t colon = uri.find(':');
  const std::string_view scheme = uri.substr(0, colon);
  const bool own = colon != std::string_view::npos && scheme.find('.') != std::string_view::npos &&
                   std::all_of(scheme.begin(), scheme.end(), [](char c) {
                     return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
                   });
  if (own && uri.substr(colon).starts_with(":/")) return success();
  return wrong_uri("A redirect URI begins with https://, with http:// on this machine alone, or with com.example.app:/.");
}

bool redirect_uri_matches(const std::vector<std::string>& registered, std::string_view given) {
  const Loopback there = loopback_of(given);
  return std::any_of(registered.begin(), registered.end(), [&](const std::string& one) {
    if (one == given) return true;
    const Loopback here = loopback_of(one);
    return here.is && there.is && here.before_port == there.before_port && here.after_port == there.after_port;
  });
}

Result<CreatedToken> create_app(Services& services, const Caller& caller, const CreateApp& request) {
  GH_TRYV(check_name(request.name, "name"));
  if (request.redirect_uris.empty() || request.redirect_uris.size() > kMostUris)
    return wrong_uri("An app has from 1 to 10 redirect URIs.");
  for (const std::string& uri : request.redirect_uris) {
    GH_TRYV(check_redirect_uri(uri));
  }
  CreateToken wanted;
  wanted.kind = CredentialKind::kApp;
  wanted.name = request.name;
  wanted.scopes = request.scopes;
  wanted.resources = request.resources;
  if (wanted.resources.empty()) {
    GH_TRY(wanted.resources, all_sites(services));
  }
  wanted.expires_in = std::chrono::hours(24 * 365);
  wanted.redirect_uris = request.redirect_uris;
  wanted.is_public = request.is_public;
  wanted.device = request.device;
  GH_TRY(wanted.account, account_for(services, caller, request));
  GH_TRY(CreatedToken created, create_token(services, caller, wanted));
  GH_TRY(const store::OAuthClient app, find_app(services, created.document.at("id").as_string()));
  created.document = as_app(std::move(created.document), app);
  return created;
}

Result<Documents> list_apps(Services& services, const Caller& caller, const store::Page& page) {
  TokenFilter filter;
  filter.kind = CredentialKind::kApp;
  GH_TRY(Documents documents, list_tokens(services, caller, filter, page));
  GH_TRY(const store::Reader reader, services.database.read());
  for (json::value& one : documents.items) {
    GH_TRY(const auto app, reader->oauth.client(CredentialId(std::string(one.as_object().at("id").as_string()))));
    one = as_app(std::move(one.as_object()), app);
  }
  return documents;
}

Result<CreatedToken> rotate_app(Services& services, const Caller& caller, std::string_view app, std::optional<Duration> overlap) {
  GH_TRY(const store::OAuthClient found, find_app(services, app));
  GH_TRY(CreatedToken rotated, rotate_token(services, caller, app, overlap));
  rotated.document = as_app(std::move(rotated.document), found);
  return rotated;
}

Result<Document> revoke_app(Services& services, const Caller& caller, std::string_view app, std::string_view reason) {
  GH_TRY(const store::OAuthClient found, find_app(services, app));
  GH_TRY(Document document, revoke_token(services, caller, app, reason));
  return as_app(std::move(document), found);
}

Result<Documents> list_consents(Services& services, const Caller& caller, std::string_view user) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  UserId whose = who.user;
  if (!user.empty()) {
    GH_TRY(const auto found, find_user(at, user));
    whose = found.value.id;
    if (!who.is(whose) && !who.reads_all())
      return policy::not_allowed("organization administrator or auditor, to see what others let apps do", "auditor");
  }
  GH_TRY(const auto consents, at.consents.of_user(whose));
  Describer describer(at, services.clock.now());
  Documents documents;
  for (const Consent& consent : consents) {
    GH_TRY(Document document, describe(describer, consent, at));
    documents.items.push_back(std::move(document));
  }
  return documents;
}

Result<Document> withdraw_consent(Services& services, const Caller& caller, std::string_view id) {
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  auto found = at.consents.get(ConsentId(std::string(id)));
  if (!found) return found.error().code == Errc::kNotFound ? no_consent() : found.error();
  Consent& consent = found.value();
  // Of others' one does not even learn that it is there.
  if (!who.is(consent.user) && !who.org_admin()) return no_consent();
  Describer describer(at, now);
  GH_TRY(const Document before, describe(describer, consent, at));
  if (consent.ended_at) return before;
  consent.ended_at = now;
  consent.changed_at = now;
  GH_TRYV(at.consents.update(consent));
  GH_TRY(const Document after, describe(describer, consent, at));
  AuditEvent event =
      make_event(caller, "consent.withdraw", "consent", consent.id.value, std::string(after.at("app_name").as_string()));
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

Result<Consent> give_consent(Services& services, const Caller& caller, const UserId& user, const CredentialId& app,
                             const ScopeSet& scopes, std::vector<Resource> resources) {
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  Describer describer(at, now);
  auto present = at.consents.find(user, app);
  if (!present && present.error().code != Errc::kNotFound) return present.error();
  Consent consent;
  std::optional<Document> before;
  if (present) {
    consent = present.value();
    GH_TRY(before, describe(describer, consent, at));
  } else {
    consent.id = new_id<ConsentId>(services.random);
    consent.user = user;
    consent.app = app;
    consent.created_at = now;
  }
  consent.scopes |= scopes;
  consent.resources = std::move(resources);
  consent.changed_at = now;
  GH_TRYV(present ? at.consents.update(consent) : at.consents.insert(consent));
  GH_TRY(const Document after, describe(describer, consent, at));
  AuditEvent event =
      make_event(caller, "consent.give", "consent", consent.id.value, std::string(after.at("app_name").as_string()));
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), before ? &*before : nullptr, &after)));
  return consent;
}

}  // namespace gatehouse::admin
