// Making a site's credential: shared by adding a site and adding or rotating its credential.
#pragma once

#include "admin/sites.h"
#include "model/site.h"
#include "upstream/lookups.h"
#include "upstream/site_table.h"

namespace gatehouse::admin {

/// URL, cloud id and host are well formed.
Result<void> check_site(const Site& site);
/// Over `route`, by the harmless call that its declared scopes cover.
Result<upstream::SiteTest> try_credential(const Services& services, const upstream::SiteEntry& site,
                                          const std::optional<ScopeSet>& scopes, const upstream::RoutePtr& route);
/// The route on which the site's own credentials do this operation of the catalogue; null: none covers it.
upstream::RoutePtr route_for(const Services& services, const upstream::SiteEntry& site, std::string_view operation);
/// Checked and sealed, not stored. `account` empty: the site's own.
Result<UpstreamCredential> make_site_credential(Services& services, const store::Repositories& at, const Caller& caller,
                                                const Site& site, const AccountId& account, const SiteSecret& request);

}  // namespace gatehouse::admin
