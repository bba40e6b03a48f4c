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
  std::string auth;      ///< none, basic, bearer
  std::string username;  ///< of basic
  SecretString secret;   ///< empty with none
  std::optional<Instant> expires_at;
  std::string owner;  ///< e-mail address; empty: the caller
};

struct AddSite {
  std::string key;
  std::string product;
  std::string url;
  std::string cloud_id;
  std::string host;
  SiteSecret credential;
};

struct EditSite {
  std::optional<std::string> url;  ///< another origin drops the site's credentials: they are sealed to the old one
  std::optional<std::string> cloud_id;
  std::optional<std::string> host;
};

Result<Document> add_site(Services& services, const Caller& caller, const AddSite& request);
Result<Documents> list_sites(Services& services, const store::Page& page);
Result<Document> show_site(Services& services, std::string_view site);
Result<Document> edit_site(Services& services, const Caller& caller, std::string_view site, const EditSite& request);
/// Asks the site who we are: {"reached","authenticated","status","account_name","detail"}. Audited, since it shows the
/// credential.
Result<Document> test_site(Services& services, const Caller& caller, std::string_view site);
Result<Document> pause_site(Services& services, const Caller& caller, std::string_view site, const PauseRequest& request);
Result<Document> resume_site(Services& services, const Caller& caller, std::string_view site);
/// Its key is free again; its credentials are revoked. Tokens and grants on it stay and open nothing.
Result<Document> remove_site(Services& services, const Caller& caller, std::string_view site);

/// `account` empty: the site's own. kConflict where there is a live one.
Result<Document> add_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view account,
                                     const SiteSecret& request);
/// Replaces the secret of the live one: a new record, the old one revoked, in one unit of work.
Result<Document> rotate_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view account,
                                        const SiteSecret& request);
Result<Documents> list_site_credentials(Services& services, std::string_view site, bool revoked, const store::Page& page);
/// By the credential's id. An account's own leaves no fall-back to the site's.
Result<Document> remove_site_credential(Services& services, const Caller& caller, std::string_view site, std::string_view id);

}  // namespace gatehouse::admin
