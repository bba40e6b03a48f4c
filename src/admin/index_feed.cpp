#include "admin/index_feed.h"

#include <malloc.h>

#include <algorithm>
#include <set>

#include "admin/access_keys.h"
#include "admin/live_difference.h"
#include "admin/site_entries.h"
#include "crypto/token_hash.h"

namespace gatehouse::admin {
namespace {

constexpr Duration kPoll = std::chrono::seconds(1);
/// A token that has ended is kept in the index for a while, so that its user reads "expired" and not "unknown".
constexpr Duration kRememberExpired = std::chrono::hours(24 * 30);

bool belongs_in_index(const Credential& credential, Instant now) {
  if (credential.state == State::kRevoked || credential.state == State::kArchived) return false;
  const bool acts = credential.kind == CredentialKind::kApiToken || credential.kind == CredentialKind::kOAuthClient ||
                    credential.kind == CredentialKind::kApp;
  return acts && (!credential.expires_at || *credential.expires_at + kRememberExpired > now);
}

std::size_t hash_of(const std::vector<BoundaryEntry>& boundary) {
  std::string text;
  for (const BoundaryEntry& entry : boundary) {
    text += entry.resource.site.value + '\n' + entry.resource.id + '\n' + entry.resource.key + '\n' + entry.role + '\n';
  }
  return std::hash<std::string>()(text);
}

template <class Entry>
using Older = std::unordered_map<std::string, std::vector<std::shared_ptr<const Entry>>>;

template <class Entry>
void withdraw_all(Older<Entry>& older, const std::string& id) {
  const auto found = older.find(id);
  if (found == older.end()) return;
  for (const auto& one : found->second) one->withdrawn.store(true, std::memory_order_release);
  older.erase(found);
}

/// What nobody else holds any more, nobody can come to hold again.
template <class Entry>
void sweep(Older<Entry>& older) {
  for (auto& [id, versions] : older) std::erase_if(versions, [](const auto& one) { return one.use_count() == 1; });
  std::erase_if(older, [](const auto& one) { return one.second.empty(); });
}

}  // namespace

IndexFeed::IndexFeed(store::Database& database, const crypto::Sealer& sealer, const Clock& clock, token::LiveIndex& index,
                     upstream::SiteTable& sites, upstream::TokenSource& tokens)
    : database_(database), sealer_(sealer), clock_(clock), index_(index), sites_(sites), tokens_(tokens) {}

IndexFeed::~IndexFeed() { stop(); }

Result<void> IndexFeed::load() {
  const std::lock_guard lock(mutex_);
  GH_TRYV(read_all());
  // What reading took is given back: it is many times what stays.
  ::malloc_trim(0);
  return success();
}

Result<void> IndexFeed::read_all() {
  const Instant sent = clock_.now();
  GH_TRY(const store::Reader reader, database_.read());
  GH_TRY(const std::int64_t latest, reader->changes.latest());
  GH_TRYV(publish_sites(reader));
  GH_TRYV(publish_access_keys(reader));
  GH_TRYV(read_ended(reader));
  GH_TRYV(read_pauses(reader));
  std::unordered_map<std::string, AccountPtr> accounts;
  std::vector<token::LiveCredentialPtr> all;
  store::Page page{{}, 1000};
  do {
    GH_TRY(auto listed, reader->credentials.list({}, page));
    for (const auto& stored : listed.items) {
      const Credential& credential = stored.value;
      if (!belongs_in_index(credential, sent)) continue;
      AccountPtr& account = accounts[credential.account.value];
      if (!account) {
        GH_TRY(account, read_account(reader, credential.account));
      }
      if (auto live = make_live(credential, account)) all.push_back(std::move(live));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  GH_TRY(const auto consents, reader->consents.all_live());
  for (const Consent& consent : consents) {
    GH_TRY(const auto live, live_consent(reader, consent));
    if (live) all.push_back(live);
  }
  index_.assign(std::move(all));
  applied_ = latest;
  note(success(), sent);
  return success();
}

void IndexFeed::start() {
  stopping_ = false;
  thread_ = std::thread([this] { follow(); });
}

void IndexFeed::stop() {
  stopping_ = true;
  database_.stop_waiting();
  if (thread_.joinable()) thread_.join();
}

void IndexFeed::follow() {
  std::int64_t seen = 0;
  while (!stopping_) {
    const Instant sent = clock_.now();
    const Result<std::int64_t> latest = database_.wait_for_change(seen, kPoll);
    if (stopping_) return;
    if (!latest) {
      note(latest.error(), sent);
      // An error may come at once; without a pause a database that is away would be asked in a loop.
      std::this_thread::sleep_for(kPoll);
      continue;
    }
    const Result<void> outcome = catch_up(latest.value());
    forget_unused();
    if (outcome) {
      seen = latest.value();
      note(success(), sent);
    } else {
      std::this_thread::sleep_for(kPoll);
    }
  }
}

Result<void> IndexFeed::catch_up(std::int64_t change) {
  const std::lock_guard lock(mutex_);
  if (applied_ >= change) return success();
  const Instant sent = clock_.now();
  const Result<void> outcome = apply_pending();
  note(outcome, sent);
  if (outcome) return outcome;
  index_.set_fresh(Instant{});
  return fail(Errc::kUnavailable,
              "The change is recorded, but this node could not read it back; it refuses requests until it can.",
              outcome.error().log_detail.empty() ? outcome.error().public_detail : outcome.error().log_detail);
}

void IndexFeed::set_user_listener(std::function<void(const UserId&)> listener) {
  const std::lock_guard lock(mutex_);
  user_listener_ = std::move(listener);
}

Result<void> IndexFeed::refresh() {
  std::int64_t latest = 0;
  {
    GH_TRY(const store::Reader reader, database_.read());
    GH_TRY(latest, reader->changes.latest());
  }
  return catch_up(latest);
}

Result<void> IndexFeed::refresh_sites() {
  const std::lock_guard lock(mutex_);
  GH_TRY(const store::Reader reader, database_.read());
  return publish_sites(reader);
}

Result<void> IndexFeed::apply_pending() {
  GH_TRY(const store::Reader reader, database_.read());
  GH_TRY(const std::int64_t latest, reader->changes.latest());
  std::int64_t from = applied_;
  bool sites_changed = false;
  bool keys_changed = false;
  std::set<std::string> ended;
  std::set<std::string> consents;
  std::set<std::string> accounts;
  std::set<std::string> credentials;
  while (from < latest) {
    GH_TRY(const std::vector<store::Change> changes, reader->changes.after(from));
    if (changes.empty()) break;
    for (const store::Change& change : changes) {
      from = std::max(from, change.number);
      switch (change.aggregate) {
        case store::Aggregate::kSite:
        case store::Aggregate::kUpstreamCredential: sites_changed = true; break;
        case store::Aggregate::kAccount: accounts.insert(change.id); break;
        case store::Aggregate::kCredential: credentials.insert(change.id); break;
        case store::Aggregate::kGrant: {
          GH_TRY(const auto grant, reader->grants.get(GrantId(change.id)));
          accounts.insert(grant.value.account.value);
          break;
        }
        case store::Aggregate::kConsent: consents.insert(change.id); break;
        case store::Aggregate::kUser: {
          if (user_listener_) user_listener_(UserId(change.id));
          GH_TRY(const auto theirs, reader->consents.of_user(UserId(change.id)));
          for (const Consent& consent : theirs) consents.insert(consent.id.value);
          break;
        }
        case store::Aggregate::kAdminKey:
        case store::Aggregate::kSignInLink:
        case store::Aggregate::kOAuthKey: keys_changed = true; break;
        case store::Aggregate::kEndedToken: ended.insert(change.id); break;
        case store::Aggregate::kSetting: break;  // asked of the store whenever they are needed
      }
    }
  }
  if (sites_changed) {
    GH_TRYV(publish_sites(reader));
  }
  if (keys_changed) {
    GH_TRYV(publish_access_keys(reader));
  }
  for (const std::string& id : ended) {
    GH_TRYV(apply_ended(reader, id));
  }
  for (const std::string& id : consents) {
    GH_TRYV(apply_consent(reader, ConsentId(id)));
  }
  if (!accounts.empty() || !credentials.empty()) {
    GH_TRYV(read_pauses(reader));
  }
  for (const std::string& id : accounts) {
    GH_TRYV(apply_account(reader, AccountId(id)));
  }
  for (const std::string& id : credentials) {
    GH_TRYV(apply_credential(reader, CredentialId(id)));
  }
  applied_ = latest;
  return success();
}

Result<void> IndexFeed::read_pauses(const store::Reader& reader) {
  GH_TRY(const auto all, reader->resource_pauses.all());
  std::unordered_map<std::string, std::vector<ResourcePause>> by_token;
  for (const ResourcePause& pause : all) {
    if (pause.whom == PausedFor::kToken) by_token[pause.subject].push_back(pause);
  }
  token_pauses_ = std::move(by_token);
  return success();
}

Result<IndexFeed::AccountPtr> IndexFeed::read_account(const store::Reader& reader, const AccountId& id) const {
  GH_TRY(auto account, reader->accounts.get(id));
  GH_TRY(auto grants, reader->grants.of_account(id));
  auto live = std::make_shared<token::LiveAccount>();
  live->account = std::move(account.value);
  live->grants = std::move(grants);
  GH_TRY(live->pauses, reader->resource_pauses.of(PausedFor::kAccount, id.value));
  return AccountPtr(std::move(live));
}

Result<void> IndexFeed::apply_account(const store::Reader& reader, const AccountId& id) {
  GH_TRY(const AccountPtr account, read_account(reader, id));
  GH_TRY(const std::vector<Credential> credentials, reader->credentials.of_account(id));
  for (const Credential& credential : credentials) put(credential, account);
  return success();
}

Result<void> IndexFeed::apply_credential(const store::Reader& reader, const CredentialId& id) {
  GH_TRY(const auto credential, reader->credentials.get(id));
  GH_TRY(const AccountPtr account, read_account(reader, credential.value.account));
  put(credential.value, account);
  return success();
}

void IndexFeed::put(const Credential& credential, const AccountPtr& account) {
  const auto key = token::to_key(credential.id.value);
  if (!key) return;
  if (!belongs_in_index(credential, clock_.now())) {
    index_.remove(*key);
    withdraw_older(credential.id.value);
    return;
  }
  auto live = make_live(credential, account);
  if (!live) return;
  token::LiveCredentialPtr old = index_.find_locked(credential.id.value).credential;
  for (const SecretRecord& secret : credential.secrets) {
    if (!old) old = index_.find_locked(secret.id.value).credential;
  }
  bool withdraw = false;
  if (old) {
    live->rate_used_until = old->rate_used_until.load();
    withdraw = takes_something_away(*old, *live);
  }
  const token::LiveCredentialPtr fresh = live;
  index_.put(std::move(live), withdraw);
  if (withdraw) {
    withdraw_older(credential.id.value);
  } else if (old) {
    auto& older = older_credentials_[credential.id.value];
    older.push_back(old);
    for (const token::LiveCredentialPtr& one : older) end_missing_secrets(*one, *fresh);
  }
}

void IndexFeed::withdraw_older(const std::string& credential_id) { withdraw_all(older_credentials_, credential_id); }

void IndexFeed::forget_unused() {
  const std::lock_guard lock(mutex_);
  sweep(older_credentials_);
  sweep(older_sites_);
}

std::shared_ptr<token::LiveCredential> IndexFeed::make_live(const Credential& credential, const AccountPtr& account) {
  auto live = std::make_shared<token::LiveCredential>();
  const auto id = token::to_key(credential.id.value);
  if (!id) return nullptr;
  live->id = *id;
  live->kind = credential.kind;
  live->state = credential.state;
  live->relaxed_queries = credential.relaxed_queries;
  if (credential.pause.until) live->paused_until = *credential.pause.until;
  if (credential.expires_at) live->expires_at = *credential.expires_at;
  live->scopes = interned(credential.scopes);
  live->role = credential.role;
  live->account = account;
  live->boundary = interned(credential.boundary);
  if (const auto paused = token_pauses_.find(credential.id.value); paused != token_pauses_.end()) live->pauses = paused->second;
  if (credential.propose_until) {
    live->proposal = token::Proposal{interned(credential.proposed), *credential.propose_until};
  }
  live->allow_ips = credential.allow_ips;
  live->rate = credential.rate;
  std::size_t used = 0;
  for (const SecretRecord& secret : credential.secrets) {
    const auto secret_id = token::to_key(secret.id.value);
    const auto hash = crypto::parse_token_hash(secret.hash);
    // A hash that can't be read opens nothing; the chain of the audit log says who wrote it.
    if (is_over(secret.state) || used == live->secrets.size() || !secret_id || !hash) continue;
    token::LiveSecret& slot = live->secrets[used++];
    slot.id = *secret_id;
    slot.digest = hash.value().digest;
    slot.key_epoch = hash.value().epoch;
    slot.state = secret.state;
    if (secret.ends_at) slot.ends_at = *secret.ends_at;
  }
  return live;
}

IndexFeed::BoundaryPtr IndexFeed::interned(const std::vector<BoundaryEntry>& boundary) {
  return boundaries_.one_of(boundary, hash_of(boundary));
}

std::shared_ptr<const ScopeSet> IndexFeed::interned(const ScopeSet& scopes) {
  std::size_t hash = 0;
  for (const ScopeIndex scope : scopes.list()) hash = hash * 31 + scope;
  return scopes_.one_of(scopes, hash);
}

Result<void> IndexFeed::publish_sites(const store::Reader& reader) {
  GH_TRY(auto snapshot, read_sites(reader, sealer_, tokens_));
  const auto before = sites_.snapshot();
  sites_.publish(std::move(snapshot));
  if (!before) return success();
  for (const upstream::SiteEntryPtr& entry : before->all()) {
    if (entry->withdrawn.load(std::memory_order_acquire)) {
      withdraw_all(older_sites_, entry->site.id.value);
    } else {
      older_sites_[entry->site.id.value].push_back(entry);
    }
  }
  return success();
}

/// A consent stands in the place of grants, which cover exactly what was consented to. Null where it, or its person, is not live.
Result<token::LiveCredentialPtr> IndexFeed::live_consent(const store::Reader& reader, const Consent& consent) {
  GH_TRY(const auto user, reader->users.get(consent.user));
  const auto key = token::to_key(consent.id.value);
  if (consent.ended_at || !key || !is_live(user.value.state, user.value.pause, clock_.now())) return token::LiveCredentialPtr();
  auto account = std::make_shared<token::LiveAccount>();
  account->account.id = AccountId(std::string(kPerson) + consent.user.value);
  account->account.handle = user.value.email;
  account->account.state = State::kLive;
  std::vector<BoundaryEntry> boundary;
  for (const Resource& resource : consent.resources) {
    boundary.push_back({resource, ""});
    Grant grant;
    grant.account = account->account.id;
    grant.resource = resource;
    grant.scopes = consent.scopes;
    // Upstream sees the person: what they may not see is not there for the app either.
    grant.directory = true;
    grant.restricted = Restricted::kInclude;
    grant.backing = Backing::kBacked;
    account->grants.push_back(std::move(grant));
  }
  auto live = std::make_shared<token::LiveCredential>();
  live->id = *key;
  live->kind = CredentialKind::kApp;
  live->state = State::kLive;
  live->scopes = interned(consent.scopes);
  live->account = std::move(account);
  live->boundary = interned(boundary);
  return token::LiveCredentialPtr(std::move(live));
}

Result<void> IndexFeed::apply_consent(const store::Reader& reader, const ConsentId& id) {
  GH_TRY(const Consent consent, reader->consents.get(id));
  const auto key = token::to_key(id.value);
  if (!key) return success();
  GH_TRY(auto live, live_consent(reader, consent));
  if (live) {
    // Requests that were decided on the old one are decided anew.
    index_.put(std::move(live), true);
  } else {
    index_.remove(*key);
  }
  return success();
}

Result<void> IndexFeed::publish_access_keys(const store::Reader& reader) {
  GH_TRY(const auto stored, reader->oauth.keys());
  std::vector<token::AccessKey> keys;
  for (const store::OAuthKey& one : stored) {
    if (one.ends_at && *one.ends_at <= clock_.now()) continue;
    // One that can't be opened makes no token good; the others go on.
    auto key = open_access_key(sealer_, one);
    if (key) keys.push_back(std::move(key).value());
  }
  access_keys_.publish(std::make_shared<const token::AccessKeys>(std::move(keys)));
  return success();
}

Result<void> IndexFeed::read_ended(const store::Reader& reader) {
  GH_TRY(const auto all, reader->oauth.all_ended(clock_.now()));
  std::vector<std::pair<token::Key, Instant>> ids;
  for (const store::EndedToken& one : all) {
    if (const auto key = token::to_key(one.id)) ids.emplace_back(*key, one.forget_at);
  }
  index_.assign_ended(std::move(ids));
  return success();
}

Result<void> IndexFeed::apply_ended(const store::Reader& reader, const std::string& id) {
  const auto found = reader->oauth.ended(id);
  // Forgotten by now: nothing that it names can live.
  if (!found && found.error().code == Errc::kNotFound) return success();
  GH_TRYV(found);
  const auto key = token::to_key(id);
  if (key) index_.end(*key, found.value().forget_at, clock_.now());
  return success();
}

void IndexFeed::note(const Result<void>& outcome, Instant sent) {
  if (outcome) index_.set_fresh(sent);
  const std::lock_guard lock(health_mutex_);
  healthy_ = static_cast<bool>(outcome);
  problem_ = outcome ? Error{} : outcome.error();
}

Result<void> IndexFeed::health() const {
  const std::lock_guard lock(health_mutex_);
  if (healthy_) return success();
  return problem_;
}

}  // namespace gatehouse::admin
