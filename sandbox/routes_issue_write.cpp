// Issues, written.
#include "sandbox/edit.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

json::object created(const Call& call, const Issue& issue) {
  const std::string id = std::to_string(issue.id);
  return {{"id", id}, {"key", issue.key}, {"self", call.api("issue/" + id)}};
}

Reply create(Call& call) { return ok(created(call, create_issue(call, call.object())), 201); }

Reply create_bulk(Call& call) {
  json::array issues, failures;
  const json::value* updates = call.object().if_contains("issueUpdates");
  if (updates == nullptr || !updates->is_array() || updates->get_array().size() > 50)
    refuse(400, "Between 1 and 50 issues can be created at once.");
  int number = 0;
  for (const json::value& one : updates->get_array()) {
    try {
      if (!one.is_object()) refuse(400, "Not an object.");
      issues.push_back(created(call, create_issue(call, one.get_object())));
    } catch (const Refused& refused) {
      failures.push_back(json::object{{"status", refused.reply.status},
                                      {"failedElementNumber", number},
                                      {"elementErrors", parse_json(refused.reply.body, false).value_or(nullptr)}});
    }
    ++number;
  }
  const int status = issues.empty() ? 400 : 201;
  return ok({{"issues", std::move(issues)}, {"errors", std::move(failures)}}, status);
}

Reply edit(Call& call) {
  Issue& issue = call.issue();
  const json::object& body = call.object();
  if (const json::value* transition = body.if_contains("transition")) {
    do_transition(call, issue, text_at(*transition, "id"), body);
  } else {
    apply_edit(call, issue, body);
  }
  if (!call.flag("returnIssue")) return no_content();
  return ok(issue_json(call, issue, {{"*all"}, {}, {}}));
}

Reply remove(Call& call) {
  const Issue& issue = call.issue();
  const bool with_subtasks = call.flag("deleteSubtasks");
  for (const auto& [id, other] : call.site.issues) {
    const auto type = call.site.issue_types.find(id_at(other.fields, "issuetype"));
    const bool subtask = type != call.site.issue_types.end() && true_at(type->second, "subtask");
    if (subtask && id_at(other.fields, "parent") == issue.id && !with_subtasks) {
      refuse(400,
             "The issue '" + issue.key +
                 "' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks.");
    }
  }
  delete_issue(call.site, issue.id);
  return no_content();
}

Reply transition(Call& call) {
  Issue& issue = call.issue();
  const json::value* named = call.object().if_contains("transition");
  if (named == nullptr) refuse(400, "Missing 'transition' identifier");
  do_transition(call, issue, text_at(*named, "id"), call.object());
  return no_content();
}

Reply assign(Call& call) {
  Issue& issue = call.issue();
  const json::object& body = call.object();
  json::value given = body;
  if (text_at(body, "accountId") == "-1") given = json::object{{"accountId", call.site.projects.at(issue.project).lead}};
  const json::value assignee = read_field(call, call.site.projects.at(issue.project), call.site.fields.at("assignee"), given);
  change_fields(call.site, issue, {{"assignee", assignee}}, call.caller);
  return no_content();
}

Reply notify(Call& call) {
  call.issue();
  call.object();
  return no_content();
}

Reply archive(Call& call) {
  const json::value* ids = call.object().if_contains("issueIdsOrKeys");
  std::int64_t count = 0;
  if (ids != nullptr && ids->is_array()) {
    for (const json::value& one : ids->get_array()) {
      Issue& issue = call.issue_of(text_of(one));
      issue.fields["archiveddate"] = call.path_has("archive") ? json::value(jira_time()) : json::value(nullptr);
      ++count;
    }
  }
  return ok({{"numberOfIssuesUpdated", count}, {"errors", json::object()}});
}

}  // namespace

void add_issue_write_routes(Routes& routes) {
  routes.api("POST", "issue", create);
  routes.api("POST", "issue/bulk", create_bulk);
  routes.api("PUT", "issue/{}", edit);
  routes.api("DELETE", "issue/{}", remove);
  routes.api("POST", "issue/{}/transitions", transition);
  routes.api("PUT", "issue/{}/assignee", assign);
  routes.api("POST", "issue/{}/notify", notify);
  routes.api("PUT", "issue/archive", archive);
  routes.api("PUT", "issue/unarchive", archive);
}

}  // namespace gatehouse::sandbox
