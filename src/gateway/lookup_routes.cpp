#include "gateway/lookup_routes.h"

#include <algorithm>
#include <string>

namespace gatehouse::gateway {
namespace {

/// The site's own path in a look-up's head: behind the context path, without the query.
std::string_view path_of(const http::UpstreamRequest& lookup) noexcept {
  std::string_view path = lookup.head;
  path.remove_prefix(std::min(path.find(' ') + 1, path.size()));
  path = path.substr(0, path.find(' '));
  path.remove_prefix(std::min(lookup.route->context_path.size(), path.size()));
  return path.substr(0, path.find('?'));
}

std::string joined(const ScopeSet& scopes) {
  std::string text;
  for (const std::string& name : scope_names(scopes)) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

Refusal no_credential_for(const upstream::SiteEntry& site, const upstream::RouteChoices& choices,
                          const catalogue::Operation& operation) {
  if (choices.empty() || choices.least(operation))
    return refuse_because(Reason::kUpstreamCredential, site.site.key, "Gatehouse has no live credential for it.");
  if (operation.id.empty())
    return refuse_because(Reason::kUpstreamCredential, site.site.key,
                          "A look-up that is no operation of the catalogue needs a credential for it that declares no scopes.");
  const ScopeSet& needed = operation.has_classic ? operation.classic : operation.granular;
  return refuse_because(
      Reason::kUpstreamCredential, site.site.key,
      "None of Gatehouse's credentials for it declares the scopes of " + operation.id + ": " + joined(needed) + ".");
}

Step<bool> choose_lookup_routes(const upstream::SiteEntry& site, std::string_view account_id,
                                const catalogue::Catalogue& catalogue, std::vector<http::UpstreamRequest>& lookups) {
  const upstream::RouteChoices& choices = site.choices_for(account_id);
  if (choices.all().size() == 1 && !choices.all().front().scopes) return true;
  const catalogue::Operation unknown;
  for (http::UpstreamRequest& lookup : lookups) {
    const catalogue::Match match = catalogue.match(http::to_string(lookup.method), path_of(lookup));
    // What is not known is covered by no declared scopes.
    const catalogue::Operation& operation = match ? *match.operation : unknown;
    const upstream::RouteChoice* choice = choices.least(operation);
    if (!choice || !choice->route) return no_credential_for(site, choices, operation);
    lookup.route = choice->route;
  }
  return true;
}

}  // namespace gatehouse::gateway
