// The state that a test begins with. What lies where:
//
//   A   A-1 epic · A-2 story (parent A-1, sprint 1) · A-3 its sub-task · A-4 bug (blocks B-2, cloned by C-1, sprint 1, pickers
//       into B) · A-5 task under B's epic B-1, in B's sprint · A-6 moved away: now B-6 · A-7 restricted to a level · A-8 was B-5
//       before
//   B   B-1 epic · B-2 story (sprint 1 of A's board, parent A-1) · B-3 its sub-task · B-4 bug, restricted · B-5 moved to A · B-6
//   C   team-managed, with statuses, types and a field of its own: C-1 task · C-2 epic
//   D   was HR: HR-1, HR-2 and HR-3 became D-1 … D-3; HR-3 still leads there, HR-1 and HR-2 do not
//   HR  another project under D's old key: HR-1, HR-2
//   OPS another project under A's old key: OPS-1; OPS-2 still leads to A-2
//   AX  B's first key, in nobody's hand: leads to B
#include "sandbox/seed.h"

#include "sandbox/json_text.h"

namespace gatehouse::sandbox {
namespace {

void add_user(Site& site, const char* id, const char* email, std::string name, std::vector<std::string> groups,
              bool active = true) {
  groups.emplace_back("jira-users");
  site.users[id] = User{id, email, std::move(name), active, std::move(groups)};
}

void add_project(Site& site, ObjectId id, const char* key, const char* lead, const char* style) {
  Project project;
  project.id = id;
  project.key = key;
  project.canary = Sandbox::canary(key);
  project.name = std::string("Project ") + key + " " + project.canary;
  project.description = "About " + project.canary;
  project.lead = lead;
  project.style = style;
  project.issue_types =
      id == kProjectC ? std::vector<ObjectId>{10101, 10102, 10103} : std::vector<ObjectId>{10000, 10001, 10002, 10003, 10004};
  project.role_members[10002] = {lead};
  project.role_members[10003] = {lead};
  project.role_members[10004] = {};
  project.features = {{"jsw.classic.roadmap", "ENABLED"}, {"jsw.classic.backlog", "ENABLED"}};
  site.projects[id] = std::move(project);
}

void seed_people(Site& site) {
  add_user(site, kBot, "bot@example.com", "Sandbox Bot", {"site-admins"});
  add_user(site, kAlice, "alice@example.com", "Alice Adler", {"team-a"});
  add_user(site, kBob, "bob@example.com", "Bob Brandt", {"team-a", "team-b"});
  const std::string b = Sandbox::canary("B"), c = Sandbox::canary("C");
  add_user(site, kBea, ("bea." + b + "@example.com").c_str(), "Bea " + b, {"team-b " + b});
  add_user(site, kCarl, ("carl." + c + "@example.com").c_str(), "Carl " + c, {"team-c " + c});
  add_user(site, "5b10a2844c20165700ede2d1", "dora@example.com", "Dora Gone", {}, false);
  site.projects[kProjectA].role_members[10003] = {kAlice, kBob};
  site.projects[kProjectB].role_members[10003] = {kBob, kBea};
  site.projects[kProjectB].role_members[10004] = {kAlice};
}

void seed_parts(Site& site) {
  ObjectId id = 10400;
  for (auto& [project_id, project] : site.projects) {
    for (const char* name : {"1.0", "2.0"}) {
      const bool released = name[0] == '1';
      site.versions[id] = {{"id", std::to_string(id)},      {"name", std::string(name) + " " + project.canary},
                           {"description", project.canary}, {"archived", false},
                           {"released", released},          {"projectId", project_id}};
      if (released) site.versions[id]["releaseDate"] = "2026-01-31";
      ++id;
    }
    site.components[id] = {{"id", std::to_string(id)},      {"name", "Core " + project.canary},
                           {"description", project.canary}, {"assigneeType", "PROJECT_LEAD"},
                           {"_lead", project.lead},         {"_project", project_id}};
    ++id;
    site.properties["project/" + std::to_string(project_id)] = {{"owner", {{"text", project.canary}}}};
  }
  auto level = [&](ObjectId level_id, ObjectId project_id, json::array members) {
    Project& project = site.projects[project_id];
    site.levels[level_id] = {{"id", std::to_string(level_id)},
                             {"name", "Private " + project.canary},
                             {"description", project.canary},
                             {"_project", project_id},
                             {"_members", std::move(members)}};
    project.levels.push_back(level_id);
  };
  level(kLevelA, kProjectA, {kAlice});
  level(kLevelB, kProjectB, {kBea});
}

json::object basics(const Project& project, const char* type, const std::string& what) {
  return {{"summary", what + " " + project.canary},
          {"description", "Described: " + project.canary},
          {"environment", "Seen on " + project.canary},
          {"issuetype", type},
          {"assignee", project.lead},
          {"reporter", project.lead},
          {"labels", {"seeded", "label-" + project.canary}}};
}

/// Comments, worklogs, an attachment, a remote link, a property, votes and watchers.
void dress(Site& site, Issue& issue, const Project& project) {
  const std::string now = jira_time();
  for (int i = 0; i < 2; ++i) {
    Comment comment{site.next_id++, project.lead, json::value("Said about " + project.canary), {}, {}, now, now};
    if (i == 1) comment.visible_type = "role", comment.visible_to = "Developers";
    site.comment_home[comment.id] = issue.id;
    issue.comments.push_back(std::move(comment));
  }
  Worklog worklog{site.next_id++, project.lead, json::value("Worked on " + project.canary), now, 3600, now, now, now_ms()};
  site.worklog_home[worklog.id] = issue.id;
  issue.worklogs.push_back(std::move(worklog));
  Attachment attachment{
      site.next_id++, "note-" + project.canary + ".txt", "text/plain", "File of " + project.canary + "\n", project.lead, now, {}};
  attachment.media = "m" + std::to_string(attachment.id);
  site.attachment_home[attachment.id] = issue.id;
  issue.attachments.push_back(std::move(attachment));
  issue.remote_links.push_back(
      {site.next_id++,
       {{"application", json::object()},
        {"relationship", "mentioned in"},
        {"object", {{"url", "https://wiki.example.com/" + project.canary}, {"title", "Page " + project.canary}}}}});
  site.properties["issue/" + std::to_string(issue.id)] = {{"seeded", {{"text", project.canary}}}};
  issue.watchers = {project.lead, kBot};
  issue.voters = {project.lead};
}

/// An issue whose texts and people are those of `ends_in`: what moves later must carry nothing of where it came from.
Issue& plant(Site& site, ObjectId project_id, const char* type, const char* what, ObjectId ends_in) {
  const Project& texts = site.projects.at(ends_in);
  Issue& issue = add_issue(site, site.projects.at(project_id), basics(texts, type, what), texts.lead);
  dress(site, issue, texts);
  return issue;
}

Issue& plant(Site& site, ObjectId project_id, const char* type, const char* what) {
  return plant(site, project_id, type, what, project_id);
}

void put(Site& site, Issue& issue, json::object fields) {
  change_fields(site, issue, fields, site.projects.at(issue.project).lead);
}

/// What a level hides holds a canary of its own, since the project's says nothing about it.
void restrict_to(Site& site, Issue& issue, ObjectId level) {
  const std::string mark = " " + Sandbox::canary(site.projects.at(issue.project).key + "-level");
  put(site, issue, {{"security", std::to_string(level)}});
  for (const char* field : {"summary", "description", "environment"}) issue.fields[field] = text_at(issue.fields, field) + mark;
  for (Comment& one : issue.comments) one.body = to_plain(one.body) + mark;
  for (Worklog& one : issue.worklogs) one.comment = to_plain(one.comment) + mark;
  for (Attachment& one : issue.attachments) one.bytes += mark;
}

void link(Site& site, ObjectId type, ObjectId in, ObjectId out) {
  const ObjectId id = site.next_id++;
  site.links[id] = {{"id", std::to_string(id)}, {"_type", type}, {"_in", in}, {"_out", out}};
}

std::string text_id(const Issue& issue) { return std::to_string(issue.id); }

void seed_a_and_b(Site& site) {
  Issue& a1 = plant(site, kProjectA, "10000", "Epic");
  Issue& a2 = plant(site, kProjectA, "10001", "Story");
  Issue& a3 = plant(site, kProjectA, "10004", "Sub-task");
  Issue& a4 = plant(site, kProjectA, "10003", "Bug");
  Issue& a5 = plant(site, kProjectA, "10002", "Task under a foreign epic");
  Issue& a6 = plant(site, kProjectA, "10002", "Moved away", kProjectB);
  Issue& a7 = plant(site, kProjectA, "10002", "Restricted");
  Issue& b1 = plant(site, kProjectB, "10000", "Epic");
  Issue& b2 = plant(site, kProjectB, "10001", "Story");
  Issue& b3 = plant(site, kProjectB, "10004", "Sub-task");
  Issue& b4 = plant(site, kProjectB, "10003", "Restricted bug");
  Issue& b5 = plant(site, kProjectB, "10002", "Came from B", kProjectA);
  put(site, a1, {{"customfield_10011", "Epic " + site.projects.at(kProjectA).canary}, {"status", "10001"}});
  put(site, a2,
      {{"parent", text_id(a1)},
       {"customfield_10020", json::array{"1"}},
       {"customfield_10016", 3.0},
       {"fixVersions", json::array{"10400"}}});
  put(site, a3, {{"parent", text_id(a2)}, {"status", "10002"}, {"resolution", "10000"}});
  put(site, a4,
      {{"description", "Described: " + site.projects.at(kProjectA).canary + ", see " + b2.key},
       {"customfield_10020", json::array{"1"}},
       {"priority", "1"},
       {"assignee", kBob},
       {"components", json::array{"10402"}},
       {"customfield_10030", std::to_string(kProjectB)},
       {"customfield_10031", text_id(b2)},
       {"customfield_10041", json::array{text_id(b3), text_id(a2)}},
       {"customfield_10032", json::array{kBob, kAlice}},
       {"customfield_10035", "10403"},
       {"customfield_10033", "10200"},
       {"customfield_10040", {{"issue", b2.key}, {"text", site.projects.at(kProjectB).canary}}},
       {"customfield_10034", "Notes of " + site.projects.at(kProjectA).canary},
       {"duedate", "2026-12-24"}});
  put(site, a4, {{"customfield_10030", std::to_string(kProjectB)}, {"assignee", kAlice}});
  put(site, a5, {{"parent", text_id(b1)}, {"customfield_10020", json::array{"3"}}});
  restrict_to(site, a7, kLevelA);
  put(site, b1, {{"customfield_10011", "Epic " + site.projects.at(kProjectB).canary}});
  put(site, b2, {{"parent", text_id(a1)}, {"customfield_10020", json::array{"1", "3"}}, {"fixVersions", json::array{"10403"}}});
  put(site, b3, {{"parent", text_id(b2)}});
  restrict_to(site, b4, kLevelB);
  link(site, 10000, a4.id, b2.id);
  link(site, 10003, b3.id, a2.id);
  link(site, 10003, a2.id, a4.id);
  move_issue(site, b5, site.projects.at(kProjectA));
  move_issue(site, a6, site.projects.at(kProjectB));
  // Old keys of A under its former key, now another project's.
  site.issue_by_old_key["OPS-2"] = a2.id;
  site.issue_by_old_key["OPS-1"] = a1.id;
  site.issue_by_old_key["AX-1"] = b1.id;
}

void seed_others(Site& site) {
  Issue& c1 = plant(site, kProjectC, "10102", "Task");
  Issue& c2 = plant(site, kProjectC, "10101", "Epic");
  put(site, c1, {{"parent", text_id(c2)}, {"customfield_10050", 99.5}});
  link(site, 10001, c1.id, site.issue_by_key.at("A-4"));
  for (int i = 1; i <= 3; ++i) {
    Issue& issue = plant(site, kProjectD, "10002", "Task");
    site.issue_by_old_key["HR-" + std::to_string(i)] = issue.id;
  }
  plant(site, kProjectHr, "10002", "Task");
  plant(site, kProjectHr, "10002", "Task");
  plant(site, kProjectOps, "10002", "Task");
}

void seed_agile(Site& site) {
  const std::string a = Sandbox::canary("A"), b = Sandbox::canary("B");
  auto filter = [&](ObjectId id, const std::string& name, const char* jql, const char* owner) {
    site.filters[id] = {{"id", std::to_string(id)},
                        {"name", name},
                        {"description", name},
                        {"jql", jql},
                        {"_owner", owner},
                        {"_permissions", {{{"id", id + 500}, {"type", "global"}}}},
                        {"_favourites", json::array()}};
  };
  filter(10500, "Filter of " + a, "project = A ORDER BY Rank", kAlice);
  filter(10501, "Filter of " + b, "project = B ORDER BY Rank", kBea);
  filter(10502, "Both " + b, "project in (A, B)", kBob);
  filter(10503, "All " + b, "ORDER BY created", kBot);
  auto board = [&](ObjectId id, const std::string& name, const char* type, ObjectId project, ObjectId filter_id) {
    site.boards[id] = {{"id", id}, {"name", name}, {"type", type}, {"_project", project}, {"_filter", filter_id}};
  };
  board(1, "Board of " + a, "scrum", kProjectA, 10502);
  board(2, "Board of " + b, "scrum", kProjectB, 10501);
  board(3, "Kanban of " + a, "kanban", kProjectA, 10500);
  auto sprint = [&](ObjectId id, const std::string& name, const char* state, ObjectId board_id) {
    site.sprints[id] = {{"id", id},
                        {"name", name},
                        {"state", state},
                        {"_board", board_id},
                        {"goal", "Goal of " + name},
                        {"startDate", "2026-11-01T08:00:00.000Z"},
                        {"endDate", "2026-11-15T08:00:00.000Z"},
                        {"createdDate", "2026-10-31T08:00:00.000Z"}};
  };
  sprint(1, "Sprint 1 " + a, "active", 1);
  sprint(2, "Sprint 2 " + a, "future", 1);
  sprint(3, "Sprint 1 " + b, "active", 2);
  sprint(4, "Sprint 0 " + b, "closed", 2);
  const auto desk = [&](ObjectId id, ObjectId project, const std::string& canary, const char* jql) {
    site.desks[id] = {{"id", id}, {"_project", project}};
    site.queues[id] = {{"id", std::to_string(id)},
                       {"_desk", id},
                       {"name", "Queue of " + canary},
                       {"jql", jql},
                       {"fields", {"summary", "reporter"}}};
    site.request_types[id] = {{"id", std::to_string(id)}, {"_desk", id},        {"name", "Ask " + canary},
                              {"description", canary},    {"helpText", canary}, {"issueTypeId", "10002"}};
    site.properties["requesttype/" + std::to_string(id)] = {{"seeded", {{"text", canary}}}};
  };
  desk(1, kProjectA, a, "project in (A, B)");
  desk(2, kProjectB, b, "project = B");
  site.dashboards[10600] = {{"id", "10600"},   {"name", "Dashboard of " + a}, {"_owner", kAlice}, {"isFavourite", false},
                            {"popularity", 1}, {"_gadgets", json::array()}};
  site.dashboards[10601] = {
      {"id", "10601"},
      {"name", "Dashboard of " + b},
      {"_owner", kBea},
      {"isFavourite", false},
      {"popularity", 1},
      {"_gadgets", {{{"id", 10700}, {"title", "Gadget of " + b}, {"moduleKey", "com.example:gadget"}, {"color", "blue"}}}}};
}

}  // namespace

void seed(Site& site) {
  Options options = site.options;
  const std::string base = site.base, media = site.media;
  site = Site{};
  site.options = std::move(options);
  site.base = base;
  site.media = media;
  add_project(site, kProjectA, "A", kAlice, "classic");
  add_project(site, kProjectB, "B", kBea, "classic");
  add_project(site, kProjectC, "C", kCarl, "next-gen");
  add_project(site, kProjectD, "D", kBob, "classic");
  add_project(site, kProjectHr, "HR", kBob, "classic");
  add_project(site, kProjectOps, "OPS", kBob, "classic");
  site.old_project_keys = {{"HR", kProjectD}, {"OPS", kProjectA}, {"AX", kProjectB}};
  seed_people(site);
  seed_tables(site);
  seed_parts(site);
  seed_agile(site);
  seed_a_and_b(site);
  seed_others(site);
  seed_wiki(site);
  for (const char* key : {"A", "B"}) generate_issues(site, key, site.options.extra_issues);
}

void generate_issues(Site& site, std::string_view project_key, int count) {
  Project* project = project_by_key(site, project_key);
  if (project == nullptr) return;
  const char* types[] = {"10001", "10002", "10003"};
  const ObjectId epic =
      find_issue(site, std::string(project_key) + "-1") != nullptr ? find_issue(site, std::string(project_key) + "-1")->id : 0;
  for (int i = 0; i < count; ++i) {
    Issue& issue = add_issue(site, *project, basics(*project, types[i % 3], "Generated " + std::to_string(i)), project->lead);
    put(site, issue,
        {{"status", i % 3 == 0 ? "10001" : "10000"}, {"priority", std::to_string(1 + i % 5)}, {"customfield_10016", 0.5 * i}});
    if (epic != 0) issue.fields["parent"] = std::to_string(epic);
    const std::string now = jira_time();
    issue.comments.push_back(
        Comment{site.next_id++, project->lead, json::value("Said about " + project->canary), {}, {}, now, now});
    site.comment_home[issue.comments.back().id] = issue.id;
  }
}

}  // namespace gatehouse::sandbox
