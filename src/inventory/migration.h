// How far the way from old tokens to Gatehouse has been gone, and who still goes past it. api/ calls it.
#pragma once

#include <cstdint>

#include "admin/common.h"

namespace gatehouse::inventory {

/// Every account that holds (or held) external credentials: not moved (no use of Gatehouse yet), moving (both are in use), moved.
/// The migration is over when no person-owned token is left: `personal_left`.
Result<admin::Document> report_migration(admin::Services& services);

/// How much `report_migration` and `report_bypass` have to say, for monitoring.
struct MigrationCounts {
  std::int64_t personal_left = 0;
  std::int64_t bypass = 0;
};
Result<MigrationCounts> count_migration(const store::Repositories& at, Instant now);

/// External credentials that Atlassian saw in use after their automation had begun to use Gatehouse. As fresh as the last import.
Result<admin::Document> report_bypass(admin::Services& services);

}  // namespace gatehouse::inventory
