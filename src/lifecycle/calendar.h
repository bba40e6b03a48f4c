// A person's calendar of ends as iCalendar text (RFC 5545): what ends of all that this person answers for.
#pragma once

#include <string>

#include "admin/services.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/user.h"
#include "store/repositories.h"

namespace gatehouse::lifecycle {

/// One event for each token, upstream and external credential whose owner, or whose account's owner or deputy, is this person,
/// and for each of their administrator keys. An organization administrator's has what has no owner, too: credentials of sites,
/// certificates, secrets that the configuration names. Its UID stays the same when the end is moved.
Result<std::string> calendar_of(admin::Services& services, const store::Repositories& at, const User& user, Instant now);

/// A content line folded at 75 octets, never within a letter (section 3.1), ended by CRLF.
std::string folded(std::string_view line);

}  // namespace gatehouse::lifecycle
