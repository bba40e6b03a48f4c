#include "store/admin_keys.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr Table kTable{"admin_keys", "id, user_id, name, hash, expires_at, state, created_at", "ttttiii", Aggregate::kAdminKey,
                       "There is no such administrator key."};
constexpr std::string_view kConflict = "An administrator key has this id already.";

Result<Stored<AdminKey>> read(const Row& row) {
  Cells cells(row, kTable.name);
  Stored<AdminKey> out;
  out.value.id = cells.id<AdminKeyId>();
  out.value.user = cells.id<UserId>();
  out.value.name = cells.text();
  out.value.hash = cells.text();
  out.value.expires_at = cells.optional_instant();
  out.value.state = cells.number(State::kRevoked, State::kArchived);
  out.value.created_at = cells.instant();
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  return out;
}

Binds write(const AdminKey& key) {
  Binds binds;
  binds.id(key.id)
      .id(key.user)
      .text(key.name)
      .text(key.hash)
      .optional_instant(key.expires_at)
      .number(key.state)
      .instant(key.created_at);
  return binds;
}

}  // namespace

Result<Stored<AdminKey>> AdminKeys::get(const AdminKeyId& id) const {
  GH_TRY(const auto row, Select(kTable).where("id = ", id.value).one(session_));
  return read(row);
}

Result<Listed<Stored<AdminKey>>> AdminKeys::list(const Filter& filter, const Page& page) const {
  Select select(kTable);
  if (filter.user) select.where("user_id = ", filter.user->value);
  return read_listed<Stored<AdminKey>>(select.listed(session_, page), read);
}

Result<void> AdminKeys::insert(const AdminKey& key) { return insert_row(session_, kTable, write(key), kConflict); }

Result<void> AdminKeys::update(const AdminKey& key, std::int64_t version) {
  return update_row(session_, kTable, write(key), version, kConflict);
}

}  // namespace gatehouse::store
