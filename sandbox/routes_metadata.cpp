// What belongs to no project, and who is asking: server, fields, statuses, types, permissions, labels, tasks.
#include <algorithm>

#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

constexpr const char* kCloudId = "11223344-a1b2-4c3d-8e9f-0123456789ab";

Reply server_info(Call& call) {
  return ok({{"baseUrl", call.site.base},
             {"displayUrl", call.site.base},
             {"version", "1001.0.0-SNAPSHOT"},
             {"versionNumbers", {1001, 0, 0}},
             {"deploymentType", "Cloud"},
             {"buildNumber", 100287},
             {"buildDate", "2026-10-01T00:00:00.000+0000"},
             {"serverTime", jira_time()},
             {"scmInfo", "0000000000000000000000000000000000000000"},
             {"serverTitle", "Gatehouse sandbox"},
             {"defaultLocale", {{"locale", "en_US"}}}});
}

Reply tenant_info(Call&) { return ok({{"cloudId", kCloudId}}); }

Reply fields(Call& call) {
  json::array out;
  for (const auto& [id, field] : call.site.fields) out.push_back(field_json(field));
  return ok(out);
}

Reply fields_search(Call& call) {
  json::array out;
  const std::string text = lower(call.param("query"));
  const std::vector<std::string> types = call.list("type"), ids = call.list("id");
  for (const auto& [id, field] : call.site.fields) {
    const std::string kind = field.custom.empty() ? "system" : "custom";
    if (!types.empty() && std::find(types.begin(), types.end(), kind) == types.end()) continue;
    if (!ids.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) continue;
    if (!text.empty() && lower(field.name).find(text) == std::string::npos) continue;
    out.push_back(
        json::object{{"id", id}, {"name", field.name}, {"description", ""}, {"schema", schema_json(field)}, {"isLocked", false}});
  }
  return ok(page(call, std::move(out), "values", 50));
}

/// Options of a field, for whoever names a project or not: the parameter narrows nothing here.
Reply option_suggestions(Call& call) {
  if (const auto project = call.given("projectId")) call.project_of(*project);
  json::array out;
  for (const auto& [id, row] : call.site.options_of_fields) {
    if (text_at(row, "_field") == call.arg(0)) out.push_back(json::object{{"id", id}, {"value", row.at("value")}});
  }
  return ok(page(call, std::move(out), "values", 50));
}

using Render = json::object (*)(const Call&, ObjectId);

Reply list_of(const Call& call, const Table& table, Render render) {
  json::array out;
  for (const auto& [id, row] : table) out.push_back(render(call, id));
  return ok(out);
}

Reply one_of(const Call& call, const Table& table, Render render, const std::string& name) {
  for (const auto& [id, row] : table) {
    if (std::to_string(id) == name || same_text(text_at(row, "name"), name)) return ok(render(call, id));
  }
  refuse(404, "No object with id '" + name + "' was found.");
}

json::object resolution_json(const Call& call, ObjectId id) { return row_json(call, call.site.resolutions, id, "resolution"); }
json::object link_type_json(const Call& call, ObjectId id) { return row_json(call, call.site.link_types, id, "issueLinkType"); }
json::object role_json(const Call& call, ObjectId id) { return row_json(call, call.site.roles, id, "role"); }
json::object category_json(const Call& call, ObjectId id) { return row_json(call, call.site.categories, id, "projectCategory"); }
json::object option_json(const Call& call, ObjectId id) {
  return row_json(call, call.site.options_of_fields, id, "customFieldOption");
}

Reply statuses(Call& call) { return list_of(call, call.site.statuses, status_json); }
Reply status(Call& call) { return one_of(call, call.site.statuses, status_json, call.arg(0)); }
Reply types(Call& call) { return list_of(call, call.site.issue_types, issue_type_json); }
Reply type(Call& call) { return one_of(call, call.site.issue_types, issue_type_json, call.arg(0)); }
Reply priorities(Call& call) { return list_of(call, call.site.priorities, priority_json); }
Reply priority(Call& call) { return one_of(call, call.site.priorities, priority_json, call.arg(0)); }
Reply resolutions(Call& call) { return list_of(call, call.site.resolutions, resolution_json); }
Reply resolution(Call& call) { return one_of(call, call.site.resolutions, resolution_json, call.arg(0)); }
Reply link_types(Call& call) {
  json::array out;
  for (const auto& [id, row] : call.site.link_types) out.push_back(link_type_json(call, id));
  return ok({{"issueLinkTypes", std::move(out)}});
}
Reply link_type(Call& call) { return one_of(call, call.site.link_types, link_type_json, call.arg(0)); }
Reply roles(Call& call) { return list_of(call, call.site.roles, role_json); }
Reply categories(Call& call) { return list_of(call, call.site.categories, category_json); }
Reply category(Call& call) { return one_of(call, call.site.categories, category_json, call.arg(0)); }
Reply option(Call& call) { return one_of(call, call.site.options_of_fields, option_json, call.arg(0)); }

Reply priorities_page(Call& call) {
  json::array out;
  for (const auto& [id, row] : call.site.priorities) out.push_back(priority_json(call, id));
  return ok(page(call, std::move(out), "values", 50));
}

Reply resolutions_page(Call& call) {
  json::array out;
  for (const auto& [id, row] : call.site.resolutions) out.push_back(resolution_json(call, id));
  return ok(page(call, std::move(out), "values", 50));
}

json::object wide_status(const Call& call, ObjectId id) {
  json::object out = row_json(call, call.site.statuses, id, "");
  const std::int64_t kind = id_at(call.site.statuses.at(id), "_category");
  out["statusCategory"] = kind == 3 ? "DONE" : kind == 4 ? "IN_PROGRESS" : "TODO";
  if (!out.contains("scope")) out["scope"] = {{"type", "GLOBAL"}};
  return out;
}

/// GET statuses?id=, statuses/search?projectId= and statuses/byNames?name=: the first without page form.
Reply statuses_some(Call& call) {
  json::array out;
  const std::vector<std::string> ids = call.list("id"), names = call.list("name");
  for (const auto& [id, row] : call.site.statuses) {
    const bool by_id = std::find(ids.begin(), ids.end(), std::to_string(id)) != ids.end();
    const bool by_name = std::any_of(names.begin(), names.end(),
                                     [&its = row](const std::string& name) { return same_text(name, text_at(its, "name")); });
    if (call.path_has("search") || by_id || by_name) out.push_back(wide_status(call, id));
  }
  return call.path_has("search") ? ok(page(call, std::move(out), "values", 200)) : ok(out);
}

json::array category_rows(const Call& call) {
  json::array out;
  for (const ObjectId id : {10000, 10001, 10002}) out.push_back(status_json(call, id)["statusCategory"]);
  return out;
}

Reply status_categories(Call& call) { return ok(category_rows(call)); }

Reply status_category(Call& call) {
  for (const json::value& row : category_rows(call)) {
    if (text_at(row, "id") == call.arg(0) || same_text(text_at(row, "key"), call.arg(0))) return ok(row);
  }
  refuse(404, "The status category was not found.");
}

Reply myself(Call& call) {
  json::value out = user_json(call, call.caller);
  const User& user = call.site.users.at(call.caller);
  json::array groups;
  for (const std::string& name : user.groups)
    groups.push_back(json::object{{"name", name}, {"groupId", "g-" + name}, {"self", call.api("group?groupId=g-" + name)}});
  out.get_object()["groups"] = {{"size", groups.size()}, {"items", groups}};
  out.get_object()["applicationRoles"] = {{"size", 1}, {"items", json::array()}};
  out.get_object()["expand"] = "groups,applicationRoles";
  return ok(out);
}

constexpr const char* kPermissions[] = {"BROWSE_PROJECTS",     "CREATE_ISSUES",  "EDIT_ISSUES",        "DELETE_ISSUES",
                                        "ADD_COMMENTS",        "LINK_ISSUES",    "TRANSITION_ISSUES",  "ASSIGN_ISSUES",
                                        "ADMINISTER_PROJECTS", "WORK_ON_ISSUES", "CREATE_ATTACHMENTS", "ADMINISTER"};

json::object permission(const char* key, int id, bool have) {
  json::object out{{"id", std::to_string(id)},
                   {"key", key},
                   {"name", key},
                   {"type", std::string_view(key) == "ADMINISTER" ? "GLOBAL" : "PROJECT"},
                   {"description", ""}};
  if (have) out["havePermission"] = true;
  return out;
}

Reply permissions(Call&) {
  json::object out;
  int id = 1;
  for (const char* key : kPermissions) out[key] = permission(key, id++, false);
  return ok({{"permissions", std::move(out)}});
}

bool has_permission(const Call& call, std::string_view key, const Project& project) {
  const auto administrators = project.role_members.find(10002);
  if (key == "ADMINISTER_PROJECTS")
    return call.is_admin() || (administrators != project.role_members.end() && administrators->second.contains(call.caller));
  return call.sees(project);
}

/// Without a project or an issue: in any of them, as documented.
bool has_permission(const Call& call, std::string_view key, const Project* project) {
  if (key == "ADMINISTER") return call.is_admin();
  if (project != nullptr) return has_permission(call, key, *project);
  return std::any_of(call.site.projects.begin(), call.site.projects.end(),
                     [&](const auto& one) { return has_permission(call, key, one.second); });
}

Reply my_permissions(Call& call) {
  const Project* project = nullptr;
  if (const auto key = call.given("projectKey")) project = &call.project_of(*key);
  if (const auto id = call.given("projectId")) project = &call.project_of(*id);
  if (const auto key = call.given("issueKey")) project = &call.site.projects.at(call.issue_of(*key).project);
  if (const auto id = call.given("issueId")) project = &call.site.projects.at(call.issue_of(*id).project);
  const std::vector<std::string> wanted = call.list("permissions");
  json::object out;
  int id = 1;
  for (const char* key : kPermissions) {
    ++id;
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), key) != wanted.end()) {
      out[key] = permission(key, id, false);
      out[key].get_object()["havePermission"] = has_permission(call, key, project);
    }
  }
  return ok({{"permissions", std::move(out)}});
}

Reply permissions_check(Call& call) {
  json::array projects;
  const json::value* given = call.object().if_contains("projectPermissions");
  if (given != nullptr && given->is_array()) {
    for (const json::value& one : given->get_array()) {
      const json::value* names = member(one, "permissions");
      if (names == nullptr || !names->is_array()) continue;
      for (const json::value& name : names->get_array()) {
        projects.push_back(json::object{{"permission", name}, {"projects", one.at("projects")}, {"issues", json::array()}});
      }
    }
  }
  return ok({{"projectPermissions", std::move(projects)}, {"globalPermissions", json::array()}});
}

Reply permitted_projects(Call& call) {
  json::array out;
  for (const auto& [id, project] : call.site.projects) {
    if (call.sees(project)) out.push_back(json::object{{"id", id}, {"key", project.key}});
  }
  return ok({{"projects", std::move(out)}});
}

Reply labels(Call& call) {
  std::set<std::string> names;
  for (const auto& [id, issue] : call.site.issues) {
    for (const std::string& name : text_list(issue.fields.if_contains("labels"))) names.insert(name);
  }
  json::array out;
  for (const std::string& name : names) out.emplace_back(name);
  return ok(page(call, std::move(out), "values", 1000));
}

Reply configuration(Call&) {
  return ok({{"votingEnabled", true},
             {"watchingEnabled", true},
             {"unassignedIssuesAllowed", true},
             {"subTasksEnabled", true},
             {"issueLinkingEnabled", true},
             {"timeTrackingEnabled", true},
             {"attachmentsEnabled", true},
             {"timeTrackingConfiguration",
              {{"workingHoursPerDay", 8.0}, {"workingDaysPerWeek", 5.0}, {"timeFormat", "pretty"}, {"defaultUnit", "day"}}}});
}

Reply attachment_settings(Call&) { return ok({{"enabled", true}, {"uploadLimit", 1'000'000'000}}); }
Reply locale(Call&) { return ok({{"locale", "en_US"}}); }

json::object software() {
  return {{"key", "software"}, {"formattedKey", "Software"}, {"descriptionI18nKey", ""}, {"icon", ""}, {"color", "#fff"}};
}

Reply project_types(Call&) { return ok(json::array{software()}); }
Reply project_type(Call&) { return ok(software()); }
Reply role(Call& call) { return one_of(call, call.site.roles, role_json, call.arg(0)); }
Reply license(Call&) { return ok({{"applications", {{{"id", "jira-software"}, {"plan", "FREE"}}}}}); }
Reply data_policy(Call&) { return ok({{"anyContentBlocked", false}}); }
Reply events(Call&) { return ok(json::array{json::object{{"id", 1}, {"name", "Issue Created"}}}); }
Reply classification_levels(Call&) {
  return ok({{"classifications",
              {{{"id", "1"}, {"name", "Public"}, {"status", "PUBLISHED"}},
               {{"id", "2"}, {"name", "Internal"}, {"status", "PUBLISHED"}}}}});
}
Reply columns(Call&) { return ok(json::array{json::object{{"label", "Summary"}, {"value", "summary"}}}); }
Reply avatars(Call&) { return ok({{"system", json::array()}, {"custom", json::array()}}); }
Reply gadgets(Call&) { return ok({{"gadgets", json::array()}}); }

Reply time_tracking(Call& call) {
  const json::object provider{{"key", "JIRA"}, {"name", "JIRA provided time tracking"}};
  if (call.path_has("list")) return ok(json::array{provider});
  if (call.path_has("options")) {
    return ok({{"workingHoursPerDay", 8.0}, {"workingDaysPerWeek", 5.0}, {"timeFormat", "pretty"}, {"defaultUnit", "day"}});
  }
  return ok(provider);
}

Reply task_cancel(Call& call) {
  const auto found = call.site.tasks.find(call.id(0));
  if (found == call.site.tasks.end()) refuse(404, "The task was not found.");
  refuse(400, "The task is complete.");
}

/// Which fields a project's work types have.
Reply project_fields(Call& call) {
  json::array out;
  for (const std::string& name : call.list("projectId")) {
    const Project& project = call.project_of(name);
    for (const auto& item : fields_meta(call, project.id)) {
      out.push_back(json::object{{"fieldId", item.key()}, {"projectId", project.id}, {"isRequired", item.key() == "summary"}});
    }
  }
  return ok(page(call, std::move(out), "values", 50));
}

Reply task(Call& call) {
  const auto found = call.site.tasks.find(number_of(call.args.at(0), 0));
  if (found == call.site.tasks.end()) refuse(404, "The task was not found.");
  return ok(row_json(call, call.site.tasks, found->first, "task"));
}

}  // namespace

void add_metadata_routes(Routes& routes) {
  struct Row {
    const char* path;
    Handler handler;
  };
  const Row rows[] = {{"serverInfo", server_info},
                      {"field", fields},
                      {"field/search", fields_search},
                      {"status", statuses},
                      {"status/{}", status},
                      {"statuses", statuses_some},
                      {"statuses/search", statuses_some},
                      {"statuses/byNames", statuses_some},
                      {"statuscategory", status_categories},
                      {"statuscategory/{}", status_category},
                      {"issuetype", types},
                      {"issuetype/{}", type},
                      {"priority", priorities},
                      {"priority/search", priorities_page},
                      {"priority/{}", priority},
                      {"resolution", resolutions},
                      {"resolution/search", resolutions_page},
                      {"resolution/{}", resolution},
                      {"issueLinkType", link_types},
                      {"issueLinkType/{}", link_type},
                      {"role", roles},
                      {"projectCategory", categories},
                      {"projectCategory/{}", category},
                      {"customFieldOption/{}", option},
                      {"myself", myself},
                      {"permissions", permissions},
                      {"mypermissions", my_permissions},
                      {"label", labels},
                      {"configuration", configuration},
                      {"attachment/meta", attachment_settings},
                      {"mypreferences/locale", locale},
                      {"project/type", project_types},
                      {"project/type/accessible", project_types},
                      {"project/type/{}", project_type},
                      {"project/type/{}/accessible", project_type},
                      {"field/{}/option/suggestions/edit", option_suggestions},
                      {"field/{}/option/suggestions/search", option_suggestions},
                      {"projects/fields", project_fields},
                      {"role/{}", role},
                      {"instance/license", license},
                      {"data-policy", data_policy},
                      {"events", events},
                      {"classification-levels", classification_levels},
                      {"settings/columns", columns},
                      {"avatar/{}/system", avatars},
                      {"universal_avatar/view/type/{}", avatars},
                      {"dashboard/gadgets", gadgets},
                      {"issuetype/{}/alternatives", types},
                      {"configuration/timetracking", time_tracking},
                      {"configuration/timetracking/list", time_tracking},
                      {"configuration/timetracking/options", time_tracking},
                      {"task/{}", task},
                      {"bulk/queue/{}", task}};
  for (const Row& row : rows) routes.api("GET", row.path, row.handler);
  routes.api("POST", "task/{}/cancel", task_cancel);
  routes.api("POST", "permissions/check", permissions_check);
  routes.api("POST", "permissions/project", permitted_projects);
  routes.raw("GET", "_edge/tenant_info", tenant_info);
}

}  // namespace gatehouse::sandbox
