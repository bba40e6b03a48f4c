// People's own grants at Atlassian (3LO): sealed tokens, bound to a person here and to an Atlassian account id there, and what
// Jira and Confluence said when they were asked by them.
//
// Connecting, disconnecting and what changes anybody's authority goes through units of work with an audit record; renewals, which
// are usage, through Database::tend_atlassian. Used by admin/atlassian.h, which alone opens the seals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/resource.h"

namespace gatehouse::store {

class Session;

struct AtlassianGrant {
  UserId user;
  std::string account_id;  ///< as /me says; nobody else's while this record is there
  std::string name;        ///< for people only
  std::string scopes;      ///< as granted, with spaces between
  std::string sealed_access;
  Instant access_ends_at{};
  std::string sealed_refresh;  ///< both empty: it has ended
  Instant connected_at{};
  Instant renewed_at{};
  std::optional<Instant> ended_at;
  std::optional<Instant> looked_at;  ///< when it was last gone through what the person administers; empty: it is due
  std::int64_t version = 0;          ///< rises with each renewal
};

/// One answer of the product: whether the person administers this resource and may browse it.
struct KnownAuthority {
  UserId user;
  Resource resource;
  bool administers = false;
  Instant checked_at{};
  /// False: answered by a sign-in before the present one.
  bool settled() const noexcept { return checked_at != Instant(); }
};

class AtlassianGrants {
 public:
  explicit AtlassianGrants(Session& session) noexcept : session_(session) {}
  AtlassianGrants(const AtlassianGrants&) = delete;

  /// kNotFound where the person has not connected.
  Result<AtlassianGrant> get(const UserId& user) const;
  /// kNotFound where nobody has.
  Result<AtlassianGrant> by_account(std::string_view account_id) const;
  /// Live ones whose `looked_at` is empty or before `before`, the oldest first.
  Result<std::vector<AtlassianGrant>> due(Instant before, std::int64_t limit) const;
  /// Inserts, or replaces the person's own: what was answered before counts no more (`settled`), until it is answered again.
  /// kConflict where another person has this account.
  Result<void> connect(const AtlassianGrant& grant);
  /// What is known by it goes with it. kNotFound.
  Result<void> disconnect(const UserId& user);
  /// The tokens go, the binding stays. Nothing where there is none that is live.
  Result<void> end(const UserId& user, Instant at);

  /// Of all who want to renew it at once, on any node, one gets true; the others may try again at `until`.
  Result<bool> begin_renewal(const UserId& user, std::int64_t version, Instant now, Instant until);
  /// It came to nothing: the next one may try at once.
  Result<void> give_up_renewal(const UserId& user, std::int64_t version);
  /// False where it was renewed, ended or connected anew meanwhile.
  Result<bool> renew(const UserId& user, std::int64_t version, const std::string& sealed_access, Instant access_ends_at,
                     const std::string& sealed_refresh, Instant now);
  Result<void> set_looked(const UserId& user, Instant at);
  /// Those that hold tokens, by user.
  Result<std::vector<AtlassianGrant>> live(const UserId& after, std::int64_t limit) const;

  /// All answers about this person.
  Result<std::vector<KnownAuthority>> known(const UserId& user) const;
  /// Positive answers that are older than `before`, the oldest first.
  Result<std::vector<KnownAuthority>> stale(Instant before, std::int64_t limit) const;
  Result<void> remember(const KnownAuthority& answer);
  Result<void> forget(const UserId& user, const Resource& resource);
  /// Resources of this installation that somebody might administer: those that grants, tokens and people name. Never "*".
  Result<std::vector<Resource>> resources(std::int64_t limit) const;

 private:
  Session& session_;
};

}  // namespace gatehouse::store
