#include "admin/self_rotation.h"

#include <algorithm>

#include "admin/describe.h"
#include "admin/json_values.h"
#include "admin/notices.h"
#include "admin/recorder.h"
#include "admin/rotation.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostWaiting = 64;
/// Each rotation is a change with an audit record: whoever holds a token must not fill the chain with them.
constexpr std::size_t kMostAMinute = 60;
constexpr std::size_t kMostRemembered = 10'000;

std::string text(const token::Key& key) { return std::string(token::as_view(key)); }
const SecretRecord* find_secret(const Credential& credential, const token::Key& id) {
  const auto found = std::find_if(credential.secrets.begin(), credential.secrets.end(),
                                  [&id](const SecretRecord& one) { return one.id.value == token::as_view(id); });
  return found == credential.secrets.end() ? nullptr : &*found;
}

bool in_use(const SecretRecord& secret, Instant now) {
  return secret.state == SecretState::kOverlap && (!secret.ends_at || *secret.ends_at > now);
}

bool allows(const std::vector<Network>& networks, const IpAddress& address) {
  return networks.empty() ||
         std::any_of(networks.begin(), networks.end(), [&](const Network& one) { return one.contains(address); });
}

/// When the secret that was shown ought to be replaced; nothing where the token ends before.
std::optional<Instant> rotate_at(const Credential& credential, const ServiceAccount& account, const SecretRecord& secret,
                                 const Policy& policy) {
  const std::optional<Duration> period = rotation_period(credential, account, policy);
  if (!period) return std::nullopt;
  Instant at = secret.created_at + *period;
  at = frozen_until(policy.freeze_windows, at).value_or(at);
  if (credential.expires_at && *credential.expires_at <= at) return std::nullopt;
  return at;
}

Document describe_itself(const Credential& credential, const ServiceAccount& account, const SecretRecord& secret,
                         const Policy& policy, Instant now) {
  const std::optional<Duration> period = rotation_period(credential, account, policy);
  Document document;
  document["id"] = credential.id.value;
  document["name"] = credential.name;
  document["account"] = account.handle;
  document["secret_id"] = secret.id.value;
  document["secret_state"] = to_string(secret.state);
  document["secret_ends_at"] = instant_or_null(secret.ends_at);
  document["expires_at"] = instant_or_null(credential.expires_at);
  document["rotate_every"] = period ? json::value(format_duration(*period)) : json::value(nullptr);
  document["rotate_at"] = instant_or_null(rotate_at(credential, account, secret, policy));
  document["overlap"] = format_duration(credential.overlap);
  document["frozen_until"] = instant_or_null(frozen_until(policy.freeze_windows, now));
  document["self_rotation"] = credential.self_rotation.allowed;
  document["self_rotations_left"] =
      credential.self_rotation.times_left ? json::value(*credential.self_rotation.times_left) : json::value(nullptr);
  return document;
}

SelfRefusal refused(Errc code, std::string_view word, std::string detail, std::optional<Instant> retry_at = {}) {
  return {fail(code, std::move(detail)), word, retry_at};
}

/// Whether the holder of this secret may make a successor now; nothing: yes.
std::optional<SelfRefusal> why_not(const Credential& credential, const ServiceAccount& account, const SecretRecord& secret,
                                   const Policy& policy, const IpAddress& client, Instant now) {
  const bool live = is_live(credential.state, credential.pause, now) && is_live(account.state, account.pause, now) &&
                    (!credential.expires_at || *credential.expires_at > now);
  if (!live || is_over(secret.state))
    return refused(Errc::kUnauthenticated, "not_live", "This token, its secret or its service account is not live.");
  const SelfRotation& right = credential.self_rotation;
  if (!right.allowed || !policy.self_rotation) {
    return refused(Errc::kNotAllowed, "no_right",
                   "This token may not rotate itself. Its owner can allow it: gatehouse token rotation set ID --self-rotate");
  }
  if (!allows(credential.allow_ips, client) || !allows(right.from, client))
    return refused(Errc::kNotAllowed, "address", "This token may not rotate itself from this address.");
  if (secret.state == SecretState::kPending) {
    const auto again = now + credential.overlap / 10;
    return refused(Errc::kConflict, "not_used_yet",
                   "This secret is a successor that nothing has used yet, and the older one is what still works: use it first.",
                   again);
  }
  if (right.times_left && *right.times_left <= 0)
    return refused(Errc::kNotAllowed, "used_up", "This token has rotated itself as often as it may. Its owner has to go on.");
  if (const auto until = frozen_until(policy.freeze_windows, now))
    return refused(Errc::kConflict, "frozen",
                   "Nothing rotates by itself in a freeze window; it ends at " + format_instant(*until) + ".", until);
  return std::nullopt;
}

/// The old secret of a rotation before this one must not end early without a person's doing: who still uses it would fail.
std::optional<SelfRefusal> old_one_in_use(const Credential& credential, const ServiceAccount& account,
                                          const std::vector<store::SecretUse>& uses, const Policy& policy, Instant now) {
  const Rotation rotation = rotation_state(credential, account, uses, policy, now);
  if (rotation.state != RotationState::kBothLive) return std::nullopt;
  const Instant until = std::min(rotation.old_one->ends_at.value_or(*rotation.quiet_from), *rotation.quiet_from);
  return refused(Errc::kConflict, "overlap_runs",
                 "The overlap of the rotation before is running; a further one would end the secret that is still in use.",
                 until);
}

Caller caller_of(const gateway::SelfRequest& request, const Credential& credential) {
  Caller caller;
  caller.actor_kind = "token";
  caller.actor_id = credential.id.value;
  caller.actor_name = credential.name;
  caller.address = format_ip(request.client);
  for (const char c : request.user_agent) caller.user_agent += c < 0x20 || c > 0x7e ? '?' : c;
  return caller;
}

}  // namespace

Result<Document> show_itself(Services& services, const gateway::SelfRequest& request) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, reader->credentials.get(CredentialId(text(request.credential))));
  GH_TRY(const auto account, reader->accounts.get(found.value.account));
  GH_TRY(const Policy policy, read_policy(*reader.operator->()));
  const SecretRecord* secret = find_secret(found.value, request.secret);
  if (!secret) return fail(Errc::kUnauthenticated, "This secret is not this token's.");
  return describe_itself(found.value, account.value, *secret, policy, now);
}

Result<CreatedToken> rotate_itself(Services& services, const gateway::SelfRequest& request, SelfRefusal& refusal) {
  // What was used a moment ago counts: the successor that was, and the old secret that is still in use.
  GH_TRYV(flush_records(services));
  const Instant now = services.clock.now();
  const CredentialId id(text(request.credential));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, at.credentials.get(id));
  Credential& credential = found.value;
  GH_TRY(const auto account, at.accounts.get(credential.account));
  GH_TRY(const Policy policy, read_policy(at));
  GH_TRY(const auto uses, at.secret_uses.of_credential(id));
  const SecretRecord* secret = find_secret(credential, request.secret);
  if (!secret) return fail(Errc::kUnauthenticated, "This secret is not this token's.");
  if (credential.self_rotation.allowed && in_use(*secret, now)) {
    const SecretId reused = secret->id;
    { const store::UnitOfWork given_up = std::move(work); }
    GH_TRYV(note_reuse(services, id, reused, format_ip(request.client)));
    refusal = refused(Errc::kNotAllowed, "reuse",
                      "This secret has a successor that is in use. Its owner was told that the old one asked for another.");
    return refusal.error;
  }
  std::optional<SelfRefusal> no = why_not(credential, account.value, *secret, policy, request.client, now);
  if (!no) no = old_one_in_use(credential, account.value, uses, policy, now);
  if (no) {
    refusal = std::move(*no);
    return refusal.error;
  }
  Describer describer(at, now);
  GH_TRY(const Document before, describer.token(credential));
  // Asking again for an answer that was lost makes no further successor live: it does not count.
  const bool again = std::any_of(credential.secrets.begin(), credential.secrets.end(),
                                 [](const SecretRecord& one) { return one.state == SecretState::kPending; });
  GH_TRY(Successor successor, add_successor(services, credential, now));
  if (credential.self_rotation.times_left && !again) --*credential.self_rotation.times_left;
  GH_TRYV(at.credentials.update(credential, found.version));
  GH_TRY(const Document after, describer.token(credential));
  Document document = describe_itself(credential, account.value, credential.secrets.back(), policy, now);
  document["replaces"] = successor.replaces.value;
  const Caller caller = caller_of(request, credential);
  GH_TRYV(queue_notice(services, at.outbox,
                       {NoticeKind::kSelfRotated,
                        "token",
                        credential.id.value,
                        credential.name,
                        {{"address", caller.address}, {"times_left", document.at("self_rotations_left")}}}));
  AuditEvent event = make_event(caller, "token.self_rotate", "token", credential.id.value, credential.name);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return CreatedToken{std::move(document), std::move(successor.token)};
}

namespace {

int status_of(Errc code) noexcept {
  switch (code) {
    case Errc::kUnauthenticated:
    case Errc::kNotFound: return 401;
    case Errc::kNotAllowed: return 403;
    case Errc::kConflict: return 409;
    case Errc::kLimitExceeded: return 429;
    case Errc::kUnavailable:
    case Errc::kTimeout: return 503;
    default: return 500;
  }
}

/// RFC 9457.
http::ElsewhereAnswer problem(const SelfRefusal& refusal, Instant now) {
  http::ElsewhereAnswer answer;
  answer.status = status_of(refusal.error.code);
  const std::string code(refusal.code.empty() ? to_string(refusal.error.code) : refusal.code);
  Document document;
  document["type"] = "urn:gatehouse:problem:" + code;
  document["status"] = answer.status;
  document["code"] = code;
  document["detail"] = refusal.error.public_detail;
  answer.body = SecretString(json::serialize(document));
  answer.head = "Content-Type: application/problem+json\r\n";
  if (refusal.retry_at) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*refusal.retry_at - now).count();
    answer.head += "Retry-After: " + std::to_string(std::max<std::int64_t>(1, seconds)) + "\r\n";
  }
  return answer;
}

http::ElsewhereAnswer success_with(Document document, const SecretString* token) {
  http::ElsewhereAnswer answer;
  answer.status = 200;
  answer.head = "Content-Type: application/json\r\n";
  if (token) document["token"] = token->expose();
  answer.body = SecretString(json::serialize(document));
  return answer;
}

}  // namespace

SelfRotations::~SelfRotations() { stop(); }

void SelfRotations::start() {
  thread_ = std::thread([this] { run(); });
}

void SelfRotations::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SelfRotations::submit(gateway::SelfRequest request, http::ElsewhereDone done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_.size() < kMostWaiting) {
      waiting_.push_back({std::move(request), std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  const Instant now = services_.clock.now();
  done(problem(refused(Errc::kUnavailable, "overloaded", "Too many ask about themselves just now. Nothing was done.",
                       now + std::chrono::seconds(5)),
               now));
}

bool SelfRotations::too_often(const gateway::SelfRequest& request) {
  const Instant now = services_.clock.now();
  if (lately_.size() > kMostRemembered) lately_.clear();
  std::deque<Instant>& times = lately_[text(request.credential)];
  while (!times.empty() && times.front() + std::chrono::minutes(1) <= now) times.pop_front();
  if (times.size() >= kMostAMinute) return true;
  times.push_back(now);
  return false;
}

http::ElsewhereAnswer SelfRotations::answer(const gateway::SelfRequest& request) {
  const Instant now = services_.clock.now();
  if (too_often(request)) {
    return problem(refused(Errc::kLimitExceeded, "too_often", "This token asks too often; once a minute is plenty.",
                           now + std::chrono::minutes(1)),
                   now);
  }
  if (!request.rotate) {
    auto shown = show_itself(services_, request);
    return shown ? success_with(std::move(shown).value(), nullptr) : problem({shown.error(), {}, {}}, now);
  }
  SelfRefusal refusal;
  auto rotated = rotate_itself(services_, request, refusal);
  if (rotated) return success_with(std::move(rotated.value().document), &rotated.value().token);
  if (refusal.code.empty()) refusal.error = rotated.error();
  return problem(refusal, now);
}

void SelfRotations::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    const bool stopping = stopping_;
    lock.unlock();
    if (stopping) {
      const Instant now = services_.clock.now();
      next.done(problem(
          refused(Errc::kUnavailable, "stopping", "This node is being stopped. Nothing was done.", now + std::chrono::seconds(5)),
          now));
    } else {
      next.done(answer(next.request));
    }
    lock.lock();
  }
}

}  // namespace gatehouse::admin
