// authenticate: from the Authorization header to a live credential.
//
// `Bearer TOKEN`, or `Basic base64(anything:TOKEN)`, since many Jira scripts send an e-mail address and a token. RFC 6750
// section 2.1; RFC 7617. Access tokens of our own authorization server are opened by gateway/access_memory.h. The token is
// compared by keyed hash alone and goes into no log and no error.

#include <algorithm>
#include <atomic>

#include "base/encoding.h"
#include "base/secret.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"
#include "token/token.h"

namespace gatehouse::gateway {
namespace {

bool begins_with_word(std::string_view text, std::string_view lower_word) noexcept {
  if (text.size() <= lower_word.size() || text[lower_word.size()] != ' ') return false;
  return std::equal(lower_word.begin(), lower_word.end(), text.begin(),
                    [](char word, char c) { return word == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c); });
}

std::string_view after_word(std::string_view text, std::size_t word) noexcept {
  text.remove_prefix(word);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

/// The token inside a Basic header, decoded into `buffer`, which the caller zeroes.
std::string_view password_of(std::string_view encoded, std::vector<std::byte>& buffer) {
  auto decoded = from_base64(encoded);
  if (!decoded) return {};
  buffer = std::move(decoded.value());
  const std::string_view pair = as_text(buffer);
  // A user name has no colon (RFC 7617), a token neither: the last one is right even where a script's "user name" is anything.
  const std::size_t colon = pair.rfind(':');
  return colon == std::string_view::npos ? std::string_view() : pair.substr(colon + 1);
}

Refusal invalid_token(std::string detail) { return refuse_because(Reason::kInvalidToken, {}, std::move(detail)); }

/// Whether this secret still opens anything. The digest was compared before.
Step<bool> check_secret(const token::LiveCredential& credential, const token::LiveSecret& secret, const http::Now& now,
                        Request& request) {
  switch (secret.state) {
    case SecretState::kCurrent: return true;
    case SecretState::kPending: {
      if (request.about_itself) return true;
      bool expected = false;
      if (credential.successor_used.compare_exchange_strong(expected, true, std::memory_order_acq_rel))
        request.successor_used = true;
      return true;
    }
    case SecretState::kOverlap:
      if (now.wall < secret.ends_at) return true;
      [[fallthrough]];
    case SecretState::kRetired:
    case SecretState::kRolledBack: break;
  }
  request.retired_used = true;
  return invalid_token("This token was replaced by a newer one, and its overlap has ended.");
}

Step<bool> check_state(const token::LiveCredential& credential, Instant now) {
  if (credential.state == State::kRevoked || credential.state == State::kArchived) return refuse_because(Reason::kRevoked);
  if (now >= credential.expires_at) return refuse_because(Reason::kExpired);
  if (credential.state == State::kPaused && now < credential.paused_until) return refuse_because(Reason::kTokenPaused);
  if (credential.withdrawn.load(std::memory_order_acquire)) return refuse_because(Reason::kRevoked);
  return true;
}

/// Generic cell rate algorithm: `rate_used_until` is the instant up to which the allowance is used, in microseconds here so that
/// a thousand a second still has steps.
Step<bool> take_from_rate(const token::LiveCredential& credential, Instant now) {
  if (credential.rate.requests <= 0) return true;
  const std::int64_t window = std::chrono::duration_cast<std::chrono::microseconds>(credential.rate.per).count();
  const std::int64_t step = std::max<std::int64_t>(1, window / credential.rate.requests);
  const std::int64_t here = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  std::int64_t used = credential.rate_used_until.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t next = std::max(used, here) + step;
    if (next - here > window) {
      Refusal refusal = refuse_because(Reason::kRateLimited);
      refusal.retry_after = static_cast<std::uint32_t>(std::max<std::int64_t>(1, (next - here - window + 999'999) / 1'000'000));
      refusal.rate_limit = static_cast<std::uint32_t>(credential.rate.requests);
      refusal.rate_reset = now + std::chrono::seconds(refusal.retry_after);
      refusal.rate_reason = "gatehouse-token-rate";
      return refusal;
    }
    if (credential.rate_used_until.compare_exchange_weak(used, next, std::memory_order_relaxed)) return true;
  }
}

Step<token::LiveCredentialPtr> find_credential(std::string_view text, const http::Now& now, ThreadState& thread,
                                               Request& request) {
  if (token::looks_like_access_token(text)) {
    GH_TRY(auto credential, thread.access.find(text, now, thread, request));
    Step<bool> usable = check_state(*credential, now.wall);
    if (usable) return credential;
    request.refused = std::move(credential);
    return std::move(usable).error();
  }
  const auto parsed = token::parse(text);
  if (!parsed)
    return invalid_token("This is no token of this gateway, or it was cut off: it has 70 characters and begins with gtht_.");
  if (parsed->kind != token::TokenKind::kApiToken) {
    return invalid_token("This kind of secret does not open the gateway: an API token begins with gtht_.");
  }
  const token::Found found = thread.shared.index->find(parsed->id);
  if (!found.credential || !found.secret) {
    request.unknown_token = true;
    // Whether it is one that has ended is for the recorder to find out: it may ask the store.
    if (const auto key = token::to_key(parsed->id)) request.secret = *key;
    request.presented = thread.shared.hasher->hash(parsed->id, parsed->secret);
    return invalid_token("This token is not known here, or it was revoked.");
  }
  const crypto::TokenHash stored{found.secret->key_epoch, found.secret->digest};
  // The first letters of a token are not under its hash: a client's secret, written as an API token, is none.
  if (found.credential->kind != CredentialKind::kApiToken)
    return invalid_token("This token is not known here, or it was revoked.");
  if (!thread.shared.hasher->matches(stored, parsed->id, parsed->secret)) {
    return invalid_token("This token is not known here, or it was revoked.");
  }
  request.secret = found.secret->id;
  Step<bool> usable = check_state(*found.credential, now.wall);
  if (usable) usable = check_secret(*found.credential, *found.secret, now, request);
  if (!usable) {
    request.refused = found.credential;
    return std::move(usable).error();
  }
  return found.credential;
}

}  // namespace

Step<Authenticated> authenticate(const http::RequestHead& head, const http::Now& now, ThreadState& thread, Request& request) {
  if (thread.shared.index->fresh() + thread.shared.settings.stale_limit < now.wall) return refuse_because(Reason::kStale);
  const std::string_view header = head.fields.value(http::Known::kAuthorization);
  if (header.empty()) return refuse_because(Reason::kNoCredential);
  if (begins_with_word(header, "bearer")) {
    GH_TRY(auto credential, find_credential(after_word(header, 6), now, thread, request));
    if (!request.charged) {
      GH_TRYV(take_from_rate(credential->payer(), now.wall));
    }
    return Authenticated(std::move(credential));
  }
  if (!begins_with_word(header, "basic")) return refuse_because(Reason::kNoCredential);
  std::vector<std::byte> decoded;
  auto credential = find_credential(password_of(after_word(header, 5), decoded), now, thread, request);
  if (!decoded.empty()) secure_zero(decoded.data(), decoded.size());
  if (!credential) return std::move(credential).error();
  if (!request.charged) {
    GH_TRYV(take_from_rate(credential.value()->payer(), now.wall));
  }
  return Authenticated(std::move(credential).value());
}

Authenticated authenticate_for_explanation(token::LiveCredentialPtr credential) { return Authenticated(std::move(credential)); }

}  // namespace gatehouse::gateway
