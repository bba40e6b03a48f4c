#include "store/site_documents.h"

#include "store/session.h"

namespace gatehouse::store {

Result<std::string> SiteDocuments::get(const SiteId& site) const {
  GH_TRY(auto rows, session_.rows("SELECT document FROM site_documents WHERE site = :p1", "t", {site.value}));
  if (rows.empty()) return fail(Errc::kNotFound, "This site has no document: gatehouse site spec set.");
  return std::get<std::string>(std::move(rows.front()[0]));
}

Result<void> SiteDocuments::put(const SiteId& site, const std::string& document) {
  GH_TRYV(
      session_.run("INSERT INTO site_documents (site, document) VALUES (:p1, :p2) ON CONFLICT (site) DO UPDATE SET document = "
                   "excluded.document",
                   {site.value, document}));
  return success();
}

}  // namespace gatehouse::store
