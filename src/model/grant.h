// A grant: one service account may use these scopes, in this access role, on one resource.
#pragma once

#include <optional>
#include <string>

#include "model/ids.h"
#include "model/resource.h"
#include "model/scope.h"
#include "model/state.h"

namespace gatehouse {

/// decide() treats only kUnbacked as absent. Zero opens nothing.
enum class Backing { kUnbacked = 0, kInGrace = 1, kBacked = 2 };

/// Below the project: issues with a security level and pages with read restrictions are left out unless an organization
/// administrator lifted it. Zero leaves them out.
enum class Restricted { kExclude = 0, kInclude = 1 };

struct Grant {
  GrantId id;
  AccountId account;
  Resource resource;
  ScopeSet scopes;
  std::string role;  ///< access role; empty: whatever the scopes allow
  bool directory = false;
  Restricted restricted = Restricted::kExclude;
  UserId granted_by;
  Backing backing = Backing::kUnbacked;
  std::optional<Instant> grace_ends_at;  ///< of kInGrace; from then on it counts as unbacked
  State state = State::kLive;
  Pause pause;
  Instant created_at{};
};

}  // namespace gatehouse
