#include "model/resource.h"

#include <algorithm>

namespace gatehouse {
namespace {

bool lower_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool letter_or_digit(char c) noexcept { return lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }
bool plain_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= 255 && std::all_of(key.begin(), key.end(), [](char c) {
    return letter_or_digit(c) || std::string_view("_~.:-").find(c) != std::string_view::npos;
  });
}

}  // namespace

bool valid_site_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= 32 && lower_or_digit(key.front()) &&
         std::all_of(key.begin(), key.end(), [](char c) { return lower_or_digit(c) || c == '-'; });
}

bool is_resource_id(std::string_view value) noexcept {
  return plain_key(value) && value.find_first_not_of('.') != std::string_view::npos && value.back() != '.';
}

Result<ResourceName> parse_resource_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view site = text.substr(0, slash);
  const std::string_view key = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  const bool plain = plain_key(key);
  if (!valid_site_key(site) || !(plain || key == "*")) {
    return fail(Errc::kInvalidArgument, "Not a resource; write it as SITE/KEY, such as acme/A, or acme/* for the whole site.", {},
                "resources");
  }
  return ResourceName{std::string(site), std::string(key)};
}

}  // namespace gatehouse
