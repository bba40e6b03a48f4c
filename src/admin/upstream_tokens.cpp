#include "admin/upstream_tokens.h"

#include <algorithm>
#include <iostream>
#include <span>

namespace gatehouse::admin {
namespace {

/// The clock is looked at so often; what is wanted at once wakes the thread.
constexpr std::chrono::seconds kLook{1};
constexpr Duration kFirstPause = std::chrono::seconds(2);
constexpr Duration kLongestPause = std::chrono::minutes(1);
/// Whatever an endpoint says of lifetimes.
constexpr Duration kShortest = std::chrono::seconds(5);
constexpr Duration kRenewRefusedEvery = std::chrono::minutes(1);
/// A credential that is tried and not stored yet.
constexpr Duration kKeepUnstored = std::chrono::minutes(5);

}  // namespace

UpstreamTokens::~UpstreamTokens() { stop(); }

void UpstreamTokens::start(std::function<bool()> changed) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(changed);
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void UpstreamTokens::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void UpstreamTokens::wait_for_first(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, at_most, [this] {
    return std::all_of(slots_.begin(), slots_.end(), [](const auto& one) { return one.second.settled; });
  });
}

UpstreamTokens::Slot& UpstreamTokens::slot_of(const upstream::TokenRequest& request) {
  const auto [at, fresh] = slots_.try_emplace(request.credential);
  if (fresh) {
    at->second.request = request;
    at->second.made_at = clock_.now();
  }
  return at->second;
}

Result<SecretString> UpstreamTokens::at_hand(const upstream::TokenRequest& request) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slot_of(request);
  if (!slot.access.empty() && clock_.now() < slot.ends_at) return slot.access;
  if (!slot.tried) wake_.notify_all();
  return fail(Errc::kUnavailable, slot.problem.empty() ? "Its access token is being fetched." : slot.problem);
}

void UpstreamTokens::refused(std::string_view credential) {
  const std::lock_guard lock(mutex_);
  const auto found = slots_.find(credential);
  const Instant now = clock_.now();
  if (found == slots_.end() || now < found->second.refused_at + kRenewRefusedEvery) return;
  found->second.refused_at = now;
  found->second.next_at = now;
  wake_.notify_all();
}

void UpstreamTokens::keep(const std::vector<std::string>& credentials) {
  const std::lock_guard lock(mutex_);
  const Instant now = clock_.now();
  std::erase_if(slots_, [&](const auto& one) {
    return std::find(credentials.begin(), credentials.end(), one.first) == credentials.end() && !one.second.fetching &&
           one.second.made_at + kKeepUnstored <= now;
  });
}

Result<void> UpstreamTokens::fetch(const upstream::TokenRequest& request) {
  auto fetched = upstream::fetch_token(request, fetch_);
  if (!fetched) return fetched.error();
  const std::lock_guard lock(mutex_);
  note(slot_of(request), std::move(fetched));
  return success();
}

void UpstreamTokens::note(Slot& slot, Result<upstream::FetchedToken> fetched) {
  const Instant now = clock_.now();
  slot.tried = true;
  if (!fetched) {
    if (slot.problem != fetched.error().public_detail) {
      std::clog << "credential " << slot.request.credential << ": " << fetched.error().public_detail << std::endl;
    }
    slot.problem = fetched.error().public_detail;
    slot.pause = std::min(std::max(slot.pause * 2, kFirstPause), kLongestPause);
    slot.next_at = now + slot.pause;
    return;
  }
  slot.problem.clear();
  slot.pause = {};
  slot.access = std::move(fetched.value().access);
  const Duration lifetime = fetched.value().lifetime;
  slot.ends_at = now + lifetime;
  // Not all nodes at once.
  std::uint8_t jitter = 0;
  random_.fill(std::as_writable_bytes(std::span(&jitter, 1)));
  slot.next_at = now + std::max(lifetime * 3 / 4 - lifetime * jitter / 4096, kShortest);
}

/// Fetches the one that has been due for longest, without the lock: an endpoint that does not answer keeps no other waiting for
/// more than one try. False: none is due.
bool UpstreamTokens::fetch_due(std::unique_lock<std::mutex>& lock) {
  const auto due = std::min_element(slots_.begin(), slots_.end(), [](const auto& left, const auto& right) {
    return left.second.next_at < right.second.next_at;
  });
  if (due == slots_.end() || due->second.next_at > clock_.now()) return false;
  due->second.fetching = true;
  const upstream::TokenRequest request = due->second.request;
  lock.unlock();
  auto fetched = upstream::fetch_token(request, fetch_);
  lock.lock();
  // keep() leaves what is being fetched where it is.
  Slot& slot = slots_.find(request.credential)->second;
  slot.fetching = false;
  note(slot, std::move(fetched));
  return true;
}

/// One that has ended without a successor goes too.
void UpstreamTokens::drop_ended() {
  const Instant now = clock_.now();
  for (auto& [id, slot] : slots_) {
    if (slot.access.empty() || now < slot.ends_at) continue;
    slot.access = {};
    unpublished_ = true;
  }
}

void UpstreamTokens::publish(std::unique_lock<std::mutex>& lock) {
  std::vector<std::string> tried;
  for (const auto& [id, slot] : slots_) {
    if (slot.tried) tried.push_back(id);
  }
  unpublished_ = false;
  lock.unlock();
  const bool done = changed_();
  lock.lock();
  if (!done) {
    unpublished_ = true;
    return;
  }
  for (const std::string& id : tried) {
    if (const auto found = slots_.find(id); found != slots_.end()) found->second.settled = true;
  }
  wake_.notify_all();
}

void UpstreamTokens::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool fetched = fetch_due(lock);
    if (fetched) unpublished_ = true;
    drop_ended();
    if (unpublished_) publish(lock);
    if (!stopping_ && (!fetched || unpublished_)) wake_.wait_for(lock, kLook);
  }
}

}  // namespace gatehouse::admin
