#include "admin/site_credentials.h"

#include <algorithm>

#include "admin/atlassian_steps.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/notices.h"
#include "admin/site_entries.h"
#include "admin/tell.h"
#include "admin/upstream_tokens.h"
#include "http/outside.h"
#include "upstream/unseal.h"

namespace gatehouse::admin {
namespace {

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

Result<void> check_secret(UpstreamAuth auth, const SiteSecret& request) {
  if (auth != UpstreamAuth::kOAuth2 && !request.token_url.empty())
    return fail(Errc::kInvalidArgument, "A token URL belongs to auth \"oauth2\".", {}, "token_url");
  if (!request.token_url.empty() && !http::parse_outside_address(request.token_url))
    return fail(Errc::kInvalidArgument, "The token URL is an https address, such as https://auth.atlassian.com/oauth/token.", {},
                "token_url");
  if (auth == UpstreamAuth::kNone) {
    if (request.username.empty() && request.secret.empty()) return success();
    return fail(Errc::kInvalidArgument, "With auth \"none\" there is neither user name nor secret.", {}, "auth");
  }
  if (request.secret.empty())
    return fail(Errc::kInvalidArgument, "The secret is missing: give --secret-file FILE, or - for standard input.", {}, "secret");
  if (!printable(request.secret.expose()) || request.secret.expose().size() > 4096) {
    return fail(Errc::kInvalidArgument, "The secret must be one line of printable ASCII, at most 4096 bytes.", {}, "secret");
  }
  if (auth == UpstreamAuth::kHeader) {
    if (upstream::valid_credential_field(request.username)) return success();
    return fail(
        Errc::kInvalidArgument,
        "With auth \"header\" the user name is the name of the header field, such as X-Api-Key; fields that frame a message are "
        "not taken.",
        {}, "username");
  }
  if ((auth == UpstreamAuth::kBearer) != request.username.empty()) {
    return fail(
        Errc::kInvalidArgument,
        "A user name belongs to auth \"basic\" (the e-mail address of the Atlassian account) and \"oauth2\" (the client id), "
        "and is needed there.",
        {}, "username");
  }
  if (!printable(request.username) || request.username.find(':') != std::string::npos || request.username.size() > 254) {
    return fail(Errc::kInvalidArgument, "The user name must be printable ASCII without a colon (RFC 7617).", {}, "username");
  }
  return success();
}

Result<AccountId> account_id(const store::Repositories& at, std::string_view account) {
  if (account.empty()) return AccountId();
  GH_TRY(const auto found, find_account(at, account));
  return found.value.id;
}

/// More would make the choice hard to follow for a person.
constexpr std::size_t kMostLive = 16;

Result<std::optional<ScopeSet>> scopes_of(const SiteSecret& request) {
  std::optional<ScopeSet> scopes;
  const bool none =
      !request.scopes || request.scopes->empty() || (request.scopes->size() == 1 && request.scopes->front().empty());
  if (none) return scopes;
  GH_TRY(scopes, parse_scopes(*request.scopes));
  return scopes;
}

/// Two that cover the same would leave it to chance which is used.
Result<void> check_distinct(const std::vector<store::Stored<UpstreamCredential>>& live, const std::optional<ScopeSet>& scopes,
                            const UpstreamCredentialId& but) {
  if (live.size() >= kMostLive)
    return fail(Errc::kLimitExceeded, "A site has at most " + std::to_string(kMostLive) + " live credentials of one account.");
  const bool again =
      std::any_of(live.begin(), live.end(), [&](const auto& one) { return one.value.id != but && one.value.scopes == scopes; });
  if (!again) return success();
  return fail(Errc::kConflict,
              std::string("There is a live credential ") + (scopes ? "with these scopes" : "without declared scopes") +
                  " already; replace it with: gatehouse site credential rotate. Others need --scopes of their own.",
              {}, "credential");
}

/// The live one of that id, or the only one of the account.
Result<store::Stored<UpstreamCredential>> live_one(const store::Repositories& at, const Site& site, const AccountId& account,
                                                   std::string_view id) {
  if (!id.empty()) {
    GH_TRY(auto found, find_upstream_credential(at, id));
    if (found.value.site != site.id)
      return fail(Errc::kNotFound, "There is no credential of that id on this site.", {}, "credential");
    if (found.value.state != State::kLive)
      return fail(Errc::kConflict, "That credential is revoked; add a new one with: gatehouse site credential add.", {},
                  "credential");
    if (!account.empty() && found.value.account != account)
      return fail(Errc::kConflict, "That credential is not this account's.", {}, "account");
    return found;
  }
  GH_TRY(auto live, at.upstream_credentials.live_of(site.id, account));
  if (live.empty())
    return fail(Errc::kNotFound, "There is no live credential to rotate; add one with: gatehouse site credential add.", {},
                "credential");
  if (live.size() > 1)
    return fail(Errc::kConflict, "There are several; say which by its id: gatehouse site credential list.", {}, "credential");
  return std::move(live.front());
}

/// What a request left out of its successor is as it was.
SiteSecret completed(const SiteSecret& request, const UpstreamCredential& old) {
  SiteSecret wanted = request;
  if (wanted.auth.empty()) {
    wanted.auth = to_string(old.auth);
    if (wanted.username.empty()) wanted.username = old.username;
  }
  if (wanted.auth == to_string(old.auth) && wanted.token_url.empty()) wanted.token_url = old.token_url;
  if (wanted.owner.empty()) wanted.owner = old.owner.value;
  if (wanted.deputy.empty()) wanted.deputy = old.deputy.value;
  if (!wanted.scopes && old.scopes) wanted.scopes = scope_names(*old.scopes);
  return wanted;
}

/// The scopes that grants on the site name: what a token made for it needs. `account` empty: of all that use the site's own.
Result<ScopeSet> needed_scopes(const store::Repositories& at, const SiteId& site, const AccountId& account) {
  ScopeSet needed;
  store::Grants::Filter filter;
  filter.site = site;
  if (!account.empty()) filter.account = account;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.grants.list(filter, page));
    for (const auto& grant : listed.items) needed |= grant.value.scopes;
    page.after = listed.next;
  } while (!page.after.empty());
  return needed;
}

/// It is tried as it will be used: sealed, opened again, and shown to the site.
Result<void> try_first(const Services& services, const store::Stored<Site>& site, const UpstreamCredential& successor,
                       std::string_view outcome) {
  if (successor.auth == UpstreamAuth::kOAuth2) {
    GH_TRY(const auto request, upstream::token_request(successor, site.value, services.sealer));
    const auto fetched = services.upstream_tokens->fetch(request);
    if (!fetched)
      return fail(fetched.error().code,
                  "The new secret was tried and not taken, so " + std::string(outcome) + ": " + fetched.error().public_detail, {},
                  "secret");
  }
  if (successor.auth == UpstreamAuth::kNone || site.value.product != Product::kJira) return success();
  GH_TRY(const upstream::RoutePtr route, upstream::unseal(successor, site.value, services.sealer, *services.upstream_tokens));
  upstream::SiteEntry entry;
  entry.site = site.value;
  GH_TRY(const upstream::SiteTest test, try_credential(services, entry, successor.scopes, route));
  if (test.reached && test.authenticated) return success();
  const bool refused = test.status == 401 || test.status == 403;
  return fail(refused ? Errc::kNotAllowed : Errc::kUpstreamFailed,
              "The new secret was tried and not taken, so " + std::string(outcome) + ": " + test.detail, {}, "secret");
}

/// A later end takes it off the ladder, another owner ends its orphaning.
Result<void> tell_of_edit(Services& services, store::Repositories& at, const Caller& caller, const std::string& site,
                          const UpstreamCredential& before, const UpstreamCredential& after) {
  const auto notice = [&](NoticeKind kind) {
    return Notice{kind, "site_credential", after.id.value, site_credential_name(site), {{"by", who(caller)}}};
  };
  if (before.expires_at && after.expires_at > before.expires_at) {
    Notice extended = notice(NoticeKind::kExtended);
    extended.facts["expires_at"] = format_instant(*after.expires_at);
    GH_TRYV(queue_notice(services, at.outbox, std::move(extended)));
  }
  if (before.owner != after.owner) {
    GH_TRYV(queue_notice(services, at.outbox, notice(NoticeKind::kAdopted)));
  }
  return success();
}

}  // namespace

Result<UpstreamCredential> make_site_credential(Services& services, const store::Repositories& at, const Caller& caller,
                                                const Site& site, const AccountId& account, const SiteSecret& request) {
  UpstreamCredential credential;
  GH_TRY(credential.auth, parse_auth(request.auth));
  GH_TRYV(check_secret(credential.auth, request));
  credential.created_at = services.clock.now();
  if (request.expires_at && *request.expires_at <= credential.created_at) {
    return fail(Errc::kInvalidArgument, "The expiry lies in the past.", {}, "expires_at");
  }
  credential.id = new_id<UpstreamCredentialId>(services.random);
  credential.site = site.id;
  credential.account = account;
  credential.username = request.username;
  if (credential.auth == UpstreamAuth::kOAuth2)
    credential.token_url = request.token_url.empty() ? std::string(upstream::kAtlassianTokenUrl) : request.token_url;
  credential.expires_at = request.expires_at;
  credential.owner = user_of(caller);
  if (!request.owner.empty()) {
    GH_TRY(const auto owner, find_live_user(at, request.owner, "owner"));
    credential.owner = owner.value.id;
  }
  if (!request.deputy.empty()) {
    GH_TRY(const auto deputy, find_live_user(at, request.deputy, "deputy"));
    credential.deputy = deputy.value.id;
  }
  GH_TRY(credential.scopes, scopes_of(request));
  if (credential.auth != UpstreamAuth::kNone) {
    GH_TRY(credential.sealed_secret, upstream::seal_for_site(request.secret, credential, site, services.sealer));
  }
  return credential;
}

Result<upstream::SiteTest> try_credential(const Services& services, const upstream::SiteEntry& site,
                                          const std::optional<ScopeSet>& scopes, const upstream::RoutePtr& route) {
  if (site.site.product == Product::kOpenApi) return upstream::test_api(site, route, site.api_test, services.fetch);
  const catalogue::Catalogue* catalogue = services.gateway.catalogue_of(site);
  const bool wiki = site.site.product == Product::kConfluence;
  const catalogue::Operation* who = catalogue ? catalogue->find(wiki ? "v1.getCurrentUser" : "getCurrentUser") : nullptr;
  const bool may_ask_who =
      !scopes || (who && (scopes->includes(who->classic) || (who->has_granular && scopes->includes(who->granular))));
  return upstream::test_route(site, route, may_ask_who ? upstream::Probe::kWhoAmI : upstream::Probe::kProjects, services.fetch);
}

upstream::RoutePtr route_for(const Services& services, const upstream::SiteEntry& site, std::string_view operation) {
  const catalogue::Catalogue* catalogue = services.gateway.catalogue_of(site);
  const catalogue::Operation* found = catalogue ? catalogue->find(operation) : nullptr;
  return found ? site.route_for({}, *found) : nullptr;
}

Result<Document> add_site_credential(Services& services, const Caller& caller, std::string_view site_name,
                                     std::string_view account, const SiteSecret& request) {
  UpstreamCredential credential;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    const store::Repositories& at = *reader.operator->();
    GH_TRY(const auto site, find_site(at, site_name));
    GH_TRY(const AccountId owner_account, account_id(at, account));
    GH_TRY(credential, make_site_credential(services, at, caller, site.value, owner_account, request));
    // Before it is asked: a second one of the same scopes is refused whatever the site says.
    GH_TRY(const auto live, at.upstream_credentials.live_of(site.value.id, owner_account));
    GH_TRYV(check_distinct(live, credential.scopes, {}));
    if (!request.unchecked) {
      GH_TRYV(try_first(services, site, credential, "it was not added (--no-check adds it untried)"));
    }
  }
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto site, at.sites.get(credential.site));
  const AccountId& owner_account = credential.account;
  GH_TRY(const auto live, at.upstream_credentials.live_of(site.value.id, owner_account));
  GH_TRYV(check_distinct(live, credential.scopes, {}));
  GH_TRYV(at.upstream_credentials.insert(credential));
  GH_TRY(Document after, Describer(at, services.clock.now()).upstream_credential(credential));
  AuditEvent event = make_event(caller, "site_credential.add", "site_credential", credential.id.value, site.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), nullptr, &after)));
  return after;
}

Result<Document> rotate_site_credential(Services& services, const Caller& caller, std::string_view site_name,
                                        std::string_view account, std::string_view id, const SiteSecret& request) {
  UpstreamCredential successor;
  store::Stored<UpstreamCredential> old;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    const store::Repositories& at = *reader.operator->();
    GH_TRY(const auto site, find_site(at, site_name));
    GH_TRY(const AccountId owner_account, account_id(at, account));
    GH_TRY(old, live_one(at, site.value, owner_account, id));
    const SiteSecret wanted = completed(request, old.value);
    GH_TRY(successor, make_site_credential(services, at, caller, site.value, old.value.account, wanted));
    successor.replaces = old.value.id;
    GH_TRYV(try_first(services, site, successor, "nothing was changed and the old one goes on"));
  }
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto site, at.sites.get(old.value.site));
  GH_TRY(const auto live, at.upstream_credentials.live_of(site.value.id, old.value.account));
  GH_TRYV(check_distinct(live, successor.scopes, old.value.id));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.upstream_credential(old.value));
  UpstreamCredential ended = old.value;
  ended.state = State::kRevoked;
  ended.sealed_secret.clear();
  GH_TRYV(at.upstream_credentials.update(ended, old.version));
  GH_TRYV(close_matters(services, at.outbox, "site_credential", ended.id.value));
  GH_TRYV(at.upstream_credentials.insert(successor));
  GH_TRY(Document after, describer.upstream_credential(successor));
  AuditEvent event = make_event(caller, "site_credential.rotate", "site_credential", successor.id.value, site.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  after["replaces"] = old.value.id.value;
  after["next_steps"] = steps_after_rotation(site.value, old.value);
  return after;
}

Result<Document> edit_site_credential(Services& services, const Caller& caller, std::string_view site_name, std::string_view id,
                                      const EditSiteCredential& request) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto site, find_site(at, site_name));
  GH_TRY(auto found, live_one(at, site.value, {}, id));
  UpstreamCredential& credential = found.value;
  const UpstreamCredential before_edit = credential;
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.upstream_credential(credential));
  if (request.owner) {
    GH_TRY(const auto owner, find_live_user(at, *request.owner, "owner"));
    credential.owner = owner.value.id;
  }
  if (request.deputy) {
    credential.deputy = {};
    if (!request.deputy->empty()) {
      GH_TRY(const auto deputy, find_live_user(at, *request.deputy, "deputy"));
      credential.deputy = deputy.value.id;
    }
  }
  if (request.expires_at) credential.expires_at = request.expires_at;
  if (request.scopes) {
    SiteSecret declared;
    declared.scopes = request.scopes;
    GH_TRY(credential.scopes, scopes_of(declared));
    GH_TRY(const auto live, at.upstream_credentials.live_of(site.value.id, credential.account));
    GH_TRYV(check_distinct(live, credential.scopes, credential.id));
  }
  GH_TRYV(at.upstream_credentials.update(credential, found.version));
  GH_TRYV(tell_of_edit(services, at, caller, site.value.key, before_edit, credential));
  GH_TRY(Document after, describer.upstream_credential(credential));
  AuditEvent event = make_event(caller, "site_credential.edit", "site_credential", credential.id.value, site.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

Result<Document> site_credential_steps(Services& services, std::string_view site_name, std::string_view account,
                                       std::string_view id) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const auto site, find_site(at, site_name));
  GH_TRY(AccountId owner_account, account_id(at, account));
  std::optional<store::Stored<UpstreamCredential>> known;
  if (!id.empty()) {
    GH_TRY(known, live_one(at, site.value, owner_account, id));
    owner_account = known->value.account;
  }
  GH_TRY(const ScopeSet needed, needed_scopes(at, site.value.id, owner_account));
  GH_TRY(const std::string handle, Describer(at, services.clock.now()).handle_of(owner_account));
  Document document;
  document["site"] = site.value.key;
  document["account"] = handle.empty() ? boost::json::value(nullptr) : boost::json::value(handle);
  document["credential"] = known ? boost::json::value(known->value.id.value) : boost::json::value(nullptr);
  document["steps"] = steps_to_make(site.value, known ? &known->value : nullptr, needed);
  return document;
}

Result<Documents> list_site_credentials(Services& services, std::string_view site, bool revoked, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, find_site(*reader.operator->(), site));
  store::UpstreamCredentials::Filter filter;
  filter.site = found.value.id;
  filter.revoked = revoked;
  GH_TRY(const auto listed, reader->upstream_credentials.list(filter, page));
  Describer describer(*reader.operator->(), services.clock.now());
  Documents documents;
  for (const auto& stored : listed.items) {
    GH_TRY(Document document, describer.upstream_credential(stored.value));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> remove_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto found, find_site(at, site));
  GH_TRY(auto credential, find_upstream_credential(at, id));
  if (credential.value.site != found.value.id)
    return fail(Errc::kNotFound, "There is no credential of that id on this site.", {}, "credential");
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.upstream_credential(credential.value));
  if (credential.value.state == State::kRevoked) return before;
  credential.value.state = State::kRevoked;
  credential.value.sealed_secret.clear();
  GH_TRYV(at.upstream_credentials.update(credential.value, credential.version));
  GH_TRYV(close_matters(services, at.outbox, "site_credential", credential.value.id.value));
  GH_TRY(Document after, describer.upstream_credential(credential.value));
  AuditEvent event = make_event(caller, "site_credential.remove", "site_credential", credential.value.id.value, found.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

}  // namespace gatehouse::admin
