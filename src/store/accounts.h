// Service accounts. Natural key: the handle, unique for ever, so that history stays unambiguous.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/service_account.h"
#include "store/sight.h"
#include "store/stored.h"

namespace gatehouse::store {

/// Words of `Declared` hold no white space: they are stored separated by spaces.
class Accounts {
 public:
  explicit Accounts(Session& session) noexcept : session_(session) {}
  Accounts(const Accounts&) = delete;

  Result<Stored<ServiceAccount>> get(const AccountId& id) const;
  Result<Stored<ServiceAccount>> get_by_handle(std::string_view handle) const;
  struct Filter {
    std::optional<UserId> owner;  ///< as owner or deputy
    std::optional<State> state;
    std::optional<bool> external;
    bool archived = false;       ///< these as well
    std::optional<Sight> sight;  ///< only what this person may see
  };
  Result<Listed<Stored<ServiceAccount>>> list(const Filter& filter, const Page& page) const;

  /// kConflict where the handle was ever in use.
  Result<void> insert(const ServiceAccount& account);
  Result<void> update(const ServiceAccount& account, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
