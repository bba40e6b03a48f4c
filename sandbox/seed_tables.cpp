// What belongs to no project: fields, statuses, types, priorities, users.
#include "sandbox/seed.h"

namespace gatehouse::sandbox {
namespace {

constexpr const char* kCustom = "com.atlassian.jira.plugin.system.customfieldtypes:";

void system_fields(Site& site) {
  struct Row {
    const char *id, *name, *type, *items;
    std::vector<std::string> clauses;
    bool navigable = true;
  };
  const std::vector<Row> rows = {
      {"summary", "Summary", "string", "", {"summary"}},
      {"description", "Description", "string", "", {"description"}},
      {"environment", "Environment", "string", "", {"environment"}},
      {"issuetype", "Issue Type", "issuetype", "", {"issuetype", "type", "workType"}},
      {"project", "Project", "project", "", {"project", "space"}},
      {"status", "Status", "status", "", {"status"}},
      {"statusCategory", "Status Category", "statusCategory", "", {"statusCategory"}},
      {"statuscategorychangedate", "Status Category Changed", "datetime", "", {"statusCategoryChangedDate"}},
      {"priority", "Priority", "priority", "", {"priority"}},
      {"resolution", "Resolution", "resolution", "", {"resolution"}},
      {"resolutiondate", "Resolved", "datetime", "", {"resolutiondate", "resolved"}},
      {"assignee", "Assignee", "user", "", {"assignee"}},
      {"reporter", "Reporter", "user", "", {"reporter"}},
      {"creator", "Creator", "user", "", {"creator"}},
      {"labels", "Labels", "array", "string", {"labels"}},
      {"components", "Components", "array", "component", {"component"}},
      {"versions", "Affects versions", "array", "version", {"affectedVersion"}},
      {"fixVersions", "Fix versions", "array", "version", {"fixVersion"}},
      {"duedate", "Due date", "date", "", {"due", "duedate"}},
      {"created", "Created", "datetime", "", {"created", "createdDate"}},
      {"updated", "Updated", "datetime", "", {"updated", "updatedDate"}},
      {"lastViewed", "Last Viewed", "datetime", "", {"lastViewed"}},
      {"security", "Security Level", "securitylevel", "", {"level"}},
      {"parent", "Parent", "issuelink", "", {"parent"}},
      {"subtasks", "Sub-tasks", "array", "issuelinks", {"subtasks"}},
      {"issuelinks", "Linked Issues", "array", "issuelinks", {"issueLink", "linkedIssue", "workItemLink"}},
      {"attachment", "Attachment", "array", "attachment", {"attachments"}, false},
      {"comment", "Comment", "comments-page", "", {"comment"}, false},
      {"worklog", "Log Work", "array", "worklog", {}, false},
      {"votes", "Votes", "votes", "", {"votes"}},
      {"watches", "Watchers", "watches", "", {"watchers"}},
      {"timetracking", "Time tracking", "timetracking", "", {}, false},
      {"timespent", "Time Spent", "number", "", {"timespent"}},
      {"timeestimate", "Remaining Estimate", "number", "", {"remainingEstimate", "timeestimate"}},
      {"timeoriginalestimate", "Original estimate", "number", "", {"originalEstimate", "timeoriginalestimate"}},
      {"aggregatetimespent", "Σ Time Spent", "number", "", {}},
      {"progress", "Progress", "progress", "", {"progress"}},
      {"aggregateprogress", "Σ Progress", "progress", "", {}},
      {"workratio", "Work Ratio", "number", "", {"workratio"}},
      {"issuerestriction", "Restrict to", "issuerestriction", "", {}},
  };
  for (const Row& row : rows) {
    site.fields[row.id] = Field{row.id, row.name, row.type, row.items, "", row.clauses, 0, row.navigable};
  }
}

void custom_fields(Site& site) {
  struct Row {
    int number;
    const char *name, *type, *items;
    std::string custom;
  };
  const std::string plain = kCustom;
  const std::vector<Row> rows = {
      {10001, "Team", "team", "", "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team"},
      {10011, "Epic Name", "string", "", "com.pyxis.greenhopper.jira:gh-epic-label"},
      {10014, "Epic Link", "epiclink", "", "com.pyxis.greenhopper.jira:gh-epic-link"},
      {10015, "Start date", "date", "", plain + "datepicker"},
      {10016, "Story point estimate", "number", "", "com.pyxis.greenhopper.jira:jsw-story-points"},
      {10019, "Rank", "any", "", "com.pyxis.greenhopper.jira:gh-lexo-rank"},
      {10020, "Sprint", "array", "sprint", "com.pyxis.greenhopper.jira:gh-sprint"},
      {10021, "Flagged", "array", "option", plain + "multicheckboxes"},
      {10030, "Related project", "project", "", plain + "project"},
      {10031, "Related work item", "issuelink", "", "com.example.pickers:issue-picker"},
      {10032, "Reviewers", "array", "user", plain + "multiuserpicker"},
      {10033, "Kind", "option", "", plain + "select"},
      {10034, "Notes", "string", "", plain + "textarea"},
      {10035, "Target version", "version", "", plain + "version"},
      {10036, "Approver groups", "array", "group", plain + "multigrouppicker"},
      {10037, "Approver", "user", "", plain + "userpicker"},
      {10038, "Area", "option-with-child", "", plain + "cascadingselect"},
      {10039, "Link", "string", "", plain + "url"},
      {10040, "App panel", "any", "", "com.example.panel:opaque"},
      {10041, "Related work items", "array", "issuelink", "com.example.pickers:multi-issue-picker"},
  };
  for (const Row& row : rows) {
    const std::string number = std::to_string(row.number);
    const std::string id = "customfield_" + number;
    site.fields[id] = Field{id, row.name, row.type, row.items, row.custom, {"cf[" + number + "]", row.name}, 0, true};
  }
  const std::string name = "Budget " + site.projects.at(kProjectC).canary;
  site.fields["customfield_10050"] =
      Field{"customfield_10050", name, "number", "", plain + "float", {"cf[10050]", name}, kProjectC, true};
  site.options_of_fields = {{10200, {{"id", "10200"}, {"value", "Internal"}, {"_field", "customfield_10033"}}},
                            {10201, {{"id", "10201"}, {"value", "External"}, {"_field", "customfield_10033"}}},
                            {10202, {{"id", "10202"}, {"value", "Impediment"}, {"_field", "customfield_10021"}}},
                            {10203, {{"id", "10203"}, {"value", "North"}, {"_field", "customfield_10038"}}},
                            {10204, {{"id", "10204"}, {"value", "South"}, {"_field", "customfield_10038"}}}};
}

json::object status(const char* id, const char* name, int category) {
  return {{"id", id}, {"name", name}, {"description", ""}, {"_category", category}};
}

json::object type(const char* id, const char* name, bool subtask, int level) {
  return {{"id", id}, {"name", name}, {"description", std::string("A ") + name}, {"subtask", subtask}, {"hierarchyLevel", level}};
}

}  // namespace

void seed_tables(Site& site) {
  const json::object scope_c{{"type", "PROJECT"}, {"project", {{"id", std::to_string(kProjectC)}}}};
  site.statuses = {{10000, status("10000", "To Do", 2)},       {10001, status("10001", "In Progress", 4)},
                   {10002, status("10002", "Done", 3)},        {10100, status("10100", "To Do", 2)},
                   {10101, status("10101", "In Progress", 4)}, {10102, status("10102", "Done", 3)}};
  site.issue_types = {{10000, type("10000", "Epic", false, 1)},     {10001, type("10001", "Story", false, 0)},
                      {10002, type("10002", "Task", false, 0)},     {10003, type("10003", "Bug", false, 0)},
                      {10004, type("10004", "Sub-task", true, -1)}, {10101, type("10101", "Epic", false, 1)},
                      {10102, type("10102", "Task", false, 0)},     {10103, type("10103", "Subtask", true, -1)}};
  for (const ObjectId id : {10100, 10101, 10102}) site.statuses[id]["scope"] = scope_c;
  for (const ObjectId id : {10101, 10102, 10103}) {
    site.issue_types[id]["scope"] = scope_c;
    site.issue_types[id]["description"] = "Only of " + site.projects.at(kProjectC).canary;
  }
  const char* priorities[] = {"Highest", "High", "Medium", "Low", "Lowest"};
  for (int i = 1; i <= 5; ++i) {
    site.priorities[i] = {{"id", std::to_string(i)},
                          {"name", priorities[i - 1]},
                          {"description", ""},
                          {"statusColor", "#707070"},
                          {"isDefault", i == 3}};
  }
  site.resolutions = {{10000, {{"id", "10000"}, {"name", "Done"}, {"description", "Work has been completed."}}},
                      {10001, {{"id", "10001"}, {"name", "Won't Do"}, {"description", "This will not be done."}}},
                      {10002, {{"id", "10002"}, {"name", "Duplicate"}, {"description", "It is there already."}}}};
  site.link_types = {{10000, {{"id", "10000"}, {"name", "Blocks"}, {"inward", "is blocked by"}, {"outward", "blocks"}}},
                     {10001, {{"id", "10001"}, {"name", "Cloners"}, {"inward", "is cloned by"}, {"outward", "clones"}}},
                     {10002, {{"id", "10002"}, {"name", "Duplicate"}, {"inward", "is duplicated by"}, {"outward", "duplicates"}}},
                     {10003, {{"id", "10003"}, {"name", "Relates"}, {"inward", "relates to"}, {"outward", "relates to"}}}};
  site.roles = {{10002, {{"id", 10002}, {"name", "Administrators"}, {"description", "Administers a project"}}},
                {10003, {{"id", 10003}, {"name", "Developers"}, {"description", "Works in a project"}}},
                {10004, {{"id", 10004}, {"name", "Viewers"}, {"description", "Reads a project"}}}};
  site.categories = {{10000, {{"id", "10000"}, {"name", "Products"}, {"description", "What is sold"}}}};
  system_fields(site);
  custom_fields(site);
}

}  // namespace gatehouse::sandbox
