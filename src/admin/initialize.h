// The first change of an installation: its first administrator and that person's key. `gatehouse init` calls it.
#pragma once

#include <string_view>

#include "admin/admin_keys.h"

namespace gatehouse::admin {

/// Makes the user (organization administrator) and a key without end, in one unit of work. kConflict where there is a user
/// already: this is never a way into an installation that lives.
Result<CreatedKey> initialize(Services& services, std::string_view admin_email);

}  // namespace gatehouse::admin
