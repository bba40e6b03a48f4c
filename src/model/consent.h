// A consent: what one person lets one app do in their name. It stands in the place of a grant (design section 1, 3LO).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/resource.h"
#include "model/scope.h"

namespace gatehouse {

/// What the account id of a person begins with, for whom an app acts (in the index, and for routes): it is no service account's.
inline constexpr std::string_view kPerson = "person ";

using ConsentId = Id<struct ConsentTag>;

struct Consent {
  ConsentId id;  ///< what access tokens name
  UserId user;
  CredentialId app;
  ScopeSet scopes;
  std::vector<Resource> resources;  ///< chosen by the person; "*" where "all projects" was
  Instant created_at{};
  Instant changed_at{};
  std::optional<Instant> ended_at;  ///< withdrawn
};

}  // namespace gatehouse
