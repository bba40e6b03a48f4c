// budget: what a request costs its site, and what the site has said of its own limits (upstream/site_budget.h). Called by
// gateway.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "gateway/refusal.h"
#include "http/exchange.h"
#include "http/message.h"
#include "token/live_index.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

/// Counts the request. 429 where the site's budget is used up, where this account has had its share of it, or where the site has
/// refused this credential lately.
std::optional<Refusal> over_budget(const token::LiveCredential& credential, const upstream::SiteEntry& site,
                                   const http::UpstreamRoute& route, Instant now);
/// Look-ups are counted, and refused only with the next request.
void charge_lookups(const token::LiveCredential& credential, const upstream::SiteEntry& site, std::size_t count, Instant now);

/// The site answered 429: for as long as it says nothing more is asked with that credential.
void learn_limit(const upstream::SiteEntry& site, const http::UpstreamRoute& route, const http::ResponseHead& head, Instant now);
/// Likewise of look-ups, whose answers hold no header fields: for a second.
void learn_limits(const upstream::SiteEntry& site, const std::vector<http::UpstreamRequest>& lookups,
                  const std::vector<http::LookupAnswer>& answers, Instant now);

/// Whole seconds; 0 where there is none, or where it is a date.
std::uint32_t retry_after(const http::ResponseHead& head) noexcept;

}  // namespace gatehouse::gateway
