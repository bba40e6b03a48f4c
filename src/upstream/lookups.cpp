#include "upstream/lookups.h"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/text.h"

namespace gatehouse::upstream {
namespace {

namespace json = boost::json;

/// A whole answer as an object; anything else is nothing.
json::object parse_object(std::string_view text) {
  json::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return {};
  return std::move(value.as_object());
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  if (!value || !value->is_string()) return {};
  return std::string(value->as_string());
}

bool all_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool plain_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<http::FetchResponse> get(const RoutePtr& route, const SiteEntry& site, std::string target,
                                const http::FetchOptions& options) {
  if (!route) {
    return fail(Errc::kUnavailable,
                "The site " + site.site.key + " has no live credential: gatehouse site credential add --site " + site.site.key);
  }
  http::FetchRequest request;
  request.route = route;
  request.target = std::move(target);
  request.fields = {{"Accept", "application/json"}, {"Accept-Encoding", "identity"}, {"User-Agent", "Gatehouse"}};
  return http::fetch(options, request);
}

bool plain_space_key(std::string_view text) noexcept {
  const bool personal = text.starts_with('~');
  if (personal) text.remove_prefix(1);
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [personal](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           (personal && (c == '.' || c == ':' || c == '-'));
  });
}

Error credential_refused(const SiteEntry& site, int status) {
  return fail(Errc::kNotAllowed, "The site " + site.site.key + " refuses Gatehouse's own credential (" + std::to_string(status) +
                                     "): gatehouse site test " + site.site.key);
}

/// Spaces are listed by key; only the one that has it now is taken.
Result<ResolvedResource> resolve_space(const SiteEntry& site, const RoutePtr& route, std::string_view key,
                                       const http::FetchOptions& options) {
  if (!plain_space_key(key)) {
    return fail(Errc::kInvalidArgument, "A space's key is letters, digits and '_'; of a personal space ~ and the account id.", {},
                "resource");
  }
  std::string escaped;
  for (const char c : key) escaped += c == '~' ? std::string("%7E") : c == ':' ? std::string("%3A") : std::string(1, c);
  GH_TRY(auto answer, get(route, site, "/wiki/api/v2/spaces?keys=" + escaped, options));
  if (answer.status == 401 || answer.status == 403) return credential_refused(site, answer.status);
  if (answer.status != 200) {
    return fail(Errc::kUpstreamFailed, "The site " + site.site.key + " answered " + std::to_string(answer.status) + ".");
  }
  const json::object list = parse_object(answer.body);
  const json::value* results = list.if_contains("results");
  if (!results || !results->is_array()) {
    return fail(Errc::kUpstreamFailed,
                "The site " + site.site.key + " answered, but not as Confluence does: is its base URL right?");
  }
  for (const json::value& one : results->get_array()) {
    if (!one.is_object()) continue;
    ResolvedResource resolved{text_at(one.get_object(), "id"), text_at(one.get_object(), "key")};
    if (all_digits(resolved.id) && plain_space_key(resolved.key) && same_without_case(resolved.key, key)) return resolved;
  }
  return fail(Errc::kNotFound,
              "The site " + site.site.key + " has no space " + std::string(key) + ", or its account may not see it.", {},
              "resource");
}

}  // namespace

Result<ResolvedResource> resolve_resource(const SiteEntry& site, const RoutePtr& route, std::string_view key,
                                          const http::FetchOptions& options) {
  if (site.site.product == Product::kConfluence) return resolve_space(site, route, key, options);
  if (site.site.product != Product::kJira) {
    return fail(Errc::kUnsupported, "Resources of this product can't be resolved: write SITE/* for the whole site.", {},
                "resource");
  }
  if (!plain_key(key)) {
    return fail(Errc::kInvalidArgument, "A Jira project key is letters, digits and '_'.", {}, "resource");
  }
  GH_TRY(auto answer, get(route, site, "/rest/api/3/project/" + std::string(key), options));
  if (answer.status == 401 || answer.status == 403) return credential_refused(site, answer.status);
  if (answer.status == 404) {
    return fail(Errc::kNotFound,
                "The site " + site.site.key + " has no project " + std::string(key) + ", or its account may not see it.", {},
                "resource");
  }
  if (answer.status != 200) {
    return fail(Errc::kUpstreamFailed, "The site " + site.site.key + " answered " + std::to_string(answer.status) + ".");
  }
  const json::object project = parse_object(answer.body);
  ResolvedResource resolved{text_at(project, "id"), text_at(project, "key")};
  if (!all_digits(resolved.id) || !plain_key(resolved.key)) {
    return fail(Errc::kUpstreamFailed, "The site " + site.site.key + " answered, but not as Jira does: is its base URL right?");
  }
  return resolved;
}

Result<SiteTest> test_api(const SiteEntry& site, const RoutePtr& route, std::string_view path,
                          const http::FetchOptions& options) {
  SiteTest test;
  const std::string target = path.empty() ? "/" : std::string(path);
  auto answer = get(route, site, target, options);
  if (!answer) {
    if (answer.error().code == Errc::kInvalidArgument) return answer.error();
    test.detail = answer.error().public_detail;
    return test;
  }
  test.reached = true;
  test.status = answer.value().status;
  const bool refused = test.status == 401 || test.status == 403;
  test.authenticated = path.empty() ? !refused : test.status >= 200 && test.status < 300;
  if (refused) {
    test.detail =
        "The site answers and refuses our credential. Replace it: gatehouse site credential rotate --site " + site.site.key;
  } else if (!test.authenticated) {
    test.detail = "The site answers " + std::to_string(test.status) + " to " + target + ": is its base URL right?";
  } else if (path.empty()) {
    test.detail =
        "The site answers. Whether it takes our credential is not known: its document names no read to try it by "
        "(x-gatehouse-test).";
  } else {
    test.detail = "The site answers and takes our credential.";
  }
  return test;
}

Result<SiteTest> test_route(const SiteEntry& site, const RoutePtr& route, Probe probe, const http::FetchOptions& options) {
  const bool wiki = site.site.product == Product::kConfluence;
  if (!wiki && site.site.product != Product::kJira) {
    return fail(Errc::kUnsupported, "Sites of this product can't be tested yet: only Jira and Confluence sites can.");
  }
  SiteTest test;
  const bool asks_who = probe == Probe::kWhoAmI;
  const std::string who = wiki ? "/wiki/rest/api/user/current" : "/rest/api/3/myself";
  const std::string list = wiki ? "/wiki/api/v2/spaces?limit=1" : "/rest/api/3/project/search?maxResults=1";
  auto answer = get(route, site, asks_who ? who : list, options);
  if (!answer) {
    if (answer.error().code == Errc::kInvalidArgument) return answer.error();
    test.detail = answer.error().public_detail;
    return test;
  }
  test.reached = true;
  test.status = answer.value().status;
  if (test.status == 401 || test.status == 403) {
    // Atlassian's gateway answers 401 both for a dead token and for one without the scope.
    test.detail = "The site answers and refuses our credential: it has ended or lacks the scope " +
                  std::string(wiki ? (asks_who ? "read:confluence-user" : "read:space:confluence")
                                   : (asks_who ? "read:jira-user" : "read:jira-work")) +
                  ". Replace it: gatehouse site credential rotate --site " + site.site.key;
    return test;
  }
  const json::object body = parse_object(answer.value().body);
  const bool as_product = asks_who ? !text_at(body, "accountId").empty() || !text_at(body, "name").empty()
                                   : body.contains(wiki ? "results" : "values");
  if (test.status != 200 || !as_product) {
    test.detail = "The site answers, but not as " + std::string(wiki ? "Confluence" : "Jira") + " does (" +
                  std::to_string(test.status) + "): is its base URL right?";
    return test;
  }
  test.authenticated = true;
  test.account_name = text_at(body, "displayName");
  test.detail = "The site answers and knows our credential.";
  return test;
}

}  // namespace gatehouse::upstream
