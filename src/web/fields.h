// What a browser sends, taken apart: forms, queries, cookies, and where it may be sent next. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::web {

/// Names that stand once each.
class Fields {
 public:
  /// application/x-www-form-urlencoded, of a form or a query (WHATWG URL section 5.1). Nothing where it is malformed, not UTF-8
  /// is left as it is, a name stands twice, or there are more than 64.
  static std::optional<Fields> parse(std::string_view text);
  /// Empty where it is not there.
  const std::string& get(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept;

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

/// The value of a cookie; nothing where it is missing or stands twice, since then somebody else set one of them.
std::string cookie_of(std::string_view cookie_header, std::string_view name);

/// A path of this listener to go to afterwards, or an address of `/authorize` behind `public_url`; "/" for whatever else.
std::string safe_next(std::string_view next, std::string_view public_url);

}  // namespace gatehouse::web
