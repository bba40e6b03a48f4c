#include "admin/accounts.h"

#include "admin/change.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/pause.h"

namespace gatehouse::admin {

Result<Documents> list_accounts(Services& services, const AccountFilter& filter, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  store::Accounts::Filter stored_filter;
  stored_filter.archived = filter.archived;
  if (!filter.owner.empty()) {
    GH_TRY(const auto owner, find_user(*reader.operator->(), filter.owner));
    stored_filter.owner = owner.value.id;
  }
  GH_TRY(const auto listed, reader->accounts.list(stored_filter, page));
  Describer describer(*reader.operator->(), services.clock.now());
  Documents documents;
  for (const auto& stored : listed.items) {
    GH_TRY(Document document, describer.account(stored.value));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_account(Services& services, std::string_view account) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, find_account(*reader.operator->(), account));
  return Describer(*reader.operator->(), services.clock.now()).account(found.value);
}

Result<Document> edit_account(Services& services, const Caller& caller, std::string_view account, const EditAccount& request) {
  return change_account(services, caller, account, "account.edit", {},
                        [&request](ServiceAccount& record, store::Repositories& at) { return apply_edit(record, at, request); });
}

Result<Document> adopt_account(Services& services, const Caller& caller, std::string_view account) {
  return change_account(services, caller, account, "account.adopt", {},
                        [](ServiceAccount& record, store::Repositories& at) -> Result<void> {
                          if (!record.external) return success();
                          GH_TRYV(check_quota(at));
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
  GH_TRY(const Pause pause, make_pause(request, services.clock.now()));
  return change_account(services, caller, account, "account.pause", pause.reason,
                        [&pause](ServiceAccount& record, store::Repositories&) -> Result<void> {
                          record.state = State::kPaused;
                          record.pause = pause;
                          return success();
                        });
}

Result<Document> resume_account(Services& services, const Caller& caller, std::string_view account) {
  return change_account(services, caller, account, "account.resume", {},
                        [&caller](ServiceAccount& record, store::Repositories& at) -> Result<void> {
                          GH_TRYV(check_may_resume(at, caller, record.pause, answerable_for(record)));
                          record.state = State::kLive;
                          record.pause = {};
                          return success();
                        });
}

Result<Document> transfer_account(Services& services, const Caller& caller, std::string_view account, std::string_view to) {
  return change_account(services, caller, account, "account.transfer", {},
                        [to](ServiceAccount& record, store::Repositories& at) -> Result<void> {
                          GH_TRY(const auto owner, find_live_user(at, to, "to"));
                          record.owner = owner.value.id;
                          // Who was deputy and is owner now leaves the place of the deputy free.
                          if (record.deputy == record.owner) record.deputy = {};
                          return success();
                        });
}

Result<Document> archive_account(Services& services, const Caller& caller, std::string_view account, std::string_view reason) {
  return change_account(services, caller, account, "account.archive", reason,
                        [](ServiceAccount& record, store::Repositories& at) -> Result<void> {
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
                        });
}

}  // namespace gatehouse::admin
