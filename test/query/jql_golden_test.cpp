// The case files of test/golden/jql. `parse:` prints what was read; `keys:`, `ids:` and `levels:` confine to the boundary of the
// same name below; `strict:` confines with the strict rule in the world below.
#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "query/jql_confine.h"
#include "query/jql_print.h"
#include "query/text.h"
#include "test/query/case_file.h"

namespace gatehouse::query {
namespace {

/// Inside are A (10001, "Alpha project") and IN (10002, "Inner"); B exists and is foreign.
class World final : public BoundaryNames {
 public:
  std::optional<Project> permitted_project(std::string_view value, bool number) const override {
    static const std::map<std::string, std::string, std::less<>> kIds{
        {"a", "10001"}, {"alpha project", "10001"}, {"10001", "10001"}, {"in", "10002"}, {"inner", "10002"}, {"10002", "10002"}};
    const auto found = kIds.find(ascii_lower(value));
    if (found == kIds.end() || (number && found->first != found->second)) return std::nullopt;
    return Project{found->second, true};
  }
  FieldKind custom_field(const JqlField& field) const override {
    EXPECT_TRUE(field.properties.empty());
    static const std::map<std::string, FieldKind, std::less<>> kKinds{{"10010", FieldKind::kPlain},
                                                                      {"10011", FieldKind::kUser},
                                                                      {"10012", FieldKind::kIssueRelation},
                                                                      {"10013", FieldKind::kProject},
                                                                      {"10014", FieldKind::kGroup},
                                                                      {"10015", FieldKind::kVersion},
                                                                      {"epic link", FieldKind::kIssueRelation},
                                                                      {"team", FieldKind::kPlain},
                                                                      {"story points", FieldKind::kPlain}};
    if (field.kind == JqlField::Kind::kNumber) return FieldKind::kUnknown;
    const bool by_id = field.name.find_first_not_of("0123456789") == std::string::npos;
    const auto found = kKinds.find(ascii_lower(field.name));
    return found != kKinds.end() && by_id == (field.kind == JqlField::Kind::kCustom) ? found->second : FieldKind::kUnknown;
  }
};

std::string_view word_for(NamedThing::Kind kind) {
  switch (kind) {
    case NamedThing::Kind::kIssue: return "issue";
    case NamedThing::Kind::kSprint: return "sprint";
    case NamedThing::Kind::kVersion: return "version";
    case NamedThing::Kind::kComponent: return "component";
    case NamedThing::Kind::kUser: return "user";
    case NamedThing::Kind::kGroup: return "group";
    case NamedThing::Kind::kSecurityLevel: return "level";
  }
  return {};
}

std::string error_line(const QueryError& error) { return "error " + std::to_string(error.at) + ": " + error.message; }

std::vector<std::string> confined(const QueryResult<ConfinedJql>& result) {
  if (!result) return {error_line(result.error())};
  std::vector<std::string> lines{"out: " + result.value().text};
  for (const NamedThing& thing : result.value().named) {
    lines.push_back("named: " + std::string(word_for(thing.kind)) + (thing.number ? " number " : " ") + thing.text);
  }
  return lines;
}

std::vector<std::string> run(const test::CaseInput& input) {
  using By = ProjectClause::By;
  static const World kWorld;
  if (input.keyword == "parse") {
    const auto query = parse_jql(input.text);
    if (!query) return {error_line(query.error())};
    return {"out: " + print(query.value())};
  }
  if (input.keyword == "keys") return confined(confine_jql(input.text, {By::kKey, {"A", "IN"}, {}}));
  if (input.keyword == "ids") return confined(confine_jql(input.text, {By::kId, {"10001"}, {}}));
  if (input.keyword == "levels") return confined(confine_jql(input.text, {By::kId, {"10001"}, {"10002"}}));
  if (input.keyword == "all-levels") return confined(confine_jql(input.text, {By::kId, {}, {"10002", "10003"}}));
  if (input.keyword == "strict") return confined(confine_jql(input.text, {By::kId, {"10001", "10002"}, {}}, {&kWorld}));
  return {};
}

TEST(JqlGolden, EveryCaseGivesWhatItsFileSays) { test::run_case_files("test/golden/jql", run); }

}  // namespace
}  // namespace gatehouse::query
