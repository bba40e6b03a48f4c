// unseal(): from a stored upstream credential to the route that shows it. The only place that opens one.
//
// Called by admin's index feed when it builds the site table, and by admin before it tests a credential.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/seal.h"
#include "model/site.h"
#include "upstream/site_table.h"
#include "upstream/token_source.h"

namespace gatehouse::upstream {

/// The route to `site` as `credential`; for UpstreamAuth::kNone without authorization. The sealed bytes are bound to the
/// credential's id and the site's origin, so that a credential can't be shown to another origin than it was given for.
/// Errors: kDataCorrupt (the seal does not open: another key, row or origin), kInvalidArgument (the base URL, or a user name or
/// secret with bytes that a header may not hold), and those of TokenSource::at_hand for OAuth 2.0 credentials.
Result<RoutePtr> unseal(const UpstreamCredential& credential, const Site& site, const crypto::Sealer& sealer,
                        TokenSource& tokens);
/// What the access token of an OAuth 2.0 credential is got with. kDataCorrupt as unseal().
Result<TokenRequest> token_request(const UpstreamCredential& credential, const Site& site, const crypto::Sealer& sealer);

/// "Authorization: Bearer …" as a whole line. kInvalidArgument: empty, or with bytes that a header may not hold.
Result<SecretString> bearer_line(const SecretString& secret);

/// Whether a credential may be shown in a header field of this name: a token (RFC 9110 section 5.6.2) that is none of those that
/// frame or route a message or that the gateway writes itself.
bool valid_credential_field(std::string_view name) noexcept;

/// Seals what `unseal` opens; the result goes into UpstreamCredential::sealed_secret. All but the secret must be final: of an
/// OAuth 2.0 credential it is bound to the token endpoint and the client id too. kInvalidArgument: the base URL.
Result<std::string> seal_for_site(const SecretString& secret, const UpstreamCredential& credential, const Site& site,
                                  const crypto::Sealer& sealer);

/// The same secret sealed anew under the current key. kDataCorrupt as unseal().
Result<std::string> seal_again(const UpstreamCredential& credential, const Site& site, const crypto::Sealer& sealer);

}  // namespace gatehouse::upstream
