#include "query/jql_parser.h"

#include <optional>
#include <string>
#include <utility>

#include "query/jql_lexer.h"
#include "query/text.h"

namespace gatehouse::query {
namespace {

using Kind = JqlToken::Kind;
using Done = QueryResult<bool>;

/// Recursive descent, one function a rule of the grammar. Recursion is bounded by the depth limit.
class Parser {
 public:
  Parser(std::string_view text, const JqlLimits& limits) : lexer_(text), depth_limit_(limits.depth) {}

  QueryResult<JqlQuery> query();

 private:
  Done advance();
  bool at(Kind kind) const noexcept { return token_.kind == kind; }
  QueryResult<bool> accept(Kind kind);
  QueryError expected(std::string_view what) const;
  QueryError expected_word(std::string_view what) const;
  Done enter(std::size_t where);
  void leave() noexcept { --depth_; }

  QueryResult<JqlNode> any();
  QueryResult<JqlNode> all();
  QueryResult<JqlNode> negation();
  QueryResult<JqlNode> group();
  QueryResult<JqlNode> clause();
  Done right_side(JqlClause& clause);
  Done after_in(JqlClause& clause);
  Done after_not(JqlClause& clause);
  Done after_is(JqlClause& clause);
  Done after_changed(JqlClause& clause);
  Done after_was(JqlClause& clause);
  Done predicates(JqlClause& clause);

  QueryResult<JqlField> field();
  Done properties(JqlField& field);
  /// The whole of a text or number token; the token must be one.
  QueryResult<JqlOperand> word();
  QueryResult<JqlOperand> argument();
  QueryResult<JqlOperand> value(std::string_view what);
  QueryResult<JqlOperand> value_or_empty();
  QueryResult<JqlOperand> list_or_function();
  QueryResult<JqlOperand> operand();
  QueryResult<JqlOperand> list();
  Done call(JqlOperand& function);
  Done order_by(JqlQuery& query);

  JqlLexer lexer_;
  JqlToken token_;
  std::size_t depth_limit_;
  std::size_t depth_ = 0;
};

bool is_word(const JqlToken& token) noexcept { return token.is_text() || token.kind == Kind::kNumber; }

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
  message += ", but found ";
  message += excerpt(token_.raw);
  message += '.';
  return {token_.at, std::move(message)};
}

/// The same where a name or a value is due: one that JQL reserves is the likely mistake.
QueryError Parser::expected_word(std::string_view what) const {
  QueryError error = expected(what);
  const bool symbol = token_.raw == "&" || token_.raw == "&&" || token_.raw == "|" || token_.raw == "||" || at(Kind::kBang);
  if (at(Kind::kReserved) || (token_.kind >= Kind::kAnd && token_.kind <= Kind::kCf && !symbol)) {
    error.message += " This word is reserved: as a name or a value it must be in quotes.";
  }
  return error;
}

Done Parser::enter(std::size_t where) {
  if (++depth_ <= depth_limit_) return true;
  return QueryError{where, "Parentheses, NOTs and lists lie deeper in each other than " + std::to_string(depth_limit_) + "."};
}

QueryResult<JqlQuery> Parser::query() {
  JqlQuery query;
  GH_TRYV(advance());
  if (!at(Kind::kEnd) && !at(Kind::kOrder)) {
    GH_TRY(auto root, any());
    query.where.push_back(std::move(root));
  }
  if (at(Kind::kOrder)) {
    GH_TRYV(order_by(query));
  }
  if (!at(Kind::kEnd)) return expected(query.order_by.empty() ? "AND, OR, ORDER BY or the end" : "a comma, ASC, DESC or the end");
  return query;
}

QueryResult<JqlNode> Parser::any() {
  GH_TRY(auto first, all());
  if (!at(Kind::kOr)) return first;
  JqlNode node;
  node.kind = JqlNode::Kind::kOr;
  node.children.push_back(std::move(first));
  while (at(Kind::kOr)) {
    GH_TRYV(advance());
    GH_TRY(auto next, all());
    node.children.push_back(std::move(next));
  }
  return node;
}

QueryResult<JqlNode> Parser::all() {
  GH_TRY(auto first, negation());
  if (!at(Kind::kAnd)) return first;
  JqlNode node;
  node.kind = JqlNode::Kind::kAnd;
  node.children.push_back(std::move(first));
  while (at(Kind::kAnd)) {
    GH_TRYV(advance());
    GH_TRY(auto next, negation());
    node.children.push_back(std::move(next));
  }
  return node;
}

QueryResult<JqlNode> Parser::negation() {
  if (at(Kind::kLeftParenthesis)) return group();
  if (!at(Kind::kNot) && !at(Kind::kBang)) return clause();
  GH_TRYV(enter(token_.at));
  GH_TRYV(advance());
  GH_TRY(auto child, negation());
  leave();
  JqlNode node;
  node.kind = JqlNode::Kind::kNot;
  node.children.push_back(std::move(child));
  return node;
}

QueryResult<JqlNode> Parser::group() {
  const std::size_t opened = token_.at;
  GH_TRYV(enter(opened));
  GH_TRYV(advance());
  GH_TRY(auto node, any());
  if (!at(Kind::kRightParenthesis)) {
    return expected("AND, OR or the \")\" of the \"(\" at " + std::to_string(opened));
  }
  leave();
  GH_TRYV(advance());
  return node;
}

QueryResult<JqlNode> Parser::clause() {
  JqlNode node;
  GH_TRY(node.clause.field, field());
  GH_TRYV(right_side(node.clause));
  return node;
}

QueryResult<JqlField> Parser::field() {
  JqlField field;
  field.at = token_.at;
  if (at(Kind::kCf)) {
    field.kind = JqlField::Kind::kCustom;
    GH_TRYV(advance());
    GH_TRY(const bool opened, accept(Kind::kLeftBracket));
    if (!opened) return expected("the \"[\" of cf[10010]");
    if (!at(Kind::kNumber) || token_.raw.front() == '-') return expected("the digits of a custom field, such as cf[10010]");
    field.name = token_.raw;
    GH_TRYV(advance());
    GH_TRY(const bool closed, accept(Kind::kRightBracket));
    if (!closed) return expected("the \"]\" of cf[10010]");
    GH_TRYV(properties(field));
    return field;
  }
  if (at(Kind::kNumber)) {
    field.kind = JqlField::Kind::kNumber;
    field.name = token_.raw;
    GH_TRYV(advance());
    return field;
  }
  if (!token_.is_text()) return expected_word("the name of a field");
  field.name = decode(token_);
  GH_TRYV(advance());
  GH_TRYV(properties(field));
  return field;
}

Done Parser::properties(JqlField& field) {
  while (at(Kind::kLeftBracket)) {
    GH_TRYV(advance());
    JqlFieldProperty property;
    GH_TRY(property.key, argument());
    GH_TRY(const bool closed, accept(Kind::kRightBracket));
    if (!closed) return expected("a \"]\"");
    while (is_word(token_)) {
      GH_TRY(auto step, word());
      property.path.push_back(std::move(step));
    }
    field.properties.push_back(std::move(property));
  }
  return true;
}

std::optional<JqlOperator> symbol_operator(Kind kind) noexcept {
  switch (kind) {
    case Kind::kEquals: return JqlOperator::kEquals;
    case Kind::kNotEquals: return JqlOperator::kNotEquals;
    case Kind::kLike: return JqlOperator::kLike;
    case Kind::kNotLike: return JqlOperator::kNotLike;
    case Kind::kLess: return JqlOperator::kLess;
    case Kind::kLessEquals: return JqlOperator::kLessEquals;
    case Kind::kGreater: return JqlOperator::kGreater;
    case Kind::kGreaterEquals: return JqlOperator::kGreaterEquals;
    default: return std::nullopt;
  }
}

Done Parser::right_side(JqlClause& clause) {
  if (const auto op = symbol_operator(token_.kind)) {
    clause.op = *op;
    const bool compares = *op >= JqlOperator::kLess && *op <= JqlOperator::kGreaterEquals;
    GH_TRYV(advance());
    GH_TRY(clause.operand, compares ? value("a value or a function") : value_or_empty());
    return true;
  }
  switch (token_.kind) {
    case Kind::kIn: return after_in(clause);
    case Kind::kNot: return after_not(clause);
    case Kind::kIs: return after_is(clause);
    case Kind::kWas: return after_was(clause);
    case Kind::kChanged: return after_changed(clause);
    default: return expected("an operator: =, !=, ~, !~, <, <=, >, >=, IN, NOT IN, IS, WAS or CHANGED");
  }
}

Done Parser::after_in(JqlClause& clause) {
  clause.op = JqlOperator::kIn;
  GH_TRYV(advance());
  GH_TRY(clause.operand, list_or_function());
  return true;
}

Done Parser::after_is(JqlClause& clause) {
  GH_TRYV(advance());
  GH_TRY(const bool negated, accept(Kind::kNot));
  clause.op = negated ? JqlOperator::kIsNot : JqlOperator::kIs;
  if (!at(Kind::kEmpty)) return expected(negated ? "EMPTY" : "EMPTY or NOT EMPTY");
  GH_TRY(clause.operand, value_or_empty());
  return true;
}

Done Parser::after_changed(JqlClause& clause) {
  clause.op = JqlOperator::kChanged;
  GH_TRYV(advance());
  return predicates(clause);
}

Done Parser::after_not(JqlClause& clause) {
  clause.op = JqlOperator::kNotIn;
  GH_TRYV(advance());
  GH_TRY(const bool in, accept(Kind::kIn));
  if (!in) return expected("IN behind NOT");
  GH_TRY(clause.operand, list_or_function());
  return true;
}

Done Parser::after_was(JqlClause& clause) {
  GH_TRYV(advance());
  GH_TRY(const bool negated, accept(Kind::kNot));
  GH_TRY(const bool in, accept(Kind::kIn));
  if (in) {
    clause.op = negated ? JqlOperator::kWasNotIn : JqlOperator::kWasIn;
    GH_TRY(clause.operand, list_or_function());
  } else {
    clause.op = negated ? JqlOperator::kWasNot : JqlOperator::kWas;
    GH_TRY(clause.operand, value_or_empty());
  }
  return predicates(clause);
}

Done Parser::predicates(JqlClause& clause) {
  while (true) {
    JqlPredicate predicate;
    switch (token_.kind) {
      case Kind::kAfter: predicate.kind = JqlPredicate::Kind::kAfter; break;
      case Kind::kBefore: predicate.kind = JqlPredicate::Kind::kBefore; break;
      case Kind::kOn: predicate.kind = JqlPredicate::Kind::kOn; break;
      case Kind::kDuring: predicate.kind = JqlPredicate::Kind::kDuring; break;
      case Kind::kBy: predicate.kind = JqlPredicate::Kind::kBy; break;
      case Kind::kFrom:
      case Kind::kTo:
        if (clause.op != JqlOperator::kChanged) return expected("AFTER, BEFORE, ON, DURING or BY behind WAS");
        predicate.kind = at(Kind::kFrom) ? JqlPredicate::Kind::kFrom : JqlPredicate::Kind::kTo;
        break;
      default: return true;
    }
    GH_TRYV(advance());
    GH_TRY(predicate.operand, operand());
    clause.predicates.push_back(std::move(predicate));
  }
}

QueryResult<JqlOperand> Parser::word() {
  JqlOperand operand;
  operand.at = token_.at;
  operand.kind = at(Kind::kNumber) ? JqlOperand::Kind::kNumber : JqlOperand::Kind::kString;
  operand.text = decode(token_);
  GH_TRYV(advance());
  return operand;
}

QueryResult<JqlOperand> Parser::argument() {
  if (!is_word(token_)) return expected_word("a text or a number");
  return word();
}

QueryResult<JqlOperand> Parser::value(std::string_view what) {
  if (!is_word(token_)) return expected_word(what);
  GH_TRY(auto operand, word());
  if (at(Kind::kLeftParenthesis)) {
    GH_TRYV(call(operand));
  }
  return operand;
}

QueryResult<JqlOperand> Parser::value_or_empty() {
  if (!at(Kind::kEmpty)) return value("a value, a function or EMPTY");
  JqlOperand operand;
  operand.kind = JqlOperand::Kind::kEmpty;
  operand.at = token_.at;
  GH_TRYV(advance());
  return operand;
}

QueryResult<JqlOperand> Parser::list_or_function() {
  constexpr std::string_view kWhat = "a list such as (A, B) or a function";
  if (at(Kind::kLeftParenthesis)) return list();
  const JqlToken start = token_;
  GH_TRY(auto operand, value(kWhat));
  if (operand.kind == JqlOperand::Kind::kFunction) return operand;
  return QueryError{start.at, "Expected " + std::string(kWhat) + ", but found the value " + excerpt(start.raw) + "."};
}

QueryResult<JqlOperand> Parser::operand() {
  if (at(Kind::kLeftParenthesis)) return list();
  return value_or_empty();
}

QueryResult<JqlOperand> Parser::list() {
  JqlOperand operand;
  operand.kind = JqlOperand::Kind::kList;
  operand.at = token_.at;
  GH_TRYV(enter(token_.at));
  do {
    GH_TRYV(advance());
    GH_TRY(auto item, this->operand());
    operand.items.push_back(std::move(item));
  } while (at(Kind::kComma));
  leave();
  GH_TRY(const bool closed, accept(Kind::kRightParenthesis));
  if (!closed) return expected("a comma or the \")\" of the list that begins at " + std::to_string(operand.at));
  return operand;
}

/// Makes a function of `function`, whose name was read; the token is the "(".
Done Parser::call(JqlOperand& function) {
  function.kind = JqlOperand::Kind::kFunction;
  GH_TRYV(advance());
  if (!at(Kind::kRightParenthesis)) {
    GH_TRY(auto first, argument());
    function.items.push_back(std::move(first));
    while (at(Kind::kComma)) {
      GH_TRYV(advance());
      GH_TRY(auto next, argument());
      function.items.push_back(std::move(next));
    }
  }
  GH_TRY(const bool closed, accept(Kind::kRightParenthesis));
  if (!closed) return expected("a comma or the \")\" behind the arguments of the function");
  return true;
}

Done Parser::order_by(JqlQuery& query) {
  GH_TRYV(advance());
  if (!at(Kind::kBy)) return expected("BY behind ORDER");
  do {
    GH_TRYV(advance());
    JqlOrder order;
    GH_TRY(order.field, field());
    if (at(Kind::kAsc) || at(Kind::kDesc)) {
      order.direction = at(Kind::kAsc) ? JqlOrder::Direction::kAscending : JqlOrder::Direction::kDescending;
      GH_TRYV(advance());
    }
    query.order_by.push_back(std::move(order));
  } while (at(Kind::kComma));
  return true;
}

}  // namespace

JqlParse parse_jql(std::string_view text, JqlLimits limits) {
  if (text.size() > limits.bytes) {
    return QueryError{limits.bytes, "The query is longer than " + std::to_string(limits.bytes) + " bytes."};
  }
  const std::size_t invalid = find_invalid_utf8(text);
  if (invalid != std::string_view::npos) return QueryError{invalid, "Here is no valid UTF-8."};
  return Parser(text, limits).query();
}

}  // namespace gatehouse::query
