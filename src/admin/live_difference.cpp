#include "admin/live_difference.h"

#include <algorithm>

namespace gatehouse::admin {
namespace {

bool covers(const Grant& fresh, const Grant& old) {
  return fresh.id == old.id && fresh.resource.same(old.resource) && fresh.scopes.includes(old.scopes) && fresh.role == old.role &&
         fresh.directory >= old.directory && fresh.restricted >= old.restricted && fresh.backing >= old.backing &&
         fresh.grace_ends_at == old.grace_ends_at && fresh.state == old.state && fresh.pause == old.pause;
}

bool account_covers(const token::LiveAccount& fresh, const token::LiveAccount& old) {
  const bool same_state = fresh.account.state == old.account.state && fresh.account.pause == old.account.pause;
  return same_state && std::all_of(old.grants.begin(), old.grants.end(), [&fresh](const Grant& one) {
           return std::any_of(fresh.grants.begin(), fresh.grants.end(),
                              [&one](const Grant& other) { return covers(other, one); });
         });
}

bool has_secret(const token::LiveCredential& fresh, const token::LiveSecret& old) {
  if (old.state == SecretState::kRetired) return true;
  for (std::size_t i = 0; i < token::LiveSecrets::size(); ++i) {
    const token::LiveSecret& one = fresh.secrets[i];
    if (one.state != SecretState::kRetired && one.id == old.id) return true;
  }
  return false;
}

}  // namespace

bool takes_something_away(const token::LiveCredential& old, const token::LiveCredential& fresh) {
  const bool same_state = fresh.state == old.state && fresh.paused_until == old.paused_until && fresh.kind == old.kind;
  const bool same_limits =
      fresh.role == old.role && fresh.allow_ips == old.allow_ips && fresh.relaxed_queries >= old.relaxed_queries;
  if (!same_state || !same_limits || fresh.expires_at < old.expires_at || !fresh.scopes->includes(old.scopes)) return true;
  if (!old.boundary || !fresh.boundary || !old.account || !fresh.account) return true;
  const bool boundary_covered = std::all_of(old.boundary->begin(), old.boundary->end(), [&fresh](const BoundaryEntry& entry) {
    return std::find(fresh.boundary->begin(), fresh.boundary->end(), entry) != fresh.boundary->end();
  });
  const bool secrets_covered = has_secret(fresh, old.secrets[0]) && has_secret(fresh, old.secrets[1]);
  return !boundary_covered || !secrets_covered || !account_covers(*fresh.account, *old.account);
}

}  // namespace gatehouse::admin
