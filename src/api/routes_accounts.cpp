#include "admin/accounts.h"
#include "admin/pause.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

const std::vector<std::string_view>& criticalities() {
  static const std::vector<std::string_view> all{"low", "normal", "high"};
  return all;
}

Result<Reply> create(Call& call) {
  admin::CreateAccount request;
  request.handle = call.text("handle");
  request.owner = call.text("owner");
  request.deputy = call.text("deputy");
  request.purpose = call.text("purpose");
  request.runs_in = call.text("runs_in");
  request.tool = call.text("tool");
  request.repository = call.text("repository");
  request.job = call.text("job");
  request.link = call.text("link");
  request.declared_sites = call.texts("declared_sites");
  request.declared_resources = call.texts("declared_resources");
  request.declared_scopes = call.texts("declared_scopes");
  request.external = call.flag("external");
  request.docs = call.text("docs");
  request.runbook = call.text("runbook");
  request.rotation_plan = call.text("rotation_plan");
  request.criticality = call.maybe_text("criticality").value_or("normal");
  GH_TRY(request.rotate_every, call.duration("rotate_every"));
  GH_TRY(request.expected_every, call.duration("expected_every"));
  return reply(admin::create_account(call.services, call.caller, request), 201);
}

Result<Reply> list(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_accounts(call.services, call.caller, {call.text("owner"), call.flag("archived")}, page));
}

Result<Reply> show(Call& call) { return reply(admin::show_account(call.services, call.caller, call.at("account"))); }

Result<Reply> edit(Call& call) {
  admin::EditAccount request;
  request.deputy = call.maybe_text("deputy");
  request.purpose = call.maybe_text("purpose");
  request.runs_in = call.maybe_text("runs_in");
  request.tool = call.maybe_text("tool");
  request.repository = call.maybe_text("repository");
  request.job = call.maybe_text("job");
  request.link = call.maybe_text("link");
  if (call.has("declared_sites")) request.declared_sites = call.texts("declared_sites");
  if (call.has("declared_resources")) request.declared_resources = call.texts("declared_resources");
  if (call.has("declared_scopes")) request.declared_scopes = call.texts("declared_scopes");
  request.docs = call.maybe_text("docs");
  request.runbook = call.maybe_text("runbook");
  request.rotation_plan = call.maybe_text("rotation_plan");
  request.criticality = call.maybe_text("criticality");
  GH_TRY(request.rotate_every, call.duration("rotate_every"));
  GH_TRY(request.expected_every, call.duration("expected_every"));
  return reply(admin::edit_account(call.services, call.caller, call.at("account"), request));
}

Result<Reply> pause(Call& call) {
  GH_TRY(const admin::PauseRequest request, pause_of(call));
  if (call.has("resource"))
    return reply(admin::pause_resource(call.services, call.caller, PausedFor::kAccount, call.at("account"), call.text("resource"),
                                       request));
  return reply(admin::pause_account(call.services, call.caller, call.at("account"), request));
}

Result<Reply> resume(Call& call) {
  if (call.has("resource"))
    return reply(
        admin::resume_resource(call.services, call.caller, PausedFor::kAccount, call.at("account"), call.text("resource")));
  return reply(admin::resume_account(call.services, call.caller, call.at("account")));
}
Result<Reply> adopt(Call& call) { return reply(admin::adopt_account(call.services, call.caller, call.at("account"))); }
Result<Reply> transfer(Call& call) {
  return reply(admin::transfer_account(call.services, call.caller, call.at("account"), call.text("to")));
}
Result<Reply> archive(Call& call) {
  return reply(admin::archive_account(call.services, call.caller, call.at("account"), call.text("reason")));
}

std::vector<Field> register_fields(bool needed) {
  return {{"deputy", Type::kText, false, "Who is woken when the owner is away, by e-mail address."},
          {"purpose", Type::kText, needed, "What it is for, in a sentence."},
          {"runs_in", Type::kText, needed, "Where it runs, so that it can be found at night."},
          {"tool", Type::kText, false, "What runs it: GitLab CI, Jenkins, Automation for Jira."},
          {"repository", Type::kText, false, "Where its source is."},
          {"job", Type::kText, false, "Its name there."},
          {"link", Type::kText, false, "Address of the job or the rule."},
          {"declared_sites", Type::kTexts, false, "Sites that it is said to use: keys, or addresses of others."},
          {"declared_resources", Type::kTexts, false, "Projects and spaces that it is said to use, such as acme/A."},
          {"declared_scopes", Type::kTexts, false, "Scopes that it is said to need."},
          {"docs", Type::kText, false, "Address of its documentation."},
          {"runbook", Type::kText, false, "Address of what to do when it fails."},
          {"rotation_plan", Type::kText, false, "How its secret is replaced where it runs."},
          {"rotate_every", Type::kDuration, false, "How often its permanent tokens are to be rotated."},
          {"expected_every", Type::kDuration, false, "How often it is expected to call."},
          {"criticality", Type::kText, false, "How bad it is when it stops; normal by default.", criticalities()}};
}

std::vector<Field> create_fields() {
  std::vector<Field> fields{{"handle", Type::kText, true, "Its unique short name, [a-z0-9-]; never used again."},
                            {"owner", Type::kText, true, "Who answers for it, by e-mail address."},
                            {"external", Type::kBoolean, false, "Only kept in the register: it never passes the gateway."}};
  for (Field& field : register_fields(true)) fields.push_back(std::move(field));
  return fields;
}

}  // namespace

std::vector<Route> account_routes() {
  const std::vector<Field> filters{{"owner", Type::kText, false, "Whose they are, as owner or deputy."},
                                   {"archived", Type::kBoolean, false, "These as well."}};
  const std::vector<Field> to{{"to", Type::kText, true, "The new owner, by e-mail address."}};
  return {
      {"POST",
       "/api/v1/accounts",
       "createAccount",
       "account",
       "Create a service account: one for each integration.",
       Need::kOrgAdmin,
       {},
       create_fields(),
       "Account",
       201,
       create},
      {"GET",
       "/api/v1/accounts",
       "listAccounts",
       "account",
       "List the service accounts.",
       Need::kSee,
       with_paging(filters),
       {},
       "Account[]",
       200,
       list},
      {"GET",
       "/api/v1/accounts/{account}",
       "showAccount",
       "account",
       "Show one, by handle or id.",
       Need::kSee,
       {},
       {},
       "Account",
       200,
       show},
      {"PATCH",
       "/api/v1/accounts/{account}",
       "editAccount",
       "account",
       "Change its register entry; what is left out stays.",
       Need::kChangeOwn,
       {},
       register_fields(false),
       "Account",
       200,
       edit},
      {"POST",
       "/api/v1/accounts/{account}/adopt",
       "adoptAccount",
       "account",
       "Bring an account that was only in the register under Gatehouse: it may have grants and tokens then.",
       Need::kOrgAdmin,
       {},
       {},
       "Account",
       200,
       adopt},
      {"POST",
       "/api/v1/accounts/{account}/pause",
       "pauseAccount",
       "account",
       "Refuse every request of all its credentials.",
       Need::kPause,
       {},
       resource_pause_fields(),
       "Account",
       200,
       pause},
      {"POST",
       "/api/v1/accounts/{account}/resume",
       "resumeAccount",
       "account",
       "End its pause.",
       Need::kPause,
       {},
       resource_resume_fields(),
       "Account",
       200,
       resume},
      {"POST",
       "/api/v1/accounts/{account}/transfer",
       "transferAccount",
       "account",
       "Give it to another owner.",
       Need::kOrgAdmin,
       {},
       to,
       "Account",
       200,
       transfer},
      {"POST",
       "/api/v1/accounts/{account}/archive",
       "archiveAccount",
       "account",
       "End it for ever: tokens revoked, grants removed.",
       Need::kOrgAdmin,
       {},
       reason_field(),
       "Account",
       200,
       archive},
  };
}

}  // namespace gatehouse::api
