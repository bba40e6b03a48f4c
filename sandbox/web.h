// One request as the stand-in reads it, its answer, and the table that leads from one to the other. Used by every routes_*.cpp.
//
// A handler that can't go on throws Refused: the answers of a stand-in are many and its errors few, and so each handler reads
// as its good case. `answer` catches it, and so do the few operations that report errors item by item.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/json_text.h"
#include "sandbox/site.h"

namespace gatehouse::sandbox {

struct Request {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view header(std::string_view name) const;  ///< of any case; empty where there is none
};

struct Reply {
  int status = 200;
  std::string type = "application/json;charset=UTF-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct Refused {
  Reply reply;
};

Reply ok(const json::value& body, int status = 200);
Reply no_content();
Reply errors(int status, const std::string& message, json::object fields = {});
/// RFC 9457 form, which Jira's framework uses for unknown paths and bad parameters.
Reply problem(int status, std::string_view title, const std::string& detail, const std::string& instance);
[[noreturn]] void refuse(int status, const std::string& message);
[[noreturn]] void refuse_field(const std::string& field, const std::string& message);
[[noreturn]] void refuse_issue();  ///< the 404 of an issue that isn't there, or that the caller may not see

/// A request that was matched, and what its handler needs.
struct Call {
  Site& site;
  const Request& request;
  int version = 3;                ///< 2: wiki text; 3: ADF
  std::vector<std::string> path;  ///< decoded segments
  std::vector<std::string> args;  ///< what stands for the {} of the path
  std::vector<std::pair<std::string, std::string>> query;
  std::string caller;  ///< account id
  json::value body;    ///< null where there was none

  /// The first or last of a repeated parameter, as Leniency says; nothing where it is not there.
  std::optional<std::string> given(std::string_view name) const;
  std::string param(std::string_view name, std::string_view fallback = {}) const;
  std::int64_t number(std::string_view name, std::int64_t fallback) const;
  bool flag(std::string_view name) const;
  /// Every value of a parameter, repeated or joined by commas.
  std::vector<std::string> list(std::string_view name) const;
  bool path_has(std::string_view segment) const;
  const json::object& object() const;  ///< the body; 400 where it is none
  const std::string& arg(std::size_t i) const { return args.at(i); }
  ObjectId id(std::size_t i) const { return number_of(args.at(i), -1); }

  Issue& issue(std::size_t i = 0) const;              ///< of the path; 404
  Issue& issue_of(std::string_view id_or_key) const;  ///< 404
  Project& project(std::size_t i = 0) const;
  Project& project_of(std::string_view id_or_key) const;
  bool sees(const Project& project) const;
  bool sees(const Issue& issue) const;
  bool is_admin() const;
  std::string api(std::string_view rest) const;  ///< base/rest/api/VERSION/rest
};

using Handler = Reply (*)(Call&);

class Routes {
 public:
  /// `path` below /rest/api/{2,3,latest}/, such as "issue/{}/comment".
  void api(const char* method, const char* path, Handler handler);
  /// Below /rest/agile/{1.0,latest}/ and /rest/software/1.0/.
  void agile(const char* method, const char* path, Handler handler);
  /// Whole path.
  void raw(const char* method, const char* path, Handler handler);

  struct Match {
    Handler handler = nullptr;
    std::vector<std::string> args;
    bool other_method = false;  ///< the path is there, the method is not
  };
  Match find(std::string_view method, const std::vector<std::string>& segments, bool any_case) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    std::string rank;  ///< 'a' for each literal, 'b' for each {}: the least one wins
    Handler handler;
  };
  void add(const char* method, const std::string& path, Handler handler);
  std::vector<std::vector<Route>> by_length_;
};

/// All of them; built once.
const Routes& all_routes();
void add_issue_routes(Routes& routes);
void add_issue_write_routes(Routes& routes);
void add_talk_routes(Routes& routes);      // comments, worklogs, properties
void add_relation_routes(Routes& routes);  // links, remote links, votes, watchers, changelog
void add_attachment_routes(Routes& routes);
void add_search_routes(Routes& routes);
void add_project_routes(Routes& routes);
void add_project_part_routes(Routes& routes);  // versions, components, roles
void add_metadata_routes(Routes& routes);
void add_user_routes(Routes& routes);
void add_stored_query_routes(Routes& routes);  // filters, dashboards, webhooks
void add_bulk_routes(Routes& routes);
void add_agile_routes(Routes& routes);
void add_service_routes(Routes& routes);  // Service Management
void add_control_routes(Routes& routes);
void add_admin_api_routes(Routes& routes);  // of the organization
void add_atlassian_routes(Routes& routes);  // of people and the app that they consent to

/// What a person consented to by this access token; nullptr where it is none that lives.
const Consent* live_consent(const Site& site, std::string_view access_token);

/// Serves one request on the state as it is: target reading, authentication, dispatch, errors.
Reply answer(Site& site, const Request& request);

/// `values` cut by startAt and maxResults, in Jira's page form, under `name`.
json::object page(const Call& call, json::array values, std::string_view name, std::int64_t usual, bool with_last = true);

std::vector<std::string> split(std::string_view text, char by);
std::string percent_decode(std::string_view text, bool plus_is_space);

}  // namespace gatehouse::sandbox
