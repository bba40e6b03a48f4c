// A catalogue from an OpenAPI document (3.0 or 3.1, JSON or YAML): the operations of a site that is neither Jira nor Confluence.
//
// Called by admin when a document is added (errors are for its author) and when a node loads its sites. What belongs to which
// resource is said by the extension `x-gatehouse-resource` (docs/openapi_sites.md); what does not say it is refused to bounded
// tokens. `servers` is not looked at: where requests go is the site's own URL.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/catalogue.h"

namespace gatehouse::catalogue {

/// A longer document is refused.
inline constexpr std::size_t kMaxDocument = 2 * 1024 * 1024;
inline constexpr std::size_t kMaxDocumentOperations = 1000;
inline constexpr std::size_t kMaxDocumentScopes = 64;
/// What an operation needs where the document says nothing.
inline constexpr std::string_view kDefaultReadScope = "read:api";
inline constexpr std::string_view kDefaultWriteScope = "write:api";

struct OpenApiCatalogue {
  std::shared_ptr<const Catalogue> catalogue;
  std::string title;                  ///< info.title and info.version
  std::vector<std::string> left_out;  ///< paths and methods that can't be served, each with the reason
  std::string test_path;              ///< a read that needs no parameter (`x-gatehouse-test`), to try credentials by; empty: none
};

/// kInvalidArgument names the pointer of what is wrong and what would be right. Registers the document's scopes.
Result<OpenApiCatalogue> load_openapi(std::string_view document);

}  // namespace gatehouse::catalogue
