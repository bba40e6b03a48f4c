#include "http/upstream_options.h"

#include <algorithm>

#include "base/encoding.h"
#include "http/characters.h"

namespace gatehouse::http {
namespace {

/// A host and an optional port as they stand in a URL. `host` is without brackets and in lower case.
struct Authority {
  std::string host;
  std::uint16_t port = 0;  ///< 0: not given
};

bool valid_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t dot = std::min(name.find('.', begin), name.size());
    const std::string_view label = name.substr(begin, dot - begin);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' || !all(label, kHostClass))
      return false;
    begin = dot + 1;
  }
  // What looks like a number is read as an IPv4 address by some resolvers: 127.1, 0x7f000001, 2130706433.
  const std::string_view last = name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
  const bool numeric = all(last, kDigitClass) || (last.size() > 1 && last[0] == '0' && ascii_lower(last[1]) == 'x');
  return !numeric || parse_ip(name).has_value();
}

Result<Authority> parse_authority(std::string_view text) {
  Authority out;
  std::string_view port;
  bool has_port = false;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return fail(Errc::kInvalidArgument, "The address in brackets has no end.");
    const std::string_view inner = text.substr(1, end - 1);
    if (inner.find(':') == std::string_view::npos || parse_ip(inner).has_error()) {
      return fail(Errc::kInvalidArgument, "What stands in brackets is not an IPv6 address.");
    }
    out.host = ascii_lower(inner);
    has_port = end + 1 < text.size();
    if (has_port && text[end + 1] != ':') return fail(Errc::kInvalidArgument, "After the bracket may only come a port.");
    if (has_port) port = text.substr(end + 2);
  } else {
    const std::size_t colon = text.find(':');
    has_port = colon != std::string_view::npos;
    if (has_port) port = text.substr(colon + 1);
    if (!valid_name(text.substr(0, colon))) return fail(Errc::kInvalidArgument, "The host is not a name or address.");
    out.host = ascii_lower(text.substr(0, colon));
  }
  if (!has_port) return out;
  std::uint64_t number = 0;
  if (!parse_length(port, number) || number == 0 || number > 65535) {
    return fail(Errc::kInvalidArgument, "The port is not a number from 1 to 65535.");
  }
  out.port = static_cast<std::uint16_t>(number);
  return out;
}

/// Segments of unreserved characters only: a context path needs no more, and the rest could be read in two ways.
bool valid_context_path(std::string_view path) {
  while (!path.empty()) {
    if (path.front() != '/') return false;
    const std::size_t next = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(1, next - 1);
    if (segment.empty() || segment == "." || segment == "..") return false;
    for (const char byte : segment) {
      if (!is(byte, kHostClass) && byte != '~') return false;
    }
    path.remove_prefix(next);
  }
  return true;
}

bool in(std::string_view network, const IpAddress& address) {
  const auto parsed = parse_network(network);
  return parsed.has_value() && parsed.value().contains(address);
}

/// Never a site, whatever its name: link-local (cloud metadata lives there), unspecified, multicast and reserved.
bool never_a_site(const IpAddress& address) {
  static constexpr std::string_view kRanges[] = {"0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fe80::/10", "ff00::/8"};
  return std::any_of(std::begin(kRanges), std::end(kRanges), [&](std::string_view range) { return in(range, address); });
}

/// IPv6 outside 2000::/3 is not routed, and 6to4, Teredo and NAT64 carry an IPv4 address that might be a private one.
bool is_special(const IpAddress& address) {
  if (is_private(address)) return true;
  return !address.is_v4() && (!in("2000::/3", address) || in("2002::/16", address) || in("2001::/23", address));
}

std::string percent_decode(std::string_view text) {
  std::string out;
  const auto value = [](char digit) { return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10; };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size() && is(text[at + 1], kHexClass) && is(text[at + 2], kHexClass)) {
      out += static_cast<char>(value(text[at + 1]) * 16 + value(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

bool AddressPolicy::permits(std::string_view host, const IpAddress& address) const {
  if (!is_special(address)) return true;
  if (std::any_of(allowed_networks.begin(), allowed_networks.end(),
                  [&](const Network& network) { return network.contains(address); })) {
    return true;
  }
  if (never_a_site(address)) return false;
  const std::string name = ascii_lower(host);
  return std::any_of(allowed_hosts.begin(), allowed_hosts.end(),
                     [&](const std::string& allowed) { return equals_lower(allowed, name); });
}

Result<ProxySettings> ProxySettings::parse(std::string_view https_proxy, std::string_view no_proxy) {
  ProxySettings out;
  while (!no_proxy.empty()) {
    const std::size_t comma = std::min(no_proxy.find(','), no_proxy.size());
    const std::string_view entry = trim(no_proxy.substr(0, comma));
    if (!entry.empty()) out.exceptions.push_back(ascii_lower(entry));
    no_proxy.remove_prefix(std::min(comma + 1, no_proxy.size()));
  }
  if (https_proxy.empty()) return out;
  constexpr std::string_view kScheme = "http://";
  if (https_proxy.size() < kScheme.size() || !equals_lower(https_proxy.substr(0, kScheme.size()), kScheme)) {
    return fail(Errc::kInvalidArgument, "HTTPS_PROXY must begin with http://, such as http://proxy.example:3128.", {},
                "HTTPS_PROXY");
  }
  std::string_view rest = https_proxy.substr(kScheme.size());
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    const std::string user = percent_decode(rest.substr(0, at));
    rest.remove_prefix(at + 1);
    out.authorization = SecretString("Proxy-Authorization: Basic " + to_base64(as_bytes(user)) + "\r\n");
  }
  auto authority = parse_authority(rest);
  if (authority.has_error()) {
    return fail(Errc::kInvalidArgument, "HTTPS_PROXY is not of the form http://host:port: " + authority.error().public_detail, {},
                "HTTPS_PROXY");
  }
  out.host = authority.value().host;
  out.port = authority.value().port == 0 ? std::uint16_t{3128} : authority.value().port;
  return out;
}

bool ProxySettings::applies_to(std::string_view upstream) const {
  if (host.empty()) return false;
  const std::string name = ascii_lower(upstream);
  const auto address = parse_ip(name);
  for (const std::string& entry : exceptions) {
    if (entry == "*" || entry == name) return false;
    if (address.has_value()) {
      const auto network = parse_network(entry);
      if (network.has_value() && network.value().contains(address.value())) return false;
      continue;
    }
    // "example.com" and ".example.com" both mean the domain's hosts too, as curl reads them.
    const std::string suffix = entry.front() == '.' ? entry : "." + entry;
    if (name.size() > suffix.size() && name.ends_with(suffix)) return false;
    if (name == suffix.substr(1)) return false;
  }
  return true;
}

Result<Origin> parse_base_url(std::string_view url) {
  Origin out;
  std::string_view rest;
  if (url.starts_with("https://")) {
    out.scheme = "https";
    rest = url.substr(8);
  } else if (url.starts_with("http://")) {
    out.scheme = "http";
    rest = url.substr(7);
  } else {
    return fail(Errc::kInvalidArgument, "A base URL begins with https:// (or http://), such as https://acme.atlassian.net.", {},
                "url");
  }
  if (rest.find_first_of("?#@\\%") != std::string_view::npos) {
    return fail(Errc::kInvalidArgument, "A base URL holds no user name, query, fragment, '%' or backslash.", {}, "url");
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  auto authority = parse_authority(rest.substr(0, slash));
  if (authority.has_error()) {
    authority.error().field = "url";
    return authority.error();
  }
  out.host = authority.value().host;
  out.port = authority.value().port;
  if (out.port == 0) out.port = out.scheme == "https" ? 443 : 80;
  const std::string_view path = rest.substr(slash);
  if (!path.empty() && path.back() == '/') {
    return fail(Errc::kInvalidArgument, "A base URL does not end in a slash; leave it out.", {}, "url");
  }
  if (!valid_context_path(path)) {
    return fail(Errc::kInvalidArgument, "The path of a base URL has segments of letters, digits, '-', '.', '_' and '~' only.", {},
                "url");
  }
  out.context_path = std::string(path);
  return out;
}

}  // namespace gatehouse::http
