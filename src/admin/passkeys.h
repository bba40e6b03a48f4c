// Passkeys: registering one in a session, signing in by one, proving oneself again by one.
#pragma once

#include <string>
#include <string_view>

#include "admin/sessions.h"
#include "admin/sign_in.h"
#include "admin/webauthn.h"

namespace gatehouse::admin {

/// What navigator.credentials.create() is to be called with; bytes as base64url. `challenge` comes back with the answer.
Result<Document> begin_passkey(Services& services, const RelyingParty& party, const LiveSession& session);

struct PasskeyRegistration {
  std::string challenge;  ///< as begin_passkey gave it
  std::string name;
  std::string client_data;         ///< bytes
  std::string attestation_object;  ///< bytes
};
Result<Document> add_passkey(Services& services, const RelyingParty& party, const LiveSession& session, const ClientInfo& client,
                             const PasskeyRegistration& registration);
Result<Documents> list_passkeys(Services& services, const UserId& user);
Result<void> remove_passkey(Services& services, const LiveSession& session, const ClientInfo& client, const std::string& id);

/// For navigator.credentials.get(). Names no credential, so that it tells nobody who has one.
Document begin_passkey_sign_in(Services& services, const RelyingParty& party);

struct PasskeyAnswer {
  std::string challenge;
  std::string credential;  ///< base64url, as the browser names it
  Assertion assertion;
};
/// With `session` the same person proves to be there again; without, it is a sign-in.
Result<SignedIn> sign_in_by_passkey(Services& services, const RelyingParty& party, const ClientInfo& client,
                                    const PasskeyAnswer& answer, const LiveSession* session = nullptr);

}  // namespace gatehouse::admin
