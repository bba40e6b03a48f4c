#include "query/jql_lexer.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "query/text.h"

namespace gatehouse::query {
namespace {

using Kind = JqlToken::Kind;

struct Keyword {
  std::string_view word;
  Kind kind;
};

constexpr std::array<Keyword, 20> kKeywords{{
    {"after", Kind::kAfter},   {"and", Kind::kAnd},     {"asc", Kind::kAsc},         {"before", Kind::kBefore},
    {"by", Kind::kBy},         {"cf", Kind::kCf},       {"changed", Kind::kChanged}, {"desc", Kind::kDesc},
    {"during", Kind::kDuring}, {"empty", Kind::kEmpty}, {"from", Kind::kFrom},       {"in", Kind::kIn},
    {"is", Kind::kIs},         {"not", Kind::kNot},     {"null", Kind::kEmpty},      {"on", Kind::kOn},
    {"or", Kind::kOr},         {"order", Kind::kOrder}, {"to", Kind::kTo},           {"was", Kind::kWas},
}};

// What Atlassian's grammar reserves without using it.
constexpr std::string_view kReserved[] = {
    "abort",      "access",     "add",       "alias",     "alter",      "any",        "as",        "audit",     "avg",
    "begin",      "between",    "boolean",   "break",     "byte",       "catch",      "char",      "character", "check",
    "checkpoint", "collate",    "collation", "column",    "commit",     "connect",    "continue",  "count",     "create",
    "current",    "date",       "decimal",   "declare",   "decrement",  "default",    "defaults",  "define",    "delete",
    "delimiter",  "difference", "distinct",  "divide",    "do",         "double",     "drop",      "else",      "encoding",
    "end",        "equals",     "escape",    "exclusive", "exec",       "execute",    "exists",    "explain",   "false",
    "fetch",      "field",      "file",      "first",     "float",      "for",        "function",  "go",        "goto",
    "grant",      "greater",    "group",     "having",    "identified", "if",         "immediate", "increment", "index",
    "initial",    "inner",      "inout",     "input",     "insert",     "int",        "integer",   "intersect", "intersection",
    "into",       "isempty",    "isnull",    "join",      "last",       "left",       "less",      "like",      "limit",
    "lock",       "long",       "max",       "min",       "minus",      "mode",       "modify",    "modulo",    "more",
    "multiply",   "next",       "noaudit",   "notin",     "nowait",     "number",     "object",    "of",        "option",
    "outer",      "output",     "power",     "previous",  "prior",      "privileges", "public",    "raise",     "raw",
    "remainder",  "rename",     "resource",  "return",    "returns",    "revoke",     "right",     "row",       "rowid",
    "rownum",     "rows",       "select",    "session",   "set",        "share",      "size",      "sqrt",      "start",
    "strict",     "string",     "subtract",  "sum",       "synonym",    "table",      "then",      "trans",     "transaction",
    "trigger",    "true",       "uid",       "union",     "unique",     "update",     "user",      "validate",  "values",
    "view",       "when",       "whenever",  "where",     "while",      "with",
};

// Legal bare, but older sites reserve them as words that search leaves out.
constexpr std::string_view kStopWords[] = {"a",    "all",  "an",  "are",   "at",    "be",    "but",  "it",   "no",
                                           "such", "that", "the", "their", "there", "these", "they", "this", "will"};

constexpr std::size_t kLongestWord = 12;
constexpr std::size_t kLetters = 26;

/// All three lists as one, sorted, with the place where each first letter begins: most words are looked up in a step or two.
struct WordTable {
  std::array<Keyword, kKeywords.size() + std::size(kReserved) + std::size(kStopWords)> words{};
  std::array<std::size_t, kLetters + 1> start{};
};

constexpr WordTable make_word_table() {
  WordTable table;
  std::size_t size = 0;
  for (const Keyword& keyword : kKeywords) table.words[size++] = keyword;
  for (const std::string_view word : kReserved) table.words[size++] = {word, Kind::kReserved};
  for (const std::string_view word : kStopWords) table.words[size++] = {word, Kind::kWord};
  std::sort(table.words.begin(), table.words.end(), [](const Keyword& a, const Keyword& b) { return a.word < b.word; });
  for (const Keyword& keyword : table.words) ++table.start[static_cast<std::size_t>(keyword.word.front() - 'a') + 1];
  for (std::size_t letter = 1; letter <= kLetters; ++letter) table.start[letter] += table.start[letter - 1];
  return table;
}
constexpr WordTable kWords = make_word_table();

/// A bare ASCII word in lower case, or empty where it can't be one of the tables' words.
class LowerWord {
 public:
  explicit LowerWord(std::string_view word) noexcept {
    if (word.size() > kLongestWord) return;
    for (const char c : word) {
      const char lower = ascii_lower(c);
      if (lower < 'a' || lower > 'z') {
        size_ = 0;
        return;
      }
      letters_[size_++] = lower;
    }
  }
  std::string_view view() const noexcept { return {letters_.data(), size_}; }

 private:
  std::array<char, kLongestWord> letters_{};
  std::size_t size_ = 0;
};

/// The entry of `lower`, which is not empty and of letters only, or null.
const Keyword* find_word(std::string_view lower) noexcept {
  const auto letter = static_cast<std::size_t>(lower.front() - 'a');
  for (std::size_t i = kWords.start[letter]; i < kWords.start[letter + 1]; ++i) {
    if (kWords.words[i].word == lower) return &kWords.words[i];
  }
  return nullptr;
}

constexpr std::array<bool, 128> bare_characters() {
  std::array<bool, 128> allowed{};
  for (std::size_t c = 0x21; c < 0x7F; ++c) allowed[c] = true;
  for (const char c : std::string_view("\"'=!<>()~,[]|&{}*/%+^$#@?;\\")) allowed[static_cast<unsigned char>(c)] = false;
  return allowed;
}
constexpr std::array<bool, 128> kBare = bare_characters();

/// Characters that no JQL text may hold as they are, quoted or not; tab is one, CR and LF are not within quotes.
bool is_forbidden(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xFFFE || c == 0xFFFF;
}

std::optional<char32_t> hex4(std::string_view text, std::size_t at) noexcept {
  if (text.size() < at + 4) return std::nullopt;
  char32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = ascii_lower(text[i]);
    if (c >= '0' && c <= '9') {
      value = value << 4 | static_cast<char32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value = value << 4 | static_cast<char32_t>(c - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

bool is_high_surrogate(char32_t c) noexcept { return c >= 0xD800 && c < 0xDC00; }
bool is_low_surrogate(char32_t c) noexcept { return c >= 0xDC00 && c < 0xE000; }

struct Escape {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes with the backslash; 0: not an escape
};

/// The escape at `at`, where a backslash stands. Two \u that are a surrogate pair are one character.
Escape read_escape(std::string_view text, std::size_t at) noexcept {
  if (at + 1 >= text.size()) return {};
  switch (text[at + 1]) {
    case 't': return {'\t', 2};
    case 'n': return {'\n', 2};
    case 'r': return {'\r', 2};
    case '"':
    case '\'':
    case '\\':
    case ' ': return {static_cast<char32_t>(text[at + 1]), 2};
    case 'u': break;
    default: return {};
  }
  const auto first = hex4(text, at + 2);
  if (!first) return {};
  if (!is_high_surrogate(*first)) return {*first, 6};
  if (text.substr(at + 6, 2) != "\\u") return {*first, 6};
  const auto second = hex4(text, at + 8);
  if (!second || !is_low_surrogate(*second)) return {*first, 6};
  return {0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), 12};
}

bool is_number(std::string_view word) noexcept {
  if (word.starts_with('-')) word.remove_prefix(1);
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Kind kind_of(std::string_view word) noexcept {
  if (is_number(word)) return Kind::kNumber;
  const LowerWord lower(word);
  if (lower.view().empty()) return Kind::kWord;
  const Keyword* known = find_word(lower.view());
  return known != nullptr ? known->kind : Kind::kWord;
}

}  // namespace

JqlToken JqlLexer::symbol(Kind kind, std::size_t size) noexcept {
  JqlToken token{kind, false, at_, text_.substr(at_, size)};
  at_ += size;
  return token;
}

QueryResult<JqlToken> JqlLexer::next() {
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
    case '!':
      return second == '=' ? symbol(Kind::kNotEquals, 2) : second == '~' ? symbol(Kind::kNotLike, 2) : symbol(Kind::kBang, 1);
    case '<': return second == '=' ? symbol(Kind::kLessEquals, 2) : symbol(Kind::kLess, 1);
    case '>': return second == '=' ? symbol(Kind::kGreaterEquals, 2) : symbol(Kind::kGreater, 1);
    case '&': return symbol(Kind::kAnd, second == '&' ? 2 : 1);
    case '|': return symbol(Kind::kOr, second == '|' ? 2 : 1);
    default: return bare();
  }
}

QueryResult<bool> JqlLexer::skip_escape() {
  const Escape escape = read_escape(text_, at_);
  if (escape.size == 0) {
    return QueryError{
        at_,
        R"(This is no escape. Known are \" \' \\ \t \n \r, a backslash before a space, and \u with four hexadecimal digits; )"
        R"(a backslash itself is written \\.)"};
  }
  if (escape.value == 0) return QueryError{at_, "A text can't hold the character NUL."};
  if (escape.value >= 0xD800 && escape.value < 0xE000) {
    return QueryError{
        at_, R"(This is one half of a surrogate pair. Its other half, \ud800 to \udbff before \udc00 to \udfff, is missing.)"};
  }
  at_ += escape.size;
  return true;
}

QueryResult<JqlToken> JqlLexer::quoted() {
  const std::size_t start = at_;
  const char quote = text_[at_++];
  bool escaped = false;
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] == '\\') {
      escaped = true;
      GH_TRYV(skip_escape());
      continue;
    }
    const CodePoint c = decode_utf8(text_, at_);
    if (is_forbidden(c.value) && c.value != '\n' && c.value != '\r') {
      return QueryError{
          at_, R"(A quoted text can't hold this control character as it is. Write \t, or \u with four hexadecimal digits.)"};
    }
    at_ += c.size;
  }
  if (at_ == text_.size()) return QueryError{at_, std::string("The text ends within quotes: expected a closing ") + quote + "."};
  ++at_;
  return JqlToken{Kind::kQuoted, escaped, start, text_.substr(start + 1, at_ - start - 2)};
}

QueryResult<JqlToken> JqlLexer::bare() {
  const std::size_t start = at_;
  bool escaped = false;
  while (at_ < text_.size()) {
    const unsigned char byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x80 && kBare[byte]) {
      ++at_;
    } else if (byte == '\\') {
      escaped = true;
      GH_TRYV(skip_escape());
    } else if (byte >= 0x80) {
      const CodePoint c = decode_utf8(text_, at_);
      if (is_forbidden(c.value)) break;
      at_ += c.size;
    } else {
      break;
    }
  }
  if (at_ == start) {
    const CodePoint c = decode_utf8(text_, at_);
    if (is_forbidden(c.value))
      return QueryError{at_, "A query can't hold the character " + excerpt(text_.substr(at_, c.size)) + "."};
    return QueryError{at_, "The character " + excerpt(text_.substr(at_, c.size)) + " can stand only in a quoted text."};
  }
  const std::string_view word = text_.substr(start, at_ - start);
  return JqlToken{escaped ? Kind::kWord : kind_of(word), escaped, start, word};
}

std::string decode(const JqlToken& token) {
  if (!token.escaped) return std::string(token.raw);
  std::string out;
  out.reserve(token.raw.size());
  std::size_t at = 0;
  while (at < token.raw.size()) {
    if (token.raw[at] != '\\') {
      out.push_back(token.raw[at++]);
      continue;
    }
    const Escape escape = read_escape(token.raw, at);
    append_utf8(out, escape.value);
    at += escape.size;
  }
  return out;
}

bool must_be_quoted(std::string_view word) noexcept {
  const LowerWord lower(word);
  if (lower.view().empty()) return false;
  return find_word(lower.view()) != nullptr;
}

}  // namespace gatehouse::query
