// links: query
// JQL: what parses prints to a text that parses to the same tree, and what is confined has the boundary at its root.
#include <cstdlib>
#include <string_view>

#include "query/jql_confine.h"
#include "query/jql_print.h"

namespace {

using namespace gatehouse::query;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Permits what the fuzzer can spell, so that the strict rule's later steps are reached too.
class Names final : public BoundaryNames {
 public:
  std::optional<Project> permitted_project(std::string_view value, bool number) const override {
    if (value != "A" && value != "10001") return std::nullopt;
    return Project{number ? "10001" : "A", number};
  }
  FieldKind custom_field(const JqlField& field) const override { return static_cast<FieldKind>(field.name.size() % 11); }
};

void check_confined(std::string_view text, const ProjectClause& boundary, ConfineOptions options) {
  const auto expected = confine_jql("", boundary);
  const auto confined = confine_jql(text, boundary, options);
  if (!confined) return;
  const auto again = parse_jql(confined.value().text, {confined.value().text.size(), JqlLimits{}.depth + 2});
  require(again.has_value() && again.value().where.size() == 1);
  const auto alone = parse_jql(expected.value().text);
  const JqlNode& root = again.value().where.front();
  // The boundary itself may be an AND (projects without levels): then it is the root or the first of the root's two parts.
  const JqlNode& wanted = alone.value().where.front();
  require(root == wanted || (root.kind == JqlNode::Kind::kAnd && root.children.size() == 2 && root.children.front() == wanted));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = parse_jql(text);
  if (query) {
    const std::string printed = print(query.value());
    const auto again = parse_jql(printed, {printed.size(), JqlLimits{}.depth});
    require(again.has_value() && again.value() == query.value());
  } else {
    require(query.error().at <= size && !query.error().message.empty());
  }
  static const Names kNames;
  check_confined(text, {ProjectClause::By::kKey, {"A", "IN"}, {}}, {});
  check_confined(text, {ProjectClause::By::kId, {"10001"}, {"10002"}}, {&kNames});
  check_confined(text, {ProjectClause::By::kId, {}, {"10002"}}, {});
  return 0;
}
