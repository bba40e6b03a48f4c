// The index of live credentials: what a gateway asks instead of a database.
//
// Shards of immutable tables. A change copies one shard and publishes a pointer; readers take no lock. Written by the change
// feed alone (admin/index_feed.h), read by gateway threads. An entry names everything that a decision needs, already resolved,
// in a compact form: 100,000 credentials have to fit into 64 MiB with all the rest.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/credential.h"
#include "model/grant.h"
#include "model/resource_pause.h"
#include "model/service_account.h"
#include "token/compact.h"

namespace gatehouse::token {

/// An id of the model (model/ids.h) without the heap: 16 characters of [0-9A-Za-z].
using Key = std::array<char, kIdLength>;
/// Nothing where `text` is not exactly of that length.
std::optional<Key> to_key(std::string_view text) noexcept;
inline std::string_view as_view(const Key& key) noexcept { return {key.data(), key.size()}; }

/// A service account with all of its grants. Shared by its credentials.
struct LiveAccount {
  ServiceAccount account;
  std::vector<Grant> grants;
  std::vector<ResourcePause> pauses;  ///< resources that are paused for this account
};

/// A boundary that counts from an instant on; requests are judged by it until then, and never blocked for it.
struct Proposal {
  std::shared_ptr<const std::vector<BoundaryEntry>> boundary;  ///< null: none
  Instant from = Instant::max();
  bool operator==(const Proposal&) const = default;
};

struct LiveCredential;

/// What an access token takes away from the client that it names (token/access_token.h), and all that must be live with it.
struct Narrowing {
  /// Of authorization_details with `actions`: these scopes on this resource, and none on what is not listed.
  struct Scoped {
    SiteId site;
    std::string id;  ///< "*": on all of the site
    ScopeSet scopes;
  };
  std::shared_ptr<const LiveCredential> client;
  std::shared_ptr<const LiveCredential> app;  ///< of a consent; else null
  Key token{};                                ///< its jti
  Key family{};                               ///< zero: none
  std::vector<Key> ancestors;
  std::vector<Scoped> scoped;  ///< empty: the credential's scopes on all of its boundary
};

/// One credential as requests see it. Immutable but for `withdrawn`, `successor_used` and the rate bucket.
struct LiveCredential {
  Key id{};
  CredentialKind kind = CredentialKind::kApiToken;
  State state = State::kRevoked;
  bool relaxed_queries = false;
  Instant paused_until = Instant::max();  ///< of kPaused: when the pause is over by itself
  Instant expires_at = Instant::max();    ///< max: permanent
  Common<ScopeSet> scopes;
  Rare<std::string> role;  ///< access role over the whole boundary; empty: whatever the scopes allow
  std::shared_ptr<const LiveAccount> account;
  std::shared_ptr<const std::vector<BoundaryEntry>> boundary;  ///< equal ones are one object; never null
  Rare<Proposal> proposal;                                     ///< what the boundary is to be
  Rare<std::vector<ResourcePause>> pauses;                     ///< resources that are paused for this token
  Rare<std::vector<Network>> allow_ips;                        ///< empty: from anywhere
  Rate rate;
  LiveSecrets secrets;  ///< kRetired ones are no secrets
  /// Of an access token: in no index, and live only as long as its client is. Null for all that the index holds.
  std::shared_ptr<const Narrowing> narrowing;

  /// Set before a revocation, pause or replacement is answered: read once more before the first byte goes upstream.
  mutable std::atomic<bool> withdrawn{false};
  /// The pending successor was presented: set by the first thread that sees it, which tells the feed.
  mutable std::atomic<bool> successor_used{false};
  /// By place in `secrets`: that one was ended before its time, while the other, and requests by it, go on.
  mutable std::array<std::atomic<bool>, 2> secret_ended{};
  /// Token bucket of `rate`: the instant, in microseconds of the wall clock, up to which the allowance is used (GCRA).
  mutable std::atomic<std::int64_t> rate_used_until{0};

  /// The boundary that counts at `now`: no job has to come in time for it to change.
  const std::vector<BoundaryEntry>* boundary_at(Instant now) const noexcept {
    return proposal->boundary && now >= proposal->from ? proposal->boundary.get() : boundary.get();
  }
  /// Its requests are judged as if it had the proposed boundary already.
  bool judged(Instant now) const noexcept { return proposal->boundary && now < proposal->from; }
  bool has_ended(const Key& secret) const noexcept {
    for (std::size_t at = 0; at < LiveSecrets::size(); ++at) {
      if (secrets[at].id == secret && secret_ended[at].load(std::memory_order_acquire)) return true;
    }
    return false;
  }
  bool live(Instant now) const noexcept {
    return !withdrawn.load(std::memory_order_acquire) && now < expires_at &&
           (state == State::kLive || (state == State::kPaused && paused_until <= now)) &&
           (!narrowing || (narrowing->client->live(now) && (!narrowing->app || narrowing->app->acts(now))));
  }
  /// Live, with its account.
  bool acts(Instant now) const noexcept {
    return live(now) && account && is_live(account->account.state, account->account.pause, now);
  }
  /// Its scopes on one resource of that site; "*" for the site as a whole.
  ScopeSet scopes_on(const SiteId& site, std::string_view resource_id) const noexcept;
  /// Whose token bucket it draws from.
  const LiveCredential& payer() const noexcept {
    if (!narrowing) return *this;
    return narrowing->app ? *narrowing->app : *narrowing->client;
  }
};

using LiveCredentialPtr = std::shared_ptr<const LiveCredential>;

/// The same credential as it will be when its proposed boundary counts; in no index. Null where nothing is proposed.
LiveCredentialPtr with_proposed_boundary(const LiveCredential& credential);

/// What find() gives: the credential and which of its secrets was named.
struct Found {
  LiveCredentialPtr credential;        ///< null: the index has none of that id
  const LiveSecret* secret = nullptr;  ///< lives as long as `credential`; null where its own id was named
};

/// Readers call find() from threads that pass(); one writer at a time (a mutex inside orders them).
///
/// Reclamation: a table that was replaced is freed when each reader thread has called pass() once more; what find() returned
/// stays alive by its own reference.
class LiveIndex {
 public:
  /// `readers`: how many threads will call pass(), numbered from 0. Other threads use find_locked().
  explicit LiveIndex(unsigned readers);
  ~LiveIndex();
  LiveIndex(const LiveIndex&) = delete;
  LiveIndex& operator=(const LiveIndex&) = delete;

  /// By the public id in a token, or by its own id what is no API token. Takes no lock and no allocation. Only on a reader
  /// thread.
  Found find(std::string_view secret_id) const noexcept;
  /// The same for any other thread; takes the writers' mutex.
  Found find_locked(std::string_view secret_id) const;
  /// Whether the access token, its family or one of its ancestors was revoked. False for what is no access token. Takes no lock.
  /// Only on a reader thread; others use ended_locked().
  bool ended(const LiveCredential& credential) const noexcept;
  bool ended(const Key& id) const noexcept;
  bool ended_locked(const Key& id) const;
  /// Called by a reader thread between two events, when it holds no view of a table (http::QuiescentHook).
  void pass(unsigned reader) noexcept;

  /// Replaces everything, at start and after a feed was lost.
  void assign(std::vector<LiveCredentialPtr> credentials);
  /// Adds or replaces the credential of that id; the replaced one is marked `withdrawn` if `withdraw_old`. In force on return.
  void put(LiveCredentialPtr credential, bool withdraw_old);
  /// An access token, or a family of them, that was revoked before its time: kept until none of them could live. In force on
  /// return.
  void end(const Key& id, Instant until, Instant now);
  /// All that were, at start.
  void assign_ended(std::vector<std::pair<Key, Instant>> all);
  /// Removes it and marks it `withdrawn`. In force on return.
  void remove(const Key& credential_id);
  std::size_t size() const;

  /// When the last successful read of the store was *sent*; gateways refuse where it is older than their stale limit.
  void set_fresh(Instant at) noexcept { fresh_ms_.store(at.time_since_epoch().count(), std::memory_order_release); }
  Instant fresh() const noexcept { return Instant(Duration(fresh_ms_.load(std::memory_order_acquire))); }

 private:
  struct Table;
  struct Retired;
  struct EndedSet;
  static constexpr std::size_t kShards = 256;

  static std::size_t shard_of(std::uint64_t tag) noexcept;
  void edit(const LiveCredentialPtr& added, const LiveCredentialPtr& removed);
  void publish(std::size_t shard, std::unique_ptr<const Table> table);
  void retire(std::shared_ptr<const void> old);
  void reclaim();

  mutable std::mutex writer_;
  std::array<std::atomic<const Table*>, kShards> shards_{};
  std::atomic<const EndedSet*> ended_;
  std::vector<LiveCredentialPtr> by_credential_;  ///< sorted by id
  std::vector<Retired> retired_;
  struct alignas(64) Reader {
    std::atomic<std::uint64_t> passed{0};
  };
  std::vector<Reader> readers_;
  std::atomic<std::int64_t> fresh_ms_{std::numeric_limits<std::int64_t>::min()};
};

}  // namespace gatehouse::token
