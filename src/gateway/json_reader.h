// JsonReader: one JSON text (RFC 8259) as a sequence of tokens, strictly. Used by body_reader, redactor and the look-ups.
//
// Boost.JSON's value would damage what passes through (numbers, repeated keys), so bodies and answers are read token by token and
// numbers are kept as they were written. Refused: anything RFC 8259 does not allow, invalid UTF-8, a lone surrogate or NUL as an
// escape, more than kMaxDepth levels and, unless allowed, a key that stands twice in one object (compared after unescaping).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace gatehouse::gateway {

/// Zero is an error: nothing is known then.
enum class JsonToken : std::uint8_t {
  kError = 0,
  kObjectBegin,
  kObjectEnd,
  kArrayBegin,
  kArrayEnd,
  kKey,
  kString,
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kEnd,  ///< the text is over, and it was whole
};

class JsonReader {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  enum class RepeatedKeys : std::uint8_t { kRefused = 0, kAllowed };

  /// `text` must outlive the reader. Does not read yet.
  explicit JsonReader(std::string_view text, RepeatedKeys repeated = RepeatedKeys::kRefused);

  /// The next token. After kError or kEnd it gives the same again.
  JsonToken next();
  JsonToken token() const noexcept { return token_; }
  /// Of a key or string: its decoded text, valid until the next key or string. Of a number: as written.
  std::string_view text() const noexcept { return decoded_; }
  /// The token as it was written (strings with their quotes): a view of the input. After skip(): the whole value.
  std::string_view raw() const noexcept { return text_.substr(begin_, at_ - begin_); }
  std::size_t begin() const noexcept { return begin_; }
  /// Behind the token that was read last.
  std::size_t end() const noexcept { return at_; }
  /// The input from `from` to the end of the token that was read last.
  std::string_view slice(std::size_t from) const noexcept { return text_.substr(from, at_ - from); }
  std::size_t depth() const noexcept { return stack_.size(); }
  /// After next() gave the first token of a value: reads to its last. False on error.
  bool skip();
  /// Of kError: what was wrong, in a few words for the client; never holds input.
  std::string_view error() const noexcept { return error_; }

 private:
  enum class Expect : std::uint8_t { kValue, kFirstKeyOrEnd, kKey, kColon, kFirstElementOrEnd, kCommaOrEnd, kNothing };
  struct Level {
    bool object = false;
    std::uint32_t serial = 0;      ///< tells objects apart in `large_`
    std::uint32_t first_hash = 0;  ///< where its keys begin in `hashes_`
  };

  JsonToken fail(std::string_view why);
  bool step_to_value_or_key();
  JsonToken value();
  JsonToken open(bool object);
  JsonToken close();
  JsonToken key();
  JsonToken number();
  JsonToken literal(std::string_view word, JsonToken token);
  bool string();
  bool unescape(std::size_t from);
  bool append_escape();
  bool hex4(unsigned& code);
  bool utf8(std::size_t& at) const noexcept;
  bool first_of_its_name();
  void space() noexcept;
  void after_value() noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  RepeatedKeys repeated_;
  JsonToken token_ = JsonToken::kError;
  bool finished_ = false;
  Expect expect_ = Expect::kValue;
  std::string_view decoded_;
  std::string scratch_;
  std::string_view error_;
  std::vector<Level> stack_;
  std::uint32_t serial_ = 0;
  std::vector<std::uint64_t> hashes_;
  std::unordered_set<std::uint64_t> large_;
};

/// Appends `text` (UTF-8) as a JSON string with its quotes.
void append_json_string(std::string_view text, std::string& out);

}  // namespace gatehouse::gateway
