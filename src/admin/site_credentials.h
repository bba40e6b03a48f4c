// Making a site's credential: shared by adding a site and adding or rotating its credential.
#pragma once

#include "admin/sites.h"
#include "model/site.h"

namespace gatehouse::admin {

/// URL, cloud id and host are well formed.
Result<void> check_site(const Site& site);
/// Checked and sealed, not stored. `account` empty: the site's own.
Result<UpstreamCredential> make_site_credential(Services& services, const store::Repositories& at, const Caller& caller,
                                                const Site& site, const AccountId& account, const SiteSecret& request);

}  // namespace gatehouse::admin
