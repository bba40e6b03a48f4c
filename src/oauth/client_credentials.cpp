#include <algorithm>
#include <boost/json.hpp>

#include "oauth/endpoints.h"
#include "oauth/issue.h"

namespace gatehouse::oauth {

Answered<boost::json::object> client_credentials(Context& context, const AuthorizationRequest& request,
                                                 const Parameters& parameters, const ProvenClient& client) {
  const token::LiveCredential& credential = *client.credential;
  if (credential.kind != CredentialKind::kOAuthClient)
    return OAuthError{"unauthorized_client", "This client acts for people and has no grant of its own.", 400, 0};
  const std::vector<Network>& networks = credential.allow_ips;
  const bool from_here = networks.empty() || std::any_of(networks.begin(), networks.end(), [&](const Network& network) {
                           return network.contains(request.client);
                         });
  if (!from_here) return OAuthError{"unauthorized_client", "This client may not be used from this address.", 400, 0};
  // Atlassian's clients name its API; ours name the issuer, or nobody.
  for (const std::string& audience : parameters.all("audience")) {
    if (audience != "api.atlassian.com" && audience != context.issuer())
      return OAuthError{"invalid_target", "audience must be this server, or api.atlassian.com.", 400, 0};
  }
  GH_TRY(const Narrowed wanted, narrow(context, credential, *credential.scopes, parameters));
  token::AccessClaims claims;
  claims.client = credential.id;
  claims.secret = client.secret;
  claims.subject = credential.account->account.id.value;
  return issue(context, std::move(claims), wanted, credential.expires_at);
}

}  // namespace gatehouse::oauth
