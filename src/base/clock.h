// Time is injected: nothing in the project reads a clock but through Clock, so that tests hold it in their hand.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace gatehouse {

/// An exact instant in UTC, to the millisecond. The store keeps it as int64 milliseconds since the epoch.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const noexcept = 0;
};

/// The machine's clock. Thread-safe.
class SystemClock final : public Clock {
 public:
  Instant now() const noexcept override;
};

/// A clock that stands until it is moved. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start) : now_(start.time_since_epoch().count()) {}
  Instant now() const noexcept override { return Instant(Duration(now_.load())); }
  void advance(Duration by) noexcept { now_ += by.count(); }
  void set(Instant to) noexcept { now_ = to.time_since_epoch().count(); }

 private:
  std::atomic<Duration::rep> now_;
};

/// "2026-11-24T02:30:00Z", with milliseconds only where they are not zero.
std::string format_instant(Instant at);
/// RFC 3339 with a zone (`Z` or an offset); a date or time without a zone is refused, since its end would be a guess.
Result<Instant> parse_instant(std::string_view text);
/// `30s`, `15m`, `24h`, `7d`, `2w`: one positive whole number and one unit.
Result<Duration> parse_duration(std::string_view text);
/// The shortest exact form that parse_duration reads back.
std::string format_duration(Duration span);

}  // namespace gatehouse
