// Client authentication (RFC 6749 section 2.3, RFC 7523): client_secret_basic, client_secret_post, private_key_jwt.
//
// Secrets are compared by keyed hash against the index, without the database; assertions against the client's registered keys,
// each jti once on all nodes. One method at a time, and only the one that the client was registered with.
#pragma once

#include "oauth/context.h"
#include "oauth/parameters.h"
#include "token/live_index.h"

namespace gatehouse::oauth {

/// A client that is live, and proved to be the one that it names.
struct ProvenClient {
  token::LiveCredentialPtr credential;
  token::Key secret{};  ///< which of its secrets; its own id where it has none
};

/// Whether an app that can keep no secret may come with its client_id alone (RFC 6749 section 2.1, RFC 8252).
enum class Public { kRefused, kAllowed };

/// Every failure says the same (invalid_client), but for a request that names two methods at once, and for limits.
Answered<ProvenClient> authenticate_client(Context& context, const gateway::AuthorizationRequest& request,
                                           const Parameters& parameters, Public public_clients = Public::kRefused);

}  // namespace gatehouse::oauth
