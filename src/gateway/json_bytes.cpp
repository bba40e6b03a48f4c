#include "gateway/json_bytes.h"

#include <cstdint>
#include <cstring>

namespace gatehouse::gateway {
namespace {

constexpr std::size_t kMaxNumber = 256;

bool is_digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }
bool is_space(char byte) noexcept { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; }

/// A walk over JSON that keeps no token. Every read is bounded by `end`.
class Skipper {
 public:
  Skipper(const char* at, const char* end, std::size_t max_depth) noexcept : at_(at), end_(end), max_depth_(max_depth) {}

  /// The place behind the container that begins at `at`; nullptr: not known.
  const char* container() noexcept {
    if (!open()) return nullptr;
    while (depth_ > 0) {
      if (!member()) return nullptr;
    }
    return at_;
  }

 private:
  bool done() const noexcept { return at_ == end_; }
  bool in_object() const noexcept { return (objects_ & 1U) != 0; }
  void space() noexcept {
    while (!done() && is_space(*at_)) ++at_;
  }
  bool take(char byte) noexcept {
    if (done() || *at_ != byte) return false;
    ++at_;
    return true;
  }

  bool open() noexcept {
    if (depth_ == max_depth_ || depth_ == 64) return false;
    objects_ = (objects_ << 1U) | (*at_ == '{' ? 1U : 0U);
    ++at_;
    ++depth_;
    first_ = true;
    return true;
  }

  /// A member, element or closing bracket, with what stands before it.
  bool member() noexcept {
    space();
    if (take(in_object() ? '}' : ']')) {
      objects_ >>= 1U;
      --depth_;
      first_ = false;
      return true;
    }
    if (!first_) {
      if (!take(',')) return false;
      space();
    }
    first_ = false;
    if (in_object()) {
      if (!take('"') || !string()) return false;
      space();
      if (!take(':')) return false;
      space();
    }
    return value();
  }

  bool value() noexcept {
    if (done()) return false;
    switch (*at_) {
      case '"': ++at_; return string();
      case '{':
      case '[': return open();
      case 't': return literal("true");
      case 'f': return literal("false");
      case 'n': return literal("null");
      default: return number();
    }
  }

  bool literal(std::string_view word) noexcept {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0) return false;
    at_ += word.size();
    return true;
  }

  bool digits() noexcept {
    const char* from = at_;
    while (!done() && is_digit(*at_)) ++at_;
    return at_ != from;
  }

  bool number() noexcept {
    const char* from = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!done() && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    return static_cast<std::size_t>(at_ - from) <= kMaxNumber;
  }

  /// Behind its opening quote.
  bool string() noexcept {
    for (;;) {
      const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
      at_ += behind_plain(rest, 0);
      if (done()) return false;
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ == '\\' ? !escape() : !character()) return false;
    }
  }

  bool character() noexcept {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const std::size_t behind = behind_character(rest, 0);
    at_ += behind;
    return behind != 0;
  }

  bool escape() noexcept {
    if (end_ - at_ < 2) return false;
    const char kind = at_[1];
    at_ += 2;
    if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
    if (end_ - at_ < 4) return false;
    unsigned code = 0;
    for (const char* stop = at_ + 4; at_ != stop; ++at_) {
      const char lower = static_cast<char>(*at_ | 0x20);
      if (!is_digit(*at_) && (lower < 'a' || lower > 'f')) return false;
      code = code * 16 + static_cast<unsigned>(is_digit(*at_) ? *at_ - '0' : lower - 'a' + 10);
    }
    return code != 0 && (code < 0xd800 || code > 0xdfff);
  }

  const char* at_;
  const char* end_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  std::uint64_t objects_ = 0;  ///< one bit a level, the innermost lowest: whether it is an object
  bool first_ = true;          ///< nothing stands before the member in its container
};

}  // namespace

std::size_t behind_character(std::string_view text, std::size_t at) noexcept {
  const auto byte = [text](std::size_t where) { return where < text.size() ? static_cast<unsigned char>(text[where]) : 0U; };
  const unsigned first = byte(at);
  const std::size_t length = first >= 0xc2 && first < 0xe0   ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  if (length == 0) return at;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0U) != 0x80) return at;
  }
  const unsigned second = byte(at + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) || (first == 0xf0 && second < 0x90) ||
      (first == 0xf4 && second >= 0x90)) {
    return at;
  }
  return at + length;
}

std::size_t behind_container(std::string_view text, std::size_t at, std::size_t max_depth) noexcept {
  const char* behind = Skipper(text.data() + at, text.data() + text.size(), max_depth).container();
  return behind == nullptr ? 0 : static_cast<std::size_t>(behind - text.data());
}

std::size_t find_quoted_http(std::string_view text, std::size_t at) noexcept {
  constexpr std::string_view kWanted = "\"http";
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i letter = _mm_set1_epi8('h');
  for (; at + 17 <= text.size(); at += 16) {
    const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i next = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at + 1));
    auto mask =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(here, quote), _mm_cmpeq_epi8(next, letter))));
    for (; mask != 0; mask &= mask - 1) {
      const std::size_t found = at + static_cast<std::size_t>(__builtin_ctz(mask));
      if (text.substr(found, kWanted.size()) == kWanted) return found;
    }
  }
#endif
  return text.find(kWanted, at);
}

}  // namespace gatehouse::gateway
