// Many issues at once. The work is done before the answer; the task that is named in it is there for whoever polls.
#include <algorithm>

#include "sandbox/edit.h"
#include "sandbox/jql_eval.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

std::vector<Issue*> selected(const Call& call) {
  std::vector<Issue*> out;
  for (const std::string& name : text_list(call.object().if_contains("selectedIssueIdsOrKeys")))
    out.push_back(&call.issue_of(name));
  if (out.empty()) refuse(400, "selectedIssueIdsOrKeys must name between 1 and 1000 issues.");
  return out;
}

/// Worse branch: a task can be read by whoever knows its number, whoever submitted it.
Reply task(const Call& call, json::array processed) {
  const ObjectId id = call.site.next_id++;
  const std::string now = jira_time();
  call.site.tasks[id] = {{"taskId", std::to_string(id)},
                         {"id", std::to_string(id)},
                         {"status", "COMPLETE"},
                         {"progressPercent", 100},
                         {"progress", 100},
                         {"submittedBy", {{"accountId", call.caller}}},
                         {"created", now_ms()},
                         {"started", now_ms()},
                         {"updated", now_ms()},
                         {"totalIssueCount", processed.size()},
                         {"processedAccessibleIssues", std::move(processed)},
                         {"invalidOrInaccessibleIssueCount", 0}};
  return ok({{"taskId", std::to_string(id)}}, 201);
}

json::array ids_of(const std::vector<Issue*>& issues) {
  json::array out;
  for (const Issue* issue : issues) out.emplace_back(issue->id);
  return out;
}

Reply remove(Call& call) {
  json::array ids = ids_of(selected(call));
  for (const json::value& id : ids) delete_issue(call.site, id.as_int64());
  return task(call, std::move(ids));
}

Reply watch(Call& call) {
  const std::vector<Issue*> issues = selected(call);
  for (Issue* issue : issues) {
    if (call.path_has("watch")) {
      issue->watchers.insert(call.caller);
    } else {
      issue->watchers.erase(call.caller);
    }
  }
  return task(call, ids_of(issues));
}

/// The target's project stands in the name of a member: "PROJECT,ISSUETYPE[,PARENT]".
Reply move(Call& call) {
  const json::value* mapping = call.object().if_contains("targetToSourcesMapping");
  if (mapping == nullptr || !mapping->is_object()) refuse(400, "targetToSourcesMapping is missing.");
  json::array moved;
  for (const auto& item : mapping->get_object()) {
    const std::vector<std::string> target = split(std::string(item.key()), ',');
    Project& project = call.project_of(target.at(0));
    for (const std::string& name : text_list(member(item.value(), "issueIdsOrKeys"))) {
      Issue& issue = call.issue_of(name);
      if (issue.project != project.id) move_issue(call.site, issue, project);
      if (target.size() > 1) change_fields(call.site, issue, {{"issuetype", target[1]}}, call.caller);
      moved.emplace_back(issue.id);
    }
  }
  return task(call, std::move(moved));
}

Reply edit(Call& call) {
  const std::vector<Issue*> issues = selected(call);
  const json::value* input = call.object().if_contains("editedFieldsInput");
  if (input == nullptr || !input->is_object()) refuse(400, "editedFieldsInput is missing.");
  for (Issue* issue : issues) {
    json::object changes;
    if (const json::value* priority = member(*input, "priority")) changes["priority"] = text_at(*priority, "priorityId");
    if (const json::value* labels = member(*input, "labelsFields"); labels != nullptr && labels->is_array()) {
      for (const json::value& one : labels->get_array()) {
        json::array list;
        const json::value* names = member(one, "labels");
        if (names == nullptr || !names->is_array()) continue;
        for (const json::value& name : names->get_array())
          list.push_back(name.is_string() ? name : json::value(text_at(name, "name")));
        changes[text_at(one, "fieldId")] = std::move(list);
      }
    }
    for (const char* kind : {"singleLineTextFields", "clearableNumberFields"}) {
      const json::value* texts = member(*input, kind);
      if (texts == nullptr || !texts->is_array()) continue;
      for (const json::value& one : texts->get_array()) {
        const json::value* value = member(one, kind[0] == 's' ? "text" : "value");
        if (value != nullptr) changes[text_at(one, "fieldId")] = *value;
      }
    }
    change_fields(call.site, *issue, changes, call.caller);
  }
  return task(call, ids_of(issues));
}

Reply transition(Call& call) {
  const json::value* inputs = call.object().if_contains("bulkTransitionInputs");
  if (inputs == nullptr || !inputs->is_array()) refuse(400, "bulkTransitionInputs is missing.");
  json::array done;
  for (const json::value& one : inputs->get_array()) {
    for (const std::string& name : text_list(member(one, "selectedIssueIdsOrKeys"))) {
      Issue& issue = call.issue_of(name);
      do_transition(call, issue, text_at(one, "transitionId"), {});
      done.emplace_back(issue.id);
    }
  }
  return task(call, std::move(done));
}

Reply transitions(Call& call) {
  json::array out;
  for (const std::string& name : call.list("issueIdsOrKeys")) {
    const Issue& issue = call.issue_of(name);
    out.push_back(
        json::object{{"issues", {issue.key}}, {"isTransitionsFiltered", false}, {"transitions", transitions_json(call, issue)}});
  }
  return ok({{"availableTransitions", std::move(out)}});
}

Reply fields(Call& call) {
  for (const std::string& name : call.list("issueIdsOrKeys")) call.issue_of(name);
  json::array out;
  for (const char* id : {"priority", "labels", "summary"}) {
    const Field& field = call.site.fields.at(id);
    out.push_back(json::object{{"id", id}, {"name", field.name}, {"type", field.type}, {"isRequired", false}});
  }
  return ok({{"fields", std::move(out)}});
}

/// Without a filter this is every issue of the site, as Jira's own text says.
Reply set_property(Call& call) {
  const json::value* filter = member(call.body, "filter");
  const json::value* ids = member(filter == nullptr ? call.body : *filter, "entityIds");
  const std::vector<std::string> wanted = text_list(ids);
  json::array done;
  for (const auto& [id, issue] : call.site.issues) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), std::to_string(id)) == wanted.end()) continue;
    json::object& held = call.site.properties["issue/" + std::to_string(id)];
    if (call.request.method == "DELETE") {
      held.erase(call.arg(0));
    } else {
      const json::value* value = member(call.body, "value");
      held[call.arg(0)] = value == nullptr ? json::value(nullptr) : *value;
    }
    done.emplace_back(id);
  }
  Reply reply = task(call, std::move(done));
  reply.status = 303;
  reply.headers.emplace_back("Location", call.api("task/" + std::to_string(call.site.next_id - 1)));
  return reply;
}

/// {"entitiesIds":[…],"properties":{…}}, or {"issues":[{"issueID":…,"properties":{…}}]}.
Reply set_properties(Call& call) {
  json::array done;
  const auto put = [&](const std::string& name, const json::value* properties) {
    const Issue& issue = call.issue_of(name);
    json::object& held = call.site.properties["issue/" + std::to_string(issue.id)];
    if (properties != nullptr && properties->is_object()) {
      for (const auto& item : properties->get_object()) held[item.key()] = item.value();
    }
    done.emplace_back(issue.id);
  };
  for (const std::string& name : text_list(member(call.body, "entitiesIds"))) put(name, member(call.body, "properties"));
  if (const json::value* issues = member(call.body, "issues"); issues != nullptr && issues->is_array()) {
    for (const json::value& one : issues->get_array()) put(text_at(one, "issueID"), member(one, "properties"));
  }
  Reply reply = task(call, std::move(done));
  reply.status = 303;
  reply.headers.emplace_back("Location", call.api("task/" + std::to_string(call.site.next_id - 1)));
  return reply;
}

Reply archive_by_query(Call& call) {
  json::array done;
  for (const ObjectId id : run_jql(call, text_at(call.object(), "jql")).ids) {
    const auto issue = call.site.issues.find(id);
    if (issue == call.site.issues.end()) continue;
    issue->second.fields["archiveddate"] = jira_time();
    done.emplace_back(id);
  }
  Reply reply = task(call, std::move(done));
  reply.status = 202;
  return reply;
}

/// No document of Atlassian's describes this; its own text says that it does not check permissions.
Reply internal_worklogs(Call& call) {
  json::array out;
  for (const auto& [id, issue] : call.site.issues) {
    for (const Worklog& one : issue.worklogs) out.push_back(worklog_json(call, issue, one));
  }
  return ok({{"worklogs", std::move(out)}});
}

}  // namespace

void add_bulk_routes(Routes& routes) {
  routes.api("POST", "bulk/issues/delete", remove);
  routes.api("POST", "bulk/issues/watch", watch);
  routes.api("POST", "bulk/issues/unwatch", watch);
  routes.api("POST", "bulk/issues/move", move);
  routes.api("POST", "bulk/issues/fields", edit);
  routes.api("GET", "bulk/issues/fields", fields);
  routes.api("POST", "bulk/issues/transition", transition);
  routes.api("GET", "bulk/issues/transition", transitions);
  routes.api("PUT", "issue/properties/{}", set_property);
  routes.api("DELETE", "issue/properties/{}", set_property);
  routes.api("POST", "issue/properties", set_properties);
  routes.api("POST", "issue/properties/multi", set_properties);
  routes.api("POST", "issue/archive", archive_by_query);
  routes.raw("POST", "rest/internal/api/latest/worklog/bulk", internal_worklogs);
}

}  // namespace gatehouse::sandbox
