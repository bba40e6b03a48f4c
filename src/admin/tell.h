// From changes to notices: what people are told when a record is paused, resumed, ended or handed over, and when a person leaves.
// The use cases call these in the unit of work of the change.
#pragma once

#include <string>
#include <string_view>

#include "admin/notices.h"
#include "model/state.h"
#include "model/user.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// What people call the credential of a site, in notices.
std::string site_credential_name(const std::string& site);

/// By the verb of `action` ("token.pause", "account.archive" …); other verbs are told to nobody. `resource`: what happened to
/// that one of it alone.
Result<void> tell_of_change(Services& services, store::Outbox& outbox, const Caller& caller, std::string_view action,
                            const std::string& id, const std::string& name, std::string_view reason, const Pause& pause = {},
                            std::string_view resource = {});

/// After `user` was suspended: accounts that lost their owner, or the last person who answers for them, and tokens and
/// credentials of sites of this person.
Result<void> tell_of_leaver(Services& services, store::Repositories& at, const User& user);
/// After `user` was restored: what this person answers for is not orphaned any more.
Result<void> tell_of_return(Services& services, store::Repositories& at, const User& user);

}  // namespace gatehouse::admin
