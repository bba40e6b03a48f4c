// CQL text to tokens. Called by cql_parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "query/query_error.h"

namespace gatehouse::query {

struct CqlToken {
  enum class Kind : std::uint8_t {
    kEnd,
    kWord,      ///< a bare text that is neither number nor reserved
    kNumber,    ///< bare, an optional minus and digits
    kQuoted,    ///< `raw` is without its quotes
    kReserved,  ///< a bare word that CQL keeps for itself
    kAnd,
    kOr,
    kNot,
    kIn,
    kOrder,
    kBy,
    kAsc,
    kDesc,
    kLeftParenthesis,
    kRightParenthesis,
    kLeftBracket,
    kRightBracket,
    kComma,
    kEquals,
    kNotEquals,
    kLess,
    kLessEquals,
    kGreater,
    kGreaterEquals,
    kLike,
    kNotLike,
  };
  Kind kind = Kind::kEnd;
  bool escaped = false;  ///< `raw` holds a backslash
  std::size_t at = 0;
  std::string_view raw;  ///< a view of the text that was given
};

/// Cheap to make. The text must be valid UTF-8 and outlive the lexer and its tokens.
class CqlLexer {
 public:
  explicit CqlLexer(std::string_view text) noexcept : text_(text) {}
  /// The next token; after kEnd always kEnd. Escapes are checked here, so that decoding can't fail.
  QueryResult<CqlToken> next();

 private:
  QueryResult<CqlToken> quoted();
  QueryResult<CqlToken> bare();
  CqlToken symbol(CqlToken::Kind kind, std::size_t size) noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
};

/// What a kWord, kNumber or kQuoted token says.
std::string decode(const CqlToken& token);

/// True where `text` reads the same without quotes: ASCII, no number, not reserved.
bool is_plain_cql_word(std::string_view text);

}  // namespace gatehouse::query
