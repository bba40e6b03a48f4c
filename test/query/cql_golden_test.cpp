// The case files of test/golden/cql. `parse:` prints what was read, `confine:` confines to the spaces DOCS and ~557058:x,
// `strict:` does so with the strict rule.
#include <gtest/gtest.h>

#include "base/text.h"
#include "query/cql_confine.h"
#include "query/cql_print.h"
#include "query/text.h"
#include "test/query/case_file.h"

namespace gatehouse::query {
namespace {

const std::vector<std::string> kSpaces{"DOCS", "~557058:x"};

class Spaces final : public CqlBoundaryNames {
 public:
  std::optional<std::string> permitted_space(std::string_view value) const override {
    for (const std::string& key : kSpaces) {
      if (ascii_lower(key) == ascii_lower(value)) return key;
    }
    return std::nullopt;
  }
};

std::string error_line(const QueryError& error) { return "error " + std::to_string(error.at) + ": " + error.message; }

std::vector<std::string> confined(const QueryResult<ConfinedCql>& result) {
  if (!result) return {error_line(result.error())};
  std::vector<std::string> lines{"out: " + result.value().text};
  for (const CqlNamedThing& thing : result.value().named) {
    lines.push_back((thing.kind == CqlNamedThing::Kind::kContent ? "named: content " : "named: user ") + thing.text);
  }
  return lines;
}

std::vector<std::string> run(const test::CaseInput& input) {
  static const Spaces kNames;
  if (input.keyword == "parse") {
    const auto query = parse_cql(input.text);
    if (!query) return {error_line(query.error())};
    return {"out: " + print(query.value())};
  }
  if (input.keyword == "confine") return confined(confine_cql(input.text, kSpaces));
  if (input.keyword == "strict") return confined(confine_cql(input.text, kSpaces, {&kNames}));
  return {};
}

TEST(CqlGolden, EveryCaseGivesWhatItsFileSays) { test::run_case_files("test/golden/cql", run); }

}  // namespace
}  // namespace gatehouse::query
