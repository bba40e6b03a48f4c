#include "sandbox/render.h"

#include <algorithm>
#include <cctype>

namespace gatehouse::sandbox {
namespace {

json::object avatars(const Call& call, const std::string& path) {
  json::object out;
  for (const char* size : {"48x48", "24x24", "16x16", "32x32"}) out[size] = call.site.base + path + "?size=" + size;
  return out;
}

json::object category_json(const Call& call, std::int64_t id) {
  const char* key = id == 3 ? "done" : id == 4 ? "indeterminate" : "new";
  const char* name = id == 3 ? "Done" : id == 4 ? "In Progress" : "To Do";
  return {{"self", call.api("statuscategory/" + std::to_string(id))},
          {"id", id},
          {"key", key},
          {"colorName", id == 3   ? "green"
                        : id == 4 ? "yellow"
                                  : "blue-gray"},
          {"name", name}};
}

void add_visibility(json::object& out, const Comment& comment) {
  if (comment.visible_type.empty()) return;
  out["visibility"] = {{"type", comment.visible_type}, {"value", comment.visible_to}, {"identifier", comment.visible_to}};
}

}  // namespace

std::string html_of(const Call& call, const std::string& text) {
  std::string out = "<p>";
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '-')) ++end;
    const std::string word = text.substr(at, std::max<std::size_t>(1, end - at));
    at += word.size();
    const Issue* issue = word.find('-') == std::string::npos ? nullptr : find_issue(call.site, word);
    if (issue == nullptr) {
      out += word;
    } else {
      out += "<a href=\"" + call.site.base + "/browse/" + issue->key + "\" title=\"" + text_at(issue->fields, "summary") + "\">" +
             word + "</a>";
    }
  }
  return out + "</p>";
}

json::value text_json(const Call& call, const json::value& stored) {
  if (stored.is_null()) return nullptr;
  return call.version == 2 ? json::value(to_plain(stored)) : to_document(stored);
}

json::value user_json(const Call& call, const std::string& account_id) {
  const auto found = call.site.users.find(account_id);
  if (found == call.site.users.end()) return nullptr;
  const User& user = found->second;
  return json::object{{"self", call.api("user?accountId=" + user.account_id)},
                      {"accountId", user.account_id},
                      {"accountType", user.account_id == "5b10a2844c20165700ede21b" ? "app" : "atlassian"},
                      {"emailAddress", user.email},
                      {"avatarUrls", avatars(call, "/secure/useravatar")},
                      {"displayName", user.name},
                      {"active", user.active},
                      {"timeZone", "Europe/Berlin"},
                      {"locale", "en_US"}};
}

json::object project_ref(const Call& call, const Project& project) {
  return {{"self", call.api("project/" + std::to_string(project.id))},
          {"id", std::to_string(project.id)},
          {"key", project.key},
          {"name", project.name},
          {"projectTypeKey", "software"},
          {"simplified", project.style == "next-gen"},
          {"avatarUrls", avatars(call, "/rest/api/2/universal_avatar/view/type/project/avatar/10400")}};
}

json::object row_json(const Call& call, const Table& table, ObjectId id, std::string_view path) {
  const auto found = table.find(id);
  if (found == table.end()) return {};
  json::object out;
  if (!path.empty()) out["self"] = call.api(std::string(path) + "/" + std::to_string(id));
  for (const auto& item : found->second) {
    if (!item.key().starts_with('_')) out[item.key()] = item.value();
  }
  return out;
}

json::object status_json(const Call& call, ObjectId id) {
  json::object out = row_json(call, call.site.statuses, id, "status");
  if (out.empty()) return out;
  out["iconUrl"] = call.site.base + "/images/icons/status_generic.gif";
  out["statusCategory"] = category_json(call, id_at(call.site.statuses.at(id), "_category"));
  return out;
}

json::object issue_type_json(const Call& call, ObjectId id) {
  json::object out = row_json(call, call.site.issue_types, id, "issuetype");
  if (out.empty()) return out;
  out["iconUrl"] = call.site.base + "/rest/api/2/universal_avatar/view/type/issuetype/avatar/10315?size=medium";
  out["avatarId"] = 10315;
  return out;
}

json::object priority_json(const Call& call, ObjectId id) {
  json::object out = row_json(call, call.site.priorities, id, "priority");
  if (!out.empty()) out["iconUrl"] = call.site.base + "/images/icons/priorities/medium.svg";
  return out;
}

json::object version_json(const Call& call, ObjectId id) { return row_json(call, call.site.versions, id, "version"); }

json::object component_json(const Call& call, ObjectId id) {
  json::object out = row_json(call, call.site.components, id, "component");
  if (out.empty()) return out;
  const json::object& row = call.site.components.at(id);
  out["lead"] = user_json(call, text_at(row, "_lead"));
  const auto project = call.site.projects.find(id_at(row, "_project"));
  if (project != call.site.projects.end()) out["project"] = project->second.key;
  out["projectId"] = row.at("_project");
  out["isAssigneeTypeValid"] = true;
  return out;
}

json::object sprint_json(const Call& call, ObjectId id, bool inside_issue) {
  json::object out = row_json(call, call.site.sprints, id, "");
  if (out.empty()) return out;
  const json::value& board = call.site.sprints.at(id).at("_board");
  if (inside_issue) {
    out["boardId"] = board;
    out.erase("createdDate");
  } else {
    out["self"] = call.site.base + "/rest/agile/1.0/sprint/" + std::to_string(id);
    out["originBoardId"] = board;
  }
  return out;
}

json::object comment_json(const Call& call, const Issue& issue, const Comment& comment) {
  const std::string id = std::to_string(comment.id);
  json::object out{{"self", call.api("issue/" + std::to_string(issue.id) + "/comment/" + id)},
                   {"id", id},
                   {"author", user_json(call, comment.author)},
                   {"body", text_json(call, comment.body)},
                   {"updateAuthor", user_json(call, comment.author)},
                   {"created", comment.created},
                   {"updated", comment.updated},
                   {"jsdPublic", true}};
  add_visibility(out, comment);
  const std::vector<std::string> expand = call.list("expand");
  if (std::find(expand.begin(), expand.end(), "renderedBody") != expand.end())
    out["renderedBody"] = html_of(call, to_plain(comment.body));
  return out;
}

json::object worklog_json(const Call& call, const Issue& issue, const Worklog& worklog) {
  const std::string id = std::to_string(worklog.id);
  return {{"self", call.api("issue/" + std::to_string(issue.id) + "/worklog/" + id)},
          {"author", user_json(call, worklog.author)},
          {"updateAuthor", user_json(call, worklog.author)},
          {"comment", text_json(call, worklog.comment)},
          {"created", worklog.created},
          {"updated", worklog.updated},
          {"started", worklog.started},
          {"timeSpent", std::to_string(worklog.seconds / 60) + "m"},
          {"timeSpentSeconds", worklog.seconds},
          {"id", id},
          {"issueId", std::to_string(issue.id)}};
}

json::object attachment_json(const Call& call, const Attachment& attachment) {
  const std::string id = std::to_string(attachment.id);
  return {{"self", call.api("attachment/" + id)},
          {"id", id},
          {"filename", attachment.filename},
          {"author", user_json(call, attachment.author)},
          {"created", attachment.created},
          {"size", attachment.bytes.size()},
          {"mimeType", attachment.mime},
          {"content", call.api("attachment/content/" + id)},
          {"thumbnail", call.api("attachment/thumbnail/" + id)}};
}

json::object change_json(const Call& call, const Change& change) {
  return {{"id", std::to_string(change.id)},
          {"author", user_json(call, change.author)},
          {"created", change.created},
          {"items", change.items}};
}

json::object issue_ref(const Call& call, const Issue& issue) {
  json::object fields{{"summary", issue.fields.at("summary")},
                      {"status", status_json(call, id_at(issue.fields, "status"))},
                      {"priority", priority_json(call, id_at(issue.fields, "priority"))},
                      {"issuetype", issue_type_json(call, id_at(issue.fields, "issuetype"))}};
  const std::string id = std::to_string(issue.id);
  return {{"id", id}, {"key", issue.key}, {"self", call.api("issue/" + id)}, {"fields", std::move(fields)}};
}

json::object link_json(const Call& call, const json::object& link, ObjectId seen_from) {
  const std::string id = text_at(link, "id");
  const ObjectId type = id_at(link, "_type"), in = id_at(link, "_in"), out_end = id_at(link, "_out");
  json::object out{
      {"id", id}, {"self", call.api("issueLink/" + id)}, {"type", row_json(call, call.site.link_types, type, "issueLinkType")}};
  const auto in_issue = call.site.issues.find(in), out_issue = call.site.issues.find(out_end);
  if (out_end != seen_from && out_issue != call.site.issues.end()) out["outwardIssue"] = issue_ref(call, out_issue->second);
  if (in != seen_from && in_issue != call.site.issues.end()) out["inwardIssue"] = issue_ref(call, in_issue->second);
  return out;
}

json::object schema_json(const Field& field) {
  std::string type = field.type, items = field.items;
  if (items == "sprint") items = "json";
  if (type == "issuelink" && !field.custom.empty()) type = "any";
  if (items == "issuelink") items = "json";
  if (type == "epiclink") type = "any";
  if (items == "worklog" || items == "attachment" || items == "component" || items == "version") type = "array";
  json::object out{{"type", type}};
  if (!items.empty()) out["items"] = items;
  if (field.custom.empty()) {
    out["system"] = field.id;
  } else {
    out["custom"] = field.custom;
    out["customId"] = number_of(std::string_view(field.id).substr(12), 0);
  }
  return out;
}

json::object field_json(const Field& field) {
  json::array clauses;
  for (const std::string& clause : field.clauses) clauses.emplace_back(clause);
  json::object out{{"id", field.id},
                   {"key", field.id},
                   {"name", field.name},
                   {"custom", !field.custom.empty()},
                   {"orderable", true},
                   {"navigable", field.navigable},
                   {"searchable", true},
                   {"clauseNames", std::move(clauses)},
                   {"schema", schema_json(field)}};
  if (field.scope_project != 0) out["scope"] = {{"type", "PROJECT"}, {"project", {{"id", std::to_string(field.scope_project)}}}};
  if (!field.custom.empty()) out["untranslatedName"] = field.name;
  return out;
}

json::array transitions_json(const Call& call, const Issue& issue) {
  const bool own = call.site.projects.at(issue.project).style == "next-gen";
  const ObjectId first = own ? 10100 : 10000;
  json::array out;
  const char* names[] = {"To Do", "In Progress", "Done"};
  for (int i = 0; i < 3; ++i) {
    out.push_back(json::object{{"id", std::to_string(11 + 10 * i)},
                               {"name", names[i]},
                               {"to", status_json(call, first + i)},
                               {"hasScreen", false},
                               {"isGlobal", true},
                               {"isInitial", false},
                               {"isAvailable", true},
                               {"isConditional", false},
                               {"isLooped", false}});
  }
  return out;
}

}  // namespace gatehouse::sandbox
