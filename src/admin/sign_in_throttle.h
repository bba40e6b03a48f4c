// How often somebody may be wrong at the door. In memory, for one node: who guesses waits, and nobody can lock somebody else out.
//
// Three counts, each of which drains with time: of an address, whoever it tries to be; of a person from one address; and of a
// person from browsers in which this person never signed in. The last can be filled by anybody, so browsers that the person used
// before (a signed cookie), passkeys and the company's provider do not meet it.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace gatehouse::admin {

struct Attempt {
  std::string person;   ///< what they say they are, in lower case; empty: not said (passkeys, links)
  std::string address;  ///< the client's
  std::string browser;  ///< nonce of the known browser; empty: unknown
};

/// Thread-safe.
class SignInThrottle {
 public:
  /// How long this one has to wait before it may try; nothing: not at all.
  std::optional<Duration> wait(const Attempt& attempt, Instant now) const;
  void failed(const Attempt& attempt, Instant now);
  /// Forgets what the person got wrong from here.
  void succeeded(const Attempt& attempt);

  static constexpr int kPerAddress = 30;        ///< then one every 20 seconds
  static constexpr int kPerPersonThere = 5;     ///< then a wait that doubles, up to 15 minutes
  static constexpr int kPerStrangePlaces = 50;  ///< then one every 5 minutes

 private:
  struct Count {
    double wrong = 0;  ///< as of `last`
    Instant last{};
  };
  double wrong(const std::string& key, Duration drains_in, Instant now) const;
  void add(const std::string& key, Duration drains_in, Instant now);
  void make_room(Instant now);

  mutable std::mutex mutex_;
  std::map<std::string, Count> counts_;
};

/// What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 one.
std::string network_of(std::string_view address);

}  // namespace gatehouse::admin
