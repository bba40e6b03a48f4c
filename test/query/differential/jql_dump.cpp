// Writes the corpus of the differential test to standard output, one JSON object a line: a text, whether parse_jql takes it, the
// tree as nested arrays, the text as printed, and the text confined to project A. Called by run.mjs.
#include <rapidcheck.h>

#include <boost/json.hpp>
#include <iostream>
#include <string>

#include "query/jql_confine.h"
#include "query/jql_print.h"
#include "query/text.h"
#include "test/query/case_file.h"
#include "test/query/jql_generator.h"

namespace gatehouse::query {
namespace {

namespace json = boost::json;

json::array to_json(const std::vector<JqlOperand>& operands);

json::value to_json(const JqlOperand& operand) {
  switch (operand.kind) {
    case JqlOperand::Kind::kNone: return nullptr;
    case JqlOperand::Kind::kEmpty: return json::array{"empty"};
    case JqlOperand::Kind::kString: return json::array{"text", operand.text};
    case JqlOperand::Kind::kNumber: return json::array{"number", operand.text};
    case JqlOperand::Kind::kFunction: return json::array{"call", operand.text, to_json(operand.items)};
    case JqlOperand::Kind::kList: return json::array{"list", to_json(operand.items)};
  }
  return nullptr;
}

json::array to_json(const std::vector<JqlOperand>& operands) {
  json::array out;
  for (const JqlOperand& operand : operands) out.push_back(to_json(operand));
  return out;
}

json::array to_json(const JqlField& field) {
  json::array properties;
  for (const JqlFieldProperty& property : field.properties)
    properties.push_back(json::array{to_json(property.key), to_json(property.path)});
  const char* kind = field.kind == JqlField::Kind::kName ? "name" : field.kind == JqlField::Kind::kNumber ? "number" : "cf";
  return {kind, field.name, properties};
}

json::array to_json(const JqlClause& clause) {
  static constexpr const char* kOperators[] = {"=",      "!=", "~",      "!~",  "<",       "<=",     ">",          ">=",     "in",
                                               "not in", "is", "is not", "was", "was not", "was in", "was not in", "changed"};
  static constexpr const char* kPredicates[] = {"after", "before", "on", "during", "by", "from", "to"};
  json::array predicates;
  for (const JqlPredicate& predicate : clause.predicates) {
    predicates.push_back(json::array{kPredicates[static_cast<std::size_t>(predicate.kind)], to_json(predicate.operand)});
  }
  return {"clause", to_json(clause.field), kOperators[static_cast<std::size_t>(clause.op)], to_json(clause.operand), predicates};
}

json::array to_json(const JqlNode& node) {
  if (node.kind == JqlNode::Kind::kClause) return to_json(node.clause);
  json::array out{node.kind == JqlNode::Kind::kAnd ? "and" : node.kind == JqlNode::Kind::kOr ? "or" : "not"};
  for (const JqlNode& child : node.children) out.push_back(to_json(child));
  return out;
}

json::array to_json(const JqlQuery& query) {
  json::value where = nullptr;
  if (!query.where.empty()) where = to_json(query.where.front());
  json::array orders;
  for (const JqlOrder& order : query.order_by) {
    static constexpr const char* kDirections[] = {"", "asc", "desc"};
    orders.push_back(json::array{to_json(order.field), kDirections[static_cast<std::size_t>(order.direction)]});
  }
  return {where, orders};
}

void dump(const std::string& text) {
  if (find_invalid_utf8(text) != std::string::npos) return;  // JSON and JavaScript have no such texts
  json::object line{{"text", text}};
  const auto query = parse_jql(text);
  if (query) {
    line["tree"] = to_json(query.value());
    line["printed"] = print(query.value());
    const auto confined = confine_jql(text, {ProjectClause::By::kKey, {"A", "IN"}, {"C"}});
    line["confined"] = confined ? confined.value().text : "";
  } else {
    line["error"] = query.error().message;
  }
  std::cout << json::serialize(line) << '\n';
}

std::string damaged(std::string text) {
  static const std::vector<std::string> kPieces{"(", ")", "\"", "'", "\\",         ",", " and ", " not ", " in ",
                                                "=", "!", "[",  "]", " order by ", "&", " was ", "\u00a0"};
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
  const std::size_t cut = *rc::gen::inRange<std::size_t>(0, 4);
  return text.substr(0, at) + (*rc::gen::arbitrary<bool>() ? *rc::gen::elementOf(kPieces) : "") +
         text.substr(std::min(text.size(), at + cut));
}

}  // namespace
}  // namespace gatehouse::query

int main() {
  namespace query = gatehouse::query;
  for (const std::string& text : query::test::case_texts("test/golden/jql", {"parse", "keys", "ids", "levels", "strict"}))
    query::dump(text);
  const bool done = rc::check([] {
    const std::string text = query::test::respelled(*query::test::any_jql());
    query::dump(text);
    query::dump(query::damaged(text));
  });
  return done ? 0 : 1;
}
