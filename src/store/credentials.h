// Credentials with their boundary and their secrets: one aggregate, read and written as a whole.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/credential.h"
#include "store/sight.h"
#include "store/stored.h"

namespace gatehouse::store {

class Credentials {
 public:
  explicit Credentials(Session& session) noexcept : session_(session) {}
  Credentials(const Credentials&) = delete;

  Result<Stored<Credential>> get(const CredentialId& id) const;
  /// By the public id inside a token, retired secrets too.
  Result<Stored<Credential>> get_by_secret(const SecretId& id) const;
  /// All of them, revoked ones too, with boundary and secrets.
  Result<std::vector<Credential>> of_account(const AccountId& account) const;
  struct Filter {
    std::optional<AccountId> account;
    std::optional<CredentialKind> kind;
    std::optional<State> state;
    std::optional<UserId> owner;
    std::optional<Instant> expires_before;   ///< temporary ones only
    std::optional<Instant> expires_after;    ///< with expires_before: a window
    std::optional<SiteId> site;              ///< whose boundary names it
    std::optional<std::string> resource_id;  ///< with `site`
    std::optional<Sight> sight;              ///< only what this person may see
  };
  Result<Listed<Stored<Credential>>> list(const Filter& filter, const Page& page) const;

  Result<void> insert(const Credential& credential);
  /// Replaces the boundary. Secrets are added and changed, never deleted: a retired one is recognised as reuse.
  Result<void> update(const Credential& credential, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
