// The part of the organization's policy that says when people are told: `gatehouse policy set notify-…`. admin/policy.h holds it.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::admin {

/// When what does not hurry is sent by e-mail: at once, gathered at the next full hour, or at the next 08:00 UTC.
enum class Digest { kNone, kHourly, kDaily };
std::string_view to_string(Digest digest) noexcept;
Result<Digest> parse_digest(std::string_view text);

struct NotifyPolicy {
  /// `notify-ladder`: how long before an end people are told, longest first.
  std::vector<Duration> ladder{std::chrono::hours(24 * 60), std::chrono::hours(24 * 30), std::chrono::hours(24 * 14),
                               std::chrono::hours(24 * 7),  std::chrono::hours(24 * 3),  std::chrono::hours(24),
                               std::chrono::hours(1)};
  /// `notify-escalate-after`: how long a rung has to acknowledge before the next one is told.
  Duration escalate_after = std::chrono::hours(24);
  /// `notify-errors`: so many failed requests in a row, without one that succeeded, are an outage.
  std::int64_t errors = 5;
  /// `notify-digest`: for people who did not choose themselves.
  Digest digest = Digest::kHourly;
};

/// Nothing where `name` is none of these.
std::optional<Result<void>> apply_notify(NotifyPolicy& policy, std::string_view name, std::string_view value);
void describe_notify(const NotifyPolicy& policy, boost::json::object& document);

}  // namespace gatehouse::admin
