#include "admin/accounts.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/policy.h"

namespace gatehouse::admin {
namespace {

Result<void> check_handle(std::string_view handle) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  bool right = !handle.empty() && handle.size() <= 63 && plain(handle.front());
  for (const char c : handle) right = right && (plain(c) || c == '-');
  if (right) return success();
  return fail(Errc::kInvalidArgument, "A handle is up to 63 of a-z, 0-9 and hyphen, and begins with a letter or digit.", {},
              "handle");
}

Result<void> check_quota(const store::Repositories& at) {
  GH_TRY(const Policy policy, read_policy(at));
  if (!policy.service_accounts) return success();
  std::int64_t used = 0;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.accounts.list({}, page));
    used += static_cast<std::int64_t>(listed.items.size());
    page.after = listed.next;
  } while (!page.after.empty());
  if (used < *policy.service_accounts) return success();
  return fail(Errc::kLimitExceeded,
              "The quota of " + std::to_string(*policy.service_accounts) +
                  " service accounts is used up. Archive one (gatehouse account archive HANDLE), or raise it: gatehouse policy "
                  "set service-accounts guard-standard",
              {}, "handle");
}

}  // namespace

Result<Document> create_account(Services& services, const Caller& caller, const CreateAccount& request) {
  GH_TRYV(check_handle(request.handle));
  GH_TRYV(check_name(request.purpose, "purpose", 2000));
  GH_TRYV(check_name(request.runs_in, "runs_in", 500));
  GH_TRYV(check_note(request.rotation_plan, "rotation_plan"));
  GH_TRYV(check_link(request.docs, "docs"));
  GH_TRYV(check_link(request.runbook, "runbook"));
  ServiceAccount account;
  GH_TRY(account.criticality, parse_criticality(request.criticality));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRYV(check_quota(at));
  GH_TRY(const auto owner, find_live_user(at, request.owner, "owner"));
  account.owner = owner.value.id;
  if (!request.deputy.empty()) {
    GH_TRY(const auto deputy, find_live_user(at, request.deputy, "deputy"));
    if (deputy.value.id == account.owner)
      return fail(Errc::kInvalidArgument, "Owner and deputy must be two people.", {}, "deputy");
    account.deputy = deputy.value.id;
  }
  account.id = new_id<AccountId>(services.random);
  account.handle = request.handle;
  account.purpose = request.purpose;
  account.runs_in = request.runs_in;
  account.docs_url = request.docs;
  account.runbook_url = request.runbook;
  account.rotation_plan = request.rotation_plan;
  account.rotate_every = request.rotate_every;
  account.expected_every = request.expected_every;
  account.created_at = services.clock.now();
  GH_TRYV(at.accounts.insert(account));
  Describer describer(at, account.created_at);
  GH_TRY(Document document, describer.account(account));
  AuditEvent event = make_event(caller, "account.create", "account", account.id.value, account.handle);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), nullptr, &document)));
  return document;
}

}  // namespace gatehouse::admin
