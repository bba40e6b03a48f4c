#include "store/attachment_homes.h"

#include "store/session.h"

namespace gatehouse::store {

Result<std::vector<AttachmentHome>> AttachmentHomes::all() const {
  GH_TRY(const auto rows, session_.rows("SELECT slot, home FROM attachment_homes ORDER BY slot", "ii"));
  std::vector<AttachmentHome> homes;
  for (const Row& row : rows) homes.push_back({std::get<std::int64_t>(row[0]), std::get<std::int64_t>(row[1])});
  return homes;
}

Result<void> AttachmentHomes::put(const std::vector<AttachmentHome>& homes) {
  for (const AttachmentHome& one : homes) {
    GH_TRYV(session_.run(
        "INSERT INTO attachment_homes (slot, home) VALUES (:p1, :p2) ON CONFLICT (slot) DO UPDATE SET home = excluded.home",
        {one.slot, one.home}));
  }
  return success();
}

}  // namespace gatehouse::store
