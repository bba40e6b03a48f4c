// The canonical-target rule: which request targets have one reading only, and how the parts are decoded and written anew.
//
// The gateway calls it before matching. A target that two parsers could read differently is refused (CWE-647, CWE-22, CWE-436);
// nothing is repaired, since what is repaired here may be repaired differently upstream. Pure functions, no allocation but where
// a string is passed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::catalogue {

/// Why a target is not canonical. Zero is "it is".
enum class TargetFault : std::uint8_t {
  kNone = 0,
  kNotOriginForm,  ///< absolute-form, authority-form, asterisk-form or empty
  kTooLong,
  /// Control, space, 8-bit, '#', '\\', or another byte that RFC 3986 has no place for. In a query `[ ] { } | ^` and the back
  /// tick may stand raw, since browsers' URL parsers and axios leave them. There also: an escaped control but tab, LF and CR.
  kForbiddenByte,
  kLeadingDoubleSlash,  ///< the base URL of the client ends in a slash
  kEmptySegment,        ///< `//` or a slash at the end
  kDotSegment,          ///< `.` or `..`, escaped or not, or a segment that ends in a dot
  kMatrixParameter,     ///< ';' as such, in the query too, where some parsers split at it
  kBadEscape,           ///< '%' without two hexadecimal digits
  kEncodedDelimiter,    ///< / \ . % NUL # ? ; or a control, escaped
  kNeedlessEscape,      ///< an unreserved character, escaped; but %7E, which encoders older than RFC 3986 write
  kBadUtf8,             ///< escapes that are not UTF-8, or write a character that stands for another one (full-width slash …)
  kRepeatedEmpty,       ///< query: an empty parameter, `&&`, or '&' at the end
  kBadName,             ///< query: a parameter name that is empty or has another byte than letters, digits and -_.~$:@ in it
  kTooManyParameters,
};

/// One sentence for the caller: what is wrong and what would be right. Holds no byte of the target.
std::string_view explain(TargetFault fault) noexcept;

inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;  ///< as much as the head scanner lets through (http/limits.h)
inline constexpr std::size_t kMaxQueryParameters = 256;

/// A target in origin-form, split at the first '?'. Views into what was checked.
struct Target {
  TargetFault fault = TargetFault::kNone;
  std::size_t at = 0;  ///< where the fault lies, in bytes
  std::string_view path;
  std::string_view query;  ///< without the '?'
  bool has_query = false;
  bool ok() const noexcept { return fault == TargetFault::kNone; }
};

/// `/` alone is canonical. Checks the path wholly and the query for its bytes; parse_query checks the rest of it.
Target check_target(std::string_view target) noexcept;

/// Decodes one path segment that passed check_target. Without escapes it is a view of `segment`, else of `buffer`.
std::string_view decode_segment(std::string_view segment, std::string& buffer);

struct QueryParameter {
  std::string_view name;   ///< decoded
  std::string_view value;  ///< decoded
  bool has_value = false;  ///< `a=` has one, `a` has none
};

/// The parameters of a query in their order, decoded once. Kept between requests: clear() by parsing the next.
class Query {
 public:
  Query() = default;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  const std::vector<QueryParameter>& all() const noexcept { return parameters_; }
  /// The first of that name, or nullptr.
  const QueryParameter* find(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  /// A name that stands more than once, or empty: the gateway refuses it unless the catalogue calls it a list.
  std::string_view repeated() const noexcept;

 private:
  friend TargetFault parse_query(std::string_view query, Query& out);
  std::vector<QueryParameter> parameters_;
  std::string decoded_;
};

/// Splits at '&' only, decodes '+' and %20 as a space, once. Views point into `query` or into `out`. On a fault `out` is empty.
[[nodiscard]] TargetFault parse_query(std::string_view query, Query& out);

/// Percent-encodes all but unreserved characters (RFC 3986 section 2.3).
void append_escaped(std::string_view decoded, std::string& out);
/// Appends `?` or `&`, then name and value. `first` is set to false.
void append_parameter(std::string_view name, std::string_view value, bool& first, std::string& out);

}  // namespace gatehouse::catalogue
