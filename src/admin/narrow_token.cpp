#include <algorithm>

#include "admin/change.h"
#include "admin/describe.h"
#include "admin/rate.h"
#include "admin/tokens.h"

namespace gatehouse::admin {
namespace {

Error wider(std::string what, std::string field) {
  return fail(Errc::kInvalidArgument, std::move(what) + " Narrowing only takes away; for more, create another token.", {},
              std::move(field));
}

/// Whether `inner` permits nothing that `outer` does not, in the product of the site.
bool role_includes(const Services& services, Product product, std::string_view outer, std::string_view inner) {
  if (outer.empty() || outer == inner) return true;
  const catalogue::Catalogue* catalogue = services.gateway.catalogue_of(product);
  const catalogue::AccessRole* large = catalogue ? catalogue->role(outer) : nullptr;
  const catalogue::AccessRole* small = catalogue ? catalogue->role(inner) : nullptr;
  return large && small && (small->operations & ~large->operations).none();
}

Result<void> narrow_boundary(const Services& services, Credential& credential, const std::vector<std::string>& kept,
                             store::Repositories& at) {
  if (kept.empty()) return wider("A token without resources opens nothing; revoke it instead.", "resources");
  Describer describer(at, services.clock.now());
  std::vector<BoundaryEntry> boundary;
  for (const std::string& text : kept) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    bool found = false;
    for (BoundaryEntry entry : credential.boundary) {
      GH_TRY(const std::string display, describer.resource_name(entry.resource));
      if (display != name) continue;
      if (equals != std::string::npos) {
        GH_TRY(const auto site, at.sites.get(entry.resource.site));
        const std::string role = text.substr(equals + 1);
        const std::string_view present = entry.role.empty() ? credential.role : entry.role;
        const catalogue::Catalogue* catalogue = services.gateway.catalogue_of(site.value.product);
        if (!catalogue || !catalogue->role(role))
          return fail(Errc::kInvalidArgument, "There is no such access role.", {}, "resources");
        if (!role_includes(services, site.value.product, present, role))
          return wider("That role does more than the present one.", "resources");
        entry.role = role;
      }
      boundary.push_back(std::move(entry));
      found = true;
    }
    if (!found) return wider("One of the resources is not in the token's boundary.", "resources");
  }
  credential.boundary = std::move(boundary);
  return success();
}

Result<void> narrow_role(const Services& services, Credential& credential, const std::string& role, store::Repositories& at) {
  for (const BoundaryEntry& entry : credential.boundary) {
    GH_TRY(const auto site, at.sites.get(entry.resource.site));
    const catalogue::Catalogue* catalogue = services.gateway.catalogue_of(site.value.product);
    if (!catalogue || !catalogue->role(role)) return fail(Errc::kInvalidArgument, "There is no such access role.", {}, "role");
    if (!role_includes(services, site.value.product, credential.role, role))
      return wider("That role does more than the present one.", "role");
  }
  credential.role = role;
  return success();
}

bool inside(const Network& inner, const Network& outer) { return inner.prefix >= outer.prefix && outer.contains(inner.base); }

Result<void> narrow_addresses(Credential& credential, const std::vector<std::string>& texts) {
  GH_TRY(auto networks, parse_allow_ips(texts));
  if (networks.empty()) return wider("An empty list would let it be used from anywhere.", "allow_ips");
  const bool all_inside = std::all_of(networks.begin(), networks.end(), [&credential](const Network& one) {
    return std::any_of(credential.allow_ips.begin(), credential.allow_ips.end(),
                       [&one](const Network& outer) { return inside(one, outer); });
  });
  if (!credential.allow_ips.empty() && !all_inside)
    return wider("One of the networks lies outside of the present ones.", "allow_ips");
  credential.allow_ips = std::move(networks);
  return success();
}

Result<void> narrow_rate(Credential& credential, const std::string& text) {
  GH_TRY(const Rate rate, parse_rate(text));
  const Rate& now = credential.rate;
  if (now.requests != 0 && rate.requests * now.per.count() > now.requests * rate.per.count())
    return wider("That rate is higher than the present one.", "rate");
  credential.rate = rate;
  return success();
}

}  // namespace

Result<Document> narrow_token(Services& services, const Caller& caller, std::string_view token, const NarrowToken& request) {
  const auto edit = [&services, &request](Credential& credential, store::Repositories& at) -> Result<void> {
    if (request.scopes) {
      GH_TRY(const ScopeSet scopes, parse_scopes(*request.scopes));
      if (scopes.empty()) return wider("A token without scopes does nothing; revoke it instead.", "scopes");
      if (!credential.scopes.includes(scopes)) return wider("One of the scopes is not the token's.", "scopes");
      credential.scopes = scopes;
    }
    if (request.resources) {
      GH_TRYV(narrow_boundary(services, credential, *request.resources, at));
    }
    if (request.role) {
      GH_TRYV(narrow_role(services, credential, *request.role, at));
    }
    if (request.expires_at) {
      if (*request.expires_at <= services.clock.now())
        return fail(Errc::kInvalidArgument, "The expiry lies in the past; to end it now, revoke it.", {}, "expires_at");
      if (credential.expires_at && *request.expires_at > *credential.expires_at)
        return wider("That is later than its present end.", "expires_at");
      credential.expires_at = request.expires_at;
    }
    if (request.allow_ips) {
      GH_TRYV(narrow_addresses(credential, *request.allow_ips));
    }
    if (request.rate) {
      GH_TRYV(narrow_rate(credential, *request.rate));
    }
    return success();
  };
  return change_token(services, caller, token, "token.narrow", {}, edit);
}

}  // namespace gatehouse::admin
