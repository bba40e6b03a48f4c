// Watching automations by what usage says: failing, silent, called from a new place; a site that refuses Gatehouse's own
// credential. Each is told once, and once more when it is well again. Dead tokens in use are told where they are noticed.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "admin/services.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace gatehouse::lifecycle {

/// Of the last two hours. An operation that used to succeed and is refused now is a failure at once; so many failed requests in a
/// row as policy `notify-errors` says are one, too. It is well when the operation that failed succeeds and has not failed for ten
/// minutes.
Result<void> watch(admin::Services& services, Instant now);

/// What was learnt of accounts that have not called since: by account, the last use that it was learnt at and what came out.
using Rhythms = std::map<AccountId, std::pair<Instant, std::optional<Duration>>>;

/// Accounts that should have called: by what was declared (`expected_every`, half as much again is allowed), else by what was
/// learnt of the last two weeks. `rhythms` is kept from one call to the next, so that who is quiet is looked at closely once.
Result<void> watch_silence(admin::Services& services, Instant now, Rhythms& rhythms);

/// How long an automation with these hours of use may be quiet: half as much again as its longest pause so far. Nothing where
/// they are too few, or too irregular, to tell: fewer than five pauses of an hour or more, or one of a week.
std::optional<Duration> learnt_patience(const std::vector<Instant>& hours);

}  // namespace gatehouse::lifecycle
