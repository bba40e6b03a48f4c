// SiteBudget: how much is asked of one site in all, shared fairly among service accounts, and what the site itself has said of
// its limits.
//
// Atlassian's limits are a tenant's: one account that asks for everything would starve all others. Gateways ask take() once for
// each request and charge() for look-ups; all threads share the one object of a site, which outlives changes of the site's
// record. Atomics alone: no lock and no allocation in the way of a request. Counts are this node's own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "model/rate.h"

namespace gatehouse::upstream {

class SiteBudget {
 public:
  /// The object of this site: the same for all who ask, as long as somebody holds it. Takes a lock.
  static std::shared_ptr<SiteBudget> of(std::string_view site_id);

  SiteBudget() = default;
  SiteBudget(const SiteBudget&) = delete;
  SiteBudget& operator=(const SiteBudget&) = delete;

  struct Answer {
    bool permitted = true;
    std::uint32_t limit = 0;  ///< requests of a window
    Instant reset{};          ///< when the next window begins
  };
  /// One request of this account. Refused where the window's budget is used up, or where this account has had its share and the
  /// rest is kept for the others that asked in this window or the one before. `rate` without requests permits.
  Answer take(const Rate& rate, std::string_view account, Instant now) noexcept;
  /// `count` look-ups that the account's request needs: counted, and never refused, since a request in the middle is not broken
  /// off.
  void charge(const Rate& rate, std::string_view account, std::uint32_t count, Instant now) noexcept;

  /// The site answered 429 to this credential (UpstreamRoute::pool_key): nothing is asked with it before then. At most
  /// kLongestPause.
  void pause(std::string_view credential, Instant now, Duration span) noexcept;
  /// Until when nothing is asked with this credential; the epoch where it is not paused.
  Instant paused_until(std::string_view credential, Instant now) const noexcept;
  static constexpr Duration kLongestPause = std::chrono::hours(1);

 private:
  /// Window and count in one word, so that a new window needs no reset.
  class Tally {
   public:
    std::uint32_t in(std::uint32_t window) const noexcept {
      const std::uint64_t word = word_.load(std::memory_order_relaxed);
      return static_cast<std::uint32_t>(word >> 32) == window ? static_cast<std::uint32_t>(word) : 0;
    }
    std::uint32_t window() const noexcept { return static_cast<std::uint32_t>(word_.load(std::memory_order_relaxed) >> 32); }
    void add(std::uint32_t window, std::uint32_t count) noexcept;

   private:
    std::atomic<std::uint64_t> word_{0};
  };
  struct Account {
    std::atomic<std::uint64_t> key{0};
    Tally tally;
  };
  struct Paused {
    std::atomic<std::uint64_t> key{0};
    std::atomic<std::int64_t> until{0};
  };
  static constexpr std::size_t kAccounts = 256;
  static constexpr std::size_t kCredentials = 32;

  Account& slot(std::string_view account) noexcept;

  std::array<Account, kAccounts> accounts_;  ///< by hash; what finds no room shares the last slot
  Tally total_;
  std::array<Paused, kCredentials> paused_;
  std::atomic<std::int64_t> any_pause_until_{0};
};

}  // namespace gatehouse::upstream
