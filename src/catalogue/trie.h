// Path templates as a tree of segments in a few flat arrays: how Catalogue::match finds an operation without an allocation.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/catalogue.h"
#include "catalogue/operation.h"
#include "catalogue/table_lines.h"

namespace gatehouse::catalogue {

class Trie {
 public:
  /// `operations` must outlive the tree and stay where they are. Fails if two of them answer to one method and path; `places`
  /// says where each begins, by Operation::index.
  static Result<Trie> build(const std::vector<Operation>& operations, const std::vector<Place>& places);

  Match match(std::string_view method, std::string_view path) const noexcept;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  struct Edge {
    std::string_view literal;
    std::uint32_t node = kNone;
  };
  struct End {
    const Operation* operation = nullptr;
    std::uint16_t version_segment = 0;  ///< place of the first `{a|b}`, counted from 1; 0: there is none
  };
  struct Node {
    std::uint32_t first_edge = 0;
    std::uint32_t edges = 0;  ///< sorted by literal
    std::uint32_t parameter = kNone;
    std::uint32_t first_end = 0;
    std::uint32_t ends = 0;  ///< one a method
  };
  struct Draft;

  std::uint32_t add(const Draft& draft);
  std::uint32_t step(const Node& node, std::string_view segment) const noexcept;

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<End> ends_;
  std::uint32_t root_ = kNone;
};

}  // namespace gatehouse::catalogue
