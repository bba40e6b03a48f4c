#include <boost/json.hpp>

#include "oauth/endpoints.h"

namespace gatehouse::oauth {
namespace {

Answered<boost::json::object> answer(Context& context, const AuthorizationRequest& request) {
  // RFC 6750 section 2.3, RFC 9700 section 4.3.2: nothing secret stands in an address.
  if (!request.query.empty()) return OAuthError{"invalid_request", "Parameters go into the body, not into the address.", 400, 0};
  GH_TRY(const Parameters parameters, Parameters::from_body(request));
  const std::string& grant = parameters.text("grant_type");
  if (grant.empty()) return OAuthError{"invalid_request", "grant_type is missing.", 400, 0};
  if (grant == "client_credentials") {
    GH_TRY(const ProvenClient client, authenticate_client(context, request, parameters));
    return client_credentials(context, request, parameters, client);
  }
  if (grant == "authorization_code" || grant == "refresh_token") {
    GH_TRY(const ProvenClient client, authenticate_client(context, request, parameters, Public::kAllowed));
    return grant == "refresh_token" ? refresh_token(context, request, parameters, client)
                                    : authorization_code(context, request, parameters, client);
  }
  if (grant == "urn:ietf:params:oauth:grant-type:device_code") {
    GH_TRY(const ProvenClient client, authenticate_client(context, request, parameters, Public::kAllowed));
    return device_code(context, request, parameters, client);
  }
  if (grant == "urn:ietf:params:oauth:grant-type:token-exchange") return token_exchange(context, request, parameters);
  return OAuthError{"unsupported_grant_type", "The metadata lists the grants that this server has.", 400, 0};
}

}  // namespace

http::ElsewhereAnswer token_endpoint(Context& context, const AuthorizationRequest& request) {
  const auto body = answer(context, request);
  return body ? json_answer(body.value()) : error_answer(body.error());
}

}  // namespace gatehouse::oauth
