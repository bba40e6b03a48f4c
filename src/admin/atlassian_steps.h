// What a person has to click at Atlassian, since no API does it: making, and afterwards revoking, the credential that Gatehouse
// shows to a site. Stands in the answers of `site credential add|rotate|steps`; docs/operate/atlassian_side.md tells more.
#pragma once

#include <boost/json.hpp>

#include "model/scope.h"
#include "model/site.h"

namespace gatehouse::admin {

/// How to make the successor of `credential` (null: a first one), with the scopes that what stands behind it needs.
boost::json::array steps_to_make(const Site& site, const UpstreamCredential* credential, const ScopeSet& needed);
/// What is left to do after the successor has taken over: the old one still opens the site until it is revoked there.
boost::json::array steps_after_rotation(const Site& site, const UpstreamCredential& old);

}  // namespace gatehouse::admin
