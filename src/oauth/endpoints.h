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
/// POST /oauth/device_authorization and GET /device (RFC 8628 sections 3.1 and 3.3).
http::ElsewhereAnswer device_authorization_endpoint(Context& context, const AuthorizationRequest& request);
http::ElsewhereAnswer verification_endpoint(Context& context, const AuthorizationRequest& request);
/// /authorize with a device's code: the page, and the decision.
http::ElsewhereAnswer device_page(Context& context, const AuthorizationRequest& request);
http::ElsewhereAnswer device_decision(Context& context, const AuthorizationRequest& request, const Parameters& form);
/// GET /oauth/token/accessible-resources, as Atlassian's.
http::ElsewhereAnswer accessible_resources_endpoint(Context& context, const AuthorizationRequest& request);

/// grant_type=authorization_code (RFC 6749 section 4.1.3, RFC 7636).
Answered<boost::json::object> authorization_code(Context& context, const AuthorizationRequest& request,
                                                 const Parameters& parameters, const ProvenClient& client);
/// What was shown with a code, beside the client itself.
struct ShownWithCode {
  std::string redirect_uri;
  std::string verifier;
};
/// The tokens that a code stands for, once.
Answered<boost::json::object> redeem_code(Context& context, const AuthorizationRequest& request, const std::string& text,
                                          const ShownWithCode& shown, const ProvenClient& client);
/// grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 section 3.4).
Answered<boost::json::object> device_code(Context& context, const AuthorizationRequest& request, const Parameters& parameters,
                                          const ProvenClient& client);
/// grant_type=refresh_token (RFC 6749 section 6): each works once.
Answered<boost::json::object> refresh_token(Context& context, const AuthorizationRequest& request, const Parameters& parameters,
                                            const ProvenClient& client);
/// grant_type=urn:ietf:params:oauth:grant-type:token-exchange (RFC 8693).
Answered<boost::json::object> token_exchange(Context& context, const AuthorizationRequest& request, const Parameters& parameters);
/// grant_type=client_credentials (RFC 6749 section 4.4).
Answered<boost::json::object> client_credentials(Context& context, const AuthorizationRequest& request,
                                                 const Parameters& parameters, const ProvenClient& client);

}  // namespace gatehouse::oauth
