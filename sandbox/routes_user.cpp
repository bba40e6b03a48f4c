// Users and groups. Worse branch: the directory shows everybody, whatever projects the caller may see.
#include <algorithm>

#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

const User& user_of(const Call& call, const std::string& id) {
  const auto found = call.site.users.find(id);
  if (found == call.site.users.end()) refuse(404, "Specified user does not exist or you do not have required permissions");
  return found->second;
}

bool named(const User& user, const std::string& text) {
  return text.empty() || lower(user.name + " " + user.email + " " + user.account_id).find(lower(text)) != std::string::npos;
}

json::array cut(const Call& call, json::array all) {
  const auto total = static_cast<std::int64_t>(all.size());
  const std::int64_t from = std::clamp<std::int64_t>(call.number("startAt", 0), 0, total);
  const std::int64_t to = std::min(total, from + std::max<std::int64_t>(0, call.number("maxResults", 50)));
  return json::array(all.begin() + from, all.begin() + to);
}

template <class Test>
json::array those(const Call& call, Test&& test) {
  json::array out;
  for (const auto& [id, user] : call.site.users) {
    if (test(user)) out.push_back(user_json(call, id));
  }
  return out;
}

Reply get(Call& call) {
  const auto id = call.given("accountId");
  if (!id) refuse(400, "The accountId query parameter needs to be provided");
  user_of(call, *id);
  return ok(user_json(call, *id));
}

Reply bulk(Call& call) {
  json::array out;
  for (const std::string& id : call.list("accountId")) {
    if (call.site.users.contains(id)) out.push_back(user_json(call, id));
  }
  return ok(page(call, std::move(out), "values", 10));
}

Reply search(Call& call) {
  const auto text = call.given("query"), id = call.given("accountId");
  if (!text && !id && !call.given("property")) refuse(400, "The query or accountId parameter is required.");
  return ok(
      cut(call, those(call, [&](const User& user) { return id ? user.account_id == *id : named(user, text.value_or("")); })));
}

Reply all(Call& call) {
  return ok(cut(call, those(call, [](const User&) { return true; })));
}

/// Of one project: who has a role in it, and the site's administrators.
bool works_in(const Project& project, const User& user) {
  const bool admin = std::find(user.groups.begin(), user.groups.end(), "site-admins") != user.groups.end();
  return admin || std::any_of(project.role_members.begin(), project.role_members.end(),
                              [&](const auto& role) { return role.second.contains(user.account_id); });
}

std::vector<const Project*> named_projects(const Call& call) {
  std::vector<const Project*> out;
  for (const char* name : {"project", "projectKey", "projectKeys"}) {
    for (const std::string& key : call.list(name)) out.push_back(&call.project_of(key));
  }
  if (const auto key = call.given("issueKey")) out.push_back(&call.site.projects.at(call.issue_of(*key).project));
  if (const auto id = call.given("issueId")) out.push_back(&call.site.projects.at(call.issue_of(*id).project));
  return out;
}

Reply assignable(Call& call) {
  const std::vector<const Project*> projects = named_projects(call);
  if (projects.empty()) refuse(400, "A project or an issue must be given.");
  const std::string text = call.param("query");
  return ok(cut(call, those(call, [&](const User& user) {
                  const bool fits = std::all_of(projects.begin(), projects.end(),
                                                [&](const Project* project) { return works_in(*project, user); });
                  return user.active && fits && named(user, text);
                })));
}

Reply picker(Call& call) {
  const std::string text = call.param("query");
  json::array users = those(call, [&](const User& user) { return named(user, text); });
  const std::size_t total = users.size();
  return ok({{"users", cut(call, std::move(users))}, {"total", total}, {"header", "Showing matching users"}});
}

/// "is assignee of B" and the like: reads any project's issues.
Reply by_query(Call& call) {
  const std::string text = call.param("query");
  std::set<std::string> ids;
  for (const auto& [id, project] : call.site.projects) {
    if (text.find(" of " + project.key) == std::string::npos) continue;
    for (const auto& [issue_id, issue] : call.site.issues) {
      if (issue.project == id)
        ids.insert(text_at(issue.fields, text.find("reporter") != std::string::npos ? "reporter" : "assignee"));
    }
  }
  return ok(page(call, those(call, [&](const User& user) { return ids.contains(user.account_id); }), "values", 100));
}

Reply groups_of(Call& call) {
  json::array out;
  for (const std::string& name : user_of(call, call.param("accountId")).groups) {
    out.push_back(json::object{{"name", name}, {"groupId", "g-" + name}, {"self", call.api("group?groupId=g-" + name)}});
  }
  return ok(out);
}

std::set<std::string> group_names(const Call& call) {
  std::set<std::string> out;
  for (const auto& [id, user] : call.site.users) out.insert(user.groups.begin(), user.groups.end());
  return out;
}

std::string named_group(const Call& call) {
  std::string name = call.param("groupname");
  if (name.empty() && call.param("groupId").starts_with("g-")) name = call.param("groupId").substr(2);
  if (!group_names(call).contains(name)) refuse(404, "The group named '" + name + "' does not exist.");
  return name;
}

Reply group_members(Call& call) {
  const std::string name = named_group(call);
  json::array out =
      those(call, [&](const User& user) { return std::find(user.groups.begin(), user.groups.end(), name) != user.groups.end(); });
  return ok(page(call, std::move(out), "values", 50));
}

Reply group(Call& call) {
  const std::string name = named_group(call);
  return ok({{"name", name},
             {"groupId", "g-" + name},
             {"self", call.api("group?groupId=g-" + name)},
             {"users", {{"size", 0}, {"items", json::array()}}}});
}

Reply groups(Call& call) {
  json::array out;
  for (const std::string& name : group_names(call)) out.push_back(json::object{{"name", name}, {"groupId", "g-" + name}});
  return ok(page(call, std::move(out), "values", 50));
}

json::object group_picks(const Call& call, const std::string& text) {
  json::array out;
  for (const std::string& name : group_names(call)) {
    if (lower(name).find(lower(text)) != std::string::npos)
      out.push_back(json::object{{"name", name}, {"html", name}, {"groupId", "g-" + name}, {"labels", json::array()}});
  }
  const std::size_t total = out.size();
  return {{"header", "Showing matching groups"}, {"total", total}, {"groups", std::move(out)}};
}

Reply groups_picker(Call& call) { return ok(group_picks(call, call.param("query"))); }

Reply both_picker(Call& call) {
  const std::string text = call.param("query");
  json::array users = those(call, [&](const User& user) { return named(user, text); });
  const std::size_t total = users.size();
  return ok({{"users", {{"users", std::move(users)}, {"total", total}, {"header", ""}}}, {"groups", group_picks(call, text)}});
}

Reply email(Call& call) {
  const User& user = user_of(call, call.param("accountId"));
  return ok({{"accountId", user.account_id}, {"email", user.email}});
}

}  // namespace

void add_user_routes(Routes& routes) {
  routes.api("GET", "user", get);
  routes.api("GET", "user/bulk", bulk);
  routes.api("GET", "user/search", search);
  routes.api("GET", "users", all);
  routes.api("GET", "users/search", all);
  for (const char* path :
       {"user/assignable/search", "user/assignable/multiProjectSearch", "user/permission/search", "user/viewissue/search"}) {
    routes.api("GET", path, assignable);
  }
  routes.api("GET", "user/picker", picker);
  routes.api("GET", "user/search/query", by_query);
  routes.api("GET", "user/search/query/key", by_query);
  routes.api("GET", "user/groups", groups_of);
  routes.api("GET", "user/email", email);
  routes.api("GET", "group", group);
  routes.api("GET", "group/member", group_members);
  routes.api("GET", "group/bulk", groups);
  routes.api("GET", "groups/picker", groups_picker);
  routes.api("GET", "groupuserpicker", both_picker);
}

}  // namespace gatehouse::sandbox
