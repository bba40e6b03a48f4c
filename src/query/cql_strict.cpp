#include "query/cql_strict.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "query/text.h"

namespace gatehouse::query {
namespace {

using Op = CqlOperator;
using Done = QueryResult<bool>;

/// What the values of a field are.
enum class Kind : std::uint8_t { kPlain, kUser, kContent, kSpace, kProperty };

struct Field {
  std::string_view name;
  Kind kind;
};
// Sorted, lower case. Left out on purpose: favourite (of the shared account), space.title, space.type and space.category (of
// spaces beyond their key), user and its parts (they search people).
constexpr Field kFields[] = {
    {"ancestor", Kind::kContent}, {"container", Kind::kContent},
    {"content", Kind::kContent},  {"content.property", Kind::kProperty},
    {"contributor", Kind::kUser}, {"created", Kind::kPlain},
    {"creator", Kind::kUser},     {"id", Kind::kContent},
    {"label", Kind::kPlain},      {"lastmodified", Kind::kPlain},
    {"macro", Kind::kPlain},      {"mention", Kind::kUser},
    {"pagestatus", Kind::kPlain}, {"parent", Kind::kContent},
    {"sitesearch", Kind::kPlain}, {"space", Kind::kSpace},
    {"space.key", Kind::kSpace},  {"text", Kind::kPlain},
    {"title", Kind::kPlain},      {"type", Kind::kPlain},
    {"watcher", Kind::kUser},
};
static_assert(std::is_sorted(std::begin(kFields), std::end(kFields),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

struct Function {
  std::string_view name;
  Kind fits;
  std::size_t most;  ///< arguments; the least is none
};
// currentSpace() is left out: it reads another parameter of the request. So are those that tell what the shared account has seen.
constexpr Function kFunctions[] = {
    {"currentuser", Kind::kUser, 0},  {"endofday", Kind::kPlain, 1},     {"endofmonth", Kind::kPlain, 1},
    {"endofweek", Kind::kPlain, 1},   {"endofyear", Kind::kPlain, 1},    {"now", Kind::kPlain, 1},
    {"startofday", Kind::kPlain, 1},  {"startofmonth", Kind::kPlain, 1}, {"startofweek", Kind::kPlain, 1},
    {"startofyear", Kind::kPlain, 1},
};

template <class Row, std::size_t size>
const Row* find(const Row (&rows)[size], const std::string& name) noexcept {
  const Row* found = std::find_if(std::begin(rows), std::end(rows), [&name](const Row& row) { return row.name == name; });
  return found != std::end(rows) ? found : nullptr;
}

bool is_equality(Op op) noexcept { return op == Op::kEquals || op == Op::kNotEquals || op == Op::kIn || op == Op::kNotIn; }

class Strict {
 public:
  explicit Strict(const CqlBoundaryNames& names) : names_(names) {}

  Done check(CqlNode& node);
  QueryResult<Kind> field(const CqlField& field) const;
  std::vector<CqlNamedThing> take() { return std::move(named_); }

 private:
  Done value(CqlOperand& value, Kind kind);
  Done function(const CqlOperand& call, Kind kind) const;
  Done space(CqlOperand& value) const;
  Done name(CqlNamedThing::Kind kind, const CqlOperand& value);

  const CqlBoundaryNames& names_;
  std::vector<CqlNamedThing> named_;
  std::unordered_set<std::string> seen_;
};

QueryResult<Kind> Strict::field(const CqlField& field) const {
  const Field* known = find(kFields, ascii_lower(field.name));
  if (known == nullptr || (known->kind == Kind::kProperty) == field.property_key.empty()) {
    return QueryError{
        field.at, "The strict rule doesn't know the field " + excerpt(field.name) + ", or it looks beyond the token's spaces."};
  }
  return known->kind;
}

Done Strict::check(CqlNode& node) {
  for (CqlNode& child : node.children) {
    GH_TRYV(check(child));
  }
  if (node.kind != CqlNode::Kind::kClause) return true;
  CqlClause& clause = node.clause;
  GH_TRY(const Kind kind, field(clause.field));
  if (kind != Kind::kPlain && kind != Kind::kProperty && !is_equality(clause.op)) {
    return QueryError{clause.field.at,
                      "The field " + excerpt(clause.field.name) + " takes =, !=, IN and NOT IN under the strict rule."};
  }
  return value(clause.operand, kind);
}

Done Strict::value(CqlOperand& value, Kind kind) {
  if (value.kind == CqlOperand::Kind::kFunction) return function(value, kind);
  if (value.kind == CqlOperand::Kind::kList) {
    for (CqlOperand& item : value.items) {
      GH_TRYV(this->value(item, kind));
    }
    return true;
  }
  switch (kind) {
    case Kind::kPlain:
    case Kind::kProperty: return true;
    case Kind::kUser: return name(CqlNamedThing::Kind::kUser, value);
    case Kind::kContent: return name(CqlNamedThing::Kind::kContent, value);
    case Kind::kSpace: return space(value);
  }
  return true;
}

Done Strict::function(const CqlOperand& call, Kind kind) const {
  const Function* known = find(kFunctions, ascii_lower(call.text));
  const Kind wanted = kind == Kind::kProperty ? Kind::kPlain : kind;
  if (known == nullptr || known->fits != wanted) {
    return QueryError{call.at, "The strict rule doesn't know the function " + excerpt(call.text) +
                                   " behind this field, or it looks beyond the token's spaces."};
  }
  if (call.items.size() <= known->most) return true;
  return QueryError{call.at,
                    "The function " + excerpt(call.text) + " takes at most " + std::to_string(known->most) + " argument(s)."};
}

Done Strict::space(CqlOperand& value) const {
  const auto inside = names_.permitted_space(value.text);
  // The same words whether it exists or not.
  if (!inside) return QueryError{value.at, excerpt(value.text) + " is none of the token's spaces."};
  value.kind = CqlOperand::Kind::kString;
  value.text = *inside;
  return true;
}

Done Strict::name(CqlNamedThing::Kind kind, const CqlOperand& value) {
  const bool digits = !value.text.empty() && value.text.find_first_not_of("0123456789") == std::string::npos;
  if (kind == CqlNamedThing::Kind::kContent && !digits)
    return QueryError{value.at, "Expected the numeric id of a page or other content."};
  const std::string mark(1, kind == CqlNamedThing::Kind::kContent ? 'c' : 'u');
  if (seen_.insert(mark + value.text).second) named_.push_back({kind, value.text, value.at});
  return true;
}

}  // namespace

QueryResult<std::vector<CqlNamedThing>> apply_strict(CqlQuery& query, const CqlBoundaryNames& names) {
  Strict strict(names);
  for (CqlNode& root : query.where) {
    GH_TRYV(strict.check(root));
  }
  for (const CqlOrder& order : query.order_by) {
    GH_TRYV(strict.field(order.field));
  }
  return strict.take();
}

}  // namespace gatehouse::query
