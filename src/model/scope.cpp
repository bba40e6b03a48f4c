#include "model/scope.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <shared_mutex>
#include <unordered_map>

namespace gatehouse {
namespace {

/// Names are only ever added: what lies below `count` is read without the lock.
struct Registry {
  mutable std::shared_mutex mutex;
  std::array<std::string, kMaxScopes> names;
  std::atomic<std::size_t> count{0};
  std::unordered_map<std::string, ScopeIndex> index;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

/// Levenshtein distance, for the hint in an error.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t change = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, change});
    }
  }
  return row.back();
}

std::string nearest(std::string_view name) {
  std::string best;
  std::size_t least = std::string::npos;
  for (std::size_t i = 0; i < scope_count(); ++i) {
    const std::string& known = registry().names[i];
    if (const std::size_t steps = distance(name, known); steps < least) {
      least = steps;
      best = known;
    }
  }
  return best;
}

}  // namespace

bool ScopeSet::empty() const noexcept {
  return std::all_of(bits_.begin(), bits_.end(), [](std::uint64_t word) { return word == 0; });
}

bool ScopeSet::includes(const ScopeSet& other) const noexcept {
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    if ((other.bits_[i] & ~bits_[i]) != 0) return false;
  }
  return true;
}

ScopeSet& ScopeSet::operator|=(const ScopeSet& other) noexcept {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] |= other.bits_[i];
  return *this;
}

ScopeSet& ScopeSet::operator&=(const ScopeSet& other) noexcept {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] &= other.bits_[i];
  return *this;
}

std::vector<ScopeIndex> ScopeSet::list() const {
  std::vector<ScopeIndex> scopes;
  for (std::size_t i = 0; i < kMaxScopes; ++i) {
    if (has(static_cast<ScopeIndex>(i))) scopes.push_back(static_cast<ScopeIndex>(i));
  }
  return scopes;
}

Result<ScopeIndex> register_scope(std::string_view name) {
  if (const auto known = find_scope(name)) return *known;
  Registry& all = registry();
  const std::unique_lock lock(all.mutex);
  if (const auto known = all.index.find(std::string(name)); known != all.index.end()) return known->second;
  const std::size_t count = all.count.load(std::memory_order_relaxed);
  if (count == kMaxScopes) {
    return fail(Errc::kLimitExceeded, "The catalogues name more scopes than this build can hold (" + std::to_string(kMaxScopes) +
                                          "); those of documents that were replaced count until a restart.");
  }
  all.names[count] = name;
  all.index.emplace(std::string(name), static_cast<ScopeIndex>(count));
  all.count.store(count + 1, std::memory_order_release);
  return static_cast<ScopeIndex>(count);
}

std::optional<ScopeIndex> find_scope(std::string_view name) {
  const Registry& all = registry();
  const std::shared_lock lock(all.mutex);
  const auto known = all.index.find(std::string(name));
  if (known == all.index.end()) return std::nullopt;
  return known->second;
}

std::string_view scope_name(ScopeIndex scope) {
  const Registry& all = registry();
  return scope < all.count.load(std::memory_order_acquire) ? std::string_view(all.names[scope]) : std::string_view();
}

std::size_t scope_count() { return registry().count.load(std::memory_order_acquire); }

Result<ScopeSet> parse_scopes(const std::vector<std::string>& names) {
  ScopeSet scopes;
  for (const std::string& name : names) {
    const auto scope = find_scope(name);
    if (!scope) {
      return fail(Errc::kInvalidArgument, "There is no scope \"" + name + "\". Did you mean " + nearest(name) + "?", {},
                  "scopes");
    }
    scopes.add(*scope);
  }
  return scopes;
}

std::vector<std::string> scope_names(const ScopeSet& scopes) {
  std::vector<std::string> names;
  for (const ScopeIndex scope : scopes.list()) names.emplace_back(scope_name(scope));
  return names;
}

}  // namespace gatehouse
