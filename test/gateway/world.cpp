#include "test/gateway/world.h"

#include <gtest/gtest.h>

#include "catalogue/openapi.h"
#include "model/consent.h"

namespace gatehouse::gateway {
namespace {

constexpr const char* kSite = "site000000000001";
constexpr const char* kWiki = "site000000000002";
constexpr const char* kApi = "site000000000003";

std::shared_ptr<const catalogue::Catalogue> jira_catalogue() {
  static const auto kLoaded = catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira));
  EXPECT_TRUE(kLoaded.has_value()) << (kLoaded ? "" : kLoaded.error().public_detail);
  return kLoaded ? kLoaded.value() : nullptr;
}

std::shared_ptr<const catalogue::Catalogue> confluence_catalogue() {
  static const auto kLoaded =
      catalogue::Catalogue::load(Product::kConfluence, catalogue::Catalogue::embedded(Product::kConfluence));
  EXPECT_TRUE(kLoaded.has_value()) << (kLoaded ? "" : kLoaded.error().public_detail);
  return kLoaded ? kLoaded.value() : nullptr;
}

Resource resource(const std::string& key) {
  if (key.starts_with("api/")) return {SiteId(kApi), key.substr(4), key.substr(4)};
  if (key.starts_with("wiki/")) return {SiteId(kWiki), key.substr(5), key.substr(5)};
  return {SiteId(kSite), World::project_id(key), key};
}

ScopeSet scope_set(const std::vector<std::string>& names) {
  auto scopes = parse_scopes(names);
  EXPECT_TRUE(scopes.has_value()) << (scopes ? "" : scopes.error().public_detail);
  return scopes ? scopes.value() : ScopeSet();
}

}  // namespace

World::World()
    : clock(Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24))),
      keys_(crypto::Keyring::generate(random)),
      hasher_(keys_),
      cursors_(crypto::MasterKey::generate(random).derive("gateway cursors", "")) {
  shared.jira = jira_catalogue();
  shared.confluence = confluence_catalogue();
  shared.index = &index;
  shared.sites = &sites;
  shared.hasher = &hasher_;
  shared.cursors = &cursors_;
  shared.random = &random;
  shared.log = &log;
  shared.settings.public_url = "https://gate.example";
  index.set_fresh(clock.now());
  publish_site(State::kLive);
}

std::string World::project_id(const std::string& key) {
  if (key == "*") return "*";
  return std::to_string(10000 + (key.at(0) - 'A'));
}

void World::publish_site(State state) {
  auto entry = std::make_shared<upstream::SiteEntry>();
  entry->site.id = SiteId(kSite);
  entry->site.key = "acme";
  entry->site.product = Product::kJira;
  entry->site.base_url = "https://acme.example";
  entry->site.cloud_id = "11111111-2222-3333-4444-555555555555";
  entry->site.host = "jira.gate.example";
  entry->site.state = state;
  entry->origin = {"https", "acme.example", 443, ""};
  entry->media_hosts = {"media.example"};
  auto route = std::make_shared<http::UpstreamRoute>();
  route->scheme = "https";
  route->host = "acme.example";
  route->port = 443;
  route->pool_key = "https://acme.example:443 cred";
  entry->own_routes = upstream::RouteChoices({{"own", std::nullopt, route, {}}});
  auto wiki = std::make_shared<upstream::SiteEntry>();
  wiki->site = entry->site;
  wiki->site.id = SiteId(kWiki);
  wiki->site.key = "wiki";
  wiki->site.product = Product::kConfluence;
  wiki->site.host = "wiki.gate.example";
  wiki->origin = entry->origin;
  wiki->own_routes = entry->own_routes;
  std::vector<upstream::SiteEntryPtr> all{entry, wiki};
  if (api_) {
    auto api = std::make_shared<upstream::SiteEntry>();
    api->site = entry->site;
    api->site.id = SiteId(kApi);
    api->site.key = "tasks";
    api->site.product = Product::kOpenApi;
    api->site.cloud_id.clear();
    api->site.host = "tasks.gate.example";
    api->site.budget = budget;
    api->origin = entry->origin;
    api->own_routes = entry->own_routes;
    api->api = api_;
    api->budget = std::make_shared<upstream::SiteBudget>();
    all.push_back(std::move(api));
  }
  sites.publish(std::make_shared<upstream::SiteSnapshot>(std::move(all)));
}

void World::publish_api(std::string_view document) {
  auto loaded = catalogue::load_openapi(document);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
  api_ = loaded.value().catalogue;
  publish_site(State::kLive);
}

std::string World::add_token(const TokenSpec& spec) {
  auto account = std::make_shared<token::LiveAccount>();
  account->account.id = spec.person ? AccountId(std::string(kPerson) + "user000000000001") : new_id<AccountId>(random);
  account->account.handle = "ci";
  const std::vector<std::string>& granted = spec.granted.empty() ? spec.projects : spec.granted;
  for (const std::string& key : granted) {
    if (key == "none") continue;
    Grant grant;
    grant.id = new_id<GrantId>(random);
    grant.account = account->account.id;
    grant.resource = resource(key);
    grant.scopes = scope_set(spec.grant_scopes.empty() ? spec.scopes : spec.grant_scopes);
    grant.directory = spec.directory;
    grant.restricted = spec.restricted ? Restricted::kInclude : Restricted::kExclude;
    grant.backing = Backing::kBacked;
    account->grants.push_back(grant);
  }
  auto boundary = std::make_shared<std::vector<BoundaryEntry>>();
  for (const std::string& key : spec.projects) boundary->push_back({resource(key), ""});

  const auto secret_id = new_id<SecretId>(random);
  const token::Minted minted = token::mint(token::TokenKind::kApiToken, secret_id.value, random);
  const crypto::TokenHash hash = hasher_.hash(secret_id.value, minted.secret.expose());
  auto credential = std::make_shared<token::LiveCredential>();
  credential->id = *token::to_key(new_id<CredentialId>(random).value);
  credential->state = spec.state;
  credential->relaxed_queries = spec.relaxed;
  credential->expires_at = spec.expires_at;
  credential->scopes = scope_set(spec.scopes);
  credential->role = spec.role;
  credential->account = account;
  credential->boundary = boundary;
  std::vector<ResourcePause> pauses;
  for (const std::string& key : spec.paused) pauses.push_back({PausedFor::kToken, "", resource(key), {}});
  credential->pauses = std::move(pauses);
  credential->allow_ips = spec.allow_ips;
  credential->rate = spec.rate;
  credential->secrets[0] = {*token::to_key(secret_id.value), hash.digest, hash.epoch, spec.secret_state, clock.now()};
  last_ = credential;
  index.put(credential, false);
  return minted.text.expose();
}

}  // namespace gatehouse::gateway
