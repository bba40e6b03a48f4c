// Use cases of sites and of the credentials that Gatehouse shows to them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "base/secret.h"

namespace gatehouse::admin {

/// What Gatehouse shows to a site. The secret is sealed to the site's origin and to the record's id.
struct SiteSecret {
  std::string auth;                   ///< none, basic, bearer, oauth2
  std::string username;               ///< of basic; of oauth2 the client id
  std::string token_url;              ///< of oauth2; empty: Atlassian's
  SecretString secret;                ///< empty with none
  std::optional<Instant> expires_at;  ///< unknown is a finding of the reports
  std::string owner;                  ///< e-mail address; empty: the caller
  std::string deputy;                 ///< e-mail address; empty: none
  /// What it was made for at the site; nothing: not declared, and then it is used where no declared one covers an operation.
  std::optional<std::vector<std::string>> scopes;
  bool unchecked = false;  ///< of add_site_credential: taken without being tried, since the site can't be reached yet, say
};

/// What a person entered about a credential, corrected.
struct EditSiteCredential {
  std::optional<std::string> owner;
  std::optional<std::string> deputy;  ///< empty: none
  std::optional<Instant> expires_at;
  std::optional<std::vector<std::string>> scopes;  ///< empty: not declared
};

struct AddSite {
  std::string key;
  std::string product;
  std::string url;
  std::string cloud_id;
  std::string host;
  std::string spec;    ///< of an OpenAPI site: its document
  std::string budget;  ///< "600/m"; empty: no limit
  SiteSecret credential;
};

struct EditSite {
  std::optional<std::string> url;  ///< another origin drops the site's credentials: they are sealed to the old one
  std::optional<std::string> cloud_id;
  std::optional<std::string> host;
  std::optional<std::string> budget;  ///< empty: no limit
};

Result<Document> add_site(Services& services, const Caller& caller, const AddSite& request);
Result<Documents> list_sites(Services& services, const store::Page& page);
Result<Document> show_site(Services& services, std::string_view site);
Result<Document> edit_site(Services& services, const Caller& caller, std::string_view site, const EditSite& request);
/// Replaces the document of an OpenAPI site: in force on return. The answer holds `left_out`, what of it can't be served.
Result<Document> set_site_spec(Services& services, const Caller& caller, std::string_view site, const std::string& document);
/// {"site","digest","document"}.
Result<Document> show_site_spec(Services& services, std::string_view site);
/// Asks the site who we are with each of its own credentials: {"ok","reached","authenticated","status","account_name","detail",
/// "credentials":[…]}, the first that fails, or the first; of each which operations its declared scopes do not cover, and which
/// no credential covers. `probe`: two scratch projects on which the hazards are tried (admin/probe_site.h); empty: none. Audited,
/// since it shows the credentials.
Result<Document> test_site(Services& services, const Caller& caller, std::string_view site,
                           const std::vector<std::string>& probe = {});
Result<Document> pause_site(Services& services, const Caller& caller, std::string_view site, const PauseRequest& request);
Result<Document> resume_site(Services& services, const Caller& caller, std::string_view site);
/// Its key is free again; its credentials are revoked. Tokens and grants on it stay and open nothing.
Result<Document> remove_site(Services& services, const Caller& caller, std::string_view site);

/// `account` empty: the site's own. It is tried first by a harmless call, unless `unchecked`; where the site refuses it or can't
/// be reached, nothing is added. A site may hold several with different declared scopes; kConflict where one with the same is
/// live. The answer's `next_steps` say what a person has left to do at the site.
Result<Document> add_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view account,
                                     const SiteSecret& request);
/// Replaces the secret of a live one: `id`, or the only one of the account where it is empty. The successor is tried first by a
/// harmless call; where the site refuses it or can't be reached, nothing is changed. Then a new record and the old one revoked,
/// in one unit of work; requests that were decided with the old one go on. What the request leaves out stays as it was, but for
/// the expiry.
Result<Document> rotate_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view account,
                                        std::string_view id, const SiteSecret& request);
Result<Document> edit_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view id,
                                      const EditSiteCredential& request);
Result<Documents> list_site_credentials(Services& services, std::string_view site, bool revoked, const store::Page& page);
/// By the credential's id. An account's own leaves no fall-back to the site's.
Result<Document> remove_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view id);
/// {"site","account","credential","steps"}: the clicks that make a successor at Atlassian; `id` empty: a first one.
Result<Document> site_credential_steps(Services& services, std::string_view site, std::string_view account, std::string_view id);

}  // namespace gatehouse::admin
