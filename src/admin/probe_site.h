// Tries the unconfirmed semantics of sandbox/HAZARDS.md on two scratch projects of a Jira site. Called by `site test --probe`.
#pragma once

#include <string>
#include <vector>

#include "admin/common.h"
#include "upstream/site_table.h"

namespace gatehouse::admin {

/// Makes issues in the two projects, asks what the hazards say, and deletes all that it made.
/// {"projects","hazards":[{"hazard","assumed", "verdict","found"}],"left":[…]}: `verdict` is "as assumed", "differs" or "not
/// tried", `left` what could not be deleted. Blocks as long as the site takes. kInvalidArgument where they are not two projects
/// of a Jira site; kUpstreamFailed where nothing can be made there.
Result<Document> probe_site(Services& services, const upstream::SiteEntry& site, const std::vector<std::string>& projects);

}  // namespace gatehouse::admin
