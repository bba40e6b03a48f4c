// Text without a locale: letters of ASCII compared and folded, and text made safe for HTML and for URLs. Used everywhere.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse {

constexpr char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string ascii_lower(std::string_view text);

/// A to Z count as a to z; every other byte is compared as it is.
constexpr bool same_without_case(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (ascii_lower(left[at]) != ascii_lower(right[at])) return false;
  }
  return true;
}

/// For element content and for attributes in quotes of either kind.
std::string escape_html(std::string_view text);

/// For queries and forms: all but letters, digits and "-._~" (RFC 3986 section 2.3) as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace gatehouse
