// Use cases of apps that act for people (3LO), and of what people let them do: their consents.
//
// An app is a credential of kind app with a service account of its own, so that it stands in the register like every automation.
// Its boundary and scopes are the most that anybody can consent to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/tokens.h"
#include "model/consent.h"

namespace gatehouse::admin {

struct CreateApp {
  std::string name;
  std::string account;                     ///< empty: one is made for it
  std::vector<std::string> redirect_uris;  ///< compared letter by letter, but for the port of a loopback address
  std::vector<std::string> scopes;         ///< the most that it may ask for
  std::vector<std::string> resources;      ///< likewise; empty: every site as a whole
  bool is_public = false;                  ///< it can keep no secret (a program on people's machines): PKCE is then required
  bool device = false;                     ///< it may begin on a device without a browser (RFC 8628)
};

/// https, or http to this machine, or a scheme of the app's own ("com.example.app:/callback"); no fragment, no user name.
Result<void> check_redirect_uri(std::string_view uri);
/// Whether `given` is one of `registered`: exactly, or with another port of http://127.0.0.1, [::1] or localhost (RFC 8252).
bool redirect_uri_matches(const std::vector<std::string>& registered, std::string_view given);

Result<CreatedToken> create_app(Services& services, const Caller& caller, const CreateApp& request);
Result<Documents> list_apps(Services& services, const Caller& caller, const store::Page& page);
Result<CreatedToken> rotate_app(Services& services, const Caller& caller, std::string_view app, std::optional<Duration> overlap);
Result<Document> revoke_app(Services& services, const Caller& caller, std::string_view app, std::string_view reason);

/// What the caller lets apps do; with `user`, for administrators and auditors, what somebody else does.
Result<Documents> list_consents(Services& services, const Caller& caller, std::string_view user);
/// One's own, or anybody's for an organization administrator. Its tokens end before this returns.
Result<Document> withdraw_consent(Services& services, const Caller& caller, std::string_view consent);
/// On the page where the person decided (oauth/authorize.cpp). A live consent is widened by these scopes, and its resources are
/// replaced.
Result<Consent> give_consent(Services& services, const Caller& caller, const UserId& user, const CredentialId& app,
                             const ScopeSet& scopes, std::vector<Resource> resources);

}  // namespace gatehouse::admin
