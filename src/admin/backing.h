// What grants rest on: the authority of who gave them. Used by the use cases of grants, tokens and users, and by whatever learns
// that a person's authority has changed (SCIM, the check against the site).
//
// A grant is backed as long as its giver could give it anew. When that ends it is in grace (policy `grace`), or unbacked at once
// where the authority was withdrawn for cause; nothing new may rest on it meanwhile, and somebody else with authority may back
// it.
#pragma once

#include <string_view>

#include "admin/common.h"
#include "model/credential.h"
#include "model/grant.h"
#include "model/principal.h"
#include "model/service_account.h"
#include "model/user.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// The scopes that open something in a single project or space: those that a project administrator may give. Empty for a product
/// without a catalogue.
ScopeSet project_scopes(const Services& services, const Site& site);

/// Whether `who` could give this grant: an organization administrator any; an administrator of its resource one of project-level
/// scopes, without the directory and without restricted content. kNotAllowed names the field and the missing role.
Result<void> check_may_give(const Services& services, const store::Repositories& at, const Principal& who, const Grant& grant);

/// Whether `who` may make somebody owner or deputy of an account who was neither `before`. Whoever answers for an account uses
/// what is granted to it, so an organization administrator may name anybody, and others only who could give each of its grants
/// themselves (docs/decisions/0008). kNotAllowed names the resource and the command for an organization administrator.
Result<void> check_may_answer(const Services& services, const store::Repositories& at, const Principal& who,
                              const ServiceAccount& before, const ServiceAccount& after);

enum class Withdrawal { kOrdinary, kForCause };

/// After `user` was changed in this unit of work (role, resources, state) or what the source knows of them: looks through the
/// grants that they gave. Those that they could not give any more lose their backing, those in grace that they could give again
/// are backed; owners and deputies are told.
Result<void> review_backing(Services& services, store::Repositories& at, const User& user, Withdrawal how);

/// Whether the token may get something new (a secret, a later end): kConflict where a grant that it would rest on is in grace.
/// Organization administrators and those who answer for the account may keep it going.
Result<void> check_rests_on_backed(const store::Repositories& at, const Principal& who, const Credential& token,
                                   const ServiceAccount& account, Instant now);
/// The same for a token that is being made: for everybody.
Result<void> check_new_rests_on_backed(const store::Repositories& at, const Credential& token, Instant now);

/// The caller backs a grant that is in grace or has lost its backing, and is its giver from then on. kConflict where it is
/// backed.
Result<Document> back_grant(Services& services, const Caller& caller, std::string_view grant);

/// A job: grants whose grace is over become unbacked for good, which their people are told.
Result<void> end_graces(Services& services, Instant now);

}  // namespace gatehouse::admin
