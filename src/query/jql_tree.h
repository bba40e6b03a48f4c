// What a JQL query says, as plain data. Written by jql_parser, read by jql_print, jql_confine, jql_strict and the sandbox.
//
// Every text in it is decoded: quotes and escapes are gone, UTF-8 is valid, and no text holds NUL. Parentheses are not kept
// as such: a nested kAnd inside a kAnd was in parentheses. The tree owns its texts. Equality ignores positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::query {

enum class JqlOperator : std::uint8_t {
  kEquals,
  kNotEquals,
  kLike,     ///< ~
  kNotLike,  ///< !~
  kLess,
  kLessEquals,
  kGreater,
  kGreaterEquals,
  kIn,
  kNotIn,
  kIs,     ///< operand is kEmpty
  kIsNot,  ///< operand is kEmpty
  kWas,
  kWasNot,
  kWasIn,
  kWasNotIn,
  kChanged,  ///< has no operand
};

struct JqlOperand {
  enum class Kind : std::uint8_t {
    kNone,      ///< only of CHANGED
    kEmpty,     ///< EMPTY or NULL, unquoted
    kString,    ///< `text`
    kNumber,    ///< `text` as written: an optional minus and digits, unquoted. Jira tries it as an id before anything else
    kFunction,  ///< `text` is its name, `items` are its arguments: each kString or kNumber
    kList,      ///< `items`; lists may hold lists
  };
  Kind kind = Kind::kNone;
  std::string text;
  std::vector<JqlOperand> items;
  std::size_t at = 0;  ///< byte offset in the query

  bool operator==(const JqlOperand& other) const { return kind == other.kind && text == other.text && items == other.items; }
};

/// `[key] .a.b` behind a field name: issue.property[key].a.b, "Team"[Dropdown], workItemLink["blocks"].
struct JqlFieldProperty {
  JqlOperand key;                ///< kString or kNumber
  std::vector<JqlOperand> path;  ///< what follows the bracket, mostly one kString such as ".a.b"
  bool operator==(const JqlFieldProperty&) const = default;
};

struct JqlField {
  enum class Kind : std::uint8_t {
    kName,    ///< `name` decoded, in the case it was written in; JQL compares it case-insensitively
    kNumber,  ///< a bare number, `name` as written
    kCustom,  ///< cf[10010]: `name` is the digits
  };
  Kind kind = Kind::kName;
  std::string name;
  std::vector<JqlFieldProperty> properties;
  std::size_t at = 0;

  bool operator==(const JqlField& other) const {
    return kind == other.kind && name == other.name && properties == other.properties;
  }
};

/// AFTER "2024-01-01", BY currentUser(), FROM x … behind WAS and CHANGED.
struct JqlPredicate {
  enum class Kind : std::uint8_t { kAfter, kBefore, kOn, kDuring, kBy, kFrom, kTo };
  Kind kind = Kind::kAfter;
  JqlOperand operand;
  bool operator==(const JqlPredicate&) const = default;
};

struct JqlClause {
  JqlField field;
  JqlOperator op = JqlOperator::kEquals;
  JqlOperand operand;
  std::vector<JqlPredicate> predicates;
  bool operator==(const JqlClause&) const = default;
};

struct JqlNode {
  enum class Kind : std::uint8_t {
    kAnd,     ///< two or more children
    kOr,      ///< two or more children
    kNot,     ///< one child
    kClause,  ///< `clause`
  };
  Kind kind = Kind::kClause;
  std::vector<JqlNode> children;
  JqlClause clause;
  bool operator==(const JqlNode&) const = default;
};

struct JqlOrder {
  enum class Direction : std::uint8_t { kUnstated, kAscending, kDescending };
  JqlField field;
  Direction direction = Direction::kUnstated;
  bool operator==(const JqlOrder&) const = default;
};

struct JqlQuery {
  std::vector<JqlNode> where;      ///< the one root node, or none: then the query means every issue
  std::vector<JqlOrder> order_by;  ///< in order of weight
  bool operator==(const JqlQuery&) const = default;
};

}  // namespace gatehouse::query
