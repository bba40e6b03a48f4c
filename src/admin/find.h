// From what a person writes (a handle, an e-mail address, a site's key, an id) to the record, with an error that names the noun.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/resource.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// What is said of what is not there, and of what the caller may not know to be there.
Error no_account();
Error no_token();
Error no_grant();

/// By key, or by id.
Result<store::Stored<Site>> find_site(const store::Repositories& at, std::string_view key_or_id);
/// By e-mail address, or by id.
Result<store::Stored<User>> find_user(const store::Repositories& at, std::string_view email_or_id);
/// The same, and it must not be suspended: who is suspended owns nothing new.
Result<store::Stored<User>> find_live_user(const store::Repositories& at, std::string_view email_or_id, std::string_view field);
/// By handle, or by id.
Result<store::Stored<ServiceAccount>> find_account(const store::Repositories& at, std::string_view handle_or_id);
/// By its id, or by the public id of one of its secrets, retired ones too.
Result<store::Stored<Credential>> find_token(const store::Repositories& at, std::string_view id);
Result<store::Stored<Grant>> find_grant(const store::Repositories& at, std::string_view id);
Result<store::Stored<UpstreamCredential>> find_upstream_credential(const store::Repositories& at, std::string_view id);

}  // namespace gatehouse::admin
