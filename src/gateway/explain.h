// explain(): what the gateway would do with a request, step by step, by the very same code, without sending it.
//
// Called by admin for `gatehouse explain`. Blocks in `lookup`; any thread.
#pragma once

#include <functional>
#include <string>

#include "base/address.h"
#include "gateway/gateway.h"
#include "http/exchange.h"
#include "model/decision.h"

namespace gatehouse::gateway {

/// What was found on the way, beside the decision.
struct ExplainFound {
  const catalogue::Operation* operation = nullptr;  ///< null: none was matched; lives as long as `site`
  upstream::SiteEntryPtr site;
  std::string outside_id;  ///< with name_outside: the id of the resource that the decision then names
};

struct ExplainRequest {
  token::LiveCredentialPtr credential;  ///< instead of a token; must not be null
  http::Method method = http::Method::kGet;
  bool name_outside = false;  ///< for administrators: Decision::resource names a resource outside of the boundary too
  /// For who does not read everything: what only a look-up tells (there, but not granted; there, but restricted) ends as what is
  /// not there does, like the gateway's own answer.
  bool hide_found = false;
  /// With the prefix of the site ("/ex/jira/acme/rest/api/3/issue/A-1"). Without one, the credential's boundary must name one
  /// site only.
  std::string target;
  std::string body;
  std::string content_type = "application/json";  ///< of `body`, where there is one
  IpAddress address;                              ///< the client's, for address allow-lists
  ExplainFound* found = nullptr;                  ///< filled in where it is given
};

/// Carries out one look-up of the gateway's (http::fetch over its route). Never called for the request itself.
using LookupFunction = std::function<http::LookupAnswer(const http::UpstreamRequest& request)>;

/// Whether the gateway answers a refusal with this status like one of something that is not there.
bool hides_what_was_found(Reason reason, int status) noexcept;

/// The decision with its steps. A read, whose answer would be verified, is located by a look-up here.
Decision explain(const GatewayShared& shared, const ExplainRequest& request, const LookupFunction& lookup, Instant now);

}  // namespace gatehouse::gateway
