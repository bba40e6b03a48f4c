#include <algorithm>

#include "admin/boundary.h"
#include "admin/change.h"
#include "admin/find.h"
#include "admin/rate.h"
#include "admin/tokens.h"

namespace gatehouse::admin {
namespace {

/// The boundary becomes `kept`, and what was proposed stays only where it is smaller still.
Result<void> narrow_boundary(const Services& services, Credential& credential, const std::vector<BoundaryEntry>& kept,
                             store::Repositories& at) {
  if (kept.empty()) return wider("A token without resources opens nothing; revoke it instead.", "resources");
  GH_TRY(credential.boundary, inside_boundary(services, at, credential, credential.boundary, kept, "resources"));
  if (!credential.propose_until) return success();
  if (lies_inside(credential.boundary, credential.proposed)) {
    credential.proposed.clear();
    credential.propose_until.reset();
  } else if (!lies_inside(credential.proposed, credential.boundary)) {
    return fail(Errc::kConflict,
                "The boundary that is proposed for it lies partly outside of that; bound it to the proposed one, by naming no "
                "resources, or to a part of it.",
                {}, "resources");
  }
  return success();
}

/// From its time on the proposed boundary is the boundary: the record is made to say so before it is changed.
void settle_proposal(Credential& credential, bool now) {
  if (!credential.propose_until || !now) return;
  credential.boundary = std::move(credential.proposed);
  credential.proposed.clear();
  credential.propose_until.reset();
}

bool names_nothing(const NarrowToken& request) {
  return !request.scopes && !request.resources && !request.role && !request.expires_at && !request.allow_ips && !request.rate;
}

Result<void> narrow_role(const Services& services, Credential& credential, const std::string& role, store::Repositories& at) {
  for (const BoundaryEntry& entry : credential.boundary) {
    GH_TRY(const auto site, at.sites.get(entry.resource.site));
    const auto catalogue = services.gateway.catalogue_of(site.value);
    if (!catalogue || !catalogue->role(role)) return fail(Errc::kInvalidArgument, "There is no such access role.", {}, "role");
    if (!role_includes(services, site.value, credential.role, role))
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
  std::vector<BoundaryEntry> kept;
  if (request.resources) {
    std::vector<BoundaryEntry> boundary;
    {
      GH_TRY(const store::Reader reader, services.database.read());
      GH_TRY(const auto found, find_token(*reader.operator->(), token));
      boundary = boundary_of(found.value, services.clock.now());
    }
    GH_TRY(kept, entries_named(services, boundary, *request.resources));
  }
  const auto edit = [&services, &request, &kept](Credential& credential, const Editing& in) -> Result<void> {
    store::Repositories& at = in.at;
    if (names_nothing(request) && !credential.propose_until)
      return fail(Errc::kInvalidArgument, "Say what is kept, such as --resource acme/A; nothing is proposed for this token.", {},
                  "resources");
    settle_proposal(credential,
                    names_nothing(request) || (credential.propose_until && *credential.propose_until <= services.clock.now()));
    if (request.scopes) {
      GH_TRY(const ScopeSet scopes, parse_scopes(*request.scopes));
      if (scopes.empty()) return wider("A token without scopes does nothing; revoke it instead.", "scopes");
      if (!credential.scopes.includes(scopes)) return wider("One of the scopes is not the token's.", "scopes");
      credential.scopes = scopes;
    }
    if (request.resources) {
      GH_TRYV(narrow_boundary(services, credential, kept, at));
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
  return change_token(services, caller, policy::Need::kChangeOwn, token, "token.narrow", {}, edit);
}

}  // namespace gatehouse::admin
