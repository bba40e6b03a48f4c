// The credentials that Gatehouse shows to sites, some for each (site, account); account empty is the site's own. Which of them a
// request uses is upstream/site_table.h's to choose.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "model/site.h"
#include "store/stored.h"

namespace gatehouse::store {

class UpstreamCredentials {
 public:
  explicit UpstreamCredentials(Session& session) noexcept : session_(session) {}
  UpstreamCredentials(const UpstreamCredentials&) = delete;

  Result<Stored<UpstreamCredential>> get(const UpstreamCredentialId& id) const;
  /// The live ones of exactly this account (empty: the site's own), by id; the secret that is shown may have ended all the same.
  Result<std::vector<Stored<UpstreamCredential>>> live_of(const SiteId& site, const AccountId& account) const;
  struct Filter {
    std::optional<SiteId> site;
    std::optional<AccountId> account;
    std::optional<UserId> owner;  ///< as owner or deputy
    std::optional<Instant> expires_before;
    bool revoked = false;  ///< these as well
  };
  Result<Listed<Stored<UpstreamCredential>>> list(const Filter& filter, const Page& page) const;

  Result<void> insert(const UpstreamCredential& credential);
  Result<void> update(const UpstreamCredential& credential, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
