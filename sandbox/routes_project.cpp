// Projects.
#include <algorithm>

#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

json::object full(const Call& call, const Project& project, const std::set<std::string>& expand, bool whole) {
  json::object out = project_ref(call, project);
  out["expand"] = "description,lead,issueTypes,url,projectKeys,permissions,insight";
  out["style"] = project.style;
  out["isPrivate"] = false;
  out["properties"] = json::object();
  out["entityId"] = "00000000-0000-4000-8000-0000000" + std::to_string(project.id);
  out["uuid"] = out["entityId"];
  if (whole || expand.contains("description")) out["description"] = project.description;
  if (whole || expand.contains("lead")) out["lead"] = user_json(call, project.lead);
  if (whole || expand.contains("issueTypes")) {
    json::array types;
    for (const ObjectId id : project.issue_types) types.push_back(issue_type_json(call, id));
    out["issueTypes"] = std::move(types);
  }
  if (expand.contains("projectKeys")) {
    json::array keys{project.key};
    for (const auto& [key, id] : call.site.old_project_keys) {
      if (id == project.id) keys.emplace_back(key);
    }
    out["projectKeys"] = std::move(keys);
  }
  if (!whole) return out;
  json::array components, versions;
  for (const auto& [id, row] : call.site.components) {
    if (id_at(row, "_project") == project.id) components.push_back(component_json(call, id));
  }
  for (const auto& [id, row] : call.site.versions) {
    if (id_at(row, "projectId") == project.id) versions.push_back(version_json(call, id));
  }
  json::object roles;
  for (const auto& [id, row] : call.site.roles) {
    roles[text_at(row, "name")] = call.api("project/" + std::to_string(project.id) + "/role/" + std::to_string(id));
  }
  out["components"] = std::move(components);
  out["versions"] = std::move(versions);
  out["roles"] = std::move(roles);
  out["assigneeType"] = "UNASSIGNED";
  return out;
}

std::set<std::string> expand_of(const Call& call) {
  const std::vector<std::string> list = call.list("expand");
  return {list.begin(), list.end()};
}

Reply list(Call& call) {
  json::array out;
  for (const auto& [id, project] : call.site.projects) {
    if (call.sees(project)) out.push_back(full(call, project, expand_of(call), false));
  }
  return ok(out);
}

Reply search(Call& call) {
  json::array out;
  std::vector<std::string> ids, keys;
  // These two are repeated, never joined.
  for (const auto& [name, value] : call.query) {
    if (name == "id") ids.push_back(value);
    if (name == "keys") keys.push_back(value);
  }
  const std::string text = lower(call.param("query"));
  for (const auto& [id, project] : call.site.projects) {
    if (!call.sees(project)) continue;
    if (!ids.empty() && std::find(ids.begin(), ids.end(), std::to_string(id)) == ids.end()) continue;
    const bool keyed = std::any_of(keys.begin(), keys.end(),
                                   [&, &its = project](const std::string& key) { return find_project(call.site, key) == &its; });
    if (!keys.empty() && !keyed) continue;
    if (!text.empty() && lower(project.key + " " + project.name).find(text) == std::string::npos) continue;
    out.push_back(full(call, project, expand_of(call), false));
  }
  if (call.param("orderBy") == "-key") std::reverse(out.begin(), out.end());
  return ok(page(call, std::move(out), "values", 50));
}

Reply get(Call& call) { return ok(full(call, call.project(), expand_of(call), true)); }

Reply create(Call& call) {
  const json::object& body = call.object();
  const std::string key = upper(text_at(body, "key"));
  if (key.empty() || project_by_key(call.site, key) != nullptr)
    refuse_field("projectKey", "A project with that key already exists, or none was given.");
  Project project;
  project.id = call.site.next_id++;
  project.key = key;
  project.name = text_at(body, "name").empty() ? key : text_at(body, "name");
  project.description = text_at(body, "description");
  project.canary = Sandbox::canary(key);
  project.lead = text_at(body, "leadAccountId").empty() ? call.caller : text_at(body, "leadAccountId");
  project.issue_types = {10000, 10001, 10002, 10003, 10004};
  for (const auto& [id, row] : call.site.roles) project.role_members[id] = {};
  project.role_members[10002] = {project.lead, call.caller};
  const ObjectId id = project.id;
  call.site.projects[id] = std::move(project);
  return ok({{"self", call.api("project/" + std::to_string(id))}, {"id", id}, {"key", key}}, 201);
}

void rename(Site& site, Project& project, const std::string& key) {
  for (auto& [id, issue] : site.issues) {
    if (issue.project != project.id) continue;
    site.issue_by_old_key[issue.key] = id;
    site.issue_by_key.erase(issue.key);
    issue.key = key + issue.key.substr(issue.key.rfind('-'));
    site.issue_by_key[issue.key] = id;
  }
  site.old_project_keys[project.key] = project.id;
  project.key = key;
}

Reply update(Call& call) {
  Project& project = call.project();
  const json::object& body = call.object();
  if (const std::string key = upper(text_at(body, "key")); !key.empty() && key != project.key) {
    if (project_by_key(call.site, key) != nullptr) refuse_field("projectKey", "Project '" + key + "' uses this project key.");
    rename(call.site, project, key);
  }
  if (!text_at(body, "name").empty()) project.name = text_at(body, "name");
  if (body.contains("description")) project.description = text_at(body, "description");
  if (!text_at(body, "leadAccountId").empty()) project.lead = text_at(body, "leadAccountId");
  return ok(full(call, project, {}, true));
}

Reply remove(Call& call) {
  const ObjectId project = call.project().id;
  std::vector<ObjectId> gone;
  for (const auto& [id, issue] : call.site.issues) {
    if (issue.project == project) gone.push_back(id);
  }
  for (const ObjectId id : gone) delete_issue(call.site, id);
  std::erase_if(call.site.ghosts, [project](const Issue& ghost) { return ghost.project == project; });
  for (auto& [id, issue] : call.site.issues) {
    if (issue.stale_project == project) issue.stale_left = 0;
  }
  std::erase_if(call.site.versions, [&](const auto& row) { return id_at(row.second, "projectId") == project; });
  std::erase_if(call.site.components, [&](const auto& row) { return id_at(row.second, "_project") == project; });
  std::erase_if(call.site.old_project_keys, [&](const auto& row) { return row.second == project; });
  call.site.projects.erase(project);
  return no_content();
}

Reply statuses(Call& call) {
  json::array out;
  const Project& project = call.project();
  const ObjectId first = project.style == "next-gen" ? 10100 : 10000;
  for (const ObjectId type : project.issue_types) {
    json::array list;
    for (ObjectId id = first; id < first + 3; ++id) list.push_back(status_json(call, id));
    const json::object row = issue_type_json(call, type);
    out.push_back(json::object{{"self", row.at("self")},
                               {"id", row.at("id")},
                               {"name", row.at("name")},
                               {"subtask", row.at("subtask")},
                               {"statuses", std::move(list)}});
  }
  return ok(out);
}

Reply hierarchy(Call& call) {
  const Project& project = call.project();
  json::array levels;
  for (const int level : {1, 0, -1}) {
    json::array types;
    for (const ObjectId id : project.issue_types) {
      if (id_at(call.site.issue_types.at(id), "hierarchyLevel") == level)
        types.push_back(json::object{{"id", id}, {"name", call.site.issue_types.at(id).at("name")}});
    }
    levels.push_back(json::object{{"level", level},
                                  {"name", level == 1   ? "Epic"
                                           : level == 0 ? "Base"
                                                        : "Subtask"},
                                  {"issueTypes", std::move(types)}});
  }
  return ok({{"projectId", project.id}, {"hierarchy", std::move(levels)}});
}

Reply recent(Call& call) {
  json::array out;
  std::set<ObjectId> seen;
  for (const ObjectId id : call.site.history[call.caller]) {
    const auto issue = call.site.issues.find(id);
    if (issue == call.site.issues.end() || !seen.insert(issue->second.project).second) continue;
    out.push_back(full(call, call.site.projects.at(issue->second.project), expand_of(call), false));
  }
  return ok(out);
}

Reply features(Call& call) {
  json::array out;
  for (const auto& item : call.project().features) {
    if (item.key().find('.') == json::string_view::npos) continue;  // ours: archived, classification, email
    out.push_back(json::object{{"projectId", call.project().id},
                               {"feature", item.key()},
                               {"state", item.value()},
                               {"toggleLocked", false},
                               {"prerequisites", json::array()}});
  }
  return ok({{"features", std::move(out)}});
}

Reply feature_put(Call& call) {
  call.project().features[call.arg(1)] = text_at(call.object(), "state");
  return features(call);
}

Reply email(Call& call) {
  if (const json::value* set = call.project().features.if_contains("email")) {
    return ok({{"emailAddress", *set}, {"emailAddressStatus", json::array()}});
  }
  return ok({{"emailAddress", "jira-" + call.project().canary + "@example.com"}, {"emailAddressStatus", json::array()}});
}

Reply email_put(Call& call) {
  call.project().features["email"] = text_at(call.object(), "emailAddress");
  return no_content();
}

Reply security_levels(Call& call) {
  json::array out;
  for (const ObjectId id : call.project().levels) out.push_back(row_json(call, call.site.levels, id, "securitylevel"));
  return ok({{"levels", std::move(out)}});
}

Reply security_level(Call& call) {
  json::object out = row_json(call, call.site.levels, call.id(0), "securitylevel");
  if (out.empty()) refuse(404, "The security level was not found.");
  return ok(out);
}

Reply permission_scheme(Call& call) {
  const Project& project = call.project();
  return ok({{"id", 10000 + project.id % 1000},
             {"self", call.api("permissionscheme/10000")},
             {"name", "Scheme of " + project.canary},
             {"description", project.canary}});
}

Reply types_of_project(Call& call) {
  json::array out;
  for (const ObjectId id : call.project_of(call.param("projectId")).issue_types) out.push_back(issue_type_json(call, id));
  return ok(out);
}

/// GET issuetypescheme/project?projectId= and its kin: which scheme a project has.
Reply scheme_of_projects(Call& call) {
  json::array out;
  for (const std::string& id : call.list("projectId")) {
    const Project& project = call.project_of(id);
    out.push_back(json::object{{"projectIds", {std::to_string(project.id)}},
                               {"issueTypeScheme", {{"id", "10000"}, {"name", "Scheme of " + project.canary}}}});
  }
  return ok(page(call, std::move(out), "values", 50));
}

Reply avatars(Call& call) {
  call.project();
  return ok({{"system", json::array()}, {"custom", json::array()}});
}

/// GET, PUT and DELETE of the level that new work items get.
Reply classification(Call& call) {
  json::object& features = call.project().features;
  if (call.request.method == "PUT") {
    const std::string level = text_at(call.object(), "id");
    if (level != "1" && level != "2") refuse(400, "The classification level does not exist.");
    features["classification"] = level;
  }
  if (call.request.method == "DELETE") features.erase("classification");
  if (call.request.method != "GET") return no_content();
  const json::value* held = features.if_contains("classification");
  return ok(held == nullptr ? json::object() : json::object{{"classification", {{"id", *held}, {"status", "PUBLISHED"}}}});
}

/// statuses/{}/project/{}/issueTypeUsages and workflow/{}/project/{}/issueTypeUsages.
Reply type_usages(Call& call) {
  json::array out;
  for (const ObjectId id : call.project(1).issue_types) out.push_back(json::object{{"id", std::to_string(id)}});
  return ok({{"projectId", std::to_string(call.project(1).id)},
             {"issueTypes", {{"nextPageToken", nullptr}, {"values", std::move(out)}}}});
}

Reply archive(Call& call) {
  call.project().features["archived"] = call.path_has("archive") ? "ENABLED" : "DISABLED";
  return call.path_has("archive") ? no_content() : ok(full(call, call.project(), {}, true));
}

}  // namespace

void add_project_routes(Routes& routes) {
  routes.api("GET", "project", list);
  routes.api("POST", "project", create);
  routes.api("GET", "project/search", search);
  routes.api("GET", "project/recent", recent);
  routes.api("GET", "project/{}", get);
  routes.api("PUT", "project/{}", update);
  routes.api("DELETE", "project/{}", remove);
  routes.api("POST", "project/{}/archive", archive);
  routes.api("POST", "project/{}/restore", archive);
  routes.api("GET", "project/{}/statuses", statuses);
  routes.api("GET", "project/{}/hierarchy", hierarchy);
  routes.api("GET", "project/{}/features", features);
  routes.api("PUT", "project/{}/features/{}", feature_put);
  routes.api("GET", "project/{}/email", email);
  routes.api("PUT", "project/{}/email", email_put);
  routes.api("GET", "project/{}/securitylevel", security_levels);
  routes.api("GET", "securitylevel/{}", security_level);
  for (const char* scheme : {"permissionscheme", "notificationscheme", "issuesecuritylevelscheme"}) {
    routes.api("GET", (std::string("project/{}/") + scheme).c_str(), permission_scheme);
  }
  routes.api("GET", "project/{}/avatars", avatars);
  for (const char* method : {"GET", "PUT", "DELETE"})
    routes.api(method, "project/{}/classification-level/default", classification);
  routes.api("GET", "statuses/{}/project/{}/issueTypeUsages", type_usages);
  routes.api("GET", "workflow/{}/project/{}/issueTypeUsages", type_usages);
  routes.api("GET", "issuetype/project", types_of_project);
  for (const char* scheme :
       {"issuetypescheme", "issuetypescreenscheme", "workflowscheme", "notificationscheme", "issuesecurityschemes"}) {
    routes.api("GET", (std::string(scheme) + "/project").c_str(), scheme_of_projects);
  }
}

}  // namespace gatehouse::sandbox
