// Handing over: a token whose maker never sees its secret. The recipient takes it once, within a day: a user after signing in, an
// outsider with the link and a code that is told another way. Not taken, the token is revoked.
#pragma once

#include <string>
#include <string_view>

#include "admin/common.h"
#include "admin/tokens.h"
#include "base/secret.h"
#include "model/credential.h"
#include "model/principal.h"
#include "store/repositories.h"

namespace gatehouse::admin {

inline constexpr Duration kHandoverLives = std::chrono::hours(24);
/// After so many wrong codes the token is revoked.
inline constexpr int kMostWrongCodes = 5;

/// What the maker gets to see instead of the secret. `link` is the last part of the page's address (/take/LINK).
struct HandedOver {
  std::string id;
  std::string recipient;
  bool outsider = false;
  SecretString link;
  SecretString code;  ///< of outsiders: eight digits
  Instant expires_at{};
};

/// In the unit of work that makes the token. `user` empty: an outsider.
Result<HandedOver> hand_over(Services& services, store::Repositories& at, const Principal& maker, const Credential& token,
                             const SecretString& secret, const std::string& recipient, const UserId& user);
boost::json::object describe(const HandedOver& handed);

/// The token that waits for the signed-in caller, by the handover's id: its document with the secret. kNotFound for anybody else.
Result<CreatedToken> take_token(Services& services, const Caller& caller, std::string_view id);
/// For an outsider: `link` is ID.SECRET. All that is wrong is one and the same kNotFound.
Result<CreatedToken> take_token_with_code(Services& services, const Caller& caller, std::string_view link, std::string_view code);
/// Those that the caller made or may take, and all of them for who reads everything.
Result<Documents> list_handovers(Services& services, const Caller& caller);

/// kConflict where the token's secret is for somebody else's eyes: making a successor would show it.
Result<void> check_may_see_secret(const store::Repositories& at, const Principal& who, const CredentialId& token);
/// A job: what was not taken in time is revoked, and its maker told.
Result<void> end_handovers(Services& services, Instant now);

}  // namespace gatehouse::admin
