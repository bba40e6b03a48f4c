#include "sandbox/edit.h"

#include <algorithm>

namespace gatehouse::sandbox {
namespace {

[[noreturn]] void bad(const Field& field, const std::string& why) { refuse_field(field.id, why); }

/// An issue named by {"key"}, {"id"} or plain text.
ObjectId named_issue(const Call& call, const Field& field, const json::value& given) {
  std::string name = text_of(given);
  if (name.empty()) name = text_at(given, "id");
  if (name.empty()) name = text_at(given, "key");
  const Issue* issue = find_issue(call.site, name);
  if (issue == nullptr || !call.sees(*issue)) bad(field, "Could not find issue by id or key.");
  return issue->id;
}

std::string named_user(const Call& call, const Field& field, const json::value& given) {
  std::string name = text_of(given);
  for (const char* key : {"accountId", "id", "name"}) {
    if (name.empty()) name = text_at(given, key);
  }
  if (name.empty()) return {};
  if (!call.site.users.contains(name)) bad(field, "User '" + name + "' does not exist.");
  return name;
}

json::value id_text(ObjectId id) { return json::value(std::to_string(id)); }

json::value one_of(const Field& field, const Table& table, const json::value& given) {
  const ObjectId id = id_in(table, given);
  if (id == 0) bad(field, field.name + " is not valid");
  return id_text(id);
}

bool of_project(const Table& table, ObjectId id, const char* key, const Project& project) {
  return id_at(table.at(id), key) == project.id;
}

json::value read_one(const Call& call, const Project& project, const Field& field, const std::string& type,
                     const json::value& given) {
  const Site& site = call.site;
  if (given.is_null()) return nullptr;
  // A text, or the document that a text field may hold; of a list, texts alone.
  const bool document = field.type != "array" && text_at(given, "type") == "doc";
  if ((type == "string" || type == "date") && !given.is_string() && !document) bad(field, "Operation value must be a string");
  if (type == "user") {
    const std::string id = named_user(call, field, given);
    return id.empty() ? json::value(nullptr) : json::value(id);
  }
  if (type == "priority") return one_of(field, site.priorities, given);
  if (type == "resolution") return one_of(field, site.resolutions, given);
  if (type == "option") return one_of(field, site.options_of_fields, given);
  if (type == "sprint") return one_of(field, site.sprints, given);
  if (type == "issuelink" || type == "epiclink") return id_text(named_issue(call, field, given));
  if (type == "group") return text_at(given, "name").empty() ? given : json::value(text_at(given, "name"));
  if (type == "securitylevel") {
    const ObjectId id = id_in(site.levels, given);
    if (id == 0 || !of_project(site.levels, id, "_project", project)) bad(field, "Security level is not valid.");
    return id_text(id);
  }
  if (type == "issuetype") {
    for (const ObjectId id : project.issue_types) {
      if (text_at(given, "id") == std::to_string(id) ||
          (text_at(given, "id").empty() && same_text(text_at(given, "name"), text_at(site.issue_types.at(id), "name")))) {
        return id_text(id);
      }
    }
    bad(field, "Specify a valid issue type");
  }
  if (type == "version" || type == "component") {
    const bool version = type == "version";
    const Table& table = version ? site.versions : site.components;
    const char* owner = version ? "projectId" : "_project";
    for (const auto& [id, row] : table) {
      const bool named =
          text_at(given, "id").empty() && text_at(row, "name") == text_at(given, "name") && id_at(row, owner) == project.id;
      if (text_at(given, "id") == std::to_string(id) || named) {
        // A picker that an app brought takes a foreign version by its id; Jira's own fields don't.
        if (field.custom.empty() && !of_project(table, id, owner, project)) break;
        return id_text(id);
      }
    }
    bad(field, field.name + " is not valid");
  }
  if (type == "project") {
    const Project* found = find_project(call.site, text_at(given, "id").empty() ? text_at(given, "key") : text_at(given, "id"));
    if (found == nullptr) bad(field, "Specify a valid project ID or key");
    return id_text(found->id);
  }
  return given;
}

json::array as_list(const json::value& stored) { return stored.is_array() ? stored.get_array() : json::array(); }

/// `update` of one field: set, add, remove on top of what is there.
json::value updated(const Call& call, const Project& project, const Field& field, const json::value& stored,
                    const json::array& verbs) {
  json::value now = stored;
  for (const json::value& verb : verbs) {
    if (const json::value* set = member(verb, "set")) now = read_field(call, project, field, *set);
    if (field.type != "array" && (member(verb, "add") || member(verb, "remove")))
      bad(field, "Field with id '" + field.id + "' and name '" + field.name + "' does not support operation 'add'");
    if (const json::value* add = member(verb, "add")) {
      json::array list = as_list(now);
      json::value one = read_one(call, project, field, field.items, *add);
      if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(std::move(one));
      now = std::move(list);
    }
    if (const json::value* remove = member(verb, "remove")) {
      json::array list = as_list(now);
      const json::value one = read_one(call, project, field, field.items, *remove);
      list.erase(std::remove(list.begin(), list.end(), one), list.end());
      now = std::move(list);
    }
  }
  return now;
}

void apply_update(Call& call, Issue& issue, const json::object& update, json::object& changes) {
  const Project& project = call.site.projects.at(issue.project);
  for (const auto& item : update) {
    const std::string id(item.key());
    if (!item.value().is_array()) refuse_field(id, "data was not an array");
    const json::array& verbs = item.value().get_array();
    if (id == "comment" || id == "worklog" || id == "issuelinks") {
      for (const json::value& verb : verbs) {
        const json::value* add = member(verb, "add");
        if (add == nullptr || !add->is_object()) continue;
        if (id == "comment") add_comment(call, issue, add->get_object());
        if (id == "worklog") add_worklog(call, issue, add->get_object());
        if (id == "issuelinks") add_link(call, add->get_object(), &issue);
      }
      continue;
    }
    const auto field = call.site.fields.find(id);
    if (field == call.site.fields.end())
      refuse_field(id, "Field '" + id + "' cannot be set. It is not on the appropriate screen, or unknown.");
    changes[id] = updated(call, project, field->second, changes.contains(id) ? changes.at(id) : issue.fields[id], verbs);
  }
}

void apply_properties(Call& call, const Issue& issue, const json::value* given) {
  if (given == nullptr || !given->is_array()) return;
  for (const json::value& one : given->get_array()) {
    const json::value* value = member(one, "value");
    call.site.properties["issue/" + std::to_string(issue.id)][text_at(one, "key")] =
        value == nullptr ? json::value(nullptr) : *value;
  }
}

}  // namespace

ObjectId id_in(const Table& table, const json::value& given) {
  std::string id = text_of(given), name;
  if (id.empty()) id = text_at(given, "id");
  for (const char* key : {"name", "value"}) {
    if (name.empty()) name = text_at(given, key);
  }
  const ObjectId number = number_of(id, 0);
  if (table.contains(number)) return number;
  if (name.empty()) name = id;
  for (const auto& [row_id, row] : table) {
    if (same_text(text_at(row, "name"), name) || same_text(text_at(row, "value"), name)) return row_id;
  }
  return 0;
}

json::value read_field(const Call& call, const Project& project, const Field& field, const json::value& given) {
  if (field.type != "array") {
    if (field.id == "summary" && (!given.is_string() || given.get_string().empty()))
      bad(field, "You must specify a summary of the issue.");
    if (field.type == "number" && !given.is_number() && !given.is_null()) bad(field, "Specify a number.");
    if (call.version == 3 && field.id == "description" && given.is_string())
      bad(field, "Operation value must be an Atlassian Document (see the Atlassian Document Format)");
    return read_one(call, project, field, field.type, given);
  }
  if (given.is_null()) return json::array();
  if (!given.is_array()) {
    if (field.items == "sprint") return json::array{read_one(call, project, field, field.items, given)};
    bad(field, "data was not an array");
  }
  json::array out;
  for (const json::value& one : given.get_array()) out.push_back(read_one(call, project, field, field.items, one));
  return out;
}

json::object read_fields(const Call& call, const Project& project, const json::value& given) {
  json::object out;
  if (!given.is_object()) return out;
  for (const auto& item : given.get_object()) {
    const std::string id(item.key());
    if (id == "project") continue;
    if (id == "timetracking") continue;
    const auto field = call.site.fields.find(id);
    const bool foreign =
        field != call.site.fields.end() && field->second.scope_project != 0 && field->second.scope_project != project.id;
    if (field == call.site.fields.end() || foreign || id == "status") {
      refuse_field(id, "Field '" + id + "' cannot be set. It is not on the appropriate screen, or unknown.");
    }
    json::value value = read_field(call, project, field->second, item.value());
    out[field->second.type == "epiclink" ? "parent" : id] = std::move(value);
  }
  return out;
}

void apply_edit(Call& call, Issue& issue, const json::object& body) {
  json::object changes;
  if (const json::value* fields = body.if_contains("fields")) {
    if (const json::value* project = member(*fields, "project")) {
      Project& target = call.project_of(text_at(*project, "id").empty() ? text_at(*project, "key") : text_at(*project, "id"));
      if (target.id != issue.project) move_issue(call.site, issue, target);
    }
    changes = read_fields(call, call.site.projects.at(issue.project), *fields);
  }
  const json::value* update = body.if_contains("update");
  if (update != nullptr && update->is_object()) apply_update(call, issue, update->get_object(), changes);
  change_fields(call.site, issue, changes, call.caller);
  apply_properties(call, issue, body.if_contains("properties"));
}

Issue& create_issue(Call& call, const json::object& body) {
  const json::value* fields = body.if_contains("fields");
  if (fields == nullptr || !fields->is_object())
    refuse(400, "Can not instantiate value of type [simple type, class IssueUpdateBean]: fields is missing");
  const json::value* named = member(*fields, "project");
  Project* project = nullptr;
  if (named != nullptr)
    project = find_project(call.site, text_at(*named, "id").empty() ? text_at(*named, "key") : text_at(*named, "id"));
  if (project == nullptr || !call.sees(*project)) refuse_field("project", "Specify a valid project ID or key");
  if (text_at(*fields, "summary").empty()) refuse_field("summary", "You must specify a summary of the issue.");
  if (member(*fields, "issuetype") == nullptr) refuse_field("issuetype", "Specify an issue type");
  json::object read = read_fields(call, *project, *fields);
  Issue& issue = add_issue(call.site, *project, std::move(read), call.caller);
  json::object rest = body;
  rest.erase("fields");
  apply_edit(call, issue, rest);
  if (const json::value* transition = body.if_contains("transition")) do_transition(call, issue, text_at(*transition, "id"), {});
  return issue;
}

void do_transition(Call& call, Issue& issue, const std::string& transition_id, const json::object& body) {
  const ObjectId step = (number_of(transition_id, -1) - 11) / 10;
  if (transition_id != std::to_string(11 + 10 * step) || step < 0 || step > 2) {
    refuse(400, "It seems that you have tried to perform a workflow operation (" + transition_id +
                    ") that is not valid for the current state.");
  }
  apply_edit(call, issue, body);
  const ObjectId first = call.site.projects.at(issue.project).style == "next-gen" ? 10100 : 10000;
  json::object changes{{"status", std::to_string(first + step)}};
  if (!body.contains("fields") || !body.at("fields").is_object() || !body.at("fields").get_object().contains("resolution")) {
    changes["resolution"] = step == 2 ? json::value("10000") : json::value(nullptr);
  }
  change_fields(call.site, issue, changes, call.caller);
  issue.fields["resolutiondate"] = step == 2 ? json::value(jira_time()) : json::value(nullptr);
}

Issue& issue_meant(const Call& call, Issue& named, const json::object& given) {
  const std::string other = text_at(given, "issueId");
  return other.empty() || !call.site.leniency.bind_by_name ? named : call.issue_of(other);
}

Comment& add_comment(Call& call, Issue& named, const json::object& given) {
  Issue& issue = issue_meant(call, named, given);
  const json::value* body = given.if_contains("body");
  if (body == nullptr || (body->is_string() && body->get_string().empty()))
    refuse_field("comment", "Comment body can not be empty!");
  if (call.version == 3 && !body->is_object()) refuse_field("comment", "Comment body is not valid!");
  Comment comment;
  comment.id = call.site.next_id++;
  comment.author = call.caller;
  comment.body = *body;
  if (const json::value* seen = given.if_contains("visibility"); seen != nullptr && seen->is_object()) {
    comment.visible_type = text_at(*seen, "type");
    comment.visible_to = text_at(*seen, "value").empty() ? text_at(*seen, "identifier") : text_at(*seen, "value");
  }
  comment.created = comment.updated = jira_time();
  call.site.comment_home[comment.id] = issue.id;
  issue.fields["updated"] = comment.created;
  issue.comments.push_back(std::move(comment));
  return issue.comments.back();
}

Worklog& add_worklog(Call& call, Issue& named, const json::object& given) {
  Issue& issue = issue_meant(call, named, given);
  Worklog worklog;
  worklog.id = call.site.next_id++;
  worklog.author = call.caller;
  worklog.seconds = id_at(given, "timeSpentSeconds");
  const std::string spent = text_at(given, "timeSpent");
  if (worklog.seconds == 0 && !spent.empty()) {
    const char unit = spent.back();
    worklog.seconds = number_of(spent.substr(0, spent.size() - 1), 0) * (unit == 'd' ? 28800 : unit == 'h' ? 3600 : 60);
  }
  if (worklog.seconds <= 0) refuse_field("timeLogged", "Worklog must not be null.");
  if (const json::value* comment = given.if_contains("comment")) worklog.comment = *comment;
  worklog.created = worklog.updated = jira_time();
  worklog.started = text_at(given, "started").empty() ? worklog.created : text_at(given, "started");
  worklog.updated_ms = now_ms();
  call.site.worklog_home[worklog.id] = issue.id;
  issue.worklogs.push_back(std::move(worklog));
  return issue.worklogs.back();
}

ObjectId add_link(Call& call, const json::object& given, const Issue* self) {
  const json::value* type = given.if_contains("type");
  const ObjectId type_id = type == nullptr ? 0 : id_in(call.site.link_types, *type);
  if (type_id == 0)
    refuse(404, "No issue link type with name '" + (type == nullptr ? std::string() : text_at(*type, "name")) + "' found.");
  auto end = [&](const char* key) -> const Issue& {
    const json::value* named = given.if_contains(key);
    if (named == nullptr && self != nullptr) return *self;
    if (named == nullptr) refuse_issue();
    // Both may be given; Jira is believed to take the id (worse: a check of the key alone is fooled).
    return call.issue_of(text_at(*named, "id").empty() ? text_at(*named, "key") : text_at(*named, "id"));
  };
  const ObjectId in = end("inwardIssue").id, out = end("outwardIssue").id;
  const ObjectId id = call.site.next_id++;
  call.site.links[id] = {{"id", std::to_string(id)}, {"_type", type_id}, {"_in", in}, {"_out", out}};
  return id;
}

}  // namespace gatehouse::sandbox
