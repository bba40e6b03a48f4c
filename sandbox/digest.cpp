// What a test compares to say that nothing of a project was changed.
#include <algorithm>

#include "sandbox/json_text.h"
#include "sandbox/site.h"

namespace gatehouse::sandbox {
namespace {

/// FNV-1a, 64 bits: differences are looked for, not attackers.
class Digest {
 public:
  void add(std::string_view text) {
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    hash_ = (hash_ ^ 0xFF) * 1099511628211ULL;
  }
  void add(const json::value& value) { add(to_json_text(value)); }
  std::string text() const {
    char out[20];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(hash_));
    return out;
  }

 private:
  std::uint64_t hash_ = 14695981039346656037ULL;
};

json::value rows_of(const Table& table, const char* key, ObjectId owner) {
  json::array out;
  for (const auto& [id, row] : table) {
    if (id_at(row, key) == owner) out.push_back(row);
  }
  return out;
}

json::value properties_of(const Site& site, const std::string& home) {
  const auto found = site.properties.find(home);
  return found == site.properties.end() ? json::value(nullptr) : json::value(found->second);
}

void add_issue(Digest& digest, const Site& site, const Issue& issue) {
  digest.add(issue.key);
  // Through an ordered copy: the order in which fields were set means nothing. A parent is a relation and listed as such.
  std::map<std::string, std::string> fields;
  for (const auto& item : issue.fields) {
    if (item.key() != "parent" && !item.value().is_null()) fields[std::string(item.key())] = to_json_text(item.value());
  }
  for (const auto& [name, value] : fields) digest.add(name), digest.add(value);
  for (const Comment& one : issue.comments) {
    digest.add(std::to_string(one.id) + one.author + one.visible_type + one.visible_to + one.updated);
    digest.add(one.body);
    digest.add(properties_of(site, "comment/" + std::to_string(one.id)));
  }
  for (const Worklog& one : issue.worklogs) {
    digest.add(std::to_string(one.id) + one.author + one.started + std::to_string(one.seconds) + one.updated);
    digest.add(one.comment);
    digest.add(properties_of(site, "worklog/" + std::to_string(one.id)));
  }
  for (const Change& one : issue.changes) digest.add(std::to_string(one.id)), digest.add(one.items);
  for (const Attachment& one : issue.attachments) digest.add(std::to_string(one.id) + one.filename + one.bytes);
  for (const RemoteLink& one : issue.remote_links) digest.add(std::to_string(one.id)), digest.add(one.value);
  for (const std::string& id : issue.watchers) digest.add("watcher " + id);
  for (const std::string& id : issue.voters) digest.add("voter " + id);
  digest.add(properties_of(site, "issue/" + std::to_string(issue.id)));
}

/// "sprint 3", "version 10403", "issuelink 20011": what a custom field of a foreign issue may name of this project.
std::set<std::string> owned_ids(const Site& site, const Project& project) {
  std::set<std::string> out{"project " + std::to_string(project.id)};
  for (const auto& [id, issue] : site.issues) {
    if (issue.project == project.id) out.insert("issuelink " + std::to_string(id));
  }
  for (const auto& [id, row] : site.versions) {
    if (id_at(row, "projectId") == project.id) out.insert("version " + std::to_string(id));
  }
  for (const auto& [id, sprint] : site.sprints) {
    const auto board = site.boards.find(id_at(sprint, "_board"));
    if (board != site.boards.end() && id_at(board->second, "_project") == project.id) out.insert("sprint " + std::to_string(id));
  }
  return out;
}

json::array relations_of(const Site& site, const Project& project) {
  std::vector<std::string> found;
  auto lies_in = [&](ObjectId id) {
    const auto issue = site.issues.find(id);
    return issue != site.issues.end() && issue->second.project == project.id;
  };
  for (const auto& [id, link] : site.links) {
    const ObjectId in = id_at(link, "_in"), out = id_at(link, "_out");
    if (lies_in(in) || lies_in(out))
      found.push_back("link " + std::to_string(id) + " " + text_at(link, "_type") + " " + std::to_string(in) + " " +
                      std::to_string(out));
  }
  for (const auto& [id, issue] : site.issues) {
    const ObjectId parent = id_at(issue.fields, "parent");
    if (parent != 0 && (issue.project == project.id || lies_in(parent)))
      found.push_back("parent " + std::to_string(id) + " " + std::to_string(parent));
  }
  const std::set<std::string> own = owned_ids(site, project);
  for (const auto& [id, issue] : site.issues) {
    if (issue.project == project.id) continue;
    for (const auto& [name, field] : site.fields) {
      const json::value* stored = field.custom.empty() ? nullptr : issue.fields.if_contains(name);
      const std::string& type = field.type == "array" ? field.items : field.type;
      for (const std::string& named : text_list(stored)) {
        if (own.contains(type + " " + named)) found.push_back(name + " " + std::to_string(id) + " " + named);
      }
    }
  }
  std::sort(found.begin(), found.end());
  json::array out;
  for (const std::string& one : found) out.emplace_back(one);
  return out;
}

}  // namespace

json::object state_digest(const Site& site, const Project& project) {
  Digest own, issues, plans;
  own.add(project.key + "\n" + project.name + "\n" + project.description + "\n" + project.lead);
  own.add(project.features);
  own.add(properties_of(site, "project/" + std::to_string(project.id)));
  for (const auto& [role, members] : project.role_members) {
    for (const std::string& id : members) own.add(std::to_string(role) + id);
  }
  own.add(rows_of(site.versions, "projectId", project.id));
  own.add(rows_of(site.components, "_project", project.id));
  own.add(rows_of(site.levels, "_project", project.id));
  for (const auto& [desk, row] : site.desks) {
    if (id_at(row, "_project") != project.id) continue;
    own.add(rows_of(site.queues, "_desk", desk));
    own.add(rows_of(site.request_types, "_desk", desk));
    for (const auto& [id, type] : site.request_types) {
      if (id_at(type, "_desk") == desk) own.add(properties_of(site, "requesttype/" + std::to_string(id)));
    }
  }
  std::int64_t count = 0;
  for (const auto& [id, issue] : site.issues) {
    if (issue.project != project.id) continue;
    add_issue(issues, site, issue);
    ++count;
  }
  for (const auto& [id, board] : site.boards) {
    if (id_at(board, "_project") != project.id) continue;
    plans.add(board);
    plans.add(properties_of(site, "board/" + std::to_string(id)));
    for (const auto& [sprint_id, sprint] : site.sprints) {
      if (id_at(sprint, "_board") != id) continue;
      plans.add(sprint);
      plans.add(properties_of(site, "sprint/" + std::to_string(sprint_id)));
    }
  }
  return {{"key", project.key},  {"project", own.text()}, {"issues", issues.text()},
          {"issueCount", count}, {"plans", plans.text()}, {"relations", relations_of(site, project)}};
}

}  // namespace gatehouse::sandbox
