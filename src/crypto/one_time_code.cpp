#include "crypto/one_time_code.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace gatehouse::crypto {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::int64_t kPeriodMs = 30'000;

}  // namespace

std::string hotp(std::span<const std::byte> key, std::uint64_t counter) {
  std::array<unsigned char, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i) message[7 - i] = static_cast<unsigned char>(counter >> (8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> tag{};
  unsigned size = 0;
  if (!HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), tag.data(), &size) ||
      size != 20)
    return {};
  // RFC 4226 section 5.3: dynamic truncation.
  const std::size_t at = tag[19] & 0xfU;
  const std::uint32_t value = (static_cast<std::uint32_t>(tag[at] & 0x7fU) << 24U) |
                              (static_cast<std::uint32_t>(tag[at + 1]) << 16U) | (static_cast<std::uint32_t>(tag[at + 2]) << 8U) |
                              tag[at + 3];
  std::string digits = std::to_string(value % 1'000'000);
  return std::string(kDigits - digits.size(), '0') + digits;
}

std::optional<std::int64_t> match_totp(std::span<const std::byte> key, std::string_view code, Instant now, std::int64_t used) {
  if (code.size() != kDigits) return std::nullopt;
  const std::int64_t present = now.time_since_epoch().count() / kPeriodMs;
  std::optional<std::int64_t> found;
  for (std::int64_t step = present - 1; step <= present + 1; ++step) {
    if (step < 0) continue;
    const std::string expected = hotp(key, static_cast<std::uint64_t>(step));
    // All three are always made and compared whole, so that the time says nothing.
    if (expected.size() == code.size() && CRYPTO_memcmp(expected.data(), code.data(), code.size()) == 0 && step > used)
      found = step;
  }
  return found;
}

std::string to_base32(std::span<const std::byte> bytes) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::byte byte : bytes) {
    held = ((held << 8U) | std::to_integer<std::uint32_t>(byte)) & 0xfffU;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kAlphabet[(held >> bits) & 31U];
    }
  }
  if (bits > 0) out += kAlphabet[(held << (5 - bits)) & 31U];
  return out;
}

}  // namespace gatehouse::crypto
