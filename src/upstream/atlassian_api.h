// Atlassian as a 3LO client sees it: the addresses of its account service, and the few calls by which a person's grant is got,
// renewed and used to ask what that person administers.
//
// Stateless; for threads that may block. Who is asked comes from the configuration alone, and tokens never stand in an error.
// Used by admin/atlassian.h, which keeps the grants. What Atlassian documents of it is cited in docs/operate/atlassian_side.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"
#include "model/site.h"

namespace gatehouse::upstream {

/// The 3LO app that the organization has registered at Atlassian for this installation.
struct AtlassianApp {
  std::string account_url = "https://auth.atlassian.com";  ///< /authorize and /oauth/token
  std::string api_url = "https://api.atlassian.com";       ///< /me, /oauth/token/accessible-resources, /ex/…
  std::string client_id;                                   ///< empty: there is none
  SecretString secret;
  std::string scopes;  ///< with spaces between; offline_access is among them
};

/// Where the browser goes (section "Authorization code grants" of Atlassian's 3LO page). `challenge`: RFC 7636 S256; empty: none.
std::string authorize_address(const AtlassianApp& app, std::string_view redirect_uri, std::string_view state,
                              std::string_view challenge);

struct AtlassianTokens {
  SecretString access;
  SecretString refresh;
  Duration lifetime{};  ///< of `access`
  std::string scopes;   ///< as granted; may be fewer than asked for
};

/// Errors of both: kUnauthenticated (the code or grant is over: the person has to consent anew), kUpstreamFailed (no answer, or
/// one that can't be read: try again).
Result<AtlassianTokens> exchange_code(const AtlassianApp& app, std::string_view code, std::string_view redirect_uri,
                                      std::string_view verifier, const http::FetchOptions& options);
/// Each renewal gives another refresh token; the old one dies (Atlassian: after ten minutes).
Result<AtlassianTokens> renew_tokens(const AtlassianApp& app, const SecretString& refresh, const http::FetchOptions& options);

struct AtlassianPerson {
  std::string account_id;
  std::string name;
};
/// GET /me. kUnauthenticated where the token is refused, kNotAllowed for an account that is not an active person's.
Result<AtlassianPerson> who_am_i(const AtlassianApp& app, const SecretString& access, const http::FetchOptions& options);

struct AtlassianSite {
  std::string cloud_id;
  std::string url;  ///< "https://acme.atlassian.net"
};
/// GET /oauth/token/accessible-resources.
Result<std::vector<AtlassianSite>> accessible_sites(const AtlassianApp& app, const SecretString& access,
                                                    const http::FetchOptions& options);

/// Asks the product, with the person's own token, whether the person administers this one project or space and may browse it.
///
/// The resource is named by its pinned id in every call: without it Jira answers for *any* project. Only an answer about both
/// permissions that says yes to both is yes. A resource that the person may not see is no. Errors: kUnauthenticated (the token is
/// refused), kUpstreamFailed, kUnsupported (another product), kInvalidArgument (an id that is no number; "*" is none).
Result<bool> administers(const AtlassianApp& app, Product product, std::string_view cloud_id, std::string_view resource_id,
                         const SecretString& access, const http::FetchOptions& options);

}  // namespace gatehouse::upstream
