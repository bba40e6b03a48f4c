// All routes of the REST API, one file a noun.
#pragma once

#include <vector>

#include "api/route.h"

namespace gatehouse::api {

std::vector<Route> site_routes();
std::vector<Route> user_routes();
std::vector<Route> account_routes();
std::vector<Route> grant_routes();
std::vector<Route> token_routes();
std::vector<Route> insight_routes();  ///< explain, trace, reports
std::vector<Route> audit_routes();
std::vector<Route> policy_routes();
/// Whoever calls: /api/v1/me.
std::vector<Route> self_routes();

/// All of the above.
std::vector<Route> all_routes();

}  // namespace gatehouse::api
