#include "query/cql_lexer.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "query/text.h"

namespace gatehouse::query {
namespace {

using Kind = CqlToken::Kind;

struct Keyword {
  std::string_view word;
  Kind kind;
};
// Sorted. All that Confluence reserves; ASC and DESC are none, but have no other meaning in the documentation.
constexpr Keyword kKeywords[] = {
    {"after", Kind::kReserved},
    {"and", Kind::kAnd},
    {"as", Kind::kReserved},
    {"asc", Kind::kAsc},
    {"avg", Kind::kReserved},
    {"before", Kind::kReserved},
    {"begin", Kind::kReserved},
    {"by", Kind::kBy},
    {"commit", Kind::kReserved},
    {"contains", Kind::kReserved},
    {"count", Kind::kReserved},
    {"desc", Kind::kDesc},
    {"distinct", Kind::kReserved},
    {"else", Kind::kReserved},
    {"empty", Kind::kReserved},
    {"end", Kind::kReserved},
    {"explain", Kind::kReserved},
    {"from", Kind::kReserved},
    {"having", Kind::kReserved},
    {"if", Kind::kReserved},
    {"in", Kind::kIn},
    {"inner", Kind::kReserved},
    {"insert", Kind::kReserved},
    {"into", Kind::kReserved},
    {"is", Kind::kReserved},
    {"isnull", Kind::kReserved},
    {"left", Kind::kReserved},
    {"like", Kind::kReserved},
    {"limit", Kind::kReserved},
    {"max", Kind::kReserved},
    {"min", Kind::kReserved},
    {"not", Kind::kNot},
    {"null", Kind::kReserved},
    {"or", Kind::kOr},
    {"order", Kind::kOrder},
    {"outer", Kind::kReserved},
    {"right", Kind::kReserved},
    {"select", Kind::kReserved},
    {"sum", Kind::kReserved},
    {"then", Kind::kReserved},
    {"update", Kind::kReserved},
    {"was", Kind::kReserved},
    {"where", Kind::kReserved},
};
static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords),
                             [](const auto& a, const auto& b) { return a.word < b.word; }));
constexpr std::size_t kLongestKeyword = 8;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_bare(char32_t c) noexcept {
  if (c >= 0x80) return !is_invisible(c);
  const char lower = ascii_lower(static_cast<char>(c));
  return (lower >= 'a' && lower <= 'z') || is_digit(lower) || lower == '_' || lower == '.' || lower == '-' || lower == ':';
}

Kind kind_of(std::string_view word) {
  const std::string_view digits = word.starts_with('-') ? word.substr(1) : word;
  if (!digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit)) return Kind::kNumber;
  if (word.size() > kLongestKeyword) return Kind::kWord;
  const std::string lower = ascii_lower(word);
  const auto* found = std::lower_bound(std::begin(kKeywords), std::end(kKeywords), lower,
                                       [](const Keyword& keyword, std::string_view wanted) { return keyword.word < wanted; });
  return found != std::end(kKeywords) && found->word == lower ? found->kind : Kind::kWord;
}

}  // namespace

CqlToken CqlLexer::symbol(Kind kind, std::size_t size) noexcept {
  const CqlToken token{kind, false, at_, text_.substr(at_, size)};
  at_ += size;
  return token;
}

QueryResult<CqlToken> CqlLexer::next() {
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  if (at_ == text_.size()) return symbol(Kind::kEnd, 0);
  const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  switch (text_[at_]) {
    case '"':
    case '\'': return quoted();
    case '(': return symbol(Kind::kLeftParenthesis, 1);
    case ')': return symbol(Kind::kRightParenthesis, 1);
    case '[': return symbol(Kind::kLeftBracket, 1);
    case ']': return symbol(Kind::kRightBracket, 1);
    case ',': return symbol(Kind::kComma, 1);
    case '=': return symbol(Kind::kEquals, 1);
    case '~': return symbol(Kind::kLike, 1);
    case '<': return second == '=' ? symbol(Kind::kLessEquals, 2) : symbol(Kind::kLess, 1);
    case '>': return second == '=' ? symbol(Kind::kGreaterEquals, 2) : symbol(Kind::kGreater, 1);
    case '!':
      if (second == '=') return symbol(Kind::kNotEquals, 2);
      if (second == '~') return symbol(Kind::kNotLike, 2);
      return QueryError{at_, "Expected = or ~ behind \"!\"; the negation of a clause is written NOT."};
    default: return bare();
  }
}

QueryResult<CqlToken> CqlLexer::quoted() {
  const std::size_t start = at_;
  const char quote = text_[at_++];
  bool escaped = false;
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] == '\\') {
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (next != '"' && next != '\'' && next != '\\') {
        return QueryError{at_, R"(This is no escape. Known are \" \' and \\; a backslash itself is written \\.)"};
      }
      escaped = true;
      at_ += 2;
      continue;
    }
    const CodePoint c = decode_utf8(text_, at_);
    if (c.value < 0x20 || (c.value >= 0x7F && c.value < 0xA0)) return QueryError{at_, "A text can't hold a control character."};
    at_ += c.size;
  }
  if (at_ == text_.size()) return QueryError{at_, std::string("The text ends within quotes: expected a closing ") + quote + "."};
  ++at_;
  return CqlToken{Kind::kQuoted, escaped, start, text_.substr(start + 1, at_ - start - 2)};
}

QueryResult<CqlToken> CqlLexer::bare() {
  const std::size_t start = at_;
  while (at_ < text_.size()) {
    const CodePoint c = decode_utf8(text_, at_);
    if (!is_bare(c.value)) break;
    at_ += c.size;
  }
  if (at_ == start) {
    const CodePoint c = decode_utf8(text_, at_);
    if (c.value < 0x20) return QueryError{at_, "A query can't hold the character " + excerpt(text_.substr(at_, c.size)) + "."};
    return QueryError{at_, "The character " + excerpt(text_.substr(at_, c.size)) + " can stand only in a quoted text."};
  }
  const std::string_view word = text_.substr(start, at_ - start);
  return CqlToken{kind_of(word), false, start, word};
}

std::string decode(const CqlToken& token) {
  if (!token.escaped) return std::string(token.raw);
  std::string out;
  out.reserve(token.raw.size());
  for (std::size_t i = 0; i < token.raw.size(); ++i) {
    if (token.raw[i] == '\\') ++i;
    out.push_back(token.raw[i]);
  }
  return out;
}

bool is_plain_cql_word(std::string_view text) {
  const auto is_ascii_bare = [](char c) { return static_cast<unsigned char>(c) < 0x80 && is_bare(static_cast<char32_t>(c)); };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_bare) && kind_of(text) == Kind::kWord;
}

}  // namespace gatehouse::query
