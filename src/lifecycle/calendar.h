// A person's calendar of ends as iCalendar text (RFC 5545): what ends of all that this person answers for.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/user.h"
#include "store/repositories.h"

namespace gatehouse::lifecycle {

/// One event for each token, upstream and external credential whose owner, or whose account's owner or deputy, is this person; an
/// organization administrator's has those of the sites without an owner, too. Its UID stays the same when the end is moved.
Result<std::string> calendar_of(const store::Repositories& at, const User& user, Instant now);

/// A content line folded at 75 octets, never within a letter (section 3.1), ended by CRLF.
std::string folded(std::string_view line);

}  // namespace gatehouse::lifecycle
