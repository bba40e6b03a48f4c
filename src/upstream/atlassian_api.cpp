#include "upstream/atlassian_api.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "http/outside.h"

namespace gatehouse::upstream {
namespace {

namespace json = boost::json;
using http::text_in;

constexpr std::int64_t kLongestLifetime = 24 * 3600;
constexpr std::size_t kLongestId = 128;

Error failed(std::string_view what, std::string detail) {
  return fail(Errc::kUpstreamFailed, "Atlassian gave no answer that can be used; try again.",
              std::string(what) + ": " + std::move(detail));
}

Error over(std::string_view what, int status) {
  return fail(Errc::kUnauthenticated, "Atlassian takes this sign-in no more; connect anew under \"Your account\".",
              std::string(what) + ": status " + std::to_string(status));
}

bool all_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What comes into a path or a header here: nothing that would change what it stands in.
bool plain_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kLongestId && std::all_of(text.begin(), text.end(), [](char c) {
    const char folded = ascii_lower(c);
    return (folded >= 'a' && folded <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
  });
}

Result<http::OutsideAnswer> ask(const http::FetchOptions& options, const std::string& url, const SecretString& access,
                                std::string_view what) {
  http::OutsideRequest request;
  GH_TRY(request.address, http::parse_outside_address(url));
  request.authorization = SecretString("Bearer " + access.expose());
  auto answer = http::ask_outside(options, request);
  if (!answer) return failed(what, answer.error().public_detail + " " + answer.error().log_detail);
  if (answer.value().status == 401) return over(what, 401);
  return answer;
}

Result<AtlassianTokens> ask_for_tokens(const AtlassianApp& app, json::object body, const http::FetchOptions& options) {
  http::OutsideRequest request;
  GH_TRY(request.address, http::parse_outside_address(app.account_url + "/oauth/token"));
  body["client_id"] = app.client_id;
  body["client_secret"] = app.secret.expose();
  request.method = http::Method::kPost;
  request.content_type = "application/json";
  request.body = SecretString(json::serialize(body));
  auto answer = http::ask_outside(options, request);
  if (!answer) return failed("token", answer.error().public_detail + " " + answer.error().log_detail);
  const json::object& given = answer.value().object();
  const int status = answer.value().status;
  // Atlassian says 403 where RFC 6749 section 5.2 says 400. Whatever else it is may be over in a minute.
  if ((status == 400 || status == 401 || status == 403) && text_in(given, "error") == "invalid_grant")
    return over("token", status);
  if (status != 200) return failed("token", "status " + std::to_string(status) + " " + text_in(given, "error").substr(0, 100));
  AtlassianTokens tokens;
  tokens.access = SecretString(text_in(given, "access_token"));
  tokens.refresh = SecretString(text_in(given, "refresh_token"));
  tokens.scopes = text_in(given, "scope");
  const json::value* const seconds = given.if_contains("expires_in");
  if (tokens.access.empty() || !seconds || !seconds->is_int64() || seconds->get_int64() < 1)
    return failed("token", "no access_token or expires_in");
  tokens.lifetime = std::chrono::seconds(std::min(seconds->get_int64(), kLongestLifetime));
  return tokens;
}

bool has_permission(const json::object& answer, std::string_view key) {
  const json::value* const all = answer.if_contains("permissions");
  if (!all || !all->is_object()) return false;
  const json::value* const one = all->get_object().if_contains(json::string_view(key.data(), key.size()));
  if (!one || !one->is_object() || text_in(one->get_object(), "key") != key) return false;
  const json::value* const has = one->get_object().if_contains("havePermission");
  return has && has->is_bool() && has->get_bool();
}

bool has_operation(const json::object& answer, std::string_view operation) {
  const json::value* const all = answer.if_contains("operations");
  if (!all || !all->is_array()) return false;
  return std::any_of(all->get_array().begin(), all->get_array().end(), [operation](const json::value& one) {
    return one.is_object() && text_in(one.get_object(), "operation") == operation &&
           text_in(one.get_object(), "targetType") == "space";
  });
}

}  // namespace

std::string authorize_address(const AtlassianApp& app, std::string_view redirect_uri, std::string_view state,
                              std::string_view challenge) {
  std::string to = app.account_url + "/authorize?audience=api.atlassian.com&client_id=" + percent_encoded(app.client_id) +
                   "&scope=" + percent_encoded(app.scopes) + "&redirect_uri=" + percent_encoded(redirect_uri) +
                   "&state=" + percent_encoded(state) + "&response_type=code&prompt=consent";
  if (!challenge.empty()) to.append("&code_challenge_method=S256&code_challenge=").append(challenge);
  return to;
}

Result<AtlassianTokens> exchange_code(const AtlassianApp& app, std::string_view code, std::string_view redirect_uri,
                                      std::string_view verifier, const http::FetchOptions& options) {
  json::object body{{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", redirect_uri}};
  if (!verifier.empty()) body["code_verifier"] = verifier;
  return ask_for_tokens(app, std::move(body), options);
}

Result<AtlassianTokens> renew_tokens(const AtlassianApp& app, const SecretString& refresh, const http::FetchOptions& options) {
  return ask_for_tokens(app, {{"grant_type", "refresh_token"}, {"refresh_token", refresh.expose()}}, options);
}

Result<AtlassianPerson> who_am_i(const AtlassianApp& app, const SecretString& access, const http::FetchOptions& options) {
  GH_TRY(const auto answer, ask(options, app.api_url + "/me", access, "me"));
  if (answer.status != 200) return failed("me", "status " + std::to_string(answer.status));
  const json::object& given = answer.object();
  AtlassianPerson person{text_in(given, "account_id"), text_in(given, "name").substr(0, 200)};
  if (!plain_id(person.account_id)) return failed("me", "no account_id");
  const std::string type = text_in(given, "account_type");
  const std::string status = text_in(given, "account_status");
  if ((!type.empty() && type != "atlassian") || (!status.empty() && status != "active"))
    return fail(Errc::kNotAllowed, "That is not the account of an active person at Atlassian.");
  return person;
}

Result<std::vector<AtlassianSite>> accessible_sites(const AtlassianApp& app, const SecretString& access,
                                                    const http::FetchOptions& options) {
  GH_TRY(const auto answer, ask(options, app.api_url + "/oauth/token/accessible-resources", access, "sites"));
  if (answer.status != 200 || !answer.body.is_array()) return failed("sites", "status " + std::to_string(answer.status));
  std::vector<AtlassianSite> sites;
  for (const json::value& one : answer.body.get_array()) {
    if (!one.is_object()) continue;
    AtlassianSite site{text_in(one.get_object(), "id"), text_in(one.get_object(), "url")};
    if (plain_id(site.cloud_id)) sites.push_back(std::move(site));
  }
  return sites;
}

Result<bool> administers(const AtlassianApp& app, Product product, std::string_view cloud_id, std::string_view resource_id,
                         const SecretString& access, const http::FetchOptions& options) {
  if (!all_digits(resource_id) || !plain_id(cloud_id))
    return fail(Errc::kInvalidArgument,
                "Only a project or space by its number can be asked about, on a site whose cloud id is known.");
  const std::string where(cloud_id);
  const std::string id(resource_id);
  if (product == Product::kJira) {
    GH_TRY(const auto answer, ask(options,
                                  app.api_url + "/ex/jira/" + where + "/rest/api/3/mypermissions?projectId=" + id +
                                      "&permissions=ADMINISTER_PROJECTS,BROWSE_PROJECTS",
                                  access, "mypermissions"));
    if (answer.status == 403 || answer.status == 404) return false;
    if (answer.status != 200) return failed("mypermissions", "status " + std::to_string(answer.status));
    return has_permission(answer.object(), "ADMINISTER_PROJECTS") && has_permission(answer.object(), "BROWSE_PROJECTS");
  }
  if (product == Product::kConfluence) {
    GH_TRY(const auto answer, ask(options, app.api_url + "/ex/confluence/" + where + "/wiki/api/v2/spaces/" + id + "/operations",
                                  access, "operations of the space"));
    if (answer.status == 403 || answer.status == 404) return false;
    if (answer.status != 200) return failed("operations of the space", "status " + std::to_string(answer.status));
    return has_operation(answer.object(), "administer") && has_operation(answer.object(), "read");
  }
  return fail(Errc::kUnsupported, "Only Jira and Confluence know who administers what.");
}

}  // namespace gatehouse::upstream
