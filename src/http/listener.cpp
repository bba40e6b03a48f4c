#include "http/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "http/characters.h"
#include "http/socket_address.h"

namespace gatehouse::http {
namespace {

Error bad_address() {
  return fail(Errc::kInvalidArgument, "Not an address to listen on; write it as 127.0.0.1:8480, [::1]:8480 or localhost:8480.");
}

Error system_error(std::string what) { return fail(Errc::kInternal, std::move(what), std::strerror(errno)); }

int make_socket(const ListenAddress& address) {
  return ::socket(address.address.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

bool set_option(int descriptor, int level, int option, int value) {
  return ::setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

Error taken(const ListenAddress& address) {
  return fail(Errc::kConflict,
              "The port is taken: " + format_listen_address(address) + ". Stop who holds it, or choose another.");
}

Result<void> bind_socket(int descriptor, const ListenAddress& address) {
  if (!address.address.is_v4()) set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  const SocketAddress place(address.address, address.port);
  if (::bind(descriptor, place.get(), place.size()) == 0) return success();
  const std::string text = format_listen_address(address);
  switch (errno) {
    case EADDRINUSE: return taken(address);
    case EADDRNOTAVAIL: return fail(Errc::kInvalidArgument, "This machine does not have the address " + text + ".");
    case EACCES: return fail(Errc::kNotAllowed, "This user may not listen on " + text + "; choose a port above 1023.");
    default: return system_error("Could not listen on " + text + ".");
  }
}

Result<void> listen_on(int descriptor, const ListenAddress& address) {
  // Accepted sockets inherit it.
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  if (::listen(descriptor, 4096) == 0) return success();
  if (errno == EADDRINUSE) return taken(address);
  return system_error("Could not listen on " + format_listen_address(address) + ".");
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address();
  std::string_view host = text.substr(0, colon);
  std::uint64_t port = 0;
  if (!parse_length(text.substr(colon + 1), port) || port > 65535) return bad_address();
  ListenAddress out;
  out.port = static_cast<std::uint16_t>(port);
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if ((host.find(':') != std::string_view::npos) != bracketed) return bad_address();
  auto address = parse_ip(host);
  if (address.has_error()) return bad_address();
  out.address = address.value();
  return out;
}

std::string format_listen_address(const ListenAddress& address) {
  const std::string host = format_ip(address.address);
  return (address.address.is_v4() ? host : "[" + host + "]") + ":" + std::to_string(address.port);
}

Result<void> check_listen_address(const ListenAddress& address, bool has_tls, const std::vector<Network>& trusted_proxies) {
  for (const Network& network : trusted_proxies) {
    // A prefix of 96 in the mapped form is 0.0.0.0/0.
    if (network.prefix == 0 || (network.base.is_v4() && network.prefix <= 96)) {
      return fail(Errc::kInvalidArgument, "A trusted proxy network that is everybody would let each client name its own address.",
                  {}, "--trusted-proxy");
    }
  }
  if (is_loopback(address.address) || has_tls || !trusted_proxies.empty()) return success();
  return fail(Errc::kInvalidArgument,
              "Tokens would cross the network in the clear on " + format_listen_address(address) +
                  ". Give --tls-cert and --tls-key, or --trusted-proxy with the network of the proxy that ends TLS.",
              {}, "--tls-cert");
}

ListenSockets::ListenSockets(ListenSockets&& other) noexcept
    : descriptors(std::exchange(other.descriptors, {})), bound(other.bound) {}

ListenSockets& ListenSockets::operator=(ListenSockets&& other) noexcept {
  std::swap(descriptors, other.descriptors);
  std::swap(bound, other.bound);
  return *this;
}

ListenSockets::~ListenSockets() {
  for (const int descriptor : descriptors) ::close(descriptor);
}

Result<ListenSockets> open_listener(const ListenAddress& address, unsigned threads) {
  ListenSockets out;
  out.bound = address;
  for (unsigned thread = 0; thread < threads; ++thread) {
    const int descriptor = make_socket(address);
    if (descriptor < 0) return system_error("Could not make a socket.");
    out.descriptors.push_back(descriptor);
    if (thread == 0) {
      // Sockets in TIME_WAIT of a predecessor are no reason to refuse; one that listens still is.
      set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    } else {
      set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    }
    GH_TRYV(bind_socket(descriptor, out.bound));
    if (thread == 0) {
      GH_TRY(out.bound, bound_address(descriptor));
      // Before it listens: a socket that listens already would not be one of the group.
      if (threads > 1 && !set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)) {
        return system_error("Could not share the port between threads.");
      }
    }
    GH_TRYV(listen_on(descriptor, out.bound));
  }
  return out;
}

}  // namespace gatehouse::http
