#include "admin/resources.h"

#include <algorithm>

#include "admin/find.h"
#include "admin/site_credentials.h"
#include "admin/site_entries.h"
#include "admin/upstream_tokens.h"
#include "upstream/lookups.h"

namespace gatehouse::admin {

Result<Resource> resolve_resource(Services& services, std::string_view name) {
  GH_TRY(const ResourceName written, parse_resource_name(name));
  upstream::SiteEntryPtr site;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const auto found, find_site(*reader.operator->(), written.site_key));
    GH_TRY(site, read_site(reader, services.sealer, *services.upstream_tokens, found.value.id));
  }
  if (written.key == "*") return Resource{site->site.id, "*", "*"};
  // Of any other API the value itself is the id.
  if (site->site.product == Product::kOpenApi) {
    if (is_resource_id(written.key)) return Resource{site->site.id, written.key, written.key};
    return fail(Errc::kInvalidArgument, "The resource " + std::string(name) + ": dots alone are no resource.", {}, "resources");
  }
  const std::string_view by = site->site.product == Product::kConfluence ? "v2.getSpaces" : "getProject";
  auto resolved = upstream::resolve_resource(*site, route_for(services, *site, by), written.key, services.fetch);
  if (!resolved) {
    Error error = resolved.error();
    error.field = "resources";
    error.public_detail = "The resource " + std::string(name) + ": " + error.public_detail;
    return error;
  }
  return Resource{site->site.id, resolved.value().id, resolved.value().key};
}

Result<void> check_role(Services& services, const SiteId& site, std::string_view role) {
  if (role.empty()) return success();
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, reader->sites.get(site));
  const auto catalogue = services.gateway.catalogue_of(found.value);
  if (!catalogue) {
    return fail(Errc::kUnsupported, "This site has no document, so it has no access roles (gatehouse site spec set).", {},
                "role");
  }
  if (catalogue->role(role)) return success();
  std::string known;
  for (const catalogue::AccessRole& one : catalogue->roles()) known += (known.empty() ? "" : ", ") + one.name;
  return fail(Errc::kInvalidArgument, "There is no such access role; known are: " + known + ".", {}, "role");
}

Result<std::vector<BoundaryEntry>> resolve_boundary(Services& services, const std::vector<std::string>& names) {
  std::vector<BoundaryEntry> boundary;
  for (const std::string& name : names) {
    const std::size_t equals = name.find('=');
    BoundaryEntry entry;
    if (equals != std::string::npos) entry.role = name.substr(equals + 1);
    if (equals != std::string::npos && entry.role.empty()) {
      return fail(Errc::kInvalidArgument, "After \"=\" stands an access role, such as acme/A=viewer.", {}, "resources");
    }
    GH_TRY(entry.resource, resolve_resource(services, std::string_view(name).substr(0, equals)));
    GH_TRYV(check_role(services, entry.resource.site, entry.role));
    const bool twice = std::any_of(boundary.begin(), boundary.end(),
                                   [&](const BoundaryEntry& one) { return one.resource.same(entry.resource); });
    if (twice) {
      return fail(Errc::kInvalidArgument, "Two of the resources are the same one; name each once, with one access role.", {},
                  "resources");
    }
    boundary.push_back(std::move(entry));
  }
  return boundary;
}

}  // namespace gatehouse::admin
