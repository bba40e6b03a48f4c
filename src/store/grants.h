// Grants: several may stand on one resource. A removed grant is State::kRevoked and stays in the history.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "model/grant.h"
#include "store/sight.h"
#include "store/stored.h"

namespace gatehouse::store {

class Grants {
 public:
  explicit Grants(Session& session) noexcept : session_(session) {}
  Grants(const Grants&) = delete;

  Result<Stored<Grant>> get(const GrantId& id) const;
  /// All that are not revoked, whatever their number.
  Result<std::vector<Grant>> of_account(const AccountId& account) const;
  struct Filter {
    std::optional<AccountId> account;
    std::optional<SiteId> site;
    std::optional<std::string> resource_id;  ///< with `site`; "*" is the whole site's own entry
    std::optional<UserId> granted_by;
    std::optional<Backing> backing;
    bool revoked = false;        ///< these as well
    std::optional<Sight> sight;  ///< only what this person may see
  };
  Result<Listed<Stored<Grant>>> list(const Filter& filter, const Page& page) const;

  Result<void> insert(const Grant& grant);
  Result<void> update(const Grant& grant, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
