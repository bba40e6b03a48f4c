// GET /oauth/token/accessible-resources, in Atlassian's form: which sites a token reaches, with Gatehouse's gateway as the way.
#include <boost/json.hpp>
#include <set>

#include "oauth/endpoints.h"
#include "oauth/presented.h"

namespace gatehouse::oauth {

namespace json = boost::json;

http::ElsewhereAnswer accessible_resources_endpoint(Context& context, const AuthorizationRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string& header = request.authorization.expose();
  const auto refused = [] {
    http::ElsewhereAnswer answer =
        error_answer({"invalid_token", "A live access token is needed: Authorization: Bearer TOKEN.", 400, 0});
    answer.status = 401;
    answer.head += "WWW-Authenticate: Bearer realm=\"gatehouse\", error=\"invalid_token\"\r\n";
    return answer;
  };
  if (!request.query.empty() || !std::string_view(header).starts_with(kBearer)) return refused();
  const auto presented = look_at_access_token(context, header.substr(kBearer.size()));
  if (!presented || !presented->active) return refused();
  json::array scopes;
  for (const std::string& name : scope_names(presented->credential->scopes)) scopes.emplace_back(name);
  json::array out;
  std::set<std::string> seen;
  const auto sites = context.services.sites.snapshot();
  for (const BoundaryEntry& entry : *presented->credential->boundary_at(context.now())) {
    const upstream::SiteEntryPtr* site = sites->find_id(entry.resource.site.value);
    if (!site || !seen.insert(entry.resource.site.value).second) continue;
    const Site& known = (*site)->site;
    // The id is what stands behind /ex/jira/: the site's cloud id, or the key that Gatehouse knows it by.
    out.push_back(json::object{{"id", known.cloud_id.empty() ? known.key : known.cloud_id},
                               {"name", known.key},
                               {"url", known.base_url},
                               {"scopes", scopes},
                               {"avatarUrl", known.base_url + "/favicon.ico"}});
  }
  return text_answer(json::serialize(out), "application/json");
}

}  // namespace gatehouse::oauth
