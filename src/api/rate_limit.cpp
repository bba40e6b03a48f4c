#include "api/rate_limit.h"

#include <algorithm>

namespace gatehouse::api {
namespace {

constexpr Duration kWindow = std::chrono::minutes(1);
/// Whoever comes from more addresses than that has them all forgotten, and begins anew: memory stays bounded.
constexpr std::size_t kMostWindows = 100'000;

}  // namespace

RateLimit::Standing RateLimit::count(const std::string& who, std::int64_t limit, Instant now) {
  const std::lock_guard lock(mutex_);
  if (windows_.size() >= kMostWindows) {
    std::erase_if(windows_, [now](const auto& one) { return one.second.ends_at <= now; });
    if (windows_.size() >= kMostWindows) windows_.clear();
  }
  Window& window = windows_[who];
  if (window.ends_at <= now) window = {now + kWindow, 0};
  ++window.used;
  const std::int64_t left = std::chrono::ceil<std::chrono::seconds>(window.ends_at - now).count();
  return {limit, limit - window.used, std::max<std::int64_t>(1, left)};
}

void add_rate_fields(Response& response, const RateLimit::Standing& standing) {
  if (standing.limit == 0) return;
  response.fields.emplace_back("RateLimit-Limit", std::to_string(standing.limit));
  response.fields.emplace_back("RateLimit-Remaining", std::to_string(std::max<std::int64_t>(0, standing.remaining)));
  response.fields.emplace_back("RateLimit-Reset", std::to_string(standing.reset));
  if (standing.exceeded()) response.fields.emplace_back("Retry-After", std::to_string(standing.reset));
}

}  // namespace gatehouse::api
