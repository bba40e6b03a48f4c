#include "test/escape/scenarios.h"

#include <algorithm>
#include <set>

#include "catalogue/catalogue.h"
#include "sandbox/site.h"
#include "test/escape/generator.h"

namespace gatehouse::escape {
namespace {

using catalogue::Operation;

/// Ids of the seed that are not fixed by name.
struct Ids {
  std::string b1, b2, b4, a7;          ///< issues
  std::string comment_b1, comment_a2;  ///< comments
  std::string worklog_b1, worklog_a2;
  std::string a1, attachment_a1, attachment_b1;
};

Ids read_ids(House& house) {
  Ids ids;
  house.sandbox().with_site([&ids](sandbox::Site& site) {
    const auto issue = [&site](const char* key) -> const sandbox::Issue& { return *sandbox::find_issue(site, key); };
    ids.a1 = std::to_string(issue("A-1").id);
    ids.attachment_a1 = std::to_string(issue("A-1").attachments.front().id);
    ids.attachment_b1 = std::to_string(issue("B-1").attachments.front().id);
    ids.b1 = std::to_string(issue("B-1").id);
    ids.b2 = std::to_string(issue("B-2").id);
    ids.b4 = std::to_string(issue("B-4").id);
    ids.a7 = std::to_string(issue("A-7").id);
    ids.comment_b1 = std::to_string(issue("B-1").comments.front().id);
    ids.comment_a2 = std::to_string(issue("A-2").comments.front().id);
    ids.worklog_b1 = std::to_string(issue("B-1").worklogs.front().id);
    ids.worklog_a2 = std::to_string(issue("A-2").worklogs.front().id);
  });
  return ids;
}

Question get(std::string target, unsigned bearer = kByBoundary) { return {"GET", std::move(target), {}, {}, {}, bearer}; }
Question send(std::string method, std::string target, std::string body, unsigned bearer = kByBoundary) {
  return {std::move(method), std::move(target), std::move(body), {}, {}, bearer};
}

/// One request, after which the watch must be quiet.
Scenario lone(std::string check, std::string what, Question question) {
  Scenario scenario;
  scenario.check = std::move(check);
  scenario.what = std::move(what);
  scenario.question = std::move(question);
  return scenario;
}

/// Two requests that must be answered alike.
Scenario alike(std::string check, std::string what, Question question, Question twin, unsigned variant = 0) {
  Scenario scenario = lone(std::move(check), std::move(what), std::move(question));
  scenario.twin = std::move(twin);
  scenario.variant = variant;
  return scenario;
}

void add_request_scenarios(const Ids& ids, std::vector<Scenario>& out) {
  const std::string api = "/rest/api/3/";
  out.push_back(lone("canonical_target", "a property's name leads to another issue",
                     get(api + "issue/A-1/properties/x%2F..%2F..%2F..%2FB-1%2Fproperties%2Fseeded")));
  const std::string twice = api + "search?jql=project%20%3D%20A%20AND%20summary%20~%20nothing&jql=project%20%3D%20";
  out.push_back(alike("duplicate_parameter", "the second query is the one that counts", get(twice + "B"), get(twice + "ZZZ"), 1));
  out.push_back(lone("query_unclassified", "a parameter beats the path", get(api + "issue/A-1/comment?issueIdOrKey=B-1")));
  out.push_back(lone("query_unclassified", "a parameter beats the path of a write",
                     send("PUT", api + "issue/A-1?issueIdOrKey=B-1", R"({"fields":{"summary":"changed"}})")));
  out.push_back(lone("expand_allowed", "HTML with the summaries of whatever is named",
                     get(api + "issue/A-1?fields=summary&expand=renderedFields")));
  out.push_back(alike("expand_allowed", "queries are checked against what exists",
                      send("POST", api + "jql/parse?validation=strict", R"({"queries":["project = B"]})"),
                      send("POST", api + "jql/parse?validation=strict", R"({"queries":["project = ZZZ"]})")));
  out.push_back(lone("duplicate_json_key", "the last key counts, or the first",
                     send("POST", api + "jql/autocompletedata", R"({"projectIds":[10000],"projectIds":null})")));
  out.push_back(lone("duplicate_json_key", "the last key counts, written with an escape",
                     send("POST", api + "jql/autocompletedata", R"({"projectIds":[10000],"\u0070rojectIds":[]})")));
  out.push_back(lone("body_unclassified", "a read-only member moves a comment",
                     send("POST", "/rest/api/2/issue/A-1/comment", R"({"body":"said","issueId":")" + ids.b1 + "\"}")));
  out.push_back(lone("body_unclassified", "a read-only member moves a version",
                     send("PUT", api + "version/10401", R"({"name":"changed","projectId":10001})")));
  out.push_back(
      lone("body_identifiers", "a worklog is moved away",
           send("POST", api + "issue/A-2/worklog/move", R"({"ids":[)" + ids.worklog_a2 + R"(],"issueIdOrKey":"B-1"})")));
  out.push_back(lone("body_identifiers", "a parent of another project",
                     send("PUT", api + "issue/A-2", R"({"fields":{"parent":{"key":"B-1"}}})")));
  out.push_back(lone("field_type_write", "beside a field of unknown type, the project",
                     send("PUT", api + "issue/A-2", R"({"fields":{"customfield_10040":{"x":1},"project":{"id":"10001"}}})")));
  out.push_back(lone("field_type_write", "beside a field of unknown type, a foreign parent",
                     send("PUT", api + "issue/A-2", R"({"fields":{"customfield_10040":{"x":1},"parent":{"key":"B-1"}}})")));
}

void add_location_scenarios(const Ids& ids, std::vector<Scenario>& out) {
  const std::string api = "/rest/api/3/";
  const std::string summary = R"({"fields":{"summary":"changed"}})";
  out.push_back(lone("moved_key", "A-6 is B-6 now", get(api + "issue/A-6/comment")));
  out.push_back(lone("moved_key", "A-6 is B-6 now, for writes too", send("PUT", api + "issue/A-6", summary)));
  out.push_back(
      lone("renamed_project", "OPS was A's key when the token was made", get(api + "project/OPS/properties/owner", kByGrant)));
  out.push_back(lone("renamed_project", "OPS was A's key when the token was made, for writes too",
                     send("PUT", api + "project/OPS", R"({"description":"changed"})", kByGrant)));
  out.push_back(lone("nested_parent", "a comment of B below an issue of A",
                     send("PUT", "/rest/api/2/issue/A-1/comment/" + ids.comment_b1, R"({"body":"changed"})")));
  out.push_back(lone("nested_parent", "a worklog of B below an issue of A",
                     send("DELETE", api + "issue/A-1/worklog/" + ids.worklog_b1, "")));
  out.push_back(lone("read_verified", "an issue of B is read", get(api + "issue/B-1")));
  out.push_back(lone("write_located_afresh", "an id says nothing of its project", send("PUT", api + "issue/" + ids.b1, summary)));
  out.push_back(lone("write_located_afresh", "a key of A that was moved to B", send("DELETE", api + "issue/A-6", "")));
  out.push_back(lone(
      "every_resource", "the other end of a link",
      send("POST", api + "issueLink", R"({"type":{"name":"Blocks"},"inwardIssue":{"key":"A-1"},"outwardIssue":{"key":"B-1"}})")));
  out.push_back(lone("restricted_level", "a restricted issue's comments", get(api + "issue/A-7/comment")));
  out.push_back(lone("restricted_level", "a restricted issue", get(api + "issue/A-7")));
  out.push_back(
      lone("restricted_level", "restricted issues are searched for", get(api + "search?jql=project%20%3D%20A&fields=summary")));
}

void add_answer_scenarios(std::vector<Scenario>& out) {
  const std::string api = "/rest/api/3/";
  const auto count = [&](const char* jql) {
    return send("POST", api + "search/approximate-count", std::string("{\"jql\":\"") + jql + "\"}");
  };
  out.push_back(
      alike("query_confined", "issues of B are counted", count("summary ~ Restricted"), count("summary ~ Nonsuchword")));
  out.push_back(alike("query_strict", "whether a project exists", count("project = B"), count("project = ZZZ")));
  out.back().echo = R"(\"B\")";
  out.back().twin_echo = R"(\"ZZZ\")";
  out.push_back(alike("query_strict", "whether an issue exists", count("key = B-1"), count("key = B-999")));
  out.back().echo = "B-1";
  out.back().twin_echo = "B-999";
  out.push_back(
      lone("item_verified", "the index still finds A-6 in A", get(api + "search?jql=project%20%3D%20A&fields=summary")));
  out.push_back(lone("item_verified", "all projects are listed", get(api + "project")));
  out.push_back(lone("issue_reference", "links name issues of B", get(api + "issue/A-4?fields=issuelinks")));
  out.push_back(lone("issue_reference", "the parent lies in B", get(api + "issue/A-5?fields=parent")));
  out.push_back(
      lone("field_type_redaction", "an app's field holds what it likes", get(api + "issue/A-4?fields=customfield_10040")));
  out.push_back(lone("field_type_redaction", "a picker holds a project", get(api + "issue/A-4?fields=customfield_10030")));
  out.push_back(lone("field_type_redaction", "a picker holds a version", get(api + "issue/A-4?fields=customfield_10035")));
  out.push_back(lone("links_rewritten", "links lead round the gateway", get(api + "issue/A-1/properties")));
}

void add_agile_scenarios(const Ids& ids, std::vector<Scenario>& out) {
  const std::string agile = "/rest/agile/1.0/";
  out.push_back(
      lone("shared_container", "a sprint is closed that B-2 is in", send("PUT", agile + "sprint/1", R"({"state":"closed"})")));
  out.push_back(lone("shared_container", "a sprint is deleted that B-2 is in", send("DELETE", agile + "sprint/1", "")));
  out.push_back(lone("every_resource", "an issue is ranked by one of B",
                     send("PUT", agile + "issue/rank", R"({"issues":["A-2"],"rankBeforeIssue":"B-1"})")));
  out.push_back(lone("body_identifiers", "sprints of two boards change places",
                     send("POST", agile + "sprint/2/swap", R"({"sprintToSwapWith":3})")));
  out.push_back(
      lone("body_identifiers", "a sprint is given to another board", send("POST", agile + "sprint/2", R"({"originBoardId":2})")));
  out.push_back(lone("item_verified", "a board lists the sprints of another", get(agile + "board/1/sprint")));
  out.push_back(lone("item_verified", "a board lists the epics of two projects", get(agile + "board/1/epic")));
  out.push_back(lone("item_verified", "a board of A and B lists its issues", get(agile + "board/1/issue?fields=summary")));
  out.push_back(lone("field_type_redaction", "an issue tells of its epic and its sprint", get(agile + "issue/A-5")));
  out.push_back(alike("list_gathered", "at which place the sprint of another board stands",
                      get(agile + "board/1/sprint?startAt=2&maxResults=1"),
                      get(agile + "board/1/sprint?startAt=50&maxResults=1")));
  out.back().echo = R"("startAt":2)";
  out.back().twin_echo = R"("startAt":50)";
  const std::string attachment = "/rest/api/3/attachment/";
  out.push_back(lone("attachment_home", "an attachment of B under an issue of A",
                     get(attachment + "content/" + ids.attachment_b1 + "?gatehouseIssue=" + ids.a1)));
  out.push_back(lone("attachment_home", "an attachment of B is deleted under an issue of A",
                     send("DELETE", attachment + ids.attachment_b1 + "?gatehouseIssue=" + ids.a1, "")));
}

void add_desk_scenarios(const Ids& ids, std::vector<Scenario>& out) {
  const std::string desk = "/rest/servicedeskapi/";
  out.push_back(lone("nested_parent", "a queue of B below A's desk", get(desk + "servicedesk/1/queue/2")));
  out.push_back(lone("nested_parent", "a request type of B below A's desk", get(desk + "servicedesk/1/requesttype/2")));
  out.push_back(
      lone("nested_parent", "an approval of B below a request of A", get(desk + "request/A-1/approval/" + ids.b1 + "0")));
  out.push_back(lone("nested_parent", "a request type of B is deleted below A's desk",
                     send("DELETE", desk + "servicedesk/1/requesttype/2", "")));
  out.push_back(
      lone("nested_parent", "a comment of B below a request of A", get(desk + "request/A-1/comment/" + ids.comment_b1)));
  out.push_back(lone("attachment_home", "an attachment of B below a request of A",
                     get(desk + "request/A-1/attachment/" + ids.attachment_b1)));
  out.push_back(lone("body_identifiers", "a request for B's desk",
                     send("POST", desk + "request",
                          R"({"serviceDeskId":"2","requestTypeId":"2","requestFieldValues":{"summary":"made by the test"}})")));
  out.push_back(lone("item_verified", "all desks are listed", get(desk + "servicedesk")));
  out.push_back(lone("item_verified", "request types of all desks", get(desk + "requesttype")));
  out.push_back(lone("item_verified", "a queue finds issues of two projects", get(desk + "servicedesk/1/queue/1/issue")));
  out.push_back(lone("field_type_redaction", "fields of a request", get(desk + "request/A-4")));
  out.push_back(lone("field_type_redaction", "what a project picker offers", get(desk + "servicedesk/1/requesttype/1/field")));
}

/// Tokens whose boundary is not what their record says at first sight, and lists that are not held whole.
void add_token_scenarios(const Ids& ids, std::vector<Scenario>& out) {
  const std::string api = "/rest/api/3/";
  const std::string summary = R"({"fields":{"summary":"changed"}})";
  for (const unsigned bearer : {unsigned{kAccess}, unsigned{kSigned}})
    out.push_back(
        lone("access_narrowed", "an issue of B by an access token that was narrowed to A", get(api + "issue/B-1", bearer)));
  for (const unsigned bearer : {unsigned{kPaused}, unsigned{kProposed}, unsigned{kAccess}, unsigned{kSigned}}) {
    const std::string whose = bearer == kPaused     ? ", paused"
                              : bearer == kProposed ? ", no longer in the boundary"
                                                    : ", by an access token narrowed to A";
    out.push_back(lone("read_verified", "an issue of B" + whose, get(api + "issue/B-1", bearer)));
    out.push_back(
        lone("write_located_afresh", "a write to an issue of B" + whose, send("PUT", api + "issue/" + ids.b1, summary, bearer)));
    out.push_back(
        lone("item_verified", "a search over A" + whose, get(api + "search?jql=project%20%3D%20A&fields=summary", bearer)));
    out.push_back(lone("item_verified", "the list of projects" + whose, get(api + "project", bearer)));
    out.push_back(alike("query_strict", "whether a project exists" + whose,
                        send("POST", api + "search/approximate-count", R"({"jql":"project = B"})", bearer),
                        send("POST", api + "search/approximate-count", R"({"jql":"project = ZZZ"})", bearer)));
    out.back().echo = R"(\"B\")";
    out.back().twin_echo = R"(\"ZZZ\")";
  }
  out.push_back(lone("item_verified", "a moved issue in a list over 4 MiB",
                     get(api + "search?jql=project%20%3D%20A&fields=*all&maxResults=1000")));
  out.back().variant = kLongLists;
  out.push_back(lone("field_type_redaction", "links and fields in a list over 4 MiB",
                     get(api + "search?jql=project%20%3D%20A%20ORDER%20BY%20key%20DESC&maxResults=1000")));
  out.back().variant = kLongLists;
  // Below the site's prefix, on a host that is mapped to the site, and where they belong.
  for (const char* path : {"/v1/self", "/v1/self/rotate"}) {
    for (const char* host : {"", kMappedHost, kOwnHost}) {
      Question question = send("POST", path, "{}");
      question.host = host;
      out.push_back(lone("canonical_target", "what a token says of itself goes to no site", std::move(question)));
    }
  }
  Question by_host = get(api + "issue/B-1");
  by_host.host = kMappedHost;
  out.push_back(lone("read_verified", "an issue of B by the mapped host", std::move(by_host)));
  Question prefixed = get("/ex/jira/acme" + api + "issue/B-1");
  prefixed.host = kMappedHost;
  out.push_back(lone("canonical_target", "the prefix of a site on a host that is mapped to it", std::move(prefixed)));
}

std::multiset<std::string> field_names(std::string_view head) {
  std::multiset<std::string> names;
  std::size_t line = head.find("\r\n");
  while (line != std::string_view::npos && line + 2 < head.size()) {
    const std::size_t colon = head.find(':', line);
    if (colon == std::string_view::npos) break;
    names.emplace(head.substr(line + 2, colon - line - 2));
    line = head.find("\r\n", line + 2);
  }
  return names;
}

}  // namespace

std::vector<Scenario> scenarios(House& house) {
  const Ids ids = read_ids(house);
  std::vector<Scenario> out;
  add_request_scenarios(ids, out);
  add_location_scenarios(ids, out);
  add_answer_scenarios(out);
  add_agile_scenarios(ids, out);
  add_desk_scenarios(ids, out);
  add_token_scenarios(ids, out);
  add_wiki_scenarios(out);
  return out;
}

std::vector<Core> core_operations(House& house) {
  const Ids ids = read_ids(house);
  const std::string api = "/rest/api/3/";
  std::vector<Core> all = {
      {get(api + "issue/A-1", kClassic)},
      {get(api + "issue/A-4?expand=names,schema,transitions,changelog", kClassic)},
      {get("/rest/api/2/issue/A-2?fields=*all", kClassic)},
      {get(api + "issue/B-5", kClassic)},
      {get(api + "issue/OPS-2", kByGrant)},
      {get(api + "search?jql=project%20%3D%20A", kClassic)},
      {send("POST", api + "search/jql", R"({"jql":"project = A ORDER BY key","fields":["summary"]})", kClassic)},
      {send("POST", api + "search", R"({"jql":"text ~ Story","fields":["*all"]})", kClassic)},
      {send("POST", api + "search/approximate-count", R"({"jql":"project = A"})", kClassic), 200, false},
      {get(api + "issue/A-1/comment", kClassic)},
      {get(api + "issue/A-2/comment/" + ids.comment_a2, kClassic)},
      {get(api + "issue/A-1/worklog", kClassic)},
      {get(api + "issue/A-1/remotelink", kClassic)},
      {get(api + "issue/A-1/properties/seeded", kClassic)},
      {get(api + "issue/A-2/changelog", kClassic), 200, false},
      {get(api + "issue/A-2/transitions", kClassic), 200, false},
      {get(api + "project/A", kClassic)},
      {get(api + "project/search", kClassic)},
      {get(api + "project/A/versions", kClassic)},
      {get(api + "project/A/components", kClassic)},
      {get(api + "field", kClassic), 200, false},
      {get(api + "serverInfo", kClassic), 200, false},
      {get(api + "myself"), 200, false},
      {send("POST", api + "issue", R"({"fields":{"project":{"key":"A"},"issuetype":{"id":"10002"},"summary":"made"}})", kClassic),
       201, false},
      {send("PUT", api + "issue/A-2", R"({"fields":{"summary":"changed","labels":["x"]}})", kClassic), 204, false},
      {send("POST", api + "issue/A-2/comment", R"({"body":{"type":"doc","version":1,"content":[]}})", kClassic), 201, false},
      {send("POST", api + "issueLink", R"({"type":{"name":"Blocks"},"inwardIssue":{"key":"A-1"},"outwardIssue":{"key":"A-3"}})",
            kClassic),
       201, false},
      {send("POST", api + "issue/A-2/worklog", R"({"timeSpent":"1h"})", kClassic), 201, false},
      {send("PUT", api + "issue/A-1/properties/other", R"({"x":1})", kClassic), 201, false},
      {send("DELETE", api + "issue/A-3", "", kClassic), 204, false},
      {get("/rest/agile/1.0/board")},
      {get("/rest/agile/1.0/board/1/configuration")},
      {get("/rest/agile/1.0/board/1/sprint")},
      {get("/rest/agile/1.0/board/1/issue")},
      {get("/rest/agile/1.0/board/1/epic")},
      {get("/rest/agile/1.0/sprint/1/issue?fields=summary")},
      {get("/rest/software/1.0/board/1/issue?fields=summary")},
      {get("/rest/agile/1.0/epic/A-1")},
      {get("/rest/agile/1.0/issue/A-2")},
      {send("POST", "/rest/agile/1.0/sprint", R"({"name":"made","originBoardId":1})"), 201, false},
      {send("POST", "/rest/agile/1.0/sprint/2", R"({"state":"active"})")},
      {send("POST", "/rest/agile/1.0/sprint/2/issue", R"({"issues":["A-2"],"rankBeforeIssue":"A-1"})"), 204, false},
      {send("PUT", "/rest/agile/1.0/issue/rank", R"({"issues":["A-2"],"rankAfterIssue":"A-1"})"), 204, false},
      {send("POST", "/rest/agile/1.0/backlog/issue", R"({"issues":["A-2"]})"), 204, false},
      {get(api + "attachment/content/" + ids.attachment_a1 + "?gatehouseIssue=" + ids.a1, kClassic)},
      {get(api + "attachment/" + ids.attachment_a1 + "?gatehouseIssue=" + ids.a1, kClassic)},
      {send("DELETE", api + "attachment/" + ids.attachment_a1 + "?gatehouseIssue=" + ids.a1, "", kClassic), 204, false},
      {get(api + "user/search?query=a"), 200, false},
      {get("/rest/servicedeskapi/servicedesk")},
      {get("/rest/servicedeskapi/servicedesk/1")},
      {get("/rest/servicedeskapi/servicedesk/A/queue")},
      {get("/rest/servicedeskapi/servicedesk/1/queue/1/issue")},
      {get("/rest/servicedeskapi/requesttype")},
      {get("/rest/servicedeskapi/servicedesk/1/requesttype/1")},
      {get("/rest/servicedeskapi/servicedesk/1/requesttype/1/field"), 200, false},
      {get("/rest/servicedeskapi/request?serviceDeskId=1")},
      {send("POST", "/rest/servicedeskapi/request",
            R"({"serviceDeskId":"1","requestTypeId":"1","requestFieldValues":{"summary":"made"}})"),
       201, false},
      {get("/rest/servicedeskapi/request/A-2")},
      {get("/rest/servicedeskapi/request/A-2/comment")},
      {send("POST", "/rest/servicedeskapi/request/A-2/comment", R"({"body":"said","public":true})"), 201, false},
      {get("/rest/servicedeskapi/request/A-1/attachment")},
      {get("/rest/servicedeskapi/request/A-1/attachment/" + ids.attachment_a1)},
      {get("/rest/servicedeskapi/request/A-1/approval")},
      {send("POST", "/rest/servicedeskapi/request/A-2/transition", R"({"id":"31"})"), 204, false},
  };
  for (const char* target :
       {"version/10400", "project/10000", "project/A/versions", "project/10000/components", "project/search"})
    all.push_back({get(api + target, kApi)});
  all.push_back({get(api + "issue/A-1", kApi), 200, false});
  all.push_back({get(api + "issue/A-1/comment", kApi)});
  all.push_back({get(api + "search/jql?jql=key%20in%20(A-1,B-1)&fields=project", kApi), 200, false});
  all.push_back({send("PUT", api + "version/10400", R"({"description":"changed","projectId":10000})", kApi)});
  all.push_back({send("POST", api + "version", R"({"name":"made","projectId":10000})", kApi), 201, false});
  all.push_back({get(api + "issue/A-1", kOfApp)});
  all.push_back({send("PUT", api + "issue/A-1", R"({"fields":{"summary":"changed"}})", kOfApp), 204, false});
  add_wiki_core(all);
  return all;
}

std::vector<Twins> twins(House& house, const Pools& pools) {
  std::vector<Twins> out;
  for (const catalogue::Catalogue* catalogue : {&house.catalogue(), &house.wiki_catalogue(), &house.api_catalogue()}) {
    for (const Operation& operation : catalogue->operations()) {
      if (operation.bounded == catalogue::Bounded::kRefused) continue;
      for (std::size_t place = 0; place < operation.parameters.size(); ++place) {
        for (const Pools::Pair& pair : pools.pairs(operation.parameters[place])) {
          if (pair.foreign.empty()) continue;
          // The same seed twice: both differ in nothing but that value.
          Generator one(*catalogue, pools, 7);
          Generator other(*catalogue, pools, 7);
          out.push_back({one.with(operation, place, pair.foreign), other.with(operation, place, pair.missing)});
        }
      }
    }
  }
  return out;
}

std::string without(std::string text, const std::string& part) {
  if (part.empty()) return text;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) text.replace(at, part.size(), "x");
  return text;
}

std::string difference(const Answer& left, const Answer& right) {
  if (left.status != right.status) return "status " + std::to_string(left.status) + " and " + std::to_string(right.status);
  if (field_names(left.head) != field_names(right.head)) return "the names of header fields:\n" + left.head + "\n" + right.head;
  const std::string one = without(left.body, field_of(left.head, "Gatehouse-Request-Id"));
  const std::string other = without(right.body, field_of(right.head, "Gatehouse-Request-Id"));
  return one == other ? std::string() : "the body:\n    " + one.substr(0, 300) + "\n    " + other.substr(0, 300);
}

}  // namespace gatehouse::escape
