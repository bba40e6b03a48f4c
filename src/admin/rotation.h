// Rotation: how far the change of a credential's secret has come, what is overdue, and the use cases that steer it.
//
//   planned ─► successor pending ─► both live ─► old one quiet ─► retired
//      ◄── rolled back ──┴──────────────┴──────────────┘
//
// All of it is computed from the record, from who used which secret (store/secret_uses.h) and from the time, so that what is
// shown and what the gateway's index decides can't differ. Of whatever kind the credential is. Reports call rotation_due and
// overdue; rotation itself stands in admin/tokens.h and admin/self_rotation.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "admin/policy.h"
#include "base/secret.h"
#include "model/credential.h"
#include "model/service_account.h"
#include "store/secret_uses.h"

namespace gatehouse::admin {

enum class RotationState {
  kNone,              ///< no rotation runs, and none is planned
  kPlanned,           ///< the first one, or the next within the time of an overlap, or overdue
  kSuccessorPending,  ///< made, not used yet; nothing ends until it is
  kBothLive,
  kOldQuiet,  ///< both live, and nobody has used the old one for a while
  kRetired,   ///< the last one is over
};
std::string_view to_string(RotationState state) noexcept;

struct Rotation {
  RotationState state = RotationState::kNone;
  const SecretRecord* current = nullptr;    ///< views into the credential
  const SecretRecord* successor = nullptr;  ///< of kSuccessorPending
  const SecretRecord* old_one = nullptr;    ///< live beside its successor; of kSuccessorPending the current one
  std::optional<Instant> due_at;            ///< when the next rotation ought to have begun; no policy: nothing
  bool overdue = false;
  std::optional<Instant> frozen_until;   ///< a freeze window holds
  std::optional<Instant> old_last_used;  ///< as far as it was seen since the rotation began
  std::int64_t old_calls = 0;
  std::optional<Instant> quiet_from;  ///< of kBothLive: from when on it counts as quiet if nobody uses it
};

/// When an external credential was made; where nobody said so, it is at least as old as its entry. Nothing for all others.
Result<std::optional<Instant>> external_made_at(const store::Repositories& at, const Credential& credential);
/// How often it is to be rotated: its own rule, else its account's, and at least as often as the policy wants now, whenever that
/// was set.
std::optional<Duration> rotation_period(const Credential& credential, const ServiceAccount& account, const Policy& policy);
/// When its present secret ought to be replaced: nothing without a rule, where it ends before, or is revoked. Never within a
/// freeze window: then it is its end. `made_at` is of what has no secret here (external_made_at).
std::optional<Instant> rotation_due(const Credential& credential, const ServiceAccount& account, const Policy& policy,
                                    std::optional<Instant> made_at = {});
/// Its time has come, and no freeze window holds.
bool overdue(const Credential& credential, const ServiceAccount& account, const Policy& policy, Instant now,
             std::optional<Instant> made_at = {});
/// How long an old secret must go unused to count as quiet: twice the declared rhythm, else a day, but at most half the overlap.
Duration quiet_after(const Credential& credential, const ServiceAccount& account);

/// `uses` are the credential's. The views live as long as `credential`.
Rotation rotation_state(const Credential& credential, const ServiceAccount& account, const std::vector<store::SecretUse>& uses,
                        const Policy& policy, Instant now, std::optional<Instant> made_at = {});
/// {"state","due_at","overdue", …, "old_users":[{"address","user_agent","first_at","last_at","calls"}]}
Document describe_rotation(const Credential& credential, const ServiceAccount& account, const std::vector<store::SecretUse>& uses,
                           const Policy& policy, Instant now, std::optional<Instant> made_at = {});
/// Whether the rotation that made this secret was rolled back: whoever still presents it uses something dead, and copied nothing.
bool was_rolled_back(const Credential& credential, const SecretId& secret) noexcept;
/// Uses of secrets after their end: "the dead token is still being used by …". Latest first.
boost::json::array describe_dead_uses(const std::vector<store::SecretUse>& uses);

/// A new secret beside the present one. What was pending ends at once, and so does the oldest of three.
struct Successor {
  SecretId id;
  SecretId replaces;
  SecretString token;
  std::optional<SecretId> ended_early;  ///< an old one whose overlap was still running
};
/// In memory only; the caller stores the credential. kConflict where it is revoked, has expired or is of a kind without secrets.
Result<Successor> add_successor(Services& services, Credential& credential, Instant now);

/// As far as the caller may see it.
Result<Document> show_rotation(Services& services, const Caller& caller, std::string_view token);

struct FinishRotation {
  std::optional<Duration> quiet_for;  ///< instead of quiet_after()
  bool force = false;                 ///< whoever still uses the old one
};
/// Ends the old secret before its overlap does. kConflict, naming who, where it is still in use; where no rotation runs; and
/// where nobody has used the successor yet (with `force` the successor then takes its place all the same).
Result<Document> finish_rotation(Services& services, const Caller& caller, std::string_view token, const FinishRotation& request);

/// Takes a rotation back. A successor that nobody has used is discarded; while both are live the old secret is the present one
/// again, and the successor ends at once, whoever uses it. kConflict where no rotation runs: a secret that has ended is not
/// brought back. `reason` is for the audit log and for who is told.
Result<Document> roll_back_rotation(Services& services, const Caller& caller, std::string_view token, const std::string& reason);

/// The old secret lives on until then: later than it does now, within the policy and the token's own end.
Result<Document> extend_overlap(Services& services, const Caller& caller, std::string_view token, Instant until);

/// What is left out stays.
struct RotationRule {
  std::optional<Duration> rotate_every;
  std::optional<Duration> overlap;
  std::optional<std::string> rotated_by;  ///< owner, agent
  std::optional<bool> self_rotate;
  std::optional<std::vector<std::string>> self_rotate_ips;
  std::optional<std::int64_t> self_rotate_times;  ///< how many are left from now on; 0: as often as it likes
};
/// Checks it against the policy.
Result<void> apply_rule(Credential& credential, const RotationRule& rule, const Policy& policy);
Result<Document> set_rotation(Services& services, const Caller& caller, std::string_view token, const RotationRule& rule);

/// Live credentials whose rotation is overdue, external ones too, the longest overdue first; each with its "rotation", as far as
/// the caller may see it.
Result<Documents> list_overdue(Services& services, const Caller& caller);

struct ExtendToken {
  std::optional<Instant> expires_at;  ///< exactly one of these two
  std::optional<Duration> expires_in;
  std::string reason;
};
/// A later end for a temporary token that is still live, within the policy's longest lifetime counted from now. Audited and told
/// to its owner. Never by rotation.
Result<Document> extend_token(Services& services, const Caller& caller, std::string_view token, const ExtendToken& request);

std::string_view to_string(RotatedBy who) noexcept;

}  // namespace gatehouse::admin
