#include "store/accounts.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr Table kTable{
    "accounts",
    "id, handle, owner, deputy, purpose, runs_in, docs_url, runbook_url, rotation_plan, rotate_every, expected_every, "
    "criticality, state, pause_reason, pause_until, pause_resume_by, created_at, tool, repository, job, link, declared_sites, "
    "declared_resources, declared_scopes, external",
    "tttttttttiiiitiiittttttti", Aggregate::kAccount, "There is no such service account."};
constexpr std::string_view kConflict = "A service account has, or had, this handle; choose another.";

std::string join(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : " ") + one;
  return text;
}

Result<Stored<ServiceAccount>> read(const Row& row) {
  Cells cells(row, kTable.name);
  Stored<ServiceAccount> out;
  ServiceAccount& account = out.value;
  account.id = cells.id<AccountId>();
  account.handle = cells.text();
  account.owner = cells.id<UserId>();
  account.deputy = cells.id<UserId>();
  account.purpose = cells.text();
  account.runs_in = cells.text();
  account.docs_url = cells.text();
  account.runbook_url = cells.text();
  account.rotation_plan = cells.text();
  account.rotate_every = cells.optional_duration();
  account.expected_every = cells.optional_duration();
  account.criticality = cells.number(Criticality::kLow, Criticality::kHigh);
  account.state = cells.number(State::kRevoked, State::kArchived);
  account.pause = cells.pause();
  account.created_at = cells.instant();
  account.tool = cells.text();
  account.repository = cells.text();
  account.job = cells.text();
  account.link = cells.text();
  account.declared.sites = words(cells.text());
  account.declared.resources = words(cells.text());
  account.declared.scopes = words(cells.text());
  account.external = cells.boolean();
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  return out;
}

Binds write(const ServiceAccount& account) {
  Binds binds;
  binds.id(account.id)
      .text(account.handle)
      .id(account.owner)
      .optional_id(account.deputy)
      .text(account.purpose)
      .text(account.runs_in);
  binds.text(account.docs_url).text(account.runbook_url).text(account.rotation_plan).optional_duration(account.rotate_every);
  binds.optional_duration(account.expected_every).number(account.criticality).number(account.state).pause(account.pause);
  binds.instant(account.created_at).text(account.tool).text(account.repository).text(account.job).text(account.link);
  binds.text(join(account.declared.sites)).text(join(account.declared.resources)).text(join(account.declared.scopes));
  binds.integer(account.external ? 1 : 0);
  return binds;
}

}  // namespace

Result<Stored<ServiceAccount>> Accounts::get(const AccountId& id) const {
  GH_TRY(const auto row, Select(kTable).where("id = ", id.value).one(session_));
  return read(row);
}

Result<Stored<ServiceAccount>> Accounts::get_by_handle(std::string_view handle) const {
  GH_TRY(const auto row, Select(kTable).where("handle = ", std::string(handle)).one(session_));
  return read(row);
}

Result<Listed<Stored<ServiceAccount>>> Accounts::list(const Filter& filter, const Page& page) const {
  Select select(kTable);
  if (filter.owner) select.where_either("owner", "deputy", filter.owner->value);
  if (filter.external) select.where("external = ", std::int64_t{*filter.external ? 1 : 0});
  if (filter.state) select.where("state = ", static_cast<std::int64_t>(*filter.state));
  if (!filter.archived && filter.state != State::kArchived) select.where("state <> 3");
  if (filter.sight) select.where_any(sight_of_accounts(*filter.sight));
  return read_listed<Stored<ServiceAccount>>(select.listed(session_, page), read);
}

Result<void> Accounts::insert(const ServiceAccount& account) { return insert_row(session_, kTable, write(account), kConflict); }

Result<void> Accounts::update(const ServiceAccount& account, std::int64_t version) {
  return update_row(session_, kTable, write(account), version, kConflict);
}

}  // namespace gatehouse::store
