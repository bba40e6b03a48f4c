// Families: all tokens that came of one authorization. Refresh tokens rotate; one that is used again after its successor was ends
// the family, access tokens and all (RFC 9700 section 4.14).
//
// An answer may get lost: within kLeeway, and as long as the successor was not used, the same successor is given once more.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "oauth/client_authentication.h"
#include "oauth/endpoints.h"
#include "oauth/narrowing.h"

namespace gatehouse::oauth {

inline constexpr Duration kLeeway = std::chrono::seconds(30);
inline constexpr Duration kIdleRefresh = std::chrono::hours(24 * 90);
inline constexpr Duration kLongestRefresh = std::chrono::hours(24 * 365);

struct Family {
  std::string id;
  std::string consent;
  std::string user;
  Narrowed wanted;
};

/// Of kBegins nobody can have ended it but a racer who came second with the same code; that the first one succeeds does not
/// depend on who is quicker then, and what it gets is over at once.
enum class FamilyAge { kBegins, kGoesOn };
/// An access token for a person's consent; invalid_grant where that is not live any more.
Answered<boost::json::object> issue_for_person(Context& context, const ProvenClient& client, const Family& family, FamilyAge age);
Answered<std::string> first_refresh_token(Context& context, const ProvenClient& client, const Family& family);
/// In force on this node when it returns. A family that has ended already is no error.
Answered<bool> end_family(Context& context, const std::string& family, const ProvenClient& client,
                          const AuthorizationRequest& request, std::string_view action);
/// For revocation: ends the family of a refresh token, if it is this client's.
Answered<bool> revoke_refresh_token(Context& context, const std::string& text, const ProvenClient& client,
                                    const AuthorizationRequest& request);

}  // namespace gatehouse::oauth
