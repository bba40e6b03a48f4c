// The lines of a table (catalogue/FORMAT.md), split into words. Used by the parsers of operations, shapes and roles.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gatehouse::catalogue {

/// Where a line stands; errors begin with "file:line: ".
struct Place {
  std::string_view file;
  std::size_t line = 0;
};

struct Line {
  Place place;
  bool indented = false;
  std::vector<std::string_view> words;  ///< at least one; views into the table
  std::string_view text;                ///< from the first word to the last, spaces as written
};

/// Blank lines and comments (`#` at the start of a word, to the end of the line) are left out.
std::vector<Line> read_lines(std::string_view table, std::string_view file);

/// kInvalidArgument: "file:line: message".
Error error_at(const Place& place, std::string message);

}  // namespace gatehouse::catalogue
