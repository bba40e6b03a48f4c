// CQL by properties: print is the inverse of parse, and confining finds what the query finds within the boundary.
#include "query/cql_confine.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/text.h"
#include "query/cql_print.h"
#include "query/text.h"
#include "test/query/case_file.h"

namespace gatehouse::query {
namespace {

using rc::gen::element;
using rc::gen::elementOf;
using rc::gen::inRange;
using Kind = CqlNode::Kind;

struct Page {
  std::string id;
  std::string space;
  std::string type;
};

const std::vector<Page>& pages() {
  static const std::vector<Page> kPages{{"1", "DOCS", "page"},    {"2", "DOCS", "comment"}, {"3", "TEAM", "page"},
                                        {"4", "TEAM", "comment"}, {"5", "HR", "page"},      {"6", "HR", "comment"}};
  return kPages;
}

bool holds(const CqlOperand& operand, const std::string& own) {
  if (operand.kind != CqlOperand::Kind::kList) return ascii_lower(operand.text) == ascii_lower(own);
  return std::any_of(operand.items.begin(), operand.items.end(), [&own](const CqlOperand& item) { return holds(item, own); });
}

/// Knows space and type; any other clause is true or false by a hash of its text and the page's id.
bool matches(const CqlNode& node, const Page& page) {
  const auto found = [&page](const CqlNode& child) { return matches(child, page); };
  if (node.kind == Kind::kNot) return !found(node.children.front());
  if (node.kind == Kind::kAnd) return std::all_of(node.children.begin(), node.children.end(), found);
  if (node.kind == Kind::kOr) return std::any_of(node.children.begin(), node.children.end(), found);
  const CqlClause& clause = node.clause;
  const bool equality = clause.op == CqlOperator::kEquals || clause.op == CqlOperator::kIn;
  if ((clause.field.name != "space" && clause.field.name != "type") || !equality) {
    return std::hash<std::string>()(print(node) + page.id) % 2 == 0;
  }
  return holds(clause.operand, clause.field.name == "space" ? page.space : page.type);
}

std::set<std::string> find_pages(const CqlQuery& query) {
  std::set<std::string> found;
  for (const Page& page : pages()) {
    if (query.where.empty() || matches(query.where.front(), page)) found.insert(page.id);
  }
  return found;
}

std::set<std::string> inside(const std::set<std::string>& found, const std::vector<std::string>& spaces) {
  std::set<std::string> kept;
  for (const Page& page : pages()) {
    if (found.contains(page.id) && std::find(spaces.begin(), spaces.end(), page.space) != spaces.end()) kept.insert(page.id);
  }
  return kept;
}

CqlOperand any_value() {
  CqlOperand operand;
  if (*inRange(0, 5) == 0) {
    operand.kind = CqlOperand::Kind::kNumber;
    operand.text = *element<std::string>("1", "-2", "007");
    return operand;
  }
  operand.text = *elementOf(std::vector<std::string>{"DOCS", "TEAM", "HR", "page", "comment", "and", "", "a b", "x\"y", "it's",
                                                     "\\", ")", ") or (space = HR", "5", "é", "\u202e", "order by x"});
  if (*inRange(0, 6) > 0) return operand;
  CqlOperand call;
  call.kind = CqlOperand::Kind::kFunction;
  call.text = *element<std::string>("now", "currentUser", "startOfDay");
  if (*inRange(0, 2) == 0) call.items.push_back(operand);
  return call;
}

CqlField any_field() {
  CqlField field;
  field.name = *elementOf(std::vector<std::string>{"space", "space", "type", "type", "title", "content.property", "space.key"});
  if (field.name != "content.property") return field;
  field.property_key = *element<std::string>("key", "a b", "1", "and", "long.key-name");
  if (*inRange(0, 2) == 0) field.path = ".a.b";
  return field;
}

CqlNode any_node(int depth) {
  CqlNode node;
  const int choice = depth > 0 ? *inRange(0, 4) : 0;
  if (choice == 0) {
    node.clause.field = any_field();
    node.clause.op = static_cast<CqlOperator>(*inRange(0, static_cast<int>(CqlOperator::kNotIn) + 1));
    if (node.clause.op != CqlOperator::kIn && node.clause.op != CqlOperator::kNotIn) {
      node.clause.operand = any_value();
      return node;
    }
    node.clause.operand.kind = CqlOperand::Kind::kList;
    for (int left = *inRange(1, 4); left > 0; --left) node.clause.operand.items.push_back(any_value());
    return node;
  }
  node.kind = choice == 1 ? Kind::kAnd : choice == 2 ? Kind::kOr : Kind::kNot;
  const int children = node.kind == Kind::kNot ? 1 : *inRange(2, 4);
  for (int i = 0; i < children; ++i) node.children.push_back(any_node(depth - 1));
  return node;
}

CqlQuery any_query() {
  CqlQuery query;
  if (*inRange(0, 20) > 0) query.where.push_back(any_node(3));
  if (*inRange(0, 3) == 0) query.order_by.push_back({any_field(), static_cast<CqlOrder::Direction>(*inRange(0, 3))});
  return query;
}

const std::vector<std::vector<std::string>> kBoundaries{{"DOCS"}, {"DOCS", "TEAM"}, {"HR"}};

CqlQuery reread(const std::string& text) {
  const auto query = parse_cql(text, {text.size(), CqlLimits{}.depth + 2});
  EXPECT_TRUE(query) << text;
  return query ? query.value() : CqlQuery{};
}

RC_GTEST_PROP(CqlPrint, IsTheInverseOfParse, ()) {
  const CqlQuery query = any_query();
  const std::string text = print(query);
  RC_LOG() << text;
  const auto again = parse_cql(text);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again.value() == query);
}

RC_GTEST_PROP(CqlConfine, FindsWhatTheQueryFindsWithinTheBoundary, ()) {
  const CqlQuery query = any_query();
  const auto boundary = *elementOf(kBoundaries);
  const auto confined = confine_cql(print(query), boundary);
  RC_ASSERT(confined.has_value());
  RC_LOG() << confined.value().text;
  const CqlQuery narrowed = reread(confined.value().text);
  RC_ASSERT(find_pages(narrowed) == inside(find_pages(query), boundary));
  RC_ASSERT(narrowed.order_by == query.order_by);
}

RC_GTEST_PROP(CqlConfine, NeverWidensWhateverTheTextIs, ()) {
  static const std::vector<std::string> kTexts = test::case_texts("test/golden/cql", {"parse", "confine", "strict"});
  const std::string first = *elementOf(kTexts);
  const std::string second = *elementOf(kTexts);
  const std::string middle =
      *elementOf(std::vector<std::string>{"", ")", ") or (", " or ", "\"", "\\", " order by ", "\xC3", " and ("});
  const std::string text = first.substr(0, *inRange<std::size_t>(0, first.size() + 1)) + middle +
                           second.substr(*inRange<std::size_t>(0, second.size() + 1));
  const auto boundary = *elementOf(kBoundaries);
  const auto confined = confine_cql(text, boundary);
  if (!confined) {
    RC_ASSERT(!parse_cql(text).has_value());
    return;
  }
  const std::set<std::string> found = find_pages(reread(confined.value().text));
  RC_ASSERT(found == inside(found, boundary));
}

TEST(CqlConfine, RefusesABoundaryThatIsNone) {
  for (const std::vector<std::string>& keys :
       std::vector<std::vector<std::string>>{{}, {""}, {"~"}, {"A B"}, {"A\") or (\""}, {"A", "B-1"}, {"~a b"}, {"é"}}) {
    EXPECT_FALSE(confine_cql("type = page", keys));
  }
  EXPECT_TRUE(confine_cql("type = page", {"DOCS", "~557058:0a-b_c.d"}));
}

/// Texts of 64 KiB that would show a stack that overflows or time that isn't linear.
TEST(CqlParser, IsDoneSoonWithAnyTextOfFullSize) {
  constexpr std::size_t kLimit = CqlLimits{}.bytes;
  std::string alternating = "x = 1";
  while (alternating.size() < kLimit - 20) alternating += " and x = 1 or x = 1";
  std::string chain = "x = 1";
  while (chain.size() < kLimit - 20) chain += " and x = 1";
  EXPECT_FALSE(parse_cql(alternating));
  EXPECT_TRUE(confine_cql(chain, {"DOCS"}));
  EXPECT_FALSE(parse_cql(std::string(kLimit, '(')));
  EXPECT_FALSE(parse_cql(std::string(kLimit + 1, ' ')));
  EXPECT_TRUE(confine_cql(std::string(CqlLimits{}.depth, '(') + "x = 1" + std::string(CqlLimits{}.depth, ')'), {"DOCS"}));
}

TEST(CqlParser, TakesAsManyChangesBetweenAndAndOrAsItsDepth) {
  std::string text = "x = 1";
  for (std::size_t i = 0; i < CqlLimits{}.depth; ++i) text += i % 2 == 0 ? " and x = 1" : " or x = 1";
  EXPECT_TRUE(confine_cql(text, {"DOCS"}));
  EXPECT_FALSE(parse_cql(text + " and x = 1 or x = 1"));
}

}  // namespace
}  // namespace gatehouse::query
