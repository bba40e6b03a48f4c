// docs/reference/roles.md, made of the one table (policy/authority.h) and of the routes. A test holds the page against it; with
// GATEHOUSE_UPDATE_GOLDEN the test writes it.
#pragma once

#include <string>
#include <vector>

#include "api/route.h"

namespace gatehouse::api {

std::string make_roles_page(const std::vector<Route>& routes);

}  // namespace gatehouse::api
