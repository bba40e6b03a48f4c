// Making a boundary smaller: shared by narrowing a token and by proposing a boundary for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "model/credential.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// The boundary that counts now: the proposed one from its time on.
const std::vector<BoundaryEntry>& boundary_of(const Credential& credential, Instant now);

/// What `names` (acme/A, acme/A=viewer) mean: resources of `boundary` by the names that they are shown by, as they are pinned;
/// others are asked of their site. Blocks; called before a unit of work begins.
Result<std::vector<BoundaryEntry>> entries_named(Services& services, const std::vector<BoundaryEntry>& boundary,
                                                 const std::vector<std::string>& names);

/// `wanted` as a part of `boundary`: each lies in one of its entries, whose role it takes over or narrows. kInvalidArgument, with
/// `field`, where one does not.
Result<std::vector<BoundaryEntry>> inside_boundary(const Services& services, const store::Repositories& at,
                                                   const Credential& credential, const std::vector<BoundaryEntry>& boundary,
                                                   const std::vector<BoundaryEntry>& wanted, std::string_view field);

/// Whether each of `inner` lies in one of `outer`; roles are not looked at.
bool lies_inside(const std::vector<BoundaryEntry>& inner, const std::vector<BoundaryEntry>& outer);

/// Whether `inner` permits nothing that `outer` does not, in the product of the site. Empty: whatever the scopes allow.
bool role_includes(const Services& services, const Site& site, std::string_view outer, std::string_view inner);

/// "… Narrowing only takes away; for more, create another token."
Error wider(std::string what, std::string field);

}  // namespace gatehouse::admin
