#include "admin/authority.h"

#include <algorithm>

namespace gatehouse::admin {
namespace {

SignedInBy way_of(const Caller& caller) noexcept {
  if (caller.actor_kind == "admin_key") return SignedInBy::kAdminKey;
  if (caller.actor_kind == "user") return SignedInBy::kSession;
  if (caller.actor_kind == "local" || caller.actor_kind == "job") return SignedInBy::kHost;
  return SignedInBy::kNobody;
}

bool touches(const Principal& who, const Credential& token) noexcept {
  const auto theirs = [&who](const BoundaryEntry& entry) { return who.covers(entry.resource); };
  return std::any_of(token.boundary.begin(), token.boundary.end(), theirs);
}

}  // namespace

Result<Principal> principal_of(const Services& services, const store::Repositories& at, const User& user, SignedInBy by,
                               std::optional<Instant> stepped_up_at) {
  Principal who;
  who.user = user.id;
  who.email = user.email;
  who.role = user.role;
  who.by = by;
  who.stepped_up_at = stepped_up_at;
  if (user.role == UserRole::kProjectAdmin) who.administers = user.administers;
  const AuthoritySource* const source = services.authority_source.load();
  if (source && user.role != UserRole::kAuditor) {
    GH_TRY(const auto known, source->administered(at, user, services.clock.now()));
    who.administers.insert(who.administers.end(), known.begin(), known.end());
  }
  return who;
}

Result<Principal> authority_of(const Services& services, const store::Repositories& at, const Caller& caller) {
  const SignedInBy by = way_of(caller);
  if (by == SignedInBy::kHost || by == SignedInBy::kNobody) {
    Principal who;
    who.by = by;
    who.email = caller.actor_name;
    return who;
  }
  const auto user = at.users.get(UserId(caller.actor_id));
  if (!user && user.error().code != Errc::kNotFound) return user.error();
  if (!user || !is_live(user.value().value.state, user.value().value.pause, services.clock.now()))
    return fail(Errc::kNotAllowed, "You are suspended: nothing can be changed in your name.");
  return principal_of(services, at, user.value().value, by);
}

bool answers_for(const Principal& who, const ServiceAccount& account) noexcept {
  return who.is(account.owner) || who.is(account.deputy);
}

bool answers_for(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept {
  return who.is(token.owner) || answers_for(who, account);
}

bool may_see(const Principal& who, const ServiceAccount& account, const std::vector<Grant>& grants,
             const std::vector<Credential>& tokens) {
  if (who.reads_all() || answers_for(who, account)) return true;
  if (std::any_of(grants.begin(), grants.end(), [&who](const Grant& one) { return who.covers(one.resource); })) return true;
  return std::any_of(tokens.begin(), tokens.end(), [&](const Credential& one) { return who.is(one.owner) || touches(who, one); });
}

bool may_see(const Principal& who, const Grant& grant, const ServiceAccount& account) noexcept {
  return who.reads_all() || answers_for(who, account) || who.is(grant.granted_by) || who.covers(grant.resource);
}

bool may_see(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept {
  return who.reads_all() || answers_for(who, token, account) || touches(who, token);
}

bool sees_part(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept {
  return !who.reads_all() && !answers_for(who, token, account);
}

}  // namespace gatehouse::admin
