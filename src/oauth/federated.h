// A token of another issuer that stands for one of our clients (admin/federations.h): for token exchange, and as a client's
// assertion.
#pragma once

#include <string>

#include "oauth/client_authentication.h"

namespace gatehouse::oauth {

/// The one client that the token stands for, and its token is used up. `client`: the one that was named; empty: found by issuer
/// and conditions, which must then be one. Every failure is invalid_grant with one text.
Answered<ProvenClient> client_of_foreign_token(Context& context, const std::string& text, const std::string& client);

/// Takes the time that a signature takes: for tokens of which nobody here has the key, so that the time does not tell whose there
/// are.
void verify_for_nobody(const std::string& text);

}  // namespace gatehouse::oauth
