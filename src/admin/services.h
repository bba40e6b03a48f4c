// Services: everything that the use cases need, in one object. main/ makes one a process, tests make one over a real SQLite.
//
// A use case is a function of this folder that takes Services and the Caller, checks its input, changes the store in one unit of
// work with its audit record, and returns when the change is in force on this node. They block (database, sites) and are called
// from the admin pool and from jobs, never from a gateway thread. All are safe to call at once.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "admin/session_limits.h"
#include "audit/log.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "crypto/seal.h"
#include "crypto/token_hash.h"
#include "gateway/gateway.h"
#include "http/client.h"
#include "model/audit_event.h"
#include "store/database.h"
#include "token/live_index.h"
#include "upstream/site_table.h"

namespace gatehouse::admin {

class Atlassian;
class AuthoritySource;
class IndexFeed;
class Judge;
class LiveEvents;
class Recorder;
class Refusals;
class SignInThrottle;
class UpstreamTokens;

/// A secret that somebody else gave out, with the end that was entered with it; an end that nobody entered is a finding.
struct ConfiguredSecret {
  std::string kind;  ///< "openid connect secret"
  std::string name;  ///< for people
  std::string file;
  std::optional<Instant> expires_at;
  std::string effect;  ///< what stops when it ends
};

/// What main/ has opened already. Everything is borrowed and must outlive the Services.
struct ServicesInput {
  store::Database& database;
  audit::Log& log;
  const crypto::Keyring& keys;
  const std::string head_path;  ///< of the audit head (store::DataFolder::head_path)
  const Clock& clock;
  Random& random;  ///< thread-safe
  token::LiveIndex& index;
  upstream::SiteTable& sites;
  const gateway::GatewayShared& gateway;  ///< for the catalogues and `explain`
  http::FetchOptions fetch;               ///< how sites are asked
  /// PEM files of the listeners' certificates: reports say when they end.
  std::vector<std::string> certificate_files = {};
  SessionLimits session_limits = {};
  /// Secrets in files that the configuration names: likewise.
  std::vector<ConfiguredSecret> configured_secrets = {};
  /// Which private addresses webhooks may have (lifecycle/notify_settings.h).
  http::AddressPolicy webhook_receivers = {};
};

struct Services {
  explicit Services(ServicesInput input);
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  store::Database& database;
  audit::Log& log;
  const crypto::Keyring& keys;
  const std::string head_path;
  const Clock& clock;
  Random& random;
  token::LiveIndex& index;
  upstream::SiteTable& sites;
  const gateway::GatewayShared& gateway;
  const http::FetchOptions fetch;
  const std::vector<std::string> certificate_files;
  const std::vector<ConfiguredSecret> configured_secrets;
  const http::AddressPolicy webhook_receivers;
  const crypto::Sealer sealer;
  const crypto::TokenHasher hasher;
  const SessionLimits session_limits;
  const std::unique_ptr<SignInThrottle> throttle;
  const std::unique_ptr<UpstreamTokens> upstream_tokens;  ///< likewise
  const std::unique_ptr<IndexFeed> feed;                  ///< load() and start() are main's to call
  /// Set by the Recorder as long as it lives. `explain` and `trace` flush it, so that they know what was just answered.
  std::atomic<Recorder*> recorder{nullptr};
  /// Set by the Judge as long as it lives; the recorder hands it what is to be judged.
  std::atomic<Judge*> judge{nullptr};
  /// Set by LiveEvents as long as it lives: told of every commit, of denials and of usage.
  std::atomic<LiveEvents*> live_events{nullptr};
  /// People's own sign-in at Atlassian (admin/atlassian.h). Set by main/ where there is an app.
  std::atomic<Atlassian*> atlassian{nullptr};
  /// Who administers what, beside the roles given in Gatehouse (admin/authority.h). Set by main/ where there is one.
  std::atomic<AuthoritySource*> authority_source{nullptr};
  const std::unique_ptr<Refusals> refusals;
};

/// Commits, and returns when this node's index says so too. An error after the commit (kUnavailable) means that the change is
/// durable and the node refuses requests until its index has caught up.
Result<void> commit(Services& services, store::UnitOfWork work, AuditEvent event);
/// The same for a unit of work of several changes, with a record of each.
Result<void> commit(Services& services, store::UnitOfWork work, std::vector<AuditEvent> events);

}  // namespace gatehouse::admin
