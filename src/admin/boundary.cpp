#include "admin/boundary.h"

#include <algorithm>

#include "admin/describe.h"
#include "admin/resources.h"

namespace gatehouse::admin {
namespace {

/// The entry that holds the resource: one that names it, else the whole site.
const BoundaryEntry* holder(const std::vector<BoundaryEntry>& boundary, const Resource& resource) {
  const BoundaryEntry* found = nullptr;
  for (const BoundaryEntry& entry : boundary) {
    if (entry.resource.site != resource.site) continue;
    if (entry.resource.id == resource.id) return &entry;
    if (entry.resource.whole_site()) found = &entry;
  }
  return found;
}

}  // namespace

Error wider(std::string what, std::string field) {
  return fail(Errc::kInvalidArgument, std::move(what) + " Narrowing only takes away; for more, create another token.", {},
              std::move(field));
}

const std::vector<BoundaryEntry>& boundary_of(const Credential& credential, Instant now) {
  return credential.propose_until && *credential.propose_until <= now ? credential.proposed : credential.boundary;
}

bool role_includes(const Services& services, const Site& site, std::string_view outer, std::string_view inner) {
  if (outer.empty() || outer == inner) return true;
  const auto catalogue = services.gateway.catalogue_of(site);
  const catalogue::AccessRole* large = catalogue ? catalogue->role(outer) : nullptr;
  const catalogue::AccessRole* small = catalogue ? catalogue->role(inner) : nullptr;
  return large && small && (small->operations & ~large->operations).none();
}

bool lies_inside(const std::vector<BoundaryEntry>& inner, const std::vector<BoundaryEntry>& outer) {
  return std::all_of(inner.begin(), inner.end(),
                     [&outer](const BoundaryEntry& one) { return holder(outer, one.resource) != nullptr; });
}

Result<std::vector<BoundaryEntry>> entries_named(Services& services, const std::vector<BoundaryEntry>& boundary,
                                                 const std::vector<std::string>& names) {
  std::vector<BoundaryEntry> entries(names.size());
  std::vector<std::size_t> unknown;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    Describer describer(*reader.operator->(), services.clock.now());
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::size_t equals = names[i].find('=');
      bool found = false;
      for (const BoundaryEntry& entry : boundary) {
        GH_TRY(const std::string display, describer.resource_name(entry.resource));
        if (display != names[i].substr(0, equals)) continue;
        entries[i].resource = entry.resource;
        if (equals != std::string::npos) entries[i].role = names[i].substr(equals + 1);
        found = true;
        break;
      }
      if (!found) unknown.push_back(i);
    }
  }
  for (const std::size_t i : unknown) {
    GH_TRY(auto asked, resolve_boundary(services, {names[i]}));
    entries[i] = std::move(asked.front());
  }
  return entries;
}

Result<std::vector<BoundaryEntry>> inside_boundary(const Services& services, const store::Repositories& at,
                                                   const Credential& credential, const std::vector<BoundaryEntry>& boundary,
                                                   const std::vector<BoundaryEntry>& wanted, std::string_view field) {
  std::vector<BoundaryEntry> inside;
  for (BoundaryEntry entry : wanted) {
    const BoundaryEntry* outer = holder(boundary, entry.resource);
    if (!outer) return wider("One of the resources is not in the token's boundary.", std::string(field));
    GH_TRY(const auto site, at.sites.get(entry.resource.site));
    const auto catalogue = services.gateway.catalogue_of(site.value);
    if (entry.role.empty()) {
      entry.role = outer->role;
    } else if (!catalogue || !catalogue->role(entry.role)) {
      return fail(Errc::kInvalidArgument, "There is no such access role.", {}, std::string(field));
    } else if (!role_includes(services, site.value, outer->role.empty() ? credential.role : outer->role, entry.role)) {
      return wider("That role does more than the present one.", std::string(field));
    }
    inside.push_back(std::move(entry));
  }
  return inside;
}

}  // namespace gatehouse::admin
