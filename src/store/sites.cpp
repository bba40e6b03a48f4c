#include "store/sites.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr Table kTable{
    "sites",
    "id, key, product, base_url, cloud_id, host, state, pause_reason, pause_until, pause_resume_by, created_at, "
    "spec_digest, budget_requests, budget_per",
    "ttitttitiiitii", Aggregate::kSite, "There is no such site."};
constexpr std::string_view kConflict = "A site has this key, or this host and product, already.";

Result<Stored<Site>> read(const Row& row) {
  Cells cells(row, kTable.name);
  Stored<Site> out;
  Site& site = out.value;
  site.id = cells.id<SiteId>();
  site.key = cells.text();
  site.product = cells.number(Product::kJira, Product::kOpenApi);
  site.base_url = cells.text();
  site.cloud_id = cells.text();
  site.host = cells.text();
  site.state = cells.number(State::kRevoked, State::kArchived);
  site.pause = cells.pause();
  site.created_at = cells.instant();
  site.spec_digest = cells.text();
  site.budget.requests = static_cast<int>(cells.integer());
  site.budget.per = Duration(cells.integer());
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  return out;
}

Binds write(const Site& site) {
  Binds binds;
  binds.id(site.id).text(site.key).number(site.product).text(site.base_url).text(site.cloud_id).text(site.host);
  binds.number(site.state).pause(site.pause).instant(site.created_at);
  binds.text(site.spec_digest).integer(site.budget.requests).integer(site.budget.per.count());
  return binds;
}

}  // namespace

Result<Stored<Site>> Sites::get(const SiteId& id) const {
  GH_TRY(const auto row, Select(kTable).where("id = ", id.value).one(session_));
  return read(row);
}

Result<Stored<Site>> Sites::get_by_key(std::string_view key) const {
  GH_TRY(const auto row, Select(kTable).where("key = ", std::string(key)).where("state <> 3").one(session_));
  return read(row);
}

Result<Listed<Stored<Site>>> Sites::list(const Filter& filter, const Page& page) const {
  Select select(kTable);
  if (!filter.archived) select.where("state <> 3");
  return read_listed<Stored<Site>>(select.listed(session_, page), read);
}

Result<void> Sites::insert(const Site& site) { return insert_row(session_, kTable, write(site), kConflict); }

Result<void> Sites::update(const Site& site, std::int64_t version) {
  return update_row(session_, kTable, write(site), version, kConflict);
}

}  // namespace gatehouse::store
