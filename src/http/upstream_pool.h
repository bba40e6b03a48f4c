// UpstreamPool: one thread's connections to upstreams, by (origin, credential).
//
// Bounded per key and in all; the one that was idle longest goes first. A connection is tested for its end before it is used
// again. Requests that find none wait in a bounded queue. Belongs to its loop's thread; must outlive the calls that use it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/event_loop.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "http/resolver.h"
#include "http/tls.h"
#include "http/upstream_options.h"

namespace gatehouse::http {

class UpstreamCall;
class UpstreamConnection;

/// What the pool keeps for one pool key.
struct UpstreamKey {
  std::string name;
  std::vector<std::unique_ptr<UpstreamConnection>> all;
  std::vector<UpstreamConnection*> idle;  ///< used last at the end
  std::deque<UpstreamCall*> waiting;
  std::size_t opening = 0;
  TlsSession session{nullptr, SSL_SESSION_free};  ///< to be resumed by the next connection
};

class UpstreamPool {
 public:
  /// All but `loop` are read only. `tls` may be null where no https upstream is used.
  UpstreamPool(EventLoop& loop, Resolver& resolver, const UpstreamOptions& options, TlsContext tls, const Timeouts& timeouts,
               const Limits& limits);
  ~UpstreamPool();
  UpstreamPool(const UpstreamPool&) = delete;
  UpstreamPool& operator=(const UpstreamPool&) = delete;

  EventLoop& loop() noexcept { return loop_; }
  Resolver& resolver() noexcept { return resolver_; }
  const UpstreamOptions& options() const noexcept { return options_; }
  const Timeouts& timeouts() const noexcept { return timeouts_; }
  const TlsContext& tls() const noexcept { return tls_; }

  /// Closes idle connections whose key begins with this; those in use close after their answer.
  void forget(std::string_view key_prefix);
  /// Counts the connections that it opens there too. `counter` must outlive the pool.
  void count_in(std::atomic<std::uint64_t>& counter) noexcept { opened_ = &counter; }

  // For calls.
  void acquire(UpstreamCall& call);
  void forget_waiting(UpstreamCall& call) noexcept;
  /// Whether there is any connection to where this request goes.
  bool has_live(const UpstreamRequest& request) const;

  // For connections.
  void on_open(UpstreamConnection& connection);
  void on_open_failed(UpstreamConnection& connection, UpstreamFailure failure);
  void release(UpstreamConnection& connection, bool reusable);
  void remove(UpstreamConnection& connection);

 private:
  UpstreamKey& key_of(const UpstreamRoute& route);
  UpstreamConnection* take_idle(UpstreamKey& key);
  void hand_out(UpstreamConnection& connection);
  void detach(UpstreamConnection& connection) noexcept;
  void leave_idle(UpstreamConnection& connection) noexcept;
  void open_more(UpstreamKey& key);
  bool make_room();
  void serve_starved();

  EventLoop& loop_;
  Resolver& resolver_;
  const UpstreamOptions& options_;
  const TlsContext tls_;
  const Timeouts& timeouts_;
  const Limits& limits_;
  std::unordered_map<std::string, UpstreamKey> keys_;
  std::list<UpstreamConnection*> idle_;  ///< of all keys, idle longest first
  std::list<UpstreamConnection*> busy_;  ///< the others: nodes move between the two without allocation
  std::size_t total_ = 0;
  bool starved_ = false;  ///< some key waits for room that other keys' connections take
  std::atomic<std::uint64_t>* opened_ = nullptr;
};

}  // namespace gatehouse::http
