// Issues, read.
#include <algorithm>

#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

std::set<std::string> as_set(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }

void remember(const Call& call, const Issue& issue) {
  std::deque<ObjectId>& seen = call.site.history[call.caller];
  std::erase(seen, issue.id);
  seen.push_front(issue.id);
  if (seen.size() > 50) seen.pop_back();
}

Reply get_issue(Call& call) {
  const Issue* issue = &call.issue();
  Fault& fault = call.site.fault;
  const bool hit = fault.match.empty() || call.request.target.find(fault.match) != std::string::npos;
  if (fault.kind == "lie" && hit && fault.lie_issue != 0 && fault.remaining != 0) {
    const auto other = call.site.issues.find(fault.lie_issue);
    if (other != call.site.issues.end()) issue = &other->second;
    if (fault.remaining > 0) --fault.remaining;
  }
  IssueView view{call.list("fields"), as_set(call.list("expand")), call.list("properties")};
  if (view.fields.empty()) view.fields = {"*all"};
  json::object out = issue_json(call, *issue, view);
  if (view.expand.contains("names")) out["names"] = names_json(call, view);
  if (view.expand.contains("schema")) out["schema"] = schemas_json(call, view);
  if (call.flag("updateHistory")) remember(call, *issue);
  return ok(out);
}

Reply bulk_fetch(Call& call) {
  const json::object& body = call.object();
  IssueView view{text_list(body.if_contains("fields")), as_set(text_list(body.if_contains("expand"))),
                 text_list(body.if_contains("properties"))};
  if (view.fields.empty()) view.fields = {"*navigable"};
  json::array issues, errors;
  const std::vector<std::string> wanted = text_list(body.if_contains("issueIdsOrKeys"));
  if (wanted.empty() || wanted.size() > 100) refuse(400, "The number of issues to fetch must be between 1 and 100.");
  std::set<ObjectId> seen;
  for (const std::string& name : wanted) {
    const Issue* issue = find_issue(call.site, name);
    if (issue == nullptr || !call.sees(*issue)) {
      errors.push_back(json::object{{"id", number_of(name, 0)},
                                    {"errorMessage", "Issue does not exist or you do not have permission to see it."}});
    } else if (seen.insert(issue->id).second) {
      issues.push_back(issue_json(call, *issue, view));
    }
  }
  json::object out{{"issues", std::move(issues)}, {"issueErrors", std::move(errors)}};
  if (view.expand.contains("names")) out["names"] = names_json(call, view);
  if (view.expand.contains("schema")) out["schema"] = schemas_json(call, view);
  return ok(out);
}

Reply transitions(Call& call) { return ok({{"expand", "transitions"}, {"transitions", transitions_json(call, call.issue())}}); }
Reply edit_meta(Call& call) { return ok({{"fields", fields_meta(call, call.issue().project)}}); }

Reply changelog(Call& call) {
  json::array list;
  for (const Change& change : call.issue().changes) list.push_back(change_json(call, change));
  return ok(page(call, std::move(list), "values", 100));
}

Reply changelog_by_ids(Call& call) {
  const std::vector<std::string> ids = text_list(call.object().if_contains("changelogIds"));
  json::array list;
  for (const Change& change : call.issue().changes) {
    if (std::find(ids.begin(), ids.end(), std::to_string(change.id)) != ids.end()) list.push_back(change_json(call, change));
  }
  return ok(page(call, std::move(list), "histories", 100));
}

Reply changelog_bulk(Call& call) {
  json::array out;
  for (const std::string& name : text_list(call.object().if_contains("issueIdsOrKeys"))) {
    const Issue& issue = call.issue_of(name);
    json::array list;
    for (const Change& change : issue.changes) list.push_back(change_json(call, change));
    out.push_back(json::object{{"issueId", std::to_string(issue.id)}, {"changeHistories", std::move(list)}});
  }
  return ok({{"issueChangeLogs", std::move(out)}});
}

json::object create_types(Call& call, const Project& project, bool with_fields) {
  json::array types;
  const std::vector<std::string> wanted = call.list("issuetypeIds");
  for (const ObjectId id : project.issue_types) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), std::to_string(id)) == wanted.end()) continue;
    json::object type = issue_type_json(call, id);
    if (with_fields) type["fields"] = fields_meta(call, project.id);
    types.push_back(std::move(type));
  }
  return {{"self", call.api("project/" + std::to_string(project.id))},
          {"id", std::to_string(project.id)},
          {"key", project.key},
          {"name", project.name},
          {"issuetypes", std::move(types)}};
}

Reply create_meta(Call& call) {
  const std::vector<std::string> keys = call.list("projectKeys"), ids = call.list("projectIds");
  const std::vector<std::string> expand = call.list("expand");
  const bool fields = std::find(expand.begin(), expand.end(), "projects.issuetypes.fields") != expand.end();
  json::array projects;
  for (const auto& [id, project] : call.site.projects) {
    if (!call.sees(project)) continue;
    const bool all = keys.empty() && ids.empty();
    const bool named = std::any_of(keys.begin(), keys.end(),
                                   [&, &its = project](const std::string& key) { return find_project(call.site, key) == &its; });
    const bool numbered = std::find(ids.begin(), ids.end(), std::to_string(id)) != ids.end();
    if (all || named || numbered) projects.push_back(create_types(call, project, fields));
  }
  return ok({{"expand", "projects"}, {"projects", std::move(projects)}});
}

Reply create_meta_types(Call& call) {
  json::array types;
  for (const ObjectId id : call.project().issue_types) types.push_back(issue_type_json(call, id));
  return ok(page(call, std::move(types), "issueTypes", 50, false));
}

Reply create_meta_fields(Call& call) {
  json::array fields;
  for (auto& item : fields_meta(call, call.project().id)) fields.push_back(item.value());
  return ok(page(call, std::move(fields), "fields", 50, false));
}

/// Worse branch: the history section knows nothing of the parameters that narrow the rest.
Reply picker(Call& call) {
  const std::string query = lower(call.param("query"));
  auto show = [](const Issue& issue) {
    return json::object{{"id", issue.id},
                        {"key", issue.key},
                        {"keyHtml", issue.key},
                        {"img", "/images/icons/issuetypes/task.png"},
                        {"summary", issue.fields.at("summary")},
                        {"summaryText", issue.fields.at("summary")}};
  };
  json::array recent, found;
  for (const ObjectId id : call.site.history[call.caller]) {
    const auto issue = call.site.issues.find(id);
    if (issue != call.site.issues.end()) recent.push_back(show(issue->second));
  }
  for (const auto& [id, issue] : call.site.issues) {
    const std::string text = lower(issue.key + " " + text_at(issue.fields, "summary"));
    if (!query.empty() && text.find(query) != std::string::npos && call.sees(issue) && found.size() < 20)
      found.push_back(show(issue));
  }
  return ok({{"sections",
              {{{"label", "History Search"}, {"id", "hs"}, {"sub", "Showing recent"}, {"issues", std::move(recent)}},
               {{"label", "Current Search"}, {"id", "cs"}, {"sub", "Showing matches"}, {"issues", std::move(found)}}}}});
}

Reply limit_report(Call&) {
  return ok({{"issuesApproachingLimit", json::object()}, {"issuesBreachingLimit", json::object()}, {"limits", json::object()}});
}

}  // namespace

void add_issue_routes(Routes& routes) {
  routes.api("GET", "issue/{}", get_issue);
  routes.api("POST", "issue/bulkfetch", bulk_fetch);
  routes.api("GET", "issue/{}/transitions", transitions);
  routes.api("GET", "issue/{}/editmeta", edit_meta);
  routes.api("GET", "issue/{}/changelog", changelog);
  routes.api("POST", "issue/{}/changelog/list", changelog_by_ids);
  routes.api("POST", "changelog/bulkfetch", changelog_bulk);
  routes.api("GET", "issue/createmeta", create_meta);
  routes.api("GET", "issue/createmeta/{}/issuetypes", create_meta_types);
  routes.api("GET", "issue/createmeta/{}/issuetypes/{}", create_meta_fields);
  routes.api("GET", "issue/picker", picker);
  routes.api("GET", "issue/limit/report", limit_report);
}

}  // namespace gatehouse::sandbox
