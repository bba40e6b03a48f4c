#include "query/cql_print.h"

#include <string_view>

#include "query/cql_lexer.h"

namespace gatehouse::query {
namespace {

void print_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void print_operand(std::string& out, const CqlOperand& operand);

void print_items(std::string& out, const std::vector<CqlOperand>& items) {
  out.push_back('(');
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    print_operand(out, items[i]);
  }
  out.push_back(')');
}

void print_operand(std::string& out, const CqlOperand& operand) {
  switch (operand.kind) {
    case CqlOperand::Kind::kString: print_quoted(out, operand.text); break;
    case CqlOperand::Kind::kNumber: out += operand.text; break;
    case CqlOperand::Kind::kFunction:
      out += operand.text;
      print_items(out, operand.items);
      break;
    case CqlOperand::Kind::kList: print_items(out, operand.items); break;
  }
}

void print_field(std::string& out, const CqlField& field) {
  out += field.name;
  if (field.property_key.empty()) return;
  out.push_back('[');
  // Bare where it can be, since that is the form that is documented.
  if (is_plain_cql_word(field.property_key)) {
    out += field.property_key;
  } else {
    print_quoted(out, field.property_key);
  }
  out.push_back(']');
  out += field.path;
}

std::string_view spelling(CqlOperator op) noexcept {
  switch (op) {
    case CqlOperator::kEquals: return "=";
    case CqlOperator::kNotEquals: return "!=";
    case CqlOperator::kLike: return "~";
    case CqlOperator::kNotLike: return "!~";
    case CqlOperator::kLess: return "<";
    case CqlOperator::kLessEquals: return "<=";
    case CqlOperator::kGreater: return ">";
    case CqlOperator::kGreaterEquals: return ">=";
    case CqlOperator::kIn: return "in";
    case CqlOperator::kNotIn: return "not in";
  }
  return {};
}

void print_node(std::string& out, const CqlNode& node);

void print_child(std::string& out, const CqlNode& child) {
  const bool several = child.kind == CqlNode::Kind::kAnd || child.kind == CqlNode::Kind::kOr;
  if (several) out.push_back('(');
  print_node(out, child);
  if (several) out.push_back(')');
}

void print_node(std::string& out, const CqlNode& node) {
  if (node.kind == CqlNode::Kind::kClause) {
    print_field(out, node.clause.field);
    out.push_back(' ');
    out += spelling(node.clause.op);
    out.push_back(' ');
    print_operand(out, node.clause.operand);
    return;
  }
  if (node.kind == CqlNode::Kind::kNot) out += "NOT ";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += node.kind == CqlNode::Kind::kAnd ? " AND " : " OR ";
    print_child(out, node.children[i]);
  }
}

void print_order_by(std::string& out, const std::vector<CqlOrder>& orders) {
  for (std::size_t i = 0; i < orders.size(); ++i) {
    out += i > 0 ? ", " : out.empty() ? "ORDER BY " : " ORDER BY ";
    print_field(out, orders[i].field);
    if (orders[i].direction == CqlOrder::Direction::kAscending) out += " ASC";
    if (orders[i].direction == CqlOrder::Direction::kDescending) out += " DESC";
  }
}

}  // namespace

std::string print(const CqlNode& node) {
  std::string out;
  print_node(out, node);
  return out;
}

std::string print(const CqlQuery& query) {
  std::string out;
  for (const CqlNode& root : query.where) print_node(out, root);
  print_order_by(out, query.order_by);
  return out;
}

}  // namespace gatehouse::query
