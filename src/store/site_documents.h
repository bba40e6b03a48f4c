// The documents of OpenAPI sites, as they were given. Which one is in force says Site::spec_digest: who puts one updates the site
// in the same unit of work, so that every node reads it anew.
#pragma once

#include <string>

#include "base/result.h"
#include "model/ids.h"

namespace gatehouse::store {

class Session;

class SiteDocuments {
 public:
  explicit SiteDocuments(Session& session) noexcept : session_(session) {}
  SiteDocuments(const SiteDocuments&) = delete;

  /// kNotFound where the site has none.
  Result<std::string> get(const SiteId& site) const;
  /// On a UnitOfWork alone. Replaces the one that is there.
  Result<void> put(const SiteId& site, const std::string& document);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
