#include "admin/backing.h"
#include "admin/grants.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> add(Call& call) {
  admin::AddGrant request;
  request.account = call.text("account");
  request.resource = call.text("resource");
  request.scopes = call.texts("scopes");
  request.role = call.text("role");
  request.directory = call.flag("directory");
  request.include_restricted = call.text("restricted") == "include";
  return reply(admin::add_grant(call.services, call.caller, request), 201);
}

Result<Reply> list(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_grants(
      call.services, call.caller,
      {call.text("account"), call.text("resource"), call.text("site"), call.flag("removed"), call.text("backing")}, page));
}

Result<Reply> show(Call& call) { return reply(admin::show_grant(call.services, call.caller, call.at("grant"))); }

Result<Reply> pause(Call& call) {
  GH_TRY(const admin::PauseRequest request, pause_of(call));
  return reply(admin::pause_grant(call.services, call.caller, call.at("grant"), request));
}

Result<Reply> resume(Call& call) { return reply(admin::resume_grant(call.services, call.caller, call.at("grant"))); }
Result<Reply> back(Call& call) { return reply(admin::back_grant(call.services, call.caller, call.at("grant"))); }
Result<Reply> remove(Call& call) {
  return reply(admin::remove_grant(call.services, call.caller, call.at("grant"), call.text("reason")));
}

}  // namespace

std::vector<Route> grant_routes() {
  const std::vector<Field> fields{
      {"account", Type::kText, true, "The service account, by handle."},
      {"resource", Type::kText, true, "acme/A for a project or space, acme/* for the whole site."},
      {"scopes", Type::kTexts, true, "Atlassian's scope names, such as read:jira-work."},
      {"role", Type::kText, false, "Access role: viewer, member, administrator or the organization's own; finer than scopes."},
      {"directory", Type::kBoolean, false, "Users and groups beyond those visible in the granted resources."},
      {"restricted",
       Type::kText,
       false,
       "Issues with a security level and restricted pages; exclude by default.",
       {"exclude", "include"}}};
  const std::vector<Field> filters{{"account", Type::kText, false, "Of this service account."},
                                   {"resource", Type::kText, false, "On this resource."},
                                   {"site", Type::kText, false, "On this site."},
                                   {"removed", Type::kBoolean, false, "These as well."},
                                   {"backing", Type::kText, false, "Only these.", {"backed", "in-grace", "unbacked"}}};
  return {
      {"POST",
       "/api/v1/grants",
       "addGrant",
       "grant",
       "Let a service account use a resource.",
       Need::kGrant,
       {},
       fields,
       "Grant",
       201,
       add},
      {"GET",
       "/api/v1/grants",
       "listGrants",
       "grant",
       "List the grants.",
       Need::kSee,
       with_paging(filters),
       {},
       "Grant[]",
       200,
       list},
      {"GET", "/api/v1/grants/{grant}", "showGrant", "grant", "Show one.", Need::kSee, {}, {}, "Grant", 200, show},
      {"POST",
       "/api/v1/grants/{grant}/pause",
       "pauseGrant",
       "grant",
       "Let it count as absent.",
       Need::kEndGrant,
       {},
       pause_fields(),
       "Grant",
       200,
       pause},
      {"POST",
       "/api/v1/grants/{grant}/resume",
       "resumeGrant",
       "grant",
       "End its pause.",
       Need::kEndGrant,
       {},
       {},
       "Grant",
       200,
       resume},
      {"POST",
       "/api/v1/grants/{grant}/back",
       "backGrant",
       "grant",
       "Answer for it with one's own authority, where its giver has lost theirs.",
       Need::kGrant,
       {},
       {},
       "Grant",
       200,
       back},
      {"DELETE",
       "/api/v1/grants/{grant}",
       "removeGrant",
       "grant",
       "Remove it for ever.",
       Need::kEndGrant,
       {{"reason", Type::kText, false, "Why; stands in the audit log."}},
       {},
       "Grant",
       200,
       remove},
  };
}

}  // namespace gatehouse::api
