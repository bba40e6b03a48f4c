// From the stored sites and their sealed credentials to what gateways read: the snapshot of the site table.
#pragma once

#include <memory>

#include "base/result.h"
#include "crypto/seal.h"
#include "store/database.h"
#include "upstream/site_table.h"
#include "upstream/token_source.h"

namespace gatehouse::admin {

/// All sites that are not archived. A credential that can't be opened (a key that is gone, a row that was changed) leaves its
/// site without a route and does not fail the rest; so does one whose access token is not at hand. `tokens` learns which are in
/// use.
Result<std::shared_ptr<const upstream::SiteSnapshot>> read_sites(const store::Reader& reader, const crypto::Sealer& sealer,
                                                                 upstream::TokenSource& tokens);

/// One of them. kNotFound where there is no such site.
Result<upstream::SiteEntryPtr> read_site(const store::Reader& reader, const crypto::Sealer& sealer, upstream::TokenSource& tokens,
                                         const SiteId& id);

}  // namespace gatehouse::admin
