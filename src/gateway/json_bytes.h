// The byte loops under json_reader.cpp and links.cpp, sixteen bytes at a time where the processor can.
#pragma once

#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gatehouse::gateway {

/// A byte that may stand in a string as it is: no quote, backslash or control, and ASCII.
inline bool is_plain(char byte) noexcept {
  const auto code = static_cast<unsigned char>(byte);
  return code >= 0x20 && code < 0x80 && byte != '"' && byte != '\\';
}

/// The first place from `at` on whose byte is not plain; text.size() where there is none.
inline std::size_t behind_plain(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i space = _mm_set1_epi8(0x20);
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Signed, so that bytes beyond ASCII are below the space too.
    const __m128i found =
        _mm_or_si128(_mm_cmplt_epi8(bytes, space), _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask != 0) return at + static_cast<std::size_t>(__builtin_ctz(mask));
  }
#endif
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

/// The place behind the character beyond ASCII at `at`; `at` itself where it is not UTF-8 (RFC 3629: shortest form, no
/// surrogates, up to U+10FFFF).
std::size_t behind_character(std::string_view text, std::size_t at) noexcept;

/// `at` is the bracket that opens an object or array. Gives the place behind the one that closes it, or 0 where the text is not
/// JSON or holds what is left to the reader: an escaped surrogate, or more than `max_depth` levels. Whatever it accepts,
/// JsonReader accepts too; keys that stand twice are not looked for.
std::size_t behind_container(std::string_view text, std::size_t at, std::size_t max_depth) noexcept;

/// The next `"http` from `at` on, or npos.
std::size_t find_quoted_http(std::string_view text, std::size_t at) noexcept;

}  // namespace gatehouse::gateway
