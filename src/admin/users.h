// Use cases of users: records of the people who own, administer and are woken up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"

namespace gatehouse::admin {

/// One '@' with something on both sides, no white space, at most 254 bytes. Whether mail arrives there is not known.
Result<void> check_email(std::string_view email, std::string_view field);

struct AddUser {
  std::string email;
  std::string name;
  std::string role;                    ///< org-admin, auditor, project-admin, member
  std::vector<std::string> resources;  ///< of a project-admin
};

Result<Document> add_user(Services& services, const Caller& caller, const AddUser& request);
Result<Documents> list_users(Services& services, std::optional<std::string> role, const store::Page& page);
Result<Document> show_user(Services& services, std::string_view user);
/// Ends at once all that authenticates as that person; service accounts go on. kConflict for the last organization administrator.
Result<Document> suspend_user(Services& services, const Caller& caller, std::string_view user, const PauseRequest& request);
Result<Document> restore_user(Services& services, const Caller& caller, std::string_view user);

}  // namespace gatehouse::admin
