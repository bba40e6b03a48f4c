#include "query/jql_confine.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "query/jql_print.h"

namespace gatehouse::query {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// An id as Jira gives them out, within 64 bits; a longer number, or 007, would be tried as a key or a name.
bool is_id(std::string_view text) noexcept {
  constexpr std::size_t kDigits = std::numeric_limits<std::int64_t>::digits10;
  return !text.empty() && text.size() <= kDigits && text.front() != '0' && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_key(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

/// The boundary as text and as the tree that this text must parse to.
struct Boundary {
  std::string text;
  JqlNode node;
};

JqlNode project_in(const std::vector<std::string>& projects, ProjectClause::By by) {
  JqlNode node;
  node.clause.field.name = "project";
  node.clause.op = JqlOperator::kIn;
  node.clause.operand.kind = JqlOperand::Kind::kList;
  for (const std::string& project : projects) {
    JqlOperand& item = node.clause.operand.items.emplace_back();
    item.kind = by == ProjectClause::By::kId ? JqlOperand::Kind::kNumber : JqlOperand::Kind::kString;
    item.text = project;
  }
  return node;
}

JqlNode level_is_empty() {
  JqlNode node;
  node.clause.field.name = "level";
  node.clause.op = JqlOperator::kIs;
  node.clause.operand.kind = JqlOperand::Kind::kEmpty;
  return node;
}

JqlNode combine(JqlNode::Kind kind, JqlNode first, JqlNode second) {
  JqlNode node;
  node.kind = kind;
  node.children.reserve(2);
  node.children.push_back(std::move(first));
  node.children.push_back(std::move(second));
  return node;
}

/// Not by the printer of jql_print: keys are quoted whatever they look like, and what the printer does wrong shows in the
/// comparison instead of being done twice.
std::string project_in_text(const std::vector<std::string>& projects, ProjectClause::By by) {
  const std::string_view quote = by == ProjectClause::By::kKey ? "\"" : "";
  std::string text = "project in (";
  for (std::size_t i = 0; i < projects.size(); ++i) {
    if (i > 0) text += ", ";
    text += quote;
    text += projects[i];
    text += quote;
  }
  return text += ')';
}

bool name_one_project(const ProjectClause& boundary) {
  std::vector<std::string_view> all(boundary.projects.begin(), boundary.projects.end());
  std::sort(all.begin(), all.end());
  return std::any_of(boundary.projects_without_levels.begin(), boundary.projects_without_levels.end(),
                     [&all](const std::string& project) { return std::binary_search(all.begin(), all.end(), project); });
}

QueryResult<Boundary> make_boundary(const ProjectClause& from) {
  const bool by_id = from.by == ProjectClause::By::kId;
  for (const auto* projects : {&from.projects, &from.projects_without_levels}) {
    if (std::all_of(projects->begin(), projects->end(), [by_id](const std::string& p) { return by_id ? is_id(p) : is_key(p); }))
      continue;
    return QueryError{
        0, by_id ? "A project of the boundary has no numeric id." : "A project of the boundary has no well-formed key."};
  }
  if (from.projects.empty() && from.projects_without_levels.empty()) {
    return QueryError{0, "The boundary holds no project, so no query can be confined to it."};
  }
  if (from.projects_without_levels.empty())
    return Boundary{project_in_text(from.projects, from.by), project_in(from.projects, from.by)};
  if (name_one_project(from)) return QueryError{0, "A project of the boundary stands both with and without security levels."};
  Boundary restricted{"(" + project_in_text(from.projects_without_levels, from.by) + " AND level is EMPTY)",
                      combine(JqlNode::Kind::kAnd, project_in(from.projects_without_levels, from.by), level_is_empty())};
  if (from.projects.empty()) return restricted;
  return Boundary{"(" + project_in_text(from.projects, from.by) + " OR " + restricted.text + ")",
                  combine(JqlNode::Kind::kOr, project_in(from.projects, from.by), std::move(restricted.node))};
}

/// What the confined text must parse to: the boundary at the root, and nothing that isn't ANDed with it.
bool is_confined(const JqlQuery& confined, const JqlNode& boundary, const JqlQuery& original) {
  if (confined.where.size() != 1 || confined.order_by != original.order_by) return false;
  const JqlNode& root = confined.where.front();
  if (original.where.empty()) return root == boundary;
  return root.kind == JqlNode::Kind::kAnd && root.children.size() == 2 && root.children[0] == boundary &&
         root.children[1] == original.where.front();
}

}  // namespace

QueryResult<ConfinedJql> confine_jql(std::string_view text, const ProjectClause& boundary, ConfineOptions options) {
  GH_TRY(const auto clause, make_boundary(boundary));
  GH_TRY(auto query, parse_jql(text));
  ConfinedJql confined;
  if (options.strict != nullptr) {
    GH_TRY(confined.named, apply_strict(query, *options.strict));
  }
  confined.text = clause.text;
  if (!query.where.empty()) {
    confined.text += " AND (";
    confined.text += print(query.where.front());
    confined.text += ')';
  }
  if (!query.order_by.empty()) {
    confined.text += ' ';
    confined.text += print(JqlQuery{{}, query.order_by});
  }
  // Escapes make the text longer than the limit for what is sent to us, and the parentheses one deeper.
  const JqlLimits limits{std::numeric_limits<std::size_t>::max(), JqlLimits{}.depth + 2};
  const auto again = parse_jql(confined.text, limits);
  if (!again || !is_confined(again.value(), clause.node, query)) {
    return QueryError{0, "The confined query doesn't read as it was meant, so it is not sent. Please report this query."};
  }
  return confined;
}

}  // namespace gatehouse::query
