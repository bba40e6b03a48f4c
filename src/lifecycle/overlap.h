// Old secrets that are still in use when their overlap is about to end: told while there is time to do something about it.
#pragma once

#include "admin/services.h"
#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::lifecycle {

/// Once for each end of an old secret, in the last day of its overlap (or the last quarter of a short one), to the token's owner.
/// Only where it was used after its successor was, and has not been quiet for long enough since (admin/rotation.h).
Result<void> tell_of_old_secrets(admin::Services& services, Instant now);

}  // namespace gatehouse::lifecycle
