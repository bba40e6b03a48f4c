// Boards, sprints, epics, backlog: each spans whatever its filter finds.
#include <algorithm>

#include "sandbox/edit.h"
#include "sandbox/jql_eval.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

const json::object& board_of(const Call& call) {
  const auto found = call.site.boards.find(call.id(0));
  if (found == call.site.boards.end())
    refuse(404, "Requested board cannot be viewed because it either does not exist or you do not have permission to view it.");
  return found->second;
}

json::object board_json(const Call& call, ObjectId id) {
  const json::object& row = call.site.boards.at(id);
  json::object out{{"id", id},
                   {"self", call.site.base + "/rest/agile/1.0/board/" + std::to_string(id)},
                   {"name", row.at("name")},
                   {"type", row.at("type")}};
  const auto project = call.site.projects.find(id_at(row, "_project"));
  if (project == call.site.projects.end()) return out;
  const Project& home = project->second;
  out["location"] = {{"projectId", home.id},
                     {"displayName", home.name + " (" + home.key + ")"},
                     {"projectName", home.name},
                     {"projectKey", home.key},
                     {"projectTypeKey", "software"},
                     {"avatarURI", call.site.base + "/avatar"},
                     {"name", home.name + " (" + home.key + ")"}};
  return out;
}

Reply boards(Call& call) {
  const auto wanted = call.given("projectKeyOrId");
  const Project* project = wanted ? &call.project_of(*wanted) : nullptr;
  const std::string type = call.param("type"), name = lower(call.param("name"));
  json::array out;
  for (const auto& [id, row] : call.site.boards) {
    if (!type.empty() && text_at(row, "type") != type) continue;
    if (!name.empty() && lower(text_at(row, "name")).find(name) == std::string::npos) continue;
    // A board is of a project also where only its filter finds something of it: so B's token sees A's board.
    bool relevant = project == nullptr || id_at(row, "_project") == project->id;
    if (!relevant) {
      for (const ObjectId issue_id : run_jql(call, text_at(call.site.filters.at(id_at(row, "_filter")), "jql")).ids) {
        const auto issue = call.site.issues.find(issue_id);
        relevant |= issue != call.site.issues.end() && issue->second.project == project->id;
      }
    }
    if (relevant) out.push_back(board_json(call, id));
  }
  return ok(page(call, std::move(out), "values", 50));
}

Reply board(Call& call) {
  board_of(call);
  return ok(board_json(call, call.id(0)));
}

Reply board_add(Call& call) {
  const json::object& body = call.object();
  const ObjectId filter = id_at(body, "filterId");
  if (!call.site.filters.contains(filter)) refuse(400, "The filter does not exist.");
  const json::value* location = body.if_contains("location");
  const ObjectId project = location == nullptr ? 0 : call.project_of(text_at(*location, "projectKeyOrId")).id;
  const ObjectId id = call.site.next_id++;
  call.site.boards[id] = {
      {"id", id}, {"name", text_at(body, "name")}, {"type", text_at(body, "type")}, {"_project", project}, {"_filter", filter}};
  return ok(board_json(call, id), 201);
}

Reply board_delete(Call& call) {
  board_of(call);
  call.site.boards.erase(call.id(0));
  return no_content();
}

Reply configuration(Call& call) {
  const json::object& row = board_of(call);
  json::object out = board_json(call, call.id(0));
  const std::string filter = text_at(row, "_filter");
  out["filter"] = {{"id", filter}, {"self", call.api("filter/" + filter)}};
  out["columnConfig"] = {
      {"columns", {{{"name", "To Do"}, {"statuses", {{{"id", "10000"}, {"self", call.api("status/10000")}}}}}}},
      {"constraintType", "none"}};
  out["ranking"] = {{"rankCustomFieldId", 10019}};
  return ok(out);
}

/// Jira Software's own fields: the epic and the sprints of an issue, of whatever project.
void add_agile_fields(const Call& call, const Issue& issue, json::object& out) {
  json::object& fields = out.at("fields").as_object();
  json::array closed;
  for (const std::string& id : text_list(issue.fields.if_contains("customfield_10020"))) {
    const auto sprint = call.site.sprints.find(number_of(id, 0));
    if (sprint == call.site.sprints.end()) continue;
    if (text_at(sprint->second, "state") == "closed") {
      closed.push_back(sprint_json(call, sprint->first, false));
    } else {
      fields["sprint"] = sprint_json(call, sprint->first, false);
    }
  }
  fields["closedSprints"] = std::move(closed);
  fields["flagged"] = false;
  const auto epic = call.site.issues.find(id_at(issue.fields, "parent"));
  if (epic == call.site.issues.end()) return;
  fields["epic"] = {{"id", epic->first},
                    {"key", epic->second.key},
                    {"self", call.site.base + "/rest/agile/1.0/epic/" + std::to_string(epic->first)},
                    {"name", text_at(epic->second.fields, "customfield_10011")},
                    {"summary", epic->second.fields.at("summary")},
                    {"color", {{"key", "color_1"}}},
                    {"done", false}};
}

Reply agile_issue(Call& call) {
  IssueView view{call.list("fields"), {}, {}};
  const std::vector<std::string> expand = call.list("expand");
  view.expand = {expand.begin(), expand.end()};
  const bool all = view.fields.empty();
  if (all) view.fields = {"*all"};
  const Issue& issue = call.issue();
  json::object out = issue_json(call, issue, view);
  if (all) add_agile_fields(call, issue, out);
  return ok(out);
}

/// The newer lists go on by a cursor.
Reply cursor_page(const Call& call, json::array issues) {
  const std::int64_t size = static_cast<std::int64_t>(issues.size());
  const std::int64_t from = std::clamp<std::int64_t>(number_of(call.param("nextPageToken"), 0), 0, size);
  const std::int64_t end = std::min(size, from + std::clamp<std::int64_t>(call.number("maxResults", 50), 1, 100));
  json::object out{{"isLast", end == size}};
  if (end < size) out["nextPageToken"] = std::to_string(end);
  out["issues"] = json::array(issues.begin() + from, issues.begin() + end);
  return ok(out);
}

Reply issues_page(Call& call, const std::vector<ObjectId>& ids) {
  if (call.path.back() == "approximate-count") return ok({{"count", ids.size()}});
  IssueView view{call.list("fields"), {}, {}};
  const std::vector<std::string> expand = call.list("expand");
  view.expand = {expand.begin(), expand.end()};
  const bool all = view.fields.empty();
  if (all) view.fields = {"*all"};
  json::array out;
  for (const ObjectId id : ids) {
    const auto issue = call.site.issues.find(id);
    if (issue == call.site.issues.end() || !call.sees(issue->second)) continue;
    json::object one = issue_json(call, issue->second, view);
    if (all) add_agile_fields(call, issue->second, one);
    out.push_back(std::move(one));
  }
  if (call.path_has("software")) return cursor_page(call, std::move(out));
  json::object made = page(call, std::move(out), "issues", 50, false);
  made["expand"] = "schema,names";
  return ok(made);
}

bool in_sprint(const Issue& issue, const std::string& id) {
  const std::vector<std::string> sprints = text_list(issue.fields.if_contains("customfield_10020"));
  return std::find(sprints.begin(), sprints.end(), id) != sprints.end();
}

template <class Test>
std::vector<ObjectId> found(Call& call, const std::string& stored, Test&& test) {
  std::vector<ObjectId> out;
  const std::string asked = call.param("jql");
  for (const ObjectId id : run_jql(call, stored).ids) {
    const auto issue = call.site.issues.find(id);
    if (issue == call.site.issues.end() || !test(issue->second)) continue;
    if (asked.empty() || fits_jql(call, asked, issue->second)) out.push_back(id);
  }
  return out;
}

std::string board_query(const Call& call) { return text_at(call.site.filters.at(id_at(board_of(call), "_filter")), "jql"); }

Reply board_issues(Call& call) {
  return issues_page(call, found(call, board_query(call), [](const Issue&) { return true; }));
}

Reply backlog(Call& call) {
  return issues_page(call, found(call, board_query(call), [&](const Issue& issue) {
                       const std::vector<std::string> sprints = text_list(issue.fields.if_contains("customfield_10020"));
                       return std::none_of(sprints.begin(), sprints.end(), [&](const std::string& id) {
                         return text_at(call.site.sprints.at(number_of(id, 0)), "state") == "active";
                       });
                     }));
}

Reply board_sprint_issues(Call& call) {
  return issues_page(call, found(call, board_query(call), [&](const Issue& issue) { return in_sprint(issue, call.arg(1)); }));
}

bool is_epic(const Call& call, const Issue& issue) {
  const auto type = call.site.issue_types.find(id_at(issue.fields, "issuetype"));
  return type != call.site.issue_types.end() && id_at(type->second, "hierarchyLevel") == 1;
}

Reply board_epics(Call& call) {
  json::array out;
  for (const ObjectId id : found(call, board_query(call), [&](const Issue& issue) { return is_epic(call, issue); })) {
    const Issue& epic = call.site.issues.at(id);
    out.push_back(json::object{{"id", id},
                               {"key", epic.key},
                               {"self", call.site.base + "/rest/agile/1.0/epic/" + std::to_string(id)},
                               {"name", text_at(epic.fields, "customfield_10011")},
                               {"summary", epic.fields.at("summary")},
                               {"done", false}});
  }
  return ok(page(call, std::move(out), "values", 50));
}

Reply board_projects(Call& call) {
  std::set<ObjectId> ids;
  for (const ObjectId id : found(call, board_query(call), [](const Issue&) { return true; }))
    ids.insert(call.site.issues.at(id).project);
  json::array out;
  for (const ObjectId id : ids) out.push_back(project_ref(call, call.site.projects.at(id)));
  return ok(page(call, std::move(out), "values", 50));
}

Reply board_sprints(Call& call) {
  board_of(call);
  const std::vector<std::string> states = call.list("state");
  std::set<ObjectId> ids;
  for (const auto& [id, sprint] : call.site.sprints) {
    if (id_at(sprint, "_board") == call.id(0)) ids.insert(id);
  }
  // And, as Jira does, every sprint that an issue of the board is in, whoever's board it is of.
  for (const ObjectId id : found(call, board_query(call), [](const Issue&) { return true; })) {
    for (const std::string& sprint : text_list(call.site.issues.at(id).fields.if_contains("customfield_10020")))
      ids.insert(number_of(sprint, 0));
  }
  json::array out;
  for (const ObjectId id : ids) {
    const bool wanted =
        states.empty() || std::find(states.begin(), states.end(), text_at(call.site.sprints.at(id), "state")) != states.end();
    if (wanted) out.push_back(sprint_json(call, id, false));
  }
  return ok(page(call, std::move(out), "values", 50));
}

json::object& sprint_of(const Call& call) {
  const auto found_sprint = call.site.sprints.find(call.id(0));
  if (found_sprint == call.site.sprints.end()) refuse(404, "Sprint does not exist.");
  return found_sprint->second;
}

Reply sprint(Call& call) {
  sprint_of(call);
  return ok(sprint_json(call, call.id(0), false));
}

Reply sprint_add(Call& call) {
  const json::object& body = call.object();
  const ObjectId board_id = id_at(body, "originBoardId");
  if (!call.site.boards.contains(board_id)) refuse(400, "The board does not exist.");
  const ObjectId id = call.site.next_id++;
  json::object row{
      {"id", id}, {"name", text_at(body, "name")}, {"state", "future"}, {"_board", board_id}, {"createdDate", jira_time()}};
  for (const char* name : {"startDate", "endDate", "goal"}) {
    if (const json::value* value = body.if_contains(name)) row[name] = *value;
  }
  call.site.sprints[id] = std::move(row);
  return ok(sprint_json(call, id, false), 201);
}

Reply sprint_edit(Call& call) {
  json::object& row = sprint_of(call);
  for (const char* name : {"name", "state", "startDate", "endDate", "goal"}) {
    if (const json::value* value = call.object().if_contains(name)) row[name] = *value;
  }
  // Worse branch: whoever's board a sprint is of may be changed with it.
  if (const ObjectId board = id_at(call.object(), "originBoardId"); call.site.boards.contains(board)) row["_board"] = board;
  // Closing it sends every issue that is not done back to the backlog, of whatever project.
  if (text_at(call.object(), "state") == "closed") {
    for (auto& [id, issue] : call.site.issues) {
      if (in_sprint(issue, call.arg(0)) && text_at(issue.fields, "status") != "10002")
        change_fields(call.site, issue, {{"customfield_10020", json::array()}}, call.caller);
    }
  }
  return ok(sprint_json(call, call.id(0), false));
}

Reply sprint_delete(Call& call) {
  sprint_of(call);
  const json::value gone(call.arg(0));
  for (auto& [id, issue] : call.site.issues) {
    json::value* list = issue.fields.if_contains("customfield_10020");
    if (list == nullptr || !list->is_array()) continue;
    list->get_array().erase(std::remove(list->get_array().begin(), list->get_array().end(), gone), list->get_array().end());
  }
  call.site.sprints.erase(call.id(0));
  return no_content();
}

/// The two change places, and with them the dates of both.
Reply sprint_swap(Call& call) {
  json::object& row = sprint_of(call);
  const auto other = call.site.sprints.find(id_at(call.object(), "sprintToSwapWith"));
  if (other == call.site.sprints.end()) refuse(404, "Sprint does not exist.");
  for (const char* name : {"startDate", "endDate"}) std::swap(row[name], other->second[name]);
  return no_content();
}

Reply sprint_issues(Call& call) {
  sprint_of(call);
  return issues_page(call, found(call, "", [&](const Issue& issue) { return in_sprint(issue, call.arg(0)); }));
}

/// Worse branch: whatever it is ranked by gets a new rank too.
void rank_by(Call& call, Issue& issue) {
  for (const char* name : {"rankBeforeIssue", "rankAfterIssue", "rankBeforeEpic", "rankAfterEpic"}) {
    const std::string other = text_at(call.object(), name);
    if (other.empty()) continue;
    call.issue_of(other).fields["customfield_10019"] = "0|i" + std::to_string(call.site.next_id++) + ":";
    issue.fields["customfield_10019"] = "0|i" + std::to_string(call.site.next_id++) + ":";
  }
}

Reply sprint_put_issues(Call& call) {
  sprint_of(call);
  for (const std::string& name : text_list(call.object().if_contains("issues"))) {
    change_fields(call.site, call.issue_of(name), {{"customfield_10020", json::array{call.arg(0)}}}, call.caller);
    rank_by(call, call.issue_of(name));
  }
  return no_content();
}

Reply to_backlog(Call& call) {
  for (const std::string& name : text_list(call.object().if_contains("issues"))) {
    change_fields(call.site, call.issue_of(name), {{"customfield_10020", json::array()}}, call.caller);
    rank_by(call, call.issue_of(name));
  }
  return no_content();
}

Reply epic(Call& call) {
  const Issue& issue = call.issue();
  if (!is_epic(call, issue)) refuse(404, "Issue is not an epic.");
  return ok({{"id", issue.id},
             {"key", issue.key},
             {"self", call.site.base + "/rest/agile/1.0/epic/" + std::to_string(issue.id)},
             {"name", text_at(issue.fields, "customfield_10011")},
             {"summary", issue.fields.at("summary")},
             {"color", {{"key", "color_1"}}},
             {"done", false}});
}

Reply epic_issues(Call& call) {
  const ObjectId id = call.issue(call.path_has("board") ? 1 : 0).id;
  return issues_page(call, found(call, call.path_has("board") ? board_query(call) : "",
                                 [&](const Issue& issue) { return id_at(issue.fields, "parent") == id; }));
}

Reply no_epic_issues(Call& call) {
  return issues_page(call, found(call, call.path_has("board") ? board_query(call) : "", [&](const Issue& issue) {
                       return id_at(issue.fields, "parent") == 0 && !is_epic(call, issue);
                     }));
}

Reply epic_put_issues(Call& call) {
  const bool none = call.args.empty();
  const std::string parent = none ? std::string() : std::to_string(call.issue().id);
  for (const std::string& name : text_list(call.object().if_contains("issues"))) {
    change_fields(call.site, call.issue_of(name), {{"parent", none ? json::value(nullptr) : json::value(parent)}}, call.caller);
  }
  return no_content();
}

Reply rank(Call& call) {
  for (const std::string& name : text_list(call.object().if_contains("issues"))) rank_by(call, call.issue_of(name));
  return no_content();
}

Reply epic_rank(Call& call) {
  rank_by(call, call.issue());
  return no_content();
}

Reply epic_edit(Call& call) {
  Issue& issue = call.issue();
  if (!is_epic(call, issue)) refuse(404, "Issue is not an epic.");
  if (const json::value* name = call.object().if_contains("name")) issue.fields["customfield_10011"] = text_of(*name);
  if (const json::value* summary = call.object().if_contains("summary")) issue.fields["summary"] = text_of(*summary);
  return epic(call);
}

/// The versions of every project that the filter finds something of.
Reply board_versions(Call& call) {
  std::set<ObjectId> projects;
  for (const ObjectId id : found(call, board_query(call), [](const Issue&) { return true; }))
    projects.insert(call.site.issues.at(id).project);
  json::array out;
  for (const auto& [id, row] : call.site.versions) {
    if (projects.contains(id_at(row, "projectId"))) out.push_back(version_json(call, id));
  }
  return ok(page(call, std::move(out), "values", 50));
}

json::object quick_filter_json(const Call& call) {
  return {{"id", 1},
          {"boardId", call.id(0)},
          {"name", "Mine"},
          {"jql", "assignee = currentUser()"},
          {"description", text_at(board_of(call), "name")},
          {"position", 0}};
}

Reply quick_filters(Call& call) { return ok(page(call, {quick_filter_json(call)}, "values", 50)); }
Reply quick_filter(Call& call) {
  const json::object row = quick_filter_json(call);
  if (call.id(1) != 1) refuse(404, "The quick filter does not exist.");
  return ok(row);
}

Reply features(Call& call) {
  board_of(call);
  json::object& row = call.site.boards.at(call.id(0));
  if (call.request.method == "PUT") row["_feature"] = true_at(call.object(), "enabling");
  return ok({{"features",
              {{{"boardFeature", "SPRINTS"},
                {"boardId", call.id(0)},
                {"state", true_at(row, "_feature") ? "ENABLED" : "DISABLED"},
                {"localisedName", "Sprints"}}}}});
}

Reply reports(Call& call) {
  board_of(call);
  return ok({{"reports", {{{"name", "Burndown Chart"}}}}});
}

Reply estimation(Call& call) {
  Issue& issue = call.issue();
  if (call.request.method == "PUT")
    change_fields(call.site, issue, {{"customfield_10016", id_at(call.object(), "value")}}, call.caller);
  const json::value* value = issue.fields.if_contains("customfield_10016");
  return ok({{"fieldId", "customfield_10016"}, {"value", value == nullptr ? json::value(nullptr) : *value}});
}

}  // namespace

void add_agile_routes(Routes& routes) {
  struct Row {
    const char *method, *path;
    Handler handler;
  };
  const Row rows[] = {{"GET", "board", boards},
                      {"POST", "board", board_add},
                      {"GET", "board/{}", board},
                      {"DELETE", "board/{}", board_delete},
                      {"GET", "board/{}/configuration", configuration},
                      {"GET", "board/{}/issue", board_issues},
                      {"GET", "board/{}/backlog", backlog},
                      {"GET", "board/{}/epic", board_epics},
                      {"GET", "board/{}/epic/none/issue", no_epic_issues},
                      {"GET", "board/{}/epic/{}/issue", epic_issues},
                      {"GET", "board/{}/project", board_projects},
                      {"GET", "board/{}/project/full", board_projects},
                      {"GET", "board/{}/sprint", board_sprints},
                      {"GET", "board/{}/sprint/{}/issue", board_sprint_issues},
                      {"POST", "sprint", sprint_add},
                      {"GET", "sprint/{}", sprint},
                      {"PUT", "sprint/{}", sprint_edit},
                      {"POST", "sprint/{}", sprint_edit},
                      {"DELETE", "sprint/{}", sprint_delete},
                      {"GET", "sprint/{}/issue", sprint_issues},
                      {"POST", "sprint/{}/issue", sprint_put_issues},
                      {"POST", "backlog/issue", to_backlog},
                      {"POST", "backlog/{}/issue", to_backlog},
                      {"POST", "sprint/{}/swap", sprint_swap},
                      {"GET", "board/{}/version", board_versions},
                      {"GET", "board/{}/quickfilter", quick_filters},
                      {"GET", "board/{}/quickfilter/{}", quick_filter},
                      {"GET", "board/{}/features", features},
                      {"PUT", "board/{}/features", features},
                      {"GET", "board/{}/reports", reports},
                      {"GET", "board/{}/issue/approximate-count", board_issues},
                      {"GET", "board/{}/backlog/approximate-count", backlog},
                      {"POST", "board/{}/issue", rank},
                      {"GET", "issue/{}", agile_issue},
                      {"POST", "epic/{}", epic_edit},
                      {"PUT", "epic/{}/rank", epic_rank},
                      {"GET", "epic/{}", epic},
                      {"GET", "epic/none/issue", no_epic_issues},
                      {"GET", "epic/{}/issue", epic_issues},
                      {"POST", "epic/none/issue", epic_put_issues},
                      {"POST", "epic/{}/issue", epic_put_issues},
                      {"PUT", "issue/rank", rank},
                      {"GET", "issue/{}/estimation", estimation},
                      {"PUT", "issue/{}/estimation", estimation}};
  for (const Row& row : rows) routes.agile(row.method, row.path, row.handler);
}

}  // namespace gatehouse::sandbox
