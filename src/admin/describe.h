// The model as JSON, without secrets: what the REST API answers and what the audit log keeps as before and after.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/audit_event.h"
#include "store/repositories.h"

namespace gatehouse::admin {

std::string_view to_string(Product product) noexcept;
std::string_view to_string(UpstreamAuth auth) noexcept;
std::string_view to_string(UserRole role) noexcept;
std::string_view to_string(Criticality criticality) noexcept;
std::string_view to_string(SecretState state) noexcept;
std::string_view to_string(CredentialKind kind) noexcept;
Result<Product> parse_product(std::string_view text);
Result<UpstreamAuth> parse_auth(std::string_view text);
Result<UserRole> parse_user_role(std::string_view text);
Result<Criticality> parse_criticality(std::string_view text);

/// Renders records with the names that people use (site keys, handles, e-mail addresses) and remembers those it has looked up.
/// Used by one thread, as long as the session behind `at` lives.
class Describer {
 public:
  Describer(const store::Repositories& at, Instant now) noexcept : at_(at), now_(now) {}

  Result<boost::json::object> site(const Site& site);
  Result<boost::json::object> upstream_credential(const UpstreamCredential& credential);
  Result<boost::json::object> user(const User& user);
  Result<boost::json::object> account(const ServiceAccount& account);
  Result<boost::json::object> grant(const Grant& grant);
  /// With each resource of the boundary: open, waiting for its grant, paused …
  Result<boost::json::object> token(const Credential& credential);
  Result<boost::json::object> write_line(const store::WriteLine& line);

  /// "acme/A"
  Result<std::string> resource_name(const Resource& resource);
  Result<std::string> email_of(const UserId& id);
  Result<std::string> handle_of(const AccountId& id);

 private:
  Result<std::string> site_key(const SiteId& id);
  Result<boost::json::array> paused_resources(PausedFor whom, const std::string& subject);
  Result<std::string> entry_state(const Credential& credential, const BoundaryEntry& entry);

  const store::Repositories& at_;
  Instant now_;
  std::map<std::string, std::string> sites_;
  std::map<std::string, std::string> emails_;
  std::map<std::string, std::string> handles_;
  std::map<std::string, std::vector<Grant>> grants_;
  std::optional<std::vector<ResourcePause>> pauses_;
};

boost::json::object describe(const AuditRecord& record);

}  // namespace gatehouse::admin
