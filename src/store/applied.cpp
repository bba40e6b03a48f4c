#include "store/applied.h"

#include "store/table.h"

namespace gatehouse::store {

Result<std::string> Applied::label_of(const std::string& kind, const std::string& subject) const {
  GH_TRY(const auto rows, session_.rows("SELECT label FROM applied WHERE kind = :p1 AND subject = :p2", "t", {kind, subject}));
  return rows.empty() ? std::string() : std::get<std::string>(rows.front().front());
}

Result<std::vector<std::pair<std::string, std::string>>> Applied::of_label(const std::string& label) const {
  GH_TRY(const auto rows,
         session_.rows("SELECT kind, subject FROM applied WHERE label = :p1 ORDER BY kind, subject", "tt", {label}));
  std::vector<std::pair<std::string, std::string>> all;
  for (const Row& row : rows) all.emplace_back(std::get<std::string>(row[0]), std::get<std::string>(row[1]));
  return all;
}

Result<void> Applied::put(const std::string& kind, const std::string& subject, const std::string& label) {
  return insert_plain(session_, "applied", "kind, subject, label", Binds().text(kind).text(subject).text(label),
                      "ON CONFLICT (kind, subject) DO UPDATE SET label = excluded.label");
}

Result<void> Applied::remove(const std::string& kind, const std::string& subject) {
  GH_TRYV(session_.run("DELETE FROM applied WHERE kind = :p1 AND subject = :p2", {kind, subject}));
  return success();
}

}  // namespace gatehouse::store
