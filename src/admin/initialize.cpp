#include "admin/initialize.h"

#include "admin/describe.h"
#include "admin/users.h"
#include "token/token.h"

namespace gatehouse::admin {

Result<CreatedKey> initialize(Services& services, std::string_view admin_email) {
  GH_TRYV(check_email(admin_email, "admin_email"));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto users, work->users.list({}, store::Page{{}, 1}));
  if (!users.items.empty()) {
    return fail(Errc::kConflict,
                "This installation has users already. To get in again, run \"gatehouse user reset-link\" on its host.");
  }
  const Instant now = services.clock.now();
  User user;
  user.id = new_id<UserId>(services.random);
  user.email = admin_email;
  user.name = admin_email.substr(0, admin_email.find('@'));
  user.role = UserRole::kOrgAdmin;
  user.created_at = now;
  GH_TRYV(work->users.insert(user));
  store::AdminKey key;
  key.id = new_id<AdminKeyId>(services.random);
  const token::Minted minted = token::mint(token::TokenKind::kAdminKey, key.id.value, services.random);
  key.user = user.id;
  key.name = "init";
  key.hash = crypto::format_token_hash(services.hasher.hash(key.id.value, minted.secret.expose()));
  key.created_at = now;
  GH_TRYV(work->admin_keys.insert(key));
  Describer describer(*work.operator->(), now);
  GH_TRY(const Document document, describer.user(user));
  Caller caller;
  caller.actor_kind = "local";
  caller.actor_name = "init";
  GH_TRYV(commit(services, std::move(work),
                 with_change(make_event(caller, "installation.init", "user", user.id.value, user.email), nullptr, &document)));
  return CreatedKey{key.id, minted.text};
}

}  // namespace gatehouse::admin
