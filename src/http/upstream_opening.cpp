// How an UpstreamConnection comes to be: name, addresses, filter, TCP, CONNECT through a proxy, TLS.
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "http/head_scanner.h"
#include "http/resolver.h"
#include "http/socket_address.h"
#include "http/upstream_connection.h"
#include "http/upstream_pool.h"

namespace gatehouse::http {
namespace {
constexpr std::uint64_t kShortestAttemptMs = 300;
}

bool UpstreamConnection::goes_through_proxy() const {
  return route_->scheme == "https" && pool_.options().proxy.applies_to(route_->host);
}

void UpstreamConnection::open() {
  phase_ = Phase::kResolving;
  opening_ = std::make_unique<Opening>();
  opening_->deadline_ms = pool_.loop().now().steady_ms + pool_.timeouts().connect;
  opening_->token = std::make_shared<UpstreamConnection*>(this);
  pool_.loop().timers().schedule(*this, pool_.timeouts().connect);
  const auto literal = parse_ip(route_->host);
  const bool proxied = goes_through_proxy();
  // Behind a proxy it is the proxy that looks names up; an address that may not be reached is refused here all the same.
  if (proxied && literal.has_value() && !pool_.options().addresses.permits(route_->host, literal.value())) {
    return opening_failed(UpstreamFailure::kAddressRefused);
  }
  const std::string& host = proxied ? pool_.options().proxy.host : route_->host;
  const auto address = parse_ip(host);
  if (address.has_value()) return on_addresses({address.value()});
  pool_.resolver().resolve(host,
                           [mailbox = pool_.loop().mailbox(), token = std::weak_ptr(opening_->token)](const auto& addresses) {
                             mailbox->post([token, addresses] {
                               const auto self = token.lock();
                               if (self && (*self)->phase_ == Phase::kResolving) (*self)->on_addresses(addresses);
                             });
                           });
}

void UpstreamConnection::on_addresses(const std::vector<IpAddress>& addresses) {
  if (addresses.empty()) return opening_failed(UpstreamFailure::kConnect);
  opening_->addresses = addresses;
  if (!goes_through_proxy()) {
    std::erase_if(opening_->addresses,
                  [this](const IpAddress& address) { return !pool_.options().addresses.permits(route_->host, address); });
    if (opening_->addresses.empty()) return opening_failed(UpstreamFailure::kAddressRefused);
  }
  connect_next();
}

void UpstreamConnection::connect_next() {
  phase_ = Phase::kConnecting;
  Opening& opening = *opening_;
  while (opening.next < opening.addresses.size()) {
    const std::size_t left = opening.addresses.size() - opening.next;
    const IpAddress address = opening.addresses[opening.next++];
    const std::uint64_t now = pool_.loop().now().steady_ms;
    const std::uint64_t remaining = opening.deadline_ms > now ? opening.deadline_ms - now : 0;
    // Each address gets its share, so that one that swallows packets does not use up the time of the others.
    const std::uint64_t share = std::min(remaining, std::max(kShortestAttemptMs, remaining / left));
    pool_.loop().timers().schedule(*this, static_cast<std::uint32_t>(share));
    if (start_connect(address)) return;
  }
  opening_failed(opening.failure);
}

bool UpstreamConnection::start_connect(const IpAddress& address) {
  transport_.close();
  const int descriptor = ::socket(address.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  transport_.open(descriptor);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const std::uint16_t port = goes_through_proxy() ? pool_.options().proxy.port : route_->port;
  const SocketAddress to(address, port);
  if (::connect(descriptor, to.get(), to.size()) != 0 && errno != EINPROGRESS) return false;
  return pool_.loop().watch(descriptor, *this);
}

void UpstreamConnection::on_opening_ready() {
  switch (phase_) {
    case Phase::kConnecting: return on_connected();
    case Phase::kProxy: return read_proxy_answer();
    case Phase::kTls: return shake_hands();
    default: return;
  }
}

void UpstreamConnection::on_opening_timeout() {
  Opening& opening = *opening_;
  opening.failure = UpstreamFailure::kTimeout;
  const bool time_left = pool_.loop().now().steady_ms + TimerWheel::kTickMs < opening.deadline_ms;
  if (phase_ == Phase::kConnecting && opening.next < opening.addresses.size() && time_left) return connect_next();
  opening_failed(UpstreamFailure::kTimeout);
}

void UpstreamConnection::on_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(transport_.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0 || transport_.is_broken()) {
    opening_->failure = UpstreamFailure::kConnect;
    return connect_next();
  }
  if (goes_through_proxy()) return send_connect();
  if (route_->scheme == "https") return start_tls();
  opened();
}

void UpstreamConnection::send_connect() {
  phase_ = Phase::kProxy;
  const std::uint64_t now = pool_.loop().now().steady_ms;
  const std::uint64_t remaining = opening_->deadline_ms > now ? opening_->deadline_ms - now : 0;
  pool_.loop().timers().schedule(*this, static_cast<std::uint32_t>(remaining));
  const bool bare_v6 = route_->host.find(':') != std::string::npos;
  const std::string authority = (bare_v6 ? "[" + route_->host + "]" : route_->host) + ":" + std::to_string(route_->port);
  const SecretString request("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" +
                             pool_.options().proxy.authorization.expose() + "\r\n");
  const iovec part{const_cast<char*>(request.expose().data()), request.expose().size()};
  const IoResult result = transport_.write(&part, 1);
  // A new socket has room for so little; one that has not is broken.
  if (result.status != Io::kDone || result.bytes != request.expose().size()) return opening_failed(UpstreamFailure::kConnect);
}

void UpstreamConnection::read_proxy_answer() {
  for (;;) {
    if (!make_room()) return opening_failed(UpstreamFailure::kConnect);
    const IoResult result = transport_.read(buffer_.room(), buffer_.room_size());
    if (result.status == Io::kAgain) return;
    if (result.status != Io::kDone) return opening_failed(UpstreamFailure::kConnect);
    buffer_.commit(result.bytes);
    head_.fields.clear();
    // As for HEAD: what answers a CONNECT has no body.
    const ScanResult scan = scan_response(buffer_.bytes(), Method::kHead, head_);
    if (scan.verdict == Verdict::kIncomplete) continue;
    if (scan.verdict != Verdict::kComplete || head_.status / 100 != 2) return opening_failed(UpstreamFailure::kConnect);
    buffer_.consume(scan.consumed);
    // Bytes before the handshake would be somebody else's, put before what the upstream says under TLS.
    if (!buffer_.empty()) return opening_failed(UpstreamFailure::kTls);
    buffer_.release();
    return start_tls();
  }
}

void UpstreamConnection::start_tls() {
  phase_ = Phase::kTls;
  const std::uint64_t now = pool_.loop().now().steady_ms;
  const std::uint64_t remaining = opening_->deadline_ms > now ? opening_->deadline_ms - now : 0;
  pool_.loop().timers().schedule(*this, static_cast<std::uint32_t>(remaining));
  const TlsSession session = std::exchange(key_->session, TlsSession(nullptr, SSL_SESSION_free));  // a ticket is used once
  if (pool_.tls() == nullptr || !transport_.start_tls_upstream(pool_.tls(), route_->host, session.get())) {
    return opening_failed(UpstreamFailure::kTls);
  }
  shake_hands();
}

void UpstreamConnection::shake_hands() {
  switch (transport_.handshake()) {
    case Io::kDone: return opened();
    case Io::kAgain: return;
    default: opening_failed(UpstreamFailure::kTls);
  }
}

void UpstreamConnection::opened() {
  cancel();
  opening_.reset();
  pool_.on_open(*this);
}

void UpstreamConnection::opening_failed(UpstreamFailure failure) {
  phase_ = Phase::kFailed;
  cancel();
  // Told later: it may have failed while somebody was still asking for it.
  pool_.loop().defer([this, failure] {
    if (phase_ == Phase::kFailed) pool_.on_open_failed(*this, failure);
  });
}

}  // namespace gatehouse::http
