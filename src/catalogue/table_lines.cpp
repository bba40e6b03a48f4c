#include "catalogue/table_lines.h"

#include <utility>

#include "base/result.h"

namespace gatehouse::catalogue {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

void split(std::string_view text, Line& line) {
  std::size_t at = 0;
  std::size_t first = text.size();
  std::size_t end = 0;
  while (at < text.size()) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    if (text[at] == '#') break;
    const std::size_t start = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    line.words.push_back(text.substr(start, at - start));
    first = std::min(first, start);
    end = at;
  }
  if (end > 0) line.text = text.substr(first, end - first);
}

}  // namespace

std::vector<Line> read_lines(std::string_view table, std::string_view file) {
  std::vector<Line> lines;
  std::size_t number = 0;
  while (!table.empty()) {
    const std::size_t end = table.find('\n');
    const std::string_view text = table.substr(0, end);
    table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
    Line line{{file, ++number}, !text.empty() && is_space(text.front()), {}, {}};
    split(text, line);
    if (!line.words.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

Error error_at(const Place& place, std::string message) {
  return fail(Errc::kInvalidArgument, std::string(place.file) + ":" + std::to_string(place.line) + ": " + std::move(message));
}

}  // namespace gatehouse::catalogue
