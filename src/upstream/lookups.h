// Look-ups for callers that may block (admin, jobs): what a resource's key means now, and whether a site answers at all.
//
// Gateways never call these: they ask through their Exchange. Nothing is remembered here.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"
#include "upstream/site_table.h"

namespace gatehouse::upstream {

struct ResolvedResource {
  std::string id;   ///< the product's immutable numeric id, as text
  std::string key;  ///< as the site writes it now: the display name
};

/// Which project (by key or numeric id) or which space (by key) `key` is now, asked over `route`: the one that
/// SiteEntry::route_for gives for reading a project or listing spaces. A former key of a project resolves to the project's
/// present one. Errors: kNotFound (no such project, or our account may not see it), kUpstreamFailed (no answer, or one that can't
/// be read), kNotAllowed (the site refuses our credential), kUnavailable (no live credential), kUnsupported (neither Jira nor
/// Confluence).
Result<ResolvedResource> resolve_resource(const SiteEntry& site, const RoutePtr& route, std::string_view key,
                                          const http::FetchOptions& options);

struct SiteTest {
  bool reached = false;        ///< an HTTP answer came
  bool authenticated = false;  ///< our credential was accepted
  int status = 0;
  std::string account_name;  ///< who we are there, as the site displays it; empty if it was not told
  std::string detail;        ///< one sentence for people: what happened and what to do
};

/// The harmless call that shows whether a credential is accepted: who we are, or, for one whose declared scopes do not cover
/// that, a list of one project.
enum class Probe { kWhoAmI, kProjects };

/// Asks the site over `route`. A site that can't be reached is a result, not an error; errors are those of the arguments.
Result<SiteTest> test_route(const SiteEntry& site, const RoutePtr& route, Probe probe, const http::FetchOptions& options);

/// Likewise of an OpenAPI site: by the read that its document names, or, where it names none, by whether the site answers at all.
Result<SiteTest> test_api(const SiteEntry& site, const RoutePtr& route, std::string_view path, const http::FetchOptions& options);

}  // namespace gatehouse::upstream
