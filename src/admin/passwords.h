// Passwords, one-time codes and recovery codes: how they are set, and whether one is right. Called by the use cases of signing
// in.
//
// A password's hash and the key of the codes lie sealed, bound to the person: whoever has the database alone can guess at
// neither.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "admin/sessions.h"
#include "base/secret.h"
#include "store/sign_in.h"

namespace gatehouse::admin {

inline constexpr std::size_t kLeastPassword = 15;  ///< characters; NIST SP 800-63B-4 for a password that may stand alone
inline constexpr std::size_t kMostPassword = 256;  ///< bytes

/// Long enough, and not what anybody would try first.
Result<void> check_password(const SecretString& password, const User& user);

/// Takes as long where there is no password. At most two at once look at passwords; who has to wait for longer than a few seconds
/// is told kUnavailable.
Result<bool> password_is(Services& services, const store::Login& login, const SecretString& password);

/// A one-time code, or a recovery code, which is used up. In the unit of work of the sign-in.
Result<bool> take_code(Services& services, store::Repositories& at, store::Login& login, std::string_view code);

/// Sets the password and ends every other session of this person; the one it was set in gets a new name.
Result<SignedIn> set_password(Services& services, const LiveSession& session, const ClientInfo& client,
                              const SecretString& password);

struct CodeSetup {
  SecretString key;        ///< base32, as people type it
  SecretString address;    ///< otpauth://totp/…
  std::string signed_key;  ///< comes back with the first code; sealed
};
/// Nothing is stored until a first code has come.
Result<CodeSetup> begin_codes(Services& services, const LiveSession& session);
/// Ten recovery codes, shown once. kInvalidArgument where the code is wrong.
Result<std::vector<SecretString>> confirm_codes(Services& services, const LiveSession& session, const ClientInfo& client,
                                                std::string_view signed_key, std::string_view code);
Result<void> remove_codes(Services& services, const LiveSession& session, const ClientInfo& client);

}  // namespace gatehouse::admin
