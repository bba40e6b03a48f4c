#include "api/route.h"

#include <algorithm>

namespace gatehouse::api {

const std::string& Call::at(std::string_view name) const {
  static const std::string kNone;
  const auto found = std::find_if(path.begin(), path.end(), [name](const auto& one) { return one.first == name; });
  return found == path.end() ? kNone : found->second;
}

std::optional<std::string> Call::maybe_text(std::string_view name) const {
  if (const auto* member = body.if_contains(name); member && member->is_string()) return std::string(member->get_string());
  const auto found = std::find_if(query.begin(), query.end(), [name](const auto& one) { return one.first == name; });
  if (found == query.end()) return std::nullopt;
  return found->second;
}

bool Call::has(std::string_view name) const noexcept {
  return body.contains(name) || std::any_of(query.begin(), query.end(), [name](const auto& one) { return one.first == name; });
}

std::string Call::text(std::string_view name) const { return maybe_text(name).value_or(std::string()); }

std::vector<std::string> Call::texts(std::string_view name) const {
  std::vector<std::string> values;
  if (const auto* member = body.if_contains(name); member && member->is_array()) {
    for (const boost::json::value& one : member->get_array()) {
      if (one.is_string()) values.emplace_back(one.get_string());
    }
  }
  return values;
}

bool Call::flag(std::string_view name) const {
  if (const auto* member = body.if_contains(name)) return member->is_bool() && member->get_bool();
  return text(name) == "true";
}

std::optional<std::int64_t> Call::integer(std::string_view name) const {
  if (const auto* member = body.if_contains(name); member && member->is_int64()) return member->get_int64();
  const std::optional<std::string> written = maybe_text(name);
  // The router has checked that it is a number of at most nine digits.
  if (!written) return std::nullopt;
  return std::stoll(*written);
}

Result<std::optional<Instant>> Call::instant(std::string_view name) const {
  const std::optional<std::string> written = maybe_text(name);
  if (!written) return std::optional<Instant>();
  auto at = parse_instant(*written);
  if (!at) {
    at.error().field = name;
    return at.error();
  }
  return std::optional<Instant>(at.value());
}

Result<std::optional<Duration>> Call::duration(std::string_view name) const {
  const std::optional<std::string> written = maybe_text(name);
  if (!written) return std::optional<Duration>();
  auto span = parse_duration(*written);
  if (!span) {
    span.error().field = name;
    return span.error();
  }
  return std::optional<Duration>(span.value());
}

}  // namespace gatehouse::api
