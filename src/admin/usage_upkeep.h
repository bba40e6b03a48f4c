// The upkeep of usage: hours become days, each credential's use is compared with its record once a day, and what is past its
// retention goes. A job of main/ calls it each minute; a run takes some seconds at most and the next one goes on.
#pragma once

#include "admin/services.h"
#include "base/result.h"
#include "store/rollups.h"

namespace gatehouse::admin {

Result<void> tend_usage(Services& services, Instant now);

/// What a token with this use would not have needed, and what its account did not declare. Scopes and resources count as unused
/// only after a month of use.
Result<store::Compared> compare_use(const Services& services, const store::Repositories& at, const store::SeenOfCredential& seen,
                                    Instant now);

}  // namespace gatehouse::admin
