// IpAddress and port as the kernel wants them, and back. Used by the listener, the acceptor and the upstream connections.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

#include "base/address.h"
#include "http/listener.h"

namespace gatehouse::http {

class SocketAddress {
 public:
  SocketAddress(const IpAddress& address, std::uint16_t port) noexcept {
    if (address.is_v4()) {
      auto* v4 = reinterpret_cast<sockaddr_in*>(&storage_);
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      std::memcpy(&v4->sin_addr, address.bytes.data() + 12, 4);
      size_ = sizeof(sockaddr_in);
    } else {
      auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage_);
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(port);
      std::memcpy(&v6->sin6_addr, address.bytes.data(), 16);
      size_ = sizeof(sockaddr_in6);
    }
  }
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const noexcept { return size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

/// Zero where it is of another family.
inline IpAddress to_ip(const sockaddr* address) noexcept {
  IpAddress out;
  if (address->sa_family == AF_INET) {
    out.bytes[10] = out.bytes[11] = 0xff;
    std::memcpy(out.bytes.data() + 12, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
  } else if (address->sa_family == AF_INET6) {
    std::memcpy(out.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
  }
  return out;
}

inline Result<ListenAddress> bound_address(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return fail(Errc::kInternal, "The kernel does not tell the address of a socket.");
  }
  ListenAddress out;
  out.address = to_ip(reinterpret_cast<const sockaddr*>(&storage));
  // Both families keep the port at the same place.
  out.port = ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  return out;
}

}  // namespace gatehouse::http
