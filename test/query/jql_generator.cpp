#include "test/query/jql_generator.h"

#include <cstdlib>
#include <string_view>
#include <vector>

#include "query/jql_lexer.h"
#include "query/text.h"

namespace gatehouse::query::test {
namespace {

using rc::gen::element;
using rc::gen::elementOf;
using rc::gen::exec;
using rc::gen::inRange;

// More than RapidCheck's hundred for each property, since a case takes a fraction of a millisecond; RC_PARAMS overrides it.
[[maybe_unused]] const int kMoreCases = setenv("RC_PARAMS", "max_success=300", 0);

bool chance(int percent) { return *inRange(0, 100) < percent; }

rc::Gen<std::string> plain_text() {
  return elementOf(std::vector<std::string>{
      "A",      "B",     "C",  "IN",    "Open",   "Done",   "Secret", "x",          "abc",    "A-1",  "and",    "OR",
      "select", "empty", "cf", "10001", "-5",     "1.5",    "a b",    "a\"b",       "it's",   "\\",   ".a.b",   "(",
      ") OR (", "",      "é",  "日本",  "\u00a0", "\u202e", "😀",      "\U000e0041", "\t\n\r", "\x07", "\uffff", "order by x"});
}

JqlOperand text_operand(std::string text) {
  JqlOperand operand;
  operand.kind = JqlOperand::Kind::kString;
  operand.text = std::move(text);
  return operand;
}

JqlOperand any_argument() {
  if (chance(70)) return text_operand(*any_text());
  JqlOperand operand;
  operand.kind = JqlOperand::Kind::kNumber;
  operand.text = *elementOf(std::vector<std::string>{"0", "1", "10001", "10002", "-7", "007", "99999999999999999999"});
  return operand;
}

JqlOperand any_function() {
  JqlOperand operand =
      text_operand(*elementOf(std::vector<std::string>{"currentUser", "linkedIssues", "f", "a b", "select", "5"}));
  operand.kind = JqlOperand::Kind::kFunction;
  for (int left = *inRange(0, 3); left > 0; --left) operand.items.push_back(any_argument());
  return operand;
}

JqlOperand empty_operand() {
  JqlOperand operand;
  operand.kind = JqlOperand::Kind::kEmpty;
  return operand;
}

JqlOperand any_list(int depth);

JqlOperand any_operand(int depth) {
  const int choice = *inRange(0, depth > 0 ? 10 : 8);
  if (choice < 6) return any_argument();
  if (choice == 6) return any_function();
  if (choice == 7) return empty_operand();
  return any_list(depth - 1);
}

JqlOperand any_list(int depth) {
  JqlOperand operand;
  operand.kind = JqlOperand::Kind::kList;
  for (int left = *inRange(1, 4); left > 0; --left) operand.items.push_back(any_operand(depth));
  return operand;
}

JqlField any_field() {
  JqlField field;
  const int choice = *inRange(0, 10);
  if (choice < 6) {
    field.name = *elementOf(std::vector<std::string>{"project", "PROJECT", "status", "level", "summary", "assignee"});
  } else if (choice < 8) {
    field.name = *any_text();
  } else if (choice == 8) {
    field.kind = JqlField::Kind::kNumber;
    field.name = *element<std::string>("10001", "-3");
  } else {
    field.kind = JqlField::Kind::kCustom;
    field.name = *element<std::string>("10010", "007");
  }
  if (field.kind == JqlField::Kind::kNumber || chance(85)) return field;
  for (int left = *inRange(1, 3); left > 0; --left) {
    JqlFieldProperty property{any_argument(), {}};
    for (int steps = *inRange(0, 3); steps > 0; --steps) property.path.push_back(any_argument());
    field.properties.push_back(std::move(property));
  }
  return field;
}

void add_predicates(JqlClause& clause) {
  const bool changed = clause.op == JqlOperator::kChanged;
  for (int left = *inRange(0, 3); left > 0; --left) {
    using Kind = JqlPredicate::Kind;
    const int last = changed ? static_cast<int>(Kind::kTo) : static_cast<int>(Kind::kBy);
    clause.predicates.push_back({static_cast<Kind>(*inRange(0, last + 1)), any_operand(1)});
  }
}

JqlClause any_clause() {
  JqlClause clause;
  clause.field = any_field();
  clause.op = static_cast<JqlOperator>(*inRange(0, static_cast<int>(JqlOperator::kChanged) + 1));
  switch (clause.op) {
    case JqlOperator::kEquals:
    case JqlOperator::kNotEquals:
    case JqlOperator::kLike:
    case JqlOperator::kNotLike: clause.operand = any_operand(0); break;
    case JqlOperator::kLess:
    case JqlOperator::kLessEquals:
    case JqlOperator::kGreater:
    case JqlOperator::kGreaterEquals: clause.operand = chance(80) ? any_argument() : any_function(); break;
    case JqlOperator::kIn:
    case JqlOperator::kNotIn:
    case JqlOperator::kWasIn:
    case JqlOperator::kWasNotIn: clause.operand = chance(80) ? any_list(1) : any_function(); break;
    case JqlOperator::kIs:
    case JqlOperator::kIsNot: clause.operand = empty_operand(); break;
    case JqlOperator::kWas:
    case JqlOperator::kWasNot: clause.operand = any_operand(0); break;
    case JqlOperator::kChanged: break;
  }
  if (clause.op >= JqlOperator::kWas) add_predicates(clause);
  return clause;
}

JqlNode any_node(int depth) {
  JqlNode node;
  const int choice = depth > 0 ? *inRange(0, 4) : 0;
  if (choice == 0) {
    node.clause = any_clause();
    return node;
  }
  node.kind = choice == 1 ? JqlNode::Kind::kAnd : choice == 2 ? JqlNode::Kind::kOr : JqlNode::Kind::kNot;
  const int children = node.kind == JqlNode::Kind::kNot ? 1 : *inRange(2, 4);
  for (int i = 0; i < children; ++i) node.children.push_back(any_node(depth - 1));
  return node;
}

/// Spells a tree at random.
class Speller {
 public:
  std::string query(const JqlQuery& query) {
    for (const JqlNode& root : query.where) node(root, false);
    if (!query.order_by.empty()) order_by(query.order_by);
    space(false);
    return std::move(out_);
  }

 private:
  void space(bool needed) {
    static const std::vector<std::string> kSpaces{" ", "  ", "\t", "\r\n", " \n "};
    if (needed || chance(30)) out_ += *elementOf(kSpaces);
  }
  void word(std::string_view text) {
    space(true);
    for (const char c : text) out_.push_back(chance(30) && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    space(true);
  }
  void symbol(std::string_view text) {
    space(false);
    out_ += text;
    space(false);
  }
  void escaped(char32_t c) {
    switch (*inRange(0, 2)) {
      case 0:
        if (c == '"' || c == '\'' || c == '\\' || c == ' ') {
          out_.push_back('\\');
          out_.push_back(static_cast<char>(c));
          return;
        }
        if (c == '\t' || c == '\n' || c == '\r') {
          out_ += c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r";
          return;
        }
        [[fallthrough]];
      default: append_unicode_escape(out_, c);
    }
  }
  static bool is_plain_ascii(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-' ||
           c == ':';
  }
  void text(const std::string& text) {
    const int style = *inRange(0, 3);  // bare, "…", '…'
    const char quote = style == 1 ? '"' : '\'';
    const bool bare = style == 0 && !text.empty() && !must_be_quoted(text);
    if (!bare) {
      out_.push_back(quote);
    }
    // A bare text of digits would be a number, so its first character is escaped.
    bool must_escape = bare && !((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint c = decode_utf8(text, at);
      const bool fits = is_plain_ascii(c.value) ||
                        (!bare && c.value != '"' && c.value != '\'' && c.value != '\\' && c.value >= 0x20 && c.value < 0x7F) ||
                        (c.value >= 0xA0 && c.value < 0xFDD0) || c.value > 0xFFFF;
      if (must_escape || !fits || chance(10)) {
        escaped(c.value);
      } else {
        out_ += text.substr(at, c.size);
      }
      must_escape = false;
      at += c.size;
    }
    if (!bare) out_.push_back(quote);
  }
  void list(const std::vector<JqlOperand>& items) {
    symbol("(");
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) symbol(",");
      operand(items[i]);
    }
    symbol(")");
  }
  void operand(const JqlOperand& operand) {
    switch (operand.kind) {
      case JqlOperand::Kind::kNone: break;
      case JqlOperand::Kind::kEmpty: word(chance(50) ? "empty" : "null"); break;
      case JqlOperand::Kind::kString: text(operand.text); break;
      case JqlOperand::Kind::kNumber: out_ += operand.text; break;
      case JqlOperand::Kind::kFunction:
        text(operand.text);
        list(operand.items);
        break;
      case JqlOperand::Kind::kList: list(operand.items); break;
    }
  }
  void field(const JqlField& field) {
    if (field.kind == JqlField::Kind::kName) text(field.name);
    if (field.kind == JqlField::Kind::kNumber) out_ += field.name;
    if (field.kind == JqlField::Kind::kCustom) {
      word("cf");
      symbol("[");
      out_ += field.name;
      symbol("]");
    }
    for (const JqlFieldProperty& property : field.properties) {
      symbol("[");
      operand(property.key);
      symbol("]");
      for (const JqlOperand& step : property.path) {
        space(true);
        operand(step);
      }
    }
  }
  void clause(const JqlClause& clause) {
    static const std::vector<std::string_view> kSymbols{"=", "!=", "~", "!~", "<", "<=", ">", ">="};
    static const std::vector<std::vector<std::string_view>> kWords{
        {"in"}, {"not", "in"}, {"is"}, {"is", "not"}, {"was"}, {"was", "not"}, {"was", "in"}, {"was", "not", "in"}, {"changed"}};
    static const std::vector<std::string_view> kPredicates{"after", "before", "on", "during", "by", "from", "to"};
    field(clause.field);
    const auto op = static_cast<std::size_t>(clause.op);
    if (op < kSymbols.size()) {
      symbol(kSymbols[op]);
    } else {
      for (const std::string_view each : kWords[op - kSymbols.size()]) word(each);
    }
    operand(clause.operand);
    for (const JqlPredicate& predicate : clause.predicates) {
      word(kPredicates[static_cast<std::size_t>(predicate.kind)]);
      operand(predicate.operand);
    }
  }
  void node(const JqlNode& node, bool must_group) {
    const bool group = must_group || chance(15);
    if (group) symbol("(");
    inside(node);
    if (group) symbol(")");
  }
  void inside(const JqlNode& node) {
    using Kind = JqlNode::Kind;
    if (node.kind == Kind::kClause) {
      clause(node.clause);
      return;
    }
    if (node.kind == Kind::kNot) {
      if (chance(50)) {
        word("not");
      } else {
        symbol("!");
      }
      this->node(node.children.front(), node.children.front().kind == Kind::kAnd || node.children.front().kind == Kind::kOr);
      return;
    }
    const bool conjunction = node.kind == Kind::kAnd;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) {
        switch (*inRange(0, 3)) {
          case 0: symbol(conjunction ? "&" : "|"); break;
          case 1: symbol(conjunction ? "&&" : "||"); break;
          default: word(conjunction ? "and" : "or");
        }
      }
      const Kind kind = node.children[i].kind;
      this->node(node.children[i], kind == Kind::kOr || (conjunction && kind == Kind::kAnd));
    }
  }
  void order_by(const std::vector<JqlOrder>& orders) {
    word("order");
    word("by");
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (i > 0) symbol(",");
      field(orders[i].field);
      if (orders[i].direction == JqlOrder::Direction::kAscending) word("asc");
      if (orders[i].direction == JqlOrder::Direction::kDescending) word("desc");
    }
  }

  std::string out_;
};

}  // namespace

rc::Gen<std::string> any_text() {
  return exec([] {
    std::string text;
    for (int parts = *inRange(0, 3); parts >= 0; --parts) text += *plain_text();
    return text;
  });
}

rc::Gen<JqlQuery> any_jql(int depth) {
  return exec([depth] {
    JqlQuery query;
    if (!chance(5)) query.where.push_back(any_node(depth));
    if (chance(30)) {
      for (int left = *inRange(1, 3); left > 0; --left) {
        query.order_by.push_back({any_field(), static_cast<JqlOrder::Direction>(*inRange(0, 3))});
      }
    }
    return query;
  });
}

std::string respelled(const JqlQuery& query) { return Speller().query(query); }

}  // namespace gatehouse::query::test
