#include <algorithm>

#include "admin/describe.h"
#include "admin/find.h"
#include "admin/policy.h"
#include "admin/tokens.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

void retire(SecretRecord& secret, Instant now) {
  secret.state = SecretState::kRetired;
  if (!secret.ends_at || *secret.ends_at > now) secret.ends_at = now;
}

/// Leaves the current secret alone, so that with the successor there are two. Its id, or nothing where the record is odd.
std::optional<SecretId> clear_all_but_current(Credential& credential, Instant now) {
  std::optional<SecretId> current;
  for (SecretRecord& secret : credential.secrets) {
    if (secret.state == SecretState::kCurrent && !current) {
      current = secret.id;
    } else if (secret.state != SecretState::kRetired) {
      retire(secret, now);
    }
  }
  return current;
}

}  // namespace

Result<CreatedToken> rotate_token(Services& services, const Caller& caller, std::string_view token,
                                  std::optional<Duration> overlap) {
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, find_token(at, token));
  Credential& credential = found.value;
  if (credential.state == State::kRevoked)
    return fail(Errc::kConflict, "That token is revoked, which is final. Create a new one.", {}, "token");
  if (credential.expires_at && *credential.expires_at <= now) {
    return fail(Errc::kConflict, "That token has expired, and rotation does not lengthen its life. Create a new one.", {},
                "token");
  }
  Describer describer(at, now);
  GH_TRY(const Document before, describer.token(credential));
  const std::optional<SecretId> replaced = clear_all_but_current(credential, now);
  if (!replaced) return fail(Errc::kDataCorrupt, "That token has no current secret.", "credential " + credential.id.value);
  if (overlap) credential.overlap = *overlap;
  SecretRecord successor;
  successor.id = new_id<SecretId>(services.random);
  successor.credential = credential.id;
  successor.state = SecretState::kPending;
  successor.created_at = now;
  const token::Minted minted = token::mint(token::TokenKind::kApiToken, successor.id.value, services.random);
  successor.hash = crypto::format_token_hash(services.hasher.hash(successor.id.value, minted.secret.expose()));
  credential.secrets.push_back(successor);
  GH_TRYV(at.credentials.update(credential, found.version));
  GH_TRY(Document document, describer.token(credential));
  document["secret_id"] = successor.id.value;
  document["replaces"] = replaced->value;
  Instant latest = now + credential.overlap;
  if (credential.expires_at) latest = std::min(latest, *credential.expires_at);
  document["overlap_ends_at"] = format_instant(latest);
  AuditEvent event = make_event(caller, "token.rotate", "token", credential.id.value, credential.name);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &document)));
  return CreatedToken{std::move(document), minted.text};
}

Result<void> promote_secret(Services& services, const CredentialId& id, const SecretId& secret, Instant used_at) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, at.credentials.get(id));
  auto& secrets = found.value.secrets;
  const auto successor =
      std::find_if(secrets.begin(), secrets.end(), [&secret](const SecretRecord& one) { return one.id == secret; });
  if (successor == secrets.end() || successor->state != SecretState::kPending) return success();
  for (SecretRecord& one : secrets) {
    if (one.state != SecretState::kCurrent) continue;
    one.state = SecretState::kOverlap;
    one.ends_at = used_at + found.value.overlap;
  }
  successor->state = SecretState::kCurrent;
  successor->first_used_at = used_at;
  GH_TRYV(at.credentials.update(found.value, found.version));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document after, describer.token(found.value));
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "gateway";
  AuditEvent event = make_event(caller, "token.successor_used", "token", id.value, found.value.name);
  return commit(services, std::move(work), with_change(std::move(event), nullptr, &after));
}

Result<void> note_reuse(Services& services, const CredentialId& id, const SecretId& secret, std::string_view address) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, at.credentials.get(id));
  GH_TRY(const Policy policy, read_policy(at));
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "gateway";
  caller.address = address;
  AuditEvent event = make_event(caller, "token.reuse", "token", id.value, found.value.name);
  event.reason = "the retired secret " + secret.value + " was presented";
  if (policy.pause_on_reuse && found.value.state == State::kLive) {
    found.value.state = State::kPaused;
    found.value.pause = Pause{event.reason, {}};
    GH_TRYV(at.credentials.update(found.value, found.version));
  }
  return commit(services, std::move(work), std::move(event));
}

}  // namespace gatehouse::admin
