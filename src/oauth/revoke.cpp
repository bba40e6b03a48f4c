#include <boost/json.hpp>

#include "admin/common.h"
#include "oauth/endpoints.h"
#include "oauth/families.h"
#include "oauth/presented.h"

namespace gatehouse::oauth {
namespace {

Caller client_caller(const token::LiveCredential& client, const AuthorizationRequest& request) {
  Caller caller;
  caller.actor_kind = "client";
  caller.actor_id = std::string(token::as_view(client.id));
  caller.address = format_ip(request.client);
  caller.user_agent = request.user_agent;
  return caller;
}

Answered<bool> end_token(Context& context, const token::Key& id, Instant forget_at, Caller caller, std::string_view action) {
  const std::string text(token::as_view(id));
  auto work = context.services.database.begin();
  if (!work) return server_error(work.error());
  const auto ended = work.value()->oauth.end_token({text, context.now(), forget_at});
  if (!ended) return server_error(ended.error());
  // Revoked before: it is in force already, and one record of it is enough.
  if (!ended.value()) return true;
  const auto done =
      admin::commit(context.services, std::move(work).value(), admin::make_event(caller, action, "access_token", text, ""));
  if (!done) return server_error(done.error());
  return true;
}

Answered<bool> answer(Context& context, const AuthorizationRequest& request) {
  if (!request.query.empty()) return OAuthError{"invalid_request", "Parameters go into the body, not into the address.", 400, 0};
  GH_TRY(const Parameters parameters, Parameters::from_body(request));
  GH_TRY(const ProvenClient client, authenticate_client(context, request, parameters, Public::kAllowed));
  if (!parameters.has("token")) return OAuthError{"invalid_request", "token is missing.", 400, 0};
  // The hint (RFC 7009 section 2.1) is not needed: a token says itself what it is.
  if (parameters.text("token").starts_with("gthr_"))
    return revoke_refresh_token(context, parameters.text("token"), client, request);
  const auto presented = look_at_access_token(context, parameters.text("token"));
  if (!presented) return true;
  if (presented->claims.client != client.credential->id)
    return OAuthError{"unauthorized_client", "The token was issued to another client.", 400, 0};
  if (context.now() >= presented->claims.expires_at) return true;
  return end_token(context, presented->claims.id, presented->claims.expires_at, client_caller(*client.credential, request),
                   "access_token.revoke");
}

}  // namespace

http::ElsewhereAnswer revocation_endpoint(Context& context, const AuthorizationRequest& request) {
  const auto done = answer(context, request);
  return done ? text_answer({}, "application/json") : error_answer(done.error());
}

}  // namespace gatehouse::oauth
