#include "admin/accounts.h"
#include "admin/approvals.h"
#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/grants.h"
#include "admin/narrow_policy.h"
#include "admin/resources.h"

namespace gatehouse::admin {

Result<Grant> prepare_grant(Services& services, const AddGrant& request) {
  Grant grant;
  GH_TRY(grant.scopes, parse_scopes(request.scopes));
  if (grant.scopes.empty())
    return fail(Errc::kInvalidArgument, "A grant names at least one scope, such as read:jira-work.", {}, "scopes");
  GH_TRY(grant.resource, resolve_resource(services, request.resource));
  GH_TRYV(check_role(services, grant.resource.site, request.role));
  grant.role = request.role;
  grant.directory = request.directory;
  grant.restricted = request.include_restricted ? Restricted::kInclude : Restricted::kExclude;
  return grant;
}

Result<InsertedGrant> insert_grant(Services& services, store::Repositories& at, const Caller& caller, const AddGrant& request,
                                   Grant grant) {
  GH_TRY(const Principal who, authority_of(services, at, caller));
  // Whoever may give it may name any service account: giving takes nothing from the account, and reveals that it is there.
  GH_TRYV(check_may_give(services, at, who, grant));
  GH_TRY(const auto account, find_account(at, request.account));
  if (account.value.state == State::kArchived) return fail(Errc::kConflict, "That service account is archived.", {}, "account");
  GH_TRYV(check_not_external(account.value));
  grant.id = new_id<GrantId>(services.random);
  grant.account = account.value.id;
  grant.granted_by = who.user.empty() ? account.value.owner : who.user;
  grant.backing = Backing::kBacked;
  grant.created_at = services.clock.now();
  GH_TRY(const Policy policy, read_policy_for(at, {account.value.owner}, {grant.resource}));
  const ScopeSet held = held_back(policy, grant.scopes);
  if (!held.empty()) {
    grant.state = State::kPaused;
    grant.pause = waiting_pause();
  }
  GH_TRYV(at.grants.insert(grant));
  Describer describer(at, grant.created_at);
  InsertedGrant made;
  GH_TRY(made.document, describer.grant(grant));
  GH_TRY(const std::string name, describer.resource_name(grant.resource));
  made.event = with_change(make_event(caller, "grant.add", "grant", grant.id.value, name), nullptr, &made.document);
  if (!held.empty()) {
    GH_TRYV(ask_approval(services, at, grant.granted_by, grant, held, policy));
  }
  made.grant = std::move(grant);
  return made;
}

Result<Document> add_grant(Services& services, const Caller& caller, const AddGrant& request) {
  GH_TRY(Grant grant, prepare_grant(services, request));
  ask_source(services, caller, {grant.resource});
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(InsertedGrant made, insert_grant(services, *work.operator->(), caller, request, std::move(grant)));
  GH_TRYV(commit(services, std::move(work), std::move(made.event)));
  return std::move(made.document);
}

}  // namespace gatehouse::admin
