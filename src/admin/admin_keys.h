// Administrator keys: who is behind a request to the admin listener. Made by `init`; checked anew at every request.
#pragma once

#include <optional>
#include <string_view>

#include "admin/common.h"
#include "base/secret.h"
#include "model/principal.h"
#include "store/admin_keys.h"

namespace gatehouse::admin {

/// A caller whose key (or session) was found to be live, with the authority of its user as it is now.
struct Authenticated {
  Caller caller;
  Principal principal;
};

/// `bearer` is what stands behind "Bearer ". kUnauthenticated, with one and the same text, for whatever is wrong with it.
Result<Authenticated> authenticate(Services& services, std::string_view bearer, std::string_view address,
                                   std::string_view user_agent);

struct CreatedKey {
  AdminKeyId id;
  SecretString text;
};

/// A further key for a user: with the user's role, never more.
Result<CreatedKey> create_admin_key(Services& services, const Caller& caller, std::string_view user, std::string name,
                                    std::optional<Instant> expires_at);
/// The same in a unit of work that has looked the person up.
Result<CreatedKey> insert_admin_key(Services& services, store::Repositories& at, const UserId& user, std::string name,
                                    std::optional<Instant> expires_at);
Result<void> revoke_admin_key(Services& services, const Caller& caller, const AdminKeyId& id);

}  // namespace gatehouse::admin
