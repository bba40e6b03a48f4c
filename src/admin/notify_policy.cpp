#include "admin/notify_policy.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace gatehouse::admin {
namespace {

constexpr std::size_t kMostSteps = 20;

Result<std::vector<Duration>> parse_ladder(std::string_view text) {
  std::vector<Duration> steps;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    GH_TRY(const Duration step, parse_duration(text.substr(0, comma)));
    steps.push_back(step);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (steps.empty() || steps.size() > kMostSteps) {
    return fail(Errc::kInvalidArgument, "Write 1 to 20 durations with commas between, such as 60d,30d,14d,7d,3d,1d,1h.", {},
                "notify-ladder");
  }
  std::sort(steps.begin(), steps.end(), std::greater<>());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return steps;
}

std::string format_ladder(const std::vector<Duration>& steps) {
  std::string out;
  for (const Duration step : steps) out += (out.empty() ? "" : ",") + format_duration(step);
  return out;
}

Result<std::int64_t> parse_errors(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem == std::errc() && end == text.data() + text.size() && count >= 1 && count <= 1'000'000) return count;
  return fail(Errc::kInvalidArgument, "Write a number from 1 to 1000000.", {}, "notify-errors");
}

template <class T>
Result<void> take(T& place, Result<T> value) {
  GH_TRYV(value);
  place = std::move(value.value());
  return success();
}

}  // namespace

std::string_view to_string(Digest digest) noexcept {
  switch (digest) {
    case Digest::kNone: return "none";
    case Digest::kHourly: return "hourly";
    case Digest::kDaily: return "daily";
  }
  return "none";
}

Result<Digest> parse_digest(std::string_view text) {
  for (const Digest digest : {Digest::kNone, Digest::kHourly, Digest::kDaily}) {
    if (to_string(digest) == text) return digest;
  }
  return fail(Errc::kInvalidArgument, "Write none, hourly or daily.", {}, "digest");
}

std::optional<Result<void>> apply_notify(NotifyPolicy& policy, std::string_view name, std::string_view value) {
  if (name == "notify-ladder") return take(policy.ladder, parse_ladder(value));
  if (name == "notify-escalate-after") return take(policy.escalate_after, parse_duration(value));
  if (name == "notify-errors") return take(policy.errors, parse_errors(value));
  if (name == "notify-digest") return take(policy.digest, parse_digest(value));
  return std::nullopt;
}

void describe_notify(const NotifyPolicy& policy, boost::json::object& document) {
  document["notify-ladder"] = format_ladder(policy.ladder);
  document["notify-escalate-after"] = format_duration(policy.escalate_after);
  document["notify-errors"] = std::to_string(policy.errors);
  document["notify-digest"] = to_string(policy.digest);
}

}  // namespace gatehouse::admin
