// Filling: a page of a list that goes on by an opaque cursor (Confluence). What lies outside is taken out of upstream's page, and
// the client's page is filled from upstream's next ones, so that no page tells how much was left out, nor where.
//
// For operations with `fill` (catalogue/FORMAT.md) and bounded tokens. The client's cursor holds upstream's and how many visible
// entries of that page were given out already; it is encrypted, since upstream's names the last entry of its page, whosoever that
// is. Used by confine.cpp and gateway.cpp; pure.
#pragma once

#include "catalogue/operation.h"
#include "gateway/cursor.h"
#include "gateway/refusal.h"
#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {

/// Takes the client's cursor and size out of Outgoing::query and asks for the page that they lead to. `seal` may be null: then no
/// cursor is taken or given out.
Step<bool> plan_filling(const Matched& matched, const CursorSeal* seal, Request& request);

/// Takes what may be seen out of Request::out, which was redacted from Request::answer. True: the client's page is full, or the
/// list is over, and Request::out is the answer. False: next_fill() comes next.
Step<bool> fill_page(const Matched& matched, const CursorSeal* seal, Request& request);
Step<http::UpstreamRequest> next_fill(const Confined& confined, Request& request);

}  // namespace gatehouse::gateway
