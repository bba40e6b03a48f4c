#include "test/escape/generator.h"

#include <array>

#include "test/escape/body_tree.h"
#include "test/escape/house.h"

namespace gatehouse::escape {
namespace {

using catalogue::Bounded;
using catalogue::Kind;
using catalogue::Operation;
using catalogue::Parameter;

const std::vector<std::string> kTails = {"/",
                                         "//",
                                         "/.",
                                         "/..",
                                         "/../B-1",
                                         "/%2e%2e/B-1",
                                         ";jsessionid=1",
                                         ";/../B-1",
                                         "%2F..%2FB-1",
                                         "%252e%252e%252fB-1",
                                         "/..;/B-1",
                                         "%00",
                                         "?",
                                         "??",
                                         "#",
                                         "%3fissueIdOrKey=B-1",
                                         "%5c..%5cB-1",
                                         "\\..\\B-1",
                                         ".json",
                                         "%20",
                                         "%C0%AE%C0%AE/B-1",
                                         "/%E2%80%8B",
                                         "/properties/x%2F..%2F..%2F..%2FB-1"};
const std::vector<std::string> kUnknownPaths = {"/rest/internal/api/latest/worklog/bulk",
                                                "/rest/api/3/issue/B-1/unknown",
                                                "/rest/api/1/issue/B-1",
                                                "/rest/api/3.0/issue/B-1",
                                                "/rest/greenhopper/1.0/xboard/work/allData.json?rapidViewId=2",
                                                "/__sandbox/recorded",
                                                "/__sandbox/digest/B",
                                                "/browse/B-1",
                                                "/secure/attachment/20004/x",
                                                "/rest/auth/1/session",
                                                "/plugins/servlet/oauth",
                                                "/_edge/tenant_info",
                                                "/v1/self",
                                                "/v1/self/rotate",
                                                "/../../../v1/self/rotate",
                                                "/rest/api/3/jql/autocompletedata/suggestions?fieldName=project",
                                                "/rest/gira/1/",
                                                "/gateway/api/graphql",
                                                "/ex/jira/acme/rest/api/3/issue/B-1",
                                                "/rest/agile/1.0/issue/B-1",
                                                "/rest/agile/latest/board/2",
                                                "/rest/software/1.0/board/2",
                                                "/REST/API/3/issue/B-1",
                                                "/rest/api/3/Issue/B-1",
                                                "/rest/api/3/issue/B-1/",
                                                "//rest/api/3/issue/B-1",
                                                "/rest/api/3/./issue/B-1",
                                                "/rest/api/3/project/../issue/B-1",
                                                "/rest/api//3/issue/B-1",
                                                "/rest/api/3/issue%2FB-1",
                                                "/rest/api/3%2Fissue/B-1",
                                                "/rest/api/3/%69ssue/B-1",
                                                "/media/m20004",
                                                "*",
                                                "http://127.0.0.1/rest/api/3/issue/B-1",
                                                "/rest/servicedeskapi/queue/B-1",
                                                "/wiki/rest/api/content",
                                                "/wiki/rest/api/content/71001",
                                                "/wiki/rest/api/content/71001/child/page",
                                                "/wiki/api/v2/pages/70001/../71001",
                                                "/wiki/api/v2/Pages/71001",
                                                "/wiki/api/v2//pages/71001",
                                                "/wiki/api/v1/pages/71001",
                                                "/wiki/download/attachments/71001/file.txt",
                                                "/wiki/rest/api/contentbody/view",
                                                "/wiki/graphql",
                                                "/wiki/plugins/viewsource/viewpagesrc.action?pageId=71001",
                                                "/media/wiki/71014",
                                                "/wiki/rest/internal/1.0/content/71001"};
const std::vector<std::pair<std::string, std::string>> kHeaders = {{"X-HTTP-Method-Override", "DELETE"},
                                                                   {"X-HTTP-Method-Override", "PUT"},
                                                                   {"X-HTTP-Method", "DELETE"},
                                                                   {"X-Method-Override", "DELETE"},
                                                                   {"X-Original-URL", "/rest/api/3/issue/B-1"},
                                                                   {"X-Rewrite-URL", "/rest/api/3/issue/B-1"},
                                                                   {"X-Forwarded-Prefix", "/.."},
                                                                   {"X-Forwarded-Host", "evil.example"},
                                                                   {"Cookie", "atlassian.xsrf.token=x"},
                                                                   {"Range", "bytes=0-10"},
                                                                   {"Accept", "text/html"},
                                                                   {"Accept-Language", "de"},
                                                                   {"X-Atlassian-Token", "no-check"},
                                                                   {"X-AUSERNAME", "bea"},
                                                                   {"Origin", "https://evil.example"},
                                                                   {"X-Forwarded-For", "10.0.0.1"},
                                                                   {"If-None-Match", "*"},
                                                                   {"Expect", "100-continue"}};
const std::vector<std::string> kExtraParameters = {"issueIdOrKey=B-1",
                                                   "projectIdOrKey=B",
                                                   "projectKeyOrId=B",
                                                   "issueKey=B-1",
                                                   "projectId=10001",
                                                   "_method=DELETE",
                                                   "method=DELETE",
                                                   "os_authType=basic",
                                                   "jql=project%20%3D%20B",
                                                   "expand=renderedFields",
                                                   "expand=versionedRepresentations",
                                                   "fields=*all",
                                                   "startAt=0",
                                                   "maxResults=1000",
                                                   "overrideScreenSecurity=true",
                                                   "deleteSubtasks=true",
                                                   "includeArchived=true",
                                                   "boardId=2",
                                                   "id=10001",
                                                   "id=71001",
                                                   "spaceKey=B",
                                                   "space-id=65002",
                                                   "body-format=view",
                                                   "body-format=export_view",
                                                   "include-direct-children=true",
                                                   "cqlcontext=%7B%22spaceKey%22%3A%22B%22%7D",
                                                   "expand=body.view",
                                                   "expand=container",
                                                   "keys=B",
                                                   "query=B",
                                                   "accountId=5b10a2844c20165700ede2b1",
                                                   "%65xpand=renderedFields",
                                                   "expand[]=renderedFields",
                                                   "Expand=renderedFields"};
const std::vector<std::string> kExtraMembers = {
    "\"issueId\":\"20011\"",
    "\"issueIdOrKey\":\"B-1\"",
    "\"projectId\":10001",
    "\"project\":{\"id\":\"10001\"}",
    "\"project\":\"B\"",
    "\"parent\":{\"key\":\"B-1\"}",
    "\"id\":\"20011\"",
    "\"key\":\"B-1\"",
    "\"fields\":{\"project\":{\"key\":\"B\"}}",
    "\"\\u0066ields\":{\"parent\":{\"key\":\"B-1\"}}",
    "\"update\":{\"issuelinks\":[{\"add\":{\"type\":{\"name\":\"Blocks\"},\"outwardIssue\":{\"key\":\"B-1\"}}}]}",
    "\"jql\":\"project = B\"",
    "\"\\u006aql\":\"project = B\"",
    "\"self\":\"x\"",
    "\"spaceId\":\"65002\"",
    "\"parentId\":\"71000\"",
    "\"id\":\"71001\"",
    "\"pageId\":\"71001\"",
    "\"container\":{\"id\":\"71001\"}",
    "\"space\":{\"key\":\"B\"}",
    "\"destinationPageId\":\"71001\"",
    "\"expand\":[\"renderedFields\"]",
    "\"projectIds\":[10001]",
    "\"projectKeys\":[\"B\"]",
    "\"visibility\":{\"type\":\"group\",\"value\":\"team-a\"}",
    "\"transition\":{\"id\":\"31\"}"};

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos &&
         (text == "0" || text[0] != '0');
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
      continue;
    }
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string escape_component(const std::string& text) {
  static const char* const kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                       c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

Generator::Generator(const catalogue::Catalogue& catalogue, const Pools& pools, std::uint64_t seed)
    : pools_(pools),
      wiki_(catalogue.product() == Product::kConfluence),
      api_(catalogue.product() == Product::kOpenApi),
      random_(seed) {
  for (const Operation& operation : catalogue.operations()) {
    (operation.bounded == Bounded::kRefused ? refused_ : usable_).push_back(&operation);
  }
}

void Generator::learn(const std::string& page_token) {
  if (learned_.size() < 64)
    learned_.push_back(page_token);
  else
    learned_[roll(learned_.size())] = page_token;
}

Question Generator::friendly(const Operation& operation) {
  mood_ = Mood::kFriendly;
  fixed_place_ = SIZE_MAX;
  return build(operation);
}

Question Generator::with(const Operation& operation, std::size_t place, const std::string& value) {
  mood_ = Mood::kFriendly;
  fixed_place_ = place;
  fixed_value_ = value;
  Question question = build(operation);
  fixed_place_ = SIZE_MAX;
  return question;
}

Question Generator::next(std::string& operation) {
  const Operation& row = chance(85) ? *usable_[roll(usable_.size())] : *refused_[roll(refused_.size())];
  operation = row.id;
  const std::size_t mood = roll(100);
  mood_ = mood < 30 ? Mood::kFriendly : mood < 80 ? Mood::kOneHostile : Mood::kHostile;
  hostile_place_ = roll(row.parameters.size());
  fixed_place_ = SIZE_MAX;
  Question question = build(row);
  const std::size_t bearer = roll(100);
  question.bearer = bearer < 35   ? kByBoundary
                    : bearer < 55 ? kByGrant
                    : bearer < 67 ? kClassic
                    : bearer < 76 ? kPaused
                    : bearer < 84 ? kProposed
                    : bearer < 90 ? kAccess
                    : bearer < 94 ? kSigned
                                  : kOfApp;
  if (chance(10)) question.host = chance(90) ? (api_ ? kApiHost : kMappedHost) : kOwnHost;
  if (api_) question.bearer = kApi;
  if (wiki_) question.bearer = bearer < 75 || question.method != "GET" ? kSpace : kSpaceAll;
  if (mood_ == Mood::kFriendly) return question;
  const std::size_t mark = question.target.find('?');
  std::string path = question.target.substr(0, mark);
  std::string query = mark == std::string::npos ? std::string() : question.target.substr(mark + 1);
  if (chance(8)) twist_target(path);
  if (chance(15)) twist_query(query);
  question.target = query.empty() ? path : path + "?" + query;
  if (chance(3)) question.target = pick(kUnknownPaths);
  if (!question.body.empty() && chance(20)) twist_body(question.body);
  if (chance(10)) twist_headers(question);
  if (chance(3)) {
    static const std::vector<std::string> methods = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get"};
    question.method = pick(methods);
  }
  return question;
}

Question Generator::build(const Operation& operation) {
  Question question;
  question.bearer = wiki_ ? kSpace : api_ ? kApi : kByBoundary;
  question.method = operation.method;
  question.target = path_of(operation);
  const std::string query = query_of(operation);
  if (!query.empty()) question.target += "?" + query;
  if (operation.body_type == "json" || operation.body_type == "declared") question.body = body_of(operation);
  if (operation.body_type == "image") {
    question.content_type = "image/png";
    question.body = "no image";
  }
  if (operation.body_type == "multipart") {
    question.content_type = "multipart/form-data; boundary=x";
    question.headers.emplace_back("X-Atlassian-Token", "no-check");
    question.body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n";
  }
  return question;
}

std::string Generator::word(Kind kind, bool hostile) { return word_from(pools_.of(kind), kind, hostile); }

std::string Generator::word_from(const Pool& pool, Kind kind, bool hostile) {
  if (kind == Kind::kPageToken && !learned_.empty() && chance(80)) return pick(learned_);
  if (!hostile) return pool.inside.empty() ? "1" : pick(pool.inside);
  if (!pool.odd.empty() && chance(25)) return pick(pool.odd);
  // Identifiers of another kind, which the site might take all the same.
  if (chance(8)) return pick(pools_.of(wiki_ ? Kind::kContent : Kind::kIssue).outside);
  return pool.outside.empty() ? "1" : pick(pool.outside);
}

std::string Generator::value_for(const Parameter& parameter, std::size_t place) {
  if (place == fixed_place_) return fixed_value_;
  const bool hostile = mood_ == Mood::kHostile ? chance(50) : mood_ == Mood::kOneHostile && place == hostile_place_;
  if (!hostile && !parameter.allowed.empty()) return pick(parameter.allowed);
  // Whoever a body names becomes visible in A by that, as everybody is whom an issue of A names: no people of other projects
  // there.
  const bool names_person = parameter.kind == Kind::kUser && parameter.carrier == Parameter::Carrier::kBody;
  const Pool& pool = pools_.of(parameter);
  std::string value = word_from(pool, parameter.kind, hostile && !names_person);
  if (parameter.list && parameter.kind != Kind::kJql && chance(30))
    value += "," + word_from(pool, parameter.kind, hostile && chance(50));
  return value;
}

std::string Generator::path_of(const Operation& operation) {
  std::string out;
  for (const catalogue::Segment& segment : operation.segments) {
    out += '/';
    if (!segment.literals.empty())
      out += pick(segment.literals);
    else
      out += escape_component(value_for(operation.parameters[segment.parameter], segment.parameter));
  }
  return out;
}

std::string Generator::query_of(const Operation& operation) {
  std::string out;
  for (std::size_t i = operation.path_count; i < std::size_t{operation.path_count} + operation.query_count; ++i) {
    const Parameter& parameter = operation.parameters[i];
    const bool wanted = parameter.required || i == fixed_place_ || (mood_ == Mood::kOneHostile && i == hostile_place_);
    // What narrows and what writes the account's own state is left out more often than sent.
    if (!wanted && !chance(parameter.kind == Kind::kSelf || parameter.kind == Kind::kPageToken ? 3
                           : fixed_place_ == SIZE_MAX                                          ? 25
                                                                                               : 0))
      continue;
    out += (out.empty() ? "" : "&") + escape_component(parameter.name) + "=" + escape_component(value_for(parameter, i));
  }
  return out;
}

std::string Generator::field_value(bool hostile) {
  const std::string issue = word(Kind::kIssue, hostile);
  const std::string project = word(Kind::kProject, hostile);
  const std::vector<std::string> forms = {
      "{\"key\":" + quoted(issue) + "}",
      "{\"id\":" + quoted(issue) + "}",
      quoted(issue),
      "{\"id\":" + quoted(project) + "}",
      "{\"key\":" + quoted(project) + "}",
      "[{\"key\":" + quoted(issue) + "}]",
      "[{\"id\":" + quoted(word(Kind::kVersion, hostile)) + "}]",
      "{\"id\":" + quoted(word(Kind::kVersion, hostile)) + "}",
      word(Kind::kSprint, hostile),
      "[" + word(Kind::kSprint, hostile) + "]",
      "{\"accountId\":" + quoted(word(Kind::kUser, false)) + "}",
      "{\"id\":\"10200\"}",
      "null",
      "7",
      "\"text\"",
      "{\"key\":" + quoted(issue) + ",\"id\":" + quoted(word(Kind::kIssue, hostile)) + "}",
  };
  return pick(forms);
}

std::string Generator::issue_fields(bool hostile) {
  static const std::vector<std::string> names = {"customfield_10030",
                                                 "customfield_10031",
                                                 "customfield_10041",
                                                 "customfield_10035",
                                                 "customfield_10020",
                                                 "customfield_10014",
                                                 "customfield_10040",
                                                 "customfield_10001",
                                                 "customfield_10019",
                                                 "customfield_10050",
                                                 "parent",
                                                 "project",
                                                 "issuelinks",
                                                 "fixVersions",
                                                 "versions",
                                                 "components",
                                                 "security",
                                                 "customfield_99999",
                                                 "subtasks",
                                                 "reporter",
                                                 "attachment",
                                                 "comment",
                                                 "worklog",
                                                 "Parent",
                                                 "par\\u0065nt",
                                                 "customfield_10037",
                                                 "id",
                                                 "key"};
  std::string out = "{\"project\":" + std::string(chance(50) ? "{\"key\":\"A\"}" : "{\"id\":\"10000\"}") +
                    ",\"issuetype\":{\"id\":\"10002\"},\"summary\":\"made by the test\"";
  if (chance(30)) out = "{\"summary\":\"changed by the test\"";
  if (chance(20)) out += ",\"labels\":[\"x\"]";
  if (chance(20)) out += ",\"parent\":{\"key\":\"A-1\"}";
  if (hostile || chance(5)) {
    for (std::size_t i = 0; i < 1 + roll(2); ++i) out += ",\"" + pick(names) + "\":" + field_value(hostile);
  }
  return out + "}";
}

std::string Generator::issue_update(bool hostile) {
  static const std::vector<std::string> names = {"labels",     "comment",     "worklog",           "issuelinks",
                                                 "components", "fixVersions", "customfield_10030", "customfield_10041",
                                                 "parent",     "summary",     "project",           "customfield_10020"};
  static const std::vector<std::string> verbs = {"add", "set", "remove", "edit", "copy"};
  const std::string far = word(Kind::kIssue, hostile);
  const std::vector<std::string> values = {
      "\"x\"",
      "{\"body\":\"said by the test\"}",
      "{\"type\":{\"name\":\"Relates\"},\"outwardIssue\":{\"key\":" + quoted(far) + "}}",
      "{\"type\":{\"name\":\"Relates\"},\"inwardIssue\":{\"id\":" + quoted(far) + "}}",
      field_value(hostile),
      "{\"timeSpent\":\"1h\"}",
      "{\"id\":" + quoted(word(Kind::kComment, hostile)) + ",\"body\":\"changed by the test\"}"};
  if (!hostile) return "{\"labels\":[{\"add\":\"x\"}]}";
  return "{\"" + pick(names) + "\":[{\"" + pick(verbs) + "\":" + pick(values) + "}]}";
}

std::string Generator::json_for(const Parameter& parameter, std::size_t place) {
  const bool hostile = mood_ == Mood::kHostile ? chance(50) : mood_ == Mood::kOneHostile && place == hostile_place_;
  if (place != fixed_place_) {
    if (parameter.kind == Kind::kIssueFields) return issue_fields(hostile);
    if (parameter.kind == Kind::kIssueUpdate) return issue_update(hostile);
    if (parameter.kind == Kind::kText && chance(40))
      return "{\"type\":\"doc\",\"version\":1,\"content\":[{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":" +
             quoted(word(Kind::kText, hostile)) + "}]}]}";
    if (hostile && chance(10)) return "null";
    const bool foreign = parameter.kind != Kind::kUser;
    if (hostile && chance(5)) return "[" + quoted(word(parameter.kind, foreign)) + "]";
    if (hostile && chance(5)) return "{\"id\":" + quoted(word(parameter.kind, foreign)) + "}";
  }
  const std::string value = value_for(parameter, place);
  const bool number = is_number(value) && parameter.kind != Kind::kText && chance(50);
  if (parameter.kind == Kind::kInert && (value == "true" || value == "false")) return value;
  return number ? value : quoted(value);
}

std::string Generator::body_of(const Operation& operation) {
  BodyTree tree;
  std::string any_key = "10000";
  for (std::size_t i = std::size_t{operation.path_count} + operation.query_count; i < operation.parameters.size(); ++i) {
    const Parameter& parameter = operation.parameters[i];
    const bool wanted = parameter.required || i == fixed_place_ || parameter.kind == Kind::kIssueFields ||
                        (mood_ == Mood::kOneHostile && i == hostile_place_);
    if (!wanted && !chance(parameter.kind == Kind::kIssueUpdate || parameter.kind == Kind::kPageToken ? 15 : 60)) continue;
    if (parameter.kind == Kind::kMoveTarget)
      any_key = value_for(parameter, i);
    else
      tree.put(parameter.name, json_for(parameter, i), any_key);
  }
  const std::string text = tree.text();
  return text.empty() ? "{}" : text;
}

void Generator::twist_target(std::string& path) {
  switch (roll(6)) {
    case 0: path += pick(kTails); break;
    case 1: {  // a tail in the middle
      const std::size_t slash = path.rfind('/');
      path.insert(slash, pick(kTails));
      break;
    }
    case 2: {  // one character escaped
      const std::size_t at = roll(path.size());
      path = path.substr(0, at) + (path[at] == '/' ? "%2F" : path[at] == '-' ? "%2D" : "%41") + path.substr(at + 1);
      break;
    }
    case 3:
      for (char& c : path) {
        if (c >= 'a' && c <= 'z' && chance(30)) c = static_cast<char>(c - 32);
      }
      break;
    case 4: path = chance(50) ? "/rest/api/3/issue/B-1/../A-1" : "/rest/api/3/issue/A-1/../B-1/comment"; break;
    default: path += "/" + word(Kind::kProperty, true); break;
  }
}

void Generator::twist_query(std::string& query) {
  const std::size_t twists = 1 + roll(2);
  for (std::size_t i = 0; i < twists; ++i) {
    if (!query.empty() && chance(30)) {
      // A parameter again, with another value.
      const std::size_t end = query.find('=');
      query += "&" + query.substr(0, end) + "=" + escape_component(word(chance(50) ? Kind::kIssue : Kind::kJql, true));
    } else {
      query += (query.empty() ? "" : "&") + pick(kExtraParameters);
    }
  }
}

void Generator::twist_body(std::string& body) {
  const std::size_t brace = body.find('{');
  if (brace == std::string::npos) return;
  switch (roll(4)) {
    case 0: {  // at the beginning
      const bool empty = body.compare(brace, 2, "{}") == 0;
      body.insert(brace + 1, pick(kExtraMembers) + (empty ? "" : ","));
      break;
    }
    case 1: {  // at the end
      const std::size_t close = body.rfind('}');
      if (close > brace + 1) body.insert(close, "," + pick(kExtraMembers));
      break;
    }
    case 2: {  // a key written with an escape, and again
      const std::size_t open = body.find('"', brace);
      const std::size_t end = open == std::string::npos ? open : body.find('"', open + 1);
      if (end == std::string::npos || end < open + 2) break;
      static const char* const kHex = "0123456789abcdef";
      const auto first = static_cast<unsigned char>(body[open + 1]);
      const std::string key = std::string("\\u00") + kHex[first >> 4] + kHex[first & 15] + body.substr(open + 2, end - open - 2);
      body.insert(brace + 1, "\"" + key + "\":" + field_value(true) + ",");
      break;
    }
    default: {  // inside
      const std::size_t inner = body.find('{', brace + 1);
      if (inner == std::string::npos || body.compare(inner, 2, "{}") == 0) break;
      body.insert(inner + 1, pick(kExtraMembers) + ",");
      break;
    }
  }
}

void Generator::twist_headers(Question& question) { question.headers.push_back(kHeaders[roll(kHeaders.size())]); }

}  // namespace gatehouse::escape
