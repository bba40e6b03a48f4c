// Gatehouse's own credentials as reports show them: certificates, the master key, administrator and directory keys, secrets that
// the configuration names (admin/other_credentials.h). `wake` lists those that end; `report installation` lists all of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "admin/common.h"
#include "admin/other_credentials.h"

namespace gatehouse::inventory {

/// admin::other_credentials without the administrator keys that have ended: nothing stops with them any more, and each `login`
/// leaves one. A certificate that has ended stays.
Result<std::vector<admin::OtherCredential>> own_credentials(admin::Services& services, const store::Repositories& at,
                                                            std::optional<Duration> within, Instant now);

/// What every finding says of its subject (api: ReportItem, WakeItem). `answers` are those who are there for it.
admin::Document describe_own(const admin::OtherCredential& credential, const std::vector<std::string>& answers);

/// The e-mail addresses of the live organization administrators.
Result<std::vector<std::string>> live_administrators(const store::Repositories& at, Instant now);

/// All of them, `reasons` where somebody has to do something; `count` is of those.
Result<admin::Document> report_installation(admin::Services& services, const store::Repositories& at, Instant now);

}  // namespace gatehouse::inventory
