// The ticket with which a browser that is signed in to the panel goes to the gateway's /authorize: made by web/, taken by oauth/.
#pragma once

#include <string>
#include <string_view>

#include "admin/sessions.h"

namespace gatehouse::admin {

struct AuthorizeTicket {
  std::string session;  ///< the session's id
  std::string browser;  ///< a digest of what that browser alone holds at the gateway
};

/// Good for a minute, once. `browser` is base64url.
std::string make_authorize_ticket(Services& services, const LiveSession& session, std::string_view browser);
/// kUnauthenticated where it is none, is over, or was taken before.
Result<AuthorizeTicket> take_authorize_ticket(Services& services, std::string_view ticket);

}  // namespace gatehouse::admin
