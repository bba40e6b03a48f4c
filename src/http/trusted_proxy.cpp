#include "http/trusted_proxy.h"

#include <algorithm>
#include <cstring>

#include "http/characters.h"

namespace gatehouse::http {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kMaxText = 107;

/// The next word up to one space; empty where there is none.
std::string_view take_word(std::string_view& line) noexcept {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

bool is_port(std::string_view text) noexcept {
  std::uint64_t port = 0;
  return parse_length(text, port) && port <= 65535;
}

ProxyHeader read_text(std::string_view bytes) noexcept {
  const std::size_t end = bytes.substr(0, kMaxText).find("\r\n");
  if (end == std::string_view::npos) {
    return {bytes.size() < kMaxText ? ProxyHeader::Status::kIncomplete : ProxyHeader::Status::kRefused, 0, {}};
  }
  std::string_view line = bytes.substr(0, end);
  ProxyHeader out{ProxyHeader::Status::kComplete, end + 2, {}};
  line.remove_prefix(6);  // "PROXY "
  const std::string_view family = take_word(line);
  if (family == "UNKNOWN") return out;
  const auto source = parse_ip(take_word(line));
  const auto destination = parse_ip(take_word(line));
  const std::string_view source_port = take_word(line);
  const bool known = family == "TCP4" || family == "TCP6";
  if (!known || source.has_error() || destination.has_error() || !is_port(source_port) || !is_port(line)) return {};
  if (source.value().is_v4() != (family == "TCP4")) return {};
  out.source = source.value();
  return out;
}

ProxyHeader read_binary(std::string_view bytes) noexcept {
  constexpr std::size_t kFixed = 16;
  if (bytes.size() < kFixed) return {ProxyHeader::Status::kIncomplete, 0, {}};
  const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
  const unsigned version_and_command = at(12);
  const unsigned family = at(13);
  const std::size_t length = static_cast<std::size_t>(at(14)) * 256 + at(15);
  if (version_and_command != 0x20 && version_and_command != 0x21) return {};
  if (kFixed + length > kMaxProxyHeader) return {};
  if (bytes.size() < kFixed + length) return {ProxyHeader::Status::kIncomplete, 0, {}};
  ProxyHeader out{ProxyHeader::Status::kComplete, kFixed + length, {}};
  if (version_and_command == 0x20) return out;
  IpAddress source;
  if (family == 0x11 && length >= 12) {
    source.bytes[10] = source.bytes[11] = 0xff;
    std::memcpy(source.bytes.data() + 12, bytes.data() + kFixed, 4);
  } else if (family == 0x21 && length >= 36) {
    std::memcpy(source.bytes.data(), bytes.data() + kFixed, 16);
  } else {
    return {};
  }
  out.source = source;
  return out;
}

/// An entry of X-Forwarded-For; some proxies write a port behind the address, and IPv6 in brackets.
std::optional<IpAddress> read_entry(std::string_view entry) {
  if (!entry.empty() && entry.front() == '[') {
    const std::size_t end = entry.find(']');
    if (end == std::string_view::npos || (end + 1 < entry.size() && entry[end + 1] != ':')) return std::nullopt;
    entry = entry.substr(1, end - 1);
  } else if (std::count(entry.begin(), entry.end(), ':') == 1) {
    entry = entry.substr(0, entry.find(':'));
  }
  const auto parsed = parse_ip(entry);
  return parsed.has_value() ? std::optional(parsed.value()) : std::nullopt;
}

}  // namespace

bool is_in(const std::vector<Network>& networks, const IpAddress& address) noexcept {
  return std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.contains(address); });
}

ProxyHeader read_proxy_header(std::string_view bytes) noexcept {
  constexpr std::string_view kText = "PROXY ";
  if (bytes.substr(0, kText.size()) == kText.substr(0, bytes.size())) {
    return bytes.size() < kText.size() ? ProxyHeader{ProxyHeader::Status::kIncomplete, 0, {}} : read_text(bytes);
  }
  if (bytes.substr(0, kSignature.size()) == kSignature.substr(0, bytes.size())) return read_binary(bytes);
  return {};
}

IpAddress forwarded_client(const FieldTable& fields, const IpAddress& peer, const std::vector<Network>& trusted) {
  IpAddress client = peer;
  const auto& all = fields.all();
  for (auto field = all.rbegin(); field != all.rend(); ++field) {
    if (field->known != Known::kXForwardedFor) continue;
    std::string_view rest = field->value;
    while (true) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view entry = trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      const std::optional<IpAddress> address = read_entry(entry);
      if (!address) return IpAddress{};
      client = *address;
      if (!is_in(trusted, client)) return client;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace gatehouse::http
