// Users and the resources that they administer. Natural key: the e-mail address, compared in lower case.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/user.h"
#include "store/stored.h"

namespace gatehouse::store {

class Users {
 public:
  explicit Users(Session& session) noexcept : session_(session) {}
  Users(const Users&) = delete;

  Result<Stored<User>> get(const UserId& id) const;
  Result<Stored<User>> get_by_email(std::string_view email) const;
  struct Filter {
    std::optional<UserRole> role;
    std::optional<State> state;
  };
  Result<Listed<Stored<User>>> list(const Filter& filter, const Page& page) const;

  /// kConflict where the address is in use.
  Result<void> insert(const User& user);
  Result<void> update(const User& user, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
