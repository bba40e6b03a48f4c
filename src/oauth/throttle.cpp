#include "oauth/throttle.h"

#include <algorithm>

#include "admin/sign_in_throttle.h"

namespace gatehouse::oauth {
namespace {

constexpr Duration kWindow = std::chrono::minutes(1);

std::uint32_t left(Instant began, Instant now) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(began + kWindow - now).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, 60));
}

std::string place(const IpAddress& address) { return "a " + admin::network_of(format_ip(address)); }
std::string pair(const IpAddress& address, std::string_view client) {
  // A client's name may be anything that somebody sent.
  return place(address) + " " + std::string(client.substr(0, 64));
}

}  // namespace

Throttle::Window& Throttle::window(const std::string& name, Instant now) {
  if (windows_.size() >= kMostKept) {
    std::erase_if(windows_, [now](const auto& one) { return one.second.began + kWindow <= now; });
    // Still too many: more come in a minute than are kept. Forgetting them all lets each begin anew, and costs no memory.
    if (windows_.size() >= kMostKept) windows_.clear();
  }
  Window& found = windows_[name];
  if (found.began + kWindow <= now || found.began > now) found = {now, 0};
  return found;
}

std::uint32_t Throttle::wait_of(const IpAddress& address, std::string_view client, Instant now) {
  const std::lock_guard lock(mutex_);
  const Window by_place = window(place(address), now);
  if (by_place.count >= kFailuresOfAddress) return left(by_place.began, now);
  if (client.empty()) return 0;
  const Window by_pair = window(pair(address, client), now);
  return by_pair.count >= kFailuresOfPair ? left(by_pair.began, now) : 0;
}

void Throttle::failed(const IpAddress& address, std::string_view client, Instant now) {
  const std::lock_guard lock(mutex_);
  ++window(place(address), now).count;
  if (!client.empty()) ++window(pair(address, client), now).count;
}

std::uint32_t Throttle::take(std::string_view client, Instant now) {
  const std::lock_guard lock(mutex_);
  Window& mine = window("c " + std::string(client), now);
  if (mine.count >= kRequestsOfClient) return left(mine.began, now);
  ++mine.count;
  return 0;
}

}  // namespace gatehouse::oauth
