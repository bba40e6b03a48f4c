// Principal: a person, or the host itself, as the checks of authority see them (policy/authority.h).
//
// Made at the door for every request (administrator keys: admin/admin_keys.h; sessions of people likewise), and read again from
// the store inside the unit of work of each change (admin/authority.h), since a role may be taken away between the two. The zero
// value is nobody and may do nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/resource.h"
#include "model/user.h"

namespace gatehouse {

enum class SignedInBy : std::uint8_t {
  kNobody = 0,
  kAdminKey,  ///< gtha_…: as strong as a fresh sign-in, since it was made by one
  kSession,   ///< a browser's or `gatehouse login`'s: secrets and authority need a step-up
  kHost,      ///< a command on the host, or a job of this program: the whole organization is open to it anyhow
};

struct Principal {
  UserId user;        ///< empty for kHost
  std::string email;  ///< for messages
  UserRole role = UserRole::kMember;
  /// Resources whose administrator this person is: given in Gatehouse to a project-admin, or known from the source (Jira,
  /// Confluence) whatever the role here. Compared by site and id; `*` covers the whole site.
  std::vector<Resource> administers;
  /// The source can be asked about this person, and may so far have been asked nothing: what needs a project administrator is
  /// then decided where the resource is known, by covers().
  bool known_to_source = false;
  SignedInBy by = SignedInBy::kNobody;
  /// When this person last proved again to be there (second factor); empty: not in this session.
  std::optional<Instant> stepped_up_at;

  bool host() const noexcept { return by == SignedInBy::kHost; }
  bool org_admin() const noexcept { return host() || (by != SignedInBy::kNobody && role == UserRole::kOrgAdmin); }
  bool reads_all() const noexcept { return org_admin() || (by != SignedInBy::kNobody && role == UserRole::kAuditor); }
  /// Of some resource, or perhaps so: by role or by the source. Auditors change nothing, whatever else they are.
  bool project_admin() const noexcept {
    return by != SignedInBy::kNobody && role != UserRole::kAuditor &&
           (role == UserRole::kProjectAdmin || known_to_source || !administers.empty());
  }
  /// Authority over this very resource; over `*` only who administers `*`.
  bool covers(const Resource& resource) const noexcept {
    if (org_admin()) return true;
    return project_admin() && std::any_of(administers.begin(), administers.end(), [&](const Resource& one) {
             return one.site == resource.site && !one.id.empty() && (one.whole_site() || one.id == resource.id);
           });
  }
  bool is(const UserId& id) const noexcept { return !user.empty() && by != SignedInBy::kNobody && user == id; }
};

}  // namespace gatehouse
