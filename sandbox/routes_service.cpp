// Jira Service Management: a desk for each of A and B, requests that are issues. Worse branch: a queue, request type or approval
// of one desk or request answers below any other, and a queue finds what its query finds.
#include <algorithm>

#include "sandbox/edit.h"
#include "sandbox/jql_eval.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

constexpr const char* kRoot = "/rest/servicedeskapi/";
constexpr ObjectId kCustomers = 10004;  ///< the role that a desk's customers have here

json::object desk_page(const Call& call, json::array values) {
  const std::int64_t total = static_cast<std::int64_t>(values.size());
  const std::int64_t start = std::clamp<std::int64_t>(call.number("start", 0), 0, total);
  const std::int64_t most = std::clamp<std::int64_t>(call.number("limit", 50), 0, 100);
  const std::int64_t end = std::min(total, start + most);
  json::array part(values.begin() + start, values.begin() + end);
  json::object out{{"size", end - start},
                   {"start", start},
                   {"limit", most},
                   {"isLastPage", end >= total},
                   {"_links", {{"self", call.site.base + call.request.target}, {"base", call.site.base}, {"context", ""}}}};
  out["values"] = std::move(part);
  return out;
}

json::object links(const Call& call, const std::string& path) { return {{"_links", {{"self", call.site.base + kRoot + path}}}}; }

/// By its number, or by its project.
ObjectId desk_id(const Call& call, const std::string& text) {
  const ObjectId id = number_of(text, 0);
  if (call.site.desks.contains(id)) return id;
  if (const Project* project = find_project(call.site, text)) {
    for (const auto& [one, row] : call.site.desks) {
      if (id_at(row, "_project") == project->id) return one;
    }
  }
  refuse(404, "The Service Desk you are trying to view does not exist.");
}

const Project& project_of_desk(const Call& call, ObjectId desk) {
  return call.site.projects.at(id_at(call.site.desks.at(desk), "_project"));
}

json::object desk_json(const Call& call, ObjectId id) {
  const Project& project = project_of_desk(call, id);
  json::object out = links(call, "servicedesk/" + std::to_string(id));
  out["id"] = std::to_string(id);
  out["projectId"] = std::to_string(project.id);
  out["projectName"] = project.name;
  out["projectKey"] = project.key;
  return out;
}

Reply info(Call&) { return ok({{"version", "5.0"}, {"platformVersion", "1001"}, {"isLicensedForUse", true}}); }

Reply desks(Call& call) {
  json::array out;
  for (const auto& [id, row] : call.site.desks) out.push_back(desk_json(call, id));
  return ok(desk_page(call, std::move(out)));
}

Reply desk(Call& call) { return ok(desk_json(call, desk_id(call, call.arg(0)))); }

json::array users(const Call& call, const std::set<std::string>& ids) {
  json::array out;
  for (const std::string& id : ids) out.push_back(user_json(call, id));
  return out;
}

std::vector<std::string> named_users(const Call& call) {
  std::vector<std::string> out = text_list(member(call.body, "accountIds"));
  for (const std::string& id : out) {
    if (!call.site.users.contains(id)) refuse(400, "There is no such user: " + id);
  }
  return out;
}

Reply customers(Call& call) {
  Project& project = call.site.projects.at(project_of_desk(call, desk_id(call, call.arg(0))).id);
  std::set<std::string>& members = project.role_members[kCustomers];
  if (call.request.method == "GET") return ok(desk_page(call, users(call, members)));
  for (const std::string& id : named_users(call)) {
    if (call.request.method == "POST")
      members.insert(id);
    else
      members.erase(id);
  }
  return no_content();
}

json::object queue_json(const Call& call, ObjectId id) {
  const json::object& row = call.site.queues.at(id);
  json::object out = links(call, "servicedesk/" + text_at(row, "_desk") + "/queue/" + std::to_string(id));
  for (const char* name : {"id", "name", "jql", "fields"}) out[name] = row.at(name);
  if (call.flag("includeCount")) out["issueCount"] = 7;
  return out;
}

ObjectId row_of(const Call& call, const Table& table, std::size_t arg, const char* what) {
  const ObjectId id = call.id(arg);
  const auto found = table.find(id);
  const bool here =
      found != table.end() && (call.site.leniency.nested_ids || id_at(found->second, "_desk") == desk_id(call, call.arg(0)));
  if (!here) refuse(404, std::string(what) + " does not exist.");
  return id;
}

Reply queues(Call& call) {
  const ObjectId of = desk_id(call, call.arg(0));
  json::array out;
  for (const auto& [id, row] : call.site.queues) {
    if (id_at(row, "_desk") == of) out.push_back(queue_json(call, id));
  }
  return ok(desk_page(call, std::move(out)));
}

Reply queue(Call& call) {
  desk_id(call, call.arg(0));
  return ok(queue_json(call, row_of(call, call.site.queues, 1, "The queue")));
}

Reply queue_issues(Call& call) {
  desk_id(call, call.arg(0));
  const json::object& row = call.site.queues.at(row_of(call, call.site.queues, 1, "The queue"));
  json::array out;
  for (const ObjectId id : run_jql(call, text_at(row, "jql")).ids) {
    const auto issue = call.site.issues.find(id);
    if (issue == call.site.issues.end()) continue;
    IssueView view{{"summary", "reporter", "customfield_10030"}, {}, {}};
    json::object one = issue_json(call, issue->second, view);
    one.erase("expand");
    out.push_back(std::move(one));
  }
  return ok(desk_page(call, std::move(out)));
}

json::object request_type_json(const Call& call, ObjectId id) {
  const json::object& row = call.site.request_types.at(id);
  json::object out = links(call, "servicedesk/" + text_at(row, "_desk") + "/requesttype/" + std::to_string(id));
  for (const char* name : {"id", "name", "description", "helpText", "issueTypeId"}) out[name] = row.at(name);
  out["serviceDeskId"] = text_at(row, "_desk");
  out["groupIds"] = json::array{"1"};
  return out;
}

Reply all_request_types(Call& call) {
  json::array out;
  for (const auto& [id, row] : call.site.request_types) out.push_back(request_type_json(call, id));
  return ok(desk_page(call, std::move(out)));
}

Reply request_types(Call& call) {
  const ObjectId of = desk_id(call, call.arg(0));
  if (call.request.method == "POST") {
    const ObjectId id = call.site.next_id++;
    call.site.request_types[id] = {{"id", std::to_string(id)},
                                   {"_desk", of},
                                   {"name", text_at(call.object(), "name")},
                                   {"description", text_at(call.object(), "description")},
                                   {"helpText", text_at(call.object(), "helpText")},
                                   {"issueTypeId", text_at(call.object(), "issueTypeId")}};
    return ok(request_type_json(call, id));
  }
  json::array out;
  for (const auto& [id, row] : call.site.request_types) {
    if (id_at(row, "_desk") == of) out.push_back(request_type_json(call, id));
  }
  return ok(desk_page(call, std::move(out)));
}

Reply request_type(Call& call) {
  desk_id(call, call.arg(0));
  const ObjectId id = row_of(call, call.site.request_types, 1, "The request type");
  if (call.request.method == "GET") return ok(request_type_json(call, id));
  call.site.request_types.erase(id);
  return no_content();
}

Reply request_type_fields(Call& call) {
  row_of(call, call.site.request_types, 1, "The request type");
  json::array projects;
  for (const auto& [id, project] : call.site.projects)
    projects.push_back(json::object{{"value", std::to_string(id)}, {"label", project.name}});
  return ok({{"requestTypeFields",
              {{{"fieldId", "summary"}, {"name", "Summary"}, {"required", true}, {"validValues", json::array()}},
               {{"fieldId", "customfield_10030"}, {"name", "Related project"}, {"required", false}, {"validValues", projects}}}},
             {"canRaiseOnBehalfOf", true},
             {"canAddRequestParticipants", true}});
}

json::object& held_by_type(Call& call) {
  return call.site.properties["requesttype/" + std::to_string(row_of(call, call.site.request_types, 1, "The request type"))];
}

Reply type_properties(Call& call) {
  json::array keys;
  for (const auto& item : held_by_type(call)) keys.push_back(json::object{{"key", item.key()}});
  return ok({{"keys", std::move(keys)}});
}

Reply type_property(Call& call) {
  json::object& held = held_by_type(call);
  const std::string& key = call.arg(2);
  if (call.request.method == "PUT") {
    held[key] = call.body;
    return no_content();
  }
  if (call.request.method == "DELETE") {
    held.erase(key);
    return no_content();
  }
  const json::value* value = held.if_contains(key);
  if (value == nullptr) refuse(404, "The property does not exist.");
  return ok({{"key", key}, {"value", *value}});
}

Reply groups(Call& call) {
  desk_id(call, call.arg(0));
  return ok(desk_page(call, {json::object{{"id", "1"}, {"name", "General"}}}));
}

json::object date_json() { return {{"iso8601", jira_time()}, {"epochMillis", now_ms()}, {"friendly", "Today"}}; }

ObjectId desk_of(const Call& call, const Issue& issue) {
  for (const auto& [id, row] : call.site.desks) {
    if (id_at(row, "_project") == issue.project) return id;
  }
  refuse_issue();
}

Issue& request_of(Call& call) {
  Issue& issue = call.issue();
  desk_of(call, issue);
  return issue;
}

json::object request_json(Call& call, const Issue& issue) {
  const ObjectId of = desk_of(call, issue);
  json::object out = links(call, "request/" + std::to_string(issue.id));
  out["_links"].as_object()["jiraRest"] = call.site.base + "/rest/api/2/issue/" + std::to_string(issue.id);
  out["_links"].as_object()["web"] = call.site.base + "/servicedesk/customer/portal/1/" + issue.key;
  out["issueId"] = std::to_string(issue.id);
  out["issueKey"] = issue.key;
  out["summary"] = issue.fields.at("summary");
  out["requestTypeId"] = std::to_string(of);
  out["serviceDeskId"] = std::to_string(of);
  out["createdDate"] = date_json();
  out["reporter"] = user_json(call, text_at(issue.fields, "reporter"));
  json::array values;
  for (const char* name : {"summary", "description", "customfield_10030", "customfield_10040"}) {
    values.push_back(json::object{{"fieldId", name},
                                  {"label", name},
                                  {"value", field_value(call, issue, call.site.fields.at(name))},
                                  {"renderedValue", {{"html", html_of(call, text_at(issue.fields, "description"))}}}});
  }
  out["requestFieldValues"] = std::move(values);
  out["currentStatus"] = {{"status", "Open"}, {"statusDate", date_json()}};
  return out;
}

/// Of every desk, where none is named.
Reply requests(Call& call) {
  const auto wanted = call.given("serviceDeskId");
  const ObjectId of = wanted ? desk_id(call, *wanted) : 0;
  json::array out;
  for (const auto& [id, issue] : call.site.issues) {
    for (const auto& [desk_number, row] : call.site.desks) {
      if (id_at(row, "_project") == issue.project && (of == 0 || of == desk_number)) out.push_back(request_json(call, issue));
    }
  }
  return ok(desk_page(call, std::move(out)));
}

Reply request_add(Call& call) {
  const json::object& body = call.object();
  const Project& project = project_of_desk(call, desk_id(call, text_at(body, "serviceDeskId")));
  if (!call.site.request_types.contains(id_at(body, "requestTypeId"))) refuse(400, "The request type does not exist.");
  json::object fields{
      {"project", {{"id", std::to_string(project.id)}}}, {"issuetype", {{"id", "10002"}}}, {"summary", "Request"}};
  if (const json::value* given = body.if_contains("requestFieldValues"); given != nullptr && given->is_object()) {
    for (const auto& item : given->get_object()) fields[item.key()] = item.value();
  }
  return ok(request_json(call, create_issue(call, {{"fields", std::move(fields)}})), 201);
}

Reply request(Call& call) { return ok(request_json(call, request_of(call))); }

Reply status(Call& call) {
  request_of(call);
  return ok(desk_page(call, {json::object{{"status", "Open"}, {"statusDate", date_json()}}}));
}

Reply transition(Call& call) {
  Issue& issue = request_of(call);
  if (call.request.method == "GET") return ok(desk_page(call, {json::object{{"id", "31"}, {"name", "Done"}}}));
  do_transition(call, issue, text_at(call.object(), "id"), {});
  return no_content();
}

Reply participants(Call& call) {
  Issue& issue = request_of(call);
  if (call.request.method != "GET") {
    for (const std::string& id : named_users(call)) {
      if (call.request.method == "POST")
        issue.watchers.insert(id);
      else
        issue.watchers.erase(id);
    }
  }
  return ok(desk_page(call, users(call, issue.watchers)));
}

json::object sla_json() {
  return {
      {"id", "1"}, {"name", "Time to resolution"}, {"completedCycles", json::array()}, {"ongoingCycle", {{"breached", false}}}};
}

Reply slas(Call& call) {
  request_of(call);
  return ok(desk_page(call, {sla_json()}));
}

Reply sla(Call& call) {
  request_of(call);
  return ok(sla_json());
}

/// The number of an approval is ten times its request's.
json::object approval_json(const Call& call, const Issue& issue) {
  return {{"id", std::to_string(issue.id * 10)},
          {"name", "Approval of " + text_at(issue.fields, "summary")},
          {"finalDecision", "pending"},
          {"canAnswerApproval", true},
          {"approvers", {{{"approver", user_json(call, text_at(issue.fields, "reporter"))}, {"approverDecision", "pending"}}}},
          {"createdDate", date_json()}};
}

Reply approvals(Call& call) { return ok(desk_page(call, {approval_json(call, request_of(call))})); }

Reply approval(Call& call) {
  request_of(call);
  const auto issue = call.site.issues.find(call.id(1) / 10);
  if (call.id(1) % 10 != 0 || issue == call.site.issues.end()) refuse(404, "The approval does not exist.");
  return ok(approval_json(call, issue->second));
}

json::object comment_of_request(const Call& call, const Issue& issue, const Comment& comment) {
  json::object out = links(call, "request/" + std::to_string(issue.id) + "/comment/" + std::to_string(comment.id));
  out["id"] = std::to_string(comment.id);
  out["body"] = to_plain(comment.body);
  out["public"] = true;
  out["author"] = user_json(call, comment.author);
  out["created"] = date_json();
  return out;
}

Reply comments(Call& call) {
  Issue& issue = request_of(call);
  if (call.request.method == "POST")
    return ok(comment_of_request(call, issue, add_comment(call, issue, {{"body", text_at(call.object(), "body")}})), 201);
  json::array out;
  for (const Comment& one : issue.comments) out.push_back(comment_of_request(call, issue, one));
  return ok(desk_page(call, std::move(out)));
}

/// Whatever issue the path names.
Reply comment(Call& call) {
  request_of(call);
  const auto home = call.site.comment_home.find(call.id(1));
  if (home == call.site.comment_home.end()) refuse(404, "The comment does not exist.");
  const Issue& issue = call.site.issues.at(home->second);
  for (const Comment& one : issue.comments) {
    if (one.id == call.id(1)) return ok(comment_of_request(call, issue, one));
  }
  refuse(404, "The comment does not exist.");
}

json::object attachment_of_request(const Call& call, const Issue& issue, const Attachment& attachment) {
  const std::string path = "request/" + std::to_string(issue.id) + "/attachment/" + std::to_string(attachment.id);
  json::object out = links(call, path);
  out["_links"].as_object()["content"] = call.site.base + kRoot + path;
  out["filename"] = attachment.filename;
  out["author"] = user_json(call, attachment.author);
  out["created"] = date_json();
  out["size"] = attachment.bytes.size();
  out["mimeType"] = attachment.mime;
  return out;
}

json::array attachments_of(const Call& call, const Issue& issue) {
  json::array out;
  for (const Attachment& one : issue.attachments) out.push_back(attachment_of_request(call, issue, one));
  return out;
}

Reply attachments(Call& call) {
  Issue& issue = request_of(call);
  if (call.request.method == "GET") return ok(desk_page(call, attachments_of(call, issue)));
  // A temporary attachment is anybody's who knows its number.
  for (const std::string& name : text_list(call.object().if_contains("temporaryAttachmentIds"))) {
    const auto temporary = call.site.temporary_files.find(name);
    if (temporary == call.site.temporary_files.end()) refuse(400, "The temporary attachment does not exist.");
    Attachment made{call.site.next_id++, "temporary.txt", "text/plain", temporary->second, call.caller, jira_time(), {}};
    made.media = "m" + std::to_string(made.id);
    call.site.attachment_home[made.id] = issue.id;
    issue.attachments.push_back(std::move(made));
    call.site.temporary_files.erase(temporary);
  }
  return ok({{"attachments", desk_page(call, attachments_of(call, issue))}}, 201);
}

Reply attachment(Call& call) {
  request_of(call);
  const auto home = call.site.attachment_home.find(call.id(1));
  if (home == call.site.attachment_home.end()) refuse(404, "The attachment does not exist.");
  for (const Attachment& one : call.site.issues.at(home->second).attachments) {
    if (one.id == call.id(1)) return Reply{200, one.mime, {}, one.bytes};
  }
  refuse(404, "The attachment does not exist.");
}

Reply comment_attachments(Call& call) {
  request_of(call);
  return ok(desk_page(call, json::array()));
}

Reply attach_temporary(Call& call) {
  desk_id(call, call.arg(0));
  const std::string id = "temp" + std::to_string(call.site.next_id++);
  call.site.temporary_files[id] = call.request.body;
  return ok({{"temporaryAttachments", {{{"temporaryAttachmentId", id}, {"fileName", "a.txt"}}}}}, 201);
}

Reply feedback(Call& call) {
  json::object& held = call.site.properties["issue/" + std::to_string(request_of(call).id)];
  if (call.request.method == "DELETE") {
    held.erase("feedback");
    return no_content();
  }
  if (call.request.method == "POST") held["feedback"] = call.object();
  const json::value* given = held.if_contains("feedback");
  return ok(given == nullptr ? json::value(json::object{{"type", "csat"}, {"rating", 0}}) : *given);
}

}  // namespace

void add_service_routes(Routes& routes) {
  struct Row {
    const char *methods, *path;
    Handler handler;
  };
  const Row rows[] = {{"GET", "info", info},
                      {"GET", "servicedesk", desks},
                      {"GET", "servicedesk/{}", desk},
                      {"GET POST DELETE", "servicedesk/{}/customer", customers},
                      {"GET", "servicedesk/{}/queue", queues},
                      {"GET", "servicedesk/{}/queue/{}", queue},
                      {"GET", "servicedesk/{}/queue/{}/issue", queue_issues},
                      {"GET", "requesttype", all_request_types},
                      {"GET POST", "servicedesk/{}/requesttype", request_types},
                      {"GET DELETE", "servicedesk/{}/requesttype/{}", request_type},
                      {"GET", "servicedesk/{}/requesttype/{}/field", request_type_fields},
                      {"GET", "servicedesk/{}/requesttype/{}/property", type_properties},
                      {"GET PUT DELETE", "servicedesk/{}/requesttype/{}/property/{}", type_property},
                      {"GET", "servicedesk/{}/requesttypegroup", groups},
                      {"POST", "servicedesk/{}/attachTemporaryFile", attach_temporary},
                      {"GET", "request", requests},
                      {"POST", "request", request_add},
                      {"GET", "request/{}", request},
                      {"GET", "request/{}/status", status},
                      {"GET POST", "request/{}/transition", transition},
                      {"GET POST DELETE", "request/{}/participant", participants},
                      {"GET", "request/{}/sla", slas},
                      {"GET", "request/{}/sla/{}", sla},
                      {"GET", "request/{}/approval", approvals},
                      {"GET", "request/{}/approval/{}", approval},
                      {"GET POST", "request/{}/comment", comments},
                      {"GET", "request/{}/comment/{}", comment},
                      {"GET", "request/{}/comment/{}/attachment", comment_attachments},
                      {"GET POST", "request/{}/attachment", attachments},
                      {"GET", "request/{}/attachment/{}", attachment},
                      {"GET", "request/{}/attachment/{}/thumbnail", attachment},
                      {"GET POST DELETE", "request/{}/feedback", feedback}};
  for (const Row& row : rows) {
    for (const std::string& method : split(row.methods, ' '))
      routes.raw(method.c_str(), (std::string(kRoot + 1) + row.path).c_str(), row.handler);
  }
}

}  // namespace gatehouse::sandbox
