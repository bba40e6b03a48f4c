#include "store/grants.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr Table kTable{"grants",
                       "id, account, site, resource_id, resource_key, scopes, role, directory, restricted, granted_by, backing, "
                       "grace_ends_at, state, pause_reason, pause_until, pause_resume_by, created_at",
                       "tttttttiitiiitiii", Aggregate::kGrant, "There is no such grant."};
constexpr std::string_view kConflict = "A grant has this id already.";

Grant read_grant(Cells& cells) {
  Grant grant;
  grant.id = cells.id<GrantId>();
  grant.account = cells.id<AccountId>();
  grant.resource = cells.resource();
  grant.scopes = cells.scopes();
  grant.role = cells.text();
  grant.directory = cells.boolean();
  grant.restricted = cells.number(Restricted::kExclude, Restricted::kInclude);
  grant.granted_by = cells.id<UserId>();
  grant.backing = cells.number(Backing::kUnbacked, Backing::kBacked);
  grant.grace_ends_at = cells.optional_instant();
  grant.state = cells.number(State::kRevoked, State::kArchived);
  grant.pause = cells.pause();
  grant.created_at = cells.instant();
  return grant;
}

Result<Stored<Grant>> read(const Row& row) {
  Cells cells(row, kTable.name);
  Stored<Grant> out;
  out.value = read_grant(cells);
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  return out;
}

Binds write(const Grant& grant) {
  Binds binds;
  binds.id(grant.id)
      .id(grant.account)
      .resource(grant.resource)
      .scopes(grant.scopes)
      .text(grant.role)
      .integer(grant.directory ? 1 : 0);
  binds.number(grant.restricted).id(grant.granted_by).number(grant.backing).optional_instant(grant.grace_ends_at);
  binds.number(grant.state).pause(grant.pause).instant(grant.created_at);
  return binds;
}

}  // namespace

Result<Stored<Grant>> Grants::get(const GrantId& id) const {
  GH_TRY(const auto row, Select(kTable).where("id = ", id.value).one(session_));
  return read(row);
}

Result<std::vector<Grant>> Grants::of_account(const AccountId& account) const {
  GH_TRY(const auto rows, Select(kTable).where("account = ", account.value).where("state <> 0").all(session_, "id"));
  std::vector<Grant> grants;
  grants.reserve(rows.size());
  for (const Row& row : rows) {
    Cells cells(row, kTable.name);
    grants.push_back(read_grant(cells));
    GH_TRYV(cells.finish());
  }
  return grants;
}

Result<Listed<Stored<Grant>>> Grants::list(const Filter& filter, const Page& page) const {
  Select select(kTable);
  if (filter.account) select.where("account = ", filter.account->value);
  if (filter.site) select.where("site = ", filter.site->value);
  if (filter.resource_id) select.where("resource_id = ", *filter.resource_id);
  if (filter.granted_by) select.where("granted_by = ", filter.granted_by->value);
  if (filter.backing) select.where("backing = ", static_cast<std::int64_t>(*filter.backing));
  if (!filter.revoked) select.where("state <> 0");
  if (filter.sight) select.where_any(sight_of_grants(*filter.sight));
  return read_listed<Stored<Grant>>(select.listed(session_, page), read);
}

Result<void> Grants::insert(const Grant& grant) { return insert_row(session_, kTable, write(grant), kConflict); }

Result<void> Grants::update(const Grant& grant, std::int64_t version) {
  return update_row(session_, kTable, write(grant), version, kConflict);
}

}  // namespace gatehouse::store
