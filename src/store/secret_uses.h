// Who uses which secret: kept while a rotation runs (who still has the old one?) and after a secret's end (the dead token is
// still being used). Not a chained change; admin/secret_uses.h hands over batches (Database::record_secret_uses).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace gatehouse::store {

class Session;

/// Calls of one secret from one place. A row of the same secret, place and `dead` adds to what is stored.
struct SecretUse {
  SecretId secret;
  bool dead = false;    ///< after its end: refused
  std::string address;  ///< empty, with `user_agent`: all places beyond SecretUses::kMostPlaces
  std::string user_agent;
  CredentialId credential;
  Instant first_at{};
  Instant last_at{};
  std::int64_t calls = 0;
};

class SecretUses {
 public:
  /// Whoever holds a dead secret can call from any number of places; beyond these they are counted together.
  static constexpr int kMostPlaces = 50;

  explicit SecretUses(Session& session) noexcept : session_(session) {}
  SecretUses(const SecretUses&) = delete;

  /// Of all its secrets, the latest use first.
  Result<std::vector<SecretUse>> of_credential(const CredentialId& credential) const;
  /// Credentials with an old secret whose overlap ends in (after, until].
  Result<std::vector<CredentialId>> overlaps_ending(Instant after, Instant until) const;

 private:
  friend class Database;
  Result<void> add(const std::vector<SecretUse>& uses);
  /// Drops what was last seen before `oldest`.
  Result<void> forget(Instant oldest);

  Session& session_;
};

}  // namespace gatehouse::store
