#include "test/escape/pools.h"

#include <set>

#include "catalogue/kinds.h"
#include "sandbox/json_text.h"
#include "sandbox/seed.h"
#include "sandbox/site.h"
#include "sandbox/wiki.h"

namespace gatehouse::escape {
namespace {

using catalogue::Kind;
using sandbox::ObjectId;
using sandbox::Site;

void put(Pool& pool, bool inside, ObjectId id) { (inside ? pool.inside : pool.outside).push_back(std::to_string(id)); }

void collect_issues(const Site& site, std::map<Kind, Pool>& pools) {
  for (const auto& [id, issue] : site.issues) {
    const bool inside = issue.project == sandbox::kProjectA && sandbox::id_at(issue.fields, "security") == 0;
    Pool& issues = pools[Kind::kIssue];
    put(issues, inside, id);
    (inside ? issues.inside : issues.outside).push_back(issue.key);
    for (const auto& one : issue.comments) put(pools[Kind::kComment], inside, one.id);
    for (const auto& one : issue.worklogs) put(pools[Kind::kWorklog], inside, one.id);
    for (const auto& one : issue.attachments) put(pools[Kind::kAttachment], inside, one.id);
    for (const auto& one : issue.remote_links) put(pools[Kind::kRemoteLink], inside, one.id);
    put(pools[Kind::kIssueHint], inside, id);
  }
}

void collect_parts(const Site& site, std::map<Kind, Pool>& pools) {
  const auto issue_inside = [&site](ObjectId id) {
    const auto found = site.issues.find(id);
    return found != site.issues.end() && found->second.project == sandbox::kProjectA;
  };
  for (const auto& [id, row] : site.versions)
    put(pools[Kind::kVersion], sandbox::id_at(row, "projectId") == sandbox::kProjectA, id);
  for (const auto& [id, row] : site.components)
    put(pools[Kind::kComponent], sandbox::id_at(row, "_project") == sandbox::kProjectA, id);
  for (const auto& [id, row] : site.links)
    put(pools[Kind::kIssueLink], issue_inside(sandbox::id_at(row, "_in")) && issue_inside(sandbox::id_at(row, "_out")), id);
  for (const auto& [id, row] : site.filters) put(pools[Kind::kFilter], id == 10500, id);
  for (const auto& [id, row] : site.dashboards) put(pools[Kind::kDashboard], id == 10600, id);
  std::set<ObjectId> own_boards;
  for (const auto& [id, row] : site.boards) {
    const bool inside = sandbox::id_at(row, "_project") == sandbox::kProjectA;
    if (inside) own_boards.insert(id);
    put(pools[Kind::kBoard], inside, id);
  }
  for (const auto& [id, row] : site.sprints) put(pools[Kind::kSprint], own_boards.contains(sandbox::id_at(row, "_board")), id);
}

}  // namespace

Pools::Pools(sandbox::Sandbox& sandbox) {
  sandbox.with_site([this](Site& site) {
    for (const auto& [id, issue] : site.issues) {
      if (issue.project == sandbox::kProjectA && sandbox::id_at(issue.fields, "security") != 0)
        hidden_.insert(std::to_string(id));
    }
    collect_issues(site, pools_);
    collect_parts(site, pools_);
  });
  Pool& issues = pools_[Kind::kIssue];
  issues.inside.insert(issues.inside.end(), {"OPS-2", "B-5"});
  // A-6 was moved to B, A-7 is restricted, AX- and HR- are keys of former days.
  issues.outside.insert(issues.outside.end(), {"A-6", "A-7", "AX-1", "HR-3", "HR-1", "OPS-1", "A-999", "B-999", "99999"});
  issues.odd = {"a-1",  "b-1",   "B-1 ", " B-1", "B-01", "B-1,A-1", "A-1,B-1", "A-1/../B-1", "B-1;A-1",
                "ax-1", "B-1\t", "+B-1", "B-1#", "*",    "0",       "-1",      "B‐1",        "Ｂ-1"};
  pools_[Kind::kEpic] = issues;
  pools_[Kind::kProject] = {
      {"A", "10000"},
      {"B", "10001", "C", "10002", "D", "10003", "HR", "10004", "OPS", "10005", "AX", "ZZZ", "99999"},
      {"a", "b", "ax", "010001", "10001.0", "+10001", "B ", "A,B", "10000,10001", "*", "null", "Project B", "0", "-1"}};
  pools_[Kind::kMoveTarget] = {{"A,10002", "10000,10003"},
                               {"B,10002", "10001,10002", "C,10102", "A,10002,B-1", "AX,10002"},
                               {"A", "B", "A,10002,A-1,B-1", ",10002", "A, B,10002", "B,10002,A-1"}};
  pools_[Kind::kServiceDesk] = {{"1", "A", "10000"}, {"2", "B", "10001", "99", "HR"}, {"01", "1,2", "../servicedesk/2"}};
  pools_[Kind::kQueue] = pools_[Kind::kRequestType] = {{"1"}, {"2", "99"}, {"01", "1/../2"}};
  for (const std::string& id : pools_[Kind::kIssueHint].inside) pools_[Kind::kApproval].inside.push_back(id + "0");
  for (const std::string& id : pools_[Kind::kIssueHint].outside) pools_[Kind::kApproval].outside.push_back(id + "0");
  pools_[Kind::kUser] = {{sandbox::kAlice, sandbox::kBob}, {sandbox::kBea, sandbox::kCarl, "nobody"}, {"-1", "null", "bea"}};
  pools_[Kind::kGroup] = {{"team-a", "jira-users"}, {"site-admins", "nogroup"}, {"*"}};
  pools_[Kind::kProperty] = {{"seeded", "owner"}, {"other"}, {"x/../../../B-1", "x/../../../B-1/properties/seeded", "..", "a b"}};
  pools_[Kind::kTask] = {{}, {"1", "10000", "20000", "20001"}, {"../issue/B-1"}};
  pools_[Kind::kPageToken] = {{}, {"1", "abc", "AAAAAAAAAAAAAAAAAAAAAA1"}, {}};
  pools_[Kind::kFieldList] = {
      {"summary", "summary,status", "description", "*navigable", "*all"},
      {"*all,-project", "-project", "*all,-security", "-project,-security", "parent,issuelinks", "subtasks", "customfield_10040",
       "customfield_10030,customfield_10031", "customfield_10041,customfield_10035", "customfield_10020",
       "comment,worklog,attachment", "issuelinks,-project", "project,-project", "customfield_10014", "customfield_10050"},
      {"", "-*all", "--project", "-project,-project", "PROJECT", " -project", "*", "project ", "-Project"}};
  pools_[Kind::kExpand] = {{"names", "schema", "transitions", "changelog"},
                           {"renderedFields", "versionedRepresentations", "operations", "renderedBody", "editmeta", "properties",
                            "projects.issuetypes.fields", "names,renderedFields", "issues", "*"},
                           {"", ",", "names,", "RENDEREDFIELDS", "names, renderedFields", "names;renderedFields"}};
  pools_[Kind::kJql] = {
      friendly_queries(), hostile_queries(), {"", " ", "(", "project", "\"", "project = A OR", "\xF0\x9F\x98\x80"}};
  pools_[Kind::kSiteCommon] = {
      {"10000", "10001", "10002", "10003", "1", "3", "Blocks", "Relates", "summary", "customfield_10033", "status"},
      {"10101", "10102", "10100", "10301", "customfield_10050", "customfield_10030", "customfield_10040"},
      {"", "B", "10001,10002", "../project/B"}};
  pools_[Kind::kText] = {{"plain text", "see A-1"}, {"see B-2 and B-4"}, {""}};
  plain_ = {{"1", "0", "true", "50", "false", "text", "Medium"},
            {"1000000", "-1", "B", "10001", "created", "-created", "B-1"},
            {"", "null", "%", "1e9", "a,b"}};
  pools_[Kind::kInert] = plain_;
  pools_[Kind::kResource] = {
      {"10000"}, {"10001", "10002", "B", "A", "99999"}, {"010000", "10000,10001", "10000.0", "*", "..", "10000 "}};
  by_name_ = {{"anIssue", pools_[Kind::kIssue]},
              {"aProject", pools_[Kind::kProject]},
              {"aVersion", pools_[Kind::kVersion]},
              {"aComponent", pools_[Kind::kComponent]}};
  collect_wiki(sandbox);
}

void Pools::collect_wiki(sandbox::Sandbox& sandbox) {
  using catalogue::ContentType;
  sandbox.with_site([this](Site& site) {
    for (const auto& [id, content] : site.wiki.contents) {
      const bool restricted = id == sandbox::kRestrictedA || id == sandbox::kBelowRestrictedA;
      const bool inside = sandbox::wiki_home(site, content) == sandbox::kSpaceA && !restricted;
      const std::string name = sandbox::wiki_id(content);
      const auto type = catalogue::parse_content_type(content.type);
      for (Pool* pool : {&contents_[type.value_or(ContentType::kAny)], &contents_[ContentType::kAny]})
        (inside ? pool->inside : pool->outside).push_back(name);
      if (content.type.ends_with("comment")) {
        Pool& both = contents_[ContentType::kComment];
        (inside ? both.inside : both.outside).push_back(name);
      }
      for (const auto& [property, value] : content.properties) put(pools_[Kind::kContentProperty], inside, property);
    }
    for (const auto& [id, space] : site.wiki.spaces) {
      for (const auto& [property, value] : space.properties)
        put(pools_[Kind::kContentProperty], id == sandbox::kSpaceA, property);
    }
  });
  for (auto& [type, pool] : contents_) {
    pool.outside.insert(pool.outside.end(), {"99999", "0"});
    pool.odd = {"070001", "att70001", "70001,71001", "70001 ", "+70001", "7e4", "-1", "../pages/71001", "70001?id=71001"};
  }
  pools_[Kind::kContent] = contents_[ContentType::kAny];
  pools_[Kind::kSpace] = {{"65001"}, {"65002", "65003", "65005", "99999"}, {"065001", "65001,65002", "A", "*", "~a"}};
  space_keys_ = {{"A"}, {"B", "C", "OPS", "ZZZ"}, {"a", "b", "A,B", "~5b10", "65001", "A/../B"}};
  pools_[Kind::kCql] = {{"type = page", "space = A", "text ~ says", "label = seeded", "parent = 70000", "creator = currentUser()",
                         "title ~ Page ORDER BY created"},
                        {"space = B",
                         "space in (A, B)",
                         "space = A or space = B",
                         "id = 71001",
                         "ancestor = 71000",
                         "type = space",
                         "space != A",
                         "title ~ Restricted",
                         "text ~ Restricted",
                         "id = 70003",
                         "parent = 70003",
                         "space = OPS",
                         "space.title ~ canary",
                         "creator = \"5b10a2844c20165700ede2b1\"",
                         "favourite = currentUser()",
                         "space = currentSpace()",
                         "container = 71001",
                         "text ~ x) or (space = B",
                         "type = page or space = B",
                         "not space = A",
                         "user.fullname ~ Bea",
                         "label in (seeded, \"x\") or id = 70500"},
                        {"", "(", "space =", "space = A OR", "\""}};
}

const Pool& Pools::of(const catalogue::Parameter& parameter) const {
  if (parameter.kind == Kind::kSpace && parameter.form == catalogue::Parameter::Form::kKey) return space_keys_;
  if (const auto named = by_name_.find(parameter.name); named != by_name_.end()) return named->second;
  if (parameter.kind != Kind::kContent) return of(parameter.kind);
  const auto found = contents_.find(parameter.content_type);
  return found == contents_.end() ? of(parameter.kind) : found->second;
}

const Pool& Pools::of(Kind kind) const {
  const auto found = pools_.find(kind);
  return found == pools_.end() ? plain_ : found->second;
}

std::vector<Pools::Pair> Pools::pairs(const catalogue::Parameter& parameter) const {
  const Kind kind = parameter.kind;
  if (by_name_.contains(parameter.name)) {
    std::vector<Pair> pairs;
    for (const std::string& one : of(parameter).outside) {
      const bool number = one.find_first_not_of("0123456789") == std::string::npos;
      if (number && one != "99999" && !hidden_.contains(one) && pairs.size() < 4) pairs.push_back({one, "99999"});
    }
    return pairs;
  }
  if (kind == Kind::kResource) return {{"10001", "99999"}};
  if (kind == Kind::kSpace) {
    if (parameter.form == catalogue::Parameter::Form::kKey) return {{"B", "ZZZ"}, {"OPS", "ZZZ"}};
    return {{"65002", "99999"}};
  }
  if (kind == Kind::kContent) {
    std::vector<Pair> pairs;
    for (const std::string& one : of(parameter).outside) {
      if (pairs.size() < 4) pairs.push_back({one, one.starts_with("att") ? "att99999" : "99999"});
    }
    return pairs;
  }
  if (kind == Kind::kContentProperty) return {{"71017", "99999"}, {"71018", "99999"}};
  const auto first_like = [this, kind](bool digits) -> std::string {
    for (const std::string& one : of(kind).outside) {
      if ((one.find_first_not_of("0123456789") == std::string::npos) == digits) return one;
    }
    return {};
  };
  switch (kind) {
    case Kind::kIssue:
    case Kind::kEpic:
      return {{"B-1", "B-999"}, {first_like(true), "99999"}, {"A-7", "A-999"}, {"A-6", "A-999"}, {"B-1", "ZZZ-1"}};
    case Kind::kProject: return {{"B", "ZZZ"}, {"10001", "99999"}, {"AX", "ZZZ"}};
    case Kind::kComment:
    case Kind::kWorklog:
    case Kind::kAttachment:
    case Kind::kRemoteLink:
    case Kind::kIssueHint:
    case Kind::kIssueLink:
    case Kind::kComponent:
    case Kind::kVersion:
    case Kind::kFilter:
    case Kind::kDashboard:
    case Kind::kBoard:
    case Kind::kSprint: return {{first_like(true), "99999"}};
    case Kind::kApproval: return {{first_like(true), "999990"}};
    case Kind::kServiceDesk: return {{"2", "99"}, {"B", "ZZZ"}};
    case Kind::kQueue:
    case Kind::kRequestType: return {{"2", "99"}};
    case Kind::kTask: return {{"20000", "99999"}};
    default: return {};
  }
}

const std::vector<std::string>& friendly_queries() {
  static const std::vector<std::string> queries = {"project = A",       "project = 10000 ORDER BY key",
                                                   "key = A-1",         "status = Done",
                                                   "ORDER BY created",  "issuetype = Bug AND assignee = currentUser()",
                                                   "text ~ \"bug\"",    "parent = A-1",
                                                   "key in (A-1, A-2)", "sprint = 1",
                                                   "labels = seeded"};
  return queries;
}

const std::vector<std::string>& hostile_queries() {
  static const std::vector<std::string> queries = {
      "project = B",
      "project = 10001",
      "project in (A, B)",
      "project = A OR project = B",
      "(project = A) OR 1 = 1",
      "project = A OR (project = B ORDER BY key)",
      "project != A",
      "project is not EMPTY",
      "NOT project = A",
      "project = AX",
      "project = OPS",
      "project = HR",
      "key = B-1",
      "key = A-6",
      "key = A-7",
      "issue in (A-1, B-1)",
      "id = 10001",
      "filter = 10501",
      "filter = 10502",
      "savedFilter = 10503",
      "issue in linkedIssues(A-4)",
      "issue in linkedIssues(\"B-2\")",
      "parent = B-1",
      "parent in (A-1, B-1)",
      "parentProject = B",
      "\"Epic Link\" = B-1",
      "issueLink = B-2",
      "issueLinkType = Blocks",
      "cf[10030] = B",
      "cf[10031] = B-2",
      "cf[10035] = 10403",
      "cf[10050] > 1",
      "sprint = 3",
      "sprint in openSprints()",
      "component = 10405",
      "fixVersion = 10403",
      "fixVersion in releasedVersions(B)",
      "component in componentsLeadByUser()",
      "assignee in membersOf(\"team-b\")",
      "assignee = bea",
      "level = 10301",
      "level is not EMPTY",
      "level = 10300",
      "issue in issueHistory()",
      "issue in votedIssues()",
      "issue in watchedIssues()",
      "project in projectsLeadByUser()",
      "project in projectsWhereUserHasPermission(\"Browse Projects\")",
      "status was Done BY bea",
      "status changed BY bea",
      "summary ~ \"Restricted\"",
      "text ~ \"Restricted bug\"",
      "comment ~ \"Said about\"",
      "attachments is not EMPTY OR project = B",
      "project = A UNION project = B",
      "project = A) OR (project = B",
      "project = \"A\" OR project = \"\\u0042\"",
      "project = A AND (project = A OR project = B)",
      "project = A ORDER BY project, key DESC",
      "project = A -- OR project = B",
      "project = 'A' or project = 'B'",
      "\"project\" = B",
      "space = B",
      "PROJECT = b",
      "category = Products",
      "workType = Bug OR space = B",
      "issuekey >= B-1",
      "issuekey > A-1",
      "development[pullrequests].all > 0 OR project = B",
      "issue.property[seeded].text ~ canary",
      "project = A AND issue in linkedIssues(A-4, blocks)",
      "issue in updatedBy(bea)",
      "issue in parentIssuesOf(\"project = B\")",
      "issue in subtasksOf(\"project = B\")",
  };
  return queries;
}

}  // namespace gatehouse::escape
