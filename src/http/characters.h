// Character classes of HTTP/1.1's grammar (RFC 9110 section 5.6, RFC 9112) as one table, and comparison without case.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace gatehouse::http {

enum CharacterClass : std::uint8_t {
  kTokenClass = 1,   ///< tchar
  kTargetClass = 2,  ///< what may stand in a request target: visible ASCII without '#' and '\'
  kValueClass = 4,   ///< field value: visible ASCII, space, tab and obs-text
  kDigitClass = 8,
  kHexClass = 16,
  kHostClass = 32  ///< reg-name without percent-encoding and sub-delims
};

constexpr std::array<std::uint8_t, 256> make_character_table() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool digit = byte >= '0' && byte <= '9';
    const bool alpha = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const char as_char = static_cast<char>(byte);
    std::uint8_t classes = 0;
    if (digit || alpha || (byte != 0 && std::string_view("!#$%&'*+-.^_`|~").find(as_char) != std::string_view::npos))
      classes |= kTokenClass;
    if (byte > 0x20 && byte < 0x7f && byte != '#' && byte != '\\') classes |= kTargetClass;
    if ((byte >= 0x20 && byte != 0x7f) || byte == '\t') classes |= kValueClass;
    if (digit) classes |= kDigitClass;
    if (digit || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F')) classes |= kHexClass;
    if (digit || alpha || byte == '.' || byte == '-' || byte == '_') classes |= kHostClass;
    table[byte] = classes;
  }
  return table;
}
inline constexpr std::array<std::uint8_t, 256> kCharacters = make_character_table();

constexpr bool is(char byte, CharacterClass which) noexcept {
  return (kCharacters[static_cast<unsigned char>(byte)] & which) != 0;
}
constexpr bool all(std::string_view text, CharacterClass which) noexcept {
  for (const char byte : text) {
    if (!is(byte, which)) return false;
  }
  return true;
}
/// `right` must be lower case.
constexpr bool equals_lower(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (ascii_lower(left[at]) != right[at]) return false;
  }
  return true;
}
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}
/// Digits only, no sign, no leading zero but "0" itself, at most 18 of them (RFC 9112 section 6.2, taken strictly).
constexpr bool parse_length(std::string_view text, std::uint64_t& length) noexcept {
  if (text.empty() || text.size() > 18 || !all(text, kDigitClass) || (text.size() > 1 && text.front() == '0')) return false;
  length = 0;
  for (const char digit : text) length = length * 10 + static_cast<std::uint64_t>(digit - '0');
  return true;
}

}  // namespace gatehouse::http
