#include "query/jql_strict.h"

#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "query/jql_vocabulary.h"
#include "query/text.h"

namespace gatehouse::query {
namespace {

using Op = JqlOperator;
using Done = QueryResult<bool>;

constexpr std::uint32_t bit(Op op) noexcept { return std::uint32_t{1} << static_cast<unsigned>(op); }
constexpr std::uint32_t kEquality =
    bit(Op::kEquals) | bit(Op::kNotEquals) | bit(Op::kIn) | bit(Op::kNotIn) | bit(Op::kIs) | bit(Op::kIsNot);
constexpr std::uint32_t kOrdering = bit(Op::kLess) | bit(Op::kLessEquals) | bit(Op::kGreater) | bit(Op::kGreaterEquals);
constexpr std::uint32_t kMatching = bit(Op::kLike) | bit(Op::kNotLike);
constexpr std::uint32_t kHistory = bit(Op::kWas) | bit(Op::kWasNot) | bit(Op::kWasIn) | bit(Op::kWasNotIn) | bit(Op::kChanged);

/// Issues have no matching: key ~ "*ABC*" is a search for keys. What matches a version's name is the found issue's own version.
std::uint32_t operators_of(FieldKind kind) noexcept {
  switch (kind) {
    case FieldKind::kPlain:
    case FieldKind::kVersion: return kEquality | kOrdering | kMatching;
    case FieldKind::kIssue: return kEquality | kOrdering;
    case FieldKind::kIssueRelation: return bit(Op::kEquals) | bit(Op::kIn);
    case FieldKind::kUser:
    case FieldKind::kGroup:
    case FieldKind::kProject:
    case FieldKind::kComponent:
    case FieldKind::kSprint:
    case FieldKind::kSecurityLevel: return kEquality;
    case FieldKind::kUnknown: return 0;
  }
  return 0;
}

bool is_negative(Op op) noexcept { return op == Op::kNotEquals || op == Op::kNotIn || op == Op::kNotLike; }

std::optional<NamedThing::Kind> named_kind(FieldKind kind) noexcept {
  switch (kind) {
    case FieldKind::kUser: return NamedThing::Kind::kUser;
    case FieldKind::kGroup: return NamedThing::Kind::kGroup;
    case FieldKind::kIssue:
    case FieldKind::kIssueRelation: return NamedThing::Kind::kIssue;
    case FieldKind::kVersion: return NamedThing::Kind::kVersion;
    case FieldKind::kComponent: return NamedThing::Kind::kComponent;
    case FieldKind::kSprint: return NamedThing::Kind::kSprint;
    case FieldKind::kSecurityLevel: return NamedThing::Kind::kSecurityLevel;
    case FieldKind::kProject:
    case FieldKind::kPlain:
    case FieldKind::kUnknown: return std::nullopt;
  }
  return std::nullopt;
}

FieldKind kind_of(ArgumentKind kind) noexcept {
  switch (kind) {
    case ArgumentKind::kPlain: return FieldKind::kPlain;
    case ArgumentKind::kUser: return FieldKind::kUser;
    case ArgumentKind::kGroup: return FieldKind::kGroup;
    case ArgumentKind::kProject: return FieldKind::kProject;
    case ArgumentKind::kIssue: return FieldKind::kIssue;
  }
  return FieldKind::kUnknown;
}

/// "cf[10010]" in quotes is the same field to Jira as without.
std::optional<JqlField> quoted_custom_field(std::string_view name) {
  if (name.size() < 5 || ascii_lower(name.substr(0, 3)) != "cf[" || name.back() != ']') return std::nullopt;
  const std::string_view digits = name.substr(3, name.size() - 4);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  JqlField field;
  field.kind = JqlField::Kind::kCustom;
  field.name = digits;
  return field;
}

class Strict {
 public:
  explicit Strict(const BoundaryNames& names) : names_(names) {}

  Done check(JqlNode& node, bool negated);
  Done check(const JqlOrder& order) const;
  std::vector<NamedThing> take() { return std::move(named_); }

 private:
  /// A field as the rule sees it.
  struct Known {
    FieldKind kind = FieldKind::kUnknown;
    SystemField::Use use = SystemField::Use::kUsual;
  };
  /// What a value stands for.
  struct Place {
    FieldKind kind = FieldKind::kUnknown;
    bool negated = false;
  };

  QueryResult<Known> known(const JqlField& field) const;
  FieldKind custom(const JqlField& field) const;
  Done clause(JqlClause& clause, bool negated);
  Done predicate(JqlPredicate& predicate, FieldKind kind);
  Done value(JqlOperand& value, Place place);
  Done function(JqlOperand& call, FieldKind kind);
  Done project(JqlOperand& value) const;
  void name(NamedThing::Kind kind, const JqlOperand& value);

  const BoundaryNames& names_;
  std::vector<NamedThing> named_;
  std::unordered_set<std::string> seen_;
};

QueryError unknown_field(const JqlField& field) {
  return {field.at,
          "The strict rule doesn't know the field " + excerpt(field.name) + ", or it looks beyond the token's projects."};
}

FieldKind Strict::custom(const JqlField& field) const {
  JqlField bare = field;
  bare.properties.clear();
  if (field.kind == JqlField::Kind::kName) {
    if (const auto by_id = quoted_custom_field(field.name)) return names_.custom_field(*by_id);
  }
  const FieldKind kind = names_.custom_field(bare);
  // "Team[Dropdown]" is how Jira's editor writes a custom field with the type that tells it from another of its name.
  const std::size_t bracket = bare.name.rfind('[');
  if (kind != FieldKind::kUnknown || bare.kind != JqlField::Kind::kName || bracket == std::string::npos || bracket == 0 ||
      bare.name.back() != ']') {
    return kind;
  }
  bare.name.resize(bracket);
  return names_.custom_field(bare);
}

QueryResult<Strict::Known> Strict::known(const JqlField& field) const {
  if (field.kind == JqlField::Kind::kNumber) return unknown_field(field);
  if (field.kind == JqlField::Kind::kName) {
    if (const SystemField* system = find_system_field(ascii_lower(field.name))) {
      const bool wants_property = system->use == SystemField::Use::kWithProperty;
      if (wants_property == field.properties.empty()) return unknown_field(field);
      return Known{system->kind, system->use};
    }
  }
  // Of custom fields only the type in brackets: "Team"[Dropdown].
  if (field.properties.size() > 1 || (!field.properties.empty() && !field.properties.front().path.empty()))
    return unknown_field(field);
  const FieldKind kind = custom(field);
  if (kind == FieldKind::kUnknown) return unknown_field(field);
  return Known{kind, SystemField::Use::kUsual};
}

Done Strict::check(JqlNode& node, bool negated) {
  if (node.kind == JqlNode::Kind::kClause) return clause(node.clause, negated);
  for (JqlNode& child : node.children) {
    GH_TRYV(check(child, negated || node.kind == JqlNode::Kind::kNot));
  }
  return true;
}

Done Strict::check(const JqlOrder& order) const {
  GH_TRY(const Known field, known(order.field));
  if (field.kind == FieldKind::kIssueRelation) {
    return QueryError{order.field.at,
                      "The strict rule doesn't sort by " + excerpt(order.field.name) + ": the order would tell of other issues."};
  }
  return true;
}

Done Strict::clause(JqlClause& clause, bool negated) {
  GH_TRY(const Known field, known(clause.field));
  if (field.use == SystemField::Use::kOrderOnly) return unknown_field(clause.field);
  const std::uint32_t allowed = operators_of(field.kind) | (field.use == SystemField::Use::kWithHistory ? kHistory : 0);
  const bool negated_relation = field.kind == FieldKind::kIssueRelation && negated;
  if ((allowed & bit(clause.op)) == 0 || negated_relation) {
    const std::string_view why =
        field.kind == FieldKind::kIssueRelation
            ? " can be asked for with = and IN only, and not under NOT: what it is not tells of issues outside."
            : " doesn't take this operator under the strict rule.";
    return QueryError{clause.field.at, "The field " + excerpt(clause.field.name) + std::string(why)};
  }
  // A pattern names nothing: it is held against the names of what the issue itself has.
  const FieldKind kind = (bit(clause.op) & kMatching) != 0 ? FieldKind::kPlain : field.kind;
  GH_TRYV(value(clause.operand, {kind, negated || is_negative(clause.op)}));
  for (JqlPredicate& each : clause.predicates) {
    GH_TRYV(predicate(each, field.kind));
  }
  return true;
}

Done Strict::predicate(JqlPredicate& predicate, FieldKind kind) {
  switch (predicate.kind) {
    case JqlPredicate::Kind::kAfter:
    case JqlPredicate::Kind::kBefore:
    case JqlPredicate::Kind::kOn:
    case JqlPredicate::Kind::kDuring: return value(predicate.operand, {FieldKind::kPlain, false});
    case JqlPredicate::Kind::kBy: return value(predicate.operand, {FieldKind::kUser, false});
    case JqlPredicate::Kind::kFrom:
    case JqlPredicate::Kind::kTo: return value(predicate.operand, {kind, false});
  }
  return true;
}

Done Strict::value(JqlOperand& value, Place place) {
  switch (value.kind) {
    case JqlOperand::Kind::kNone: return true;
    case JqlOperand::Kind::kEmpty:
      if (place.kind != FieldKind::kIssueRelation) return true;
      return QueryError{value.at, "EMPTY behind a relation would tell of issues outside the token's projects."};
    case JqlOperand::Kind::kFunction: return function(value, place.kind);
    case JqlOperand::Kind::kList:
      for (JqlOperand& item : value.items) {
        GH_TRYV(this->value(item, place));
      }
      return true;
    case JqlOperand::Kind::kString:
    case JqlOperand::Kind::kNumber: break;
  }
  if (place.kind == FieldKind::kProject) return project(value);
  const auto kind = named_kind(place.kind);
  if (!kind) return true;
  if (place.kind == FieldKind::kSprint && place.negated) {
    return QueryError{value.at,
                      "A sprint can be named with = and IN only, and not under NOT: it may hold issues of other projects."};
  }
  name(*kind, value);
  return true;
}

Done Strict::function(JqlOperand& call, FieldKind kind) {
  const JqlFunction* known = find_jql_function(ascii_lower(call.text));
  if (known == nullptr || known->fits != kind) {
    return QueryError{call.at, "The strict rule doesn't know the function " + excerpt(call.text) +
                                   " behind this field, or it looks beyond the token's projects."};
  }
  if (call.items.size() < known->least || call.items.size() > known->most) {
    std::string counts = std::to_string(known->least);
    if (known->most > known->least) counts += " to " + std::to_string(known->most);
    return QueryError{call.at, "The function " + excerpt(call.text) + " takes " + counts + " argument(s)."};
  }
  for (std::size_t i = 0; i < call.items.size(); ++i) {
    GH_TRYV(value(call.items[i], {kind_of(known->arguments[i == 0 ? 0 : 1]), false}));
  }
  return true;
}

Done Strict::project(JqlOperand& value) const {
  const auto inside = names_.permitted_project(value.text, value.kind == JqlOperand::Kind::kNumber);
  // The same words whether it exists or not.
  if (!inside) return QueryError{value.at, excerpt(value.text) + " is none of the token's projects."};
  value.kind = inside->number ? JqlOperand::Kind::kNumber : JqlOperand::Kind::kString;
  value.text = inside->text;
  return true;
}

void Strict::name(NamedThing::Kind kind, const JqlOperand& value) {
  const bool number = value.kind == JqlOperand::Kind::kNumber;
  const std::string mark{static_cast<char>('a' + static_cast<int>(kind)), number ? '#' : '"'};
  if (seen_.insert(mark + value.text).second) named_.push_back({kind, value.text, number, value.at});
}

}  // namespace

QueryResult<std::vector<NamedThing>> apply_strict(JqlQuery& query, const BoundaryNames& names) {
  Strict strict(names);
  for (JqlNode& root : query.where) {
    GH_TRYV(strict.check(root, false));
  }
  for (const JqlOrder& order : query.order_by) {
    GH_TRYV(strict.check(order));
  }
  return strict.take();
}

}  // namespace gatehouse::query
