// JSON and YAML as one tree that remembers lines. Used by register_file.cpp only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gatehouse::inventory {

struct Member;

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  int line = 0;
  std::string text;         ///< of a scalar, as it was written; true, false and numbers too
  std::vector<Node> items;  ///< of a list
  std::vector<Member> members;
};
struct Member {
  std::string name;
  Node value;
};

/// Both refuse a member that is given twice and nesting deeper than 12; kInvalidArgument names the line.
Result<Node> read_json(std::string_view text);
/// One document without anchors, aliases and tags: nothing in it can stand for more than is written.
Result<Node> read_yaml(std::string_view text);

}  // namespace gatehouse::inventory
