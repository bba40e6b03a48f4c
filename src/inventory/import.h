// Imports into the register: a file of the register itself, and what exists at Atlassian. Each is all or nothing: one unit of
// work, with an audit record for every account and credential that changed. api/ calls it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "base/secret.h"
#include "http/client.h"
#include "store/register.h"

namespace gatehouse::inventory {

/// `format`: csv, json or yaml. What the file does not name stays. With `dry_run` everything is checked and nothing is changed.
/// The document says what was (or would be) created and changed; an error names line and field of up to twenty things that are
/// wrong.
Result<admin::Document> import_register(admin::Services& services, const Caller& caller, std::string_view text,
                                        std::string_view format, bool dry_run);

/// A token as Atlassian lists it.
struct AtlassianToken {
  std::string id;  ///< empty: the source has none
  std::string label;
  std::string status;
  std::optional<Instant> created_at;
  std::optional<Instant> expires_at;
  std::optional<Instant> last_active_at;
  std::string holder_id;
  std::string holder_name;
  std::string holder_email;
  bool service_account = false;  ///< held by one, not by a person
};

struct AtlassianServiceAccount {
  std::string id;
  std::string name;
  std::string email;
  std::string description;
  std::string status;
};

struct AtlassianListing {
  store::ExternalSource source = store::ExternalSource::kAtlassianApi;
  std::string organization;  ///< empty: the source does not say
  std::vector<AtlassianToken> tokens;
  std::vector<AtlassianServiceAccount> service_accounts;
  bool service_accounts_read = false;  ///< else nothing can be said about which of them are gone
  std::vector<std::string> notes;      ///< what could not be read, for people
};

struct AdminApi {
  std::string url = "https://api.atlassian.com";
  std::string organization;
  SecretString key;                                  ///< of the organization; used for this and forgotten
  Duration longest_wait = std::chrono::seconds(60);  ///< in all, where Atlassian asks to come later
};

/// Reads every page (import_admin_api.cpp). Blocks. kNotAllowed where the key is refused or lacks a scope, kUnavailable where
/// Atlassian asks to wait longer than `longest_wait`, kUpstreamFailed for other answers.
Result<AtlassianListing> read_admin_api(const http::FetchOptions& options, const AdminApi& api);
/// The CSV that Atlassian Administration exports of API tokens (import_atlassian_csv.cpp).
Result<AtlassianListing> read_atlassian_csv(std::string_view text, std::string_view organization);

struct ListingImport {
  std::string owner;  ///< of what has no person at Atlassian; empty: the caller
  bool dry_run = false;
};

/// Adds what is new, updates what is known, marks what is gone. A token that is known is found again by its id, or by holder,
/// label and time of making where one of the two sources has no id.
Result<admin::Document> import_listing(admin::Services& services, const Caller& caller, const AtlassianListing& listing,
                                       const ListingImport& request);

/// Gives an external credential to another account: the automation that it belongs to.
Result<admin::Document> assign_credential(admin::Services& services, const Caller& caller, std::string_view token,
                                          std::string_view account);

}  // namespace gatehouse::inventory
