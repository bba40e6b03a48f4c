// The credentials that Gatehouse shows to sites: at most one live one for each (site, account); account empty is the site's own.
#pragma once

#include <optional>

#include "base/result.h"
#include "model/site.h"
#include "store/stored.h"

namespace gatehouse::store {

class UpstreamCredentials {
 public:
  explicit UpstreamCredentials(Session& session) noexcept : session_(session) {}
  UpstreamCredentials(const UpstreamCredentials&) = delete;

  Result<Stored<UpstreamCredential>> get(const UpstreamCredentialId& id) const;
  /// The live one of exactly this account (empty: the site's own); kNotFound where there is none.
  Result<Stored<UpstreamCredential>> get_live(const SiteId& site, const AccountId& account) const;
  struct Filter {
    std::optional<SiteId> site;
    std::optional<AccountId> account;
    std::optional<UserId> owner;  ///< as owner or deputy
    std::optional<Instant> expires_before;
    bool revoked = false;  ///< these as well
  };
  Result<Listed<Stored<UpstreamCredential>>> list(const Filter& filter, const Page& page) const;

  /// kConflict where another one of the same site and account is live or paused.
  Result<void> insert(const UpstreamCredential& credential);
  Result<void> update(const UpstreamCredential& credential, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
