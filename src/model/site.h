// A site (one upstream API) and the credentials that Gatehouse itself shows to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/rate.h"
#include "model/resource_pause.h"
#include "model/scope.h"
#include "model/state.h"

namespace gatehouse {

enum class Product { kJira = 1, kConfluence, kOpenApi };
enum class UpstreamAuth { kNone = 1, kBasic, kBearer, kOAuth2, kHeader };

struct Site {
  SiteId id;
  std::string key;
  Product product = Product::kJira;
  std::string base_url;  ///< scheme://host[:port][/context], no trailing slash
  std::string cloud_id;  ///< empty where it has none
  std::string host;      ///< a host name of the gateway that is mapped to this site; empty for none
  State state = State::kLive;
  Pause pause;
  Instant created_at{};
  std::string spec_digest;  ///< of an OpenAPI site: SHA-256 of its document (store/site_documents.h), in hexadecimal
  Rate budget;              ///< how much may be asked of it in all; no requests: no limit
  /// Resources of it that are paused for everybody. Not part of the stored record: filled where requests are decided.
  std::vector<ResourcePause> resource_pauses;
};

/// What paths of this site begin with at the gateway: "/ex/jira/acme".
inline std::string gateway_prefix(const Site& site) {
  const char* const product = site.product == Product::kJira         ? "/ex/jira/"
                              : site.product == Product::kConfluence ? "/ex/confluence/"
                                                                     : "/ex/api/";
  return product + site.key;
}

struct UpstreamCredential {
  UpstreamCredentialId id;
  SiteId site;
  AccountId account;  ///< empty: the site's own; else used for that service account only
  /// What it was made for at the site, as a person declared it (the site does not tell). Nothing: not declared; it is then taken
  /// to cover every operation, and used where no declared one does.
  std::optional<ScopeSet> scopes;
  UpstreamCredentialId replaces;  ///< the one that it took over from; what was decided with that one may still be sent
  UpstreamAuth auth = UpstreamAuth::kBearer;
  std::string username;       ///< of kBasic; of kHeader the name of the header field; of kOAuth2 the client id
  std::string token_url;      ///< of kOAuth2: its token endpoint
  std::string sealed_secret;  ///< crypto/seal.h; bound to `id` and to the site's origin
  UserId owner;
  UserId deputy;
  std::optional<Instant> expires_at;  ///< unknown is itself a finding
  State state = State::kLive;
  Instant created_at{};
};

}  // namespace gatehouse
