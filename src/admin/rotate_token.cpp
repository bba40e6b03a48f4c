#include <algorithm>

#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/handovers.h"
#include "admin/notices.h"
#include "admin/policy.h"
#include "admin/recorder.h"
#include "admin/rotation.h"
#include "admin/tokens.h"

namespace gatehouse::admin {
namespace {

Caller gateway_job(std::string_view address) {
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "gateway";
  caller.address = address;
  return caller;
}

}  // namespace

Result<CreatedToken> rotate_token(Services& services, const Caller& caller, std::string_view token,
                                  std::optional<Duration> overlap) {
  // A successor that was used a moment ago must not be taken for one that nobody has.
  GH_TRYV(flush_records(services));
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal caller_now, authority_of(services, at, caller));
  GH_TRY(auto found, find_token(at, token));
  Credential& credential = found.value;
  GH_TRY(const auto account, at.accounts.get(credential.account));
  GH_TRYV(check_reach(policy::Need::kMakeSecret, caller_now, credential, account.value));
  GH_TRYV(check_rests_on_backed(at, caller_now, credential, account.value, now));
  GH_TRYV(check_may_see_secret(at, caller_now, credential.id));
  Describer describer(at, now);
  GH_TRY(const Document before, describer.token(credential));
  GH_TRY(const Policy policy, read_policy(at));
  GH_TRY(Successor successor, add_successor(services, credential, now));
  if (overlap) {
    RotationRule rule;
    rule.overlap = overlap;
    GH_TRYV(apply_rule(credential, rule, policy));
  }
  GH_TRYV(at.credentials.update(credential, found.version));
  GH_TRY(Document document, describer.token(credential));
  Instant latest = now + credential.overlap;
  if (credential.expires_at) latest = std::min(latest, *credential.expires_at);
  document["secret_id"] = successor.id.value;
  document["replaces"] = successor.replaces.value;
  document["overlap_ends_at"] = format_instant(latest);
  document["ended_early"] =
      successor.ended_early ? boost::json::value(successor.ended_early->value) : boost::json::value(nullptr);
  GH_TRYV(queue_notice(services, at.outbox,
                       {NoticeKind::kRotated,
                        "token",
                        credential.id.value,
                        credential.name,
                        {{"by", who(caller)}, {"overlap_ends_at", format_instant(latest)}}}));
  AuditEvent event = make_event(caller, "token.rotate", "token", credential.id.value, credential.name);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &document)));
  return CreatedToken{std::move(document), std::move(successor.token)};
}

Result<bool> promote_secret(Services& services, const CredentialId& id, const SecretId& secret, Instant used_at) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, at.credentials.get(id));
  auto& secrets = found.value.secrets;
  const auto successor =
      std::find_if(secrets.begin(), secrets.end(), [&secret](const SecretRecord& one) { return one.id == secret; });
  if (successor == secrets.end() || is_over(successor->state)) return false;
  if (successor->state != SecretState::kPending) return true;
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
  AuditEvent event = make_event(gateway_job({}), "token.successor_used", "token", id.value, found.value.name);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), nullptr, &after)));
  return true;
}

Result<void> note_reuse(Services& services, const CredentialId& id, const SecretId& secret, std::string_view address) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, at.credentials.get(id));
  GH_TRY(const Policy policy, read_policy(at));
  AuditEvent event = make_event(gateway_job(address), "token.reuse", "token", id.value, found.value.name);
  event.reason = "the retired secret " + secret.value + " was presented";
  if (policy.pause_on_reuse && found.value.state == State::kLive) {
    found.value.state = State::kPaused;
    found.value.pause = Pause{event.reason, {}};
    GH_TRYV(at.credentials.update(found.value, found.version));
  }
  GH_TRYV(queue_notice(services, at.outbox,
                       {NoticeKind::kReuse,
                        "token",
                        id.value,
                        found.value.name,
                        {{"secret_id", secret.value}, {"address", address}, {"paused", found.value.state == State::kPaused}}}));
  return commit(services, std::move(work), std::move(event));
}

Result<void> note_dead_use(Services& services, const CredentialId& id, const SecretId& secret, std::string_view address,
                           std::string_view user_agent) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto found, at.credentials.get(id));
  Caller caller = gateway_job(address);
  caller.user_agent = user_agent;
  AuditEvent event = make_event(caller, "token.dead_use", "token", id.value, found.value.name);
  event.outcome = "refused";
  event.reason = "the dead token is still being used, by its secret " + secret.value;
  Notice notice{NoticeKind::kDeadUsed, "token", id.value, found.value.name, {{"address", address}, {"user_agent", user_agent}}};
  notice.facts["rolled_back"] = was_rolled_back(found.value, secret);
  GH_TRYV(queue_notice(services, at.outbox, std::move(notice)));
  return commit(services, std::move(work), std::move(event));
}

}  // namespace gatehouse::admin
