// Strongly typed ids, so that an account's can't be passed where a credential's is meant.
#pragma once

#include <compare>
#include <functional>
#include <string>

namespace gatehouse {

template <class Tag>
struct Id {
  std::string value;
  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}
  bool empty() const noexcept { return value.empty(); }
  auto operator<=>(const Id&) const = default;
};

}  // namespace gatehouse

template <class Tag>
struct std::hash<gatehouse::Id<Tag>> {
  std::size_t operator()(const gatehouse::Id<Tag>& id) const noexcept { return std::hash<std::string>()(id.value); }
};
