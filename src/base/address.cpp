#include "base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace gatehouse {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool in(const IpAddress& address, std::string_view network) {
  const auto parsed = parse_network(network);
  return parsed.has_value() && parsed.value().contains(address);
}

}  // namespace

bool IpAddress::is_v4() const noexcept { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

Result<IpAddress> parse_ip(std::string_view text) {
  // inet_pton reads up to a NUL: what follows one would not be looked at.
  const std::string whole(text.find('\0') == std::string_view::npos ? text : std::string_view());
  IpAddress address;
  if (::inet_pton(AF_INET6, whole.c_str(), address.bytes.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (::inet_pton(AF_INET, whole.c_str(), address.bytes.data() + 12) == 1) return address;
  return fail(Errc::kInvalidArgument, "Not an IP address.");
}

std::string format_ip(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4()) {
    ::inet_ntop(AF_INET, address.bytes.data() + 12, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

bool Network::contains(const IpAddress& address) const noexcept {
  for (int bit = 0; bit < prefix; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int used = std::min(8, prefix - bit);
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - used));
    if ((address.bytes[at] & mask) != (base.bytes[at] & mask)) return false;
  }
  return true;
}

Result<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  Network network;
  GH_TRY(network.base, parse_ip(text.substr(0, slash)));
  const int widest = network.base.is_v4() ? 32 : 128;
  int length = widest;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (problem != std::errc() || end != digits.data() + digits.size() || length < 0 || length > widest) {
      return fail(Errc::kInvalidArgument, "Not a network; write it as 10.0.0.0/8 or 2001:db8::/32.");
    }
  }
  network.prefix = length + (128 - widest);
  for (int bit = network.prefix; bit < 128; ++bit) {
    if ((network.base.bytes[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8)) & 1) {
      return fail(Errc::kInvalidArgument, "Not a network: it has bits set beyond its prefix length.");
    }
  }
  return network;
}

std::string format_network(const Network& network) {
  return format_ip(network.base) + "/" + std::to_string(network.base.is_v4() ? network.prefix - 96 : network.prefix);
}

bool is_loopback(const IpAddress& address) noexcept { return in(address, "127.0.0.0/8") || in(address, "::1"); }

bool is_private(const IpAddress& address) noexcept {
  // IANA special-purpose registries (RFC 6890): nothing of these is a public upstream.
  static constexpr std::array<std::string_view, 22> kRanges{
      "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
      "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
      "203.0.113.0/24", "224.0.0.0/3",  "::/128",         "::1/128",        "64:ff9b::/96",   "100::/64",
      "2001:db8::/32",  "fc00::/7",     "fe80::/10",      "ff00::/8"};
  return std::any_of(kRanges.begin(), kRanges.end(), [&](std::string_view range) { return in(address, range); });
}

}  // namespace gatehouse
