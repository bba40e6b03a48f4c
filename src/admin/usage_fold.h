// Keeps usage small whatever clients send: beyond some dozens of places, and some hundred sorts of request, of one token in one
// hour, they are counted together as "others". Used by the recorder alone; one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>

#include "base/clock.h"
#include "token/live_index.h"

namespace gatehouse::admin {

class UsageFold {
 public:
  static constexpr int kMostPlaces = 50;  ///< pairs of address and user agent
  static constexpr int kMostSorts = 400;
  /// Of all tokens together; some twenty MiB.
  static constexpr std::size_t kMostInAll = 1'000'000;

  /// Forgets everything where another hour has begun.
  void enter(Instant hour);
  /// Whether a place, by its hash, may be told apart from the others of this token.
  bool tells_place(const token::Key& credential, std::uint64_t place) { return tells(credential, place, kMostPlaces, places_); }
  /// The same of a tick as a whole.
  bool tells_sort(const token::Key& credential, std::uint64_t sort) { return tells(credential, sort, kMostSorts, sorts_); }

 private:
  struct KeyHash {
    std::size_t operator()(const token::Key& key) const noexcept;
  };
  struct Known {
    boost::unordered_flat_set<std::uint64_t> hashes;
    boost::unordered_flat_map<token::Key, std::uint16_t, KeyHash> counts;
  };
  static bool tells(const token::Key& credential, std::uint64_t hash, int most, Known& known);

  Instant hour_{};
  Known places_;
  Known sorts_;
};

}  // namespace gatehouse::admin
