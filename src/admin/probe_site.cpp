#include "admin/probe_site.h"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/site_credentials.h"
#include "http/client.h"
#include "upstream/lookups.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

struct Reply {
  int status = 0;
  json::value body;
  bool ok() const noexcept { return status >= 200 && status < 300; }
};

/// The text at a path of members; empty where there is none.
std::string text_at(const json::value& value, std::initializer_list<std::string_view> path) {
  const json::value* at = &value;
  for (const std::string_view name : path) {
    const json::object* object = at->if_object();
    at = object ? object->if_contains(json::string_view(name.data(), name.size())) : nullptr;
    if (!at) return {};
  }
  return at->is_string() ? std::string(at->as_string()) : std::string();
}

struct Made {
  std::string id;
  std::string key;
};

class Probe {
 public:
  Probe(Services& services, const upstream::SiteEntry& site) : services_(services), site_(site) {}

  Result<Document> run(const std::vector<std::string>& projects) {
    for (const std::string& key : projects) {
      const auto route = route_for(services_, site_, "getProject");
      GH_TRY(const auto found, upstream::resolve_resource(site_, route, key, services_.fetch));
      projects_.push_back(found.id);
    }
    if (projects_.front() == projects_.back())
      return fail(Errc::kInvalidArgument, "Name two different projects; both get issues that are deleted again.", {}, "probe");
    auto prepared = prepare();
    if (prepared) ask_all();
    Document document;
    document["hazards"] = std::move(hazards_);
    document["left"] = clean_up();
    if (!prepared) return prepared.error();
    return document;
  }

 private:
  /// With the least credential that covers `operation`, as the gateway would show it. No answer is status 0.
  Reply send(std::string_view operation, http::Method method, std::string target, std::string body = {},
             std::pair<std::string, std::string> field = {}) {
    Reply reply;
    http::FetchRequest request;
    request.route = route_for(services_, site_, operation);
    if (!request.route) return reply;
    request.method = method;
    request.target = std::move(target);
    request.fields = {{"Accept", "application/json"}, {"Accept-Encoding", "identity"}, {"User-Agent", "Gatehouse"}};
    if (!field.first.empty()) request.fields.push_back(std::move(field));
    request.has_body = !body.empty();
    if (request.has_body) request.fields.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    const auto answer = http::fetch(services_.fetch, request);
    if (!answer) return reply;
    reply.status = answer.value().status;
    json::error_code problem;
    reply.body = json::parse(answer.value().body, problem);
    return reply;
  }
  Reply get(const std::string& target, std::string_view operation = "getIssue") {
    return send(operation, http::Method::kGet, target);
  }
  static std::string issue(const Made& one) { return "/rest/api/3/issue/" + one.key; }

  Result<Made> make(const std::string& project) {
    const Reply of = get("/rest/api/3/project/" + project, "getProject");
    std::string type;
    const json::object* described = of.body.if_object();
    const json::value* types = described ? described->if_contains("issueTypes") : nullptr;
    for (const json::value& one : types && types->is_array() ? types->as_array() : json::array()) {
      const json::object* entry = one.if_object();
      const json::value* subtask = entry ? entry->if_contains("subtask") : nullptr;
      const bool plain = !subtask || !subtask->is_bool() || !subtask->as_bool();
      if (plain && type.empty()) type = text_at(one, {"id"});
    }
    const json::object fields{
        {"project", {{"id", project}}}, {"issuetype", {{"id", type}}}, {"summary", "Gatehouse probe, deleted again"}};
    const Reply made =
        send("createIssue", http::Method::kPost, "/rest/api/3/issue", json::serialize(json::object{{"fields", fields}}));
    Made issue{text_at(made.body, {"id"}), text_at(made.body, {"key"})};
    if (!made.ok() || issue.key.empty()) {
      return fail(Errc::kUpstreamFailed,
                  "No issue could be made in the scratch project (status " + std::to_string(made.status) +
                      "): it needs an issue type without further required fields, and a credential that may create "
                      "and delete issues.");
    }
    made_.push_back(issue);
    return issue;
  }

  Result<void> prepare() {
    GH_TRY(near_, make(projects_[0]));
    GH_TRY(far_, make(projects_[1]));
    GH_TRY(third_, make(projects_[0]));
    return success();
  }

  void tell(std::string_view hazard, std::string_view assumed, bool as_assumed, std::string found) {
    add(hazard, assumed, as_assumed ? "as assumed" : "differs", std::move(found));
  }
  void not_tried(std::string_view hazard, std::string_view assumed, std::string why) {
    add(hazard, assumed, "not tried", std::move(why));
  }
  void add(std::string_view hazard, std::string_view assumed, std::string_view verdict, std::string found) {
    hazards_.push_back(json::object{{"hazard", hazard}, {"assumed", assumed}, {"verdict", verdict}, {"found", std::move(found)}});
  }

  void ask_all() {
    ask_nested();
    ask_targets();
    ask_repeated();
    ask_links();
    ask_moves();
    ask_override();
    not_tried("H3", "issue keys that a new project of an old key lacks lead to the old one", "it would take renaming a project");
    not_tried("H8", "an answer can be of another object than was asked for", "nothing that a client does brings it about");
    not_tried("H9", "fields are fresh where the search index lags", "how long it lags can't be told from outside");
    not_tried("H14", "an app's field may hold another project's text", "it would take an app");
    not_tried("H21", "former project keys match in JQL", "it would take renaming a project");
    not_tried("H34", "a task is read by its number, whoever started it", "it would take a second account");
    not_tried("H52", "two sprints change places, a neighbour gets a new rank", "it would take boards of both projects");
    not_tried("H55", "queues, request types and approvals answer below any desk", "it would take service projects");
    not_tried("H57", "a temporary attachment is taken by whoever knows its number", "it would take a second account");
  }

  void ask_nested() {
    constexpr std::string_view kAssumed = "a comment answers below any issue";
    const json::object paragraph{{"type", "paragraph"},
                                 {"content", json::array{json::object{{"type", "text"}, {"text", "probe"}}}}};
    const json::object text{{"type", "doc"}, {"version", 1}, {"content", json::array{paragraph}}};
    const Reply comment =
        send("addComment", http::Method::kPost, issue(far_) + "/comment", json::serialize(json::object{{"body", text}}));
    const std::string id = text_at(comment.body, {"id"});
    if (id.empty()) return not_tried("H7", kAssumed, "no comment could be made (status " + std::to_string(comment.status) + ")");
    const Reply below = get(issue(near_) + "/comment/" + id, "getComment");
    tell("H7", kAssumed, below.status == 200, "another issue's comment below this one: " + std::to_string(below.status));
  }

  void ask_targets() {
    constexpr std::string_view kAssumed = "%2F, .. and // in a path are read leniently";
    std::string found;
    bool lenient = false;
    for (const std::string& target :
         {"/rest/api/3/issue/" + near_.key + "%2F..%2F" + far_.key, "/rest/api/3//issue/" + far_.key,
          "/rest/api/3/issue/" + near_.key + "/../" + far_.key, "/rest/api/3/issue/" + far_.key + ";x=y"}) {
      const Reply reply = get(target);
      lenient = lenient || text_at(reply.body, {"key"}) == far_.key;
      found += (found.empty() ? "" : ", ") + std::to_string(reply.status);
    }
    tell("H41", kAssumed, lenient, "%2F..%2F, //, /../ and ;x=y: " + found);
    constexpr std::string_view kMore = "?issueIdOrKey= beats the issue of the path";
    const Reply more = get(issue(near_) + "?issueIdOrKey=" + far_.key);
    tell("H46", kMore, text_at(more.body, {"key"}) == far_.key, "it answered with " + text_at(more.body, {"key"}));
  }

  void ask_repeated() {
    constexpr std::string_view kFirst = "of a repeated parameter the first counts";
    const Reply twice = get("/rest/api/3/project/search?maxResults=1&maxResults=2", "searchProjects");
    const json::object* object = twice.body.if_object();
    const json::value* most = object ? object->if_contains("maxResults") : nullptr;
    const std::int64_t counted = most && most->is_int64() ? most->as_int64() : 0;
    if (counted != 1 && counted != 2)
      not_tried("H42", kFirst, "the answer does not say (status " + std::to_string(twice.status) + ")");
    else
      tell("H42", kFirst, counted == 1, counted == 1 ? "the first counts" : "the last counts");
    constexpr std::string_view kLast = "of a repeated key in JSON the last counts";
    const Reply put =
        send("editIssue", http::Method::kPut, issue(near_), R"({"fields":{"summary":"probe first","summary":"probe last"}})");
    const std::string now = text_at(get(issue(near_) + "?fields=summary").body, {"fields", "summary"});
    tell("H43", kLast, put.ok() && now == "probe last", "status " + std::to_string(put.status) + ", then: " + now);
  }

  void ask_links() {
    constexpr std::string_view kAssumed = "where both are given the id of a link's end beats its key";
    const Reply types = get("/rest/api/3/issueLinkType", "getIssueLinkTypes");
    const json::object* object = types.body.if_object();
    const json::value* list = object ? object->if_contains("issueLinkTypes") : nullptr;
    const std::string type =
        list && list->is_array() && !list->as_array().empty() ? text_at(list->as_array().front(), {"name"}) : "";
    if (type.empty()) return not_tried("H28", kAssumed, "the site has no link types");
    const json::object body{{"type", {{"name", type}}},
                            {"inwardIssue", {{"id", near_.id}, {"key", far_.key}}},
                            {"outwardIssue", {{"key", third_.key}}}};
    const Reply made = send("linkIssues", http::Method::kPost, "/rest/api/3/issueLink", json::serialize(body));
    const std::string by_id = json::serialize(get(issue(near_) + "?fields=issuelinks").body);
    const bool id_wins = by_id.find("\"" + third_.key + "\"") != std::string::npos;
    if (!made.ok()) return tell("H28", kAssumed, false, "refused with " + std::to_string(made.status));
    tell("H28", kAssumed, id_wins, id_wins ? "the id counts" : "the key counts");
  }

  void ask_moves() {
    constexpr std::string_view kParent = "a parent may lie in another project";
    const Reply parent = send("editIssue", http::Method::kPut, issue(near_),
                              json::serialize(json::object{{"fields", {{"parent", {{"key", far_.key}}}}}}));
    tell("H11", kParent, parent.ok(), "status " + std::to_string(parent.status));
    constexpr std::string_view kMove = "a project among the fields of an edit moves the issue";
    const Reply moved = send("editIssue", http::Method::kPut, issue(third_),
                             json::serialize(json::object{{"fields", {{"project", {{"id", projects_[1]}}}}}}));
    const std::string now = text_at(get("/rest/api/3/issue/" + third_.id + "?fields=project").body, {"fields", "project", "id"});
    tell("H27", kMove, now == projects_[1],
         "status " + std::to_string(moved.status) + (now == projects_[1] ? ", moved" : ", not moved"));
    constexpr std::string_view kPicker = "the issue picker's history knows no filter";
    get(issue(far_) + "?fields=summary&updateHistory=true");
    const Reply picked = get("/rest/api/3/issue/picker?query=&currentProjectId=" + projects_[0], "getIssuePickerResource");
    const bool foreign = json::serialize(picked.body).find("\"" + far_.key + "\"") != std::string::npos;
    tell("H30", kPicker, foreign,
         foreign ? "it shows the other project's issue" : "it does not (status " + std::to_string(picked.status) + ")");
  }

  void ask_override() {
    constexpr std::string_view kAssumed = "X-HTTP-Method-Override is obeyed";
    auto extra = make(projects_[0]);
    if (!extra) return not_tried("H44", kAssumed, "no further issue could be made");
    const Made gone = extra.value();
    send("getIssue", http::Method::kGet, issue(gone), {}, {"X-HTTP-Method-Override", "DELETE"});
    const bool obeyed = get(issue(gone)).status == 404;
    tell("H44", kAssumed, obeyed, obeyed ? "a GET with it deleted the issue" : "a GET with it only read");
  }

  /// By their numbers, which a move does not change.
  json::array clean_up() {
    json::array left;
    for (const Made& one : made_) {
      const std::string target = "/rest/api/3/issue/" + one.id;
      send("deleteIssue", http::Method::kDelete, target + "?deleteSubtasks=true");
      if (get(target + "?fields=summary").status != 404) left.emplace_back(one.key);
    }
    return left;
  }

  Services& services_;
  const upstream::SiteEntry& site_;
  std::vector<std::string> projects_;
  std::vector<Made> made_;
  Made near_;
  Made far_;
  Made third_;
  json::array hazards_;
};

}  // namespace

Result<Document> probe_site(Services& services, const upstream::SiteEntry& site, const std::vector<std::string>& projects) {
  if (site.site.product != Product::kJira)
    return fail(Errc::kUnsupported, "Only Jira sites can be probed; the hazards of Confluence are not tried yet.", {}, "probe");
  if (projects.size() != 2)
    return fail(Errc::kInvalidArgument, "Name two scratch projects of the site; both get issues that are deleted again.", {},
                "probe");
  return Probe(services, site).run(projects);
}

}  // namespace gatehouse::admin
