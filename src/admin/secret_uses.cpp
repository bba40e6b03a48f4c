#include "admin/secret_uses.h"

#include <algorithm>

#include "admin/rotation.h"
#include "admin/tokens.h"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kMostUses = 10'000;
constexpr std::size_t kMostUnknown = 1'000;
constexpr std::size_t kMostRemembered = 10'000;
constexpr std::chrono::seconds kEvery{2};
constexpr Duration kBelieve = std::chrono::minutes(10);
constexpr Duration kTellEvery = std::chrono::hours(1);
/// As long as a year of rotations and the search for what broke may need.
constexpr Duration kKeep = std::chrono::hours(24 * 400);

std::string place_of(const store::SecretUse& use) {
  return use.secret.value + (use.dead ? "\n1\n" : "\n0\n") + use.address + '\n' + use.user_agent;
}

/// Both a current and another secret are live: somebody will want to know who uses which.
bool is_rotating(const token::LiveCredential& credential, Instant at) {
  for (std::size_t i = 0; i < token::LiveSecrets::size(); ++i) {
    const token::LiveSecret& secret = credential.secrets[i];
    if (is_over(secret.state) || (secret.state == SecretState::kOverlap && secret.ends_at <= at)) return false;
  }
  return true;
}

/// A revoked token is not in the index: it comes as an unknown one. "Revoked" may also be said to a request in flight whose token
/// was changed.
bool is_dead(const gateway::RequestRecord& record) { return record.retired_used || record.reason == Reason::kExpired; }

bool may_pass(const Error& error) {
  return error.code == Errc::kUnavailable || error.code == Errc::kTimeout || error.code == Errc::kConflict;
}

void add_to(store::SecretUse& known, const store::SecretUse& more) {
  known.calls += more.calls;
  known.first_at = std::min(known.first_at, more.first_at);
  known.last_at = std::max(known.last_at, more.last_at);
}

void forget_old(std::map<std::string, Instant>& remembered, Instant now) {
  std::erase_if(remembered, [now](const auto& one) { return one.second <= now; });
  while (remembered.size() > kMostRemembered) remembered.erase(remembered.begin());
}

}  // namespace

std::string printable_agent(std::string_view sent) {
  std::string out(sent.substr(0, 200));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return out;
}

void SecretUses::count(store::SecretUse use) {
  std::string place = place_of(use);
  const std::lock_guard lock(mutex_);
  const auto known = uses_.find(place);
  if (known != uses_.end()) return add_to(known->second, use);
  if (uses_.size() < kMostUses) uses_.emplace(std::move(place), std::move(use));
}

void SecretUses::add(const gateway::RequestRecord& record) {
  if (record.secret == token::Key{}) return;
  const bool unknown = !record.credential && record.presented.epoch != 0;
  if (!unknown && (!record.credential || !(is_rotating(*record.credential, record.at) || is_dead(record)))) return;
  store::SecretUse use;
  use.secret = SecretId(std::string(token::as_view(record.secret)));
  use.dead = unknown || is_dead(record);
  use.address = format_ip(record.client);
  use.user_agent = printable_agent(record.user_agent);
  use.first_at = use.last_at = record.at;
  use.calls = 1;
  if (!unknown) {
    use.credential = CredentialId(std::string(token::as_view(record.credential->id)));
    return count(std::move(use));
  }
  if (not_ours_.contains(use.secret.value)) return;
  const std::string place = place_of(use);
  if (const auto known = unknown_.find(place); known != unknown_.end()) return add_to(known->second.use, use);
  if (unknown_.size() < kMostUnknown) unknown_.emplace(place, Unknown{use.secret, record.presented, use});
}

void SecretUses::add(const token::LiveCredential& credential, const token::Key& secret, const IpAddress& client,
                     std::string_view user_agent, Instant at) {
  if (!is_rotating(credential, at)) return;
  store::SecretUse use;
  use.secret = SecretId(std::string(token::as_view(secret)));
  use.credential = CredentialId(std::string(token::as_view(credential.id)));
  use.address = format_ip(client);
  use.user_agent = printable_agent(user_agent);
  use.first_at = use.last_at = at;
  use.calls = 1;
  count(std::move(use));
}

Result<void> SecretUses::resolve(const Unknown& unknown) {
  const Instant now = services_.clock.now();
  GH_TRY(const store::Reader reader, services_.database.read());
  const auto found = reader->credentials.get_by_secret(unknown.secret);
  if (!found && may_pass(found.error())) return found.error();
  if (found) {
    const Credential& credential = found.value().value;
    const auto secret = std::find_if(credential.secrets.begin(), credential.secrets.end(),
                                     [&](const SecretRecord& one) { return one.id == unknown.secret; });
    const auto stored = crypto::parse_token_hash(secret->hash);
    const bool the_same = stored && stored.value().epoch == unknown.presented.epoch &&
                          crypto::same_digest(stored.value().digest, unknown.presented.digest);
    const bool over = credential.state == State::kRevoked || credential.state == State::kArchived ||
                      (credential.expires_at && *credential.expires_at <= now);
    // One that is live by now was only unknown for a moment, on this node.
    if (the_same && (over || is_over(secret->state))) {
      store::SecretUse use = unknown.use;
      use.credential = credential.id;
      count(std::move(use));
      return success();
    }
  }
  not_ours_[unknown.secret.value] = now + kBelieve;
  return success();
}

Result<void> SecretUses::resolve() {
  while (!unknown_.empty()) {
    GH_TRYV(resolve(unknown_.begin()->second));
    unknown_.erase(unknown_.begin());
  }
  return success();
}

Result<void> SecretUses::tell(const store::SecretUse& use, bool dead) {
  const Instant now = services_.clock.now();
  const Result<void> outcome = dead ? note_dead_use(services_, use.credential, use.secret, use.address, use.user_agent)
                                    : note_reuse(services_, use.credential, use.secret, use.address);
  // What can never be told must not keep the rest from being stored.
  if (!outcome && may_pass(outcome.error())) return outcome;
  told_[use.secret.value] = now + kTellEvery;
  return success();
}

Result<void> SecretUses::store(bool at_once) {
  if (!at_once && std::chrono::steady_clock::now() < due_) return success();
  due_ = std::chrono::steady_clock::now() + kEvery;
  const Instant now = services_.clock.now();
  forget_old(not_ours_, now);
  forget_old(told_, now);
  GH_TRYV(resolve());
  std::vector<store::SecretUse> batch;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [place, use] : uses_) batch.push_back(use);
    uses_.clear();
  }
  if (batch.empty()) return success();
  if (const auto stored = services_.database.record_secret_uses(batch, now - kKeep); !stored) {
    for (store::SecretUse& use : batch) count(std::move(use));
    return stored;
  }
  for (const store::SecretUse& use : batch) {
    if (!use.dead || told_.contains(use.secret.value)) continue;
    GH_TRY(const store::Reader reader, services_.database.read());
    GH_TRY(const auto found, reader->credentials.get(use.credential));
    const Credential& credential = found.value;
    // A secret that was rolled back is dead as well: who still has it was told to use it, and must not pause the old one by it.
    GH_TRYV(tell(use, was_rolled_back(credential, use.secret) || credential.state == State::kRevoked ||
                          credential.state == State::kArchived || (credential.expires_at && *credential.expires_at <= now)));
  }
  return success();
}

}  // namespace gatehouse::admin
