#include "store/upstream_credentials.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr Table kTable{"upstream_credentials",
                       "id, site, account, auth, username, sealed_secret, owner, deputy, expires_at, state, created_at, scopes, "
                       "replaces, token_url",
                       "tttittttiiittt", Aggregate::kUpstreamCredential, "There is no such upstream credential."};
constexpr std::size_t kScopesColumn = 11;
constexpr std::string_view kConflict = "A credential has this id already.";

Result<Stored<UpstreamCredential>> read(const Row& row) {
  Cells cells(row, kTable.name);
  Stored<UpstreamCredential> out;
  UpstreamCredential& credential = out.value;
  credential.id = cells.id<UpstreamCredentialId>();
  credential.site = cells.id<SiteId>();
  credential.account = cells.id<AccountId>();
  credential.auth = cells.number(UpstreamAuth::kNone, UpstreamAuth::kHeader);
  credential.username = cells.text();
  credential.sealed_secret = cells.text();
  credential.owner = cells.id<UserId>();
  credential.deputy = cells.id<UserId>();
  credential.expires_at = cells.optional_instant();
  credential.state = cells.number(State::kRevoked, State::kArchived);
  credential.created_at = cells.instant();
  // NULL is "not declared". A declared scope that this program does not know any more must not turn into that.
  const bool declared = !std::holds_alternative<std::monostate>(row[kScopesColumn]);
  const ScopeSet scopes = cells.scopes();
  if (declared) credential.scopes = scopes;
  credential.replaces = cells.id<UpstreamCredentialId>();
  credential.token_url = cells.text();
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  return out;
}

Binds write(const UpstreamCredential& credential) {
  Binds binds;
  binds.id(credential.id).id(credential.site).optional_id(credential.account).number(credential.auth).text(credential.username);
  binds.text(credential.sealed_secret).optional_id(credential.owner).optional_id(credential.deputy);
  binds.optional_instant(credential.expires_at).number(credential.state).instant(credential.created_at);
  if (credential.scopes)
    binds.scopes(*credential.scopes);
  else
    binds.null();
  binds.optional_id(credential.replaces).text(credential.token_url);
  return binds;
}

void where_account(Select& select, const AccountId& account) {
  if (account.empty()) {
    select.where("account IS NULL");
  } else {
    select.where("account = ", account.value);
  }
}

}  // namespace

Result<Stored<UpstreamCredential>> UpstreamCredentials::get(const UpstreamCredentialId& id) const {
  GH_TRY(const auto row, Select(kTable).where("id = ", id.value).one(session_));
  return read(row);
}

Result<std::vector<Stored<UpstreamCredential>>> UpstreamCredentials::live_of(const SiteId& site, const AccountId& account) const {
  Select select(kTable);
  select.where("site = ", site.value).where("state = 2");
  where_account(select, account);
  // There are at most some for each account (admin/site_credentials.cpp).
  GH_TRY(auto listed, read_listed<Stored<UpstreamCredential>>(select.listed(session_, Page{{}, 1000}), read));
  return std::move(listed.items);
}

Result<Listed<Stored<UpstreamCredential>>> UpstreamCredentials::list(const Filter& filter, const Page& page) const {
  Select select(kTable);
  if (filter.site) select.where("site = ", filter.site->value);
  if (filter.account) where_account(select, *filter.account);
  if (filter.owner) select.where_either("owner", "deputy", filter.owner->value);
  if (filter.expires_before) select.where("expires_at < ", filter.expires_before->time_since_epoch().count());
  if (!filter.revoked) select.where("state <> 0");
  return read_listed<Stored<UpstreamCredential>>(select.listed(session_, page), read);
}

Result<void> UpstreamCredentials::insert(const UpstreamCredential& credential) {
  return insert_row(session_, kTable, write(credential), kConflict);
}

Result<void> UpstreamCredentials::update(const UpstreamCredential& credential, std::int64_t version) {
  return update_row(session_, kTable, write(credential), version, kConflict);
}

}  // namespace gatehouse::store
