// The OpenAPI 3.1 document, generated from the routes and the schemas: there is no other source of it.
#pragma once

#include <string>
#include <vector>

#include "api/route.h"

namespace gatehouse::api {

std::string make_openapi(const std::vector<Route>& routes);

}  // namespace gatehouse::api
