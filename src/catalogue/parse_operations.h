// Parses *.ops (catalogue/FORMAT.md). Used by Catalogue::load, which links the shapes afterwards.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/operation.h"
#include "catalogue/table_lines.h"

namespace gatehouse::catalogue {

/// An operation and where it begins.
struct ParsedOperation {
  Operation operation;
  Place place;
};

/// Appends the operations of one table, each checked by itself: what it says must be well-formed and complete. Registers the
/// scopes it names. The error names file and line and what was expected.
Result<void> parse_operations(std::string_view text, std::string_view file, std::vector<ParsedOperation>& out);

}  // namespace gatehouse::catalogue
