// The frame of a change to one record: begin, find, describe, edit, update, describe, commit with the audit record.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "admin/common.h"
#include "model/credential.h"
#include "model/grant.h"
#include "model/service_account.h"

namespace gatehouse::admin {

/// `edit` changes the record, or refuses; it may use the repositories to look things up. The record afterwards is returned.
template <class T>
using Edit = std::function<Result<void>(T& record, store::Repositories& at)>;

Result<Document> change_account(Services& services, const Caller& caller, std::string_view account, std::string_view action,
                                std::string_view reason, const Edit<ServiceAccount>& edit);
Result<Document> change_grant(Services& services, const Caller& caller, std::string_view grant, std::string_view action,
                              std::string_view reason, const Edit<Grant>& edit);
Result<Document> change_token(Services& services, const Caller& caller, std::string_view token, std::string_view action,
                              std::string_view reason, const Edit<Credential>& edit);
/// kConflict for a credential of kind external: its secret is not Gatehouse's.
Result<void> check_not_external(const Credential& credential);

}  // namespace gatehouse::admin
