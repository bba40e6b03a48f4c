#include "test/query/jql_evaluator.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "query/jql_print.h"
#include "query/text.h"

namespace gatehouse::query::test {
namespace {

bool same(std::string_view a, std::string_view b) { return ascii_lower(a) == ascii_lower(b); }

bool by_hash(const JqlClause& clause, const Issue& issue) {
  JqlNode node;
  node.clause = clause;
  return std::hash<std::string>()(print(node) + issue.key) % 2 == 0;
}

/// Whether `value` is what the issue has in `field`; `EMPTY` is the absent value.
bool holds(const std::string& field, const JqlOperand& value, const Issue& issue) {
  if (value.kind == JqlOperand::Kind::kList) {
    return std::any_of(value.items.begin(), value.items.end(), [&](const JqlOperand& item) { return holds(field, item, issue); });
  }
  if (field == "project") {
    return value.kind == JqlOperand::Kind::kNumber ? value.text == issue.project_id
                                                   : value.kind == JqlOperand::Kind::kString && same(value.text, issue.project);
  }
  const std::string& own = field == "status" ? issue.status : field == "level" ? issue.level : issue.summary;
  if (value.kind == JqlOperand::Kind::kEmpty) return own.empty();
  return !own.empty() && value.kind == JqlOperand::Kind::kString && same(value.text, own);
}

bool matches(const JqlClause& clause, const Issue& issue) {
  const std::string field = ascii_lower(clause.field.name);
  const bool known = clause.field.kind == JqlField::Kind::kName && clause.field.properties.empty() &&
                     (field == "project" || field == "status" || field == "level" || field == "summary");
  if (!known || clause.operand.kind == JqlOperand::Kind::kFunction) return by_hash(clause, issue);
  const bool has_none = field == "level" && issue.level.empty();
  switch (clause.op) {
    case JqlOperator::kEquals:
    case JqlOperator::kIn:
    case JqlOperator::kIs: return holds(field, clause.operand, issue);
    case JqlOperator::kIsNot: return !holds(field, clause.operand, issue);
    // What has no value is not found by a negation.
    case JqlOperator::kNotEquals:
    case JqlOperator::kNotIn: return !has_none && !holds(field, clause.operand, issue);
    case JqlOperator::kLike: return field == "summary" && issue.summary.find(clause.operand.text) != std::string::npos;
    default: return by_hash(clause, issue);
  }
}

bool matches(const JqlNode& node, const Issue& issue) {
  const auto found = [&issue](const JqlNode& child) { return matches(child, issue); };
  switch (node.kind) {
    case JqlNode::Kind::kClause: return matches(node.clause, issue);
    case JqlNode::Kind::kNot: return !found(node.children.front());
    case JqlNode::Kind::kAnd: return std::all_of(node.children.begin(), node.children.end(), found);
    case JqlNode::Kind::kOr: return std::any_of(node.children.begin(), node.children.end(), found);
  }
  return false;
}

std::vector<Issue> make_issues() {
  std::vector<Issue> all;
  const std::vector<std::pair<std::string, std::string>> projects{
      {"A", "10001"}, {"B", "20001"}, {"C", "10002"}, {"IN", "10003"}};
  for (const auto& [project, id] : projects) {
    int number = 0;
    for (const char* status : {"Open", "Done"}) {
      for (const char* level : {"", "Secret"}) {
        all.push_back({project + "-" + std::to_string(++number), project, id, status, level, std::string("abc ") + status});
      }
    }
  }
  return all;
}

}  // namespace

const std::vector<Issue>& issues() {
  static const std::vector<Issue> kIssues = make_issues();
  return kIssues;
}

std::set<std::string> find_issues(const JqlQuery& query) {
  std::set<std::string> found;
  for (const Issue& issue : issues()) {
    if (query.where.empty() || matches(query.where.front(), issue)) found.insert(issue.key);
  }
  return found;
}

}  // namespace gatehouse::query::test
