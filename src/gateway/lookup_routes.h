// Which credential each look-up of a request shows to the site: the least that covers the operation which the look-up is, by the
// same rule as for the request itself (upstream/site_table.h). Called by gateway.cpp and explain.cpp after a round is written.
#pragma once

#include <string_view>

#include "catalogue/catalogue.h"
#include "gateway/refusal.h"
#include "http/exchange.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

struct Request;

/// Replaces the routes of `request.lookups`. A refusal where a look-up is covered by none, or by one that can't be used now: no
/// other takes its place. One credential that declares nothing is the common case and costs nothing.
Step<bool> choose_lookup_routes(const upstream::SiteEntry& site, std::string_view account_id,
                                const catalogue::Catalogue& catalogue, Request& request);

/// The credentials that `request` may show to `site`: of an app the person's alone, once they were found (Request::person).
const upstream::RouteChoices& choices_of(const upstream::SiteEntry& site, std::string_view account_id,
                                         const Request& request) noexcept;

/// What the client is told where `choices` have no usable credential for `operation`.
Refusal no_credential_for(const upstream::SiteEntry& site, const upstream::RouteChoices& choices,
                          const catalogue::Operation& operation, std::string_view account_id);

}  // namespace gatehouse::gateway
