// A person: signs in to the panel, owns, is woken up.
#pragma once

#include <string>
#include <vector>

#include "model/ids.h"
#include "model/resource.h"
#include "model/state.h"

namespace gatehouse {

enum class UserRole { kMember = 0, kProjectAdmin, kAuditor, kOrgAdmin };

struct User {
  UserId id;
  std::string email;  ///< unique, compared in lower case
  std::string name;
  UserRole role = UserRole::kMember;
  std::vector<Resource> administers;  ///< kProjectAdmin: the resources whose administrator this person is
  State state = State::kLive;         ///< kPaused is "suspended"
  Pause pause;
  Instant created_at{};
};

}  // namespace gatehouse
