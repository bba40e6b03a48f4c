// Approvals: a grant or token with a scope that the policy holds back exists, paused, until a second person with authority has
// decided. GitHub's fine-grained tokens wait likewise.
#pragma once

#include <string>
#include <string_view>

#include "admin/common.h"
#include "admin/policy.h"
#include "model/credential.h"
#include "model/grant.h"
#include "model/principal.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// What of `scopes` has to wait; empty: nothing.
ScopeSet held_back(const Policy& policy, ScopeSet scopes);

/// In the unit of work that makes the record: pauses it (the caller stores it) and asks. Returns the request's id.
Result<std::string> ask_approval(Services& services, store::Repositories& at, const UserId& asked_by, const Credential& token,
                                 const ScopeSet& scopes, const Policy& policy);
Result<std::string> ask_approval(Services& services, store::Repositories& at, const UserId& asked_by, const Grant& grant,
                                 const ScopeSet& scopes, const Policy& policy);
/// The pause of what waits.
Pause waiting_pause();

/// Those that the caller may see: open ones, or all with `decided`.
Result<Documents> list_approvals(Services& services, const Caller& caller, bool decided);
/// By another person than who asked, who administers every resource that it is about, or the organization. Approving makes the
/// record live, denying ends it for ever. kConflict where it was decided, or its time is over.
Result<Document> decide_approval(Services& services, const Caller& caller, const std::string& id, bool approve,
                                 std::string_view reason);
/// What `user` asked for and nobody has decided on is denied: in the unit of work of that person's leaving.
Result<void> end_approvals_of(Services& services, store::Repositories& at, const UserId& user);
/// A job: what nobody has decided on in time is denied.
Result<void> expire_approvals(Services& services, Instant now);

}  // namespace gatehouse::admin
