// Searching: /search in its old and new forms, counting, parsing, matching.
#include <algorithm>

#include "sandbox/jql_eval.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

/// What was asked, be it in the query (GET) or in the body (POST).
struct Asked {
  std::string jql;
  IssueView view;
  std::int64_t start = 0;
  std::int64_t most = 50;
  std::string page_token;
};

Asked read(const Call& call) {
  Asked asked;
  std::vector<std::string> expand;
  if (call.request.method == "GET" || call.body.is_null()) {
    asked.jql = call.param("jql");
    asked.view.fields = call.list("fields");
    expand = call.list("expand");
    asked.view.properties = call.list("properties");
    asked.start = call.number("startAt", 0);
    asked.most = call.number("maxResults", 50);
    asked.page_token = call.param("nextPageToken");
  } else {
    const json::object& body = call.object();
    asked.jql = text_at(body, "jql");
    asked.view.fields = text_list(body.if_contains("fields"));
    expand = text_list(body.if_contains("expand"));
    asked.view.properties = text_list(body.if_contains("properties"));
    asked.start = id_at(body, "startAt");
    if (body.contains("maxResults")) asked.most = id_at(body, "maxResults");
    asked.page_token = text_at(body, "nextPageToken");
  }
  asked.view.expand = {expand.begin(), expand.end()};
  asked.start = std::max<std::int64_t>(asked.start, 0);
  return asked;
}

/// A deleted issue that the index still has is counted and not shown.
json::array render(const Call& call, const std::vector<ObjectId>& ids, const IssueView& view) {
  json::array out;
  for (const ObjectId id : ids) {
    const auto issue = call.site.issues.find(id);
    if (issue != call.site.issues.end()) out.push_back(issue_json(call, issue->second, view));
  }
  return out;
}

void add_names(const Call& call, const IssueView& view, json::object& out) {
  if (view.expand.contains("names")) out["names"] = names_json(call, view);
  if (view.expand.contains("schema")) out["schema"] = schemas_json(call, view);
}

/// Atlassian took it out in 2025 (410); here it goes on, since clients and our catalogue still know it.
Reply search(Call& call) {
  Asked asked = read(call);
  if (asked.view.fields.empty()) asked.view.fields = {"*navigable"};
  asked.most = std::clamp<std::int64_t>(asked.most, 0, 1000);
  const Hits hits = run_jql(call, asked.jql);
  const auto total = static_cast<std::int64_t>(hits.ids.size());
  const std::int64_t from = std::min(asked.start, total), to = std::min(total, from + asked.most);
  json::object out{{"expand", "schema,names"},
                   {"startAt", asked.start},
                   {"maxResults", asked.most},
                   {"total", total},
                   {"issues", render(call, {hits.ids.begin() + from, hits.ids.begin() + to}, asked.view)}};
  add_names(call, asked.view, out);
  return ok(out);
}

Reply search_jql(Call& call) {
  Asked asked = read(call);
  if (asked.view.fields.empty()) asked.view.fields = {"id"};
  asked.most = std::clamp<std::int64_t>(asked.most, 1, 5000);
  if (asked.view.fields.size() > 1 || asked.view.fields[0] != "id") asked.most = std::min<std::int64_t>(asked.most, 100);
  std::vector<ObjectId> ids;
  if (!asked.page_token.empty()) {
    const auto cursor = call.site.cursors.find(asked.page_token);
    if (cursor == call.site.cursors.end()) refuse(400, "The nextPageToken is invalid or has expired.");
    ids = cursor->second;
  } else {
    auto parsed = query::parse_jql(asked.jql);
    if (parsed.has_value() && parsed.value().where.empty()) {
      refuse(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.");
    }
    ids = run_jql(call, asked.jql).ids;
  }
  const auto count = std::min<std::size_t>(ids.size(), static_cast<std::size_t>(asked.most));
  json::object out{{"issues", render(call, {ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count)}, asked.view)}};
  const bool last = count == ids.size();
  out["isLast"] = last;
  if (!last) {
    const std::string token = "Ck" + std::to_string(call.site.next_id++) + "YXNj==";
    call.site.cursors[token].assign(ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end());
    out["nextPageToken"] = token;
  }
  add_names(call, asked.view, out);
  return ok(out);
}

Reply count(Call& call) { return ok({{"count", run_jql(call, text_at(call.object(), "jql")).ids.size()}}); }

Reply parse(Call& call) {
  json::array queries;
  const json::value* given = call.object().if_contains("queries");
  if (given == nullptr || !given->is_array()) refuse(400, "queries must be a list.");
  for (const json::value& one : given->get_array()) {
    json::object entry{{"query", one}};
    const std::string text = text_of(one);
    auto parsed = query::parse_jql(text);
    std::vector<std::string> wrong;
    if (parsed.has_error()) {
      wrong.push_back("Error in the JQL Query: " + parsed.error().message);
    } else if (call.param("validation", "strict") == "strict") {
      wrong = check_jql(call, text);
    }
    if (wrong.empty()) {
      entry["structure"] = json::object();
    } else {
      json::array messages;
      for (const std::string& message : wrong) messages.emplace_back(message);
      entry["errors"] = std::move(messages);
    }
    queries.push_back(std::move(entry));
  }
  return ok({{"queries", std::move(queries)}});
}

Reply match(Call& call) {
  const json::object& body = call.object();
  json::array out;
  for (const std::string& jql : text_list(body.if_contains("jqls"))) {
    json::array matched, errors;
    for (const std::string& wrong : check_jql(call, jql)) errors.emplace_back(wrong);
    for (const std::string& id : text_list(body.if_contains("issueIds"))) {
      const Issue* issue = find_issue(call.site, id);
      if (errors.empty() && issue != nullptr && call.sees(*issue) && fits_jql(call, jql, *issue)) matched.emplace_back(issue->id);
    }
    out.push_back(json::object{{"matchedIssues", std::move(matched)}, {"errors", std::move(errors)}});
  }
  return ok({{"matches", std::move(out)}});
}

Reply sanitize(Call& call) {
  json::array out;
  const json::value* given = call.object().if_contains("queries");
  if (given == nullptr || !given->is_array()) refuse(400, "queries must be a list.");
  for (const json::value& one : given->get_array()) {
    out.push_back(json::object{{"initialQuery", text_at(one, "query")},
                               {"sanitizedQuery", text_at(one, "query")},
                               {"accountId", text_at(one, "accountId")}});
  }
  return ok({{"queries", std::move(out)}});
}

/// Projects that are named narrow the fields to those that they have; where none is named, all of the site are shown.
Reply autocomplete(Call& call) {
  json::array names;
  const json::value* given = call.body.is_object() ? call.object().if_contains("projectIds") : nullptr;
  const std::vector<std::string> projects = text_list(given);
  for (const auto& [id, field] : call.site.fields) {
    if (field.clauses.empty()) continue;
    const bool shown = projects.empty() || field.scope_project == 0 ||
                       std::find(projects.begin(), projects.end(), std::to_string(field.scope_project)) != projects.end();
    if (!shown) continue;
    names.push_back(json::object{{"value", field.clauses.front()},
                                 {"displayName", field.name},
                                 {"orderable", "true"},
                                 {"searchable", "true"},
                                 {"operators", {"=", "!=", "in", "not in", "is", "is not"}},
                                 {"types", {"java.lang.String"}}});
  }
  return ok(
      {{"visibleFieldNames", std::move(names)},
       {"visibleFunctionNames",
        {{{"value", "currentUser()"}, {"displayName", "currentUser()"}, {"types", {"com.atlassian.jira.user.ApplicationUser"}}}}},
       {"jqlReservedWords", {"empty", "and", "or", "in", "distinct"}}});
}

/// Worse branch: names of every project's versions, components, sprints and people.
Reply suggestions(Call& call) {
  const std::string field = lower(call.param("fieldName")), typed = lower(call.param("fieldValue"));
  json::array out;
  auto put = [&](const std::string& value, const std::string& shown) {
    if (lower(shown).find(typed) != std::string::npos) out.push_back(json::object{{"value", value}, {"displayName", shown}});
  };
  auto all = [&](const Table& table) {
    for (const auto& [id, row] : table) put(text_at(row, "name"), text_at(row, "name"));
  };
  if (field == "project") {
    for (const auto& [id, project] : call.site.projects) put(project.key, project.name + " (" + project.key + ")");
  } else if (field == "fixversion" || field == "affectedversion") {
    all(call.site.versions);
  } else if (field == "component") {
    all(call.site.components);
  } else if (field == "sprint") {
    all(call.site.sprints);
  } else if (field == "assignee" || field == "reporter") {
    for (const auto& [id, user] : call.site.users) put(id, user.name);
  } else if (field == "status") {
    all(call.site.statuses);
  }
  return ok({{"results", std::move(out)}});
}

}  // namespace

void add_search_routes(Routes& routes) {
  for (const char* method : {"GET", "POST"}) {
    routes.api(method, "search", search);
    routes.api(method, "search/jql", search_jql);
    routes.api(method, "jql/autocompletedata", autocomplete);
  }
  routes.api("POST", "search/approximate-count", count);
  routes.api("POST", "jql/parse", parse);
  routes.api("POST", "jql/match", match);
  routes.api("POST", "jql/sanitize", sanitize);
  routes.api("GET", "jql/autocompletedata/suggestions", suggestions);
}

}  // namespace gatehouse::sandbox
