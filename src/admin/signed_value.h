// Values that leave the server and come back unchanged, or not at all: a challenge, half a sign-in, a known browser, a session's
// bearer. Signed with the token-hash key, never stored; what must work once is noted when it is used (store::SignIn::use_once).
#pragma once

#include <string>
#include <string_view>

#include "admin/services.h"
#include "base/result.h"

namespace gatehouse::admin {

struct SignedValue {
  std::string payload;
  std::string nonce;  ///< 16 characters of [0-9A-Za-z]; names this very value
  Instant ends_at{};
};

/// "PAYLOAD.END.NONCE.h1.EPOCH.MAC" in [0-9A-Za-z_.-]. The payload is signed, not hidden.
std::string sign_value(Services& services, std::string_view purpose, std::string_view payload, Duration valid_for);
/// kUnauthenticated where it is of another purpose, was changed, or is over.
Result<SignedValue> open_value(const Services& services, std::string_view purpose, std::string_view text);

/// A tag that only this installation can make, always the same for the same text: CSRF tokens.
std::string tag_of(const Services& services, std::string_view purpose, std::string_view text);
bool has_tag(const Services& services, std::string_view purpose, std::string_view text, std::string_view tag);

}  // namespace gatehouse::admin
