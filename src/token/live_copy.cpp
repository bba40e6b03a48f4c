#include "token/live_copy.h"

namespace gatehouse::token {

std::shared_ptr<LiveCredential> copy_of(const LiveCredential& credential) {
  auto copy = std::make_shared<LiveCredential>();
  copy->id = credential.id;
  copy->kind = credential.kind;
  copy->state = credential.state;
  copy->relaxed_queries = credential.relaxed_queries;
  copy->paused_until = credential.paused_until;
  copy->expires_at = credential.expires_at;
  copy->scopes = *credential.scopes;
  copy->role = *credential.role;
  copy->account = credential.account;
  copy->boundary = credential.boundary;
  copy->pauses = *credential.pauses;
  copy->allow_ips = *credential.allow_ips;
  copy->narrowing = credential.narrowing;
  return copy;
}

}  // namespace gatehouse::token
