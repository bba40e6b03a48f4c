#include "query/jql_print.h"

#include <algorithm>
#include <string_view>

#include "query/jql_lexer.h"
#include "query/text.h"

namespace gatehouse::query {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word_character(char c) noexcept { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; }

/// Nobody could read such a word as anything but a text. Words that start with a digit or a sign are left out, so that a text
/// is never taken for a number.
bool is_plain(std::string_view text, bool may_start_with_dot) noexcept {
  if (text.empty() || !(is_letter(text.front()) || text.front() == '_' || (may_start_with_dot && text.front() == '.')))
    return false;
  return std::all_of(text.begin(), text.end(), is_word_character) && !must_be_quoted(text);
}

void print_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint c = decode_utf8(text, at);
    switch (c.value) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (is_invisible(c.value)) {
          append_unicode_escape(out, c.value);
        } else {
          out += text.substr(at, c.size);
        }
    }
    at += c.size;
  }
  out.push_back('"');
}

void print_text(std::string& out, std::string_view text) {
  if (is_plain(text, false)) {
    out += text;
  } else {
    print_quoted(out, text);
  }
}

void print_operand(std::string& out, const JqlOperand& operand);

void print_items(std::string& out, const std::vector<JqlOperand>& items) {
  out.push_back('(');
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    print_operand(out, items[i]);
  }
  out.push_back(')');
}

void print_operand(std::string& out, const JqlOperand& operand) {
  switch (operand.kind) {
    case JqlOperand::Kind::kNone: break;
    case JqlOperand::Kind::kEmpty: out += "EMPTY"; break;
    case JqlOperand::Kind::kString: print_text(out, operand.text); break;
    case JqlOperand::Kind::kNumber: out += operand.text; break;
    case JqlOperand::Kind::kFunction:
      print_text(out, operand.text);
      print_items(out, operand.items);
      break;
    case JqlOperand::Kind::kList: print_items(out, operand.items); break;
  }
}

void print_property(std::string& out, const JqlFieldProperty& property) {
  out.push_back('[');
  print_operand(out, property.key);
  out.push_back(']');
  for (std::size_t i = 0; i < property.path.size(); ++i) {
    const JqlOperand& step = property.path[i];
    if (i > 0) out.push_back(' ');
    if (step.kind == JqlOperand::Kind::kString && is_plain(step.text, true)) {
      out += step.text;
    } else {
      print_operand(out, step);
    }
  }
}

void print_field(std::string& out, const JqlField& field) {
  switch (field.kind) {
    case JqlField::Kind::kName: print_text(out, field.name); break;
    case JqlField::Kind::kNumber: out += field.name; break;
    case JqlField::Kind::kCustom:
      out += "cf[";
      out += field.name;
      out.push_back(']');
      break;
  }
  for (const JqlFieldProperty& property : field.properties) print_property(out, property);
}

std::string_view spelling(JqlOperator op) noexcept {
  switch (op) {
    case JqlOperator::kEquals: return "=";
    case JqlOperator::kNotEquals: return "!=";
    case JqlOperator::kLike: return "~";
    case JqlOperator::kNotLike: return "!~";
    case JqlOperator::kLess: return "<";
    case JqlOperator::kLessEquals: return "<=";
    case JqlOperator::kGreater: return ">";
    case JqlOperator::kGreaterEquals: return ">=";
    case JqlOperator::kIn: return "in";
    case JqlOperator::kNotIn: return "not in";
    case JqlOperator::kIs: return "is";
    case JqlOperator::kIsNot: return "is not";
    case JqlOperator::kWas: return "was";
    case JqlOperator::kWasNot: return "was not";
    case JqlOperator::kWasIn: return "was in";
    case JqlOperator::kWasNotIn: return "was not in";
    case JqlOperator::kChanged: return "changed";
  }
  return {};
}

std::string_view spelling(JqlPredicate::Kind kind) noexcept {
  switch (kind) {
    case JqlPredicate::Kind::kAfter: return "after";
    case JqlPredicate::Kind::kBefore: return "before";
    case JqlPredicate::Kind::kOn: return "on";
    case JqlPredicate::Kind::kDuring: return "during";
    case JqlPredicate::Kind::kBy: return "by";
    case JqlPredicate::Kind::kFrom: return "from";
    case JqlPredicate::Kind::kTo: return "to";
  }
  return {};
}

void print_clause(std::string& out, const JqlClause& clause) {
  print_field(out, clause.field);
  out.push_back(' ');
  out += spelling(clause.op);
  if (clause.operand.kind != JqlOperand::Kind::kNone) {
    out.push_back(' ');
    print_operand(out, clause.operand);
  }
  for (const JqlPredicate& predicate : clause.predicates) {
    out.push_back(' ');
    out += spelling(predicate.kind);
    out.push_back(' ');
    print_operand(out, predicate.operand);
  }
}

void print_node(std::string& out, const JqlNode& node);

/// A child that would read otherwise without parentheses, or that was in parentheses of its own, gets them.
void print_child(std::string& out, const JqlNode& child, bool in_parentheses) {
  if (in_parentheses) out.push_back('(');
  print_node(out, child);
  if (in_parentheses) out.push_back(')');
}

void print_node(std::string& out, const JqlNode& node) {
  switch (node.kind) {
    case JqlNode::Kind::kClause: print_clause(out, node.clause); return;
    case JqlNode::Kind::kNot:
      out += "NOT ";
      for (const JqlNode& child : node.children) {
        print_child(out, child, child.kind == JqlNode::Kind::kAnd || child.kind == JqlNode::Kind::kOr);
      }
      return;
    case JqlNode::Kind::kAnd:
    case JqlNode::Kind::kOr: break;
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const JqlNode& child = node.children[i];
    if (i > 0) out += node.kind == JqlNode::Kind::kAnd ? " AND " : " OR ";
    print_child(out, child,
                child.kind == JqlNode::Kind::kOr || (child.kind == JqlNode::Kind::kAnd && node.kind == JqlNode::Kind::kAnd));
  }
}

void print_order_by(std::string& out, const std::vector<JqlOrder>& orders) {
  for (std::size_t i = 0; i < orders.size(); ++i) {
    out += i > 0 ? ", " : out.empty() ? "ORDER BY " : " ORDER BY ";
    print_field(out, orders[i].field);
    if (orders[i].direction == JqlOrder::Direction::kAscending) out += " ASC";
    if (orders[i].direction == JqlOrder::Direction::kDescending) out += " DESC";
  }
}

}  // namespace

std::string print(const JqlNode& node) {
  std::string out;
  print_node(out, node);
  return out;
}

std::string print(const JqlQuery& query) {
  std::string out;
  for (const JqlNode& root : query.where) print_node(out, root);
  print_order_by(out, query.order_by);
  return out;
}

}  // namespace gatehouse::query
