// Access tokens of Gatehouse's own authorization server: made by oauth/, opened by gateway/ and oauth/.
//
// Self-contained and not stored. What stands in one only names (client, account, family, parents, jti) and narrows: everything
// named must be live in the index at every request, and the claims never permit what the client may not (design section 2). Two
// forms with the same claims: sealed ("gtho_…"), or a JWT after RFC 9068.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/secret.h"
#include "model/resource.h"
#include "model/scope.h"
#include "token/access_keys.h"
#include "token/live_index.h"

namespace gatehouse::token {

/// No access token lives longer, whatever the policy: old keys are kept for that long.
inline constexpr Duration kLongestAccess = std::chrono::hours(24);
/// Exchanged tokens of exchanged tokens …: RFC 8693 leaves the depth to the server.
inline constexpr std::size_t kMostAncestors = 4;
inline constexpr std::size_t kMostAccessToken = 6 * 1024;

/// One entry of authorization_details (RFC 9396), its resource pinned by id.
struct ResourceClaim {
  SiteId site;
  std::string id;                  ///< "*": all that the client has on the site
  std::string name;                ///< "acme/A": for people
  std::optional<ScopeSet> scopes;  ///< `actions`; nothing: those of the token
  bool operator==(const ResourceClaim&) const = default;
};

struct AccessClaims {
  Key id{};                         ///< jti
  Key client{};                     ///< client_id
  Key consent{};                    ///< a person's consent for the app; zero: none
  Key secret{};                     ///< by which secret of the client it was obtained; the client's own id where it has none
  std::string subject;              ///< the service account, or the person
  Key family{};                     ///< of refresh tokens; zero: none
  std::vector<Key> ancestors;       ///< jti of the tokens that it was exchanged from, the nearest first
  std::vector<std::string> actors;  ///< client ids that it passed through (RFC 8693 `act`), the latest first
  std::string audience;             ///< the issuer, or one site's address below it (RFC 8707)
  Instant issued_at{};              ///< whole seconds, like the next
  Instant expires_at{};
  std::optional<ScopeSet> scopes;        ///< nothing: all that the client has
  std::vector<ResourceClaim> resources;  ///< empty: likewise
  /// Under which id the index knows what it acts as.
  const Key& acts_as() const noexcept { return consent == Key{} ? client : consent; }
};

/// `sub`: the service account's id, or the person's.
std::string_view subject_of(const LiveCredential& credential) noexcept;
/// Whether it could be one, by its first letters. What could be is looked at by open_access_token alone.
bool looks_like_access_token(std::string_view text) noexcept;
Result<SecretString> mint_access_token(const AccessKey& key, const AccessClaims& claims, std::string_view issuer, Random& random);
/// Nothing where form, key, algorithm, signature, issuer, audience or type are not exactly right. Whether it has expired is the
/// caller's to check, and what it names.
std::optional<AccessClaims> open_access_token(std::string_view text, const AccessKeys& keys, std::string_view issuer,
                                              Instant now);
/// The claims alone, as introspection and mint_access_token write them.
std::string claims_text(const AccessClaims& claims, std::string_view issuer);

/// The client as this token may use it: never more than either. `app` for a consent's.
LiveCredentialPtr narrowed(const LiveCredentialPtr& client, const LiveCredentialPtr& app, const AccessClaims& claims);

}  // namespace gatehouse::token
