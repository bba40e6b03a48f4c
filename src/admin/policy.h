// The organization's policy: a few named settings with defaults. `gatehouse policy show|set`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/common.h"
#include "admin/notify_policy.h"
#include "store/rollups.h"

namespace gatehouse::admin {

/// Nothing rotates by itself from `from` until `until`, and nothing counts as overdue.
struct FreezeWindow {
  Instant from{};
  Instant until{};
  bool operator==(const FreezeWindow&) const = default;
};

struct Policy {
  /// How many service accounts may be live or paused; nothing: unlimited.
  std::optional<std::int64_t> service_accounts = 5;
  /// The longest lifetime of a temporary token; nothing: any.
  std::optional<Duration> longest_lifetime;
  bool permanent_tokens = true;  ///< tokens without an end may be made
  Duration default_overlap = std::chrono::hours(24 * 7);
  bool pause_on_reuse = false;  ///< use of a retired secret pauses the token
  /// The longest time that a token may go on without rotation; nothing: any. Held against what is said from now on.
  std::optional<Duration> longest_rotation;
  /// The longest that an old secret may live on beside its successor; nothing: any.
  std::optional<Duration> longest_overlap;
  bool self_rotation = true;                 ///< tokens may be given the right to rotate themselves
  std::vector<FreezeWindow> freeze_windows;  ///< sorted by their beginning
  NotifyPolicy notify;
  store::Retention retention;  ///< of usage and of lines of writes
};

/// When the freeze that holds at `at` is over; nothing where none does. Windows that touch are one.
std::optional<Instant> frozen_until(const std::vector<FreezeWindow>& windows, Instant at);

/// Defaults where nothing was set.
Result<Policy> read_policy(const store::Repositories& at);
Result<Document> show_policy(Services& services);
/// Names as `show` prints them; an unknown name or value is kInvalidArgument and nothing is changed.
Result<Document> set_policy(Services& services, const Caller& caller,
                            const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace gatehouse::admin
