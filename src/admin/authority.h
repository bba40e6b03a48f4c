// The caller's authority as the store has it now. Every use case that changes something reads it inside its own unit of work, so
// that a demotion that commits first counts; lists and `show` read it in their snapshot.
#pragma once

#include <optional>
#include <vector>

#include "admin/describe.h"
#include "admin/services.h"
#include "base/result.h"
#include "model/credential.h"
#include "model/grant.h"
#include "model/principal.h"
#include "model/service_account.h"
#include "policy/authority.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// Where it is known who administers a resource, beside the roles given in Gatehouse: the product itself, asked with the person's
/// own sign-in. Thread-safe.
class AuthoritySource {
 public:
  virtual ~AuthoritySource() = default;
  /// Asks whether `user` administers `resource` and may browse it, by the pinned id, and remembers the answer in the store. May
  /// block; called before a unit of work begins. A person whom the source does not know is no error: nothing is remembered.
  virtual Result<void> ask(const UserId& user, const Resource& resource) = 0;
  /// What is remembered of `user` and still counts, in the snapshot or unit of work of `at`, and nothing but that. Empty for a
  /// person whom the source does not know; a list without elements for one of whom it was asked nothing yet.
  virtual Result<std::optional<std::vector<Resource>>> administered(const store::Repositories& at, const User& user,
                                                                    Instant now) const = 0;
};

/// For a key or a session that was found to be live: `user` with all that it administers.
Result<Principal> principal_of(const Services& services, const store::Repositories& at, const User& user, SignedInBy by,
                               std::optional<Instant> stepped_up_at = std::nullopt);

/// Who `caller` is in `at`. Commands on the host and jobs are SignedInBy::kHost. kNotAllowed where the person was suspended or is
/// gone; a caller of an unknown kind is nobody.
Result<Principal> authority_of(const Services& services, const store::Repositories& at, const Caller& caller);

/// Has the source asked about these resources for the caller, where there is one. What it can't answer now is no error: then what
/// is remembered counts, as long as it does. Blocks; before a unit of work.
void ask_source(const Services& services, const Caller& caller, const std::vector<Resource>& resources);

/// Owner or deputy.
bool answers_for(const Principal& who, const ServiceAccount& account) noexcept;
/// The token's owner, or owner or deputy of its account.
bool answers_for(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept;

/// What one may see: everything (administrators, auditors), what one answers for, and what touches a resource that one
/// administers.
Result<bool> may_see(const store::Repositories& at, const Principal& who, const ServiceAccount& account);
bool may_see(const Principal& who, const Grant& grant, const ServiceAccount& account) noexcept;
bool may_see(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept;
/// The same as a filter of lists; nothing: everything.
std::optional<store::Sight> sight_of(const Principal& who);

/// The record as far as `who` may see it: of what only touches one's resources, these alone and what must be known of the rest.
Result<boost::json::object> account_for(Describer& describer, const Principal& who, const ServiceAccount& account);
Result<boost::json::object> token_for(Describer& describer, const Principal& who, const Credential& token,
                                      const ServiceAccount& account);

/// Whether `need` reaches this record. What may not be seen is kNotFound, as what is not there; else kNotAllowed names the role.
Result<void> check_reach(const store::Repositories& at, policy::Need need, const Principal& who, const ServiceAccount& account);
Result<void> check_reach(policy::Need need, const Principal& who, const Grant& grant, const ServiceAccount& account);
Result<void> check_reach(policy::Need need, const Principal& who, const Credential& token, const ServiceAccount& account);

}  // namespace gatehouse::admin
