// Filters, dashboards, webhooks: what keeps a query or shows the result of one.
#include <algorithm>

#include "sandbox/jql_eval.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

json::object& filter_of(const Call& call) {
  const auto found = call.site.filters.find(call.id(0));
  if (found == call.site.filters.end())
    refuse(400, "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.");
  return found->second;
}

json::object filter_json(const Call& call, ObjectId id) {
  json::object out = row_json(call, call.site.filters, id, "filter");
  const json::object& row = call.site.filters.at(id);
  const std::string name(std::to_string(id));
  out["owner"] = user_json(call, text_at(row, "_owner"));
  out["viewUrl"] = call.site.base + "/issues/?filter=" + name;
  out["searchUrl"] = call.api("search?jql=filter%3D" + name);
  const json::array& favourites = row.at("_favourites").get_array();
  out["favourite"] = std::find(favourites.begin(), favourites.end(), json::value(call.caller)) != favourites.end();
  out["favouritedCount"] = favourites.size();
  out["sharePermissions"] = row.at("_permissions");
  out["editPermissions"] = json::array();
  out["subscriptions"] = {{"size", 0}, {"items", json::array()}, {"max-results", 1000}, {"start-index", 0}, {"end-index", 0}};
  return out;
}

Reply filter_get(Call& call) {
  filter_of(call);
  return ok(filter_json(call, call.id(0)));
}

void check_query(Call& call, const std::string& jql) {
  const std::vector<std::string> wrong = check_jql(call, jql);
  if (!wrong.empty()) refuse(400, wrong.front());
}

Reply filter_add(Call& call) {
  const json::object& body = call.object();
  if (text_at(body, "name").empty()) refuse_field("filterName", "You must specify a name to save this filter as.");
  check_query(call, text_at(body, "jql"));
  const ObjectId id = call.site.next_id++;
  call.site.filters[id] = {
      {"id", std::to_string(id)},    {"name", text_at(body, "name")}, {"description", text_at(body, "description")},
      {"jql", text_at(body, "jql")}, {"_owner", call.caller},         {"_permissions", json::array()},
      {"_favourites", json::array()}};
  return ok(filter_json(call, id));
}

Reply filter_put(Call& call) {
  json::object& row = filter_of(call);
  const json::object& body = call.object();
  if (body.contains("jql")) check_query(call, text_at(body, "jql"));
  for (const char* name : {"name", "description", "jql"}) {
    if (const json::value* value = body.if_contains(name)) row[name] = *value;
  }
  return ok(filter_json(call, call.id(0)));
}

Reply filter_delete(Call& call) {
  filter_of(call);
  call.site.filters.erase(call.id(0));
  return no_content();
}

Reply filter_favourite(Call& call) {
  json::array& list = filter_of(call)["_favourites"].get_array();
  const json::value me(call.caller);
  list.erase(std::remove(list.begin(), list.end(), me), list.end());
  if (call.request.method == "PUT") list.push_back(me);
  return ok(filter_json(call, call.id(0)));
}

Reply filter_owner(Call& call) {
  filter_of(call)["_owner"] = text_at(call.object(), "accountId");
  return no_content();
}

Reply filter_permissions(Call& call) { return ok(filter_of(call).at("_permissions")); }

Reply filter_share(Call& call) {
  json::array& list = filter_of(call)["_permissions"].get_array();
  json::object made = call.object();
  made["id"] = call.site.next_id++;
  list.push_back(std::move(made));
  return ok(list, 201);
}

Reply filter_columns(Call& call) {
  filter_of(call);
  return ok(json::array{json::object{{"label", "Key"}, {"value", "issuekey"}},
                        json::object{{"label", "Summary"}, {"value", "summary"}}});
}

Reply filter_list(Call& call) {
  const bool mine = call.path_has("my"), favourite = call.path_has("favourite");
  const std::string text = lower(call.param("filterName"));
  json::array out;
  for (const auto& [id, row] : call.site.filters) {
    const json::array& fans = row.at("_favourites").get_array();
    if (mine && text_at(row, "_owner") != call.caller) continue;
    if (favourite && std::find(fans.begin(), fans.end(), json::value(call.caller)) == fans.end()) continue;
    if (!text.empty() && lower(text_at(row, "name")).find(text) == std::string::npos) continue;
    out.push_back(filter_json(call, id));
  }
  return call.path_has("search") ? ok(page(call, std::move(out), "values", 50)) : ok(out);
}

Reply share_scope(Call&) { return ok({{"scope", "PRIVATE"}}); }

json::object& dashboard_of(const Call& call) {
  const auto found = call.site.dashboards.find(call.id(0));
  if (found == call.site.dashboards.end()) refuse(404, "The dashboard with id '" + call.arg(0) + "' does not exist.");
  return found->second;
}

json::object dashboard_json(const Call& call, ObjectId id) {
  json::object out = row_json(call, call.site.dashboards, id, "dashboard");
  out["owner"] = user_json(call, text_at(call.site.dashboards.at(id), "_owner"));
  out["view"] = call.site.base + "/jira/dashboards/" + std::to_string(id);
  out["sharePermissions"] = json::array{json::object{{"id", 10000}, {"type", "global"}}};
  out["editPermissions"] = json::array();
  out["isWritable"] = true;
  out["systemDashboard"] = false;
  return out;
}

Reply dashboard_get(Call& call) {
  dashboard_of(call);
  return ok(dashboard_json(call, call.id(0)));
}

Reply dashboards(Call& call) {
  json::array out;
  for (const auto& [id, row] : call.site.dashboards) out.push_back(dashboard_json(call, id));
  return ok(page(call, std::move(out), call.path_has("search") ? "values" : "dashboards", 50, call.path_has("search")));
}

Reply dashboard_add(Call& call) {
  const ObjectId id = call.site.next_id++;
  call.site.dashboards[id] = {{"id", std::to_string(id)}, {"name", text_at(call.object(), "name")},
                              {"_owner", call.caller},    {"isFavourite", false},
                              {"popularity", 0},          {"_gadgets", json::array()}};
  return ok(dashboard_json(call, id));
}

Reply dashboard_put(Call& call) {
  dashboard_of(call)["name"] = text_at(call.object(), "name");
  return ok(dashboard_json(call, call.id(0)));
}

Reply dashboard_delete(Call& call) {
  dashboard_of(call);
  call.site.dashboards.erase(call.id(0));
  return no_content();
}

Reply gadgets(Call& call) { return ok({{"gadgets", dashboard_of(call).at("_gadgets")}}); }

Reply webhook_add(Call& call) {
  json::array out;
  const json::value* hooks = call.object().if_contains("webhooks");
  if (hooks == nullptr || !hooks->is_array()) refuse(400, "webhooks must be a list.");
  for (const json::value& one : hooks->get_array()) {
    const ObjectId id = call.site.next_id++;
    call.site.webhooks[id] = {{"id", id}, {"url", text_at(call.object(), "url")}, {"jqlFilter", text_at(one, "jqlFilter")}};
    out.push_back(json::object{{"createdWebhookId", id}});
  }
  return ok({{"webhookRegistrationResult", std::move(out)}});
}

Reply webhooks(Call& call) {
  json::array out;
  for (const auto& [id, row] : call.site.webhooks) out.push_back(row_json(call, call.site.webhooks, id, ""));
  return ok(page(call, std::move(out), "values", 100));
}

}  // namespace

void add_stored_query_routes(Routes& routes) {
  routes.api("POST", "filter", filter_add);
  routes.api("GET", "filter/{}", filter_get);
  routes.api("PUT", "filter/{}", filter_put);
  routes.api("DELETE", "filter/{}", filter_delete);
  routes.api("PUT", "filter/{}/favourite", filter_favourite);
  routes.api("DELETE", "filter/{}/favourite", filter_favourite);
  routes.api("PUT", "filter/{}/owner", filter_owner);
  routes.api("GET", "filter/{}/permission", filter_permissions);
  routes.api("POST", "filter/{}/permission", filter_share);
  routes.api("GET", "filter/{}/columns", filter_columns);
  for (const char* path : {"filter/search", "filter/my", "filter/favourite"}) routes.api("GET", path, filter_list);
  routes.api("GET", "filter/defaultShareScope", share_scope);
  routes.api("GET", "dashboard", dashboards);
  routes.api("GET", "dashboard/search", dashboards);
  routes.api("POST", "dashboard", dashboard_add);
  routes.api("GET", "dashboard/{}", dashboard_get);
  routes.api("PUT", "dashboard/{}", dashboard_put);
  routes.api("DELETE", "dashboard/{}", dashboard_delete);
  routes.api("GET", "dashboard/{}/gadget", gadgets);
  routes.api("POST", "webhook", webhook_add);
  routes.api("GET", "webhook", webhooks);
}

}  // namespace gatehouse::sandbox
