// The half of questions.cpp that is about Confluence: what a look-up asks for, and what its answer says. Used by it alone. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/questions.h"

namespace gatehouse::gateway {

constexpr bool asks_confluence(Ask ask) noexcept { return ask >= Ask::kContentType && ask < Ask::kObject; }

/// What can't be an identifier of that kind is not asked for.
bool plausible_in_wiki(Ask ask, std::string_view subject) noexcept;
/// Path and query of one look-up.
std::string wiki_target(const Fact& fact);
/// What one answer says. Leaves `fact` not found where it is not of what was asked for.
void read_wiki_fact(std::string_view body, Fact& fact);

/// Open facts that one look-up can answer together.
class WikiRound {
 public:
  struct Batch {
    Ask ask;
    std::string type;
    std::vector<std::size_t> facts;
  };
  /// False: it is asked by itself.
  bool take(const Fact& fact, std::size_t index);
  const std::vector<Batch>& batches() const noexcept { return batches_; }

 private:
  std::vector<Batch> batches_;
};

struct WikiListRequest {
  std::string target;
  std::string body;  ///< empty: GET
};
WikiListRequest wiki_list_request(Ask ask, std::string_view type, const std::vector<std::string_view>& ids);
std::vector<Fact> read_wiki_list(Ask ask, std::string_view body);
void take_wiki_item(const std::vector<Fact>& items, Fact& fact);

}  // namespace gatehouse::gateway
