// Use cases of OAuth clients of service accounts (client credentials, RFC 6749 section 4.4).
//
// A client is a credential of kind oauth client: boundary, scopes, grants, expiry, pause, rotation, ladder and register are those
// of API tokens (admin/tokens.h). Only how it proves itself is its own: a secret, or a key of its own (RFC 7523).
#pragma once

#include <string>
#include <string_view>

#include "admin/tokens.h"

namespace gatehouse::admin {

/// Public keys of a client: 1 to 10, each of a kind that is known, with ids where there are several, and without private parts.
Result<void> check_key_set(std::string_view text);

/// As create_token; `request.kind` is set here. The document has "client_id", and the secret is the client's.
Result<CreatedToken> create_client(Services& services, const Caller& caller, CreateToken request);
Result<Documents> list_clients(Services& services, const Caller& caller, TokenFilter filter, const store::Page& page);
Result<Document> show_client(Services& services, const Caller& caller, std::string_view client);
/// A successor of its secret; with `key_set` instead its keys are replaced, which ends the old ones at once.
Result<CreatedToken> rotate_client(Services& services, const Caller& caller, std::string_view client,
                                   std::optional<Duration> overlap, const std::string& key_set);
Result<Document> revoke_client(Services& services, const Caller& caller, std::string_view client, std::string_view reason);

}  // namespace gatehouse::admin
