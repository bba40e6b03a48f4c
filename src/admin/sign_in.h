// Signing in: by password (and one-time code), by passkey, by a link that works once; and proving oneself again in a session.
//
// Every answer to somebody who is not signed in is the same for people who exist and for those who don't, and takes as long. Each
// success, and each refusal of somebody who exists, stands in the audit log. web/ calls it.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "admin/sessions.h"
#include "base/secret.h"

namespace gatehouse::admin {

/// The password was right and a code is wanted; what comes back with it. Good for five minutes.
struct NeedsCode {
  std::string pending;
};
using PasswordAnswer = std::variant<SignedIn, NeedsCode>;

/// kUnauthenticated: wrong. kLimitExceeded: too often; `public_detail` says for how long.
Result<PasswordAnswer> sign_in_by_password(Services& services, const ClientInfo& client, std::string_view email,
                                           const SecretString& password);
Result<SignedIn> sign_in_by_code(Services& services, const ClientInfo& client, std::string_view pending, std::string_view code);

/// The second half of a link, "ID" and "SECRET" in one: 59 characters.
Result<SignedIn> sign_in_by_link(Services& services, const ClientInfo& client, std::string_view link);

/// The person of this session proves to be there: by password, and by code where codes are set up. The session gets a new name.
Result<SignedIn> prove_again(Services& services, const LiveSession& session, const ClientInfo& client,
                             const SecretString& password, std::string_view code);

struct MadeLink {
  std::string path;  ///< "/sign-in/link/…": behind the admin address
  Instant ends_at{};
};
inline constexpr Duration kLinkFor = std::chrono::minutes(15);
inline constexpr Duration kInvitationFor = std::chrono::hours(24);
/// In a unit of work of another use case.
Result<MadeLink> make_link(Services& services, store::Repositories& at, const UserId& user, Duration valid_for);
/// For a person who can't get in, or never did: `user reset-link`. What is set up stays until the person sets something else.
Result<MadeLink> reset_link(Services& services, const Caller& caller, std::string_view user, Duration valid_for = kLinkFor);
/// For the first administrator, as long as nobody has ever set up a way to sign in; nothing afterwards.
Result<std::optional<MadeLink>> first_link(Services& services);

/// A job: ended sessions, devices and used values of more than a week ago go.
Result<void> forget_old_sign_ins(Services& services, Instant now);

/// For the others that sign people in.
Error sign_in_refused();
Result<void> check_attempt(const Services& services, const ClientInfo& client, std::string_view person);
void attempt_failed(Services& services, const ClientInfo& client, std::string_view person);
void attempt_succeeded(Services& services, const ClientInfo& client, std::string_view person);
/// Opens the session and commits with the record "session.open".
Result<SignedIn> let_in(Services& services, store::UnitOfWork work, const User& user, std::string_view way,
                        const ClientInfo& client, const store::LoginSession* replaces = nullptr);

}  // namespace gatehouse::admin
