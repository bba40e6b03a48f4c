// A credential: the record, never the bytes. Its secrets are records of their own, of which at most two are live.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "model/ids.h"
#include "model/rate.h"
#include "model/resource.h"
#include "model/scope.h"
#include "model/state.h"

namespace gatehouse {

enum class CredentialKind { kApiToken = 1, kOAuthClient, kApp, kExternal };

/// One resource of a boundary, with its own access role if wanted. A resource that is not granted yet opens nothing.
struct BoundaryEntry {
  Resource resource;
  std::string role;  ///< empty: the credential's own
  bool operator==(const BoundaryEntry&) const = default;
};

/// Who is expected to rotate it: a person, or `gatehouse agent` by the token's own right.
enum class RotatedBy { kOwner = 1, kAgent };

/// The right of a token to make its own successor, and nothing more.
struct SelfRotation {
  bool allowed = false;
  std::vector<Network> from;               ///< empty: from wherever the token itself may be used
  std::optional<std::int64_t> times_left;  ///< empty: as often as it likes
  bool operator==(const SelfRotation&) const = default;
};

/// Design section 4: the successor is pending until first used; the overlap clock starts then.
/// kRolledBack is retired too: whoever still presents such a one was given it, and has copied nothing.
enum class SecretState { kRetired = 0, kPending = 1, kCurrent = 2, kOverlap = 3, kRolledBack = 4 };
constexpr bool is_over(SecretState state) noexcept { return state == SecretState::kRetired || state == SecretState::kRolledBack; }

struct SecretRecord {
  SecretId id;
  CredentialId credential;
  std::string hash;  ///< crypto/token_hash.h: keyed, over id and secret, names its key's epoch
  SecretState state = SecretState::kRetired;
  Instant created_at{};
  std::optional<Instant> first_used_at;
  std::optional<Instant> ends_at;  ///< kOverlap: when it retires
};

struct Credential {
  CredentialId id;
  AccountId account;
  CredentialKind kind = CredentialKind::kApiToken;
  std::string name;
  ScopeSet scopes;
  std::string role;  ///< access role over the whole boundary; empty: whatever the scopes allow
  std::vector<BoundaryEntry> boundary;
  /// What the boundary is from `propose_until` on; until then requests are judged as if it were, and never blocked for it. Lies
  /// inside `boundary`. Nothing where `propose_until` is empty.
  std::vector<BoundaryEntry> proposed;
  std::optional<Instant> propose_until;
  std::optional<Instant> expires_at;  ///< temporary; empty: permanent, and `rotate_every` is then required
  std::optional<Duration> rotate_every;
  Duration overlap{};
  RotatedBy rotated_by = RotatedBy::kOwner;
  SelfRotation self_rotation;
  UserId owner;
  UserId requested_by;
  std::vector<Network> allow_ips;  ///< empty: from anywhere
  Rate rate;
  bool relaxed_queries = false;  ///< JQL/CQL may name what lies outside; documented as revealing existence
  State state = State::kLive;
  Pause pause;
  Instant created_at{};
  std::vector<SecretRecord> secrets;
};

}  // namespace gatehouse
