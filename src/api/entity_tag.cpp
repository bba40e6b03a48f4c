#include "api/entity_tag.h"

#include <span>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace gatehouse::api {

std::string entity_tag(std::string_view body) {
  const auto hash = crypto::sha256(body);
  return "\"" + to_base64url(std::span(hash).first(16)) + "\"";
}

bool lists_tag(std::string_view field, std::string_view tag) {
  while (!field.empty()) {
    const std::size_t comma = field.find(',');
    std::string_view one = field.substr(0, comma);
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one == "*" || one == tag) return true;
    field = comma == std::string_view::npos ? std::string_view() : field.substr(comma + 1);
  }
  return false;
}

}  // namespace gatehouse::api
