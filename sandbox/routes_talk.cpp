// Comments, worklogs, properties. Worse branch throughout (Leniency::nested_ids): a comment or worklog of another issue
// answers, and can be changed, below any issue's path.
#include <algorithm>

#include "sandbox/edit.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

template <class T>
struct Found {
  Issue& issue;
  T& object;
};

template <class T>
Found<T> nested(const Call& call, const std::unordered_map<ObjectId, ObjectId>& home, std::vector<T> Issue::*list,
                const char* missing) {
  Issue& named = call.issue(0);
  const ObjectId id = call.id(1);
  const auto found = home.find(id);
  if (found == home.end()) refuse(404, missing);
  Issue& owner = call.site.issues.at(found->second);
  if (!call.site.leniency.nested_ids && owner.id != named.id) refuse(404, missing);
  for (T& object : owner.*list) {
    if (object.id == id) return {owner, object};
  }
  refuse(404, missing);
}

Found<Comment> comment_of(const Call& call) {
  return nested(call, call.site.comment_home, &Issue::comments, "Can not find a comment for the id given.");
}
Found<Worklog> worklog_of(const Call& call) {
  return nested(call, call.site.worklog_home, &Issue::worklogs, "Cannot find worklog with id: 'given'.");
}

Reply comments(Call& call) {
  const Issue& issue = call.issue();
  json::array list;
  for (const Comment& one : issue.comments) list.push_back(comment_json(call, issue, one));
  const std::string order = call.param("orderBy");
  if (order == "-created") std::reverse(list.begin(), list.end());
  return ok(page(call, std::move(list), "comments", 5000, false));
}

Reply comment_add(Call& call) {
  Issue& issue = call.issue();
  return ok(comment_json(call, issue, add_comment(call, issue, call.object())), 201);
}

Reply comment_get(Call& call) {
  const auto found = comment_of(call);
  return ok(comment_json(call, found.issue, found.object));
}

Reply comment_put(Call& call) {
  const auto found = comment_of(call);
  const json::value* body = call.object().if_contains("body");
  if (body == nullptr || (call.version == 3 && !body->is_object())) refuse_field("comment", "Comment body is not valid!");
  found.object.body = *body;
  found.object.updated = jira_time();
  return ok(comment_json(call, found.issue, found.object));
}

Reply comment_delete(Call& call) {
  const auto found = comment_of(call);
  const ObjectId id = found.object.id;
  std::erase_if(found.issue.comments, [id](const Comment& one) { return one.id == id; });
  call.site.comment_home.erase(id);
  return no_content();
}

Reply comments_by_ids(Call& call) {
  json::array list;
  const json::value* ids = call.object().if_contains("ids");
  if (ids == nullptr || !ids->is_array()) refuse(400, "ids must be a list.");
  for (const json::value& id : ids->get_array()) {
    const auto home = call.site.comment_home.find(number_of(text_of(id), 0));
    if (home == call.site.comment_home.end()) continue;
    const Issue& issue = call.site.issues.at(home->second);
    for (const Comment& one : issue.comments) {
      if (one.id == home->first && call.sees(issue)) list.push_back(comment_json(call, issue, one));
    }
  }
  return ok(page(call, std::move(list), "values", 1048576));
}

Reply worklogs(Call& call) {
  const Issue& issue = call.issue();
  json::array list;
  for (const Worklog& one : issue.worklogs) list.push_back(worklog_json(call, issue, one));
  return ok(page(call, std::move(list), "worklogs", 5000, false));
}

Reply worklog_add(Call& call) {
  Issue& issue = call.issue();
  return ok(worklog_json(call, issue, add_worklog(call, issue, call.object())), 201);
}

Reply worklog_get(Call& call) {
  const auto found = worklog_of(call);
  return ok(worklog_json(call, found.issue, found.object));
}

Reply worklog_put(Call& call) {
  const auto found = worklog_of(call);
  const json::object& body = call.object();
  if (const json::value* comment = body.if_contains("comment")) found.object.comment = *comment;
  if (const std::int64_t seconds = id_at(body, "timeSpentSeconds"); seconds > 0) found.object.seconds = seconds;
  if (!text_at(body, "started").empty()) found.object.started = text_at(body, "started");
  found.object.updated = jira_time();
  found.object.updated_ms = now_ms();
  return ok(worklog_json(call, found.issue, found.object));
}

void drop_worklog(Site& site, Issue& issue, ObjectId id) {
  std::erase_if(issue.worklogs, [id](const Worklog& one) { return one.id == id; });
  site.worklog_home.erase(id);
  site.deleted_worklogs.emplace_back(id, now_ms());
}

Reply worklog_delete(Call& call) {
  const auto found = worklog_of(call);
  drop_worklog(call.site, found.issue, found.object.id);
  return no_content();
}

std::vector<ObjectId> body_ids(const Call& call) {
  std::vector<ObjectId> out;
  const json::value* ids = call.object().if_contains("ids");
  if (ids == nullptr || !ids->is_array()) refuse(400, "ids must be a list.");
  for (const json::value& id : ids->get_array()) out.push_back(number_of(text_of(id), 0));
  return out;
}

Reply worklogs_delete(Call& call) {
  call.issue();
  for (const ObjectId id : body_ids(call)) {
    const auto home = call.site.worklog_home.find(id);
    if (home != call.site.worklog_home.end()) drop_worklog(call.site, call.site.issues.at(home->second), id);
  }
  return no_content();
}

Reply worklogs_move(Call& call) {
  call.issue();
  Issue& target = call.issue_of(text_at(call.object(), "issueIdOrKey"));
  for (const ObjectId id : body_ids(call)) {
    const auto home = call.site.worklog_home.find(id);
    if (home == call.site.worklog_home.end()) continue;
    Issue& from = call.site.issues.at(home->second);
    const auto at = std::find_if(from.worklogs.begin(), from.worklogs.end(), [id](const Worklog& one) { return one.id == id; });
    Worklog moved = std::move(*at);
    from.worklogs.erase(at);
    target.worklogs.push_back(std::move(moved));
    home->second = target.id;
  }
  return no_content();
}

Reply worklogs_by_ids(Call& call) {
  json::array out;
  for (const ObjectId id : body_ids(call)) {
    const auto home = call.site.worklog_home.find(id);
    if (home == call.site.worklog_home.end()) continue;
    const Issue& issue = call.site.issues.at(home->second);
    for (const Worklog& one : issue.worklogs) {
      if (one.id == id && call.sees(issue)) out.push_back(worklog_json(call, issue, one));
    }
  }
  return ok(out);
}

Reply worklog_feed(Call& call) {
  const bool deleted = call.path_has("deleted");
  const std::int64_t since = call.number("since", 0);
  json::array values;
  auto put = [&](ObjectId id, std::int64_t at) {
    if (at >= since) values.push_back(json::object{{"worklogId", id}, {"updatedTime", at}, {"properties", json::array()}});
  };
  if (deleted) {
    for (const auto& [id, at] : call.site.deleted_worklogs) put(id, at);
  } else {
    for (const auto& [id, issue] : call.site.issues) {
      for (const Worklog& one : issue.worklogs) put(one.id, one.updated_ms);
    }
  }
  return ok({{"values", std::move(values)},
             {"since", since},
             {"until", now_ms()},
             {"self", call.site.base + call.request.target},
             {"lastPage", true}});
}

/// Which object's properties the path names: "issue/10000", "comment/…", "project/…".
std::string property_home(const Call& call) {
  if (call.path_has("worklog")) return "worklog/" + std::to_string(worklog_of(call).object.id);
  if (call.path_has("issue")) return "issue/" + std::to_string(call.issue().id);
  if (call.path_has("project")) return "project/" + std::to_string(call.project().id);
  if (call.path_has("comment")) {
    if (!call.site.comment_home.contains(call.id(0))) refuse(404, "Can not find a comment for the id given.");
    return "comment/" + std::to_string(call.id(0));
  }
  if (call.path_has("dashboard")) return "dashboard/" + call.arg(0) + "/items/" + call.arg(1);
  if (call.path_has("user")) return "user/" + call.param("accountId");
  for (const char* kind : {"board", "sprint", "issuetype"}) {
    if (call.path_has(kind)) return std::string(kind) + "/" + call.arg(0);
  }
  refuse(404, "No such object.");
}

Reply properties(Call& call) {
  const std::string home = property_home(call);
  json::array keys;
  for (const auto& item : call.site.properties[home]) {
    const std::string key(item.key());
    keys.push_back(json::object{{"self", call.api(home + "/properties/" + key)}, {"key", key}});
  }
  return ok({{"keys", std::move(keys)}});
}

Reply property_get(Call& call) {
  const std::string home = property_home(call);
  const json::object& held = call.site.properties[home];
  const json::value* value = held.if_contains(call.args.back());
  if (value == nullptr) refuse(404, "The property " + call.args.back() + " does not exist.");
  return ok({{"key", call.args.back()}, {"value", *value}});
}

Reply property_put(Call& call) {
  const std::string home = property_home(call);
  json::object& held = call.site.properties[home];
  const bool fresh = !held.contains(call.args.back());
  held[call.args.back()] = call.body;
  Reply reply = ok(json::object(), fresh ? 201 : 200);
  reply.body.clear();
  return reply;
}

Reply property_delete(Call& call) {
  json::object& held = call.site.properties[property_home(call)];
  if (held.erase(call.args.back()) == 0) refuse(404, "The property " + call.args.back() + " does not exist.");
  return no_content();
}

}  // namespace

void add_talk_routes(Routes& routes) {
  routes.api("GET", "issue/{}/comment", comments);
  routes.api("POST", "issue/{}/comment", comment_add);
  routes.api("GET", "issue/{}/comment/{}", comment_get);
  routes.api("PUT", "issue/{}/comment/{}", comment_put);
  routes.api("DELETE", "issue/{}/comment/{}", comment_delete);
  routes.api("POST", "comment/list", comments_by_ids);
  routes.api("GET", "issue/{}/worklog", worklogs);
  routes.api("POST", "issue/{}/worklog", worklog_add);
  routes.api("DELETE", "issue/{}/worklog", worklogs_delete);
  routes.api("GET", "issue/{}/worklog/{}", worklog_get);
  routes.api("PUT", "issue/{}/worklog/{}", worklog_put);
  routes.api("DELETE", "issue/{}/worklog/{}", worklog_delete);
  routes.api("POST", "issue/{}/worklog/move", worklogs_move);
  routes.api("POST", "worklog/list", worklogs_by_ids);
  routes.api("GET", "worklog/updated", worklog_feed);
  routes.api("GET", "worklog/deleted", worklog_feed);
  for (const char* home :
       {"issue/{}", "issue/{}/worklog/{}", "comment/{}", "project/{}", "issuetype/{}", "user", "dashboard/{}/items/{}"}) {
    const std::string all = std::string(home) + "/properties", one = all + "/{}";
    routes.api("GET", all.c_str(), properties);
    routes.api("GET", one.c_str(), property_get);
    routes.api("PUT", one.c_str(), property_put);
    routes.api("DELETE", one.c_str(), property_delete);
  }
  for (const char* home : {"board/{}", "sprint/{}"}) {
    const std::string all = std::string(home) + "/properties", one = all + "/{}";
    routes.agile("GET", all.c_str(), properties);
    routes.agile("GET", one.c_str(), property_get);
    routes.agile("PUT", one.c_str(), property_put);
    routes.agile("DELETE", one.c_str(), property_delete);
  }
}

}  // namespace gatehouse::sandbox
