// Access roles: named sets of operations, finer than scopes (Atlassian's `write:jira-work` includes deleting; `member` does not).
//
// Parsed from catalogue/*.roles, or from an organization's own file in the same format. A set belongs to one product's catalogue.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/operation.h"

namespace gatehouse::catalogue {

inline constexpr std::size_t kMaxOperations = 2048;

/// One bit for each Operation::index. Empty permits nothing.
using OperationSet = std::bitset<kMaxOperations>;

struct AccessRole {
  std::string name;
  OperationSet operations;
};

/// Adds the roles of `text` to `roles`. `file` is named in errors with the line. A role may include only roles before it; an
/// unknown operation, access class or role, or a name that is taken, is kInvalidArgument and leaves `roles` as it was.
Result<void> parse_roles(std::string_view text, std::string_view file, const std::vector<Operation>& operations,
                         std::vector<AccessRole>& roles);

}  // namespace gatehouse::catalogue
