// How often one caller may ask the REST API: a person, or an address that is not signed in. Told in every answer.
//
// A window of a minute for each, counted in this process alone. It is there for loops that have gone wrong and for guessing; what
// protects the store is its one writer.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "api/message.h"
#include "base/clock.h"

namespace gatehouse::api {

/// Thread-safe.
class RateLimit {
 public:
  static constexpr std::int64_t kSignedIn = 12'000;  ///< a minute
  static constexpr std::int64_t kStrangers = 600;    ///< a minute and address

  struct Standing {
    std::int64_t limit = 0;
    std::int64_t remaining = 0;  ///< negative: too many
    std::int64_t reset = 0;      ///< seconds until the window is over, at least 1
    bool exceeded() const noexcept { return remaining < 0; }
  };
  Standing count(const std::string& who, std::int64_t limit, Instant now);

 private:
  struct Window {
    Instant ends_at{};
    std::int64_t used = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Window> windows_;
};

/// RateLimit-Limit, -Remaining and -Reset, as GitLab names them; with Retry-After where it was too many.
void add_rate_fields(Response& response, const RateLimit::Standing& standing);

}  // namespace gatehouse::api
