#include "admin/live_difference.h"

#include <algorithm>

namespace gatehouse::admin {
namespace {

bool covers(const Grant& fresh, const Grant& old) {
  return fresh.id == old.id && fresh.resource.same(old.resource) && fresh.scopes.includes(old.scopes) && fresh.role == old.role &&
         fresh.directory >= old.directory && fresh.restricted >= old.restricted && fresh.backing >= old.backing &&
         fresh.grace_ends_at == old.grace_ends_at && fresh.state == old.state && fresh.pause == old.pause;
}

using Pauses = std::vector<ResourcePause>;

/// Whether nothing is paused now that was not before, or for longer.
bool pauses_covered(const Pauses& fresh, const Pauses& old) {
  return std::all_of(fresh.begin(), fresh.end(),
                     [&old](const ResourcePause& one) { return std::find(old.begin(), old.end(), one) != old.end(); });
}

bool account_covers(const token::LiveAccount& fresh, const token::LiveAccount& old) {
  const bool same_state = fresh.account.state == old.account.state && fresh.account.pause == old.account.pause;
  return same_state && pauses_covered(fresh.pauses, old.pauses) &&
         std::all_of(old.grants.begin(), old.grants.end(), [&fresh](const Grant& one) {
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
  const token::Proposal& proposal = fresh.proposal;
  const token::Proposal& before = old.proposal;
  const bool same_proposal = proposal.from >= before.from && !proposal.boundary == !before.boundary &&
                             (!proposal.boundary || *proposal.boundary == *before.boundary);
  if (!same_proposal || !pauses_covered(fresh.pauses, old.pauses)) return true;
  return !boundary_covered || !account_covers(*fresh.account, *old.account);
}

void end_missing_secrets(const token::LiveCredential& old, const token::LiveCredential& fresh) {
  for (std::size_t at = 0; at < token::LiveSecrets::size(); ++at) {
    if (!has_secret(fresh, old.secrets[at])) old.secret_ended[at].store(true, std::memory_order_release);
  }
}

}  // namespace gatehouse::admin
