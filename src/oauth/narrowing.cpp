#include "oauth/narrowing.h"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/boundary.h"
#include "admin/resources.h"
#include "token/strict_json.h"

namespace gatehouse::oauth {
namespace {

namespace json = boost::json;

constexpr std::string_view kType = "gatehouse_resource";
constexpr std::size_t kMostDetails = 100;

OAuthError bad_details(std::string description) { return {"invalid_authorization_details", std::move(description), 400, 0}; }
OAuthError bad_scope(std::string description) { return {"invalid_scope", std::move(description), 400, 0}; }
OAuthError bad_target() {
  return {"invalid_target", "A resource must be the address of one of this client's sites, such as ISSUER/ex/jira/SITE.", 400, 0};
}

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string canonical(const std::string& issuer, const Site& site) { return issuer + gateway_prefix(site); }

/// The site whose address at the gateway this is.
upstream::SiteEntryPtr site_at(const Context& context, const upstream::SiteSnapshot& sites, std::string address) {
  if (address.ends_with('/')) address.pop_back();
  for (const auto& [prefix, product] :
       {std::pair("/ex/jira/", Product::kJira), std::pair("/ex/confluence/", Product::kConfluence),
        std::pair("/ex/api/", Product::kOpenApi)}) {
    const std::string base = context.issuer() + prefix;
    if (!address.starts_with(base)) continue;
    const upstream::SiteEntryPtr* found = sites.find(product, std::string_view(address).substr(base.size()));
    return found ? *found : nullptr;
  }
  for (const upstream::SiteEntryPtr& one : sites.all()) {
    if (one->site.host.empty()) continue;
    const std::string host = lower(one->site.host);
    if (address == "https://" + host || (one->site.product == Product::kConfluence && address == "https://" + host + "/wiki"))
      return one;
  }
  return nullptr;
}

bool has_part_of(const std::vector<BoundaryEntry>& boundary, const SiteId& site) {
  return std::any_of(boundary.begin(), boundary.end(), [&](const BoundaryEntry& one) { return one.resource.site == site; });
}

/// The resource of that name within the boundary. One that only `acme/*` covers is asked of its site; what the boundary does not
/// cover is never asked, so that nobody learns whether it exists.
Answered<token::ResourceClaim> find_resource(Context& context, const std::vector<BoundaryEntry>& boundary,
                                             const upstream::SiteSnapshot& sites, const std::string& identifier) {
  const auto outside = [] { return bad_details("One of the resources is not in this client's boundary."); };
  const auto name = parse_resource_name(identifier);
  if (!name) return bad_details("An identifier is written SITE/KEY, such as acme/A, or SITE/*.");
  const auto site = std::find_if(sites.all().begin(), sites.all().end(),
                                 [&](const upstream::SiteEntryPtr& one) { return one->site.key == name.value().site_key; });
  if (site == sites.all().end() || !has_part_of(boundary, (*site)->site.id)) return outside();
  token::ResourceClaim claim;
  claim.site = (*site)->site.id;
  claim.name = identifier;
  if (name.value().key == "*") {
    claim.id = "*";
    return claim;
  }
  bool whole = false;
  for (const BoundaryEntry& entry : boundary) {
    if (entry.resource.site != claim.site) continue;
    whole = whole || entry.resource.whole_site();
    if (!entry.resource.whole_site() && entry.resource.key == name.value().key) {
      claim.id = entry.resource.id;
      return claim;
    }
  }
  if (!whole) return outside();
  const auto asked = admin::resolve_boundary(context.services, {identifier});
  if (!asked && asked.error().code != Errc::kInvalidArgument && asked.error().code != Errc::kNotFound) {
    return OAuthError{"temporarily_unavailable", "The site could not be asked which resource that is.", 503, 5};
  }
  if (!asked || asked.value().size() != 1 || asked.value().front().resource.site != claim.site) return outside();
  claim.id = asked.value().front().resource.id;
  return claim;
}

Answered<std::vector<token::ResourceClaim>> read_details(Context& context, const token::LiveCredential& credential,
                                                         const upstream::SiteSnapshot& sites, const ScopeSet& scopes,
                                                         const std::string& text) {
  // One object with one member reads as strictly as the rest does.
  const auto wrapped = token::parse_strict("{\"details\":" + text + "}");
  const auto* list = wrapped && wrapped->size() == 1 ? &wrapped->at("details") : nullptr;
  if (!list || !list->is_array() || list->get_array().empty() || list->get_array().size() > kMostDetails)
    return bad_details("It must be a JSON array of 1 to 100 objects (RFC 9396).");
  std::vector<token::ResourceClaim> claims;
  for (const json::value& one : list->get_array()) {
    if (!one.is_object() || token::text_member(one.get_object(), "type") != kType)
      return bad_details("Each of them has the type gatehouse_resource.");
    for (const auto& member : one.get_object()) {
      if (member.key() != "type" && member.key() != "identifier" && member.key() != "actions")
        return bad_details("It has the members type, identifier and actions, and no others.");
    }
    GH_TRY(token::ResourceClaim claim, find_resource(context, *credential.boundary_at(context.now()), sites,
                                                     token::text_member(one.get_object(), "identifier")));
    if (const auto* actions = one.get_object().if_contains("actions")) {
      if (!actions->is_array() || actions->get_array().empty()) return bad_details("actions is a list of scopes.");
      claim.scopes.emplace();
      for (const json::value& action : actions->get_array()) {
        const auto scope = action.is_string() ? find_scope(std::string_view(action.get_string())) : std::nullopt;
        if (!scope || !scopes.has(*scope))
          return bad_details("An action is not among the scopes of the token that is asked for.");
        claim.scopes->add(*scope);
      }
    }
    claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace

Answered<ScopeSet> read_scope(const std::string& text, const ScopeSet& most, const std::vector<std::string_view>& extra) {
  ScopeSet scopes;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (word.empty() || std::find(extra.begin(), extra.end(), word) != extra.end()) continue;
    const auto scope = find_scope(word);
    if (!scope || !most.has(*scope)) return bad_scope("One of the scopes is unknown, or this client does not have it.");
    scopes.add(*scope);
  }
  return scopes;
}

Answered<Narrowed> narrow(Context& context, const token::LiveCredential& credential, const ScopeSet& scopes,
                          const Parameters& parameters) {
  Narrowed out;
  out.scopes = scopes;
  out.audience = context.issuer();
  if (parameters.has("scope")) {
    GH_TRY(out.scopes, read_scope(parameters.text("scope"), scopes));
    if (out.scopes.empty()) return bad_scope("scope names none.");
    out.scopes_named = true;
  }
  const auto sites = context.services.sites.snapshot();
  if (parameters.has("authorization_details")) {
    GH_TRY(out.resources, read_details(context, credential, *sites, out.scopes, parameters.text("authorization_details")));
  }
  const std::vector<std::string>& addresses = parameters.all("resource");
  std::vector<upstream::SiteEntryPtr> named;
  for (const std::string& address : addresses) {
    // The server as a whole is no narrowing, and a valid name of it.
    if (address == context.issuer()) {
      if (addresses.size() > 1) return bad_target();
      continue;
    }
    const upstream::SiteEntryPtr site = site_at(context, *sites, address);
    if (!site || !has_part_of(*credential.boundary_at(context.now()), site->site.id)) return bad_target();
    named.push_back(site);
  }
  if (named.empty()) return out;
  if (named.size() == 1) out.audience = canonical(context.issuer(), named.front()->site);
  if (out.resources.empty()) {
    for (const upstream::SiteEntryPtr& site : named)
      out.resources.push_back({site->site.id, "*", site->site.key + "/*", std::nullopt});
    return out;
  }
  const bool all_there = std::all_of(out.resources.begin(), out.resources.end(), [&named](const token::ResourceClaim& claim) {
    return std::any_of(named.begin(), named.end(), [&claim](const auto& site) { return site->site.id == claim.site; });
  });
  if (!all_there) return bad_target();
  return out;
}

}  // namespace gatehouse::oauth
