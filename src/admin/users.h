// Use cases of users: records of the people who own, administer and are woken up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "model/user.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// One '@' with something on both sides, no white space, at most 254 bytes. Whether mail arrives there is not known.
Result<void> check_email(std::string_view email, std::string_view field);

struct AddUser {
  std::string email;
  std::string name;
  std::string role;                    ///< org-admin, auditor, project-admin, member
  std::vector<std::string> resources;  ///< of a project-admin
};

/// What is not set stays. `resources` of somebody who is no project-admin afterwards is kInvalidArgument, but for an empty list.
struct EditUser {
  std::optional<std::string> name;
  std::optional<std::string> role;
  std::optional<std::vector<std::string>> resources;
  bool for_cause = false;  ///< grants that lose their backing by it have no grace
};

/// A project-admin, and nobody else, administers something.
Result<void> check_administers(const User& user);
/// kConflict where `user` is the only live organization administrator.
Result<void> check_not_last_admin(const store::Repositories& at, const User& user);

Result<Document> add_user(Services& services, const Caller& caller, const AddUser& request);
Result<Documents> list_users(Services& services, std::optional<std::string> role, const store::Page& page);
Result<Document> show_user(Services& services, std::string_view user);
/// Another role or other resources: what the person gave by the old ones loses its backing (admin/backing.h). kConflict for the
/// last organization administrator.
Result<Document> edit_user(Services& services, const Caller& caller, std::string_view user, const EditUser& request);
/// Ends at once all that authenticates as that person; service accounts go on, and grants that the person gave are in grace, or
/// end at once `for_cause`. kConflict for the last organization administrator.
Result<Document> suspend_user(Services& services, const Caller& caller, std::string_view user, const PauseRequest& request,
                              bool for_cause = false);
Result<Document> restore_user(Services& services, const Caller& caller, std::string_view user);

}  // namespace gatehouse::admin
