// A token that somebody asks about, and whether what it names is live: for introspection, revocation and token exchange.
#pragma once

#include <optional>
#include <string>

#include "oauth/context.h"
#include "token/access_token.h"

namespace gatehouse::oauth {

struct Presented {
  token::AccessClaims claims;
  token::LiveCredentialPtr credential;  ///< narrowed; null: what it names is gone
  bool active = false;                  ///< it would open something at the gateway now
};

/// Nothing where it is no access token of this server.
std::optional<Presented> look_at_access_token(const Context& context, const std::string& text);

}  // namespace gatehouse::oauth
