// WebAuthn Level 2: what a browser and its authenticator answer, checked (sections 7.1 and 7.2). Pure; admin/passkeys.h keeps the
// rest. Attestation is not asked for and not looked at: which make an authenticator is, is nobody's condition here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace gatehouse::admin {

struct RelyingParty {
  std::string id;      ///< a host name: "localhost", "gatehouse.example"
  std::string origin;  ///< what the browser stands at: "https://gatehouse.example"
};

struct NewCredential {
  std::string id;          ///< bytes
  std::string public_key;  ///< the bytes of a COSE key of ES256, EdDSA or RS256
  std::int64_t uses = 0;
};

/// `challenge` is what was sent, as it was sent. The person must have been verified (UV), not only been there.
Result<NewCredential> check_registration(const RelyingParty& party, std::string_view challenge, std::string_view client_data,
                                         std::string_view attestation_object);

struct Assertion {
  std::string client_data;
  std::string authenticator_data;
  std::string signature;
};
/// The authenticator's count. kUnauthenticated where anything is not as it should be; a count that did not rise, where there is
/// one, means that the passkey was copied.
Result<std::int64_t> check_assertion(const RelyingParty& party, std::string_view challenge, std::string_view public_key,
                                     std::int64_t uses, const Assertion& assertion);

}  // namespace gatehouse::admin
