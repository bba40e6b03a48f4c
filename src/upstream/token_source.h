// TokenSource: access tokens for sites that take OAuth 2.0 client credentials (RFC 6749 section 4.4), which have to be fetched.
//
// Reading the site table never waits: a token is at hand or it is not. admin/upstream_tokens.h fetches, keeps and renews them,
// and has the table read again when one has come.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace gatehouse::upstream {

/// What a token is got with. One credential's never changes: a rotation makes another credential.
struct TokenRequest {
  std::string credential;  ///< its id
  std::string url;         ///< of the token endpoint
  std::string client_id;
  SecretString secret;
};

/// Thread-safe.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  /// Never blocks. kUnavailable: none is at hand, and one is being fetched; the error says what the last try came to.
  virtual Result<SecretString> at_hand(const TokenRequest& request) = 0;
  /// The site has refused the token of this credential: another one is fetched, once a minute at most.
  virtual void refused(std::string_view credential) = 0;
  /// No other credentials are in use any more.
  virtual void keep(const std::vector<std::string>& credentials) = 0;
};

}  // namespace gatehouse::upstream
