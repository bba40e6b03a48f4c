// The endpoints and the grants, one file each. Each takes a whole request and gives a whole answer; server.cpp knows their paths.
#pragma once

#include "gateway/authorization_door.h"
#include "oauth/client_authentication.h"
#include "oauth/context.h"
#include "oauth/parameters.h"

namespace gatehouse::oauth {

using gateway::AuthorizationRequest;

/// POST /oauth/token (RFC 6749 section 3.2): finds the grant.
http::ElsewhereAnswer token_endpoint(Context& context, const AuthorizationRequest& request);
/// POST /oauth/revoke (RFC 7009): in force on this node before the answer, on the others within a second.
http::ElsewhereAnswer revocation_endpoint(Context& context, const AuthorizationRequest& request);
/// POST /oauth/introspect (RFC 7662): a client asks about its own tokens.
http::ElsewhereAnswer introspection_endpoint(Context& context, const AuthorizationRequest& request);
/// GET /.well-known/oauth-authorization-server (RFC 8414): lists only what works.
http::ElsewhereAnswer metadata_endpoint(Context& context);
/// GET /.well-known/jwks.json (RFC 7517): what signed access tokens are verified with.
http::ElsewhereAnswer key_set_endpoint(Context& context);

/// GET and POST /authorize (RFC 6749 section 3.1).
http::ElsewhereAnswer authorization_endpoint(Context& context, const AuthorizationRequest& request);
http::ElsewhereAnswer decision_endpoint(Context& context, const AuthorizationRequest& request);
/// GET /oauth/token/accessible-resources, as Atlassian's.
http::ElsewhereAnswer accessible_resources_endpoint(Context& context, const AuthorizationRequest& request);

/// grant_type=authorization_code (RFC 6749 section 4.1.3, RFC 7636).
Answered<boost::json::object> authorization_code(Context& context, const AuthorizationRequest& request,
                                                 const Parameters& parameters, const ProvenClient& client);
/// grant_type=refresh_token (RFC 6749 section 6): each works once.
Answered<boost::json::object> refresh_token(Context& context, const AuthorizationRequest& request, const Parameters& parameters,
                                            const ProvenClient& client);
/// grant_type=urn:ietf:params:oauth:grant-type:token-exchange (RFC 8693).
Answered<boost::json::object> token_exchange(Context& context, const AuthorizationRequest& request, const Parameters& parameters);
/// grant_type=client_credentials (RFC 6749 section 4.4).
Answered<boost::json::object> client_credentials(Context& context, const AuthorizationRequest& request,
                                                 const Parameters& parameters, const ProvenClient& client);

}  // namespace gatehouse::oauth
