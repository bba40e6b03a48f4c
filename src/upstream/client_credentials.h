// One request for an access token by client credentials. For threads that may block; used by admin/upstream_tokens.h.
#pragma once

#include "base/clock.h"
#include "http/client.h"
#include "upstream/token_source.h"

namespace gatehouse::upstream {

/// Where Atlassian gives tokens for the OAuth 2.0 credentials of its service accounts.
inline constexpr std::string_view kAtlassianTokenUrl = "https://auth.atlassian.com/oauth/token";

struct FetchedToken {
  SecretString access;
  Duration lifetime{};
};

/// RFC 6749 section 4.4.2, with id and secret in the body as Atlassian documents it. kNotAllowed: the client is refused.
/// kUpstreamFailed: no answer, or none that can be used. kInvalidArgument: the URL. Where no lifetime is said it is taken for
/// five minutes.
Result<FetchedToken> fetch_token(const TokenRequest& request, const http::FetchOptions& options);

}  // namespace gatehouse::upstream
