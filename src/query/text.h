// UTF-8 for both query languages: is it valid, what is the next character, and which must not be shown as they are.
//
// Called by the lexers and printers of JQL and CQL.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::query {

/// Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, at most U+10FFFF), or npos.
std::size_t find_invalid_utf8(std::string_view text) noexcept;

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes that it takes
};
/// The character at `at` (< text.size()) of valid UTF-8.
CodePoint decode_utf8(std::string_view text, std::size_t at) noexcept;
/// `value` must be a Unicode scalar value.
void append_utf8(std::string& out, char32_t value);

/// Controls, spaces other than U+0020, marks that change direction, and what has no shape of its own: a reader would not see
/// them, or would see something else.
bool is_invisible(char32_t value) noexcept;

/// Writes `value` as \uXXXX, as two of them above U+FFFF.
void append_unicode_escape(std::string& out, char32_t value);

/// The first characters of `text` (valid UTF-8) in quotes, for an error message; invisible ones as \uXXXX.
std::string excerpt(std::string_view text);

}  // namespace gatehouse::query
