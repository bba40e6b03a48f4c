#include "admin/rotation.h"

#include <algorithm>

#include "admin/describe.h"
#include "admin/json_values.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

json::value id_or_null(const SecretRecord* secret) { return secret ? json::value(secret->id.value) : json::value(nullptr); }

bool runs_out(const SecretRecord& secret, Instant now) {
  return secret.state == SecretState::kOverlap && (!secret.ends_at || *secret.ends_at > now);
}

const SecretRecord* find_state(const Credential& credential, SecretState state) {
  const auto found = std::find_if(credential.secrets.begin(), credential.secrets.end(),
                                  [state](const SecretRecord& one) { return one.state == state; });
  return found == credential.secrets.end() ? nullptr : &*found;
}

json::array describe_users(const std::vector<store::SecretUse>& uses, const SecretRecord* secret) {
  json::array users;
  if (!secret) return users;
  for (const store::SecretUse& use : uses) {
    if (use.secret != secret->id || use.dead) continue;
    users.push_back(json::object{{"address", use.address.empty() ? "(more places)" : use.address},
                                 {"user_agent", use.user_agent},
                                 {"first_at", format_instant(use.first_at)},
                                 {"last_at", format_instant(use.last_at)},
                                 {"calls", use.calls}});
  }
  return users;
}

bool ended(const Credential& credential, Instant now) {
  return credential.state == State::kRevoked || credential.state == State::kArchived ||
         (credential.expires_at && *credential.expires_at <= now);
}

/// What the old one's users did since the rotation began.
void add_usage(Rotation& rotation, const std::vector<store::SecretUse>& uses) {
  if (!rotation.old_one) return;
  for (const store::SecretUse& use : uses) {
    if (use.secret != rotation.old_one->id || use.dead) continue;
    rotation.old_calls += use.calls;
    if (!rotation.old_last_used || use.last_at > *rotation.old_last_used) rotation.old_last_used = use.last_at;
  }
}

}  // namespace

std::string_view to_string(RotationState state) noexcept {
  switch (state) {
    case RotationState::kNone: return "none";
    case RotationState::kPlanned: return "planned";
    case RotationState::kSuccessorPending: return "successor pending";
    case RotationState::kBothLive: return "both live";
    case RotationState::kOldQuiet: return "old one quiet";
    case RotationState::kRetired: return "retired";
  }
  return "none";
}

std::string_view to_string(RotatedBy who) noexcept { return who == RotatedBy::kAgent ? "agent" : "owner"; }

std::optional<Duration> rotation_period(const Credential& credential, const ServiceAccount& account, const Policy& policy) {
  const std::optional<Duration> rule = credential.rotate_every ? credential.rotate_every : account.rotate_every;
  return rule && policy.longest_rotation ? std::min(*rule, *policy.longest_rotation) : rule ? rule : policy.longest_rotation;
}

std::optional<Instant> rotation_due(const Credential& credential, const ServiceAccount& account, const Policy& policy,
                                    std::optional<Instant> made_at) {
  const std::optional<Duration> period = rotation_period(credential, account, policy);
  if (const SecretRecord* current = find_state(credential, SecretState::kCurrent)) made_at = current->created_at;
  if (!period || !made_at || credential.state == State::kRevoked || credential.state == State::kArchived) return std::nullopt;
  Instant due = *made_at + *period;
  due = frozen_until(policy.freeze_windows, due).value_or(due);
  if (credential.expires_at && *credential.expires_at <= due) return std::nullopt;
  return due;
}

bool overdue(const Credential& credential, const ServiceAccount& account, const Policy& policy, Instant now,
             std::optional<Instant> made_at) {
  const std::optional<Instant> due = rotation_due(credential, account, policy, made_at);
  return due && *due <= now && !ended(credential, now) && !frozen_until(policy.freeze_windows, now);
}

Duration quiet_after(const Credential& credential, const ServiceAccount& account) {
  const Duration rhythm = account.expected_every ? *account.expected_every * 2 : Duration(std::chrono::hours(24));
  return std::min(rhythm, credential.overlap / 2);
}

Rotation rotation_state(const Credential& credential, const ServiceAccount& account, const std::vector<store::SecretUse>& uses,
                        const Policy& policy, Instant now, std::optional<Instant> made_at) {
  Rotation rotation;
  rotation.current = find_state(credential, SecretState::kCurrent);
  rotation.successor = find_state(credential, SecretState::kPending);
  rotation.due_at = rotation_due(credential, account, policy, made_at);
  rotation.overdue = overdue(credential, account, policy, now, made_at);
  rotation.frozen_until = frozen_until(policy.freeze_windows, now);
  if (ended(credential, now)) {
    rotation.state = credential.secrets.size() > 1 ? RotationState::kRetired : RotationState::kNone;
    rotation.successor = nullptr;
    return rotation;
  }
  if (rotation.successor) {
    rotation.state = RotationState::kSuccessorPending;
    rotation.old_one = rotation.current;
    add_usage(rotation, uses);
    return rotation;
  }
  const auto old_one = std::find_if(credential.secrets.begin(), credential.secrets.end(),
                                    [now](const SecretRecord& one) { return runs_out(one, now); });
  if (old_one != credential.secrets.end()) {
    rotation.old_one = &*old_one;
    add_usage(rotation, uses);
    const Instant began =
        rotation.current && rotation.current->first_used_at ? *rotation.current->first_used_at : old_one->created_at;
    rotation.quiet_from = std::max(began, rotation.old_last_used.value_or(began)) + quiet_after(credential, account);
    rotation.state = *rotation.quiet_from <= now ? RotationState::kOldQuiet : RotationState::kBothLive;
    return rotation;
  }
  const bool rotated = credential.secrets.size() > 1;
  const bool soon = rotation.due_at && *rotation.due_at <= now + credential.overlap;
  if (rotation.due_at && (!rotated || soon)) {
    rotation.state = RotationState::kPlanned;
  } else if (rotated) {
    rotation.state = RotationState::kRetired;
  }
  return rotation;
}

Document describe_rotation(const Credential& credential, const ServiceAccount& account, const std::vector<store::SecretUse>& uses,
                           const Policy& policy, Instant now, std::optional<Instant> made_at) {
  const Rotation rotation = rotation_state(credential, account, uses, policy, now, made_at);
  const std::optional<Duration> period = rotation_period(credential, account, policy);
  const SecretRecord* fresh = rotation.successor ? rotation.successor : rotation.current;
  Document document;
  document["state"] = to_string(rotation.state);
  document["due_at"] = instant_or_null(rotation.due_at);
  document["overdue"] = rotation.overdue;
  document["rotate_every"] = period ? json::value(format_duration(*period)) : json::value(nullptr);
  document["overlap"] = format_duration(credential.overlap);
  document["rotated_by"] = to_string(credential.rotated_by);
  document["frozen_until"] = instant_or_null(rotation.frozen_until);
  document["new_secret"] = id_or_null(rotation.old_one ? fresh : rotation.current);
  document["new_first_used_at"] = instant_or_null(fresh ? fresh->first_used_at : std::nullopt);
  document["old_secret"] = id_or_null(rotation.old_one);
  document["overlap_ends_at"] = instant_or_null(rotation.old_one ? rotation.old_one->ends_at : std::nullopt);
  document["old_last_used_at"] = instant_or_null(rotation.old_last_used);
  document["old_calls"] = rotation.old_calls;
  document["quiet_from"] = instant_or_null(rotation.quiet_from);
  document["old_users"] = describe_users(uses, rotation.old_one);
  document["new_users"] = describe_users(uses, rotation.old_one ? fresh : nullptr);
  return document;
}

bool was_rolled_back(const Credential& credential, const SecretId& secret) noexcept {
  return std::any_of(credential.secrets.begin(), credential.secrets.end(),
                     [&secret](const SecretRecord& one) { return one.id == secret && one.state == SecretState::kRolledBack; });
}

json::array describe_dead_uses(const std::vector<store::SecretUse>& uses) {
  json::array dead;
  for (const store::SecretUse& use : uses) {
    if (!use.dead) continue;
    dead.push_back(json::object{{"secret_id", use.secret.value},
                                {"address", use.address.empty() ? "(more places)" : use.address},
                                {"user_agent", use.user_agent},
                                {"first_at", format_instant(use.first_at)},
                                {"last_at", format_instant(use.last_at)},
                                {"calls", use.calls}});
  }
  return dead;
}

namespace {

void retire(SecretRecord& secret, Instant now) {
  secret.state = SecretState::kRetired;
  if (!secret.ends_at || *secret.ends_at > now) secret.ends_at = now;
}

Result<token::TokenKind> token_kind(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kApiToken: return token::TokenKind::kApiToken;
    case CredentialKind::kOAuthClient:
    case CredentialKind::kApp: return token::TokenKind::kClientSecret;
    case CredentialKind::kExternal: break;
  }
  return fail(Errc::kConflict, "Gatehouse only keeps this credential in its register; whoever issued it has to rotate it.", {},
              "token");
}

}  // namespace

Result<Successor> add_successor(Services& services, Credential& credential, Instant now) {
  GH_TRY(const token::TokenKind kind, token_kind(credential.kind));
  if (credential.state == State::kRevoked || credential.state == State::kArchived)
    return fail(Errc::kConflict, "That token is revoked, which is final. Create a new one.", {}, "token");
  if (credential.expires_at && *credential.expires_at <= now) {
    return fail(Errc::kConflict, "That token has expired, and rotation does not lengthen its life. Create a new one.", {},
                "token");
  }
  Successor successor;
  for (SecretRecord& secret : credential.secrets) {
    if (secret.state == SecretState::kCurrent && successor.replaces.empty()) {
      successor.replaces = secret.id;
    } else if (!is_over(secret.state)) {
      if (runs_out(secret, now)) successor.ended_early = secret.id;
      retire(secret, now);
    }
  }
  if (credential.secrets.empty())
    return fail(Errc::kConflict, "This client signs with keys of its own and has no secret: client rotate ID --jwks-file F.", {},
                "token");
  if (successor.replaces.empty())
    return fail(Errc::kDataCorrupt, "That token has no current secret.", "credential " + credential.id.value);
  SecretRecord record;
  record.id = new_id<SecretId>(services.random);
  record.credential = credential.id;
  record.state = SecretState::kPending;
  record.created_at = now;
  token::Minted minted = token::mint(kind, record.id.value, services.random);
  record.hash = crypto::format_token_hash(services.hasher.hash(record.id.value, minted.secret.expose()));
  successor.id = record.id;
  successor.token = std::move(minted.text);
  credential.secrets.push_back(std::move(record));
  return successor;
}

}  // namespace gatehouse::admin
