#include <algorithm>

#include "admin/accounts.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/narrow_policy.h"
#include "model/resource.h"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kMostWords = 200;
constexpr std::size_t kLongestWord = 300;

Result<void> set_text(std::string& member, const std::optional<std::string>& given, std::string_view field, std::size_t most) {
  if (!given) return success();
  GH_TRYV(check_note(*given, field, most));
  member = *given;
  return success();
}

Result<void> set_link(std::string& member, const std::optional<std::string>& given, std::string_view field) {
  if (!given) return success();
  GH_TRYV(check_link(*given, field));
  member = *given;
  return success();
}

Result<void> set_words(std::vector<std::string>& member, const std::optional<std::vector<std::string>>& given,
                       std::string_view field) {
  if (!given) return success();
  std::vector<std::string> all;
  for (const std::string& word : *given) {
    // A lone empty word is how a command line says "none".
    if (word.empty() && given->size() == 1) continue;
    const bool spaced = word.find_first_of(" \t\r\n") != std::string::npos;
    if (word.empty() || spaced || word.size() > kLongestWord || all.size() == kMostWords) {
      return fail(Errc::kInvalidArgument,
                  "\"" + std::string(field) + "\" takes up to " + std::to_string(kMostWords) + " words of up to " +
                      std::to_string(kLongestWord) + " bytes without white space.",
                  {}, std::string(field));
    }
    if (std::find(all.begin(), all.end(), word) == all.end()) all.push_back(word);
  }
  member = std::move(all);
  return success();
}

Result<void> set_deputy(ServiceAccount& account, const store::Repositories& at, const std::optional<std::string>& given) {
  if (!given) return success();
  if (given->empty()) {
    account.deputy = {};
    return success();
  }
  GH_TRY(const auto deputy, find_live_user(at, *given, "deputy"));
  if (deputy.value.id == account.owner) {
    return fail(Errc::kInvalidArgument, "Owner and deputy must be two people.", {}, "deputy");
  }
  account.deputy = deputy.value.id;
  return success();
}

}  // namespace

Result<void> check_handle(std::string_view handle) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  bool right = !handle.empty() && handle.size() <= 63 && plain(handle.front());
  for (const char c : handle) right = right && (plain(c) || c == '-');
  if (right) return success();
  return fail(Errc::kInvalidArgument, "A handle is up to 63 of a-z, 0-9 and hyphen, and begins with a letter or digit.", {},
              "handle");
}

Result<void> apply_edit(ServiceAccount& account, const store::Repositories& at, const EditAccount& request) {
  if (request.purpose) {
    GH_TRYV(check_name(*request.purpose, "purpose", 2000));
  }
  if (request.runs_in) {
    GH_TRYV(check_name(*request.runs_in, "runs_in", 500));
  }
  GH_TRYV(set_text(account.purpose, request.purpose, "purpose", 2000));
  GH_TRYV(set_text(account.runs_in, request.runs_in, "runs_in", 500));
  GH_TRYV(set_text(account.tool, request.tool, "tool", 200));
  GH_TRYV(set_text(account.repository, request.repository, "repository", 500));
  GH_TRYV(set_text(account.job, request.job, "job", 500));
  GH_TRYV(set_link(account.link, request.link, "link"));
  GH_TRYV(set_words(account.declared.sites, request.declared_sites, "declared_sites"));
  GH_TRYV(set_words(account.declared.resources, request.declared_resources, "declared_resources"));
  GH_TRYV(set_words(account.declared.scopes, request.declared_scopes, "declared_scopes"));
  for (const std::string& resource : account.declared.resources) {
    if (const auto named = parse_resource_name(resource); !named) {
      return fail(Errc::kInvalidArgument, named.error().public_detail, {}, "declared_resources");
    }
  }
  GH_TRYV(set_link(account.docs_url, request.docs, "docs"));
  GH_TRYV(set_link(account.runbook_url, request.runbook, "runbook"));
  GH_TRYV(set_text(account.rotation_plan, request.rotation_plan, "rotation_plan", 2000));
  if (request.rotate_every) account.rotate_every = request.rotate_every;
  if (request.expected_every) account.expected_every = request.expected_every;
  if (request.criticality) {
    GH_TRY(account.criticality, parse_criticality(*request.criticality));
  }
  return set_deputy(account, at, request.deputy);
}

Result<InsertedAccount> insert_account(Services& services, store::Repositories& at, const Caller& caller,
                                       const CreateAccount& request) {
  GH_TRYV(check_handle(request.handle));
  if (!request.external) {
    GH_TRYV(check_quota(at));
  }
  ServiceAccount account;
  GH_TRY(const auto owner, find_live_user(at, request.owner, "owner"));
  account.owner = owner.value.id;
  account.id = new_id<AccountId>(services.random);
  account.handle = request.handle;
  account.external = request.external;
  account.rotate_every = request.rotate_every;
  account.expected_every = request.expected_every;
  EditAccount rest;
  rest.deputy = request.deputy;
  rest.purpose = request.purpose;
  rest.runs_in = request.runs_in;
  rest.tool = request.tool;
  rest.repository = request.repository;
  rest.job = request.job;
  rest.link = request.link;
  rest.declared_sites = request.declared_sites;
  rest.declared_resources = request.declared_resources;
  rest.declared_scopes = request.declared_scopes;
  rest.docs = request.docs;
  rest.runbook = request.runbook;
  rest.rotation_plan = request.rotation_plan;
  rest.criticality = request.criticality;
  GH_TRYV(apply_edit(account, at, rest));
  account.created_at = services.clock.now();
  if (!account.external) {
    GH_TRY(const Policy policy, read_policy_for(at, {account.owner}, {}));
    GH_TRYV(check_required_fields(policy, account));
  }
  GH_TRYV(at.accounts.insert(account));
  InsertedAccount made;
  GH_TRY(made.document, Describer(at, account.created_at).account(account));
  made.event =
      with_change(make_event(caller, "account.create", "account", account.id.value, account.handle), nullptr, &made.document);
  made.account = std::move(account);
  return made;
}

Result<Document> create_account(Services& services, const Caller& caller, const CreateAccount& request) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(InsertedAccount made, insert_account(services, *work.operator->(), caller, request));
  GH_TRYV(commit(services, std::move(work), std::move(made.event)));
  return std::move(made.document);
}

}  // namespace gatehouse::admin
