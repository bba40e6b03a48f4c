// Handing over: an owner offers an account and the other person accepts; an administrator hands all that a leaver answers for to
// somebody else. (One account by an administrator: admin/accounts.h.)
#pragma once

#include <string>
#include <string_view>

#include "admin/common.h"
#include "model/principal.h"

namespace gatehouse::admin {

inline constexpr Duration kOfferFor = std::chrono::hours(24 * 14);

/// By the account's owner, or an organization administrator in the owner's name. An older open offer of it is withdrawn.
Result<Document> offer_account(Services& services, const Caller& caller, std::string_view account, std::string_view to);
/// Those that the person made or got.
Result<Documents> list_offers(Services& services, const Principal& who);
/// By the person it was made to, as long as the giver still owns the account, and where that person may answer for what the
/// account opens (admin/backing.h: check_may_answer). Declining is open to the giver, too.
Result<Document> accept_offer(Services& services, const Caller& caller, const std::string& offer);
Result<void> decline_offer(Services& services, const Caller& caller, const std::string& offer);

/// Accounts and tokens of `user`, as owner and as deputy, to `to`: {"accounts":[…],"tokens":N}, in one unit of work.
Result<Document> transfer_all(Services& services, const Caller& caller, std::string_view user, std::string_view to);

}  // namespace gatehouse::admin
