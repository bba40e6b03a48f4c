#include "gateway/budget.h"

#include <algorithm>

#include "base/text.h"

namespace gatehouse::gateway {
namespace {

constexpr Duration kUntold = std::chrono::seconds(1);

Refusal limited(Instant until, Instant now, std::uint32_t limit, std::string_view reason, std::string detail) {
  Refusal refusal = refuse_because(Reason::kRateLimited, {}, std::move(detail));
  const auto left = std::chrono::ceil<std::chrono::seconds>(until - now).count();
  refusal.retry_after = static_cast<std::uint32_t>(std::max<std::int64_t>(1, left));
  refusal.rate_limit = limit;
  refusal.rate_reset = until;
  refusal.rate_reason = reason;
  return refusal;
}

/// Atlassian also limits the writes to a single issue: that is nobody else's limit.
bool of_one_issue(const http::ResponseHead& head) noexcept {
  const auto& fields = head.fields.all();
  return std::any_of(fields.begin(), fields.end(), [](const http::Field& one) {
    return same_without_case(one.name, "RateLimit-Reason") && one.value.find("per-issue") != std::string_view::npos;
  });
}

}  // namespace

std::optional<Refusal> over_budget(const token::LiveCredential& credential, const upstream::SiteEntry& site,
                                   const http::UpstreamRoute& route, Instant now) {
  if (!site.budget) return std::nullopt;
  const Instant paused = site.budget->paused_until(route.pool_key, now);
  if (paused > now) {
    return limited(paused, now, 0, {},
                   "The site itself limits requests now, so it is not asked until then. Nothing is wrong with this token.");
  }
  const auto answer = site.budget->take(site.site.budget, credential.account->account.id.value, now);
  if (answer.permitted) return std::nullopt;
  return limited(answer.reset, now, answer.limit, "gatehouse-site-budget",
                 "The budget of this site is used up for now, or this account has had its share of it.");
}

void charge_lookups(const token::LiveCredential& credential, const upstream::SiteEntry& site, std::size_t count, Instant now) {
  if (!site.budget) return;
  site.budget->charge(site.site.budget, credential.account->account.id.value, static_cast<std::uint32_t>(count), now);
}

void learn_limit(const upstream::SiteEntry& site, const http::UpstreamRoute& route, const http::ResponseHead& head, Instant now) {
  if (!site.budget || of_one_issue(head)) return;
  const std::uint32_t seconds = retry_after(head);
  site.budget->pause(route.pool_key, now, seconds == 0 ? kUntold : Duration(std::chrono::seconds(seconds)));
}

void learn_limits(const upstream::SiteEntry& site, const std::vector<http::UpstreamRequest>& lookups,
                  const std::vector<http::LookupAnswer>& answers, Instant now) {
  if (!site.budget || lookups.size() != answers.size()) return;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].failed && answers[i].status == 429 && lookups[i].route)
      site.budget->pause(lookups[i].route->pool_key, now, kUntold);
  }
}

std::uint32_t retry_after(const http::ResponseHead& head) noexcept {
  std::uint32_t seconds = 0;
  const std::string_view text = head.fields.value(http::Known::kRetryAfter);
  if (text.empty() || text.size() > 6) return 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    seconds = seconds * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return seconds;
}

}  // namespace gatehouse::gateway
