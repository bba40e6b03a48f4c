// What the authorization server keeps beside credentials: how clients prove themselves, the keys of access tokens, and which
// tokens were revoked before their time. Access tokens themselves are not stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/stored.h"

namespace gatehouse::store {

/// How a client proves that it is one (RFC 6749 section 2.3, RFC 7523). The numbers are stored.
enum class ClientAuth { kSecret = 1, kPrivateKeyJwt, kNone, kFederated };

struct OAuthClient {
  CredentialId credential;
  ClientAuth auth = ClientAuth::kSecret;
  std::string key_set;  ///< JWKS of public keys: of kPrivateKeyJwt; of kFederated the issuer's, where they are not fetched
  std::vector<std::string> redirect_uris = {};  ///< of apps
  bool device = false;                          ///< of apps: it may begin on a device (RFC 8628)
  // Of kFederated: whose tokens stand for it (admin/federations.h).
  std::string issuer = {};
  std::string audience = {};
  std::string subject = {};  ///< exact, or with *
  std::string claims = {};   ///< JSON object: name → pattern
};

struct OAuthKey {
  std::string id;  ///< kid
  int form = 0;    ///< token::AccessForm
  std::string sealed_secret;
  Instant created_at{};
  Instant signs_from{};
  std::optional<Instant> ends_at;
};

struct EndedToken {
  std::string id;  ///< a jti or a family
  Instant ended_at{};
  Instant forget_at{};  ///< nothing that it names can live any more
};

class OAuth {
 public:
  explicit OAuth(Session& session) noexcept : session_(session) {}
  OAuth(const OAuth&) = delete;

  /// kNotFound for a credential without such a record: an API token.
  Result<OAuthClient> client(const CredentialId& id) const;
  /// Inserts or replaces it.
  Result<void> put_client(const OAuthClient& client);
  /// Those that trust this issuer, by credential.
  Result<std::vector<OAuthClient>> federations(const std::string& issuer) const;

  /// All, the oldest first.
  Result<std::vector<OAuthKey>> keys() const;
  Result<void> insert_key(const OAuthKey& key);
  Result<void> end_key(const std::string& id, Instant at);
  Result<void> set_key_sealed(const std::string& id, const std::string& sealed_secret);

  /// False where it was ended before.
  Result<bool> end_token(const EndedToken& token);
  /// kNotFound where it was not.
  Result<EndedToken> ended(const std::string& id) const;
  Result<std::vector<EndedToken>> all_ended(Instant now) const;
  Result<void> forget_ended(Instant now);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
