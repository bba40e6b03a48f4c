#include "gateway/questions.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "gateway/json_reader.h"
#include "gateway/object_fact.h"
#include "gateway/wiki_questions.h"
#include "model/resource.h"

namespace gatehouse::gateway {
namespace {

/// Up to so many issues are asked for one by one: the plainest call, which every stand-in for Jira understands.
constexpr std::size_t kSingly = 5;
/// Atlassian's limit of POST /issue/bulkfetch.
constexpr std::size_t kInBulk = 100;
/// A sprint or board that holds more can't be judged as a whole.
constexpr std::string_view kMostHeld = "100";

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_account_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '-';
  });
}

/// What can't be an identifier of that kind is not asked for: it would only be bytes of the client in a target of ours.
bool plausible(Ask ask, std::string_view subject, std::string_view parent) noexcept {
  switch (ask) {
    case Ask::kIssue:
    case Ask::kServiceDesk:
    case Ask::kProject: return is_key(subject);
    case Ask::kRequestType:
    case Ask::kAssignable: return is_account_id(subject) && is_digits(parent);
    case Ask::kComment:
    case Ask::kWorklog: return is_digits(subject) && is_digits(parent);
    case Ask::kContentType:
    case Ask::kContent:
    case Ask::kAncestors:
    case Ask::kDescendants:
    case Ask::kReadRestriction:
    case Ask::kContentProperties:
    case Ask::kSpace:
    case Ask::kSpaceByKey: return plausible_in_wiki(ask, subject);
    case Ask::kObject: return is_resource_id(subject);
    default: return is_digits(subject);
  }
}

std::string target_of(const Fact& fact) {
  if (asks_confluence(fact.ask)) return wiki_target(fact);
  if (fact.ask == Ask::kObject) return object_target(*fact.lookup, fact.subject);
  const std::string& id = fact.subject;
  const std::string api = "/rest/api/3";
  switch (fact.ask) {
    case Ask::kIssue: return api + "/issue/" + id + "?fields=project,security";
    case Ask::kProject: return api + "/project/" + id;
    case Ask::kComponent: return api + "/component/" + id;
    case Ask::kVersion: return api + "/version/" + id;
    case Ask::kCommentHome: return api + "/comment/list";
    case Ask::kWorklogHome: return api + "/worklog/list";
    case Ask::kComment: return api + "/issue/" + fact.parent + "/comment/" + id;
    case Ask::kWorklog: return api + "/issue/" + fact.parent + "/worklog/" + id;
    case Ask::kRemoteLinks: return api + "/issue/" + id + "/remotelink";
    case Ask::kIssueLink: return api + "/issueLink/" + id;
    case Ask::kVersionNames: return api + "/project/" + id + "/versions";
    case Ask::kComponentNames: return api + "/project/" + id + "/components";
    case Ask::kSprint: return "/rest/agile/1.0/sprint/" + id;
    case Ask::kBoard: return "/rest/agile/1.0/board/" + id;
    case Ask::kSprintIssues:
      return "/rest/agile/1.0/sprint/" + id + "/issue?fields=project,security&maxResults=" + std::string(kMostHeld);
    case Ask::kBoardProjects: return "/rest/agile/1.0/board/" + id + "/project?maxResults=" + std::string(kMostHeld);
    case Ask::kAttachments: return api + "/issue/" + id + "?fields=project,security,attachment";
    case Ask::kAvatars: return api + "/project/" + id + "/avatars";
    case Ask::kRelatedWork: return api + "/version/" + id + "/relatedwork";
    case Ask::kServiceDesk: return "/rest/servicedeskapi/servicedesk/" + id;
    case Ask::kRequestType: return "/rest/servicedeskapi/servicedesk/" + fact.parent + "/requesttype/" + id;
    case Ask::kQueues: return "/rest/servicedeskapi/servicedesk/" + id + "/queue?limit=" + std::string(kMostHeld);
    case Ask::kApprovals: return "/rest/servicedeskapi/request/" + id + "/approval?limit=" + std::string(kMostHeld);
    case Ask::kAssignable: {
      std::string escaped;
      for (const char c : id) {
        if (c == ':')
          escaped += "%3A";
        else
          escaped += c;
      }
      return api + "/user/assignable/search?project=" + fact.parent + "&accountId=" + escaped;
    }
    default: break;
  }
  return api;
}

/// The numeric id in ".../issue/10010/comment/10000": Jira's own word for where a comment lies.
std::string issue_in_link(std::string_view link) {
  constexpr std::string_view kMark = "/issue/";
  const std::size_t at = link.rfind(kMark);
  if (at == std::string_view::npos) return {};
  std::string_view rest = link.substr(at + kMark.size());
  rest = rest.substr(0, rest.find('/'));
  return is_digits(rest) ? std::string(rest) : std::string();
}

/// Gathers what one answer says of one object (or of the element that is being read) into a Fact.
class FactReader : public ScalarVisitor {
 public:
  explicit FactReader(Fact& fact) : fact_(fact) { fact_.restricted = false; }

  void scalar(std::string_view path, std::string_view value, ScalarKind kind) override {
    if (kind == ScalarKind::kNull) return;
    if (path == "id")
      fact_.id = value;
    else if (path == "key")
      fact_.key = value;
    else if (path == "fields.project.id")
      fact_.project = value;
    else if (path == "projectId" || path == "location.projectId")
      fact_.project = value;
    else if (path.substr(0, 15) == "fields.security")
      fact_.restricted = true;
    else if (path == "self")
      self_ = issue_in_link(value);
    else if (path == "issueId")
      fact_.issue = value;
    else if (path == "inwardIssue.id")
      fact_.issue = value;
    else if (path == "outwardIssue.id")
      fact_.other_issue = value;
    else if (path == "originBoardId")
      fact_.board = value;
    else if (path == "[].id" || path == "[].accountId" || path == "fields.attachment[].id" || path == "custom[].id" ||
             path == "system[].id" || path == "[].relatedWorkId")
      fact_.list.emplace_back(value);
    else if (path == "issues[].fields.project.id" || (path == "values[].id" && !fact_.homes.empty()))
      fact_.homes.back().project = value;
    else if (path.substr(0, 24) == "issues[].fields.security")
      fact_.homes.back().restricted = true;
    else if (path == "serviceDeskId")
      desk_ = value;
    else if (path == "total")
      total_ = value;
    else if (path == "isLast")
      last_ = value == "true";
    else if (path == "[].name")
      names_.emplace_back(value);
  }

  void element(std::string_view path) override {
    if (path == "issues[]" || path == "values[]") fact_.homes.emplace_back();
  }

  void finish() {
    switch (fact_.ask) {
      case Ask::kAttachments:
      case Ask::kIssue:
        fact_.found = is_digits(fact_.id) && is_digits(fact_.project) && !fact_.key.empty();
        // Asked for an id, another issue's answer is not an answer.
        if (is_digits(fact_.subject) && fact_.id != fact_.subject) fact_.found = false;
        break;
      case Ask::kProject:
        fact_.found = is_digits(fact_.id) && is_key(fact_.key);
        if (is_digits(fact_.subject) && fact_.id != fact_.subject) fact_.found = false;
        fact_.project = fact_.id;
        fact_.restricted = false;
        break;
      case Ask::kComponent:
      case Ask::kVersion: fact_.found = fact_.id == fact_.subject && is_digits(fact_.project); break;
      case Ask::kComment:
        fact_.issue = self_;
        fact_.found = fact_.id == fact_.subject && is_digits(fact_.issue);
        break;
      case Ask::kWorklog: fact_.found = fact_.id == fact_.subject && is_digits(fact_.issue); break;
      case Ask::kIssueLink:
        fact_.found = fact_.id == fact_.subject && is_digits(fact_.issue) && is_digits(fact_.other_issue);
        break;
      case Ask::kBoard: fact_.found = fact_.id == fact_.subject && is_digits(fact_.project); break;
      case Ask::kSprint: fact_.found = fact_.id == fact_.subject && is_digits(fact_.board); break;
      case Ask::kSprintIssues: fact_.found = all_homes() && total_ == std::to_string(fact_.homes.size()); break;
      case Ask::kServiceDesk:
        fact_.found = is_digits(fact_.id) && is_digits(fact_.project);
        if (is_digits(fact_.subject) && fact_.id != fact_.subject) fact_.found = false;
        break;
      case Ask::kRequestType: fact_.found = fact_.id == fact_.subject && desk_ == fact_.parent; break;
      case Ask::kQueues:
      case Ask::kApprovals:
        for (const Home& one : fact_.homes) fact_.list.push_back(one.project);
        fact_.found = true;
        break;
      case Ask::kBoardProjects: fact_.found = all_homes() && last_; break;
      case Ask::kAvatars:
      case Ask::kRelatedWork:
      case Ask::kRemoteLinks: fact_.found = true; break;
      case Ask::kVersionNames:
      case Ask::kComponentNames:
        fact_.list = std::move(names_);
        fact_.found = true;
        break;
      case Ask::kAssignable:
        fact_.found = std::find(fact_.list.begin(), fact_.list.end(), fact_.subject) != fact_.list.end();
        break;
      case Ask::kCommentHome:
      case Ask::kWorklogHome: break;  // asked in lists only
      default: break;
    }
  }

 private:
  bool all_homes() const {
    return std::all_of(fact_.homes.begin(), fact_.homes.end(), [](const Home& home) { return is_digits(home.project); });
  }

  Fact& fact_;
  std::string total_;
  std::string desk_;
  bool last_ = false;
  std::string self_;
  std::vector<std::string> names_;
};

/// Gathers the elements of a list answer, of which each becomes a Fact.
class ListReader : public ScalarVisitor {
 public:
  explicit ListReader(Ask ask) : ask_(ask) {}
  std::vector<Fact> items;

  void element(std::string_view path) override {
    if (path != "issues[]" && path != "values[]" && path != "[]") return;
    items.emplace_back();
    items.back().ask = ask_;
    items.back().restricted = false;
  }
  void scalar(std::string_view path, std::string_view value, ScalarKind kind) override {
    if (items.empty() || kind == ScalarKind::kNull) return;
    Fact& item = items.back();
    if (ask_ == Ask::kIssue) {
      if (path == "issues[].id")
        item.id = value;
      else if (path == "issues[].key")
        item.key = value;
      else if (path == "issues[].fields.project.id")
        item.project = value;
      else if (path.substr(0, 24) == "issues[].fields.security")
        item.restricted = true;
    } else if (ask_ == Ask::kCommentHome) {
      if (path == "values[].id")
        item.id = value;
      else if (path == "values[].self")
        item.issue = issue_in_link(value);
    } else {
      if (path == "[].id")
        item.id = value;
      else if (path == "[].issueId")
        item.issue = value;
    }
  }

 private:
  Ask ask_;
};

}  // namespace

bool visit_scalars(std::string_view json, ScalarVisitor& visitor) {
  JsonReader reader(json, JsonReader::RepeatedKeys::kRefused);
  std::string path;
  // For each open level: how long the path was before it, and whether it is an array.
  std::vector<std::pair<std::size_t, bool>> levels;
  std::size_t before_key = 0;
  const auto begin_value = [&] {
    if (!levels.empty() && levels.back().second) visitor.element(path);
  };
  const auto end_value = [&] {
    if (!levels.empty() && !levels.back().second) path.resize(levels.back().first);
  };
  for (;;) {
    switch (reader.next()) {
      case JsonToken::kError: return false;
      case JsonToken::kEnd: return true;
      case JsonToken::kObjectBegin:
        begin_value();
        levels.emplace_back(path.size(), false);
        break;
      case JsonToken::kArrayBegin:
        begin_value();
        levels.emplace_back(path.size(), true);
        path += "[]";
        break;
      case JsonToken::kObjectEnd:
      case JsonToken::kArrayEnd:
        path.resize(levels.back().first);
        levels.pop_back();
        end_value();
        break;
      case JsonToken::kKey:
        before_key = levels.back().first;
        path.resize(before_key);
        if (!path.empty()) path += '.';
        path += reader.text();
        break;
      case JsonToken::kString:
        begin_value();
        visitor.scalar(path, reader.text(), ScalarKind::kString);
        end_value();
        break;
      case JsonToken::kNumber:
        begin_value();
        visitor.scalar(path, reader.text(), ScalarKind::kNumber);
        end_value();
        break;
      case JsonToken::kTrue:
      case JsonToken::kFalse:
        begin_value();
        visitor.scalar(path, reader.raw(), ScalarKind::kBoolean);
        end_value();
        break;
      case JsonToken::kNull:
        begin_value();
        visitor.scalar(path, {}, ScalarKind::kNull);
        end_value();
        break;
    }
  }
}

void Questions::clear() {
  facts_.clear();
  rounds_.clear();
  open_ = 0;
}

Fact* Questions::lookup(Ask ask, std::string_view subject, std::string_view parent) {
  for (Fact& fact : facts_) {
    if (fact.ask == ask && fact.subject == subject && fact.parent == parent) return &fact;
  }
  return nullptr;
}

const Fact* Questions::known(Ask ask, std::string_view subject, std::string_view parent) const {
  for (const Fact& fact : facts_) {
    if (fact.known && fact.ask == ask && fact.subject == subject && fact.parent == parent) return &fact;
  }
  return nullptr;
}

const Fact* Questions::find(Ask ask, std::string_view subject, std::string_view parent) {
  if (Fact* fact = lookup(ask, subject, parent)) return fact->known ? fact : nullptr;
  Fact& fact = facts_.emplace_back();
  fact.ask = ask;
  fact.subject = subject;
  fact.parent = parent;
  if (!plausible(ask, subject, parent)) {
    fact.known = true;
    return &fact;
  }
  ++open_;
  return nullptr;
}

const Fact* Questions::find_object(std::string_view subject, const catalogue::ObjectLookup* lookup) {
  if (!lookup) return nullptr;
  const Fact* known = find(Ask::kObject, subject, lookup->before + lookup->after);
  if (!known) this->lookup(Ask::kObject, subject, lookup->before + lookup->after)->lookup = lookup;
  return known;
}

void Questions::write(const upstream::RoutePtr& route, std::vector<http::UpstreamRequest>& out) {
  rounds_.clear();
  std::vector<std::size_t> issues;
  std::vector<std::size_t> comments;
  std::vector<std::size_t> worklogs;
  WikiRound wiki;
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    const Fact& fact = facts_[i];
    if (fact.known) continue;
    if (fact.ask == Ask::kIssue)
      issues.push_back(i);
    else if (fact.ask == Ask::kCommentHome)
      comments.push_back(i);
    else if (fact.ask == Ask::kWorklogHome)
      worklogs.push_back(i);
    else if (!wiki.take(fact, i))
      write_one(i, route->context_path);
  }
  write_wiki(wiki, route->context_path);
  if (issues.size() <= kSingly) {
    for (const std::size_t i : issues) write_one(i, route->context_path);
  } else {
    write_list(Ask::kIssue, issues, route->context_path);
  }
  write_list(Ask::kCommentHome, comments, route->context_path);
  write_list(Ask::kWorklogHome, worklogs, route->context_path);
  out.clear();
  for (const Round& round : rounds_) {
    http::UpstreamRequest request;
    request.route = route;
    request.method = round.body.empty() ? http::Method::kGet : http::Method::kPost;
    request.head = round.head;
    request.body = round.body;
    request.has_body = !round.body.empty();
    request.idempotent = true;  // the lists too: they only read
    out.push_back(std::move(request));
  }
}

namespace {
constexpr std::string_view kLookupFields = "Accept: application/json\r\nAccept-Encoding: identity\r\nUser-Agent: Gatehouse\r\n";
}

void Questions::write_one(std::size_t fact, const std::string& context_path) {
  Round& round = rounds_.emplace_back();
  round.ask = facts_[fact].ask;
  round.facts = {fact};
  round.head = "GET " + context_path + target_of(facts_[fact]) + " HTTP/1.1\r\n";
  round.head += kLookupFields;
}

void Questions::write_list(Ask ask, const std::vector<std::size_t>& facts, const std::string& context_path) {
  for (std::size_t from = 0; from < facts.size(); from += kInBulk) {
    const std::size_t to = std::min(from + kInBulk, facts.size());
    Round& round = rounds_.emplace_back();
    round.ask = ask;
    round.list = true;
    round.facts.assign(facts.begin() + static_cast<std::ptrdiff_t>(from), facts.begin() + static_cast<std::ptrdiff_t>(to));
    std::string ids;
    for (const std::size_t i : round.facts) {
      if (!ids.empty()) ids += ',';
      if (ask == Ask::kIssue)
        append_json_string(facts_[i].subject, ids);
      else
        ids += facts_[i].subject;
    }
    if (ask == Ask::kIssue)
      round.body = R"({"issueIdsOrKeys":[)" + ids + R"(],"fields":["project","security"]})";
    else
      round.body = R"({"ids":[)" + ids + "]}";
    const std::string target = ask == Ask::kIssue ? "/rest/api/3/issue/bulkfetch" : target_of(facts_[round.facts[0]]);
    round.head = "POST " + context_path + target + " HTTP/1.1\r\n";
    round.head += kLookupFields;
    round.head += "Content-Type: application/json\r\n";
  }
}

Refusal not_answered(const http::LookupAnswer& answer, std::string_view site_key) {
  Refusal refusal = refuse_because(Reason::kUpstreamUnavailable, std::string(site_key));
  if (answer.timed_out) refusal.status = 504;
  return refusal;
}

/// What is asked for in lists goes out with others of its kind, the rest by itself.
void Questions::write_wiki(const WikiRound& wiki, const std::string& context_path) {
  for (const WikiRound::Batch& batch : wiki.batches()) {
    if (batch.facts.size() <= kSingly && batch.ask != Ask::kContentType) {
      for (const std::size_t i : batch.facts) write_one(i, context_path);
      continue;
    }
    for (std::size_t from = 0; from < batch.facts.size(); from += kInBulk) {
      const std::size_t to = std::min(from + kInBulk, batch.facts.size());
      Round& round = rounds_.emplace_back();
      round.ask = batch.ask;
      round.list = true;
      round.facts.assign(batch.facts.begin() + static_cast<std::ptrdiff_t>(from),
                         batch.facts.begin() + static_cast<std::ptrdiff_t>(to));
      std::vector<std::string_view> ids;
      for (const std::size_t i : round.facts) ids.emplace_back(facts_[i].subject);
      const WikiListRequest request = wiki_list_request(batch.ask, batch.type, ids);
      round.body = request.body;
      round.head = (request.body.empty() ? "GET " : "POST ") + context_path + request.target + " HTTP/1.1\r\n";
      round.head += kLookupFields;
      if (!request.body.empty()) round.head += "Content-Type: application/json\r\n";
    }
  }
}

Step<bool> Questions::take(const std::vector<http::LookupAnswer>& answers, std::string_view site_key) {
  if (answers.size() != rounds_.size()) return refuse_because(Reason::kInternal);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const http::LookupAnswer& answer = answers[i];
    if (answer.failed) return not_answered(answer, site_key);
    if (answer.status == 401) return refuse_because(Reason::kUpstreamCredential, std::string(site_key));
    if (answer.status == 429)
      return refuse_because(Reason::kRateLimited, std::string(site_key), "The site itself limits requests now.");
    if (answer.status >= 500) return refuse_because(Reason::kUpstreamUnavailable, std::string(site_key));
    // Whatever else is not 200 says: there is no such thing for our account.
    const bool good = answer.status == 200;
    if (rounds_[i].list) {
      read_list(rounds_[i], good ? std::string_view(answer.body) : std::string_view());
    } else {
      read_one(facts_[rounds_[i].facts[0]], good ? std::string_view(answer.body) : std::string_view());
    }
  }
  return true;
}

void Questions::read_one(Fact& fact, std::string_view body) {
  fact.known = true;
  --open_;
  if (body.empty()) return;
  if (asks_confluence(fact.ask)) return read_wiki_fact(body, fact);
  if (fact.ask == Ask::kObject) {
    fact.project = resource_in(body, fact.lookup->resource);
    fact.found = is_resource_id(fact.project);
    return;
  }
  FactReader reader(fact);
  if (visit_scalars(body, reader)) reader.finish();
  if (!fact.found) fact.restricted = true;
}

void Questions::read_list(const Round& round, std::string_view body) {
  if (asks_confluence(round.ask)) {
    const std::vector<Fact> items = read_wiki_list(round.ask, body);
    for (const std::size_t i : round.facts) {
      facts_[i].known = true;
      --open_;
      take_wiki_item(items, facts_[i]);
    }
    return;
  }
  ListReader reader(round.ask);
  if (body.empty() || !visit_scalars(body, reader)) reader.items.clear();
  for (const std::size_t i : round.facts) {
    Fact& fact = facts_[i];
    fact.known = true;
    --open_;
    for (const Fact& item : reader.items) {
      // A moved issue answers under its new key and is not recognized here: not found is the safe side.
      if (item.id != fact.subject && !(round.ask == Ask::kIssue && same_without_case(item.key, fact.subject))) continue;
      fact.id = item.id;
      fact.key = item.key;
      fact.project = item.project;
      fact.issue = item.issue;
      fact.restricted = item.restricted;
      fact.found = round.ask == Ask::kIssue ? is_digits(item.id) && is_digits(item.project) : is_digits(item.issue);
      break;
    }
  }
}

}  // namespace gatehouse::gateway
