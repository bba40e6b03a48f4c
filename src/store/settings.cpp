#include "store/settings.h"

#include "store/session.h"

namespace gatehouse::store {

Result<std::string> Settings::get(std::string_view name) const {
  GH_TRY(auto row,
         session_.row("SELECT content FROM settings WHERE name = :p1", "t", {std::string(name)}, "This setting was never set."));
  return std::get<std::string>(std::move(row.front()));
}

Result<std::vector<std::pair<std::string, std::string>>> Settings::list() const {
  GH_TRY(auto rows, session_.rows("SELECT name, content FROM settings ORDER BY name", "tt"));
  std::vector<std::pair<std::string, std::string>> out;
  for (Row& row : rows) out.emplace_back(std::get<std::string>(std::move(row[0])), std::get<std::string>(std::move(row[1])));
  return out;
}

Result<void> Settings::set(std::string_view name, std::string_view value) {
  GH_TRYV(session_.run(
      "INSERT INTO settings (name, content) VALUES (:p1, :p2) ON CONFLICT (name) DO UPDATE SET content = excluded.content",
      {std::string(name), std::string(value)}));
  session_.touch(Aggregate::kSetting, std::string(name));
  return success();
}

Result<void> Settings::remove(std::string_view name) {
  GH_TRYV(session_.run("DELETE FROM settings WHERE name = :p1", {std::string(name)}));
  session_.touch(Aggregate::kSetting, std::string(name));
  return success();
}

}  // namespace gatehouse::store
