// The ladder: how long before a credential's end people are told, and the job that queues these notices.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "admin/services.h"
#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::lifecycle {

/// Longest first: 60, 30, 14, 7, 3 and 1 days, 1 hour. Policy `notify-ladder` replaces them (admin/policy.h).
using Ladder = std::vector<Duration>;

/// The step that counts at `now` for something that lives from `since` to `end`: the shortest of those that have been reached.
/// Nothing where none is, or `end` has come. A step that is as long as the whole life, or longer, is none: its maker knows.
std::optional<Duration> step_reached(const Ladder& ladder, Instant since, Instant end, Instant now);

/// Queues what is due: for tokens of every kind, upstream credentials, and the installation's own (certificates, administrator
/// keys). Each step of each end is told once, however often it runs; after a long stop only the step that counts now is. Ends
/// that have come are told, too, but not of what lived for no longer than the shortest step: programs make such tokens by the
/// hundred.
Result<void> run_ladder(admin::Services& services, Instant now);
/// The same, of what has reached a step since `since` only: quick where there are many. What was moved onto the ladder meanwhile
/// is found by the whole round.
Result<void> run_ladder_since(admin::Services& services, Instant since, Instant now);

}  // namespace gatehouse::lifecycle
