// "If this token expires tonight, who wakes up tomorrow?": what ends within a window, or what stands on one credential, account,
// person or site whatever its end; what stops, whom it concerns, who was told, and what puts it right. api/ calls it.
#pragma once

#include <string>

#include "admin/common.h"

namespace gatehouse::inventory {

struct WakeFilter {
  Duration within = std::chrono::hours(24);
  std::string token;  ///< at most one of these; with one, the window does not count
  std::string account;
  std::string user;  ///< who leaves: as owner or deputy, of a token, an account or a site credential
  std::string site;
  int limit = 1000;
};

/// {"now","until","what_if","count","alarms","items":[…]}, soonest first. An item without `wakes` is an alarm: nobody is there
/// who would notice.
/// Who does not read everything gets what they may see, of what only touches their resources no more than that ("partial"), and
/// asks about no other person.
Result<admin::Document> report_wake(admin::Services& services, const Caller& caller, const WakeFilter& filter);

}  // namespace gatehouse::inventory
