// The caller's authority as the store has it now. Every use case that changes something reads it inside its own unit of work, so
// that a demotion that commits first counts; lists and `show` read it in their snapshot.
#pragma once

#include <vector>

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
  /// What is remembered of `user` and still counts, in the snapshot or unit of work of `at`, and nothing but that.
  virtual Result<std::vector<Resource>> administered(const store::Repositories& at, const User& user, Instant now) const = 0;
};

/// For a key or a session that was found to be live: `user` with all that it administers.
Result<Principal> principal_of(const Services& services, const store::Repositories& at, const User& user, SignedInBy by,
                               std::optional<Instant> stepped_up_at = std::nullopt);

/// Who `caller` is in `at`. Commands on the host and jobs are SignedInBy::kHost. kNotAllowed where the person was suspended or is
/// gone; a caller of an unknown kind is nobody.
Result<Principal> authority_of(const Services& services, const store::Repositories& at, const Caller& caller);

/// Owner or deputy.
bool answers_for(const Principal& who, const ServiceAccount& account) noexcept;
/// The token's owner, or owner or deputy of its account.
bool answers_for(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept;

/// What one may see: everything (administrators, auditors), what one answers for, and what touches a resource that one
/// administers.
bool may_see(const Principal& who, const ServiceAccount& account, const std::vector<Grant>& grants,
             const std::vector<Credential>& tokens);
bool may_see(const Principal& who, const Grant& grant, const ServiceAccount& account) noexcept;
bool may_see(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept;
/// Only a part of the boundary may be shown: the resources that `who` administers.
bool sees_part(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept;

}  // namespace gatehouse::admin
