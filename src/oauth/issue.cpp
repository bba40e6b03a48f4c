#include "oauth/issue.h"

#include <algorithm>
#include <boost/json.hpp>

namespace gatehouse::oauth {

namespace json = boost::json;

std::string scope_text(const ScopeSet& scopes) {
  std::string text;
  for (const ScopeIndex scope : scopes.list()) text.append(text.empty() ? "" : " ").append(scope_name(scope));
  return text;
}

json::array describe_resources(const std::vector<token::ResourceClaim>& resources) {
  json::array out;
  for (const token::ResourceClaim& claim : resources) {
    json::object detail{{"type", "gatehouse_resource"}, {"identifier", claim.name}};
    if (claim.scopes) {
      json::array actions;
      for (const ScopeIndex scope : claim.scopes->list()) actions.emplace_back(scope_name(scope));
      detail["actions"] = std::move(actions);
    }
    out.push_back(std::move(detail));
  }
  return out;
}

Answered<json::object> issue(Context& context, token::AccessClaims claims, const Narrowed& wanted, Instant not_after) {
  const auto policy = context.policy();
  if (!policy) return server_error(policy.error());
  const Instant now = std::chrono::floor<std::chrono::seconds>(context.now());
  claims.id = *token::to_key(random_base62(context.services.random, kIdLength));
  claims.issued_at = now;
  claims.expires_at = std::chrono::floor<std::chrono::seconds>(std::min(now + policy.value()->access_lifetime, not_after));
  if (wanted.scopes_named) claims.scopes = wanted.scopes;
  claims.resources = wanted.resources;
  claims.audience = wanted.audience;
  if (claims.expires_at <= now) return OAuthError{"invalid_grant", "What the token would rest on ends now.", 400, 0};
  const auto keys = context.services.feed->access_keys().snapshot();
  const token::AccessKey* key = keys->signer(policy.value()->access_form, context.now());
  if (!key) return OAuthError{"temporarily_unavailable", "There is no key to make tokens with.", 503, 5};
  const auto minted = token::mint_access_token(*key, claims, context.issuer(), context.services.random);
  if (!minted) {
    if (minted.error().code == Errc::kInvalidArgument)
      return OAuthError{"invalid_authorization_details", minted.error().public_detail, 400, 0};
    return server_error(minted.error());
  }
  json::object body;
  body["access_token"] = minted.value().expose();
  body["token_type"] = "Bearer";
  body["expires_in"] = std::chrono::duration_cast<std::chrono::seconds>(claims.expires_at - now).count();
  body["scope"] = scope_text(wanted.scopes);
  if (!claims.resources.empty()) body["authorization_details"] = describe_resources(claims.resources);
  return body;
}

}  // namespace gatehouse::oauth
