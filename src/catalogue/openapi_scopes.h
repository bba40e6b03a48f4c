// The scopes of a document's operations: of the extension `x-gatehouse-scopes`, else of `security`, else by the access.
// Used by catalogue/openapi.cpp alone.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalogue/openapi_document.h"
#include "catalogue/operation.h"

namespace gatehouse::catalogue {

class OpenApiScopes {
 public:
  /// Sets `operation.classic` (and `granular`, where `security` has two alternatives), and registers what they name.
  Result<void> read(const DocumentPlace& root, const DocumentPlace& place, Operation& operation);

 private:
  Result<ScopeSet> to_set(const DocumentPlace& place, const std::vector<std::string>& names);

  std::set<std::string> seen_;
};

}  // namespace gatehouse::catalogue
