// How often somebody may fail, and ask, at the authorization server: counts by address and by client, in memory, bounded.
//
// Failures count for the address and for the pair of address and client, never for a client alone: nobody can lock a client out
// by failing in its name from elsewhere. What succeeds counts for the client, once it is proven. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/address.h"
#include "base/clock.h"

namespace gatehouse::oauth {

class Throttle {
 public:
  static constexpr std::int64_t kFailuresOfPair = 20;        ///< a minute
  static constexpr std::int64_t kFailuresOfAddress = 300;    ///< a minute; IPv6: of its /64
  static constexpr std::int64_t kRequestsOfClient = 30'000;  ///< a minute
  static constexpr std::size_t kMostKept = 50'000;

  /// Seconds until it may try again; 0: now.
  std::uint32_t wait_of(const IpAddress& address, std::string_view client, Instant now);
  void failed(const IpAddress& address, std::string_view client, Instant now);
  /// Counts one request of a proven client.
  std::uint32_t take(std::string_view client, Instant now);

 private:
  struct Window {
    Instant began{};
    std::int64_t count = 0;
  };
  Window& window(const std::string& name, Instant now);
  std::mutex mutex_;
  std::unordered_map<std::string, Window> windows_;
};

}  // namespace gatehouse::oauth
