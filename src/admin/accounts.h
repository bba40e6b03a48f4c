// Use cases of service accounts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/common.h"

namespace gatehouse::admin {

struct CreateAccount {
  std::string handle;
  std::string owner;
  std::string deputy;
  std::string purpose;
  std::string runs_in;
  std::string docs;
  std::string runbook;
  std::string rotation_plan;
  std::optional<Duration> rotate_every;
  std::optional<Duration> expected_every;
  std::string criticality = "normal";
};

/// What is not set stays as it is; an empty text takes an optional one away.
struct EditAccount {
  std::optional<std::string> deputy;
  std::optional<std::string> purpose;
  std::optional<std::string> runs_in;
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

/// kLimitExceeded where the quota is used up (admin/policy.h); the error says which command raises it.
Result<Document> create_account(Services& services, const Caller& caller, const CreateAccount& request);
Result<Documents> list_accounts(Services& services, const AccountFilter& filter, const store::Page& page);
Result<Document> show_account(Services& services, std::string_view account);
Result<Document> edit_account(Services& services, const Caller& caller, std::string_view account, const EditAccount& request);
Result<Document> pause_account(Services& services, const Caller& caller, std::string_view account, const PauseRequest& request);
Result<Document> resume_account(Services& services, const Caller& caller, std::string_view account);
Result<Document> transfer_account(Services& services, const Caller& caller, std::string_view account, std::string_view to);
/// Final: its tokens are revoked and its grants removed in the same unit of work; it stays in the lists with its history.
Result<Document> archive_account(Services& services, const Caller& caller, std::string_view account, std::string_view reason);

}  // namespace gatehouse::admin
