#include "query/cql_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "query/cql_lexer.h"
#include "query/text.h"

namespace gatehouse::query {
namespace {

using Kind = CqlToken::Kind;
using Done = QueryResult<bool>;

/// A node and how deep its tree is, so that a long `a AND b OR c AND d …` can't nest without bound.
struct Part {
  CqlNode node;
  std::size_t height = 0;
};

/// Recursive descent. Recursion is bounded by the depth limit.
class Parser {
 public:
  Parser(std::string_view text, const CqlLimits& limits) : lexer_(text), depth_limit_(limits.depth) {}

  QueryResult<CqlQuery> query();

 private:
  Done advance();
  bool at(Kind kind) const noexcept { return token_.kind == kind; }
  QueryResult<bool> accept(Kind kind);
  QueryError expected(std::string_view what) const;
  QueryError too_deep(std::size_t where) const;

  QueryResult<Part> condition();
  QueryResult<Part> factor();
  QueryResult<Part> nested();
  QueryResult<Part> clause();
  QueryResult<CqlField> field();
  QueryResult<CqlOperand> word(std::string_view what);
  QueryResult<CqlOperand> value();
  QueryResult<CqlOperand> list_or_function();
  Done arguments(CqlOperand& function);
  Done order_by(CqlQuery& query);

  CqlLexer lexer_;
  CqlToken token_;
  std::size_t depth_limit_;
  std::size_t depth_ = 0;
};

bool is_value(const CqlToken& token) noexcept {
  return token.kind == Kind::kWord || token.kind == Kind::kNumber || token.kind == Kind::kQuoted;
}

std::optional<CqlOperator> symbol_operator(Kind kind) noexcept {
  switch (kind) {
    case Kind::kEquals: return CqlOperator::kEquals;
    case Kind::kNotEquals: return CqlOperator::kNotEquals;
    case Kind::kLike: return CqlOperator::kLike;
    case Kind::kNotLike: return CqlOperator::kNotLike;
    case Kind::kLess: return CqlOperator::kLess;
    case Kind::kLessEquals: return CqlOperator::kLessEquals;
    case Kind::kGreater: return CqlOperator::kGreater;
    case Kind::kGreaterEquals: return CqlOperator::kGreaterEquals;
    default: return std::nullopt;
  }
}

Done Parser::advance() {
  GH_TRY(token_, lexer_.next());
  return true;
}

/// Steps over the token if it is `kind`, and says whether it was.
QueryResult<bool> Parser::accept(Kind kind) {
  if (!at(kind)) return false;
  return advance();
}

QueryError Parser::expected(std::string_view what) const {
  std::string message = "Expected ";
  message += what;
  if (at(Kind::kEnd)) return {token_.at, message + ", but the query ends here."};
  message += ", but found " + excerpt(token_.raw) + ".";
  if (at(Kind::kReserved)) message += " This word is reserved: as a value it must be in quotes.";
  return {token_.at, std::move(message)};
}

QueryError Parser::too_deep(std::size_t where) const {
  return {where,
          "Parentheses, NOTs and changes between AND and OR lie deeper in each other than " + std::to_string(depth_limit_) + "."};
}

QueryResult<CqlQuery> Parser::query() {
  CqlQuery query;
  GH_TRYV(advance());
  if (!at(Kind::kEnd) && !at(Kind::kOrder)) {
    GH_TRY(auto root, condition());
    query.where.push_back(std::move(root.node));
  }
  if (at(Kind::kOrder)) {
    GH_TRYV(order_by(query));
  }
  if (!at(Kind::kEnd)) return expected(query.order_by.empty() ? "AND, OR, ORDER BY or the end" : "a comma, ASC, DESC or the end");
  return query;
}

/// AND and OR as they come, from left to right: a change of the word takes all that was read so far as its first part.
QueryResult<Part> Parser::condition() {
  GH_TRY(auto so_far, factor());
  bool joined = false;  // so_far is a chain of this loop, not one part that happens to be an AND or OR in parentheses
  while (at(Kind::kAnd) || at(Kind::kOr)) {
    const CqlNode::Kind kind = at(Kind::kAnd) ? CqlNode::Kind::kAnd : CqlNode::Kind::kOr;
    const std::size_t where = token_.at;
    GH_TRYV(advance());
    GH_TRY(auto next, factor());
    if (!joined || so_far.node.kind != kind) {
      Part chain;
      chain.node.kind = kind;
      chain.height = so_far.height + 1;
      chain.node.children.push_back(std::move(so_far.node));
      so_far = std::move(chain);
      joined = true;
    }
    so_far.height = std::max(so_far.height, next.height + 1);
    if (so_far.height > depth_limit_) return too_deep(where);
    so_far.node.children.push_back(std::move(next.node));
  }
  return so_far;
}

QueryResult<Part> Parser::factor() {
  if (!at(Kind::kNot) && !at(Kind::kLeftParenthesis)) return clause();
  if (++depth_ > depth_limit_) return too_deep(token_.at);
  GH_TRY(auto part, nested());
  --depth_;
  return part;
}

QueryResult<Part> Parser::nested() {
  const CqlToken start = token_;
  GH_TRYV(advance());
  if (start.kind == Kind::kNot) {
    GH_TRY(auto child, factor());
    Part part;
    part.node.kind = CqlNode::Kind::kNot;
    part.height = child.height + 1;
    if (part.height > depth_limit_) return too_deep(start.at);
    part.node.children.push_back(std::move(child.node));
    return part;
  }
  GH_TRY(auto part, condition());
  GH_TRY(const bool closed, accept(Kind::kRightParenthesis));
  if (!closed) return expected("AND, OR or the \")\" of the \"(\" at " + std::to_string(start.at));
  return part;
}

QueryResult<Part> Parser::clause() {
  Part part;
  CqlClause& clause = part.node.clause;
  GH_TRY(clause.field, field());
  if (const auto op = symbol_operator(token_.kind)) {
    clause.op = *op;
    GH_TRYV(advance());
    GH_TRY(clause.operand, value());
    return part;
  }
  GH_TRY(const bool negated, accept(Kind::kNot));
  if (!at(Kind::kIn)) return expected(negated ? "IN behind NOT" : "an operator: =, !=, ~, !~, <, <=, >, >=, IN or NOT IN");
  clause.op = negated ? CqlOperator::kNotIn : CqlOperator::kIn;
  GH_TRYV(advance());
  GH_TRY(clause.operand, list_or_function());
  return part;
}

QueryResult<CqlField> Parser::field() {
  if (!at(Kind::kWord)) return expected("the name of a field, without quotes");
  CqlField field;
  field.at = token_.at;
  field.name = token_.raw;
  GH_TRYV(advance());
  if (!at(Kind::kLeftBracket)) return field;
  GH_TRYV(advance());
  GH_TRY(auto key, word("the key of a property"));
  if (key.text.empty()) return QueryError{key.at, "Expected the key of a property, but found an empty text."};
  field.property_key = std::move(key.text);
  GH_TRY(const bool closed, accept(Kind::kRightBracket));
  if (!closed) return expected("a \"]\"");
  if (at(Kind::kWord) && token_.raw.front() == '.') {
    field.path = token_.raw;
    GH_TRYV(advance());
  }
  return field;
}

QueryResult<CqlOperand> Parser::word(std::string_view what) {
  if (!is_value(token_)) return expected(what);
  CqlOperand operand;
  operand.kind = at(Kind::kNumber) ? CqlOperand::Kind::kNumber : CqlOperand::Kind::kString;
  operand.at = token_.at;
  operand.text = decode(token_);
  GH_TRYV(advance());
  return operand;
}

QueryResult<CqlOperand> Parser::value() {
  const bool may_be_function = at(Kind::kWord);
  GH_TRY(auto operand, word("a value or a function"));
  if (may_be_function && at(Kind::kLeftParenthesis)) {
    GH_TRYV(arguments(operand));
  }
  return operand;
}

QueryResult<CqlOperand> Parser::list_or_function() {
  constexpr std::string_view kWhat = "a list such as (A, B) or a function";
  if (!at(Kind::kLeftParenthesis)) {
    const CqlToken start = token_;
    if (!is_value(token_)) return expected(kWhat);
    GH_TRY(auto function, value());
    if (function.kind == CqlOperand::Kind::kFunction) return function;
    return QueryError{start.at, "Expected " + std::string(kWhat) + ", but found the value " + excerpt(start.raw) + "."};
  }
  CqlOperand list;
  list.kind = CqlOperand::Kind::kList;
  list.at = token_.at;
  do {
    GH_TRYV(advance());
    GH_TRY(auto item, value());
    list.items.push_back(std::move(item));
  } while (at(Kind::kComma));
  GH_TRY(const bool closed, accept(Kind::kRightParenthesis));
  if (!closed) return expected("a comma or the \")\" of the list that begins at " + std::to_string(list.at));
  return list;
}

/// Makes a function of `function`, whose name was read; the token is the "(".
Done Parser::arguments(CqlOperand& function) {
  function.kind = CqlOperand::Kind::kFunction;
  GH_TRYV(advance());
  if (!at(Kind::kRightParenthesis)) {
    GH_TRY(auto first, word("an argument"));
    function.items.push_back(std::move(first));
    while (at(Kind::kComma)) {
      GH_TRYV(advance());
      GH_TRY(auto next, word("an argument"));
      function.items.push_back(std::move(next));
    }
  }
  GH_TRY(const bool closed, accept(Kind::kRightParenthesis));
  if (!closed) return expected("a comma or the \")\" behind the arguments of the function");
  return true;
}

Done Parser::order_by(CqlQuery& query) {
  GH_TRYV(advance());
  if (!at(Kind::kBy)) return expected("BY behind ORDER");
  do {
    GH_TRYV(advance());
    CqlOrder order;
    GH_TRY(order.field, field());
    if (at(Kind::kAsc) || at(Kind::kDesc)) {
      order.direction = at(Kind::kAsc) ? CqlOrder::Direction::kAscending : CqlOrder::Direction::kDescending;
      GH_TRYV(advance());
    }
    query.order_by.push_back(std::move(order));
  } while (at(Kind::kComma));
  return true;
}

}  // namespace

CqlParse parse_cql(std::string_view text, CqlLimits limits) {
  if (text.size() > limits.bytes) {
    return QueryError{limits.bytes, "The query is longer than " + std::to_string(limits.bytes) + " bytes."};
  }
  const std::size_t invalid = find_invalid_utf8(text);
  if (invalid != std::string_view::npos) return QueryError{invalid, "Here is no valid UTF-8."};
  return Parser(text, limits).query();
}

}  // namespace gatehouse::query
