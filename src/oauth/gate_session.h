// Who stands at /authorize: signing in to the panel also holds here. The two listeners may have different hosts, so that the
// browser comes from the panel with a ticket that works once, and gets a cookie of this listener.
//
//   /authorize (nobody) ─► panel /authorize/continue (signs in there) ─► /authorize/arrive?ticket=… ─► /authorize
//
// The ticket is bound to the browser that left: else somebody could make another one stand here as himself.
#pragma once

#include <optional>
#include <string>

#include "admin/sessions.h"
#include "gateway/authorization_door.h"
#include "oauth/context.h"

namespace gatehouse::oauth {

/// The live session of the panel behind this browser's cookie.
std::optional<admin::LiveSession> session_at_gate(Context& context, const gateway::AuthorizationRequest& request);
/// To the panel, and back to `query` of /authorize afterwards. `fresh`: whoever is signed in there has to do it again
/// (prompt=login).
http::ElsewhereAnswer ask_to_sign_in(Context& context, const std::string& query, bool fresh);
/// GET /authorize/arrive
http::ElsewhereAnswer arrival_endpoint(Context& context, const gateway::AuthorizationRequest& request);
/// "", or the value of the cookie; nothing where it stands twice.
std::string cookie_of(const SecretString& header, std::string_view name);

}  // namespace gatehouse::oauth
