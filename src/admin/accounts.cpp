#include "admin/accounts.h"

#include "admin/authority.h"
#include "admin/change.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/narrow_policy.h"
#include "admin/pause.h"

namespace gatehouse::admin {

using policy::Need;

Result<Documents> list_accounts(Services& services, const Caller& caller, const AccountFilter& filter, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const Principal viewer, authority_of(services, *reader.operator->(), caller));
  store::Accounts::Filter stored_filter;
  stored_filter.archived = filter.archived;
  stored_filter.sight = sight_of(viewer);
  if (!filter.owner.empty()) {
    GH_TRY(const auto owner, find_user(*reader.operator->(), filter.owner));
    stored_filter.owner = owner.value.id;
  }
  GH_TRY(const auto listed, reader->accounts.list(stored_filter, page));
  Describer describer(*reader.operator->(), services.clock.now());
  Documents documents;
  for (const auto& stored : listed.items) {
    GH_TRY(Document document, account_for(describer, viewer, stored.value));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_account(Services& services, const Caller& caller, std::string_view account) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal viewer, authority_of(services, at, caller));
  GH_TRY(const auto found, find_account(at, account));
  GH_TRY(const bool seen, may_see(at, viewer, found.value));
  if (!seen) return no_account();
  Describer describer(at, services.clock.now());
  return account_for(describer, viewer, found.value);
}

Result<Document> edit_account(Services& services, const Caller& caller, std::string_view account, const EditAccount& request) {
  return change_account(services, caller, Need::kChangeOwn, account, "account.edit", {},
                        [&request](ServiceAccount& record, const Editing& in) -> Result<void> {
                          GH_TRYV(apply_edit(record, in.at, request));
                          // What the policy wants may be missing from before it did, but is not taken away.
                          GH_TRY(const Policy policy, read_policy_for(in.at, {record.owner}, {}));
                          if (missing_fields(policy, record).size() <= missing_fields(policy, in.account).size())
                            return success();
                          return check_required_fields(policy, record);
                        });
}

Result<Document> adopt_account(Services& services, const Caller& caller, std::string_view account) {
  return change_account(services, caller, Need::kOrgAdmin, account, "account.adopt", {},
                        [](ServiceAccount& record, const Editing& in) -> Result<void> {
                          if (!record.external) return success();
                          GH_TRYV(check_quota(in.at));
                          record.external = false;
                          return success();
                        });
}

Result<void> check_not_external(const ServiceAccount& account) {
  if (!account.external) return success();
  return fail(Errc::kConflict,
              "That service account is only kept in the register. Bring it under Gatehouse first: gatehouse account adopt HANDLE",
              {}, "account");
}

Result<Document> pause_account(Services& services, const Caller& caller, std::string_view account, const PauseRequest& request) {
  const Instant now = services.clock.now();
  GH_TRY(const Pause pause, make_pause(request, now));
  return change_account(services, caller, Need::kPause, account, "account.pause", pause.reason,
                        [&pause, now](ServiceAccount& record, const Editing& in) -> Result<void> {
                          const auto present = pause_in_force(record.state, record.pause, now);
                          GH_TRY(record.pause, replace_pause(in.who, pause, present, answerable_for(record), false, now));
                          record.state = State::kPaused;
                          return success();
                        });
}

Result<Document> resume_account(Services& services, const Caller& caller, std::string_view account) {
  return change_account(services, caller, Need::kPause, account, "account.resume", {},
                        [&services](ServiceAccount& record, const Editing& in) -> Result<void> {
                          if (const auto present = pause_in_force(record.state, record.pause, services.clock.now())) {
                            GH_TRYV(check_may_resume(in.who, *present, answerable_for(record), false));
                          }
                          record.state = State::kLive;
                          record.pause = {};
                          return success();
                        });
}

Result<Document> transfer_account(Services& services, const Caller& caller, std::string_view account, std::string_view to) {
  return change_account(services, caller, Need::kOrgAdmin, account, "account.transfer", {},
                        [to](ServiceAccount& record, const Editing& in) -> Result<void> {
                          GH_TRY(const auto owner, find_live_user(in.at, to, "to"));
                          record.owner = owner.value.id;
                          // Who was deputy and is owner now leaves the place of the deputy free.
                          if (record.deputy == record.owner) record.deputy = {};
                          return success();
                        });
}

Result<void> end_account(ServiceAccount& record, store::Repositories& at) {
  GH_TRY(const auto credentials, at.credentials.of_account(record.id));
  for (const Credential& one : credentials) {
    if (one.state == State::kRevoked) continue;
    GH_TRY(auto credential, at.credentials.get(one.id));
    credential.value.state = State::kRevoked;
    GH_TRYV(at.credentials.update(credential.value, credential.version));
  }
  GH_TRY(const auto grants, at.grants.of_account(record.id));
  for (const Grant& one : grants) {
    GH_TRY(auto grant, at.grants.get(one.id));
    grant.value.state = State::kRevoked;
    GH_TRYV(at.grants.update(grant.value, grant.version));
  }
  record.state = State::kArchived;
  record.pause = {};
  return success();
}

Result<Document> archive_account(Services& services, const Caller& caller, std::string_view account, std::string_view reason) {
  return change_account(services, caller, Need::kOrgAdmin, account, "account.archive", reason,
                        [](ServiceAccount& record, const Editing& in) -> Result<void> { return end_account(record, in.at); });
}

}  // namespace gatehouse::admin
