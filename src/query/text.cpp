#include "query/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gatehouse::query {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) noexcept { return static_cast<unsigned char>(text[at]); }

/// Bytes of the well-formed sequence at `at`, or 0. The table of RFC 3629 section 4.
std::size_t sequence_size(std::string_view text, std::size_t at) noexcept {
  const unsigned first = byte_at(text, at);
  const std::size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (size < 2) return size;
  if (text.size() - at < size) return 0;
  const unsigned second = byte_at(text, at + 1);
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte_at(text, at + i) & 0xC0) != 0x80) return 0;
  }
  return size;
}

struct Range {
  char32_t first;
  char32_t last;
};
constexpr std::array<Range, 21> kInvisible{{
    {0x00, 0x1F},     {0x7F, 0xA0},     {0xAD, 0xAD},     {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160}, {0x1680, 0x1680},
    {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x2800, 0x2800}, {0x3000, 0x3000},
    {0x3164, 0x3164}, {0xE000, 0xF8FF}, {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFF},
}};

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = sequence_size(text, at);
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

CodePoint decode_utf8(std::string_view text, std::size_t at) noexcept {
  const unsigned first = byte_at(text, at);
  if (first < 0x80) return {first, 1};
  const auto rest = [&](std::size_t i) { return byte_at(text, at + i) & 0x3F; };
  if (first < 0xE0) return {(first & 0x1F) << 6 | rest(1), 2};
  if (first < 0xF0) return {(first & 0x0F) << 12 | rest(1) << 6 | rest(2), 3};
  return {(first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4};
}

void append_utf8(std::string& out, char32_t value) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  const auto tail = [&](int shift) { put(0x80 | (value >> shift & 0x3F)); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0 | value >> 6);
    tail(0);
  } else if (value < 0x10000) {
    put(0xE0 | value >> 12);
    tail(6);
    tail(0);
  } else {
    put(0xF0 | value >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_invisible(char32_t value) noexcept {
  if (value >= 0x20 && value < 0x7F) return false;
  if (value >= 0xE0000) return true;  // tags, variation selectors and private use
  return std::any_of(kInvisible.begin(), kInvisible.end(),
                     [value](const Range& range) { return value >= range.first && value <= range.last; });
}

void append_unicode_escape(std::string& out, char32_t value) {
  if (value > 0xFFFF) {
    append_unicode_escape(out, 0xD800 + ((value - 0x10000) >> 10));
    append_unicode_escape(out, 0xDC00 + ((value - 0x10000) & 0x3FF));
    return;
  }
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back("0123456789abcdef"[value >> shift & 0xF]);
}

std::string excerpt(std::string_view text) {
  constexpr int kCharacters = 20;
  std::string out = "\"";
  std::size_t at = 0;
  for (int i = 0; i < kCharacters && at < text.size(); ++i) {
    const CodePoint next = decode_utf8(text, at);
    if (is_invisible(next.value)) {
      append_unicode_escape(out, next.value);
    } else {
      out += text.substr(at, next.size);
    }
    at += next.size;
  }
  if (at < text.size()) out += "…";
  return out += '"';
}

}  // namespace gatehouse::query
