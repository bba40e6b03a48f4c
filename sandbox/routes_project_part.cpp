// Versions, components and role members.
#include <algorithm>

#include "sandbox/edit.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

json::object& version_of(const Call& call, std::size_t i = 0) {
  const auto found = call.site.versions.find(call.id(i));
  if (found == call.site.versions.end()) refuse(404, "Could not find version for id '" + call.arg(i) + "'");
  return found->second;
}

json::object& component_of(const Call& call) {
  const auto found = call.site.components.find(call.id(0));
  if (found == call.site.components.end()) refuse(404, "The component with id " + call.arg(0) + " does not exist.");
  return found->second;
}

json::array of_project(const Call& call, bool versions) {
  const ObjectId project = call.project().id;
  json::array out;
  const std::string text = lower(call.param("query"));
  const Table& table = versions ? call.site.versions : call.site.components;
  for (const auto& [id, row] : table) {
    if (id_at(row, versions ? "projectId" : "_project") != project) continue;
    if (!text.empty() && lower(text_at(row, "name")).find(text) == std::string::npos) continue;
    out.push_back(versions ? version_json(call, id) : component_json(call, id));
  }
  return out;
}

Reply versions(Call& call) { return ok(of_project(call, true)); }
Reply versions_page(Call& call) { return ok(page(call, of_project(call, true), "values", 50)); }
Reply components(Call& call) { return ok(of_project(call, false)); }
Reply components_page(Call& call) { return ok(page(call, of_project(call, false), "values", 50)); }

const Project& project_in(const Call& call, const json::object& body) {
  std::string name = text_at(body, "projectId");
  if (name.empty()) name = text_at(body, "project");
  const Project* project = find_project(call.site, name);
  if (project == nullptr || !call.sees(*project))
    refuse_field("project", "No project could be found with identifier '" + name + "'.");
  return *project;
}

/// Texts, and truth values where that is what the row holds: Jira takes nothing else in their place.
void copy_known(json::object& row, const json::object& body, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const json::value* value = body.if_contains(name);
    if (!value || value->is_null()) continue;
    const json::value* known = row.if_contains(name);
    const bool fits = known && known->is_bool() ? value->is_bool() : value->is_string();
    if (!fits) refuse_field(name, "Can not deserialize the value of this field.");
    row[name] = *value;
  }
}

Reply version_add(Call& call) {
  const json::object& body = call.object();
  const Project& project = project_in(call, body);
  if (text_at(body, "name").empty()) refuse_field("name", "You must specify a valid version name");
  const ObjectId id = call.site.next_id++;
  json::object row{{"id", std::to_string(id)}, {"archived", false}, {"released", false}, {"projectId", project.id}};
  copy_known(row, body, {"name", "description", "archived", "released", "startDate", "releaseDate"});
  call.site.versions[id] = std::move(row);
  return ok(version_json(call, id), 201);
}

Reply version_get(Call& call) {
  version_of(call);
  return ok(version_json(call, call.id(0)));
}

Reply version_put(Call& call) {
  copy_known(version_of(call), call.object(), {"name", "description", "archived", "released", "startDate", "releaseDate"});
  if (const ObjectId other = id_at(call.object(), "projectId"); other != 0 && call.site.leniency.bind_by_name) {
    version_of(call)["projectId"] = call.project_of(std::to_string(other)).id;
  }
  return version_get(call);
}

/// Takes a version or component from every issue that has it; another may take its place.
void replace_everywhere(Site& site, ObjectId gone, const std::string& instead) {
  const json::value old(std::to_string(gone));
  for (auto& [id, issue] : site.issues) {
    for (const char* field : {"fixVersions", "versions", "components"}) {
      json::value* stored = issue.fields.if_contains(field);
      if (stored == nullptr || !stored->is_array()) continue;
      json::array& list = stored->get_array();
      const auto at = std::find(list.begin(), list.end(), old);
      if (at == list.end()) continue;
      list.erase(at);
      if (!instead.empty()) list.emplace_back(instead);
    }
  }
}

Reply version_delete(Call& call) {
  version_of(call);
  std::string instead = call.param("moveFixIssuesTo");
  if (call.path_has("removeAndSwap")) instead = text_at(call.object(), "moveFixIssuesTo");
  replace_everywhere(call.site, call.id(0), instead);
  call.site.versions.erase(call.id(0));
  return no_content();
}

Reply version_merge(Call& call) {
  version_of(call);
  version_of(call, 1);
  replace_everywhere(call.site, call.id(0), call.arg(1));
  call.site.versions.erase(call.id(0));
  return no_content();
}

Reply version_counts(Call& call) {
  version_of(call);
  const json::value wanted(call.arg(0));
  std::int64_t fixed = 0, affected = 0, open = 0;
  for (const auto& [id, issue] : call.site.issues) {
    auto has = [&wanted, &its = issue](const char* field) {
      const json::value* stored = its.fields.if_contains(field);
      return stored != nullptr && stored->is_array() &&
             std::find(stored->get_array().begin(), stored->get_array().end(), wanted) != stored->get_array().end();
    };
    if (has("fixVersions")) ++fixed;
    if (has("versions")) ++affected;
    if (has("fixVersions") && text_at(issue.fields, "resolution").empty()) ++open;
  }
  const std::string self = call.api("version/" + call.arg(0));
  if (call.path_has("unresolvedIssueCount")) return ok({{"self", self}, {"issuesUnresolvedCount", open}, {"issuesCount", fixed}});
  return ok({{"self", self},
             {"issuesFixedCount", fixed},
             {"issuesAffectedCount", affected},
             {"issueCountWithCustomFieldsShowingVersion", 0},
             {"customFieldUsage", json::array()}});
}

Reply version_move(Call& call) { return version_get(call); }

Reply component_add(Call& call) {
  const json::object& body = call.object();
  const Project& project = project_in(call, body);
  if (text_at(body, "name").empty()) refuse_field("name", "The component name specified is invalid - cannot be an empty string.");
  const ObjectId id = call.site.next_id++;
  json::object row{{"id", std::to_string(id)},
                   {"assigneeType", "PROJECT_DEFAULT"},
                   {"_project", project.id},
                   {"_lead", text_at(body, "leadAccountId")}};
  copy_known(row, body, {"name", "description", "assigneeType"});
  call.site.components[id] = std::move(row);
  return ok(component_json(call, id), 201);
}

Reply component_get(Call& call) {
  component_of(call);
  return ok(component_json(call, call.id(0)));
}

Reply component_list(Call& call) {
  json::array out;
  for (const std::string& name : call.list("projectIdsOrKeys")) {
    const ObjectId project = call.project_of(name).id;
    for (const auto& [id, row] : call.site.components) {
      if (id_at(row, "_project") == project) out.push_back(component_json(call, id));
    }
  }
  return ok(page(call, std::move(out), "values", 50));
}

Reply component_put(Call& call) {
  json::object& row = component_of(call);
  copy_known(row, call.object(), {"name", "description", "assigneeType"});
  if (call.object().contains("leadAccountId")) row["_lead"] = text_at(call.object(), "leadAccountId");
  return component_get(call);
}

Reply component_delete(Call& call) {
  component_of(call);
  replace_everywhere(call.site, call.id(0), call.param("moveIssuesTo"));
  call.site.components.erase(call.id(0));
  return no_content();
}

Reply component_counts(Call& call) {
  component_of(call);
  std::int64_t count = 0;
  const json::value wanted(call.arg(0));
  for (const auto& [id, issue] : call.site.issues) {
    const json::value* stored = issue.fields.if_contains("components");
    if (stored == nullptr || !stored->is_array()) continue;
    const json::array& list = stored->get_array();
    if (std::find(list.begin(), list.end(), wanted) != list.end()) ++count;
  }
  return ok({{"self", call.api("component/" + call.arg(0))}, {"issueCount", count}});
}

Reply roles(Call& call) {
  json::object out;
  for (const auto& [id, row] : call.site.roles) {
    out[text_at(row, "name")] = call.api("project/" + std::to_string(call.project().id) + "/role/" + std::to_string(id));
  }
  return ok(out);
}

Reply role_details(Call& call) {
  call.project();
  json::array out;
  for (const auto& [id, row] : call.site.roles)
    out.push_back(row_json(call, call.site.roles, id, "project/" + call.arg(0) + "/role"));
  return ok(out);
}

Reply role(Call& call) {
  const Project& project = call.project();
  if (!call.site.roles.contains(call.id(1))) refuse(404, "Can not retrieve a role actor for a role that does not exist.");
  json::object out = row_json(call, call.site.roles, call.id(1), "project/" + std::to_string(project.id) + "/role");
  json::array actors;
  const auto members = project.role_members.find(call.id(1));
  if (members != project.role_members.end()) {
    int number = 0;
    for (const std::string& id : members->second) {
      const auto user = call.site.users.find(id);
      if (user == call.site.users.end()) continue;
      actors.push_back(json::object{{"id", 10240 + ++number},
                                    {"displayName", user->second.name},
                                    {"type", "atlassian-user-role-actor"},
                                    {"actorUser", {{"accountId", id}}}});
    }
  }
  out["actors"] = std::move(actors);
  return ok(out);
}

std::vector<std::string> actors_in(const Call& call) {
  std::vector<std::string> ids = text_list(call.object().if_contains("user"));
  if (const json::value* actors = call.object().if_contains("categorisedActors")) {
    for (std::string& id : text_list(member(*actors, "atlassian-user-role-actor"))) ids.push_back(std::move(id));
  }
  return ids;
}

Reply role_write(Call& call) {
  std::set<std::string>& members = call.project().role_members[call.id(1)];
  if (call.request.method == "DELETE") {
    members.erase(call.param("user"));
    return no_content();
  }
  if (call.request.method == "PUT") members.clear();
  for (const std::string& id : actors_in(call)) members.insert(id);
  return role(call);
}

}  // namespace

void add_project_part_routes(Routes& routes) {
  routes.api("GET", "project/{}/versions", versions);
  routes.api("GET", "project/{}/version", versions_page);
  routes.api("GET", "project/{}/components", components);
  routes.api("GET", "project/{}/component", components_page);
  routes.api("POST", "version", version_add);
  routes.api("GET", "version/{}", version_get);
  routes.api("PUT", "version/{}", version_put);
  routes.api("DELETE", "version/{}", version_delete);
  routes.api("POST", "version/{}/removeAndSwap", version_delete);
  routes.api("PUT", "version/{}/mergeto/{}", version_merge);
  routes.api("POST", "version/{}/move", version_move);
  routes.api("GET", "version/{}/relatedIssueCounts", version_counts);
  routes.api("GET", "version/{}/unresolvedIssueCount", version_counts);
  routes.api("GET", "component", component_list);
  routes.api("POST", "component", component_add);
  routes.api("GET", "component/{}", component_get);
  routes.api("PUT", "component/{}", component_put);
  routes.api("DELETE", "component/{}", component_delete);
  routes.api("GET", "component/{}/relatedIssueCounts", component_counts);
  routes.api("GET", "project/{}/role", roles);
  routes.api("GET", "project/{}/roledetails", role_details);
  routes.api("GET", "project/{}/role/{}", role);
  for (const char* method : {"POST", "PUT", "DELETE"}) routes.api(method, "project/{}/role/{}", role_write);
}

}  // namespace gatehouse::sandbox
