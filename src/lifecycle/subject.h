// What a notice is about, and who is to be told of it: rung by rung, from who answers for it up to the organization.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "store/repositories.h"

namespace gatehouse::lifecycle {

struct Person {
  UserId id;
  std::string email;
  std::string reason;  ///< "owner of the token": why this person is told
};

/// Suspended people stand on no rung, and nobody stands on two. A rung may be empty.
using Rungs = std::vector<std::vector<Person>>;

/// For tokens: its owner; the account's owner and deputy; who requested it; the project administrators of its resources; the
/// organization's administrators. Others likewise, as far as they have these. The last rung is always the organization's
/// administrators. A subject that is not there any more has that rung alone.
Result<Rungs> rungs_of(const store::Repositories& at, std::string_view kind, const std::string& id);

/// What people need to know of it, in the words of the register; empty texts where it does not apply.
struct Subject {
  std::string account;  ///< handle
  std::string purpose;
  std::string runs_in;
  std::string runbook;
  std::string criticality;
  std::vector<std::string> resources;  ///< "acme/A"
};
Result<Subject> subject_of(const store::Repositories& at, std::string_view kind, const std::string& id, Instant now);

}  // namespace gatehouse::lifecycle
