#include "test/escape/house.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/clock.h"
#include "base/encoding.h"
#include "catalogue/catalogue.h"
#include "catalogue/openapi.h"
#include "crypto/keys.h"
#include "crypto/token_hash.h"
#include "gateway/gateway.h"
#include "gateway/person_routes.h"
#include "http/server.h"
#include "model/consent.h"
#include "test/escape/api_document.h"
#include "token/access_token.h"
#include "token/live_index.h"
#include "token/token.h"
#include "upstream/site_table.h"

namespace gatehouse::escape {
namespace {

constexpr const char* kSite = "escapesite000001";
constexpr const char* kWikiSite = "escapesite000002";
constexpr const char* kApiSite = "escapesite000003";
constexpr const char* kUser = "escapeuser000001";
constexpr unsigned kThreads = 2;

template <class T>
T must(Result<T> result, const char* what) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "escape: %s: %s %s\n", what, result.error().public_detail.c_str(), result.error().log_detail.c_str());
  std::exit(2);
}

sandbox::Options site_options() {
  sandbox::Options options;
  options.index_lag = -1;  // the search index never learns of a move: the worse branch
  return options;
}

ScopeSet every_scope() {
  ScopeSet all;
  for (ScopeIndex scope = 0; scope < scope_count(); ++scope) all.add(scope);
  return all;
}

struct Where {
  const char* id;
  const char* key;
};

struct TokenPlan {
  std::vector<Where> granted;
  std::vector<Where> boundary;
  ScopeSet scopes;
  std::vector<Where> paused = {};
  std::vector<Where> proposed = {};
  const char* site = kSite;
  bool include_restricted = false;
  bool of_person = false;  ///< its account is a person who consented
};

/// One who is signed in at the site for ever, and sees all of it.
class OnePerson final : public gateway::PersonRoutes {
 public:
  gateway::Step<gateway::PersonRoutePtr> find(const upstream::SiteEntryPtr& site, std::string_view user) override {
    if (user != kUser || site->site.id.value != kSite) return gateway::refuse_because(Reason::kUpstreamCredential);
    return route;
  }
  void refused(const gateway::PersonRoutePtr&) override {}
  gateway::PersonRoutePtr route;
};

}  // namespace

struct House::Gateway {
  explicit Gateway(const std::string& site_url);
  std::string add(const TokenPlan& plan);
  /// Of an OAuth client of the plan, narrowed to `only`.
  std::string add_access(const TokenPlan& plan, const Where& only, token::AccessForm form);
  /// Of an app that may ask for everything, with a person's consent for what is granted in `consented`.
  std::string add_app(const TokenPlan& consented);
  std::string mint(token::AccessClaims claims, token::AccessForm form);
  std::shared_ptr<token::LiveCredential> make(const TokenPlan& plan);

  SystemClock clock;
  SystemRandom random;
  std::shared_ptr<const catalogue::Catalogue> jira =
      must(catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira)), "the catalogue");
  std::shared_ptr<const catalogue::Catalogue> confluence = must(
      catalogue::Catalogue::load(Product::kConfluence, catalogue::Catalogue::embedded(Product::kConfluence)), "the catalogue");
  catalogue::OpenApiCatalogue api = must(catalogue::load_openapi(kApiDocument), "the document");
  OnePerson person;
  crypto::Keyring keys = crypto::Keyring::generate(random);
  crypto::TokenHasher hasher{keys};
  gateway::CursorSeal cursors{crypto::MasterKey::generate(random).derive("gateway cursors", "")};
  token::LiveIndex index{kThreads};
  token::AccessKeyTable access_keys;
  upstream::SiteTable sites;
  gateway::RequestLog log{kThreads};
  gateway::GatewayShared shared;
  std::unique_ptr<http::Server> server;
};

House::Gateway::Gateway(const std::string& site_url) {
  auto entry = std::make_shared<upstream::SiteEntry>();
  entry->site.id = SiteId(kSite);
  entry->site.key = "acme";
  entry->site.product = Product::kJira;
  entry->site.base_url = site_url;
  entry->site.cloud_id = "11111111-2222-3333-4444-555555555555";
  entry->site.host = kMappedHost;
  entry->site.state = State::kLive;
  entry->origin = must(http::parse_base_url(site_url), "the site's address");
  auto route = std::make_shared<http::UpstreamRoute>();
  route->scheme = entry->origin.scheme;
  route->host = entry->origin.host;
  route->port = entry->origin.port;
  route->pool_key = site_url + " bot";
  const std::string pair = std::string(sandbox::kUsername) + ":" + sandbox::kToken;
  route->authorization = SecretString("Authorization: Basic " + to_base64(as_bytes(pair)) + "\r\n");
  entry->own_routes = upstream::RouteChoices({{"own", std::nullopt, route, {}}});
  auto wiki = std::make_shared<upstream::SiteEntry>();
  wiki->site = entry->site;
  wiki->site.id = SiteId(kWikiSite);
  wiki->site.key = "wiki";
  wiki->site.product = Product::kConfluence;
  wiki->origin = entry->origin;
  wiki->own_routes = upstream::RouteChoices({{"own", std::nullopt, route, {}}});
  auto parts = std::make_shared<upstream::SiteEntry>();
  parts->site = entry->site;
  parts->site.id = SiteId(kApiSite);
  parts->site.key = "parts";
  parts->site.product = Product::kOpenApi;
  parts->site.cloud_id.clear();
  parts->site.host = kApiHost;
  parts->origin = entry->origin;
  parts->own_routes = upstream::RouteChoices({{"own", std::nullopt, route, {}}});
  parts->api = api.catalogue;
  sites.publish(std::make_shared<upstream::SiteSnapshot>(std::vector<upstream::SiteEntryPtr>{entry, wiki, parts}));

  auto way = std::make_shared<http::UpstreamRoute>(*route);
  way->pool_key = site_url + " " + kUser;
  auto own = std::make_shared<gateway::PersonRoute>();
  own->user = kUser;
  own->site = kSite;
  own->base_url = site_url;
  own->choices = upstream::RouteChoices({{"person", std::nullopt, way, {}}});
  person.route = own;
  shared.people = &person;

  shared.jira = jira;
  shared.confluence = confluence;
  shared.index = &index;
  shared.access_keys = &access_keys;
  std::vector<token::AccessKey> keys_of_tokens;
  for (const token::AccessForm form : {token::AccessForm::kOpaque, token::AccessForm::kEdDsa}) {
    std::array<std::byte, crypto::kKeySize> bytes{};
    random.fill(bytes);
    keys_of_tokens.push_back(must(token::AccessKey::make(random_base62(random, kIdLength), form, crypto::Key(bytes),
                                                         clock.now() - std::chrono::hours(1), Instant::max()),
                                  "a key of access tokens"));
  }
  access_keys.publish(std::make_shared<const token::AccessKeys>(std::move(keys_of_tokens)));
  shared.sites = &sites;
  shared.hasher = &hasher;
  shared.cursors = &cursors;
  shared.random = &random;
  shared.log = &log;
  shared.settings.public_url = "https://gate.example";
  shared.settings.stale_limit = std::chrono::hours(24);
  index.set_fresh(clock.now());

  http::ServerOptions options;
  options.listen = must(http::parse_listen_address("127.0.0.1:0"), "the gateway's address");
  options.threads = kThreads;
  options.upstream.addresses.allowed_hosts = {"127.0.0.1"};
  server = std::make_unique<http::Server>(
      options, [this](unsigned thread) { return std::make_unique<gateway::GatewayFactory>(shared, thread); }, clock,
      [this](unsigned thread) { index.pass(thread); });
  if (const auto started = server->start(); !started) {
    std::fprintf(stderr, "escape: the gateway: %s\n", started.error().public_detail.c_str());
    std::exit(2);
  }
}

std::shared_ptr<token::LiveCredential> House::Gateway::make(const TokenPlan& plan) {
  const auto resource = [&plan](const Where& where) { return Resource{SiteId(plan.site), where.id, where.key}; };
  auto account = std::make_shared<token::LiveAccount>();
  account->account.id = plan.of_person ? AccountId(std::string(kPerson) + kUser) : new_id<AccountId>(random);
  account->account.handle = "escape";
  for (const Where& where : plan.granted) {
    Grant grant;
    grant.id = new_id<GrantId>(random);
    grant.account = account->account.id;
    grant.resource = resource(where);
    grant.scopes = plan.scopes;
    grant.backing = Backing::kBacked;
    if (plan.include_restricted) grant.restricted = Restricted::kInclude;
    account->grants.push_back(grant);
  }
  auto boundary = std::make_shared<std::vector<BoundaryEntry>>();
  for (const Where& where : plan.boundary) boundary->push_back({resource(where), ""});
  auto proposed = std::make_shared<std::vector<BoundaryEntry>>();
  for (const Where& where : plan.proposed) proposed->push_back({resource(where), ""});
  std::vector<ResourcePause> pauses;
  for (const Where& where : plan.paused) pauses.push_back({PausedFor::kToken, "", resource(where), {}});

  auto credential = std::make_shared<token::LiveCredential>();
  credential->id = *token::to_key(new_id<CredentialId>(random).value);
  credential->state = State::kLive;
  credential->scopes = plan.scopes;
  credential->account = account;
  credential->boundary = boundary;
  credential->pauses = std::move(pauses);
  if (!proposed->empty()) credential->proposal = token::Proposal{proposed, clock.now() - std::chrono::hours(1)};
  return credential;
}

std::string House::Gateway::add(const TokenPlan& plan) {
  const auto secret_id = new_id<SecretId>(random);
  const token::Minted minted = token::mint(token::TokenKind::kApiToken, secret_id.value, random);
  const crypto::TokenHash hash = hasher.hash(secret_id.value, minted.secret.expose());
  auto credential = make(plan);
  credential->secrets[0] = {*token::to_key(secret_id.value), hash.digest, hash.epoch, SecretState::kCurrent, Instant::max()};
  index.put(credential, false);
  return minted.text.expose();
}

std::string House::Gateway::add_access(const TokenPlan& plan, const Where& only, token::AccessForm form) {
  auto client = make(plan);
  client->kind = CredentialKind::kOAuthClient;
  index.put(client, false);
  token::AccessClaims claims;
  claims.client = client->id;
  claims.secret = client->id;
  claims.subject = client->account->account.id.value;
  token::ResourceClaim claim{SiteId(kSite), only.id, std::string("acme/") + only.key, std::nullopt};
  if (form != token::AccessForm::kOpaque) {
    claim.scopes = must(parse_scopes({"read:jira-work", "write:jira-work"}), "the scopes");
    claims.ancestors = {*token::to_key(random_base62(random, kIdLength))};
    claims.actors = {std::string(token::as_view(client->id))};
  }
  claims.resources = {std::move(claim)};
  return mint(std::move(claims), form);
}

std::string House::Gateway::add_app(const TokenPlan& consented) {
  auto app = make({{{"*", "*"}}, {{"*", "*"}}, consented.scopes});
  auto consent = make(consented);
  app->kind = consent->kind = CredentialKind::kApp;
  index.put(app, false);
  index.put(consent, false);
  token::AccessClaims claims;
  claims.client = claims.secret = app->id;
  claims.consent = consent->id;
  claims.subject = kUser;
  return mint(std::move(claims), token::AccessForm::kEdDsa);
}

std::string House::Gateway::mint(token::AccessClaims claims, token::AccessForm form) {
  claims.id = *token::to_key(random_base62(random, kIdLength));
  claims.audience = shared.settings.public_url;
  claims.issued_at = std::chrono::floor<std::chrono::seconds>(clock.now());
  claims.expires_at = claims.issued_at + std::chrono::hours(23);
  const token::AccessKey* key = access_keys.snapshot()->signer(form, clock.now());
  return must(token::mint_access_token(*key, claims, shared.settings.public_url, random), "an access token").expose();
}

House::House() : sandbox_(site_options()) {
  must(sandbox_.start(), "the sandbox");
  gateway_ = std::make_unique<Gateway>(site_url());
  const ScopeSet all = every_scope();
  const ScopeSet classic = must(parse_scopes({"read:jira-work", "write:jira-work"}), "the scopes");
  tokens_[kByBoundary] = gateway_->add({{{"10000", "A"}, {"10001", "B"}}, {{"10000", "A"}}, all});
  tokens_[kByGrant] = gateway_->add({{{"10000", "OPS"}}, {{"10000", "OPS"}, {"10001", "B"}, {"10002", "C"}}, all});
  tokens_[kClassic] = gateway_->add({{{"10000", "A"}, {"10001", "B"}}, {{"10000", "A"}}, classic});
  const std::vector<Where> both{{"10000", "A"}, {"10001", "B"}};
  tokens_[kPaused] = gateway_->add({both, both, all, {{"10001", "B"}}, {}});
  tokens_[kAccess] = gateway_->add_access({{{"*", "*"}}, {{"*", "*"}}, all}, {"10000", "A"}, token::AccessForm::kOpaque);
  tokens_[kSigned] = gateway_->add_access({{{"*", "*"}}, {{"*", "*"}}, all}, {"10000", "A"}, token::AccessForm::kEdDsa);
  tokens_[kSpace] = gateway_->add({{{"65001", "OPS"}, {"65002", "B"}}, {{"65001", "OPS"}}, all, {}, {}, kWikiSite});
  tokens_[kSpaceAll] = gateway_->add({{{"65001", "A"}}, {{"65001", "A"}, {"65002", "B"}}, all, {}, {}, kWikiSite, true});
  TokenPlan consented{{{"10000", "A"}}, {{"10000", "A"}}, all};
  consented.of_person = true;
  tokens_[kOfApp] = gateway_->add_app(consented);
  tokens_[kApi] = gateway_->add({{{"10000", "10000"}, {"10001", "10001"}}, {{"10000", "10000"}}, all, {}, {}, kApiSite});
  tokens_[kProposed] = gateway_->add({{{"*", "*"}}, {{"*", "*"}}, all, {}, {{"10000", "A"}}});
}

House::~House() { gateway_->server->stop(); }

const catalogue::Catalogue& House::catalogue() const { return *gateway_->jira; }

const catalogue::Catalogue& House::wiki_catalogue() const { return *gateway_->confluence; }

const catalogue::Catalogue& House::api_catalogue() const { return *gateway_->api.catalogue; }

std::uint16_t House::port() const { return gateway_->server->address().port; }

Answer House::ask(HttpClient& client, const Question& question) const {
  const char* const prefix = is_wiki(question.bearer)  ? "/ex/confluence/wiki"
                             : question.bearer == kApi ? "/ex/api/parts"
                                                       : "/ex/jira/acme";
  return client.ask(question, prefix, token(question.bearer));
}

void House::reset(unsigned variant) {
  gateway_->log.drain([](const gateway::RequestRecord&) {});
  sandbox_.reset();
  sandbox_.with_site([variant](sandbox::Site& site) {
    site.leniency.last_parameter_wins = (variant & 1U) != 0;
    site.leniency.last_json_key_wins = (variant & 2U) == 0;
    site.leniency.case_insensitive_path = (variant & 4U) != 0;
    if ((variant & kLongLists) != 0) {
      sandbox::generate_issues(site, "A", 500);
      for (auto& [id, issue] : site.issues) {
        if (issue.project == 10000) issue.fields["description"] = std::string(10000, 'x');
      }
    }
    site.recorded.clear();
  });
}

}  // namespace gatehouse::escape
