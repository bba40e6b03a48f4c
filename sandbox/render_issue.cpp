// The fields of an issue, each by its type.
#include <algorithm>

#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

json::value issue_at(const Call& call, ObjectId id) {
  const auto found = call.site.issues.find(id);
  return found == call.site.issues.end() ? json::value(nullptr) : json::value(issue_ref(call, found->second));
}

json::value null_if_empty(json::object made) { return made.empty() ? json::value(nullptr) : json::value(std::move(made)); }

/// One stored value of a type; `type` is the field's type or, in a list, the type of its items.
json::value one_value(const Call& call, const std::string& type, const Field& field, const json::value& stored) {
  const ObjectId id = number_of(text_of(stored), 0);
  const Site& site = call.site;
  if (stored.is_null()) return nullptr;
  if (type == "user") return user_json(call, text_of(stored));
  if (type == "status") return status_json(call, id);
  if (type == "priority") return null_if_empty(priority_json(call, id));
  if (type == "issuetype") return issue_type_json(call, id);
  if (type == "resolution") return null_if_empty(row_json(call, site.resolutions, id, "resolution"));
  if (type == "version") return null_if_empty(version_json(call, id));
  if (type == "component") return null_if_empty(component_json(call, id));
  if (type == "securitylevel") return null_if_empty(row_json(call, site.levels, id, "securitylevel"));
  if (type == "option") return null_if_empty(row_json(call, site.options_of_fields, id, "customFieldOption"));
  if (type == "sprint") return null_if_empty(sprint_json(call, id, true));
  if (type == "issuelink") return issue_at(call, id);
  if (type == "group")
    return json::object{
        {"name", stored}, {"groupId", "g-" + text_of(stored)}, {"self", call.api("group?groupname=" + text_of(stored))}};
  if (type == "project") {
    const auto project = site.projects.find(id);
    return project == site.projects.end() ? json::value(nullptr) : json::value(project_ref(call, project->second));
  }
  const bool text = field.id == "description" || field.id == "environment" || field.custom.ends_with(":textarea");
  return text ? text_json(call, stored) : stored;
}

json::array links_of(const Call& call, const Issue& issue) {
  json::array out;
  for (const auto& [id, link] : call.site.links) {
    if (id_at(link, "_in") == issue.id || id_at(link, "_out") == issue.id) out.push_back(link_json(call, link, issue.id));
  }
  return out;
}

json::array subtasks_of(const Call& call, const Issue& issue) {
  json::array out;
  for (const auto& [id, other] : call.site.issues) {
    if (id_at(other.fields, "parent") != issue.id) continue;
    const auto type = call.site.issue_types.find(id_at(other.fields, "issuetype"));
    if (type != call.site.issue_types.end() && true_at(type->second, "subtask")) out.push_back(issue_ref(call, other));
  }
  return out;
}

json::object talk(const Call& call, const Issue& issue, bool comments) {
  json::array list;
  for (const Comment& one : issue.comments) {
    if (comments) list.push_back(comment_json(call, issue, one));
  }
  for (const Worklog& one : issue.worklogs) {
    if (!comments) list.push_back(worklog_json(call, issue, one));
  }
  const std::size_t total = list.size();
  json::object out{{"startAt", 0}, {"maxResults", comments ? std::max<std::size_t>(total, 1) : 20}, {"total", total}};
  if (comments) out["self"] = call.api("issue/" + std::to_string(issue.id) + "/comment");
  out[comments ? "comments" : "worklogs"] = std::move(list);
  return out;
}

std::int64_t spent(const Issue& issue) {
  std::int64_t seconds = 0;
  for (const Worklog& one : issue.worklogs) seconds += one.seconds;
  return seconds;
}

json::value epic_key(const Call& call, const Issue& issue) {
  const auto parent = call.site.issues.find(id_at(issue.fields, "parent"));
  if (parent == call.site.issues.end()) return nullptr;
  const auto type = call.site.issue_types.find(id_at(parent->second.fields, "issuetype"));
  if (type == call.site.issue_types.end() || id_at(type->second, "hierarchyLevel") != 1) return nullptr;
  return json::value(parent->second.key);
}

/// Fields that are not kept but follow from the rest. Nothing where `field` is none of them.
std::optional<json::value> computed(const Call& call, const Issue& issue, const Field& field) {
  const std::string& id = field.id;
  const std::string self = "issue/" + issue.key;
  if (id == "project") return json::value(project_ref(call, call.site.projects.at(issue.project)));
  if (id == "issuelinks") return json::value(links_of(call, issue));
  if (id == "subtasks") return json::value(subtasks_of(call, issue));
  if (id == "comment") return json::value(talk(call, issue, true));
  if (id == "worklog") return json::value(talk(call, issue, false));
  if (id == "attachment") {
    json::array out;
    for (const Attachment& one : issue.attachments) out.push_back(attachment_json(call, one));
    return json::value(std::move(out));
  }
  if (id == "votes") {
    return json::value(
        {{"self", call.api(self + "/votes")}, {"votes", issue.voters.size()}, {"hasVoted", issue.voters.contains(call.caller)}});
  }
  if (id == "watches") {
    return json::value({{"self", call.api(self + "/watchers")},
                        {"watchCount", issue.watchers.size()},
                        {"isWatching", issue.watchers.contains(call.caller)}});
  }
  if (id == "statusCategory") return status_json(call, id_at(issue.fields, "status"))["statusCategory"];
  if (id == "statuscategorychangedate") return issue.fields.at("created");
  if (id == "timespent" || id == "aggregatetimespent")
    return spent(issue) == 0 ? json::value(nullptr) : json::value(spent(issue));
  if (id == "progress" || id == "aggregateprogress") return json::value({{"progress", spent(issue)}, {"total", spent(issue)}});
  if (id == "timetracking") {
    if (spent(issue) == 0) return json::value(json::object());
    return json::value({{"timeSpent", std::to_string(spent(issue) / 60) + "m"}, {"timeSpentSeconds", spent(issue)}});
  }
  if (id == "workratio") return json::value(-1);
  if (id == "issuerestriction") return json::value({{"issuerestrictions", json::object()}, {"shouldDisplay", true}});
  if (id == "customfield_10014") return epic_key(call, issue);
  if (id == "customfield_10019") return json::value("0|i" + std::to_string(issue.id) + ":");
  return std::nullopt;
}

json::object rendered(const Call& call, const Issue& issue, const IssueView& view) {
  json::object out;
  for (const auto& [id, field] : call.site.fields) {
    if (!wants(view, field)) continue;
    if (id == "comment") {
      json::object talked = talk(call, issue, true);
      for (json::value& one : talked["comments"].get_array()) {
        one.get_object()["body"] = html_of(call, to_plain(one.get_object()["body"]));
      }
      out[id] = std::move(talked);
      continue;
    }
    const bool text = id == "description" || id == "environment" || field.custom.ends_with(":textarea");
    const json::value* stored = issue.fields.if_contains(id);
    const bool shown = text && stored != nullptr && !stored->is_null();
    out[id] = shown ? json::value(html_of(call, to_plain(*stored))) : json::value(nullptr);
  }
  return out;
}

bool computed_only(std::string_view id) {
  for (const char* one :
       {"created", "updated", "creator", "status", "statusCategory", "statuscategorychangedate", "votes", "watches", "subtasks",
        "timespent", "aggregatetimespent", "progress", "aggregateprogress", "workratio", "lastViewed", "resolutiondate"}) {
    if (id == one) return true;
  }
  return false;
}

json::array allowed_values(const Call& call, const Project& project, const Field& field) {
  const Site& site = call.site;
  json::array out;
  const std::string& type = field.type == "array" ? field.items : field.type;
  if (type == "priority") {
    for (const auto& [id, row] : site.priorities) out.push_back(priority_json(call, id));
  } else if (type == "issuetype") {
    for (const ObjectId id : project.issue_types) out.push_back(issue_type_json(call, id));
  } else if (type == "project") {
    // A project picker offers every project that the account sees, whatever issue it is asked for.
    for (const auto& [id, other] : call.site.projects) {
      if (id == project.id || (!field.custom.empty() && call.sees(other))) out.push_back(project_ref(call, other));
    }
  } else if (type == "securitylevel") {
    for (const ObjectId id : project.levels) out.push_back(row_json(call, site.levels, id, "securitylevel"));
  } else if (type == "version") {
    for (const auto& [id, row] : site.versions) {
      if (id_at(row, "projectId") == project.id) out.push_back(version_json(call, id));
    }
  } else if (type == "component") {
    for (const auto& [id, row] : site.components) {
      if (id_at(row, "_project") == project.id) out.push_back(component_json(call, id));
    }
  } else if (type == "option") {
    for (const auto& [id, row] : site.options_of_fields) {
      if (text_at(row, "_field") == field.id) out.push_back(row_json(call, site.options_of_fields, id, "customFieldOption"));
    }
  }
  return out;
}

json::object history(const Call& call, const Issue& issue) {
  json::array list;
  for (auto change = issue.changes.rbegin(); change != issue.changes.rend(); ++change) list.push_back(change_json(call, *change));
  const std::size_t total = list.size();
  return {{"startAt", 0}, {"maxResults", total}, {"total", total}, {"histories", std::move(list)}};
}

}  // namespace

bool wants(const IssueView& view, const Field& field) {
  bool yes = view.fields.empty() || view.fields.front().starts_with('-');
  for (const std::string& name : view.fields) {
    if (name == "*all" || (name == "*navigable" && field.navigable)) yes = true;
    if (same_text(name, field.id) || (!field.custom.empty() && same_text(name, field.name))) yes = true;
    if (name.starts_with('-') && same_text(std::string_view(name).substr(1), field.id)) yes = false;
  }
  return yes;
}

json::value field_value(const Call& call, const Issue& issue, const Field& field) {
  if (auto made = computed(call, issue, field)) return std::move(*made);
  const json::value* stored = issue.fields.if_contains(field.id);
  if (field.type == "array") {
    if (stored == nullptr || !stored->is_array()) {
      return field.custom.empty() ? json::value(json::array()) : json::value(nullptr);
    }
    json::array out;
    for (const json::value& one : stored->get_array()) {
      json::value made = one_value(call, field.items, field, one);
      if (!made.is_null()) out.push_back(std::move(made));
    }
    return out;
  }
  return stored == nullptr ? json::value(nullptr) : one_value(call, field.type, field, *stored);
}

json::object issue_json(const Call& call, const Issue& issue, const IssueView& view) {
  const std::string id = std::to_string(issue.id);
  json::object out{{"expand", "operations,versionedRepresentations,editmeta,changelog,renderedFields"},
                   {"id", id},
                   {"self", call.api("issue/" + id)},
                   {"key", issue.key}};
  json::object fields;
  for (const auto& [field_id, field] : call.site.fields) {
    if (!wants(view, field) || (field.scope_project != 0 && field.scope_project != issue.project)) continue;
    if (field_id == "parent" && !issue.fields.contains("parent")) continue;
    fields[field_id] = field_value(call, issue, field);
  }
  if (!fields.empty()) out["fields"] = std::move(fields);
  if (view.expand.contains("renderedFields")) out["renderedFields"] = rendered(call, issue, view);
  if (view.expand.contains("changelog")) out["changelog"] = history(call, issue);
  if (view.expand.contains("transitions")) out["transitions"] = transitions_json(call, issue);
  if (view.expand.contains("editmeta")) out["editmeta"] = {{"fields", fields_meta(call, issue.project)}};
  if (view.expand.contains("operations")) out["operations"] = {{"linkGroups", json::array()}};
  if (view.expand.contains("versionedRepresentations")) {
    out["versionedRepresentations"] = {{"summary", {{"1", issue.fields.at("summary")}}}};
  }
  if (!view.properties.empty()) {
    json::object properties;
    const auto found = call.site.properties.find("issue/" + id);
    for (const std::string& name : view.properties) {
      if (found == call.site.properties.end()) continue;
      for (const auto& item : found->second) {
        if (name == "*all" || item.key() == name) properties[item.key()] = item.value();
      }
    }
    out["properties"] = std::move(properties);
  }
  return out;
}

json::object fields_meta(const Call& call, ObjectId project_id) {
  const Project& project = call.site.projects.at(project_id);
  json::object out;
  for (const auto& [id, field] : call.site.fields) {
    if (field.scope_project != 0 && field.scope_project != project_id) continue;
    if (computed_only(id)) continue;
    json::object meta{
        {"required", id == "summary"}, {"schema", schema_json(field)}, {"name", field.name}, {"key", id}, {"fieldId", id},
        {"hasDefaultValue", false},    {"operations", {"set"}}};
    if (auto allowed = allowed_values(call, project, field); !allowed.empty()) meta["allowedValues"] = std::move(allowed);
    out[id] = std::move(meta);
  }
  return out;
}

json::object names_json(const Call& call, const IssueView& view) {
  json::object out;
  for (const auto& [id, field] : call.site.fields) {
    if (wants(view, field)) out[id] = field.name;
  }
  return out;
}

json::object schemas_json(const Call& call, const IssueView& view) {
  json::object out;
  for (const auto& [id, field] : call.site.fields) {
    if (wants(view, field)) out[id] = schema_json(field);
  }
  return out;
}

}  // namespace gatehouse::sandbox
