// Rounds: many generated requests by several clients at once, each round from the seed again; after each the state is compared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "test/escape/house.h"
#include "test/escape/pools.h"
#include "test/escape/watch.h"

namespace gatehouse::escape {

struct Escape {
  std::string what;
  std::string request;
  std::string answer;  ///< its beginning
};

/// How useful the gateway was, for the floor under "everything refused".
struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t answered = 0;                     ///< 2xx
  std::map<std::string, std::uint64_t> with_own;  ///< by operation: 2xx with A's canary
  std::map<int, std::uint64_t> by_status;
};

class Rounds {
 public:
  Rounds(House& house, Watch& watch, const Pools& pools, std::uint64_t seed)
      : house_(house), watch_(watch), pools_(pools), seed_(seed) {}

  /// Sends `total` requests, or fewer where `most` rounds found something.
  std::vector<Escape> run(std::uint64_t total, std::size_t most);
  const Tally& tally() const { return tally_; }

  /// One request on a fresh seed, everything looked at after it.
  std::optional<Escape> one(const Question& question, unsigned variant);

 private:
  std::optional<Escape> round(std::uint64_t number, std::uint64_t count);
  std::optional<Escape> replay(std::uint64_t number, std::uint64_t count, const std::string& what);
  std::optional<Escape> look_around();

  House& house_;
  Watch& watch_;
  const Pools& pools_;
  std::uint64_t seed_;
  Tally tally_;
};

}  // namespace gatehouse::escape
