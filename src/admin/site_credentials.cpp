#include "admin/site_credentials.h"

#include <algorithm>

#include "admin/describe.h"
#include "admin/find.h"
#include "upstream/unseal.h"

namespace gatehouse::admin {
namespace {

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

Result<void> check_secret(UpstreamAuth auth, const SiteSecret& request) {
  if (auth == UpstreamAuth::kOAuth2) {
    return fail(Errc::kUnsupported, "OAuth 2.0 towards a site is not supported yet; use an API token with basic or bearer.", {},
                "auth");
  }
  if (auth == UpstreamAuth::kNone) {
    if (request.username.empty() && request.secret.empty()) return success();
    return fail(Errc::kInvalidArgument, "With auth \"none\" there is neither user name nor secret.", {}, "auth");
  }
  if (request.secret.empty())
    return fail(Errc::kInvalidArgument, "The secret is missing: give --secret-file FILE, or - for standard input.", {}, "secret");
  if (!printable(request.secret.expose()) || request.secret.expose().size() > 4096) {
    return fail(Errc::kInvalidArgument, "The secret must be one line of printable ASCII, at most 4096 bytes.", {}, "secret");
  }
  if ((auth == UpstreamAuth::kBasic) == request.username.empty()) {
    return fail(Errc::kInvalidArgument,
                "A user name belongs to auth \"basic\", and is needed there: the e-mail address of the Atlassian account.", {},
                "username");
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

Result<Document> put(Services& services, const Caller& caller, std::string_view site_name, std::string_view account,
                     const SiteSecret& request, bool replace) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto site, find_site(at, site_name));
  GH_TRY(const AccountId owner_account, account_id(at, account));
  Describer describer(at, services.clock.now());
  std::optional<Document> before;
  auto old = at.upstream_credentials.get_live(site.value.id, owner_account);
  if (!old && old.error().code != Errc::kNotFound) return old.error();
  if (old && !replace) {
    return fail(Errc::kConflict, "There is a live credential already; replace it with: gatehouse site credential rotate.", {},
                "credential");
  }
  if (!old && replace)
    return fail(Errc::kNotFound, "There is no live credential to rotate; add one with: gatehouse site credential add.", {},
                "credential");
  SiteSecret wanted = request;
  if (old) {
    UpstreamCredential& previous = old.value().value;
    GH_TRY(before, describer.upstream_credential(previous));
    if (wanted.auth.empty()) {
      wanted.auth = to_string(previous.auth);
      if (wanted.username.empty()) wanted.username = previous.username;
    }
    if (wanted.owner.empty()) wanted.owner = previous.owner.value;
    previous.state = State::kRevoked;
    previous.sealed_secret.clear();
    GH_TRYV(at.upstream_credentials.update(previous, old.value().version));
  }
  GH_TRY(const UpstreamCredential credential, make_site_credential(services, at, caller, site.value, owner_account, wanted));
  GH_TRYV(at.upstream_credentials.insert(credential));
  GH_TRY(Document after, describer.upstream_credential(credential));
  AuditEvent event = make_event(caller, replace ? "site_credential.rotate" : "site_credential.add", "site_credential",
                                credential.id.value, site.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), before ? &*before : nullptr, &after)));
  return after;
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
  credential.expires_at = request.expires_at;
  credential.owner = user_of(caller);
  if (!request.owner.empty()) {
    GH_TRY(const auto owner, find_live_user(at, request.owner, "owner"));
    credential.owner = owner.value.id;
  }
  if (credential.auth != UpstreamAuth::kNone) {
    GH_TRY(credential.sealed_secret, upstream::seal_for_site(request.secret, credential.id, site, services.sealer));
  }
  return credential;
}

Result<Document> add_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view account,
                                     const SiteSecret& request) {
  return put(services, caller, site, account, request, false);
}

Result<Document> rotate_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view account,
                                        const SiteSecret& request) {
  return put(services, caller, site, account, request, true);
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
  GH_TRY(Document after, describer.upstream_credential(credential.value));
  AuditEvent event = make_event(caller, "site_credential.remove", "site_credential", credential.value.id.value, found.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

}  // namespace gatehouse::admin
