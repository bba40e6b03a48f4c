// Gathering: a list that the site can't narrow, read from its beginning to its end, and paged anew once what lies outside was
// taken out. So no page tells how many entries lie outside, nor where. Used by confine.cpp and gateway.cpp; pure.
//
// For operations with `gather` (catalogue/FORMAT.md) and tokens that are confined. What the site wrote is held whole, up to 4 MiB
// and 40 pages; a longer list is refused with advice.
#pragma once

#include "catalogue/operation.h"
#include "gateway/refusal.h"
#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {

/// Takes the client's page out of Outgoing::query and asks for the first of the site's.
Step<bool> plan_gathering(const catalogue::Operation& operation, Request& request);

/// Takes the entries out of Request::answer. True: that was the last page, and Request::answer holds them all, as if the site had
/// answered with one. False: next_page() comes next.
Step<bool> gather_page(const catalogue::Operation& operation, std::string_view site_key, Request& request);
Step<http::UpstreamRequest> next_page(const Confined& confined, Request& request);

/// The page that the client asked for, out of Request::out, which holds what may be seen of all of them.
void write_gathered(const catalogue::Operation& operation, Request& request);

}  // namespace gatehouse::gateway
