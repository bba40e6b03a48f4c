#include "gateway/lookup_routes.h"

#include <algorithm>
#include <string>

#include "gateway/request.h"
#include "model/consent.h"

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

const upstream::RouteChoices& choices_of(const upstream::SiteEntry& site, std::string_view account_id,
                                         const Request& request) noexcept {
  return request.person ? request.person->choices : site.choices_for(account_id);
}

Refusal no_credential_for(const upstream::SiteEntry& site, const upstream::RouteChoices& choices,
                          const catalogue::Operation& operation, std::string_view account_id) {
  Refusal refusal = refuse_because(Reason::kUpstreamCredential, site.site.key);
  refusal.of_person = account_id.starts_with(kPerson);
  const ScopeSet& needed = operation.has_classic ? operation.classic : operation.granular;
  if (refusal.of_person && choices.empty()) {
    refusal.detail = "This installation has no app at Atlassian (atlassian.client_id), so that nobody can connect.";
  } else if (choices.empty() || choices.least(operation)) {
    refusal.detail = "Gatehouse has no live credential for it.";
  } else if (operation.id.empty()) {
    refusal.detail = "A look-up that is no operation of the catalogue needs a credential for it that declares no scopes.";
  } else if (refusal.of_person) {
    refusal.detail = "What the person consented to at Atlassian leaves out the scopes of " + operation.id + ": " +
                     joined(needed) + ". Whoever runs Gatehouse adds them to atlassian.scopes; then the person connects anew.";
  } else {
    refusal.detail =
        "None of Gatehouse's credentials for it declares the scopes of " + operation.id + ": " + joined(needed) + ".";
  }
  return refusal;
}

Step<bool> choose_lookup_routes(const upstream::SiteEntry& site, std::string_view account_id,
                                const catalogue::Catalogue& catalogue, Request& request) {
  const upstream::RouteChoices& choices = choices_of(site, account_id, request);
  if (choices.all().size() == 1 && !choices.all().front().scopes) return true;
  const catalogue::Operation unknown;
  for (http::UpstreamRequest& lookup : request.lookups) {
    const catalogue::Match match = catalogue.match(http::to_string(lookup.method), path_of(lookup));
    // What is not known is covered by no declared scopes.
    const catalogue::Operation& operation = match ? *match.operation : unknown;
    const upstream::RouteChoice* choice = choices.least(operation);
    if (!choice || !choice->route) return no_credential_for(site, choices, operation, account_id);
    lookup.route = choice->route;
  }
  return true;
}

}  // namespace gatehouse::gateway
