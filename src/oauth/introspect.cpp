#include <algorithm>
#include <boost/json.hpp>

#include "oauth/endpoints.h"
#include "oauth/issue.h"
#include "oauth/presented.h"

namespace gatehouse::oauth {
namespace {

namespace json = boost::json;

std::int64_t seconds(Instant at) { return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count(); }

Answered<json::object> answer(Context& context, const AuthorizationRequest& request) {
  if (!request.query.empty()) return OAuthError{"invalid_request", "Parameters go into the body, not into the address.", 400, 0};
  GH_TRY(const Parameters parameters, Parameters::from_body(request));
  GH_TRY(const ProvenClient client, authenticate_client(context, request, parameters));
  if (!parameters.has("token")) return OAuthError{"invalid_request", "token is missing.", 400, 0};
  const auto presented = look_at_access_token(context, parameters.text("token"));
  // Of others' tokens nothing is said, and of what is over neither: that it is not active (RFC 7662 section 2.2).
  if (!presented || !presented->active || presented->claims.client != client.credential->id)
    return json::object{{"active", false}};
  const token::AccessClaims& claims = presented->claims;
  json::object body;
  body["active"] = true;
  body["token_type"] = "Bearer";
  body["iss"] = context.issuer();
  body["aud"] = claims.audience;
  body["sub"] = claims.subject;
  body["client_id"] = token::as_view(claims.client);
  body["jti"] = token::as_view(claims.id);
  body["iat"] = seconds(claims.issued_at);
  body["exp"] = seconds(std::min(claims.expires_at, presented->credential->expires_at));
  body["scope"] = scope_text(presented->credential->scopes);
  if (!claims.resources.empty()) body["authorization_details"] = describe_resources(claims.resources);
  if (!claims.actors.empty()) {
    json::value act(nullptr);
    for (auto actor = claims.actors.rbegin(); actor != claims.actors.rend(); ++actor) {
      json::object next{{"sub", *actor}};
      if (act.is_object()) next["act"] = std::move(act);
      act = std::move(next);
    }
    body["act"] = std::move(act);
  }
  return body;
}

}  // namespace

http::ElsewhereAnswer introspection_endpoint(Context& context, const AuthorizationRequest& request) {
  const auto body = answer(context, request);
  return body ? json_answer(body.value()) : error_answer(body.error());
}

}  // namespace gatehouse::oauth
