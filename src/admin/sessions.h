// Sessions of people: made by a sign-in (admin/sign_in.h), shown by a cookie, ended by idling, by age, by signing out, or with
// the person's suspension. web/ finds one for every request of a browser; api/ for every bearer that the panel asks with.
//
// A session's name is only ever made by the server, at a sign-in; at each step-up and change of password it gets a new one, and
// the old one is over. There is nothing that somebody could fix beforehand.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/admin_keys.h"
#include "admin/common.h"
#include "base/secret.h"
#include "store/sign_in.h"

namespace gatehouse::admin {

/// What a browser or a tool sends along with whatever it asks.
struct ClientInfo {
  std::string address;
  std::string user_agent;
  std::string browser;  ///< the value of the known browser's cookie, unchecked; may be empty
};

struct LiveSession {
  store::LoginSession session;
  User user;
};

/// A session that was just opened.
struct SignedIn {
  SecretString cookie;  ///< 59 characters of [0-9A-Za-z]
  std::string browser;  ///< the known browser's cookie, for a year
  UserId user;
};

/// kUnauthenticated, with one text, where the cookie names no live session of a live person. Notes once a minute that it is used.
Result<LiveSession> find_session(Services& services, std::string_view cookie);
/// The same by its id, for whoever kept that under a seal of its own (oauth/gate_session.h).
Result<LiveSession> find_session_by_id(Services& services, const std::string& id);
/// The same without noting a use: what only stays open keeps no session alive.
Result<LiveSession> peek_session(Services& services, const std::string& id);
Result<LiveSession> peek_session_by_cookie(Services& services, std::string_view cookie);
/// "gthw_…", for the REST API, which takes no cookies: good for five minutes, and as long as the session is.
std::string make_bearer(Services& services, const LiveSession& session);
inline constexpr std::string_view kSessionBearer = "gthw_";
inline constexpr Duration kBearerFor = std::chrono::minutes(5);
/// For admin/admin_keys.cpp: such a bearer. kUnauthenticated where it is none that is good.
Result<Authenticated> authenticate_session(Services& services, std::string_view bearer, std::string_view address,
                                           std::string_view user_agent);

Caller caller_of(const LiveSession& session, const ClientInfo& client);
/// Held against what a form sends back.
std::string csrf_of(const Services& services, const LiveSession& session);
bool csrf_matches(const Services& services, const LiveSession& session, std::string_view given);

/// In the unit of work of the sign-in: a new session, in place of `replaces` where there is one.
Result<SignedIn> open_session(Services& services, store::Repositories& at, const User& user, std::string_view way,
                              const ClientInfo& client, const store::LoginSession* replaces = nullptr);

Result<Documents> list_sessions(Services& services, const UserId& user, std::string_view present);
Result<void> end_session(Services& services, const Caller& caller, const UserId& user, const std::string& id);
/// All of a person's; `but` stays. How many there were.
Result<std::int64_t> end_sessions(Services& services, const Caller& caller, std::string_view user, std::string_view but);

}  // namespace gatehouse::admin
