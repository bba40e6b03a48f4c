#include "query/jql_vocabulary.h"

#include <algorithm>
#include <iterator>

namespace gatehouse::query {
namespace {

using Use = SystemField::Use;
using F = FieldKind;
using A = ArgumentKind;

// Sorted by name. Sources: Atlassian's pages "JQL fields" and "JQL functions" (Jira Cloud, December 2025).
constexpr SystemField kFields[] = {
    {"affectedversion", F::kVersion},
    {"assignee", F::kUser, Use::kWithHistory},
    {"attachments", F::kPlain},
    {"comment", F::kPlain},
    {"component", F::kComponent},
    {"created", F::kPlain},
    {"createddate", F::kPlain},
    {"creator", F::kUser},
    {"description", F::kPlain},
    {"due", F::kPlain},
    {"duedate", F::kPlain},
    {"environment", F::kPlain},
    {"fixversion", F::kVersion, Use::kWithHistory},
    {"hierarchylevel", F::kPlain},
    {"id", F::kIssue},
    {"issue", F::kIssue},
    {"issue.property", F::kPlain, Use::kWithProperty},
    {"issuekey", F::kIssue},
    {"issuetype", F::kPlain},
    {"key", F::kIssue},
    {"labels", F::kPlain},
    {"lastviewed", F::kPlain},
    {"level", F::kSecurityLevel},
    {"originalestimate", F::kPlain},
    {"parent", F::kIssueRelation},
    {"parentepic", F::kIssueRelation},
    {"priority", F::kPlain, Use::kWithHistory},
    {"project", F::kProject},
    {"rank", F::kPlain, Use::kOrderOnly},
    {"remainingestimate", F::kPlain},
    {"reporter", F::kUser, Use::kWithHistory},
    {"resolution", F::kPlain, Use::kWithHistory},
    {"resolutiondate", F::kPlain},
    {"resolved", F::kPlain},
    {"space", F::kProject},
    {"sprint", F::kSprint},
    {"status", F::kPlain, Use::kWithHistory},
    {"statuscategory", F::kPlain},
    {"statuscategorychangeddate", F::kPlain},
    {"summary", F::kPlain},
    {"text", F::kPlain},
    {"timeestimate", F::kPlain},
    {"timeoriginalestimate", F::kPlain},
    {"timespent", F::kPlain},
    {"type", F::kPlain},
    {"updated", F::kPlain},
    {"updateddate", F::kPlain},
    {"voter", F::kUser},
    {"votes", F::kPlain},
    {"watcher", F::kUser},
    {"watchers", F::kPlain},
    {"workitem", F::kIssue},
    {"workitemkey", F::kIssue},
    {"worklogauthor", F::kUser},
    {"worklogcomment", F::kPlain},
    {"worklogdate", F::kPlain},
    {"workratio", F::kPlain},
    {"worktype", F::kPlain},
};
static_assert(std::is_sorted(std::begin(kFields), std::end(kFields),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

constexpr std::size_t kMany = 100;

constexpr JqlFunction kFunctions[] = {
    {"breached", F::kPlain},
    {"cascadeoption", F::kPlain, 1, 2},
    {"closedsprints", F::kSprint},
    {"completed", F::kPlain},
    {"componentsleadbyuser", F::kComponent, 0, 1, {A::kUser, A::kUser}},
    {"currentuser", F::kUser},
    {"earliestunreleasedversion", F::kVersion, 1, 1, {A::kProject, A::kProject}},
    {"elapsed", F::kPlain, 0, 1},
    {"endofday", F::kPlain, 0, 1},
    {"endofmonth", F::kPlain, 0, 1},
    {"endofweek", F::kPlain, 0, 1},
    {"endofyear", F::kPlain, 0, 1},
    {"everbreached", F::kPlain},
    {"futuresprints", F::kSprint},
    {"issuehistory", F::kIssue},
    {"latestreleasedversion", F::kVersion, 1, 1, {A::kProject, A::kProject}},
    {"linkedissues", F::kIssue, 1, 2, {A::kIssue, A::kPlain}},
    {"linkedworkitems", F::kIssue, 1, 2, {A::kIssue, A::kPlain}},
    {"membersof", F::kUser, 1, 1, {A::kGroup, A::kGroup}},
    {"now", F::kPlain},
    {"opensprints", F::kSprint},
    {"paused", F::kPlain},
    {"projectsleadbyuser", F::kProject, 0, 1, {A::kUser, A::kUser}},
    {"projectswhereuserhaspermission", F::kProject, 1, 1},
    {"projectswhereuserhasrole", F::kProject, 1, 1},
    {"releasedversions", F::kVersion, 0, kMany, {A::kProject, A::kProject}},
    {"remaining", F::kPlain, 0, 1},
    {"running", F::kPlain},
    {"spacesleadbyuser", F::kProject, 0, 1, {A::kUser, A::kUser}},
    {"spaceswhereuserhaspermission", F::kProject, 1, 1},
    {"spaceswhereuserhasrole", F::kProject, 1, 1},
    {"standardissuetypes", F::kPlain},
    {"standardworktypes", F::kPlain},
    {"startofday", F::kPlain, 0, 1},
    {"startofmonth", F::kPlain, 0, 1},
    {"startofweek", F::kPlain, 0, 1},
    {"startofyear", F::kPlain, 0, 1},
    {"subtaskissuetypes", F::kPlain},
    {"subtaskworktypes", F::kPlain},
    {"unreleasedversions", F::kVersion, 0, kMany, {A::kProject, A::kProject}},
    {"updatedby", F::kIssue, 1, 3, {A::kUser, A::kPlain}},
    {"votedissues", F::kIssue},
    {"votedworkitems", F::kIssue},
    {"watchedissues", F::kIssue},
    {"watchedworkitems", F::kIssue},
    {"withincalendarhours", F::kPlain},
    {"workitemhistory", F::kIssue},
};
static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

template <class Row, std::size_t size>
const Row* find(const Row (&rows)[size], std::string_view name) noexcept {
  const Row* found = std::lower_bound(std::begin(rows), std::end(rows), name,
                                      [](const Row& row, std::string_view wanted) { return row.name < wanted; });
  return found != std::end(rows) && found->name == name ? found : nullptr;
}

}  // namespace

const SystemField* find_system_field(std::string_view name) noexcept { return find(kFields, name); }
const JqlFunction* find_jql_function(std::string_view name) noexcept { return find(kFunctions, name); }

}  // namespace gatehouse::query
