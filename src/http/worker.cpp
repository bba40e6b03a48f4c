#include "http/worker.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "http/socket_address.h"

namespace gatehouse::http {
namespace {
constexpr std::uint32_t kRetryAcceptMs = 200;
}

void Worker::Acceptor::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Worker::Worker(WorkerParts parts)
    : options_(parts.options),
      loop_(parts.clock),
      pool_(loop_, parts.resolver, options_.upstream, std::move(parts.upstream_tls), options_.timeouts, options_.limits),
      factory_(std::move(parts.factory)),
      context_{loop_, pool_, *factory_, options_, parts.budget, parts.statistics, works_, std::move(parts.listener_tls)},
      acceptor_(*this, parts.listener),
      drain_timer_(*this) {
  pool_.count_in(parts.statistics.upstream_connections);
  if (parts.quiescent) loop_.set_after_batch(std::move(parts.quiescent));
}

Worker::~Worker() {
  loop_.set_after_batch({});
  while (!connections_.empty()) connections_.front()->abort();
}

void Worker::run() {
  loop_.watch(acceptor_.descriptor(), acceptor_);
  loop_.run();
}

void Worker::stop() {
  while (!connections_.empty()) connections_.front()->abort();
  loop_.stop();
}

void Worker::drain() {
  if (context_.draining) return;
  accept_all();
  context_.draining = true;
  acceptor_.close();
  for (auto at = connections_.begin(); at != connections_.end();) {
    ClientConnection& connection = **at++;  // it may leave the list
    connection.drain();
  }
  if (connections_.empty()) return loop_.stop();
  loop_.timers().schedule(drain_timer_, options_.timeouts.drain);
}

void Worker::accept_all() {
  full_ = false;
  while (acceptor_.descriptor() >= 0) {
    if (connections_.size() >= options_.limits.client_connections) {
      full_ = true;
      return;
    }
    sockaddr_storage place{};
    socklen_t size = sizeof place;
    auto* address = reinterpret_cast<sockaddr*>(&place);
    const int descriptor = ::accept4(acceptor_.descriptor(), address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      adopt(descriptor, to_ip(address));
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    // Out of descriptors or memory: the queue is looked at again, since no edge will tell.
    if (errno != EAGAIN && errno != EWOULDBLOCK) loop_.timers().schedule(acceptor_, kRetryAcceptMs);
    return;
  }
}

void Worker::adopt(int descriptor, const IpAddress& peer) {
  auto made = std::make_unique<ClientConnection>(context_, *this, descriptor, peer);
  ClientConnection& connection = *made;
  connections_.push_back(std::move(made));
  connection.place = std::prev(connections_.end());
  context_.statistics.connections.fetch_add(1, std::memory_order_relaxed);
  count_open();
  if (!loop_.watch(descriptor, connection)) return connection.abort();
  connection.begin();
}

void Worker::on_closed(ClientConnection& connection) {
  const auto place = connection.place;
  loop_.retire(std::move(*place));
  connections_.erase(place);
  count_open();
  if (context_.draining && connections_.empty()) return loop_.stop();
  if (full_) loop_.defer([this] { accept_all(); });
}

void Worker::count_open() noexcept { context_.statistics.open_connections.store(connections_.size(), std::memory_order_relaxed); }

}  // namespace gatehouse::http
