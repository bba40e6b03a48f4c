// From what a person writes, `acme/A`, to the resource pinned by the product's own id: the site is asked, now.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "model/credential.h"
#include "model/resource.h"

namespace gatehouse::admin {

/// Blocks while the site answers; called before a unit of work begins, so that nobody waits for a site behind the writer's lock.
/// kNotFound where the site is not known or has no such project; upstream's errors otherwise. `acme/*` asks nobody.
Result<Resource> resolve_resource(Services& services, std::string_view name);
/// `acme/A` or `acme/A=viewer`; a resource named twice is kInvalidArgument, and so is a role that the product does not have.
Result<std::vector<BoundaryEntry>> resolve_boundary(Services& services, const std::vector<std::string>& names);
/// The role exists in the catalogue of the resource's site. Empty is right.
Result<void> check_role(Services& services, const SiteId& site, std::string_view role);

}  // namespace gatehouse::admin
