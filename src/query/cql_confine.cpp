#include "query/cql_confine.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "query/cql_print.h"

namespace gatehouse::query {
namespace {

bool is_alphanumeric(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_space_key(std::string_view key) noexcept {
  const bool personal = key.starts_with('~');
  if (personal) key.remove_prefix(1);
  return !key.empty() && std::all_of(key.begin(), key.end(), [personal](char c) {
    return is_alphanumeric(c) || (personal && (c == '.' || c == '_' || c == ':' || c == '-'));
  });
}

CqlNode space_in(const std::vector<std::string>& keys) {
  CqlNode node;
  node.clause.field.name = "space";
  node.clause.op = CqlOperator::kIn;
  node.clause.operand.kind = CqlOperand::Kind::kList;
  for (const std::string& key : keys) node.clause.operand.items.emplace_back().text = key;
  return node;
}

/// Not by the printer of cql_print, so that what it does wrong shows in the comparison instead of being done twice.
std::string space_in_text(const std::vector<std::string>& keys) {
  std::string text = "space in (";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    text += i > 0 ? ", \"" : "\"";
    text += keys[i];
    text += '"';
  }
  return text += ')';
}

/// What the confined text must parse to: the boundary at the root, and nothing that isn't ANDed with it.
bool is_confined(const CqlQuery& confined, const CqlNode& boundary, const CqlQuery& original) {
  if (confined.where.size() != 1 || confined.order_by != original.order_by) return false;
  const CqlNode& root = confined.where.front();
  if (original.where.empty()) return root == boundary;
  return root.kind == CqlNode::Kind::kAnd && root.children.size() == 2 && root.children[0] == boundary &&
         root.children[1] == original.where.front();
}

}  // namespace

QueryResult<ConfinedCql> confine_cql(std::string_view text, const std::vector<std::string>& space_keys,
                                     CqlConfineOptions options) {
  if (space_keys.empty()) return QueryError{0, "The boundary holds no space, so no query can be confined to it."};
  if (!std::all_of(space_keys.begin(), space_keys.end(), [](const std::string& key) { return is_space_key(key); })) {
    return QueryError{0, "A space of the boundary has no well-formed key."};
  }
  GH_TRY(auto query, parse_cql(text));
  ConfinedCql confined;
  if (options.strict != nullptr) {
    GH_TRY(confined.named, apply_strict(query, *options.strict));
  }
  confined.text = space_in_text(space_keys);
  if (!query.where.empty()) {
    confined.text += " AND (";
    confined.text += print(query.where.front());
    confined.text += ')';
  }
  if (!query.order_by.empty()) {
    confined.text += ' ';
    confined.text += print(CqlQuery{{}, query.order_by});
  }
  // Quotes and parentheses make the text longer than the limit for what is sent to us, and deeper.
  const CqlLimits limits{std::numeric_limits<std::size_t>::max(), CqlLimits{}.depth + 2};
  const auto again = parse_cql(confined.text, limits);
  if (!again || !is_confined(again.value(), space_in(space_keys), query)) {
    return QueryError{0, "The confined query doesn't read as it was meant, so it is not sent. Please report this query."};
  }
  return confined;
}

}  // namespace gatehouse::query
