// Postmaster: makes messages of notices (to whom, by which channel, when) and goes up a rung where nobody acknowledges.
#pragma once

#include "admin/services.h"
#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::lifecycle {

/// Every notice that was not addressed yet gets its messages. A matter's notice goes to the rung that the matter has reached;
/// where the first rungs have nobody, to the next that has somebody, and where only the organization's administrators are left,
/// that is told to them as an alarm of its own.
Result<void> address(admin::Services& services, Instant now);

/// Matters that nobody acknowledged in time are told to the next rung.
Result<void> escalate(admin::Services& services, Instant now);

}  // namespace gatehouse::lifecycle
