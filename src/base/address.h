// IP addresses and networks as values, without sockets: for allow-lists, trusted proxies and the upstream filter.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace gatehouse {

/// IPv4 is kept as IPv4-mapped IPv6, so that ::ffff:10.0.0.1 and 10.0.0.1 are one address.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v4() const noexcept;
  auto operator<=>(const IpAddress&) const = default;
};

/// Strict textual forms only (inet_pton): no zone, no leading zeros, no shorthand.
Result<IpAddress> parse_ip(std::string_view text);
std::string format_ip(const IpAddress& address);

struct Network {
  IpAddress base;
  int prefix = 128;  ///< in bits of the mapped form: 10.0.0.0/8 is 104
  bool contains(const IpAddress& address) const noexcept;
  bool operator==(const Network&) const = default;
};

/// "10.0.0.0/8", "2001:db8::/32" or a single address; bits below the prefix must be zero.
Result<Network> parse_network(std::string_view text);
std::string format_network(const Network& network);

/// Loopback, private, link-local, multicast, unspecified and other ranges that no public upstream lives in.
bool is_private(const IpAddress& address) noexcept;
bool is_loopback(const IpAddress& address) noexcept;

}  // namespace gatehouse
