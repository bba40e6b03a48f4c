// Use cases of service accounts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "model/service_account.h"

namespace gatehouse::admin {

struct CreateAccount {
  std::string handle;
  std::string owner;
  std::string deputy;
  std::string purpose;
  std::string runs_in;
  std::string tool;
  std::string repository;
  std::string job;
  std::string link;
  std::vector<std::string> declared_sites;
  std::vector<std::string> declared_resources;
  std::vector<std::string> declared_scopes;
  std::string docs;
  std::string runbook;
  std::string rotation_plan;
  std::optional<Duration> rotate_every;
  std::optional<Duration> expected_every;
  std::string criticality = "normal";
  bool external = false;  ///< only kept in the register, and not counted in the quota
};

/// What is not set stays as it is; an empty text takes an optional one away, and so does an empty list.
struct EditAccount {
  std::optional<std::string> deputy;
  std::optional<std::string> purpose;
  std::optional<std::string> runs_in;
  std::optional<std::string> tool;
  std::optional<std::string> repository;
  std::optional<std::string> job;
  std::optional<std::string> link;
  std::optional<std::vector<std::string>> declared_sites;
  std::optional<std::vector<std::string>> declared_resources;
  std::optional<std::vector<std::string>> declared_scopes;
  std::optional<std::string> docs;
  std::optional<std::string> runbook;
  std::optional<std::string> rotation_plan;
  std::optional<Duration> rotate_every;
  std::optional<Duration> expected_every;
  std::optional<std::string> criticality;
};

struct AccountFilter {
  std::string owner;  ///< as owner or deputy; empty: anybody's
  bool archived = false;
};

/// Sets what the request names, each text checked; the errors name the field. For edits and for imports of the register.
Result<void> apply_edit(ServiceAccount& account, const store::Repositories& at, const EditAccount& request);

/// Makes it in a unit of work. The audit event is the caller's to commit.
struct InsertedAccount {
  ServiceAccount account;
  Document document;
  AuditEvent event;
};
Result<InsertedAccount> insert_account(Services& services, store::Repositories& at, const Caller& caller,
                                       const CreateAccount& request);

/// kLimitExceeded where the quota is used up (admin/policy.h); the error says which command raises it.
Result<Document> create_account(Services& services, const Caller& caller, const CreateAccount& request);
/// As far as the caller may see them; what may not be seen is kNotFound, as what is not there.
Result<Documents> list_accounts(Services& services, const Caller& caller, const AccountFilter& filter, const store::Page& page);
Result<Document> show_account(Services& services, const Caller& caller, std::string_view account);
Result<Document> edit_account(Services& services, const Caller& caller, std::string_view account, const EditAccount& request);
Result<Document> pause_account(Services& services, const Caller& caller, std::string_view account, const PauseRequest& request);
Result<Document> resume_account(Services& services, const Caller& caller, std::string_view account);
Result<Document> transfer_account(Services& services, const Caller& caller, std::string_view account, std::string_view to);
/// An account that was only in the register comes under Gatehouse: it may be given grants and tokens, and counts in the quota.
Result<Document> adopt_account(Services& services, const Caller& caller, std::string_view account);
/// kConflict where an account is only in the register, with the command that changes it.
Result<void> check_not_external(const ServiceAccount& account);
/// What a handle may be.
Result<void> check_handle(std::string_view handle);
/// kLimitExceeded where one account more would be too many.
Result<void> check_quota(const store::Repositories& at);
/// Revokes its tokens, removes its grants and makes it archived; the caller stores it.
Result<void> end_account(ServiceAccount& account, store::Repositories& at);
/// Final: its tokens are revoked and its grants removed in the same unit of work; it stays in the lists with its history.
Result<Document> archive_account(Services& services, const Caller& caller, std::string_view account, std::string_view reason);

}  // namespace gatehouse::admin
