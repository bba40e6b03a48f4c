// Sites, one row each. Natural key: the site's key, unique among the sites that are not archived.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/site.h"
#include "store/stored.h"

namespace gatehouse::store {

/// Const functions work on a Reader and a UnitOfWork, the others on a UnitOfWork alone.
class Sites {
 public:
  explicit Sites(Session& session) noexcept : session_(session) {}
  Sites(const Sites&) = delete;

  /// kNotFound where there is none.
  Result<Stored<Site>> get(const SiteId& id) const;
  /// Of the sites that are not archived.
  Result<Stored<Site>> get_by_key(std::string_view key) const;
  struct Filter {
    bool archived = false;  ///< these as well
  };
  /// In the order of their ids.
  Result<Listed<Stored<Site>>> list(const Filter& filter, const Page& page) const;

  /// kConflict where the key, or the host with the same product, is in use.
  Result<void> insert(const Site& site);
  Result<void> update(const Site& site, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
