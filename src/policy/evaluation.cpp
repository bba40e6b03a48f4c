#include "policy/evaluation.h"

#include <algorithm>

namespace gatehouse::policy {
namespace {

bool matches(const Resource& resource, const SiteId& site, std::string_view id) noexcept {
  return resource.site == site && (resource.whole_site() || resource.id == id);
}

/// kBacked, or in a grace that has an end which lies ahead. Anything else is absent.
bool is_backed(const Grant& grant, Instant now) noexcept {
  return grant.backing == Backing::kBacked ||
         (grant.backing == Backing::kInGrace && grant.grace_ends_at && now < *grant.grace_ends_at);
}

}  // namespace

int distance_to_permit(Reason reason) noexcept {
  switch (reason) {
    case Reason::kPermitted: return 0;
    case Reason::kResourcePaused: return 1;
    case Reason::kInsufficientScope: return 2;
    case Reason::kRoleExcludesOperation: return 3;
    case Reason::kGrantPaused: return 4;
    case Reason::kGrantUnbacked: return 5;
    case Reason::kWaitingForGrant: return 6;
    default: return 7;
  }
}

ScopeSet least_missing(const catalogue::Operation& operation, const ScopeSet& have) {
  const auto without = [&have](ScopeSet wanted) {
    for (const ScopeIndex scope : have.list()) wanted.remove(scope);
    return wanted;
  };
  const ScopeSet classic = without(operation.classic);
  const ScopeSet granular = without(operation.granular);
  if (!operation.has_granular) return classic;
  if (!operation.has_classic) return granular;
  return granular.list().size() < classic.list().size() ? granular : classic;
}

bool covers(const catalogue::Operation& operation, const ScopeSet& have) noexcept {
  return (operation.has_classic && have.includes(operation.classic)) ||
         (operation.has_granular && have.includes(operation.granular));
}

Evaluation::Evaluation(const catalogue::Operation& operation, const token::LiveCredential& credential, const Facts& facts,
                       Instant now) noexcept
    : operation_(operation),
      credential_(credential),
      site_(facts.site),
      catalogue_(facts.catalogue),
      now_(now),
      boundary_(credential.boundary_at(now)) {
  credential_role_ = includes(*credential.role);
  if (site_.id.empty() || !boundary_ || !credential.account) return;
  for (const BoundaryEntry& entry : *boundary_) {
    if (entry.resource.site != site_.id || entry.resource.id.empty()) continue;
    any_entry_ = true;
    whole_site_entry_ = whole_site_entry_ || entry.resource.whole_site();
  }
}

bool Evaluation::includes(std::string_view role) const noexcept {
  if (role.empty()) return true;
  const catalogue::AccessRole* known = catalogue_.role(role);
  return known != nullptr && operation_.index < catalogue::kMaxOperations && known->operations[operation_.index];
}

/// Entries add up: a resource that stands in the boundary by name and by `*` has what either entry's role includes, so that
/// taking an entry away never permits more.
bool Evaluation::entry_allows(std::string_view id, Verdict& verdict) const {
  bool inside = false;
  bool allowed = false;
  for (const BoundaryEntry& entry : *boundary_) {
    if (!matches(entry.resource, site_.id, id)) continue;
    inside = true;
    if (!entry.resource.whole_site()) verdict.key = entry.resource.key;
    allowed = allowed || includes(entry.role);
  }
  if (inside) verdict.reason = Reason::kRoleExcludesOperation;
  return allowed && credential_role_;
}

void Evaluation::add_grants(std::string_view id, Verdict& verdict) const {
  ScopeSet all;
  ScopeSet restricted;
  ScopeSet directory;
  bool counted = false;
  Reason nearest = Reason::kWaitingForGrant;
  const auto missed = [&nearest](Reason reason) {
    if (distance_to_permit(reason) < distance_to_permit(nearest)) nearest = reason;
  };
  for (const Grant& grant : credential_.account->grants) {
    if (!matches(grant.resource, site_.id, id) || grant.account != credential_.account->account.id) continue;
    if (!is_live(grant.state, grant.pause, now_)) {
      if (grant.state == State::kPaused) missed(Reason::kGrantPaused);
    } else if (!is_backed(grant, now_)) {
      missed(Reason::kGrantUnbacked);
    } else if (!includes(grant.role)) {
      missed(Reason::kRoleExcludesOperation);
    } else {
      counted = true;
      all |= grant.scopes;
      // Below the resource an OpenAPI site has nothing that Gatehouse knows of: a grant holds for all of it.
      const bool include = grant.restricted == Restricted::kInclude || site_.product == Product::kOpenApi;
      if (include) restricted |= grant.scopes;
      if (grant.directory) directory |= grant.scopes;
      verdict.include_restricted = verdict.include_restricted || include;
      verdict.directory = verdict.directory || grant.directory;
    }
  }
  verdict.reason = nearest;
  if (counted) {
    const ScopeSet own = credential_.scopes_on(site_.id, id);
    all &= own;
    restricted &= own;
    directory &= own;
    const bool enough = covers(operation_, all);
    verdict.reason = enough ? Reason::kPermitted : Reason::kInsufficientScope;
    if (!enough) verdict.missing = least_missing(operation_, all);
    // What a grant adds below the project holds for what that kind of grant permits by itself: no crossing here either.
    verdict.include_restricted = verdict.include_restricted && covers(operation_, restricted);
    verdict.directory = verdict.directory && covers(operation_, directory);
  }
}

Verdict Evaluation::on(std::string_view id) const {
  Verdict verdict;
  if (id.empty() || !any_entry_) return verdict;
  if (entry_allows(id, verdict)) add_grants(id, verdict);
  // What would be refused anyhow is refused for that reason: a pause is told to whom it stops.
  if (verdict.permitted() && pause_of(id)) verdict.reason = Reason::kResourcePaused;
  return verdict;
}

const ResourcePause* Evaluation::pause_of(std::string_view id) const noexcept {
  const ResourcePause* found = nullptr;
  any_of_pauses([&](const ResourcePause& pause) {
    if (pause.names(site_.id, id)) found = &pause;
    return found != nullptr;
  });
  return found;
}

Instant Evaluation::valid_until() const noexcept {
  Instant until = Instant::max();
  const auto at = [this, &until](const std::optional<Instant>& change) {
    if (change && *change > now_) until = std::min(until, *change);
  };
  for (const Grant& grant : credential_.account->grants) {
    if (grant.resource.site != site_.id) continue;
    if (grant.backing == Backing::kInGrace) at(grant.grace_ends_at);
    if (grant.state == State::kPaused) at(grant.pause.until);
  }
  any_of_pauses([&at](const ResourcePause& pause) {
    at(pause.pause.until);
    return false;
  });
  return until;
}

}  // namespace gatehouse::policy
