// Signed tokens of others (RFC 7519, RFC 7515) against their published keys (RFC 7517): ID tokens of the company's provider.
//
// The algorithm is the key's own, of three that are known; none, HMAC and everything else is refused, and so are a `crit` that is
// not understood and keys that the token itself brings (RFC 8725 sections 3.1, 3.2 and 3.5). Pure.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/public_key.h"

namespace gatehouse::admin {

struct NamedKey {
  std::string id;  ///< kid; may be empty
  crypto::PublicKey key;
};

/// Signing keys of kinds that are known; the others are left aside. kUpstreamFailed where `text` is no key set.
Result<std::vector<NamedKey>> read_key_set(std::string_view text);

struct TokenHead {
  std::string algorithm;  ///< RS256, ES256, EdDSA or Ed25519
  std::string key_id;
  std::string type;
};
/// What the head asks for, before a key is looked up.
Result<TokenHead> read_token_head(std::string_view token);
/// The claims, once the signature of one of these keys is right. kUnauthenticated otherwise.
Result<boost::json::object> verify_token(std::string_view token, const std::vector<NamedKey>& keys);

}  // namespace gatehouse::admin
