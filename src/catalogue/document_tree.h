// JSON and YAML as one tree that remembers lines: OpenAPI documents, and the files of the register (inventory/).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gatehouse::catalogue {

struct Member;

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  int line = 0;
  std::string text;         ///< of a scalar, as it was written; true, false and numbers too
  std::vector<Node> items;  ///< of a list
  std::vector<Member> members;

  bool is_map() const noexcept { return kind == Kind::kMap; }
  bool is_list() const noexcept { return kind == Kind::kList; }
  bool is_scalar() const noexcept { return kind == Kind::kScalar; }
  /// Of a map: the member of that name; nullptr: none.
  const Node* find(std::string_view name) const noexcept;
};
struct Member {
  std::string name;
  Node value;
};

/// Both refuse a member that is given twice and nesting deeper than `depth`; kInvalidArgument names the line.
Result<Node> read_json(std::string_view text, std::size_t depth = 12);
/// One document without anchors, aliases and tags: nothing in it can stand for more than is written.
Result<Node> read_yaml(std::string_view text, std::size_t depth = 12);

}  // namespace gatehouse::catalogue
