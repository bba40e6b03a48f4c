// Personal administrator keys: for the person's own scripts, with an end and the person's role at every moment, never more.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/admin_keys.h"

namespace gatehouse::admin {

inline constexpr Duration kLongestOwnKey = std::chrono::hours(24 * 366);

/// One's own; of everybody for who reads all. Revoked ones are left out.
Result<Documents> list_admin_keys(Services& services, const Principal& who, const store::Page& page);

struct CreatedOwnKey {
  CreatedKey key;
  Instant expires_at{};
};
/// `asked_with` is the administrator key of the request, or empty: a key makes none that outlives it. A session needs a fresh
/// proof. kInvalidArgument where the end lies in the past or further away than a year.
Result<CreatedOwnKey> create_own_key(Services& services, const Caller& caller, const Principal& who, std::string name,
                                     Instant expires_at, std::string_view asked_with);
/// One's own, or any for an organization administrator; kNotFound for others' keys.
Result<void> revoke_own_key(Services& services, const Caller& caller, const Principal& who, const std::string& id);

}  // namespace gatehouse::admin
