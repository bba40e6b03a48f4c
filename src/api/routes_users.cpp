#include "admin/users.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> add(Call& call) {
  admin::AddUser request;
  request.email = call.text("email");
  request.name = call.text("name");
  request.role = call.text("role");
  request.resources = call.texts("resources");
  return reply(admin::add_user(call.services, call.caller, request), 201);
}

Result<Reply> list(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_users(call.services, call.maybe_text("role"), page));
}

Result<Reply> show(Call& call) { return reply(admin::show_user(call.services, call.at("user"))); }

Result<Reply> suspend(Call& call) {
  GH_TRY(const admin::PauseRequest request, pause_of(call));
  return reply(admin::suspend_user(call.services, call.caller, call.at("user"), request));
}

Result<Reply> restore(Call& call) { return reply(admin::restore_user(call.services, call.caller, call.at("user"))); }

Result<Reply> me(Call& call) {
  GH_TRY(admin::Document document, admin::show_user(call.services, call.caller.actor_id));
  return reply(std::move(document));
}

}  // namespace

std::vector<Route> user_routes() {
  const std::vector<std::string_view> roles{"org-admin", "auditor", "project-admin", "member"};
  const std::vector<Field> fields{
      {"email", Type::kText, true, "Where that person is told and woken."},
      {"name", Type::kText, true, "As people call them."},
      {"role", Type::kText, true, "What they may do.", roles},
      {"resources", Type::kTexts, false, "Of a project-admin: what they administer, such as acme/A."}};
  return {
      {"POST", "/api/v1/users", "addUser", "user", "Add a person.", Need::kOrgAdmin, {}, fields, "User", 201, add},
      {"GET",
       "/api/v1/users",
       "listUsers",
       "user",
       "List the people.",
       Need::kAuditor,
       with_paging({{"role", Type::kText, false, "Only these.", roles}}),
       {},
       "User[]",
       200,
       list},
      {"GET",
       "/api/v1/users/{user}",
       "showUser",
       "user",
       "Show a person, by e-mail address or id.",
       Need::kAuditor,
       {},
       {},
       "User",
       200,
       show},
      {"POST",
       "/api/v1/users/{user}/suspend",
       "suspendUser",
       "user",
       "End at once all that authenticates as this person.",
       Need::kOrgAdmin,
       {},
       pause_fields(),
       "User",
       200,
       suspend},
      {"POST",
       "/api/v1/users/{user}/restore",
       "restoreUser",
       "user",
       "End the suspension.",
       Need::kOrgAdmin,
       {},
       {},
       "User",
       200,
       restore},
  };
}

std::vector<Route> self_routes() {
  return {{"GET", "/api/v1/me", "showMe", "user", "Whose key this is.", Need::kAnyKey, {}, {}, "User", 200, me}};
}

}  // namespace gatehouse::api
