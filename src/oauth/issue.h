// Issuing an access token: the one place where claims are signed or sealed. Minting is usage, not a change: nothing is stored.
#pragma once

#include <boost/json/object.hpp>
#include <optional>

#include "oauth/context.h"
#include "oauth/narrowing.h"
#include "token/access_token.h"

namespace gatehouse::oauth {

/// The answer of RFC 6749 section 5.1. `claims` has what it is about; id, instants and what `wanted` says are set here. It ends
/// with the client, with `not_after`, and after the policy's lifetime at the latest.
Answered<boost::json::object> issue(Context& context, token::AccessClaims claims, const Narrowed& wanted, Instant not_after);

/// authorization_details as they are answered: type, identifier, actions.
boost::json::array describe_resources(const std::vector<token::ResourceClaim>& resources);
std::string scope_text(const ScopeSet& scopes);

}  // namespace gatehouse::oauth
