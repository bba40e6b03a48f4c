#include "admin/admin_keys.h"

#include "admin/authority.h"
#include "admin/find.h"
#include "admin/sessions.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

Error not_live() {
  return fail(Errc::kUnauthenticated,
              "No live administrator key. Send one as \"Authorization: Bearer gtha_…\"; gatehouse init made the first.");
}

/// The header may hold any byte; what the store would refuse must not make a change impossible.
std::string printable(std::string_view from) {
  std::string out(from.substr(0, 200));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return out;
}

}  // namespace

Result<Authenticated> authenticate(Services& services, std::string_view bearer, std::string_view address,
                                   std::string_view user_agent) {
  if (bearer.rfind(kSessionBearer, 0) == 0) return authenticate_session(services, bearer, address, user_agent);
  const auto parsed = token::parse(bearer);
  if (!parsed || parsed->kind != token::TokenKind::kAdminKey) return not_live();
  GH_TRY(const store::Reader reader, services.database.read());
  const auto key = reader->admin_keys.get(AdminKeyId(std::string(parsed->id)));
  if (!key) return key.error().code == Errc::kNotFound ? not_live() : key.error();
  const store::AdminKey& record = key.value().value;
  const auto hash = crypto::parse_token_hash(record.hash);
  const Instant now = services.clock.now();
  const bool live = record.state == State::kLive && (!record.expires_at || *record.expires_at > now);
  if (!hash || !services.hasher.matches(hash.value(), parsed->id, parsed->secret) || !live) return not_live();
  const auto user = reader->users.get(record.user);
  if (!user) return user.error().code == Errc::kNotFound ? not_live() : user.error();
  const User& person = user.value().value;
  // Suspending a person ends at once all that authenticates as that person.
  if (!is_live(person.state, person.pause, now)) return not_live();
  Authenticated who;
  GH_TRY(who.principal, principal_of(services, *reader.operator->(), person, SignedInBy::kAdminKey));
  who.caller.actor_kind = "admin_key";
  who.caller.actor_id = person.id.value;
  who.caller.actor_name = person.email + " (key " + record.id.value + ")";
  who.caller.address = address;
  who.caller.user_agent = printable(user_agent);
  return who;
}

Result<CreatedKey> insert_admin_key(Services& services, store::Repositories& at, const UserId& user, std::string name,
                                    std::optional<Instant> expires_at) {
  store::AdminKey key;
  key.id = new_id<AdminKeyId>(services.random);
  const token::Minted minted = token::mint(token::TokenKind::kAdminKey, key.id.value, services.random);
  key.user = user;
  key.name = std::move(name);
  key.hash = crypto::format_token_hash(services.hasher.hash(key.id.value, minted.secret.expose()));
  key.expires_at = expires_at;
  key.state = State::kLive;
  key.created_at = services.clock.now();
  GH_TRYV(at.admin_keys.insert(key));
  return CreatedKey{key.id, minted.text};
}

Result<CreatedKey> create_admin_key(Services& services, const Caller& caller, std::string_view user, std::string name,
                                    std::optional<Instant> expires_at) {
  GH_TRYV(check_name(name, "name"));
  const Instant now = services.clock.now();
  if (expires_at && *expires_at <= now) return fail(Errc::kInvalidArgument, "The expiry lies in the past.", {}, "expires_at");
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto person, find_live_user(*work.operator->(), user, "user"));
  GH_TRY(CreatedKey key, insert_admin_key(services, *work.operator->(), person.value.id, name, expires_at));
  AuditEvent event = make_event(caller, "admin_key.create", "admin_key", key.id.value, name);
  event.reason = "for " + person.value.email;
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return key;
}

Result<void> revoke_admin_key(Services& services, const Caller& caller, const AdminKeyId& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(auto key, work->admin_keys.get(id));
  if (key.value.state == State::kRevoked) return success();
  key.value.state = State::kRevoked;
  GH_TRYV(work->admin_keys.update(key.value, key.version));
  return commit(services, std::move(work), make_event(caller, "admin_key.revoke", "admin_key", id.value, key.value.name));
}

}  // namespace gatehouse::admin
