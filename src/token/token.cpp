#include "token/token.h"

#include <array>
#include <cstdint>

namespace gatehouse::token {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kChecksumLength = 6;
constexpr std::size_t kPrefixLength = 5;

/// CRC-32 of IEEE 802.3 (reflected 0x04c11db7), as in zlib.
constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320U : 0U);
    table[byte] = value;
  }
  return table;
}
constexpr auto kCrc = crc_table();

constexpr std::array<bool, 256> letters() {
  std::array<bool, 256> table{};
  for (const char letter : kAlphabet) table[static_cast<unsigned char>(letter)] = true;
  return table;
}
constexpr auto kLetter = letters();

std::array<char, kChecksumLength> checksum(std::string_view text) noexcept {
  std::uint32_t crc = 0xffffffffU;
  for (const char letter : text) crc = kCrc[(crc ^ static_cast<unsigned char>(letter)) & 0xff] ^ (crc >> 8);
  crc ^= 0xffffffffU;
  // 62^6 is more than 2^32: six letters hold it, most significant first.
  std::array<char, kChecksumLength> out{};
  for (std::size_t i = kChecksumLength; i-- > 0; crc /= 62) out[i] = kAlphabet[crc % 62];
  return out;
}

}  // namespace

Minted mint(TokenKind kind, std::string_view public_id, Random& random) {
  Minted minted;
  minted.secret = SecretString(random_base62(random, kSecretLength));
  std::string text;
  text.reserve(kTokenLength);
  text.append("gth").append(1, static_cast<char>(kind)).append("_").append(public_id).append(minted.secret.expose());
  const auto sum = checksum(text);
  text.append(sum.data(), sum.size());
  minted.text = SecretString(std::move(text));
  return minted;
}

std::optional<ParsedToken> parse(std::string_view text) noexcept {
  if (text.size() != kTokenLength || text.substr(0, 3) != "gth" || text[4] != '_') return std::nullopt;
  const char kind = text[3];
  if (kind != 't' && kind != 's' && kind != 'a' && kind != 'r' && kind != 'd') return std::nullopt;
  bool known = true;
  for (const char letter : text.substr(kPrefixLength)) known = known && kLetter[static_cast<unsigned char>(letter)];
  const std::size_t body = kTokenLength - kChecksumLength;
  const auto sum = checksum(text.substr(0, body));
  if (!known || text.substr(body) != std::string_view(sum.data(), sum.size())) return std::nullopt;
  return ParsedToken{static_cast<TokenKind>(kind), text.substr(kPrefixLength, kIdLength),
                     text.substr(kPrefixLength + kIdLength, kSecretLength)};
}

}  // namespace gatehouse::token
