#include "gateway/json_reader.h"

#include <cstring>

#include "gateway/json_bytes.h"

namespace gatehouse::gateway {
namespace {

constexpr std::size_t kLinearKeys = 48;  // more keys in one object go into a hash set
constexpr std::size_t kMaxNumber = 256;

bool digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }

std::string_view bad_character(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 ? "a control character stands in a string" : "a string is not UTF-8";
}

void append_utf8(unsigned code, std::string& out) {
  const auto put = [&out](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  const auto tail = [&put, code](int shift) { put(0x80U | ((code >> shift) & 0x3fU)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0U | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    put(0xe0U | (code >> 12));
    tail(6);
    tail(0);
  } else {
    put(0xf0U | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

JsonReader::JsonReader(std::string_view text, RepeatedKeys repeated) : text_(text), repeated_(repeated) {}

JsonToken JsonReader::fail(std::string_view why) {
  error_ = why;
  finished_ = true;
  return token_ = JsonToken::kError;
}

void JsonReader::space() noexcept {
  while (at_ < text_.size()) {
    const char byte = text_[at_];
    if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r') return;
    ++at_;
  }
}

JsonToken JsonReader::next() {
  if (finished_) return token_;
  space();
  begin_ = at_;
  if (expect_ == Expect::kNothing) {
    if (at_ != text_.size()) return fail("something stands behind the end of the JSON text");
    finished_ = true;
    return token_ = JsonToken::kEnd;
  }
  if (at_ == text_.size()) return fail("the JSON text ends too early");
  const char byte = text_[at_];
  switch (expect_) {
    case Expect::kColon:
      if (byte != ':') return fail("expected ':' behind a key");
      return step_to_value_or_key() ? value() : token_;
    case Expect::kCommaOrEnd: {
      const bool object = stack_.back().object;
      if (byte == (object ? '}' : ']')) return close();
      if (byte != ',') return fail(object ? "expected ',' or '}'" : "expected ',' or ']'");
      if (!step_to_value_or_key()) return token_;
      return object ? key() : value();
    }
    case Expect::kFirstKeyOrEnd: return byte == '}' ? close() : key();
    case Expect::kFirstElementOrEnd: return byte == ']' ? close() : value();
    case Expect::kKey: return key();
    case Expect::kValue:
    case Expect::kNothing: break;
  }
  return value();
}

/// Over a colon or comma and the white space behind it.
bool JsonReader::step_to_value_or_key() {
  ++at_;
  space();
  begin_ = at_;
  if (at_ < text_.size()) return true;
  fail("the JSON text ends too early");
  return false;
}

JsonToken JsonReader::value() {
  switch (text_[at_]) {
    case '{': return open(true);
    case '[': return open(false);
    case '"':
      if (!string()) return token_;
      after_value();
      return token_ = JsonToken::kString;
    case 't': return literal("true", JsonToken::kTrue);
    case 'f': return literal("false", JsonToken::kFalse);
    case 'n': return literal("null", JsonToken::kNull);
    default: return number();
  }
}

void JsonReader::after_value() noexcept { expect_ = stack_.empty() ? Expect::kNothing : Expect::kCommaOrEnd; }

JsonToken JsonReader::open(bool object) {
  if (stack_.size() == kMaxDepth) return fail("the JSON text is nested too deeply (64 levels at most)");
  ++at_;
  stack_.push_back({object, ++serial_, static_cast<std::uint32_t>(hashes_.size())});
  expect_ = object ? Expect::kFirstKeyOrEnd : Expect::kFirstElementOrEnd;
  return token_ = object ? JsonToken::kObjectBegin : JsonToken::kArrayBegin;
}

JsonToken JsonReader::close() {
  ++at_;
  const Level level = stack_.back();
  stack_.pop_back();
  hashes_.resize(level.first_hash);
  after_value();
  return token_ = level.object ? JsonToken::kObjectEnd : JsonToken::kArrayEnd;
}

JsonToken JsonReader::key() {
  if (text_[at_] != '"') return fail("expected a key in quotes");
  if (!string()) return token_;
  if (repeated_ == RepeatedKeys::kRefused && !first_of_its_name()) return fail("a key stands twice in one object");
  expect_ = Expect::kColon;
  return token_ = JsonToken::kKey;
}

bool JsonReader::first_of_its_name() {
  // Two different keys of one hash are refused as well: only who looks for such a pair can send it.
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char byte : decoded_) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  const Level& level = stack_.back();
  const std::size_t count = hashes_.size() - level.first_hash;
  if (count <= kLinearKeys) {
    for (std::size_t i = level.first_hash; i < hashes_.size(); ++i) {
      if (hashes_[i] == hash) return false;
    }
    hashes_.push_back(hash);
    return true;
  }
  const std::uint64_t salt = level.serial * 0x9e3779b97f4a7c15ULL;
  for (std::size_t i = level.first_hash; i < hashes_.size(); ++i) {
    if (hashes_[i] == hash) return false;
  }
  return large_.insert(hash ^ salt).second;
}

JsonToken JsonReader::literal(std::string_view word, JsonToken token) {
  if (text_.substr(at_, word.size()) != word) return fail("expected a JSON value");
  at_ += word.size();
  after_value();
  return token_ = token;
}

JsonToken JsonReader::number() {
  const auto peek = [this] { return at_ < text_.size() ? text_[at_] : '\0'; };
  const auto digits = [&] {
    const std::size_t from = at_;
    while (digit(peek())) ++at_;
    return at_ > from;
  };
  if (peek() == '-') ++at_;
  if (peek() == '0') {
    ++at_;
  } else if (!digits()) {
    return fail("expected a JSON value");
  }
  if (peek() == '.') {
    ++at_;
    if (!digits()) return fail("a number ends in its point");
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return fail("a number ends in its exponent");
  }
  if (at_ - begin_ > kMaxNumber) return fail("a number is too long (256 characters at most)");
  decoded_ = text_.substr(begin_, at_ - begin_);
  after_value();
  return token_ = JsonToken::kNumber;
}

bool JsonReader::string() {
  const std::size_t from = at_ + 1;
  std::size_t at = from;
  for (;;) {
    at = behind_plain(text_, at);
    if (at == text_.size()) {
      fail("the JSON text ends inside a string");
      return false;
    }
    if (text_[at] == '"') {
      decoded_ = text_.substr(from, at - from);
      at_ = at + 1;
      return true;
    }
    if (text_[at] == '\\') {
      scratch_.assign(text_, from, at - from);
      return unescape(at);
    }
    if (!utf8(at)) {
      fail(bad_character(text_[at]));
      return false;
    }
  }
}

/// The rest of a string from its first backslash on, into `scratch_`.
bool JsonReader::unescape(std::size_t from) {
  at_ = from;
  while (at_ < text_.size()) {
    const char byte = text_[at_];
    if (byte == '"') {
      ++at_;
      decoded_ = scratch_;
      return true;
    }
    if (byte == '\\') {
      if (!append_escape()) return false;
      continue;
    }
    std::size_t behind = at_ + 1;
    if (!is_plain(byte)) {
      behind = at_;
      if (!utf8(behind)) {
        fail(bad_character(byte));
        return false;
      }
    }
    scratch_.append(text_, at_, behind - at_);
    at_ = behind;
  }
  fail("the JSON text ends inside a string");
  return false;
}

bool JsonReader::append_escape() {
  const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  at_ += 2;
  switch (kind) {
    case '"':
    case '\\':
    case '/': scratch_.push_back(kind); return true;
    case 'b': scratch_.push_back('\b'); return true;
    case 'f': scratch_.push_back('\f'); return true;
    case 'n': scratch_.push_back('\n'); return true;
    case 'r': scratch_.push_back('\r'); return true;
    case 't': scratch_.push_back('\t'); return true;
    case 'u': break;
    default: fail("an unknown escape stands in a string"); return false;
  }
  unsigned code = 0;
  if (!hex4(code)) return false;
  if (code >= 0xd800 && code < 0xdc00 && at_ < text_.size() && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    unsigned low = 0;
    if (!hex4(low)) return false;
    if (low >= 0xdc00 && low < 0xe000) {
      append_utf8(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), scratch_);
      return true;
    }
  }
  if (code == 0 || (code >= 0xd800 && code < 0xe000)) {
    fail("a string holds NUL or half of a surrogate pair");
    return false;
  }
  append_utf8(code, scratch_);
  return true;
}

bool JsonReader::hex4(unsigned& code) {
  code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char byte = at_ < text_.size() ? text_[at_] : '\0';
    const char lower = static_cast<char>(byte | 0x20);
    if (digit(byte)) {
      code = code * 16 + static_cast<unsigned>(byte - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      code = code * 16 + static_cast<unsigned>(lower - 'a') + 10;
    } else {
      fail("an unknown escape stands in a string");
      return false;
    }
  }
  return true;
}

/// Steps over one character beyond ASCII.
bool JsonReader::utf8(std::size_t& at) const noexcept {
  const std::size_t behind = behind_character(text_, at);
  const bool good = behind != at;
  at = behind;
  return good;
}

bool JsonReader::skip() {
  if (token_ != JsonToken::kObjectBegin && token_ != JsonToken::kArrayBegin) return token_ != JsonToken::kError;
  const std::size_t from = begin_;
  const std::size_t outside = stack_.size() - 1;
  if (repeated_ == RepeatedKeys::kAllowed) {
    // Where nothing is asked of the keys, most of an answer is only read over. What the quick way does not know is read token
    // by token: it finds the very fault too.
    if (const std::size_t behind = behind_container(text_, from, kMaxDepth - outside); behind != 0) {
      at_ = behind - 1;
      close();
      begin_ = from;
      return true;
    }
  }
  while (stack_.size() > outside) {
    if (next() == JsonToken::kError) return false;
  }
  begin_ = from;
  return true;
}

void append_json_string(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t from = 0;
  for (std::size_t at = behind_plain(text, 0); at < text.size(); at = behind_plain(text, at + 1)) {
    const auto code = static_cast<unsigned char>(text[at]);
    if (code >= 0x80) continue;
    out.append(text, from, at - from);
    from = at + 1;
    out.push_back('\\');
    switch (code) {
      case '"':
      case '\\': out.push_back(static_cast<char>(code)); break;
      case '\n': out.push_back('n'); break;
      case '\r': out.push_back('r'); break;
      case '\t': out.push_back('t'); break;
      default:
        out.append("u00");
        out.push_back(kHex[code >> 4U]);
        out.push_back(kHex[code & 15U]);
    }
  }
  out.append(text, from);
  out.push_back('"');
}

}  // namespace gatehouse::gateway
