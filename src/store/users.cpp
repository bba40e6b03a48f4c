#include "store/users.h"

#include <map>

#include "base/text.h"
#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr Table kTable{"users",
                       "id, email, email_lower, name, role, state, pause_reason, pause_until, pause_resume_by, created_at",
                       "ttttiitiii", Aggregate::kUser, "There is no such user."};
constexpr Table kResources{"user_resources", "user_id, position, site, resource_id, resource_key", "tittt", Aggregate::kUser, ""};
constexpr std::string_view kConflict = "A user has this e-mail address already.";

Result<Stored<User>> read_alone(const Row& row) {
  Cells cells(row, kTable.name);
  Stored<User> out;
  User& user = out.value;
  user.id = cells.id<UserId>();
  user.email = cells.text();
  cells.text();
  user.name = cells.text();
  user.role = cells.number(UserRole::kMember, UserRole::kOrgAdmin);
  user.state = cells.number(State::kRevoked, State::kArchived);
  user.pause = cells.pause();
  user.created_at = cells.instant();
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  return out;
}

Result<void> read_resources(Session& session, std::vector<Stored<User>*> users) {
  return read_children(session, kResources, "user_id", users, [](Stored<User>& user, Cells& cells) {
    cells.integer();
    user.value.administers.push_back(cells.resource());
  });
}

Result<Stored<User>> read_whole(Session& session, const Row& row) {
  GH_TRY(auto user, read_alone(row));
  GH_TRYV(read_resources(session, {&user}));
  return user;
}

Binds write(const User& user) {
  Binds binds;
  binds.id(user.id).text(user.email).text(ascii_lower(user.email)).text(user.name).number(user.role);
  binds.number(user.state).pause(user.pause).instant(user.created_at);
  return binds;
}

Result<void> write_resources(Session& session, const User& user) {
  std::int64_t position = 0;
  for (const Resource& resource : user.administers) {
    GH_TRYV(
        insert_plain(session, kResources.name, kResources.columns, Binds().id(user.id).integer(position++).resource(resource)));
  }
  return success();
}

}  // namespace

Result<Stored<User>> Users::get(const UserId& id) const {
  GH_TRY(const auto row, Select(kTable).where("id = ", id.value).one(session_));
  return read_whole(session_, row);
}

Result<Stored<User>> Users::get_by_email(std::string_view email) const {
  GH_TRY(const auto row, Select(kTable).where("email_lower = ", ascii_lower(email)).one(session_));
  return read_whole(session_, row);
}

Result<Listed<Stored<User>>> Users::list(const Filter& filter, const Page& page) const {
  Select select(kTable);
  if (filter.role) select.where("role = ", static_cast<std::int64_t>(*filter.role));
  if (filter.state) select.where("state = ", static_cast<std::int64_t>(*filter.state));
  GH_TRY(auto listed, read_listed<Stored<User>>(select.listed(session_, page), read_alone));
  GH_TRYV(read_resources(session_, pointers(listed.items)));
  return listed;
}

Result<void> Users::insert(const User& user) {
  GH_TRYV(insert_row(session_, kTable, write(user), kConflict));
  return write_resources(session_, user);
}

Result<void> Users::update(const User& user, std::int64_t version) {
  GH_TRYV(update_row(session_, kTable, write(user), version, kConflict));
  GH_TRYV(session_.run("DELETE FROM user_resources WHERE user_id = :p1", {user.id.value}));
  return write_resources(session_, user);
}

}  // namespace gatehouse::store
