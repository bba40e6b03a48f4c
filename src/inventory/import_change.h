// One unit of work that writes accounts and external credentials, and collects an audit record for each. Used by the imports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "admin/describe.h"
#include "model/service_account.h"
#include "model/user.h"

namespace gatehouse::inventory {

class ImportChange {
 public:
  static Result<ImportChange> begin(admin::Services& services, const Caller& caller);

  store::Repositories& at() noexcept { return *work_.operator->(); }
  Instant now() const noexcept { return now_; }
  admin::Services& services() noexcept { return services_; }
  /// The caller, or `otherwise` for a job or a command on the host.
  UserId user_or(const UserId& otherwise) const;
  bool empty() const noexcept { return events_.empty(); }

  /// A record of a change is written for whatever differs between the two documents.
  Result<void> add_user(const User& user);
  Result<void> add_account(const ServiceAccount& account);
  Result<void> edit_account(const store::Stored<ServiceAccount>& before, const ServiceAccount& after);
  Result<void> add_credential(const Credential& credential, const store::ExternalCredential& external);
  Result<void> edit_credential(const store::Stored<Credential>& before, const Credential& after);
  /// When it was made, where it was made.
  Result<void> set_made_at(const Credential& credential, const store::ExternalCredential& before, Instant made_at);
  /// A handle made of `name` that nobody ever had.
  Result<std::string> free_handle(std::string_view name);
  void note(AuditEvent event) { events_.push_back(std::move(event)); }
  const Caller& caller() const noexcept { return caller_; }

  /// Commits, unless it is a dry run or nothing was changed; in force on this node when it returns.
  Result<void> finish(bool dry_run);

 private:
  ImportChange(admin::Services& services, const Caller& caller, store::UnitOfWork work);
  void record(std::string_view action, std::string_view kind, std::string_view id, std::string_view name,
              const admin::Document* before, const admin::Document& after);

  admin::Services& services_;
  const Caller& caller_;
  store::UnitOfWork work_;
  Instant now_;
  std::vector<AuditEvent> events_;
};

}  // namespace gatehouse::inventory
