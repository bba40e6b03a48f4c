// `x-gatehouse-resource` of a requestBody: which places of it name resources or objects, and which other members are known.
// Used by catalogue/openapi.cpp alone.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "catalogue/openapi_document.h"
#include "catalogue/operation.h"

namespace gatehouse::catalogue {

/// Appends the body's rows to `operation`. `extension` may be a null place: nothing in the body names a resource. Of a place that
/// is found by another operation the row's name and that operation go to `lookups`.
Result<void> read_body_rules(const OpenApiDocument& document, const DocumentPlace& extension, const DocumentPlace& schema,
                             Operation& operation, std::map<std::string, std::string>& lookups);

}  // namespace gatehouse::catalogue
