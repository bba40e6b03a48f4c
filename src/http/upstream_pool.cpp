#include "http/upstream_pool.h"

#include <algorithm>
#include <utility>

#include "http/upstream_call.h"
#include "http/upstream_connection.h"

namespace gatehouse::http {
namespace {
constexpr std::size_t kManyKeys = 1'024;  // from here on keys without connections are forgotten
}

UpstreamPool::UpstreamPool(EventLoop& loop, Resolver& resolver, const UpstreamOptions& options, TlsContext tls,
                           const Timeouts& timeouts, const Limits& limits)
    : loop_(loop), resolver_(resolver), options_(options), tls_(std::move(tls)), timeouts_(timeouts), limits_(limits) {}

UpstreamPool::~UpstreamPool() = default;

UpstreamKey& UpstreamPool::key_of(const UpstreamRoute& route) {
  const auto found = keys_.find(route.pool_key);
  if (found != keys_.end()) return found->second;
  if (keys_.size() >= kManyKeys)
    std::erase_if(keys_, [](const auto& entry) { return entry.second.all.empty() && entry.second.waiting.empty(); });
  UpstreamKey& key = keys_[route.pool_key];
  key.name = route.pool_key;
  return key;
}

bool UpstreamPool::has_live(const UpstreamRequest& request) const {
  const auto found = keys_.find(request.route->pool_key);
  return found != keys_.end() && found->second.all.size() > found->second.opening;
}

void UpstreamPool::leave_idle(UpstreamConnection& connection) noexcept {
  busy_.splice(busy_.end(), idle_, connection.place);
  auto& idle = connection.key().idle;
  idle.erase(std::find(idle.begin(), idle.end(), &connection));
}

/// A connection that is still good, no longer in the lists of idle ones; else nullptr.
UpstreamConnection* UpstreamPool::take_idle(UpstreamKey& key) {
  while (!key.idle.empty()) {
    UpstreamConnection* connection = key.idle.back();
    if (connection->is_quiet()) {
      busy_.splice(busy_.end(), idle_, connection->place);
      key.idle.pop_back();
      return connection;
    }
    detach(*connection);
  }
  return nullptr;
}

void UpstreamPool::acquire(UpstreamCall& call) {
  UpstreamKey& key = key_of(*call.request().route);
  if (!call.wants_fresh() && key.waiting.empty()) {
    if (UpstreamConnection* connection = take_idle(key)) {
      connection->begin(call);
      call.take(*connection, true);
      return;
    }
  }
  if (key.waiting.size() >= limits_.upstream_queue_per_key) return call.fail_later(UpstreamFailure::kBusy);
  key.waiting.push_back(&call);
  call.waiting_ = true;
  loop_.timers().schedule(call, timeouts_.pool_wait);
  open_more(key);
}

void UpstreamPool::forget_waiting(UpstreamCall& call) noexcept {
  const auto found = keys_.find(call.request().route->pool_key);
  call.waiting_ = false;
  if (found == keys_.end()) return;
  auto& waiting = found->second.waiting;
  waiting.erase(std::remove(waiting.begin(), waiting.end(), &call), waiting.end());
}

/// As many connections as there are requests that none is being opened for, within the bounds.
void UpstreamPool::open_more(UpstreamKey& key) {
  while (key.waiting.size() > key.opening) {
    if (key.all.size() >= limits_.upstream_connections_per_key) {
      // Whoever waits although one is idle wants a new one.
      if (key.idle.empty()) return;
      detach(*key.idle.front());
    }
    if (!make_room()) {
      starved_ = true;
      return;
    }
    auto made = std::make_unique<UpstreamConnection>(*this, key, key.waiting.front()->request().route);
    UpstreamConnection& connection = *made;
    connection.place = busy_.insert(busy_.end(), &connection);
    key.all.push_back(std::move(made));
    ++key.opening;
    ++total_;
    if (opened_ != nullptr) opened_->fetch_add(1, std::memory_order_relaxed);
    connection.open();
  }
}

/// Whether there may be one more in all; the one that was idle longest goes where that helps.
bool UpstreamPool::make_room() {
  if (total_ < limits_.upstream_connections) return true;
  if (idle_.empty()) return false;
  detach(*idle_.front());
  return true;
}

void UpstreamPool::serve_starved() {
  if (!starved_) return;
  starved_ = false;
  for (auto& [name, key] : keys_) open_more(key);
}

/// Closes it and takes it out of every list. It is destroyed after the events at hand.
void UpstreamPool::detach(UpstreamConnection& connection) noexcept {
  UpstreamKey& key = connection.key();
  if (connection.is_idle()) leave_idle(connection);
  busy_.erase(connection.place);
  connection.close();
  const auto found = std::find_if(key.all.begin(), key.all.end(), [&](const auto& owned) { return owned.get() == &connection; });
  loop_.retire(std::move(*found));
  key.all.erase(found);
  --total_;
}

void UpstreamPool::remove(UpstreamConnection& connection) {
  UpstreamKey& key = connection.key();
  detach(connection);
  open_more(key);
  serve_starved();
}

void UpstreamPool::on_open(UpstreamConnection& connection) {
  --connection.key().opening;
  hand_out(connection);
}

void UpstreamPool::on_open_failed(UpstreamConnection& connection, UpstreamFailure failure) {
  UpstreamKey& key = connection.key();
  --key.opening;
  detach(connection);
  // One failure for one request: the rest may have better luck, or wait for a connection that is in use.
  if (key.waiting.size() > key.opening) {
    UpstreamCall* call = key.waiting.front();
    key.waiting.pop_front();
    call->waiting_ = false;
    call->fail_now(failure);
  }
  open_more(key);
  serve_starved();
}

void UpstreamPool::release(UpstreamConnection& connection, bool reusable) {
  if (!reusable || connection.is_stale()) return remove(connection);
  hand_out(connection);
}

void UpstreamPool::hand_out(UpstreamConnection& connection) {
  UpstreamKey& key = connection.key();
  // A second try goes to a new connection only.
  const auto next = std::find_if(key.waiting.begin(), key.waiting.end(),
                                 [&](const UpstreamCall* call) { return connection.is_new() || !call->wants_fresh(); });
  if (next != key.waiting.end()) {
    UpstreamCall* call = *next;
    key.waiting.erase(next);
    connection.begin(*call);
    call->take(connection, false);
    return;
  }
  connection.be_idle();
  idle_.splice(idle_.end(), busy_, connection.place);
  key.idle.push_back(&connection);
  serve_starved();
}

void UpstreamPool::forget(std::string_view key_prefix) {
  for (auto& [name, key] : keys_) {
    if (!name.starts_with(key_prefix)) continue;
    while (!key.idle.empty()) detach(*key.idle.back());
    for (const auto& connection : key.all) connection->make_stale();
    key.session.reset();
  }
  serve_starved();
}

}  // namespace gatehouse::http
