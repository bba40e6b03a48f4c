// The index of live credentials: what a gateway asks instead of a database.
//
// Shards of immutable tables. A change copies one shard and publishes a pointer; readers take no lock. Written by the change
// feed alone, read by gateway threads. An entry names everything a decision needs, already resolved: the credential's record,
// its account's state and the grants on the resources of its boundary.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "model/credential.h"
#include "model/grant.h"
#include "model/service_account.h"

namespace gatehouse::token {

/// One credential as requests see it. Immutable but for `withdrawn`.
struct LiveCredential {
  Credential credential;
  ServiceAccount account;
  std::vector<Grant> grants;  ///< the account's grants on this boundary's resources; whole-site grants too
  /// Set before a revocation, pause or replacement is answered: read once more before the first byte goes upstream.
  mutable std::atomic<bool> withdrawn{false};
};

}  // namespace gatehouse::token
