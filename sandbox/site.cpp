#include "sandbox/site.h"

#include <algorithm>
#include <ctime>

#include "base/clock.h"
#include "base/encoding.h"
#include "sandbox/json_text.h"

namespace gatehouse::sandbox {
namespace {

void lag_behind(const Site& site, Issue& issue, ObjectId believed_project) {
  issue.stale_project = believed_project;
  issue.stale_left = site.options.index_lag;
}

std::string names_of(const Table& table, const json::value& ids) {
  std::string out;
  if (!ids.is_array()) return out;
  for (const json::value& id : ids.get_array()) {
    const auto found = table.find(number_of(text_of(id), 0));
    if (found == table.end()) continue;
    if (!out.empty()) out += ", ";
    const std::string name = text_at(found->second, "name");
    out += name.empty() ? text_at(found->second, "value") : name;
  }
  return out;
}

std::string name_in(const Table& table, const json::value& id) { return names_of(table, json::array{id}); }

std::string raw_of(const json::value& stored) {
  if (stored.is_null()) return {};
  if (!stored.is_array()) return text_of(stored);
  std::string out;
  for (const json::value& one : stored.get_array()) out += (out.empty() ? "" : ", ") + text_of(one);
  return out;
}

json::value maybe(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

}  // namespace

std::int64_t now_ms() { return SystemClock().now().time_since_epoch().count(); }

std::string jira_time() {
  const std::int64_t ms = now_ms();
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03d+0000", static_cast<int>(ms % 1000));
  return text;
}

Issue* find_issue(Site& site, std::string_view id_or_key) {
  const ObjectId id = number_of(id_or_key, 0);
  if (const auto found = site.issues.find(id); found != site.issues.end()) return &found->second;
  const std::string key = upper(id_or_key);
  auto found = site.issue_by_key.find(key);
  if (found == site.issue_by_key.end()) {
    found = site.issue_by_old_key.find(key);
    if (found == site.issue_by_old_key.end()) return nullptr;
  }
  const auto issue = site.issues.find(found->second);
  return issue == site.issues.end() ? nullptr : &issue->second;
}

Project* project_by_key(Site& site, std::string_view key) {
  for (auto& [id, project] : site.projects) {
    if (same_text(project.key, key)) return &project;
  }
  return nullptr;
}

Project* find_project(Site& site, std::string_view id_or_key) {
  if (const auto found = site.projects.find(number_of(id_or_key, 0)); found != site.projects.end()) return &found->second;
  if (Project* project = project_by_key(site, id_or_key)) return project;
  const auto old = site.old_project_keys.find(upper(id_or_key));
  if (old == site.old_project_keys.end()) return nullptr;
  const auto found = site.projects.find(old->second);
  return found == site.projects.end() ? nullptr : &found->second;
}

Issue& add_issue(Site& site, Project& project, json::object fields, const std::string& author) {
  Issue issue;
  issue.id = site.next_id++;
  issue.key = project.key + "-" + std::to_string(project.next_number++);
  issue.project = project.id;
  issue.fields = std::move(fields);
  const std::string now = jira_time();
  auto set_default = [&](const char* field, const std::string& value) {
    if (!issue.fields.contains(field)) issue.fields[field] = value;
  };
  set_default("created", now);
  set_default("updated", now);
  set_default("creator", author);
  set_default("reporter", author);
  set_default("status", project.style == "next-gen" ? "10100" : "10000");
  set_default("priority", "3");
  site.issue_by_key[issue.key] = issue.id;
  const ObjectId id = issue.id;
  return site.issues.emplace(id, std::move(issue)).first->second;
}

void move_issue(Site& site, Issue& issue, Project& target) {
  const Project& source = site.projects.at(issue.project);
  const std::string old_key = issue.key;
  Change change;
  change.id = site.next_id++;
  change.author = text_of(issue.fields["reporter"]);
  change.created = jira_time();
  change.items.push_back({{"field", "project"},
                          {"fieldtype", "jira"},
                          {"fieldId", "project"},
                          {"from", std::to_string(source.id)},
                          {"fromString", source.name},
                          {"to", std::to_string(target.id)},
                          {"toString", target.name}});
  issue.key = target.key + "-" + std::to_string(target.next_number++);
  change.items.push_back({{"field", "Key"},
                          {"fieldtype", "jira"},
                          {"from", nullptr},
                          {"fromString", old_key},
                          {"to", nullptr},
                          {"toString", issue.key}});
  issue.changes.push_back(std::move(change));
  lag_behind(site, issue, issue.project);
  site.issue_by_key.erase(old_key);
  site.issue_by_old_key[old_key] = issue.id;
  site.issue_by_key[issue.key] = issue.id;
  issue.project = target.id;
  issue.fields["updated"] = jira_time();
  // Versions, components and levels belong to a project and do not go along.
  for (const char* field : {"fixVersions", "versions", "components", "security"}) issue.fields.erase(field);
}

void delete_issue(Site& site, ObjectId id) {
  const auto found = site.issues.find(id);
  if (found == site.issues.end()) return;
  std::vector<ObjectId> children;
  for (const auto& [other_id, other] : site.issues) {
    const auto type = site.issue_types.find(id_at(other.fields, "issuetype"));
    const bool subtask = type != site.issue_types.end() && true_at(type->second, "subtask");
    if (subtask && id_at(other.fields, "parent") == id) children.push_back(other_id);
  }
  for (const ObjectId child : children) delete_issue(site, child);
  Issue issue = std::move(found->second);
  site.issues.erase(found);
  site.issue_by_key.erase(issue.key);
  std::erase_if(site.links,
                [&](const auto& entry) { return id_at(entry.second, "_in") == id || id_at(entry.second, "_out") == id; });
  for (const Comment& one : issue.comments) site.comment_home.erase(one.id);
  for (const Worklog& one : issue.worklogs) {
    site.worklog_home.erase(one.id);
    site.deleted_worklogs.emplace_back(one.id, now_ms());
  }
  for (const Attachment& one : issue.attachments) site.attachment_home.erase(one.id);
  lag_behind(site, issue, issue.project);
  if (issue.stale_left != 0) site.ghosts.push_back(std::move(issue));
}

std::string display(const Site& site, const Field& field, const json::value& stored) {
  if (stored.is_null()) return {};
  const std::string& type = field.type == "array" ? field.items : field.type;
  const bool many = field.type == "array";
  auto show = [&](const Table& table) { return many ? names_of(table, stored) : name_in(table, stored); };
  if (type == "status") return show(site.statuses);
  if (type == "priority") return show(site.priorities);
  if (type == "resolution") return show(site.resolutions);
  if (type == "issuetype") return show(site.issue_types);
  if (type == "version") return show(site.versions);
  if (type == "component") return show(site.components);
  if (type == "securitylevel") return show(site.levels);
  if (type == "option") return show(site.options_of_fields);
  if (type == "sprint") return show(site.sprints);
  if (type == "user" && !many) {
    const auto user = site.users.find(text_of(stored));
    return user == site.users.end() ? std::string() : user->second.name;
  }
  if (type == "issuelink") {
    const auto issue = site.issues.find(number_of(text_of(stored), 0));
    return issue == site.issues.end() ? std::string() : issue->second.key;
  }
  if (type == "project") {
    const auto project = site.projects.find(number_of(text_of(stored), 0));
    return project == site.projects.end() ? std::string() : project->second.name;
  }
  if (stored.is_object()) return to_plain(stored);
  if (stored.is_double()) return to_json_text(stored);
  return raw_of(stored);
}

void change_fields(Site& site, Issue& issue, const json::object& changes, const std::string& author) {
  Change change;
  change.id = site.next_id++;
  change.author = author;
  change.created = jira_time();
  for (const auto& item : changes) {
    const std::string id(item.key());
    json::value& slot = issue.fields[item.key()];
    if (slot == item.value()) continue;
    const auto field = site.fields.find(id);
    if (field != site.fields.end()) {
      const std::string name = id == "parent" ? "IssueParentAssociation" : field->second.custom.empty() ? id : field->second.name;
      change.items.push_back({{"field", name},
                              {"fieldtype", field->second.custom.empty() ? "jira" : "custom"},
                              {"fieldId", id},
                              {"from", maybe(raw_of(slot))},
                              {"fromString", maybe(display(site, field->second, slot))},
                              {"to", maybe(raw_of(item.value()))},
                              {"toString", maybe(display(site, field->second, item.value()))}});
    }
    slot = item.value();
  }
  if (change.items.empty()) return;
  issue.fields["updated"] = change.created;
  issue.changes.push_back(std::move(change));
}

}  // namespace gatehouse::sandbox
