// What happened at the gateway: usage ticks, lines of permitted writes, and decisions kept for `explain --request-id`.
//
// None of it is a chained change. The gateway's recorder hands over batches (Database::record) from a thread of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/denials.h"
#include "store/stored.h"

namespace gatehouse::store {

/// Permitted write (design section 2, record). Never bodies.
struct WriteLine {
  Instant at{};
  CredentialId credential;
  SecretId secret;
  AccountId account;
  SiteId site;
  std::string operation;
  std::string resource;    ///< the resource's id at the product
  std::string object_id;   ///< the object's immutable id, where it is known
  std::string object_key;  ///< as it was called: PROJ-123
  std::string request_id;
  std::string upstream_trace_id;
  int status = 0;       ///< upstream's; 0: it did not answer
  std::string address;  ///< the client's; empty: it was written before Gatehouse kept addresses
};

/// Requests of one hour that are alike. A tick of the same key adds to the count that is stored.
struct UsageTick {
  CredentialId credential;  ///< empty: nobody's
  Instant hour{};           ///< its beginning
  SiteId site;
  std::string operation;  ///< empty where none was matched
  std::string resource;
  std::string outcome;  ///< "permitted" or the refusal's word (model/decision.h)
  std::string address;
  std::string user_agent;
  std::int64_t count = 0;
  Instant last_at{};
};

/// A decision by request id; `json` is made by the gateway and holds no secret, body or query value.
struct KeptDecision {
  std::string request_id;
  Instant at{};
  CredentialId credential;
  std::string json;
};

struct UsageBatch {
  std::vector<WriteLine> writes;
  std::vector<UsageTick> ticks;
  std::vector<KeptDecision> decisions;
  std::vector<Denial> denials;
};

class Usage {
 public:
  explicit Usage(Session& session) noexcept : session_(session) {}
  Usage(const Usage&) = delete;

  /// Which automation wrote to an object (id or key), newest first. `until` empty: up to now.
  Result<std::vector<WriteLine>> trace(const SiteId& site, const std::string& object, std::optional<Instant> until,
                                       int limit = 100) const;
  Result<WriteLine> write_by_request(const std::string& request_id) const;
  /// Ticks of hours from `from` on, newest first; credential empty: everybody's.
  Result<std::vector<UsageTick>> ticks(const CredentialId& credential, Instant from, int limit = 1000) const;
  /// When the credential was last used.
  Result<std::optional<Instant>> last_used(const CredentialId& credential) const;
  /// kNotFound where it was never kept or has been dropped since.
  Result<KeptDecision> decision(const std::string& request_id) const;

 private:
  friend class Database;
  /// Keeps the newest `kept_decisions` decisions and drops the rest.
  Result<void> append(const UsageBatch& batch, int kept_decisions);

  Session& session_;
};

}  // namespace gatehouse::store
