#include "admin/accounts.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/grants.h"
#include "admin/resources.h"

namespace gatehouse::admin {

Result<Document> add_grant(Services& services, const Caller& caller, const AddGrant& request) {
  Grant grant;
  GH_TRY(grant.scopes, parse_scopes(request.scopes));
  if (grant.scopes.empty())
    return fail(Errc::kInvalidArgument, "A grant names at least one scope, such as read:jira-work.", {}, "scopes");
  GH_TRY(grant.resource, resolve_resource(services, request.resource));
  GH_TRYV(check_role(services, grant.resource.site, request.role));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto account, find_account(at, request.account));
  if (account.value.state == State::kArchived) return fail(Errc::kConflict, "That service account is archived.", {}, "account");
  GH_TRYV(check_not_external(account.value));
  grant.id = new_id<GrantId>(services.random);
  grant.account = account.value.id;
  grant.role = request.role;
  grant.directory = request.directory;
  grant.restricted = request.include_restricted ? Restricted::kInclude : Restricted::kExclude;
  grant.granted_by = user_of(caller);
  grant.backing = Backing::kBacked;
  grant.created_at = services.clock.now();
  GH_TRYV(at.grants.insert(grant));
  Describer describer(at, grant.created_at);
  GH_TRY(Document document, describer.grant(grant));
  GH_TRY(const std::string name, describer.resource_name(grant.resource));
  AuditEvent event = make_event(caller, "grant.add", "grant", grant.id.value, name);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), nullptr, &document)));
  return document;
}

}  // namespace gatehouse::admin
