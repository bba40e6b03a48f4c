// Every repository: what is written is what is read, on both databases.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class Repositories : public StoreTest {
 protected:
  store::Reader read() { return database_->read().value(); }
};

/// Letters beyond the basic plane, combining marks, quotes and wildcards.
const std::string kOddText = "na\xc3\xafve \xf0\x9f\x94\x91 e\xcc\x81 'quoted' \"%_\\ :p1 $1 ? \n\t\x7f";

TEST_P(Repositories, SitesRoundTrip) {
  Site site;
  site.id = new_id<SiteId>(random_);
  site.key = "acme";
  site.product = Product::kConfluence;
  site.base_url = kOddText;
  site.cloud_id = "11111111-2222";
  site.host = "acme.example";
  site.state = State::kPaused;
  site.pause = {kOddText, clock_.now()};
  site.created_at = clock_.now() + 250ms;
  site.spec_digest = "abcdef";
  site.budget = {600, std::chrono::minutes(1)};
  ASSERT_TRUE(commit([&](auto& work) { return work->sites.insert(site); }));
  const auto stored = read()->sites.get(site.id).value();
  EXPECT_EQ(stored.version, 1);
  EXPECT_EQ(stored.value.key, site.key);
  EXPECT_EQ(stored.value.product, site.product);
  EXPECT_EQ(stored.value.base_url, kOddText);
  EXPECT_EQ(stored.value.cloud_id, site.cloud_id);
  EXPECT_EQ(stored.value.host, site.host);
  EXPECT_EQ(stored.value.state, site.state);
  EXPECT_EQ(stored.value.pause, site.pause);
  EXPECT_EQ(stored.value.created_at, site.created_at);
  EXPECT_EQ(stored.value.spec_digest, "abcdef");
  EXPECT_EQ(stored.value.budget, site.budget);
  EXPECT_EQ(read()->sites.get_by_key("acme").value().value.id, site.id);
  EXPECT_EQ(read()->sites.get_by_key("ACME").error().code, Errc::kNotFound);
}

TEST_P(Repositories, ADocumentIsItsSitesAndIsReplacedWhole) {
  const Site site = add_site("acme");
  EXPECT_EQ(read()->site_documents.get(site.id).error().code, Errc::kNotFound);
  const std::string large = std::string(2 * 1024 * 1024, 'x') + kOddText;
  ASSERT_TRUE(commit([&](auto& work) { return work->site_documents.put(site.id, "openapi: 3.1.0"); }));
  ASSERT_TRUE(commit([&](auto& work) { return work->site_documents.put(site.id, large); }));
  EXPECT_EQ(read()->site_documents.get(site.id).value(), large);
}

TEST_P(Repositories, SiteKeysAndHostsAreFreeAgainOnceArchived) {
  Site first = add_site("acme");
  Site second = first;
  second.id = new_id<SiteId>(random_);
  const auto taken = commit([&](auto& work) { return work->sites.insert(second); });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::kConflict);
  EXPECT_THAT(taken.error().public_detail, HasSubstr("key"));
  first.state = State::kArchived;
  ASSERT_TRUE(commit([&](auto& work) { return work->sites.update(first, 1); }));
  ASSERT_TRUE(commit([&](auto& work) { return work->sites.insert(second); }));
  EXPECT_EQ(read()->sites.get_by_key("acme").value().value.id, second.id);
  EXPECT_THAT(read()->sites.list({}, {}).value().items, SizeIs(1));
  EXPECT_THAT(read()->sites.list({true}, {}).value().items, SizeIs(2));
}

TEST_P(Repositories, OneHostServesOneSiteOfEachProduct) {
  Site jira = add_site("acme");
  jira.host = "acme.example";
  ASSERT_TRUE(commit([&](auto& work) { return work->sites.update(jira, 1); }));
  Site wiki = jira;
  wiki.id = new_id<SiteId>(random_);
  wiki.key = "acme-wiki";
  EXPECT_EQ(commit([&](auto& work) { return work->sites.insert(wiki); }).error().code, Errc::kConflict);
  wiki.product = Product::kConfluence;
  EXPECT_TRUE(commit([&](auto& work) { return work->sites.insert(wiki); }));
}

TEST_P(Repositories, UpstreamCredentialsRoundTrip) {
  const User owner = add_user("o@example.com");
  const Site site = add_site("acme");
  const ServiceAccount account = add_account("bot", owner.id);
  UpstreamCredential own;
  own.id = new_id<UpstreamCredentialId>(random_);
  own.token_url = "https://auth.example/oauth/token";
  own.site = site.id;
  own.auth = UpstreamAuth::kBasic;
  own.username = "bot@example.com";
  own.sealed_secret = "s1.1.abc";
  own.owner = owner.id;
  own.expires_at = clock_.now() + 24h;
  own.created_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->upstream_credentials.insert(own); }));
  UpstreamCredential another = own;
  another.id = new_id<UpstreamCredentialId>(random_);
  another.scopes = ScopeSet();
  another.scopes->add(register_scope("read:jira-work").value());
  another.replaces = own.id;
  ASSERT_TRUE(commit([&](auto& work) { return work->upstream_credentials.insert(another); }));
  UpstreamCredential accounts = own;
  accounts.id = new_id<UpstreamCredentialId>(random_);
  accounts.account = account.id;
  ASSERT_TRUE(commit([&](auto& work) { return work->upstream_credentials.insert(accounts); }));

  auto live = read()->upstream_credentials.live_of(site.id, {}).value();
  ASSERT_THAT(live, SizeIs(2));
  if (live[0].value.id != own.id) std::swap(live[0], live[1]);
  const UpstreamCredential& first = live[0].value;
  EXPECT_EQ(first.auth, own.auth);
  EXPECT_EQ(first.username, own.username);
  EXPECT_EQ(first.token_url, own.token_url);
  EXPECT_EQ(first.sealed_secret, own.sealed_secret);
  EXPECT_EQ(first.owner, owner.id);
  EXPECT_TRUE(first.deputy.empty());
  EXPECT_EQ(first.expires_at, own.expires_at);
  EXPECT_FALSE(first.scopes) << "not declared is not the same as none";
  EXPECT_EQ(live[1].value.scopes, another.scopes);
  EXPECT_EQ(live[1].value.replaces, own.id);
  EXPECT_EQ(read()->upstream_credentials.live_of(site.id, account.id).value().at(0).value.id, accounts.id);
  EXPECT_THAT(read()->upstream_credentials.live_of(site.id, AccountId("nobody")).value(), SizeIs(0));

  own.state = State::kRevoked;
  own.sealed_secret.clear();
  ASSERT_TRUE(commit([&](auto& work) { return work->upstream_credentials.update(own, 1); }));
  EXPECT_THAT(read()->upstream_credentials.live_of(site.id, {}).value(), SizeIs(1));
  store::UpstreamCredentials::Filter filter;
  filter.site = site.id;
  EXPECT_THAT(read()->upstream_credentials.list(filter, {}).value().items, SizeIs(2));
  filter.revoked = true;
  filter.expires_before = clock_.now() + 48h;
  filter.owner = owner.id;
  EXPECT_THAT(read()->upstream_credentials.list(filter, {}).value().items, SizeIs(3));
  filter.account = AccountId();
  EXPECT_THAT(read()->upstream_credentials.list(filter, {}).value().items, SizeIs(2));
}

TEST_P(Repositories, UsersRoundTripAndAddressesAreOneInAnyCase) {
  const Site site = add_site("acme");
  User user;
  user.id = new_id<UserId>(random_);
  user.email = "Ada@Example.com";
  user.name = kOddText;
  user.role = UserRole::kProjectAdmin;
  user.administers = {{site.id, "10000", "A"}, {site.id, "*", "*"}};
  user.created_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->users.insert(user); }));
  auto stored = read()->users.get_by_email("aDA@example.COM").value();
  EXPECT_EQ(stored.value.email, user.email);
  EXPECT_EQ(stored.value.name, kOddText);
  EXPECT_EQ(stored.value.role, user.role);
  EXPECT_EQ(stored.value.administers, user.administers);

  user.administers = {{site.id, "10002", "C"}};
  user.state = State::kPaused;
  ASSERT_TRUE(commit([&](auto& work) { return work->users.update(user, stored.version); }));
  EXPECT_EQ(read()->users.get(user.id).value().value.administers, user.administers);
  const User other = add_user("zoe@example.com");
  store::Users::Filter filter;
  filter.role = UserRole::kProjectAdmin;
  const auto listed = read()->users.list(filter, {}).value();
  ASSERT_THAT(listed.items, SizeIs(1));
  EXPECT_EQ(listed.items[0].value.administers, user.administers);
  User same = other;
  same.id = new_id<UserId>(random_);
  same.email = "ZOE@example.com";
  const auto taken = commit([&](auto& work) { return work->users.insert(same); });
  EXPECT_EQ(taken.error().code, Errc::kConflict);
}

TEST_P(Repositories, AccountsRoundTripAndHandlesAreKeptForEver) {
  const User owner = add_user("o@example.com"), deputy = add_user("d@example.com");
  ServiceAccount account;
  account.id = new_id<AccountId>(random_);
  account.handle = "nightly-report";
  account.owner = owner.id;
  account.deputy = deputy.id;
  account.purpose = kOddText;
  account.runs_in = "k8s";
  account.docs_url = "https://docs";
  account.runbook_url = "https://run";
  account.rotation_plan = "vault";
  account.rotate_every = 24h * 90;
  account.expected_every = 1h;
  account.criticality = Criticality::kHigh;
  account.created_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->accounts.insert(account); }));
  const ServiceAccount stored = read()->accounts.get_by_handle("nightly-report").value().value;
  EXPECT_EQ(stored.id, account.id);
  EXPECT_EQ(stored.owner, account.owner);
  EXPECT_EQ(stored.deputy, account.deputy);
  EXPECT_EQ(stored.purpose, account.purpose);
  EXPECT_EQ(stored.runs_in, account.runs_in);
  EXPECT_EQ(stored.docs_url, account.docs_url);
  EXPECT_EQ(stored.runbook_url, account.runbook_url);
  EXPECT_EQ(stored.rotation_plan, account.rotation_plan);
  EXPECT_EQ(stored.rotate_every, account.rotate_every);
  EXPECT_EQ(stored.expected_every, account.expected_every);
  EXPECT_EQ(stored.criticality, account.criticality);
  for (const UserId& id : {owner.id, deputy.id}) {
    store::Accounts::Filter filter;
    filter.owner = id;
    EXPECT_THAT(read()->accounts.list(filter, {}).value().items, SizeIs(1));
  }
  account.state = State::kArchived;
  ASSERT_TRUE(commit([&](auto& work) { return work->accounts.update(account, 1); }));
  EXPECT_THAT(read()->accounts.list({}, {}).value().items, IsEmpty());
  ServiceAccount again = account;
  again.id = new_id<AccountId>(random_);
  EXPECT_EQ(commit([&](auto& work) { return work->accounts.insert(again); }).error().code, Errc::kConflict);
}

TEST_P(Repositories, GrantsRoundTrip) {
  const User owner = add_user("o@example.com");
  const Site site = add_site("acme");
  const ServiceAccount account = add_account("bot", owner.id);
  Grant grant;
  grant.id = new_id<GrantId>(random_);
  grant.account = account.id;
  grant.resource = {site.id, "10000", "A"};
  grant.scopes = parse_scopes({"read:jira-work", "write:jira-work"}).value();
  grant.role = "member";
  grant.directory = true;
  grant.restricted = Restricted::kInclude;
  grant.granted_by = owner.id;
  grant.backing = Backing::kInGrace;
  grant.grace_ends_at = clock_.now() + 24h;
  grant.created_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->grants.insert(grant); }));
  const Grant stored = read()->grants.get(grant.id).value().value;
  EXPECT_EQ(stored.account, grant.account);
  EXPECT_EQ(stored.resource, grant.resource);
  EXPECT_EQ(stored.scopes, grant.scopes);
  EXPECT_EQ(stored.role, grant.role);
  EXPECT_TRUE(stored.directory);
  EXPECT_EQ(stored.restricted, grant.restricted);
  EXPECT_EQ(stored.granted_by, grant.granted_by);
  EXPECT_EQ(stored.backing, grant.backing);
  EXPECT_EQ(stored.grace_ends_at, grant.grace_ends_at);
  EXPECT_THAT(read()->grants.of_account(account.id).value(), SizeIs(1));
  store::Grants::Filter filter;
  filter.site = site.id;
  filter.resource_id = "10001";
  EXPECT_THAT(read()->grants.list(filter, {}).value().items, IsEmpty());
  filter.resource_id = "10000";
  EXPECT_THAT(read()->grants.list(filter, {}).value().items, SizeIs(1));
  grant.state = State::kRevoked;
  ASSERT_TRUE(commit([&](auto& work) { return work->grants.update(grant, 1); }));
  EXPECT_THAT(read()->grants.of_account(account.id).value(), IsEmpty());
}

TEST_P(Repositories, CredentialsRoundTripWithBoundaryAndSecrets) {
  const User owner = add_user("o@example.com");
  const Site site = add_site("acme");
  const ServiceAccount account = add_account("bot", owner.id);
  Credential made = credential(account.id, owner.id, site);
  made.proposed = {made.boundary.front()};
  made.proposed.front().role = "viewer";
  made.propose_until = clock_.now() + 24h;
  made.rotated_by = RotatedBy::kAgent;
  made.self_rotation = {true, {parse_network("10.0.0.0/8").value(), parse_network("2001:db8::1").value()}, 3};
  ASSERT_TRUE(commit([&](auto& work) { return work->credentials.insert(made); }));
  auto stored = read()->credentials.get(made.id).value();
  EXPECT_EQ(stored.value.rotated_by, made.rotated_by);
  EXPECT_EQ(stored.value.self_rotation, made.self_rotation);
  EXPECT_EQ(stored.value.name, made.name);
  EXPECT_EQ(stored.value.scopes, made.scopes);
  EXPECT_EQ(stored.value.role, made.role);
  EXPECT_EQ(stored.value.boundary, made.boundary);
  EXPECT_EQ(stored.value.proposed, made.proposed);
  EXPECT_EQ(stored.value.propose_until, made.propose_until);
  EXPECT_EQ(stored.value.expires_at, made.expires_at);
  EXPECT_EQ(stored.value.rotate_every, made.rotate_every);
  EXPECT_EQ(stored.value.overlap, made.overlap);
  EXPECT_EQ(stored.value.allow_ips, made.allow_ips);
  EXPECT_EQ(stored.value.rate, made.rate);
  EXPECT_TRUE(stored.value.relaxed_queries);
  EXPECT_EQ(stored.value.state, made.state);
  EXPECT_EQ(stored.value.pause, made.pause);
  ASSERT_THAT(stored.value.secrets, SizeIs(1));
  EXPECT_EQ(stored.value.secrets[0].hash, "h1.1.x");
  EXPECT_EQ(stored.value.secrets[0].credential, made.id);

  SecretRecord successor;
  successor.id = new_id<SecretId>(random_);
  successor.credential = made.id;
  successor.hash = "h1.1.y";
  successor.state = SecretState::kPending;
  made.secrets[0].state = SecretState::kOverlap;
  made.secrets[0].first_used_at = clock_.now();
  made.secrets[0].ends_at = clock_.now() + 1h;
  made.secrets.push_back(successor);
  made.boundary = {{{site.id, "10005", "E"}, ""}};
  made.expires_at.reset();
  ASSERT_TRUE(commit([&](auto& work) { return work->credentials.update(made, stored.version); }));
  stored = read()->credentials.get_by_secret(successor.id).value();
  EXPECT_EQ(stored.version, 2);
  EXPECT_EQ(stored.value.boundary, made.boundary);
  EXPECT_FALSE(stored.value.expires_at);
  ASSERT_THAT(stored.value.secrets, SizeIs(2));
  EXPECT_EQ(stored.value.secrets[0].state, SecretState::kOverlap);
  EXPECT_EQ(stored.value.secrets[0].ends_at, clock_.now() + 1h);
  EXPECT_EQ(stored.value.secrets[1].id, successor.id);
  EXPECT_THAT(read()->credentials.of_account(account.id).value(), SizeIs(1));
  EXPECT_EQ(read()->credentials.get_by_secret(SecretId("none")).error().code, Errc::kNotFound);
}

TEST_P(Repositories, ASecretIsNotTakenOverFromAnotherCredential) {
  const User owner = add_user("o@example.com");
  const Site site = add_site("acme");
  const ServiceAccount account = add_account("bot", owner.id);
  const Credential first = credential(account.id, owner.id, site);
  ASSERT_TRUE(commit([&](auto& work) { return work->credentials.insert(first); }));
  Credential second = credential(account.id, owner.id, site);
  second.secrets[0].id = first.secrets[0].id;
  EXPECT_FALSE(commit([&](auto& work) { return work->credentials.insert(second); }));
  EXPECT_EQ(read()->credentials.get_by_secret(first.secrets[0].id).value().value.id, first.id);
}

TEST_P(Repositories, CredentialsAreFoundByExpiryAndByResource) {
  const User owner = add_user("o@example.com");
  const Site site = add_site("acme"), other = add_site("other");
  const ServiceAccount account = add_account("bot", owner.id);
  Credential soon = credential(account.id, owner.id, site), never = credential(account.id, owner.id, other);
  soon.expires_at = clock_.now() + 1h;
  never.expires_at.reset();
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->credentials.insert(soon));
    return work->credentials.insert(never);
  }));
  store::Credentials::Filter filter;
  filter.expires_before = clock_.now() + 2h;
  auto found = read()->credentials.list(filter, {}).value().items;
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].value.id, soon.id);
  filter.expires_after = clock_.now() + 1h + 1ms;
  EXPECT_THAT(read()->credentials.list(filter, {}).value().items, IsEmpty());
  filter = {};
  filter.site = other.id;
  filter.resource_id = "10001";
  found = read()->credentials.list(filter, {}).value().items;
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].value.id, never.id);
  EXPECT_THAT(found[0].value.boundary, SizeIs(2));
  filter.site = site.id;
  filter.resource_id = "10009";
  EXPECT_THAT(read()->credentials.list(filter, {}).value().items, IsEmpty());
}

TEST_P(Repositories, ListsArePagedWithoutGapsOrRepeats) {
  const User owner = add_user("o@example.com");
  const Site site = add_site("acme");
  const ServiceAccount account = add_account("bot", owner.id);
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    for (int i = 0; i < 600; ++i) {
      GH_TRYV(work->credentials.insert(credential(account.id, owner.id, site)));
    }
    return success();
  }));
  std::set<std::string> seen;
  store::Page page{{}, 270};
  int pages = 0;
  do {
    const auto listed = read()->credentials.list({}, page).value();
    for (const auto& stored : listed.items) {
      EXPECT_TRUE(seen.insert(stored.value.id.value).second);
      EXPECT_THAT(stored.value.boundary, SizeIs(2));
      EXPECT_THAT(stored.value.secrets, SizeIs(1));
    }
    page.after = listed.next;
    ++pages;
  } while (!page.after.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(seen, SizeIs(600));
}

TEST_P(Repositories, AdminKeysRoundTrip) {
  const User owner = add_user("o@example.com");
  store::AdminKey key;
  key.id = new_id<AdminKeyId>(random_);
  key.user = owner.id;
  key.name = "first";
  key.hash = "h1.1.x";
  key.expires_at = clock_.now();
  key.created_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->admin_keys.insert(key); }));
  const auto stored = read()->admin_keys.get(key.id).value();
  EXPECT_EQ(stored.value.user, owner.id);
  EXPECT_EQ(stored.value.hash, key.hash);
  EXPECT_EQ(stored.value.expires_at, key.expires_at);
  key.state = State::kRevoked;
  ASSERT_TRUE(commit([&](auto& work) { return work->admin_keys.update(key, stored.version); }));
  store::AdminKeys::Filter filter;
  filter.user = owner.id;
  EXPECT_EQ(read()->admin_keys.list(filter, {}).value().items.at(0).value.state, State::kRevoked);
}

TEST_P(Repositories, ASignInLinkWorksOnce) {
  const User owner = add_user("o@example.com");
  store::SignInLink link;
  link.id = "0123456789abcdef";
  link.user = owner.id;
  link.purpose = store::LinkPurpose::kPickUp;
  link.hash = "h1.1.x";
  link.sealed_payload = "s1.1.x";
  link.created_at = clock_.now();
  link.expires_at = clock_.now() + 1h;
  ASSERT_TRUE(commit([&](auto& work) { return work->sign_in_links.insert(link); }));
  ASSERT_TRUE(commit([&](auto& work) { return work->sign_in_links.use(link.id, clock_.now()); }));
  const auto stored = read()->sign_in_links.get(link.id).value();
  EXPECT_EQ(stored.used_at, clock_.now());
  EXPECT_EQ(stored.sealed_payload, "");
  EXPECT_EQ(commit([&](auto& work) { return work->sign_in_links.use(link.id, clock_.now()); }).error().code, Errc::kConflict);
  EXPECT_EQ(commit([&](auto& work) { return work->sign_in_links.use("none", clock_.now()); }).error().code, Errc::kNotFound);
}

TEST_P(Repositories, SettingsRoundTrip) {
  EXPECT_EQ(read()->settings.get("grace").error().code, Errc::kNotFound);
  ASSERT_TRUE(commit([&](auto& work) { return work->settings.set("grace", "14d"); }));
  ASSERT_TRUE(commit([&](auto& work) { return work->settings.set("grace", kOddText); }));
  EXPECT_EQ(read()->settings.get("grace").value(), kOddText);
  EXPECT_THAT(read()->settings.list().value(), ElementsAre(std::pair<std::string, std::string>("grace", kOddText)));
  ASSERT_TRUE(commit([&](auto& work) { return work->settings.remove("grace"); }));
  EXPECT_THAT(read()->settings.list().value(), IsEmpty());
}

TEST_P(Repositories, WritesAreTracedByIdAndByKey) {
  store::WriteLine line;
  line.at = clock_.now();
  line.credential = CredentialId("c");
  line.secret = SecretId("s");
  line.account = AccountId("a");
  line.site = SiteId("site");
  line.operation = "editIssue";
  line.resource = "10000";
  line.object_id = "20000";
  line.object_key = "A-1";
  line.request_id = "r1";
  line.upstream_trace_id = "t1";
  line.status = 204;
  store::UsageBatch batch;
  batch.writes = {line};
  line.request_id = "r2";
  line.at += 1h;
  batch.writes.push_back(line);
  ASSERT_TRUE(database_->record(batch));
  for (const char* object : {"20000", "A-1"}) {
    const auto lines = read()->usage.trace(line.site, object, {}).value();
    ASSERT_THAT(lines, SizeIs(2));
    EXPECT_EQ(lines[0].request_id, "r2");
    EXPECT_EQ(lines[1].status, 204);
    EXPECT_EQ(lines[1].upstream_trace_id, "t1");
  }
  EXPECT_THAT(read()->usage.trace(line.site, "A-1", clock_.now()).value(), SizeIs(1));
  EXPECT_THAT(read()->usage.trace(SiteId("other"), "A-1", {}).value(), IsEmpty());
  EXPECT_EQ(read()->usage.write_by_request("r1").value().secret, SecretId("s"));
}

TEST_P(Repositories, TicksOfOneKeyAddUp) {
  store::UsageTick tick;
  tick.credential = CredentialId("c");
  tick.hour = clock_.now();
  tick.operation = "getIssue";
  tick.outcome = "permitted";
  tick.count = 3;
  tick.last_at = clock_.now() + 5min;
  store::UsageBatch batch;
  batch.ticks = {tick, tick};
  batch.ticks[1].last_at = clock_.now();
  ASSERT_TRUE(database_->record(batch));
  const auto ticks = read()->usage.ticks(tick.credential, clock_.now()).value();
  ASSERT_THAT(ticks, SizeIs(1));
  EXPECT_EQ(ticks[0].count, 6);
  EXPECT_EQ(read()->usage.last_used(tick.credential).value(), clock_.now() + 5min);
  EXPECT_EQ(read()->usage.last_used(CredentialId("other")).value(), std::nullopt);
}

TEST_P(Repositories, OnlyTheNewestDecisionsAreKept) {
  store::DatabaseOptions options;
  options.kept_decisions = 5;
  log_.reset();
  database_ = open(options);
  for (int i = 0; i < 12; ++i) {
    store::UsageBatch batch;
    batch.decisions = {{"r" + std::to_string(i), clock_.now() + Duration(i), CredentialId("c"), "{}"}};
    ASSERT_TRUE(database_->record(batch));
  }
  EXPECT_EQ(read()->usage.decision("r6").error().code, Errc::kNotFound);
  EXPECT_EQ(read()->usage.decision("r7").value().json, "{}");
  EXPECT_EQ(read()->usage.decision("r11").value().at, clock_.now() + 11ms);
}

TEST_P(Repositories, AuditRecordsAreListedAndFiltered) {
  for (const char* action : {"token.create", "token.revoke", "tokens.other", "grant.add"}) {
    clock_.advance(1s);
    ASSERT_TRUE(log_->record(event(action)));
  }
  const auto actions = [&](const store::AuditRecords::Filter& filter) {
    std::vector<std::string> found;
    const auto listed = read()->audit_records.list(filter, {}).value();
    for (const auto& record : listed.items) found.push_back(record.event.action);
    return found;
  };
  store::AuditRecords::Filter filter;
  filter.action = "token.";
  EXPECT_THAT(actions(filter), ElementsAre("token.create", "token.revoke"));
  filter.newest_first = true;
  EXPECT_THAT(actions(filter), ElementsAre("token.revoke", "token.create"));
  filter = {};
  filter.from = clock_.now() - 1s;
  filter.to = clock_.now();
  EXPECT_THAT(actions(filter), ElementsAre("tokens.other"));
  filter = {};
  filter.target_id = "nobody";
  EXPECT_THAT(actions(filter), IsEmpty());
  const auto first = read()->audit_records.list({}, {{}, 3}).value();
  EXPECT_EQ(first.next, "3");
  EXPECT_THAT(read()->audit_records.list({}, {first.next, 3}).value().items, SizeIs(1));
  EXPECT_EQ(read()->audit_records.list({}, {"x", 3}).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(read()->audit_records.get(2).value().event.caller.actor_name, "Zo\xc3\xab");
}

TEST_P(Repositories, ResourcePausesRoundTrip) {
  const Site site = add_site("acme");
  const Resource a{site.id, "10000", "A"};
  ResourcePause pause{PausedFor::kToken, "t1", a, {"under repair", clock_.now() + 24h, ResumeBy::kOwner}};
  ASSERT_TRUE(commit([&](auto& work) { return work->resource_pauses.put(pause); }));
  EXPECT_THAT(read()->resource_pauses.of(PausedFor::kToken, "t1").value(), ElementsAre(pause));
  EXPECT_THAT(read()->resource_pauses.of(PausedFor::kAccount, "t1").value(), IsEmpty());
  pause.pause = {"longer", {}, ResumeBy::kOrgAdmin};
  const ResourcePause other{PausedFor::kSite, site.id.value, a, {}};
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->resource_pauses.put(pause));
    return work->resource_pauses.put(other);
  }));
  EXPECT_THAT(read()->resource_pauses.all().value(), ElementsAre(pause, other));
  ASSERT_TRUE(commit([&](auto& work) { return work->resource_pauses.remove(PausedFor::kToken, "t1", a); }));
  EXPECT_THAT(read()->resource_pauses.all().value(), ElementsAre(other));
  EXPECT_EQ(commit([&](auto& work) { return work->resource_pauses.remove(PausedFor::kToken, "t1", a); }).error().code,
            Errc::kNotFound);
}

TEST_P(Repositories, JudgementsAddUp) {
  const Site site = add_site("acme");
  store::Judgement one{CredentialId("c1"), site.id,      "editIssue", "outside_boundary", "acme/B", 2,
                       clock_.now(),       clock_.now(), "r1"};
  store::Judgement other = one;
  other.outcome = "permitted";
  ASSERT_TRUE(database_->record_judgements({one, other}));
  one.count = 3;
  one.last_at = clock_.now() + 1s;
  one.request_id = "r2";
  ASSERT_TRUE(database_->record_judgements({one}));
  const auto listed = read()->judgements.list(CredentialId("c1")).value();
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].outcome, "outside_boundary");
  EXPECT_EQ(listed[0].count, 5);
  EXPECT_EQ(listed[0].first_at, clock_.now());
  EXPECT_EQ(listed[0].last_at, clock_.now() + 1s);
  EXPECT_EQ(listed[0].request_id, "r2");
  EXPECT_THAT(read()->judgements.list(CredentialId("c2")).value(), IsEmpty());
}

GATEHOUSE_ON_BOTH(Repositories);

}  // namespace
}  // namespace gatehouse::test
