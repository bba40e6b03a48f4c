// IndexFeed: carries committed changes into the index of live credentials and the site table. The only writer of both.
//
// In one process a use case calls catch_up() after its commit and before it answers, so that a revocation is in force then. A
// thread of its own follows the changes of other nodes and keeps the index's freshness: where it can't read the store, gateways
// refuse after their stale limit.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/seal.h"
#include "store/database.h"
#include "token/access_keys.h"
#include "token/live_index.h"
#include "upstream/site_table.h"
#include "upstream/token_source.h"

namespace gatehouse::admin {

/// Equal values become one object, for as long as somebody holds it.
template <class T>
class Interner {
 public:
  std::shared_ptr<const T> one_of(const T& value, std::size_t hash) {
    if (known_.size() >= prune_at_) {
      std::erase_if(known_, [](const auto& slot) { return slot.second.expired(); });
      prune_at_ = std::max<std::size_t>(1024, known_.size() * 2);
    }
    std::weak_ptr<const T>& slot = known_[hash];
    std::shared_ptr<const T> shared = slot.lock();
    if (!shared || *shared != value) {
      shared = std::make_shared<const T>(value);
      slot = shared;
    }
    return shared;
  }

 private:
  std::unordered_map<std::size_t, std::weak_ptr<const T>> known_;  ///< by hash; two of one hash displace each other
  std::size_t prune_at_ = 1024;
};

class IndexFeed {
 public:
  /// All are borrowed.
  IndexFeed(store::Database& database, const crypto::Sealer& sealer, const Clock& clock, token::LiveIndex& index,
            upstream::SiteTable& sites, upstream::TokenSource& tokens);
  ~IndexFeed();  ///< stops
  IndexFeed(const IndexFeed&) = delete;
  IndexFeed& operator=(const IndexFeed&) = delete;

  /// Reads everything. Called once before the gateway starts.
  Result<void> load();
  /// Follows the changes of other nodes on a thread of its own.
  void start();
  void stop();
  /// Returns when all changes up to this number are in force here. On an error the index counts as stale at once: fail closed.
  Result<void> catch_up(std::int64_t change);
  /// Asks the store once what the latest change is, and catches up with it. An error of the question itself changes nothing: the
  /// feed's own thread finds out whether the store is away.
  Result<void> refresh();
  /// Reads the sites again, whose access tokens have changed.
  Result<void> refresh_sites();
  /// Whether the store could be read at the last try.
  Result<void> health() const;
  /// Called with each person of whom something has changed, before what rests on it is in force. Nothing: nobody wants to know.
  void set_user_listener(std::function<void(const UserId&)> listener);
  /// The keys of access tokens, as they are stored.
  const token::AccessKeyTable& access_keys() const noexcept { return access_keys_; }

 private:
  using AccountPtr = std::shared_ptr<const token::LiveAccount>;
  using BoundaryPtr = std::shared_ptr<const std::vector<BoundaryEntry>>;

  Result<void> read_all();
  Result<void> apply_pending();
  Result<void> apply_account(const store::Reader& reader, const AccountId& id);
  Result<void> apply_credential(const store::Reader& reader, const CredentialId& id);
  Result<void> read_pauses(const store::Reader& reader);
  Result<void> publish_sites(const store::Reader& reader);
  Result<void> publish_access_keys(const store::Reader& reader);
  Result<void> read_ended(const store::Reader& reader);
  Result<token::LiveCredentialPtr> live_consent(const store::Reader& reader, const Consent& consent);
  Result<void> apply_consent(const store::Reader& reader, const ConsentId& id);
  Result<void> apply_ended(const store::Reader& reader, const std::string& id);
  Result<AccountPtr> read_account(const store::Reader& reader, const AccountId& id) const;
  void put(const Credential& credential, const AccountPtr& account);
  void withdraw_older(const std::string& credential_id);
  void forget_unused();
  std::shared_ptr<token::LiveCredential> make_live(const Credential& credential, const AccountPtr& account);
  BoundaryPtr interned(const std::vector<BoundaryEntry>& boundary);
  std::shared_ptr<const ScopeSet> interned(const ScopeSet& scopes);
  void follow();
  void note(const Result<void>& outcome, Instant sent);

  store::Database& database_;
  const crypto::Sealer& sealer_;
  const Clock& clock_;
  token::LiveIndex& index_;
  upstream::SiteTable& sites_;
  upstream::TokenSource& tokens_;
  token::AccessKeyTable access_keys_;

  mutable std::mutex mutex_;  ///< orders all that writes; held while the store is read
  std::int64_t applied_ = 0;  ///< the last change that is in force
  std::function<void(const UserId&)> user_listener_;
  Interner<std::vector<BoundaryEntry>> boundaries_;
  Interner<ScopeSet> scopes_;
  std::unordered_map<std::string, std::vector<ResourcePause>> token_pauses_;  ///< as last read
  /// Versions that were replaced without being withdrawn and that some request may still hold, by credential and by site. What
  /// withdraws the present version withdraws them too: no upstream request begins after a revocation, however old its version.
  std::unordered_map<std::string, std::vector<token::LiveCredentialPtr>> older_credentials_;
  std::unordered_map<std::string, std::vector<upstream::SiteEntryPtr>> older_sites_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex health_mutex_;
  Error problem_;
  bool healthy_ = false;
};

}  // namespace gatehouse::admin
