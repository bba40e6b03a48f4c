#include "admin/change.h"

#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/tell.h"

namespace gatehouse::admin {

Result<Document> change_account(Services& services, const Caller& caller, policy::Need need, std::string_view account,
                                std::string_view action, std::string_view reason, const Edit<ServiceAccount>& edit) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(auto found, find_account(at, account));
  GH_TRYV(check_reach(at, need, who, found.value));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.account(found.value));
  if (found.value.state == State::kArchived) {
    return fail(Errc::kConflict, "That service account is archived, and stays as it is. Make a new one.", {}, "account");
  }
  const ServiceAccount old = found.value;
  GH_TRYV(edit(found.value, {at, who, old}));
  GH_TRYV(check_may_answer(services, at, who, old, found.value));
  GH_TRYV(at.accounts.update(found.value, found.version));
  GH_TRYV(
      tell_of_change(services, at.outbox, caller, action, found.value.id.value, found.value.handle, reason, found.value.pause));
  GH_TRY(Document after, describer.account(found.value));
  AuditEvent event = make_event(caller, action, "account", found.value.id.value, found.value.handle);
  event.reason = reason;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

Result<Document> change_grant(Services& services, const Caller& caller, policy::Need need, std::string_view grant,
                              std::string_view action, std::string_view reason, const Edit<Grant>& edit) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(auto found, find_grant(at, grant));
  GH_TRY(const auto account, at.accounts.get(found.value.account));
  GH_TRYV(check_reach(need, who, found.value, account.value));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.grant(found.value));
  if (found.value.state == State::kRevoked)
    return fail(Errc::kConflict, "That grant was removed, which is final. Add a new one.", {}, "grant");
  GH_TRYV(edit(found.value, {at, who, account.value}));
  GH_TRYV(at.grants.update(found.value, found.version));
  GH_TRY(Document after, describer.grant(found.value));
  GH_TRY(const std::string name, describer.resource_name(found.value.resource));
  GH_TRYV(tell_of_change(services, at.outbox, caller, action, found.value.id.value, name, reason, found.value.pause));
  AuditEvent event = make_event(caller, action, "grant", found.value.id.value, name);
  event.reason = reason;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

Result<void> check_not_external(const Credential& credential) {
  if (credential.kind != CredentialKind::kExternal) return success();
  return fail(Errc::kConflict,
              "Gatehouse only keeps this token in the register. Change it where it was made, then import it again.", {}, "token");
}

Result<Document> change_token(Services& services, const Caller& caller, policy::Need need, std::string_view token,
                              std::string_view action, std::string_view reason, const Edit<Credential>& edit) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(auto found, find_token(at, token));
  GH_TRY(const auto account, at.accounts.get(found.value.account));
  GH_TRYV(check_reach(need, who, found.value, account.value));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.token(found.value));
  if (found.value.state == State::kRevoked)
    return fail(Errc::kConflict, "That token is revoked, which is final. Create a new one.", {}, "token");
  // Whose it is, and that it has ended, can be said of any.
  if (action != "token.transfer" && action != "token.revoke") {
    GH_TRYV(check_not_external(found.value));
  }
  GH_TRYV(edit(found.value, {at, who, account.value}));
  GH_TRYV(at.credentials.update(found.value, found.version));
  GH_TRYV(tell_of_change(services, at.outbox, caller, action, found.value.id.value, found.value.name, reason, found.value.pause));
  GH_TRY(Document after, describer.token(found.value));
  GH_TRY(Document seen, token_for(describer, who, found.value, account.value));
  AuditEvent event = make_event(caller, action, "token", found.value.id.value, found.value.name);
  event.reason = reason;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return seen;
}

}  // namespace gatehouse::admin
