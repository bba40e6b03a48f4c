// PersonRoutes: how a request that acts for a person reaches a site: by that person's own grant at Atlassian, never by a
// credential of the site. The token of an app acts for the person who consented (model/consent.h, kPerson); admit() asks here for
// its way.
//
// A grant's access token lasts an hour and has to be fetched, so that the way may not be at hand: the request waits then
// (gateway/wait.cpp). admin/person_routes.h, which fetches, is one; main/ gives it to GatewayShared.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/refusal.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

/// One person's way to one site. Immutable but for `withdrawn`, which is looked at before each upstream request begins.
struct PersonRoute {
  std::string user;                ///< the person's id
  std::string site;                ///< the site's id
  std::string of_site;             ///< what it leads to: another address or cloud id of the site needs another way
  Instant renewed_at{};            ///< when Atlassian gave its token
  std::string base_url;            ///< "https://api.atlassian.com/ex/jira/{cloudId}": what upstream's links begin with
  upstream::RouteChoices choices;  ///< the one, with the scopes that the person consented to at Atlassian
  mutable std::atomic<bool> withdrawn{false};
};
using PersonRoutePtr = std::shared_ptr<const PersonRoute>;

/// A request waits no longer than this for a person's token, and looks so often.
inline constexpr std::chrono::milliseconds kMaxPersonWait{10'000};
inline constexpr std::chrono::milliseconds kPersonPoll{25};
/// What it is told after that.
inline Refusal person_not_in_time(std::string site_key) {
  Refusal refusal = refuse_because(Reason::kUpstreamUnavailable, std::move(site_key));
  refusal.status = 504;
  refusal.detail = "Atlassian did not renew the person's own sign-in in time. Nothing of the request was sent; try again.";
  return refusal;
}

/// Thread-safe; called on gateway threads, and never blocks.
class PersonRoutes {
 public:
  virtual ~PersonRoutes() = default;
  /// Null: it is being fetched, ask again in a moment. A refusal where the person has none, or Atlassian gives none now.
  virtual Step<PersonRoutePtr> find(const upstream::SiteEntryPtr& site, std::string_view user) = 0;
  /// The site has answered 401 to this route's token. A token that is older than a minute is not used again; a fresh one is not
  /// to blame.
  virtual void refused(const PersonRoutePtr& route) = 0;
};

}  // namespace gatehouse::gateway
