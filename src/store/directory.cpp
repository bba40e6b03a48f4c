#include "store/directory.h"

#include "base/text.h"
#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kKeyColumns = "id, name, hash, created_at, revoked_at";
constexpr std::string_view kPersonColumns = "user_id, user_name, external_id, changed_at, removed_at";
constexpr std::string_view kGroupColumns = "id, name, external_id, created_at, changed_at";

Result<DirectoryKey> read_key(const Row& row) {
  Cells cells(row, "directory_keys");
  DirectoryKey out;
  out.id = cells.text();
  out.name = cells.text();
  out.hash = cells.text();
  out.created_at = cells.instant();
  out.revoked_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return out;
}

Result<DirectoryPerson> read_person(const Row& row) {
  Cells cells(row, "directory_people");
  DirectoryPerson out;
  out.user = cells.id<UserId>();
  out.user_name = cells.text();
  out.external_id = cells.text();
  out.changed_at = cells.instant();
  out.removed_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return out;
}

Result<DirectoryGroup> read_group(const Row& row) {
  Cells cells(row, "directory_groups");
  DirectoryGroup out;
  out.id = cells.text();
  out.name = cells.text();
  out.external_id = cells.text();
  out.created_at = cells.instant();
  out.changed_at = cells.instant();
  GH_TRYV(cells.finish());
  return out;
}

template <class T, class Read>
Result<std::vector<T>> read_all(const Result<std::vector<Row>>& rows, const Read& read) {
  if (!rows) return rows.error();
  std::vector<T> out;
  for (const Row& row : rows.value()) {
    GH_TRY(T one, read(row));
    out.push_back(std::move(one));
  }
  return out;
}

/// " WHERE …" with its binds.
struct Condition {
  std::string text;
  std::vector<Value> binds;
};

Condition condition(std::string_view always, const DirectoryFilter& filter) {
  Condition out;
  if (!always.empty()) out.text = " WHERE " + std::string(always);
  if (filter.column.empty()) return out;
  out.text += (out.text.empty() ? " WHERE " : " AND ") + filter.column + " = :p1";
  const bool folded = filter.column.size() > 6 && filter.column.substr(filter.column.size() - 6) == "_lower";
  out.binds.emplace_back(folded ? ascii_lower(filter.value) : filter.value);
  return out;
}

Result<std::vector<Row>> page(Session& session, std::string_view columns, std::string_view types, std::string_view table,
                              Condition where, std::string_view key, std::int64_t offset, std::int64_t limit) {
  std::string sql = "SELECT ";
  sql.append(columns).append(" FROM ").append(table).append(where.text).append(" ORDER BY ").append(key);
  sql.append(" LIMIT :p").append(std::to_string(where.binds.size() + 1));
  sql.append(" OFFSET :p").append(std::to_string(where.binds.size() + 2));
  where.binds.emplace_back(limit);
  where.binds.emplace_back(offset);
  return session.rows(sql, types, where.binds);
}

Result<std::int64_t> count(Session& session, std::string_view table, const Condition& where) {
  GH_TRY(const auto row,
         session.row("SELECT CAST(count(*) AS BIGINT) FROM " + std::string(table) + where.text, "i", where.binds, "No count."));
  return std::get<std::int64_t>(row.front());
}

Result<void> told(Result<void> done, std::string_view conflict) {
  if (!done && done.error().code == Errc::kConflict) return fail(Errc::kConflict, std::string(conflict));
  return done;
}

}  // namespace

Result<DirectoryKey> Directory::key(const std::string& id) const {
  GH_TRY(const auto row, session_.row("SELECT " + std::string(kKeyColumns) + " FROM directory_keys WHERE id = :p1", "tttii", {id},
                                      "There is no such directory key."));
  return read_key(row);
}

Result<std::vector<DirectoryKey>> Directory::keys() const {
  return read_all<DirectoryKey>(
      session_.rows("SELECT " + std::string(kKeyColumns) +
                        " FROM directory_keys WHERE revoked_at IS NULL ORDER BY created_at, id LIMIT 1000",
                    "tttii"),
      read_key);
}

Result<void> Directory::insert_key(const DirectoryKey& key) {
  Binds binds;
  binds.text(key.id).text(key.name).text(key.hash).instant(key.created_at).optional_instant(key.revoked_at);
  return insert_plain(session_, "directory_keys", kKeyColumns, binds);
}

Result<void> Directory::revoke_key(const std::string& id, Instant at) {
  GH_TRY(const auto changed, session_.run("UPDATE directory_keys SET revoked_at = :p1 WHERE id = :p2 AND revoked_at IS NULL",
                                          {at.time_since_epoch().count(), id}));
  if (changed == 0) return fail(Errc::kNotFound, "There is no such directory key.");
  return success();
}

Result<DirectoryPerson> Directory::person(const UserId& user) const {
  GH_TRY(const auto row, session_.row("SELECT " + std::string(kPersonColumns) + " FROM directory_people WHERE user_id = :p1",
                                      "tttii", {user.value}, "The directory keeps no such person."));
  return read_person(row);
}

Result<DirectoryPerson> Directory::person_by_name(std::string_view user_name) const {
  GH_TRY(const auto row,
         session_.row("SELECT " + std::string(kPersonColumns) + " FROM directory_people WHERE user_name_lower = :p1", "tttii",
                      {ascii_lower(user_name)}, "The directory keeps no such person."));
  return read_person(row);
}

Result<std::vector<DirectoryPerson>> Directory::people(const DirectoryFilter& filter, std::int64_t offset,
                                                       std::int64_t limit) const {
  return read_all<DirectoryPerson>(page(session_, kPersonColumns, "tttii", "directory_people",
                                        condition("removed_at IS NULL", filter), "user_id", offset, limit),
                                   read_person);
}

Result<std::int64_t> Directory::count_people(const DirectoryFilter& filter) const {
  return count(session_, "directory_people", condition("removed_at IS NULL", filter));
}

Result<void> Directory::set_person(const DirectoryPerson& person) {
  Binds binds;
  binds.id(person.user).text(person.user_name).text(ascii_lower(person.user_name)).text(person.external_id);
  binds.instant(person.changed_at).optional_instant(person.removed_at);
  return told(insert_plain(session_, "directory_people",
                           "user_id, user_name, user_name_lower, external_id, changed_at, removed_at", binds,
                           "ON CONFLICT (user_id) DO UPDATE SET user_name = excluded.user_name, user_name_lower = "
                           "excluded.user_name_lower, external_id = excluded.external_id, changed_at = excluded.changed_at, "
                           "removed_at = excluded.removed_at"),
              "Another person has this userName.");
}

Result<DirectoryGroup> Directory::group(const std::string& id) const {
  GH_TRY(const auto row, session_.row("SELECT " + std::string(kGroupColumns) + " FROM directory_groups WHERE id = :p1", "tttii",
                                      {id}, "The directory keeps no such group."));
  return read_group(row);
}

Result<std::vector<DirectoryGroup>> Directory::groups(const DirectoryFilter& filter, std::int64_t offset,
                                                      std::int64_t limit) const {
  return read_all<DirectoryGroup>(
      page(session_, kGroupColumns, "tttii", "directory_groups", condition("", filter), "id", offset, limit), read_group);
}

Result<std::int64_t> Directory::count_groups(const DirectoryFilter& filter) const {
  return count(session_, "directory_groups", condition("", filter));
}

Result<void> Directory::set_group(const DirectoryGroup& group) {
  Binds binds;
  binds.text(group.id).text(group.name).text(ascii_lower(group.name)).text(group.external_id);
  binds.instant(group.created_at).instant(group.changed_at);
  return told(insert_plain(session_, "directory_groups", "id, name, name_lower, external_id, created_at, changed_at", binds,
                           "ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_lower = excluded.name_lower, external_id = "
                           "excluded.external_id, changed_at = excluded.changed_at"),
              "Another group has this displayName.");
}

Result<void> Directory::remove_group(const std::string& id) {
  GH_TRYV(session_.run("DELETE FROM directory_members WHERE group_id = :p1", {id}));
  GH_TRYV(session_.run("DELETE FROM directory_groups WHERE id = :p1", {id}));
  return success();
}

Result<std::vector<UserId>> Directory::members(const std::string& group) const {
  GH_TRY(const auto rows,
         session_.rows("SELECT user_id FROM directory_members WHERE group_id = :p1 ORDER BY user_id", "t", {group}));
  std::vector<UserId> out;
  for (const Row& row : rows) out.emplace_back(std::get<std::string>(row.front()));
  return out;
}

Result<void> Directory::set_members(const std::string& group, const std::vector<UserId>& users) {
  GH_TRYV(session_.run("DELETE FROM directory_members WHERE group_id = :p1", {group}));
  std::vector<Binds> rows;
  for (const UserId& user : users) rows.push_back(Binds().text(group).id(user));
  return insert_each(session_, "directory_members", "group_id, user_id", rows);
}

}  // namespace gatehouse::store
