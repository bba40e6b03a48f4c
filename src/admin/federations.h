// Workload identity federation: a token that an issuer gives to a running job (GitHub Actions, GitLab CI, Kubernetes, Bitbucket
// Pipelines, any OpenID issuer) stands for an OAuth client, so that no secret is stored anywhere (RFC 7523, RFC 8693).
//
// Which tokens do is said by issuer, audience, subject and further claims: exactly, or with `*`, which never crosses `/` or `:`.
// The rest (boundary, scopes, grants, expiry, pause, register) is every client's.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "admin/tokens.h"

namespace gatehouse::admin {

struct AddFederation {
  CreateToken token;  ///< account, name, scopes, role, resources, lifetime
  std::string issuer;
  std::string audience;
  std::string subject;
  std::vector<std::string> claims;  ///< name=pattern
  std::string key_set;              ///< the issuer's keys, where they are not fetched from it
};

/// Whether the whole of `value` is what `pattern` says.
bool pattern_matches(std::string_view pattern, std::string_view value) noexcept;
/// Subject and claims of a verified token; issuer and audience are the caller's to check.
bool federation_matches(const store::OAuthClient& federation, const boost::json::object& claims);

Result<CreatedToken> add_federation(Services& services, const Caller& caller, AddFederation request);
Result<Documents> list_federations(Services& services, const Caller& caller, const store::Page& page);
/// Final, as revoking a client is.
Result<Document> remove_federation(Services& services, const Caller& caller, std::string_view federation);

}  // namespace gatehouse::admin
