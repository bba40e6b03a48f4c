// Who administers what, asked of Jira and Confluence themselves by each person's own sign-in at Atlassian.
//
// Always about one resource, named by its pinned id: `mypermissions` without it answers for any project. What was answered is
// remembered in the store and counts for AtlassianSettings::remember; it is asked anew before somebody gives something (ask) and
// on a schedule (look). When the answer turns to no, or none can be had for too long, what the person gave is in grace
// (admin/backing.h). A person whose sign-in has ended is nobody's administrator by it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "admin/atlassian.h"
#include "admin/authority.h"

namespace gatehouse::admin {

/// Thread-safe.
class AtlassianAuthority final : public AuthoritySource {
 public:
  /// Both must outlive it.
  AtlassianAuthority(Services& services, Atlassian& atlassian) : services_(services), atlassian_(atlassian) {}

  /// An answer of the last ten seconds is not asked for again.
  Result<void> ask(const UserId& user, const Resource& resource) override;
  Result<std::optional<std::vector<Resource>>> administered(const store::Repositories& at, const User& user,
                                                            Instant now) const override;

  /// A job: who was not looked through for AtlassianSettings::recheck, or has just connected, is asked about every resource that
  /// this installation knows; answers that could not be had again in time are over.
  Result<void> look(Instant now);

 private:
  Result<void> ask_now(const UserId& user, const Resource& resource);
  Result<bool> administers_now(const Site& site, const Resource& resource, const AtlassianToken& token);
  Result<void> change(const store::KnownAuthority& answer, const std::string& reason);

  Services& services_;
  Atlassian& atlassian_;
};

}  // namespace gatehouse::admin
