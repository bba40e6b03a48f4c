// "If this token expires tonight, who wakes up tomorrow?": what ends within a window, and whose it is.
#pragma once

#include <string>

#include "admin/common.h"

namespace gatehouse::admin {

struct WakeFilter {
  Duration within = std::chrono::hours(24);
  std::string token;  ///< at most one of these
  std::string account;
  std::string user;  ///< as owner or deputy
  std::string site;
};

/// {"now","until","items":[…]}: tokens and upstream credentials, soonest first, each with owner, deputy, what it serves and
/// where.
Result<Document> report_wake(Services& services, const WakeFilter& filter);

}  // namespace gatehouse::admin
