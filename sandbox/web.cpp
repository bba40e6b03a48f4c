#include "sandbox/web.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "sandbox/wiki.h"

namespace gatehouse::sandbox {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The path as a lenient server reads it: decoded before or after it is split, dots resolved, parameters of segments cut off.
std::vector<std::string> read_path(std::string_view path, const Leniency& leniency) {
  const std::string decoded_first = leniency.decode_slash ? percent_decode(path, false) : std::string(path);
  const std::string_view below_root = std::string_view(decoded_first).substr(decoded_first.starts_with('/') ? 1 : 0);
  std::vector<std::string> out;
  for (std::string& segment : split(below_root, '/')) {
    if (leniency.strip_matrix) segment = segment.substr(0, segment.find(';'));
    if (!leniency.decode_slash) segment = percent_decode(segment, false);
    if (segment == "." || (segment.empty() && leniency.merge_slashes)) continue;
    if (segment == "..") {
      if (!out.empty()) out.pop_back();
      continue;
    }
    out.push_back(std::move(segment));
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> read_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& item : split(text, '&')) {
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    out.emplace_back(percent_decode(item.substr(0, equals), true),
                     equals == std::string::npos ? std::string() : percent_decode(item.substr(equals + 1), true));
  }
  return out;
}

std::optional<std::string> authenticate(const Site& site, const Request& request) {
  const std::string_view header = request.header("Authorization");
  const std::size_t space = header.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string scheme = lower(header.substr(0, space));
  const std::string shown(header.substr(space + 1));
  for (const Login& login : site.options.logins) {
    const std::string pair = login.username + ":" + login.token;
    if (scheme == "bearer" && shown == login.token) return login.account_id;
    if (scheme == "basic" && shown == to_base64(as_bytes(pair))) return login.account_id;
  }
  return std::nullopt;
}

Reply unauthorized() {
  Reply reply{401, "text/plain;charset=UTF-8", {}, "Client must be authenticated to access this resource."};
  reply.headers.emplace_back("WWW-Authenticate", "OAuth realm=\"sandbox\"");
  return reply;
}

/// A person's own token works below /ex/ alone, on the site that it names, within what the person consented to.
std::optional<std::string> person_of(const Site& site, const Request& request, const std::vector<std::string>& path) {
  const std::string_view header = request.header("Authorization");
  if (path.size() < 4 || path[0] != "ex" || path[2] != kCloudId || header.substr(0, 7) != "Bearer ") return std::nullopt;
  const Consent* const consent = live_consent(site, header.substr(7));
  if (consent == nullptr || consent->scopes.find(path[1] == "jira" ? "jira" : "confluence") == std::string::npos)
    return std::nullopt;
  return consent->account_id;
}

bool is_open(const std::vector<std::string>& path) {
  if (path.empty()) return false;
  if (path[0] == "__sandbox" || path[0] == "_edge" || path[0] == "media") return true;
  if (path[0] == "admin" || path[0] == "authorize" || path[0] == "oauth" || path[0] == "me") return true;  // look for themselves
  return path.size() == 4 && path[3] == "serverInfo";
}

/// Frameworks that bind parameters to beans by name let a query parameter beat the path's. Believed of Jira by nobody; worse.
void bind_by_name(Call& call) {
  if (!call.site.leniency.bind_by_name || call.args.empty()) return;
  const bool wiki = call.path.front() == "wiki";
  const char* name = wiki                       ? (call.path_has("space") ? "spaceKey" : "id")
                     : call.path_has("issue")   ? "issueIdOrKey"
                     : call.path_has("project") ? "projectIdOrKey"
                                                : nullptr;
  if (name == nullptr) return;
  if (const auto other = call.given(name)) call.args.front() = *other;
}

Reply dispatch(Site& site, const Request& request, std::string method, Call& call, const std::vector<std::string>& path) {
  if (method == "HEAD") method = "GET";
  Routes::Match match = all_routes().find(method, path, site.leniency.case_insensitive_path);
  if (match.handler == nullptr) {
    const std::string instance = "/" + (path.empty() ? std::string() : path.back());
    if (match.other_method) return problem(405, "Method Not Allowed", "Method '" + method + "' is not supported.", instance);
    return problem(404, "Not Found", "No endpoint " + method + " " + request.target.substr(0, 100) + ".", instance);
  }
  call.args = std::move(match.args);
  bind_by_name(call);
  const bool is_json =
      request.header("Content-Type").find("json") != std::string_view::npos || request.header("Content-Type").empty();
  if (!request.body.empty() && is_json) {
    auto parsed = parse_json(request.body, !site.leniency.last_json_key_wins);
    if (!parsed) return ok({{"errorMessages", {"There was an error parsing JSON. Check that your request body is valid."}}}, 400);
    call.body = std::move(*parsed);
  }
  return match.handler(call);
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_text(key, name)) return value;
  }
  return {};
}

Reply ok(const json::value& body, int status) {
  Reply reply;
  reply.status = status;
  reply.body = to_json_text(body);
  return reply;
}

Reply no_content() { return Reply{204, {}, {}, {}}; }

Reply errors(int status, const std::string& message, json::object fields) {
  json::array messages;
  if (!message.empty()) messages.emplace_back(message);
  return ok({{"errorMessages", std::move(messages)}, {"errors", std::move(fields)}}, status);
}

Reply problem(int status, std::string_view title, const std::string& detail, const std::string& instance) {
  Reply reply =
      ok({{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}, {"instance", instance}}, status);
  reply.type = "application/problem+json;charset=UTF-8";
  return reply;
}

void refuse(int status, const std::string& message) { throw Refused{errors(status, message)}; }
void refuse_field(const std::string& field, const std::string& message) { throw Refused{errors(400, {}, {{field, message}})}; }
void refuse_issue() { refuse(404, "Issue does not exist or you do not have permission to see it."); }

std::optional<std::string> Call::given(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : query) {
    if (key != name) continue;
    if (!site.leniency.last_parameter_wins) return value;
    found = value;
  }
  return found;
}

std::string Call::param(std::string_view name, std::string_view fallback) const {
  const auto found = given(name);
  return found ? *found : std::string(fallback);
}

std::int64_t Call::number(std::string_view name, std::int64_t fallback) const {
  const auto found = given(name);
  if (!found || found->empty()) return fallback;
  const std::int64_t value = number_of(*found, INT64_MIN);
  if (value == INT64_MIN) {
    throw Refused{problem(400, "Bad Request", "Failed to convert '" + std::string(name) + "' with value: '" + *found + "'",
                          request.target)};
  }
  return value;
}

bool Call::flag(std::string_view name) const { return lower(param(name)) == "true"; }

std::vector<std::string> Call::list(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : query) {
    if (key != name && key != std::string(name) + "[]") continue;
    for (std::string& one : split(value, ',')) {
      if (!one.empty()) out.push_back(std::move(one));
    }
  }
  return out;
}

bool Call::path_has(std::string_view segment) const { return std::find(path.begin(), path.end(), segment) != path.end(); }

const json::object& Call::object() const {
  if (!body.is_object()) refuse(400, "Invalid request payload. Refer to the REST API documentation and try again.");
  return body.get_object();
}

Issue& Call::issue(std::size_t i) const { return issue_of(args.at(i)); }

Issue& Call::issue_of(std::string_view id_or_key) const {
  Issue* found = find_issue(site, id_or_key);
  if (found == nullptr || !sees(*found)) refuse_issue();
  return *found;
}

Project& Call::project(std::size_t i) const { return project_of(args.at(i)); }

Project& Call::project_of(std::string_view id_or_key) const {
  Project* found = find_project(site, id_or_key);
  if (found == nullptr || !sees(*found)) refuse(404, "No project could be found with key '" + std::string(id_or_key) + "'.");
  return *found;
}

bool Call::is_admin() const {
  const auto user = site.users.find(caller);
  if (user == site.users.end()) return false;
  const auto& groups = user->second.groups;
  return std::find(groups.begin(), groups.end(), "site-admins") != groups.end();
}

bool Call::sees(const Project& project) const {
  if (is_admin()) return true;
  return std::any_of(project.role_members.begin(), project.role_members.end(),
                     [this](const auto& role) { return role.second.contains(caller); });
}

bool Call::sees(const Issue& issue) const {
  if (is_admin()) return true;
  const auto project = site.projects.find(issue.project);
  if (project == site.projects.end() || !sees(project->second)) return false;
  const auto level = site.levels.find(id_at(issue.fields, "security"));
  if (level == site.levels.end()) return true;
  const json::array& members = level->second.at("_members").get_array();
  return std::find(members.begin(), members.end(), json::value(caller)) != members.end();
}

std::string Call::api(std::string_view rest) const {
  return site.base + "/rest/api/" + std::to_string(version) + "/" + std::string(rest);
}

void Routes::add(const char* method, const std::string& path, Handler handler) {
  Route route{method, split(path, '/'), {}, handler};
  for (const std::string& segment : route.segments) route.rank += segment == "{}" ? 'b' : 'a';
  if (by_length_.size() <= route.segments.size()) by_length_.resize(route.segments.size() + 1);
  by_length_[route.segments.size()].push_back(std::move(route));
}

void Routes::api(const char* method, const char* path, Handler handler) {
  for (const char* version : {"2", "3", "latest"}) add(method, std::string("rest/api/") + version + "/" + path, handler);
}

void Routes::agile(const char* method, const char* path, Handler handler) {
  for (const char* root : {"rest/agile/1.0/", "rest/agile/latest/", "rest/software/1.0/"})
    add(method, std::string(root) + path, handler);
}

void Routes::raw(const char* method, const char* path, Handler handler) { add(method, path, handler); }

Routes::Match Routes::find(std::string_view method, const std::vector<std::string>& segments, bool any_case) const {
  Match out;
  if (segments.size() >= by_length_.size()) return out;
  const Route* best = nullptr;
  for (const Route& route : by_length_[segments.size()]) {
    bool fits = true;
    for (std::size_t i = 0; fits && i < segments.size(); ++i) {
      const std::string& wanted = route.segments[i];
      fits = wanted == "{}" || wanted == segments[i] || (any_case && same_text(wanted, segments[i]));
    }
    if (!fits) continue;
    if (route.method != method) {
      out.other_method = true;
      continue;
    }
    if (best == nullptr || route.rank < best->rank) best = &route;
  }
  if (best == nullptr) return out;
  out.handler = best->handler;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (best->segments[i] == "{}") out.args.push_back(segments[i]);
  }
  return out;
}

const Routes& all_routes() {
  static const Routes routes = [] {
    Routes made;
    for (auto add :
         {add_issue_routes,        add_issue_write_routes, add_talk_routes,         add_relation_routes,   add_attachment_routes,
          add_search_routes,       add_project_routes,     add_project_part_routes, add_metadata_routes,   add_user_routes,
          add_stored_query_routes, add_bulk_routes,        add_agile_routes,        add_service_routes,    add_control_routes,
          add_admin_api_routes,    add_wiki_routes,        add_wiki_write_routes,   add_wiki_first_routes, add_wiki_space_routes,
          add_wiki_search_routes,  add_atlassian_routes}) {
      add(made);
    }
    return made;
  }();
  return routes;
}

Reply answer(Site& site, const Request& request) {
  const std::string_view target = request.target;
  const std::size_t mark = target.find('?');
  std::vector<std::string> path = read_path(target.substr(0, std::min(mark, target.find('#'))), site.leniency);
  // The same site as api.atlassian.com names it.
  const auto person = person_of(site, request, path);
  if (path.size() > 3 && path[0] == "ex" && (path[1] == "jira" || path[1] == "confluence"))
    path.erase(path.begin(), path.begin() + 3);
  std::string method = request.method;
  if (const std::string_view other = request.header("X-HTTP-Method-Override"); site.leniency.method_override && !other.empty()) {
    method = upper(other);
  }
  Call call{site, request, 3, path, {}, {}, {}, {}};
  if (mark != std::string_view::npos) call.query = read_query(target.substr(mark + 1));
  if (path.size() > 2 && path[1] == "api" && path[2] == "2") call.version = 2;
  if (path.size() > 1 && path[1] != "api") call.version = 2;  // agile answers in wiki text
  const auto caller = person ? person : authenticate(site, request);
  if (!caller && !is_open(path)) return unauthorized();
  if (caller) call.caller = *caller;
  try {
    return dispatch(site, request, std::move(method), call, path);
  } catch (const Refused& refused) {
    return refused.reply;
  } catch (const std::exception& failed) {
    // A body of another shape than the handler reads: Jira answers those with 400 as well.
    return errors(400, std::string("Invalid request payload. (sandbox: ") + failed.what() + ")");
  }
}

json::object page(const Call& call, json::array values, std::string_view name, std::int64_t usual, bool with_last) {
  const std::int64_t total = static_cast<std::int64_t>(values.size());
  const std::int64_t start = std::clamp<std::int64_t>(call.number("startAt", 0), 0, total);
  const std::int64_t most = std::clamp<std::int64_t>(call.number("maxResults", usual), 0, 1000);
  const std::int64_t end = std::min(total, start + most);
  json::array part(values.begin() + start, values.begin() + end);
  json::object out{{"startAt", start}, {"maxResults", most}, {"total", total}};
  if (with_last) {
    out["self"] = call.site.base + call.request.target;
    out["isLast"] = end >= total;
  }
  out[json::string_view(name.data(), name.size())] = std::move(part);
  return out;
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t at = text.find(by);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace gatehouse::sandbox
