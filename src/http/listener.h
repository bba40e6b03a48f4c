// Where the gateway listens: the rule for addresses that may be listened on, and the sockets.
//
// The first socket of a port is bound exclusively, so that a taken port is an error and not a silent share; SO_REUSEPORT is
// set on it afterwards, and the other threads' sockets join the group.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace gatehouse::http {

struct ListenAddress {
  IpAddress address;
  std::uint16_t port = 0;  ///< 0: any free one
};

/// "127.0.0.1:8480", "[::1]:8480", "localhost:8480". Names other than localhost are refused.
Result<ListenAddress> parse_listen_address(std::string_view text);
std::string format_listen_address(const ListenAddress& address);

/// The rule of operation: off loopback only with TLS or behind a trusted proxy, and no proxy network that is everybody.
/// The error names the flag that is missing. Call it before open_listener.
Result<void> check_listen_address(const ListenAddress& address, bool has_tls, const std::vector<Network>& trusted_proxies);

struct ListenSockets {
  ListenSockets() = default;
  ListenSockets(ListenSockets&& other) noexcept;
  ListenSockets& operator=(ListenSockets&& other) noexcept;
  ~ListenSockets();              ///< closes those that are left
  std::vector<int> descriptors;  ///< non-blocking, listening, one for each thread
  ListenAddress bound;           ///< with the real port
};

/// kConflict where the port is taken; kInvalidArgument where the address is not this machine's.
Result<ListenSockets> open_listener(const ListenAddress& address, unsigned threads);

}  // namespace gatehouse::http
