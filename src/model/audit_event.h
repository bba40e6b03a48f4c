// One record of the audit chain: who did what to what, from where, why. Never a secret.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"

namespace gatehouse {

/// Who asks for a change, as admin/ and audit/ see it. `actor` is the identity that acts (RFC 8693), `on_behalf_of` the
/// user who asked where that is somebody else.
struct Caller {
  std::string actor_kind;  ///< "user", "admin_key", "local" (a command on the host), "job"
  std::string actor_id;
  std::string actor_name;
  std::string on_behalf_of;
  std::string address;
  std::string user_agent;
  /// What the route that was called needs (policy::Need, as a number); held once more against the caller's role inside the unit
  /// of work. 0: not called through a route.
  std::uint8_t need = 0;
  /// If-Match: the change counts only where the chain ends at this record still, since that was what the caller had seen. Shared
  /// by all that one request commits, and -1 after its first commit. Null: no condition.
  std::shared_ptr<std::int64_t> only_after = {};
};

struct AuditEvent {
  std::string action;       ///< "token.create", "grant.remove" …: noun.verb as on the command line
  std::string target_kind;  ///< "token", "account" …
  std::string target_id;
  std::string target_name;
  std::string before_json;  ///< empty for what is new; objects without secrets
  std::string after_json;
  std::string reason;
  std::string outcome;  ///< "done" or "refused"
  Caller caller;
};

/// An event as it stands in the chain.
struct AuditRecord {
  std::int64_t sequence = 0;
  Instant at{};
  std::string id;
  AuditEvent event;
  std::string mac;  ///< base64url; over everything above and the previous record's mac
  int key_epoch = 0;
};

}  // namespace gatehouse
