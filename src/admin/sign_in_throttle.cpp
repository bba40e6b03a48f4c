#include "admin/sign_in_throttle.h"

#include <algorithm>
#include <cmath>

#include "base/address.h"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kMostCounts = 20'000;
constexpr Duration kAddressDrain = std::chrono::seconds(20);
constexpr Duration kPersonDrain = std::chrono::minutes(15);
constexpr Duration kStrangeDrain = std::chrono::minutes(5);
constexpr Duration kLongestWait = std::chrono::minutes(15);

std::string address_key(const Attempt& attempt) { return "a " + network_of(attempt.address); }
std::string person_key(const Attempt& attempt) {
  return "p " + attempt.person + " " + (attempt.browser.empty() ? network_of(attempt.address) : "b " + attempt.browser);
}
std::string strange_key(const Attempt& attempt) { return "s " + attempt.person; }

}  // namespace

std::string network_of(std::string_view address) {
  auto parsed = parse_ip(address);
  if (!parsed) return "?";
  if (!parsed.value().is_v4()) std::fill(parsed.value().bytes.begin() + 8, parsed.value().bytes.end(), std::uint8_t{0});
  return format_ip(parsed.value());
}

double SignInThrottle::wrong(const std::string& key, Duration drains_in, Instant now) const {
  const auto found = counts_.find(key);
  if (found == counts_.end()) return 0;
  const double drained = static_cast<double>((now - found->second.last).count()) / static_cast<double>(drains_in.count());
  return std::max(0.0, found->second.wrong - std::max(0.0, drained));
}

std::optional<Duration> SignInThrottle::wait(const Attempt& attempt, Instant now) const {
  const std::lock_guard lock(mutex_);
  Duration longest{0};
  const auto beyond = [&](const std::string& key, int most, Duration drains_in) {
    const double over = wrong(key, drains_in, now) - (most - 1);
    if (over > 0)
      longest = std::max(longest, Duration(static_cast<Duration::rep>(over * static_cast<double>(drains_in.count()))));
  };
  beyond(address_key(attempt), kPerAddress, kAddressDrain);
  if (!attempt.person.empty()) {
    const std::string key = person_key(attempt);
    const double here = wrong(key, kPersonDrain, now);
    if (here >= kPerPersonThere) {
      const double seconds = std::min(std::exp2(here - kPerPersonThere), 900.0);
      const Duration since = now - counts_.at(key).last;
      const Duration whole =
          std::min<Duration>(std::chrono::milliseconds(static_cast<Duration::rep>(seconds * 1000)), kLongestWait);
      if (since < whole) longest = std::max(longest, whole - since);
    }
    if (attempt.browser.empty()) beyond(strange_key(attempt), kPerStrangePlaces, kStrangeDrain);
  }
  if (longest.count() <= 0) return std::nullopt;
  return longest;
}

void SignInThrottle::add(const std::string& key, Duration drains_in, Instant now) {
  const double before = wrong(key, drains_in, now);
  counts_[key] = {before + 1, now};
}

void SignInThrottle::failed(const Attempt& attempt, Instant now) {
  const std::lock_guard lock(mutex_);
  make_room(now);
  add(address_key(attempt), kAddressDrain, now);
  if (attempt.person.empty()) return;
  add(person_key(attempt), kPersonDrain, now);
  if (attempt.browser.empty()) add(strange_key(attempt), kStrangeDrain, now);
}

void SignInThrottle::succeeded(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  if (!attempt.person.empty()) counts_.erase(person_key(attempt));
}

void SignInThrottle::make_room(Instant now) {
  if (counts_.size() < kMostCounts) return;
  // First what has drained; if that is not enough, what is oldest. Whoever floods it pushes out old counts of one mistake first.
  std::erase_if(counts_, [now](const auto& one) { return now - one.second.last > std::chrono::hours(6); });
  for (Duration age = std::chrono::hours(1); counts_.size() >= kMostCounts && age.count() > 0; age /= 2) {
    std::erase_if(counts_, [&](const auto& one) { return one.second.wrong < 2 && now - one.second.last >= age; });
  }
  if (counts_.size() >= kMostCounts) {
    std::erase_if(counts_, [](const auto& one) { return one.second.wrong < 2; });
  }
  if (counts_.size() >= kMostCounts) counts_.clear();
}

}  // namespace gatehouse::admin
