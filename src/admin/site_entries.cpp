#include "admin/site_entries.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "admin/site_spec.h"
#include "http/upstream_options.h"
#include "upstream/unseal.h"

namespace gatehouse::admin {
namespace {

Result<std::vector<UpstreamCredential>> credentials_of(const store::Reader& reader, const SiteId& site) {
  std::vector<UpstreamCredential> all;
  store::UpstreamCredentials::Filter filter;
  filter.site = site;
  filter.revoked = true;  // one that was revoked still says "never fall back to the site's own"
  store::Page page{{}, 1000};
  do {
    GH_TRY(auto listed, reader->upstream_credentials.list(filter, page));
    for (auto& stored : listed.items) all.push_back(std::move(stored.value));
    page.after = listed.next;
  } while (!page.after.empty());
  return all;
}

/// Null where it can't be opened.
upstream::RoutePtr route_of(const UpstreamCredential& credential, const Site& site, const crypto::Sealer& sealer,
                            upstream::TokenSource& tokens) {
  auto route = upstream::unseal(credential, site, sealer, tokens);
  return route ? route.value() : nullptr;
}

/// Where Atlassian's cloud keeps attachments: its redirects lead there, with a link that needs no credential.
std::vector<std::string> media_hosts_of(const http::Origin& origin) {
  if (origin.host.ends_with(".atlassian.net") || origin.host == "api.atlassian.com") return {"api.media.atlassian.com"};
  return {};
}

Result<upstream::SiteEntryPtr> make_entry(const store::Reader& reader, const crypto::Sealer& sealer,
                                          upstream::TokenSource& tokens, const Site& site) {
  auto entry = std::make_shared<upstream::SiteEntry>();
  entry->site = site;
  entry->budget = upstream::SiteBudget::of(site.id.value);
  GH_TRY(entry->site.resource_pauses, reader->resource_pauses.of(PausedFor::kSite, site.id.value));
  GH_TRY(entry->origin, http::parse_base_url(site.base_url));
  if (site.product == Product::kOpenApi) {
    // A document that can't be read any more refuses every request of its site, and takes nothing from the others.
    if (const auto spec = read_spec(*reader.operator->(), site)) {
      // Holds the whole, so that the next reading of an unchanged document finds it.
      entry->api = std::shared_ptr<const catalogue::Catalogue>(spec.value(), spec.value()->catalogue.get());
      entry->api_test = spec.value()->test_path;
    }
  }
  entry->media_hosts = media_hosts_of(entry->origin);
  GH_TRY(const auto credentials, credentials_of(reader, site.id));
  // An account that ever had its own has an entry here, be it an empty one: it never falls back to the site's.
  std::map<std::string, std::vector<upstream::RouteChoice>> by_account;
  for (const UpstreamCredential& credential : credentials) {
    auto& choices = by_account[credential.account.value];
    if (credential.state == State::kRevoked || credential.state == State::kArchived) continue;
    const bool live = credential.state == State::kLive;
    choices.push_back({credential.id.value, credential.scopes, live ? route_of(credential, site, sealer, tokens) : nullptr,
                       credential.replaces.value});
  }
  for (auto& [account, choices] : by_account) {
    if (account.empty())
      entry->own_routes = upstream::RouteChoices(std::move(choices));
    else
      entry->account_routes.emplace_back(account, std::move(choices));
  }
  return upstream::SiteEntryPtr(std::move(entry));
}

void note_in_use(const upstream::SiteEntry& entry, std::vector<std::string>& out) {
  for (const upstream::RouteChoice& one : entry.own_routes.all()) out.push_back(one.credential);
  for (const auto& [account, choices] : entry.account_routes) {
    for (const upstream::RouteChoice& one : choices.all()) out.push_back(one.credential);
  }
}

}  // namespace

Result<std::shared_ptr<const upstream::SiteSnapshot>> read_sites(const store::Reader& reader, const crypto::Sealer& sealer,
                                                                 upstream::TokenSource& tokens) {
  std::vector<upstream::SiteEntryPtr> entries;
  std::vector<std::string> in_use;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, reader->sites.list({}, page));
    for (const auto& stored : listed.items) {
      GH_TRY(auto entry, make_entry(reader, sealer, tokens, stored.value));
      note_in_use(*entry, in_use);
      entries.push_back(std::move(entry));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  tokens.keep(in_use);
  return std::make_shared<const upstream::SiteSnapshot>(std::move(entries));
}

Result<upstream::SiteEntryPtr> read_site(const store::Reader& reader, const crypto::Sealer& sealer, upstream::TokenSource& tokens,
                                         const SiteId& id) {
  GH_TRY(const auto site, reader->sites.get(id));
  return make_entry(reader, sealer, tokens, site.value);
}

}  // namespace gatehouse::admin
