#include "admin/atlassian.h"
#include "admin/find.h"
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

Result<Reply> edit(Call& call) {
  admin::EditUser request;
  request.name = call.maybe_text("name");
  request.role = call.maybe_text("role");
  if (call.has("resources")) request.resources = call.texts("resources");
  request.for_cause = call.flag("for_cause");
  return reply(admin::edit_user(call.services, call.caller, call.at("user"), request));
}

Result<Reply> suspend(Call& call) {
  GH_TRY(const admin::PauseRequest request, pause_of(call));
  return reply(admin::suspend_user(call.services, call.caller, call.at("user"), request, call.flag("for_cause")));
}

Result<Reply> restore(Call& call) { return reply(admin::restore_user(call.services, call.caller, call.at("user"))); }

Result<Reply> show_atlassian(Call& call) { return reply(admin::show_atlassian(call.services, call.at("user"))); }

Result<UserId> id_of(const Call& call) {
  GH_TRY(const store::Reader reader, call.services.database.read());
  GH_TRY(const auto person, admin::find_user(*reader.operator->(), call.at("user")));
  return person.value.id;
}

Result<Reply> disconnect_atlassian(Call& call) {
  admin::Atlassian* const atlassian = call.services.atlassian.load();
  if (!atlassian) return fail(Errc::kNotFound, "No 3LO app of Atlassian is configured here.");
  GH_TRY(const UserId user, id_of(call));
  GH_TRYV(atlassian->disconnect(call.caller, user));
  return Reply{204, {}};
}

Result<Reply> my_atlassian(Call& call) { return reply(admin::show_atlassian(call.services, call.caller.actor_id)); }

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
  const Field for_cause{"for_cause", Type::kBoolean, false,
                        "Grants that lose their backing by it end at once, instead of going on for the policy's grace."};
  std::vector<Field> suspending = pause_fields();
  suspending.push_back(for_cause);
  const std::vector<Field> editing{{"name", Type::kText, false, "As people call them."},
                                   {"role", Type::kText, false, "What they may do.", roles},
                                   {"resources", Type::kTexts, false, "All that a project-admin administers from now on."},
                                   for_cause};
  return {
      {"POST", "/api/v1/users", "addUser", "user", "Add a person.", Need::kGiveAuthority, {}, fields, "User", 201, add},
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
      {"PATCH",
       "/api/v1/users/{user}",
       "editUser",
       "user",
       "Give another name, role or resources; what is left out stays.",
       Need::kGiveAuthority,
       {},
       editing,
       "User",
       200,
       edit},
      {"POST",
       "/api/v1/users/{user}/suspend",
       "suspendUser",
       "user",
       "End at once all that authenticates as this person.",
       Need::kOrgAdmin,
       {},
       suspending,
       "User",
       200,
       suspend},
      {"POST",
       "/api/v1/users/{user}/restore",
       "restoreUser",
       "user",
       "End the suspension.",
       Need::kGiveAuthority,
       {},
       {},
       "User",
       200,
       restore},
      {"GET",
       "/api/v1/users/{user}/atlassian",
       "showAtlassian",
       "user",
       "A person's own sign-in at Atlassian, and what they administer by it.",
       Need::kAuditor,
       {},
       {},
       "AtlassianConnection",
       200,
       show_atlassian},
      {"DELETE",
       "/api/v1/users/{user}/atlassian",
       "disconnectAtlassian",
       "user",
       "Forget a person's sign-in at Atlassian: what rests on it is in grace.",
       Need::kGiveAuthority,
       {},
       {},
       "",
       204,
       disconnect_atlassian},
  };
}

std::vector<Route> self_routes() {
  return {{"GET", "/api/v1/me", "showMe", "user", "Whose key this is.", Need::kAnyKey, {}, {}, "User", 200, me},
          {"GET",
           "/api/v1/me/atlassian",
           "showMyAtlassian",
           "user",
           "One's own sign-in at Atlassian, and what one administers by it.",
           Need::kAnyKey,
           {},
           {},
           "AtlassianConnection",
           200,
           my_atlassian}};
}

}  // namespace gatehouse::api
