// The frame of a change to one record: begin, find, describe, edit, update, describe, commit with the audit record.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "admin/common.h"
#include "model/credential.h"
#include "model/grant.h"
#include "model/principal.h"
#include "model/service_account.h"
#include "policy/authority.h"

namespace gatehouse::admin {

/// What an edit may look at, inside the unit of work.
struct Editing {
  store::Repositories& at;
  const Principal& who;           ///< the caller, as the store has it now
  const ServiceAccount& account;  ///< the record's; of an account itself as it was before
};

/// `edit` changes the record, or refuses; it may use the repositories to look things up. `need` has been held against the record
/// before it is called. The record afterwards is returned, as far as the caller may see it.
template <class T>
using Edit = std::function<Result<void>(T& record, const Editing& in)>;

Result<Document> change_account(Services& services, const Caller& caller, policy::Need need, std::string_view account,
                                std::string_view action, std::string_view reason, const Edit<ServiceAccount>& edit);
Result<Document> change_grant(Services& services, const Caller& caller, policy::Need need, std::string_view grant,
                              std::string_view action, std::string_view reason, const Edit<Grant>& edit);
Result<Document> change_token(Services& services, const Caller& caller, policy::Need need, std::string_view token,
                              std::string_view action, std::string_view reason, const Edit<Credential>& edit);
/// kConflict for a credential of kind external: its secret is not Gatehouse's.
Result<void> check_not_external(const Credential& credential);

}  // namespace gatehouse::admin
