// What a CQL query (Confluence) says, as plain data. Written by cql_parser, read by cql_print, cql_confine and cql_strict.
//
// Every text in it is decoded and valid UTF-8 without control characters. Confluence evaluates AND and OR from left to right
// without precedence, so `a OR b AND c` is kAnd[kOr[a, b], c]. A nested kAnd directly inside a kAnd was in parentheses. The tree
// owns its texts. Equality ignores positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::query {

enum class CqlOperator : std::uint8_t {
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
};

struct CqlOperand {
  enum class Kind : std::uint8_t {
    kString,    ///< `text`
    kNumber,    ///< `text` as written: an optional minus and digits, unquoted
    kFunction,  ///< `text` is its name, `items` are its arguments: each kString or kNumber
    kList,      ///< `items`: one or more, none of them a list
  };
  Kind kind = Kind::kString;
  std::string text;
  std::vector<CqlOperand> items;
  std::size_t at = 0;  ///< byte offset in the query

  bool operator==(const CqlOperand& other) const { return kind == other.kind && text == other.text && items == other.items; }
};

struct CqlField {
  std::string name;          ///< as written, such as space.key; CQL compares it case-insensitively
  std::string property_key;  ///< of content.property[key].path, else empty
  std::string path;          ///< what follows the bracket, such as ".a.b", or empty
  std::size_t at = 0;

  bool operator==(const CqlField& other) const {
    return name == other.name && property_key == other.property_key && path == other.path;
  }
};

struct CqlClause {
  CqlField field;
  CqlOperator op = CqlOperator::kEquals;
  CqlOperand operand;
  bool operator==(const CqlClause&) const = default;
};

struct CqlNode {
  enum class Kind : std::uint8_t {
    kAnd,     ///< two or more children
    kOr,      ///< two or more children
    kNot,     ///< one child
    kClause,  ///< `clause`
  };
  Kind kind = Kind::kClause;
  std::vector<CqlNode> children;
  CqlClause clause;
  bool operator==(const CqlNode&) const = default;
};

struct CqlOrder {
  enum class Direction : std::uint8_t { kUnstated, kAscending, kDescending };
  CqlField field;
  Direction direction = Direction::kUnstated;
  bool operator==(const CqlOrder&) const = default;
};

struct CqlQuery {
  std::vector<CqlNode> where;      ///< the one root node, or none: then the query means everything
  std::vector<CqlOrder> order_by;  ///< in order of weight
  bool operator==(const CqlQuery&) const = default;
};

}  // namespace gatehouse::query
