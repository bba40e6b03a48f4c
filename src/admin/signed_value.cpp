#include "admin/signed_value.h"

#include <array>
#include <charconv>

#include "base/encoding.h"
#include "model/ids.h"

namespace gatehouse::admin {
namespace {

/// A space keeps it apart from every record's id, which the same key hashes tokens with.
std::string named(std::string_view purpose) { return "value " + std::string(purpose); }

Error refused() { return fail(Errc::kUnauthenticated, "This has expired, or was not made here; begin again."); }

}  // namespace

std::string sign_value(Services& services, std::string_view purpose, std::string_view payload, Duration valid_for) {
  const Instant end = services.clock.now() + valid_for;
  std::string text = to_base64url(as_bytes(payload)) + "." + std::to_string(end.time_since_epoch().count()) + "." +
                     random_base62(services.random, kIdLength);
  return text + "." + crypto::format_token_hash(services.hasher.hash(named(purpose), text));
}

Result<SignedValue> open_value(const Services& services, std::string_view purpose, std::string_view text) {
  std::array<std::size_t, 3> dots{};
  std::size_t at = 0;
  for (std::size_t& dot : dots) {
    dot = text.find('.', at);
    if (dot == std::string_view::npos) return refused();
    at = dot + 1;
  }
  const auto hash = crypto::parse_token_hash(text.substr(at));
  if (!hash || !services.hasher.matches(hash.value(), named(purpose), text.substr(0, dots[2]))) return refused();
  std::int64_t end = 0;
  const auto [stop, problem] = std::from_chars(text.data() + dots[0] + 1, text.data() + dots[1], end);
  const auto payload = from_base64url(text.substr(0, dots[0]));
  if (problem != std::errc() || stop != text.data() + dots[1] || !payload) return refused();
  SignedValue value;
  value.payload = as_text(payload.value());
  value.nonce = text.substr(dots[1] + 1, dots[2] - dots[1] - 1);
  value.ends_at = Instant(Duration(end));
  if (services.clock.now() >= value.ends_at) return refused();
  return value;
}

std::string tag_of(const Services& services, std::string_view purpose, std::string_view text) {
  return crypto::format_token_hash(services.hasher.hash(named(purpose), text));
}

bool has_tag(const Services& services, std::string_view purpose, std::string_view text, std::string_view tag) {
  const auto hash = crypto::parse_token_hash(tag);
  return hash && services.hasher.matches(hash.value(), named(purpose), text);
}

}  // namespace gatehouse::admin
