// Who may do what: one table of needs × roles. The server's check of every route, the walk of the tests and
// docs/reference/roles.md are made from it; nothing else decides what a role opens.
//
// Pure. A need says how far each role reaches; whether a record lies within that reach ("own", "theirs") is held against the
// store by the use cases (admin/authority.h), inside the unit of work.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/principal.h"

namespace gatehouse::policy {

/// What a route needs. Zero lets nobody in, so that a route that forgets to say is closed.
enum class Need : std::uint8_t {
  kNotDeclared = 0,
  kNothing,        ///< no sign-in: health, the description of the API, links that are their own secret
  kAnyKey,         ///< whoever is signed in, about themselves
  kAuditor,        ///< reads everything
  kOrgAdmin,       ///< changes of the organization
  kGiveAuthority,  ///< the same with step-up: roles, keys, upstream credentials, policies
  kSee,            ///< accounts, grants and tokens, each as far as one may
  kChangeOwn,      ///< the owner's changes: entry of the register, narrowing, revoking
  kPause,          ///< pausing and resuming: as a whole one's own, and on one's resources
  kGrant,          ///< giving or backing a grant
  kEndGrant,       ///< pausing, resuming and removing a grant
  kMakeToken,      ///< creating a token, or asking for one
  kMakeSecret,     ///< a new secret of what one owns
  kApprove,        ///< deciding on a request of somebody else
  kTake,           ///< taking a secret that was made for one
  kApply,          ///< many changes from a file, each checked like the single one
};

/// How far a role reaches; they add up.
enum Reach : std::uint8_t {
  kNone = 0,
  kOwn = 1,     ///< what one owns, or is deputy of
  kTheirs = 2,  ///< on the resources that one administers, and nothing else of what touches them
  kAll = 4,
};

struct Rule {
  Need need;
  std::string_view word;   ///< for errors and OpenAPI: "organization administrator"
  std::string_view about;  ///< for the page: what it is about
  std::uint8_t org_admin;
  std::uint8_t auditor;
  std::uint8_t project_admin;
  std::uint8_t member;
  bool step_up = false;  ///< a session must have proved within kStepUpFor that the person is there
};

/// How long a step-up holds.
inline constexpr Duration kStepUpFor = std::chrono::minutes(10);

/// Every need but kNotDeclared, in the order of the page.
std::span<const Rule> rules() noexcept;
/// The rule of kNotDeclared, and of any number that is no need, opens nothing.
const Rule& rule_of(Need need) noexcept;
std::uint8_t reach_of(Need need, const Principal& who) noexcept;

/// The check that the server makes once for every route. kNotAllowed names the missing role in the text and in
/// `Error::missing_role`; what only a fresh step-up is missing for is kNotAllowed with `missing_role` "step-up".
Result<void> check(Need need, const Principal& who, Instant now);
/// What `check` says to a role that does not do.
Error refusal_of(Need need);
/// Whether a session proved lately enough that the person is there. Administrator keys and the host need not.
bool stepped_up(const Principal& who, Instant now) noexcept;

/// "This needs: ….", with the role in `missing_role`: for use cases that find a record to be out of the caller's reach.
Error not_allowed(std::string_view needed, std::string_view missing_role);

}  // namespace gatehouse::policy
