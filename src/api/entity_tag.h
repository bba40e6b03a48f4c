// Entity tags of records (RFC 9110 section 8.8.3): of what is answered, by its bytes.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::api {

/// In its quotes.
std::string entity_tag(std::string_view body);
/// Whether `field` (If-Match, If-None-Match) is `*` or lists `tag`. A weak tag is none of ours.
bool lists_tag(std::string_view field, std::string_view tag);

}  // namespace gatehouse::api
