// What one credential may do with one operation on one resource: the core that decide() and permitted_resources() share.
//
// Internal to policy. Everything is a view into the arguments; no allocation.
#pragma once

#include <string_view>

#include "policy/decide.h"

namespace gatehouse::policy {

inline constexpr std::string_view kWholeSite = "*";

/// The outcome for one resource. kPermitted, or the reason that is nearest to a permit.
struct Verdict {
  Reason reason = Reason::kOutsideBoundary;
  ScopeSet missing;                 ///< of kInsufficientScope: the least that would do
  std::string_view key;             ///< display name of the boundary entry that names it; empty if only `*` covers it
  bool include_restricted = false;  ///< grants that include restricted content suffice by themselves
  bool directory = false;           ///< grants that say `directory` suffice by themselves
  bool permitted() const noexcept { return reason == Reason::kPermitted; }
};

/// The sooner a denial stands here, the less is missing.
int distance_to_permit(Reason reason) noexcept;

/// What would have to be added to `have` at least, so that it covers the operation's classic or its granular scopes.
ScopeSet least_missing(const catalogue::Operation& operation, const ScopeSet& have);
bool covers(const catalogue::Operation& operation, const ScopeSet& have) noexcept;

class Evaluation {
 public:
  Evaluation(const catalogue::Operation& operation, const token::LiveCredential& credential, const Facts& facts,
             Instant now) noexcept;

  /// On the resource of that id on the request's site; kWholeSite for the site as a whole, but for what is paused of it. An
  /// empty id is outside.
  Verdict on(std::string_view id) const;
  /// The pause of this resource that is in force: the token's, the account's or the site's. nullptr: none.
  const ResourcePause* pause_of(std::string_view id) const noexcept;
  /// Whether anything of the site is paused: then the whole of it is not open.
  bool any_pause() const noexcept {
    return any_of_pauses([](const ResourcePause&) { return true; });
  }
  /// Calls `visit` for each pause on the site that is in force, until it returns true. Returns whether one did.
  template <class Visit>
  bool any_of_pauses(Visit&& visit) const {
    const auto in = [&](const std::vector<ResourcePause>& pauses) {
      for (const ResourcePause& pause : pauses) {
        if (pause.resource.site == site_.id && pause.in_force(now_) && visit(pause)) return true;
      }
      return false;
    };
    return in(credential_.pauses) || (credential_.account && in(credential_.account->pauses)) || in(site_.resource_pauses);
  }
  /// Whether the credential's own role includes the operation. An unknown role includes nothing.
  bool credential_role_includes() const noexcept { return credential_role_; }
  /// Whether any entry of the boundary lies on the site; whether one is the whole of it.
  bool any_entry() const noexcept { return any_entry_; }
  bool whole_site_entry() const noexcept { return whole_site_entry_; }

  /// Calls `visit(id, key)` for each resource that could be permitted by its name, and at the end for kWholeSite where the
  /// boundary has it, until it returns true. May name one twice. Returns whether one returned true.
  template <class Visit>
  bool any_candidate(Visit&& visit) const {
    for (const BoundaryEntry& entry : *boundary_) {
      if (entry.resource.site != site_.id || entry.resource.whole_site()) continue;
      if (visit(std::string_view(entry.resource.id), std::string_view(entry.resource.key))) return true;
    }
    if (!whole_site_entry_) return false;
    for (const Grant& grant : credential_.account->grants) {
      if (grant.resource.site != site_.id || grant.resource.whole_site()) continue;
      if (visit(std::string_view(grant.resource.id), std::string_view(grant.resource.key))) return true;
    }
    return visit(kWholeSite, kWholeSite);
  }

  /// From then on the verdicts may differ, for the grants alone.
  Instant valid_until() const noexcept;

 private:
  bool includes(std::string_view role) const noexcept;
  bool entry_allows(std::string_view id, Verdict& verdict) const;
  void add_grants(std::string_view id, Verdict& verdict) const;

  const catalogue::Operation& operation_;
  const token::LiveCredential& credential_;
  const Site& site_;
  const catalogue::Catalogue& catalogue_;
  Instant now_;
  const std::vector<BoundaryEntry>* boundary_;  ///< the one that counts at `now_`
  bool credential_role_ = false;
  bool any_entry_ = false;
  bool whole_site_entry_ = false;
};

}  // namespace gatehouse::policy
