#include "store/changes.h"

#include <algorithm>

#include "store/table.h"

namespace gatehouse::store {

Result<std::int64_t> Changes::latest() const {
  GH_TRY(const auto row,
         session_.row("SELECT change_number FROM chain_head WHERE id = 1", "i", {}, "The database has no chain head."));
  return std::get<std::int64_t>(row.front());
}

Result<std::vector<Change>> Changes::after(std::int64_t number, int limit) const {
  // Up to and with the unit of work that the limit falls into, so that none is handed out in halves.
  GH_TRY(const auto last,
         session_.rows("SELECT change_number FROM change_log WHERE change_number > :p1 ORDER BY change_number LIMIT 1 OFFSET :p2",
                       "i", {number, static_cast<std::int64_t>(std::max(1, limit)) - 1}));
  const std::int64_t until = last.empty() ? INT64_MAX : std::get<std::int64_t>(last.front().front());
  GH_TRY(const auto rows,
         session_.rows("SELECT change_number, aggregate, aggregate_id FROM change_log WHERE change_number > :p1 AND "
                       "change_number <= :p2 ORDER BY change_number, aggregate, aggregate_id",
                       "iit", {number, until}));
  std::vector<Change> changes;
  changes.reserve(rows.size());
  for (const Row& row : rows) {
    Cells cells(row, "change_log");
    Change& change = changes.emplace_back();
    change.number = cells.integer();
    change.aggregate = cells.number(Aggregate::kSite, Aggregate::kConsent);
    change.id = cells.text();
    GH_TRYV(cells.finish());
  }
  return changes;
}

}  // namespace gatehouse::store
