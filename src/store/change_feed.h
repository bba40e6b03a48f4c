// Waits for changes: a condition in this process, and with PostgreSQL its LISTEN on a connection of its own. Used inside store/
// only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/result.h"
#include "store/session.h"

namespace gatehouse::store {

/// announce() and stop() from any thread, wait() from one.
class ChangeFeed {
 public:
  virtual ~ChangeFeed() = default;
  /// This process committed change `number`.
  virtual void announce(std::int64_t number) noexcept = 0;
  /// The latest number, once it is above `after`, or when `timeout` has passed, or after stop().
  virtual Result<std::int64_t> wait(std::int64_t after, Duration timeout) = 0;
  virtual void stop() noexcept = 0;
};

/// `latest`: the number in the database at the start. One process has a SQLite database, so that every change is announced.
std::unique_ptr<ChangeFeed> make_local_feed(std::int64_t latest);
/// Connects when it is first waited for, and again after the connection broke.
std::unique_ptr<ChangeFeed> make_postgres_feed(const Target& target);

}  // namespace gatehouse::store
