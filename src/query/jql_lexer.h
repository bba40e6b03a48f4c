// JQL text to tokens. Called by jql_parser; jql_print asks it which words must be quoted.
//
// The rules are those of Atlassian's grammar: three spellings of a text (bare, "…", '…') with the same escapes in all of them,
// keywords in any case, white space is space, tab, CR and LF, no comments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "query/query_error.h"

namespace gatehouse::query {

struct JqlToken {
  enum class Kind : std::uint8_t {
    kEnd,
    kWord,      ///< a bare text that is neither number nor keyword nor reserved
    kNumber,    ///< bare, an optional minus and digits
    kQuoted,    ///< `raw` is without its quotes
    kReserved,  ///< a bare word that JQL keeps for itself and never uses
    kAnd,
    kOr,
    kNot,
    kBang,
    kEmpty,
    kIn,
    kIs,
    kWas,
    kChanged,
    kAfter,
    kBefore,
    kOn,
    kDuring,
    kBy,
    kFrom,
    kTo,
    kOrder,
    kAsc,
    kDesc,
    kCf,
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

  bool is_text() const noexcept { return kind == Kind::kWord || kind == Kind::kQuoted; }
};

/// Cheap to make. The text must be valid UTF-8 and outlive the lexer and its tokens.
class JqlLexer {
 public:
  explicit JqlLexer(std::string_view text) noexcept : text_(text) {}
  /// The next token; after kEnd always kEnd. Escapes are checked here, so that decoding can't fail.
  QueryResult<JqlToken> next();

 private:
  QueryResult<JqlToken> quoted();
  QueryResult<JqlToken> bare();
  QueryResult<bool> skip_escape();
  JqlToken symbol(JqlToken::Kind kind, std::size_t size) noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
};

/// What a kWord or kQuoted token says: its escapes resolved. Never holds NUL; valid UTF-8.
std::string decode(const JqlToken& token);

/// True for keywords and reserved words, in any case, and for the stop words that Atlassian's own editor quotes too.
bool must_be_quoted(std::string_view word) noexcept;

}  // namespace gatehouse::query
