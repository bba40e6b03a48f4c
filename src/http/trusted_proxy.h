// Who a client is where it comes through a proxy: the PROXY protocol's header, and X-Forwarded-For read from the right.
//
// Pure: the driver calls these for connections of trusted networks alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "http/message.h"

namespace gatehouse::http {

struct ProxyHeader {
  enum class Status : std::uint8_t { kRefused, kIncomplete, kComplete };
  Status status = Status::kRefused;
  std::size_t consumed = 0;
  std::optional<IpAddress> source;  ///< none: LOCAL or UNKNOWN, the connection is the proxy's own
};
inline constexpr std::size_t kMaxProxyHeader = 4096;  ///< version 2 may carry TLVs; they are skipped

/// PROXY protocol, version 1 (text, at most 107 bytes) or 2 (binary), over TCP. Anything else is refused.
ProxyHeader read_proxy_header(std::string_view bytes) noexcept;

/// The address of the client of a trusted `peer`: of all X-Forwarded-For values, from the right, the first that is not a
/// trusted proxy's. Without the field the peer itself. An entry that is no address gives the address of all zeros, which no
/// allow-list holds: what stands left of it was not written by somebody trusted.
IpAddress forwarded_client(const FieldTable& fields, const IpAddress& peer, const std::vector<Network>& trusted);

bool is_in(const std::vector<Network>& networks, const IpAddress& address) noexcept;

}  // namespace gatehouse::http
