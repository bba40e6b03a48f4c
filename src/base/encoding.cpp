#include "base/encoding.h"

#include <array>

namespace gatehouse {
namespace {

constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kPlainAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode64(std::span<const std::byte> bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  unsigned held = 0;
  int bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8) | std::to_integer<unsigned>(byte);
    for (bits += 8; bits >= 6; bits -= 6) out.push_back(alphabet[(held >> (bits - 6)) & 63]);
  }
  if (bits > 0) out.push_back(alphabet[(held << (6 - bits)) & 63]);
  return out;
}

constexpr std::array<signed char, 256> reverse(std::string_view alphabet) {
  std::array<signed char, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
  return table;
}

Result<std::vector<std::byte>> decode64(std::string_view text, const std::array<signed char, 256>& table) {
  std::vector<std::byte> out;
  out.reserve(text.size() * 3 / 4);
  unsigned held = 0;
  int bits = 0;
  for (const char letter : text) {
    const int value = table[static_cast<unsigned char>(letter)];
    if (value < 0) return fail(Errc::kInvalidArgument, "Not base64.");
    held = (held << 6) | static_cast<unsigned>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::byte>((held >> bits) & 255));
    }
  }
  const bool stray_bits = (held & ((1U << bits) - 1)) != 0;
  if (bits >= 6 || stray_bits) return fail(Errc::kInvalidArgument, "Not base64.");
  return out;
}

constexpr auto kUrlReverse = reverse(kUrlAlphabet);
constexpr auto kPlainReverse = reverse(kPlainAlphabet);

}  // namespace

std::string to_base64url(std::span<const std::byte> bytes) { return encode64(bytes, kUrlAlphabet); }

std::string to_base64(std::span<const std::byte> bytes) {
  std::string out = encode64(bytes, kPlainAlphabet);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    out.push_back(kDigits[std::to_integer<unsigned>(byte) >> 4]);
    out.push_back(kDigits[std::to_integer<unsigned>(byte) & 15]);
  }
  return out;
}

Result<std::vector<std::byte>> from_base64url(std::string_view text) { return decode64(text, kUrlReverse); }

Result<std::vector<std::byte>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fail(Errc::kInvalidArgument, "Not base64.");
  const std::size_t letters = text.find_last_not_of('=') + 1;
  if (text.size() - letters > 2) return fail(Errc::kInvalidArgument, "Not base64.");
  return decode64(text.substr(0, letters), kPlainReverse);
}

}  // namespace gatehouse
