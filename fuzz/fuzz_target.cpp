// links: catalogue
// The canonical-target rule: what passes has one reading, and what is built anew from it reads back the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "catalogue/target.h"

using namespace gatehouse::catalogue;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// Each segment has no byte left that a later parser may take for structure, and escaping it anew is stable.
std::string rebuild_path(std::string_view path) {
  std::string rebuilt;
  std::string buffer;
  while (!path.empty()) {
    require(path.front() == '/');
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    const std::string_view decoded = decode_segment(segment, buffer);
    require(decoded.find_first_of("/\\%#?;") == std::string_view::npos);
    require(decoded != "." && decoded != "..");
    for (const char c : decoded) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    rebuilt += '/';
    append_escaped(decoded, rebuilt);
  }
  return rebuilt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Target target = check_target(input);
  require(!explain(target.fault).empty());
  if (!target.ok()) {
    require(target.at <= input.size());
    return 0;
  }
  require(inside(target.path, input) && inside(target.query, input));
  const std::string path = rebuild_path(target.path);
  require(check_target(path).ok());
  require(rebuild_path(path) == path);

  Query query;
  if (parse_query(target.query, query) != TargetFault::kNone) {
    require(query.all().empty());
    return 0;
  }
  std::string rebuilt = "/x";
  bool first = true;
  for (const QueryParameter& parameter : query.all()) append_parameter(parameter.name, parameter.value, first, rebuilt);
  if (rebuilt.size() > kMaxTargetBytes) return 0;
  const Target again = check_target(rebuilt);
  require(again.ok());
  Query second;
  require(parse_query(again.query, second) == TargetFault::kNone);
  require(second.all().size() == query.all().size());
  for (std::size_t i = 0; i < query.all().size(); ++i) {
    require(second.all()[i].name == query.all()[i].name);
    require(second.all()[i].value == query.all()[i].value);
  }
  return 0;
}
