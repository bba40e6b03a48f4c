// That confining never widens: properties over generated queries and over texts that nobody meant as queries.
#include "query/jql_confine.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "query/jql_print.h"
#include "test/query/case_file.h"
#include "test/query/jql_evaluator.h"
#include "test/query/jql_generator.h"

namespace gatehouse::query {
namespace {

using By = ProjectClause::By;

const std::vector<ProjectClause>& boundaries() {
  static const std::vector<ProjectClause> kBoundaries{
      {By::kKey, {"A"}, {}},    {By::kKey, {"A", "IN"}, {}},       {By::kKey, {"A"}, {"C"}},        {By::kKey, {}, {"IN", "C"}},
      {By::kId, {"10001"}, {}}, {By::kId, {"10001", "10003"}, {}}, {By::kId, {"10001"}, {"10002"}}, {By::kId, {}, {"10002"}},
  };
  return kBoundaries;
}

bool is_inside(const test::Issue& issue, const ProjectClause& boundary) {
  const std::string& name = boundary.by == By::kId ? issue.project_id : issue.project;
  const auto lists = [&name](const std::vector<std::string>& projects) {
    return std::find(projects.begin(), projects.end(), name) != projects.end();
  };
  return lists(boundary.projects) || (lists(boundary.projects_without_levels) && issue.level.empty());
}

std::set<std::string> inside(const std::set<std::string>& found, const ProjectClause& boundary) {
  std::set<std::string> kept;
  for (const test::Issue& issue : test::issues()) {
    if (found.contains(issue.key) && is_inside(issue, boundary)) kept.insert(issue.key);
  }
  return kept;
}

JqlQuery reread(const std::string& text) {
  const auto query = parse_jql(text, {text.size(), JqlLimits{}.depth + 2});
  EXPECT_TRUE(query) << text;
  return query ? query.value() : JqlQuery{};
}

RC_GTEST_PROP(JqlConfine, FindsWhatTheQueryFindsWithinTheBoundary, ()) {
  const JqlQuery query = *test::any_jql();
  const ProjectClause boundary = *rc::gen::elementOf(boundaries());
  const auto confined = confine_jql(test::respelled(query), boundary);
  RC_ASSERT(confined.has_value());
  RC_LOG() << confined.value().text;
  const JqlQuery narrowed = reread(confined.value().text);
  RC_ASSERT(test::find_issues(narrowed) == inside(test::find_issues(query), boundary));
  RC_ASSERT(narrowed.order_by == query.order_by);
}

RC_GTEST_PROP(JqlConfine, NeverWidensWhateverTheTextIs, ()) {
  static const std::vector<std::string> kTexts = test::case_texts("test/golden/jql", {"parse", "keys", "strict"});
  // Two queries cut anywhere and put together are the texts that an attacker would try.
  const std::string first = *rc::gen::elementOf(kTexts);
  const std::string second = *rc::gen::elementOf(kTexts);
  const std::string middle =
      *rc::gen::elementOf(std::vector<std::string>{"", ")", ") OR (", " OR ", "\"", "\\", " ORDER BY ", "\xC3", " AND ("});
  const std::string text = first.substr(0, *rc::gen::inRange<std::size_t>(0, first.size() + 1)) + middle +
                           second.substr(*rc::gen::inRange<std::size_t>(0, second.size() + 1));
  const ProjectClause boundary = *rc::gen::elementOf(boundaries());
  const auto confined = confine_jql(text, boundary);
  if (!confined) {
    RC_ASSERT(!parse_jql(text).has_value());
    return;
  }
  const std::set<std::string> found = test::find_issues(reread(confined.value().text));
  RC_ASSERT(found == inside(found, boundary));
}

/// Permits A by id, knows no custom field.
class OnlyA final : public BoundaryNames {
 public:
  std::optional<Project> permitted_project(std::string_view value, bool number) const override {
    if (number ? value == "10001" : value == "A") return Project{"10001", true};
    return std::nullopt;
  }
  FieldKind custom_field(const JqlField&) const override { return FieldKind::kUnknown; }
};

bool mentions(const JqlOperand& operand, std::string_view text) {
  return operand.text == text ||
         std::any_of(operand.items.begin(), operand.items.end(), [text](const JqlOperand& item) { return mentions(item, text); });
}

bool asks_for_project(const JqlNode& node, std::string_view text) {
  if (node.kind == JqlNode::Kind::kClause) {
    const std::string& field = node.clause.field.name;
    return (field == "project" || field == "PROJECT") && mentions(node.clause.operand, text);
  }
  return std::any_of(node.children.begin(), node.children.end(),
                     [text](const JqlNode& child) { return asks_for_project(child, text); });
}

RC_GTEST_PROP(JqlStrict, PassesNoForeignProjectAndWidensNothing, ()) {
  const OnlyA names;
  const JqlQuery query = *test::any_jql(2);
  const ProjectClause boundary{By::kId, {"10001"}, {}};
  const auto confined = confine_jql(test::respelled(query), boundary, {&names});
  RC_CLASSIFY(confined.has_value());
  if (!confined) return;
  const JqlQuery narrowed = reread(confined.value().text);
  for (const JqlNode& root : query.where) RC_ASSERT(!asks_for_project(root, "B"));
  const std::set<std::string> found = test::find_issues(narrowed);
  RC_ASSERT(found == inside(found, boundary));
}

TEST(JqlConfine, RefusesABoundaryThatIsNone) {
  const std::vector<ProjectClause> broken{
      {By::kId, {}, {}},
      {By::kKey, {}, {}},
      {By::kId, {"A"}, {}},
      {By::kId, {""}, {}},
      {By::kId, {"-1"}, {}},
      {By::kId, {"007"}, {}},
      {By::kId, {"10001) OR (1"}, {}},
      {By::kId, {"99999999999999999999"}, {}},
      {By::kKey, {"10001"}, {}},
      {By::kKey, {"A\") OR (\""}, {}},
      {By::kKey, {""}, {}},
      {By::kKey, {"A", "é"}, {}},
      {By::kId, {"1"}, {"x"}},
      {By::kId, {"1", "2"}, {"2"}},
      {By::kKey, {"A B"}, {}},
  };
  for (const ProjectClause& boundary : broken) EXPECT_FALSE(confine_jql("status = Open", boundary));
}

TEST(JqlConfine, TakesTheDeepestAndTheLargestThatTheParserTakes) {
  const std::string deep = std::string(JqlLimits{}.depth, '(') + "x = 1" + std::string(JqlLimits{}.depth, ')');
  EXPECT_TRUE(confine_jql(deep, boundaries()[2]));
  EXPECT_TRUE(confine_jql(std::string(JqlLimits{}.depth, '!') + "x = 1", boundaries()[3]));
  // Each of these characters becomes a \u escape of six bytes.
  std::string large = "x ~ \"";
  while (large.size() < JqlLimits{}.bytes - 4) large += "\u200b";
  EXPECT_TRUE(confine_jql(large + "\"", boundaries()[0]));
}

TEST(JqlStrict, NamesEachThingOnceInOrder) {
  const OnlyA names;
  const auto confined = confine_jql("key in (A-1, 7, A-1, \"7\") AND assignee in (A-1, bob, bob)", boundaries()[4], {&names});
  ASSERT_TRUE(confined);
  const std::vector<NamedThing> expected{{NamedThing::Kind::kIssue, "A-1", false, 8},
                                         {NamedThing::Kind::kIssue, "7", true, 13},
                                         {NamedThing::Kind::kIssue, "7", false, 21},
                                         {NamedThing::Kind::kUser, "A-1", false, 43},
                                         {NamedThing::Kind::kUser, "bob", false, 48}};
  EXPECT_EQ(confined.value().named, expected);
}

}  // namespace
}  // namespace gatehouse::query
