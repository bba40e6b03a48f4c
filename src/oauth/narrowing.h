// What a client asks for: `scope`, `authorization_details` (RFC 9396) and `resource` (RFC 8707). They narrow what it has and
// never widen; what lies outside is refused, not left out, so that nobody takes a smaller token for the one that was asked for.
#pragma once

#include <vector>

#include "oauth/context.h"
#include "oauth/parameters.h"
#include "token/access_token.h"

namespace gatehouse::oauth {

struct Narrowed {
  ScopeSet scopes;
  bool scopes_named = false;                    ///< else they are all that the client has, and the token need not list them
  std::vector<token::ResourceClaim> resources;  ///< empty: not narrowed
  std::string audience;
};

/// Within `scopes` and the boundary of `credential` as it is now.
Answered<Narrowed> narrow(Context& context, const token::LiveCredential& credential, const ScopeSet& scopes,
                          const Parameters& parameters);
/// `scope` alone: words that are known, each in `most`. `extra` are words that mean something here and are no scope of the
/// product.
Answered<ScopeSet> read_scope(const std::string& text, const ScopeSet& most, const std::vector<std::string_view>& extra = {});

}  // namespace gatehouse::oauth
