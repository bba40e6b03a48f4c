#include "upstream/site_budget.h"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace gatehouse::upstream {
namespace {

/// A budget of a minute or less is counted in windows of at most so long, so that who is refused does not wait for long …
constexpr Duration kShortWindow = std::chrono::seconds(10);
/// … and one of an hour or a day in these.
constexpr Duration kLongWindow = std::chrono::minutes(1);

struct Window {
  std::uint32_t number = 0;
  std::uint32_t limit = 0;
  Instant end{};
};

Window window_at(const Rate& rate, Instant now) noexcept {
  Duration length = std::min(rate.per, rate.per <= kLongWindow ? kShortWindow : kLongWindow);
  auto limit = static_cast<std::int64_t>(rate.requests) * length.count() / std::max<std::int64_t>(1, rate.per.count());
  if (limit < 1) {
    // Less than one in a window: the whole span is one.
    length = rate.per;
    limit = rate.requests;
  }
  const std::int64_t number = now.time_since_epoch().count() / std::max<std::int64_t>(1, length.count());
  // Zero is "never": an odd multiple keeps neighbours neighbours.
  return {static_cast<std::uint32_t>(number) | 0x80000000U, static_cast<std::uint32_t>(limit), Instant((number + 1) * length)};
}

std::uint64_t key_of(std::string_view text) noexcept {
  const std::uint64_t hash = std::hash<std::string_view>()(text);
  return hash == 0 ? 1 : hash;
}

}  // namespace

std::shared_ptr<SiteBudget> SiteBudget::of(std::string_view site_id) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<SiteBudget>, std::less<>> known;
  const std::lock_guard lock(mutex);
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<SiteBudget>& place = known[std::string(site_id)];
  std::shared_ptr<SiteBudget> budget = place.lock();
  if (!budget) place = budget = std::make_shared<SiteBudget>();
  return budget;
}

void SiteBudget::Tally::add(std::uint32_t window, std::uint32_t count) noexcept {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t before = static_cast<std::uint32_t>(word >> 32) == window ? static_cast<std::uint32_t>(word) : 0;
    const std::uint64_t next = (std::uint64_t{window} << 32) | std::min<std::uint64_t>(before + count, UINT32_MAX);
    if (word_.compare_exchange_weak(word, next, std::memory_order_relaxed)) return;
  }
}

/// What an account that has not asked for two windows held is anybody's again.
SiteBudget::Account& SiteBudget::slot(std::string_view account) noexcept {
  const std::uint64_t key = key_of(account);
  constexpr std::size_t kTries = 16;
  const auto place = [this, key](std::size_t i) -> Account& { return accounts_[(key + i) % (kAccounts - 1)]; };
  for (std::size_t i = 0; i < kTries; ++i) {
    if (place(i).key.load(std::memory_order_relaxed) == key) return place(i);
  }
  const std::uint32_t latest = total_.window();
  for (std::size_t i = 0; i < kTries; ++i) {
    Account& at = place(i);
    std::uint64_t held = at.key.load(std::memory_order_relaxed);
    if (held != 0 && at.tally.window() + 1 >= latest) continue;
    if (at.key.compare_exchange_strong(held, key, std::memory_order_relaxed) || held == key) return at;
  }
  return accounts_.back();
}

SiteBudget::Answer SiteBudget::take(const Rate& rate, std::string_view account, Instant now) noexcept {
  if (rate.requests <= 0) return {};
  const Window window = window_at(rate, now);
  Answer answer{true, window.limit, window.end};
  total_.add(window.number, 0);  // slot() looks at what window it is
  Account& own = slot(account);
  const std::uint32_t used = own.tally.in(window.number);
  const std::uint32_t total = total_.in(window.number);
  // Whoever asks is one of those that share, whether it is let through or not.
  own.tally.add(window.number, 0);
  if (total >= window.limit) {
    answer.permitted = false;
    return answer;
  }
  const auto asks = [&window](const Account& one) {
    const std::uint32_t last = one.tally.window();
    return last == window.number || last + 1 == window.number;
  };
  const auto active = static_cast<std::uint32_t>(std::count_if(accounts_.begin(), accounts_.end(), asks));
  const std::uint32_t share = std::max<std::uint32_t>(1, window.limit / std::max<std::uint32_t>(1, active));
  if (used >= share && active > 1) {
    std::uint64_t kept = 0;
    for (const Account& one : accounts_) {
      if (&one != &own && asks(one)) kept += share - std::min(share, one.tally.in(window.number));
    }
    answer.permitted = total + kept < window.limit;
  }
  if (!answer.permitted) return answer;
  own.tally.add(window.number, 1);
  total_.add(window.number, 1);
  return answer;
}

void SiteBudget::charge(const Rate& rate, std::string_view account, std::uint32_t count, Instant now) noexcept {
  if (rate.requests <= 0 || count == 0) return;
  const Window window = window_at(rate, now);
  total_.add(window.number, count);
  slot(account).tally.add(window.number, count);
}

void SiteBudget::pause(std::string_view credential, Instant now, Duration span) noexcept {
  const std::int64_t until = (now + std::min(span, kLongestPause)).time_since_epoch().count();
  const std::uint64_t key = key_of(credential);
  Paused* place = &paused_[key % kCredentials];
  for (std::size_t i = 0; i < kCredentials; ++i) {
    Paused& at = paused_[(key + i) % kCredentials];
    const std::uint64_t held = at.key.load(std::memory_order_relaxed);
    if (held != key && held != 0 && at.until.load(std::memory_order_relaxed) > now.time_since_epoch().count()) continue;
    place = &at;
    break;
  }
  place->key.store(key, std::memory_order_relaxed);
  place->until.store(until, std::memory_order_relaxed);
  std::int64_t any = any_pause_until_.load(std::memory_order_relaxed);
  while (any < until && !any_pause_until_.compare_exchange_weak(any, until, std::memory_order_release)) {
  }
}

Instant SiteBudget::paused_until(std::string_view credential, Instant now) const noexcept {
  const std::int64_t here = now.time_since_epoch().count();
  if (any_pause_until_.load(std::memory_order_acquire) <= here) return {};
  const std::uint64_t key = key_of(credential);
  for (const Paused& one : paused_) {
    if (one.key.load(std::memory_order_relaxed) != key) continue;
    const std::int64_t until = one.until.load(std::memory_order_relaxed);
    if (until > here) return Instant(Duration(until));
  }
  return {};
}

}  // namespace gatehouse::upstream
