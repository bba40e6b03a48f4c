// grant_type=urn:ietf:params:oauth:grant-type:token-exchange (RFC 8693): a token for a narrower one that dies with it, and a
// workload's identity for an access token.
#include <algorithm>
#include <boost/json.hpp>

#include "oauth/endpoints.h"
#include "oauth/federated.h"
#include "oauth/issue.h"
#include "oauth/presented.h"

namespace gatehouse::oauth {
namespace {

constexpr std::string_view kAccess = "urn:ietf:params:oauth:token-type:access_token";
constexpr std::string_view kJwt = "urn:ietf:params:oauth:token-type:jwt";
constexpr std::string_view kIdToken = "urn:ietf:params:oauth:token-type:id_token";

OAuthError invalid(std::string_view code, std::string description) { return {code, std::move(description), 400, 0}; }

Answered<bool> check_request(const Context& context, const Parameters& parameters) {
  if (!parameters.has("subject_token") || !parameters.has("subject_token_type"))
    return invalid("invalid_request", "subject_token and subject_token_type are needed.");
  // Who acts is who presents it; a second token would only say so once more.
  if (parameters.has("actor_token") || parameters.has("actor_token_type"))
    return invalid("invalid_request", "actor_token is not taken: the client that presents the token is the actor.");
  if (parameters.has("requested_token_type") && parameters.text("requested_token_type") != kAccess)
    return invalid("invalid_request", "Only access tokens are issued.");
  for (const std::string& audience : parameters.all("audience")) {
    if (audience != context.issuer()) return invalid("invalid_target", "audience must be this server.");
  }
  return true;
}

/// Within what the presented token has, resource by resource: `*` means all that it has there, not all that its client has.
Narrowed within(const Presented& subject, Narrowed wanted) {
  const std::vector<token::ResourceClaim>& had = subject.claims.resources;
  if (wanted.resources.empty()) wanted.resources = had;
  std::vector<token::ResourceClaim> out;
  const auto add = [&](token::ResourceClaim claim) {
    ScopeSet scopes = subject.credential->scopes_on(claim.site, claim.id);
    scopes &= claim.scopes.value_or(wanted.scopes);
    scopes &= wanted.scopes;
    claim.scopes = scopes;
    out.push_back(std::move(claim));
  };
  for (const token::ResourceClaim& claim : wanted.resources) {
    if (claim.id != "*" || had.empty()) {
      add(claim);
      continue;
    }
    for (const token::ResourceClaim& one : had) {
      if (one.site != claim.site) continue;
      token::ResourceClaim inherited = one;
      inherited.scopes = claim.scopes;
      add(std::move(inherited));
    }
  }
  wanted.resources = std::move(out);
  return wanted;
}

Answered<boost::json::object> narrower(Context& context, const Parameters& parameters, const ProvenClient& presenter) {
  const auto subject = look_at_access_token(context, parameters.text("subject_token"));
  const auto bad = [] {
    return invalid("invalid_grant", "The presented token is not live, or not one that this client may exchange.");
  };
  if (!subject || !subject->active) return bad();
  // Its own client, or another one of the same service account: for an agent that has a client of its own.
  const bool own = subject->claims.client == presenter.credential->id;
  const bool sibling = subject->claims.consent == token::Key{} && presenter.credential->kind == CredentialKind::kOAuthClient &&
                       token::subject_of(*presenter.credential) == subject->claims.subject;
  if (!own && !sibling) return bad();
  if (subject->claims.ancestors.size() >= token::kMostAncestors)
    return invalid("invalid_grant", "The token was exchanged too often already.");
  GH_TRY(const Narrowed asked, narrow(context, *subject->credential, subject->credential->scopes, parameters));
  Narrowed wanted = asked;
  if (!subject->claims.resources.empty() || !asked.resources.empty()) wanted = within(*subject, asked);
  wanted.scopes_named = asked.scopes_named || subject->claims.scopes.has_value();
  if (parameters.all("resource").empty()) wanted.audience = subject->claims.audience;
  token::AccessClaims claims;
  claims.client = subject->claims.client;
  claims.consent = subject->claims.consent;
  claims.secret = subject->claims.secret;
  claims.subject = subject->claims.subject;
  claims.family = subject->claims.family;
  claims.ancestors = subject->claims.ancestors;
  claims.ancestors.insert(claims.ancestors.begin(), subject->claims.id);
  claims.actors = subject->claims.actors;
  claims.actors.insert(claims.actors.begin(), std::string(token::as_view(presenter.credential->id)));
  const Instant not_after = std::min(subject->claims.expires_at, presenter.credential->expires_at);
  return issue(context, std::move(claims), wanted, not_after);
}

Answered<boost::json::object> of_workload(Context& context, const AuthorizationRequest& request, const Parameters& parameters) {
  const std::string named = parameters.text("client_id");
  const Instant now = context.now();
  if (const std::uint32_t wait = context.throttle.wait_of(request.client, named, now))
    return OAuthError{"slow_down", "Too many requests; Retry-After says when it may go on.", 429, wait};
  GH_TRYV(context.check_fresh());
  auto client = client_of_foreign_token(context, parameters.text("subject_token"), named);
  if (!client) {
    if (client.error().status < 500) context.throttle.failed(request.client, named, now);
    return client.error();
  }
  Parameters wanted = Parameters::from_body(request).value();
  wanted.forget("audience");
  return client_credentials(context, request, wanted, client.value());
}

}  // namespace

Answered<boost::json::object> token_exchange(Context& context, const AuthorizationRequest& request,
                                             const Parameters& parameters) {
  GH_TRYV(check_request(context, parameters));
  const std::string& type = parameters.text("subject_token_type");
  Answered<boost::json::object> answer = invalid("invalid_request", "subject_token_type is not known here.");
  if (type == kJwt || type == kIdToken) {
    answer = of_workload(context, request, parameters);
  } else if (type == kAccess) {
    GH_TRY(const ProvenClient presenter, authenticate_client(context, request, parameters, Public::kAllowed));
    answer = narrower(context, parameters, presenter);
  }
  if (answer) answer.value()["issued_token_type"] = kAccess;
  return answer;
}

}  // namespace gatehouse::oauth
