#include "inventory/csv.h"

#include <algorithm>
#include <utility>

namespace gatehouse::inventory {
namespace {

/// Apostrophes, and then what begins a formula. Apostrophes count too, so that taking one away is the exact reverse.
bool looks_like_formula(std::string_view cell, std::size_t apostrophes) {
  const std::size_t first = cell.find_first_not_of('\'');
  if (first == std::string_view::npos || first < apostrophes) return false;
  return std::string_view("=+-@\t\r\n").find(cell[first]) != std::string_view::npos;
}

/// Reads cell by cell.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xef\xbb\xbf") text_.remove_prefix(3);
  }

  Result<std::vector<CsvRow>> rows() {
    std::vector<CsvRow> out;
    while (at_ < text_.size()) {
      CsvRow row{line_, {}};
      const std::size_t begin = at_;
      do {
        GH_TRY(std::string cell, cell_text());
        if (looks_like_formula(cell, 1)) cell.erase(0, 1);
        row.cells.push_back(std::move(cell));
      } while (take(','));
      const bool empty = at_ == begin;
      if (!end_of_line()) return wrong("a quoted cell is followed by something else than a comma");
      if (!empty) out.push_back(std::move(row));
    }
    return out;
  }

 private:
  Error wrong(std::string_view what) const {
    return fail(Errc::kInvalidArgument, "Line " + std::to_string(line_) + ": " + std::string(what) + ".");
  }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    if (wanted == '\n') ++line_;
    return true;
  }
  bool end_of_line() {
    if (at_ == text_.size()) return true;
    take('\r');
    return take('\n') || at_ == text_.size();
  }
  Result<std::string> cell_text() {
    if (!take('"')) {
      const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      std::string cell(text_.substr(at_, end - at_));
      if (cell.find('"') != std::string::npos) return wrong("a quote stands inside a cell that does not begin with one");
      at_ = end;
      return cell;
    }
    std::string cell;
    const int begin = line_;
    while (at_ < text_.size()) {
      const char letter = text_[at_];
      take(letter);
      // Two quotes are one that belongs to the cell.
      if (letter == '"' && !take('"')) return cell;
      cell += letter;
    }
    line_ = begin;
    return wrong("a quote is opened and never closed");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

void append_csv(std::string& out, const std::vector<std::string>& cells) {
  bool first = true;
  for (const std::string& cell : cells) {
    if (!std::exchange(first, false)) out += ',';
    const bool formula = looks_like_formula(cell, 0);
    // A line of one empty cell would be an empty line.
    const bool quoted = formula || cell.find_first_of(",\"\r\n") != std::string::npos || (cell.empty() && cells.size() == 1);
    if (quoted) out += '"';
    if (formula) out += '\'';
    for (const char letter : cell) {
      if (letter == '"') out += '"';
      out += letter;
    }
    if (quoted) out += '"';
  }
  out += "\r\n";
}

Result<std::vector<CsvRow>> read_csv(std::string_view text) { return Reader(text).rows(); }

}  // namespace gatehouse::inventory
