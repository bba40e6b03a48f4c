// CSV after RFC 4180, safe to open in a spreadsheet: the register and the reports write it, the imports read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gatehouse::inventory {

/// Appends one line, ended by CRLF. A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line
/// end) gets an apostrophe before it, which read_csv takes away again: what is written is what is read.
void append_csv(std::string& out, const std::vector<std::string>& cells);

struct CsvRow {
  int line = 0;  ///< where it begins, from 1
  std::vector<std::string> cells;
};

/// Takes a byte order mark, CRLF and LF; skips empty lines. kInvalidArgument names the line where a quote is missing or
/// misplaced.
Result<std::vector<CsvRow>> read_csv(std::string_view text);

}  // namespace gatehouse::inventory
