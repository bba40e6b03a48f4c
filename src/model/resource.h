// A resource: what a boundary names, written `site/KEY`. Pinned by the product's immutable id, since keys are renamed and reused.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/ids.h"

namespace gatehouse {

/// `id` is the numeric id of a Jira project or a Confluence space, as text; "*" is the whole site. Only `site` and `id`
/// decide; `key` is the display name at the time of the grant.
struct Resource {
  SiteId site;
  std::string id;
  std::string key;
  bool whole_site() const noexcept { return id == "*"; }
  bool same(const Resource& other) const noexcept { return site == other.site && id == other.id; }
  bool operator==(const Resource&) const = default;
};

/// What a person writes: `acme/A`, `acme/*`. The site's key and the project's, not yet resolved to ids.
struct ResourceName {
  std::string site_key;
  std::string key;
  bool operator==(const ResourceName&) const = default;
};

/// Site keys: [a-z0-9][a-z0-9-]{0,31}. Project and space keys: [A-Za-z0-9_~.:-]{1,255}, or `*`.
Result<ResourceName> parse_resource_name(std::string_view text);
bool valid_site_key(std::string_view key) noexcept;
/// Of an OpenAPI site, where the value itself is the id: of the characters of a key, and not dots alone.
bool is_resource_id(std::string_view value) noexcept;
inline std::string format_resource_name(std::string_view site_key, std::string_view key) {
  return std::string(site_key) + "/" + std::string(key);
}

}  // namespace gatehouse
