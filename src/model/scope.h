// Scopes by Atlassian's own names (of other APIs by their documents'), as small numbers and sets of bits, so that a decision
// takes no string comparison.
//
// The registry is filled while catalogues are loaded: Atlassian's before any thread starts, those of OpenAPI sites whenever one
// is added. Names are never taken away, so that a set means the same as long as the process lives. Any thread may call.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gatehouse {

using ScopeIndex = std::uint16_t;
inline constexpr std::size_t kMaxScopes = 768;

class ScopeSet {
 public:
  void add(ScopeIndex scope) noexcept { bits_[scope / 64] |= std::uint64_t{1} << (scope % 64); }
  void remove(ScopeIndex scope) noexcept { bits_[scope / 64] &= ~(std::uint64_t{1} << (scope % 64)); }
  bool has(ScopeIndex scope) const noexcept { return (bits_[scope / 64] >> (scope % 64)) & 1; }
  bool empty() const noexcept;
  bool includes(const ScopeSet& other) const noexcept;
  ScopeSet& operator|=(const ScopeSet& other) noexcept;
  ScopeSet& operator&=(const ScopeSet& other) noexcept;
  bool operator==(const ScopeSet&) const = default;
  /// In the order of registration.
  std::vector<ScopeIndex> list() const;

 private:
  std::array<std::uint64_t, kMaxScopes / 64> bits_{};
};

/// Adds `name` if it is new. Takes a lock; not for the way of a request. kLimitExceeded when kMaxScopes are in use.
Result<ScopeIndex> register_scope(std::string_view name);
std::optional<ScopeIndex> find_scope(std::string_view name);
std::string_view scope_name(ScopeIndex scope);
std::size_t scope_count();

/// An unknown name is kInvalidArgument and names the nearest known one. Empty parts are refused.
Result<ScopeSet> parse_scopes(const std::vector<std::string>& names);
std::vector<std::string> scope_names(const ScopeSet& scopes);

}  // namespace gatehouse
