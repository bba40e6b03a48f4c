// The register's own columns and tables, and what was observed of an account, on both databases.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class RegisterRecords : public StoreTest {
 protected:
  store::Reader read() { return database_->read().value(); }
};

TEST_P(RegisterRecords, AccountsKeepWhatIsDeclared) {
  const User owner = add_user("o@example.com");
  ServiceAccount account = add_account("bot", owner.id);
  EXPECT_FALSE(read()->accounts.get(account.id).value().value.external);
  account.tool = "GitLab CI";
  account.repository = "ci/nightly";
  account.job = "nightly \xf0\x9f\x94\x91";
  account.link = "https://ci.example/1";
  account.declared = {{"acme", "https://other.example"}, {"acme/A"}, {}};
  account.external = true;
  ASSERT_TRUE(commit([&](auto& work) { return work->accounts.update(account, 1); }));
  const ServiceAccount stored = read()->accounts.get_by_handle("bot").value().value;
  EXPECT_EQ(stored.tool, account.tool);
  EXPECT_EQ(stored.repository, account.repository);
  EXPECT_EQ(stored.job, account.job);
  EXPECT_EQ(stored.link, account.link);
  EXPECT_EQ(stored.declared, account.declared);
  EXPECT_TRUE(stored.external);
  store::Accounts::Filter filter;
  filter.external = false;
  EXPECT_THAT(read()->accounts.list(filter, {}).value().items, IsEmpty());
  filter.external = true;
  EXPECT_THAT(read()->accounts.list(filter, {}).value().items, SizeIs(1));
}

TEST_P(RegisterRecords, ExternalCredentialsRoundTripAndAreReplaced) {
  const User owner = add_user("o@example.com");
  const ServiceAccount account = add_account("bot", owner.id), other = add_account("other", owner.id);
  Credential credential;
  credential.id = new_id<CredentialId>(random_);
  credential.account = account.id;
  credential.kind = CredentialKind::kExternal;
  credential.name = "Jenkins";
  credential.owner = credential.requested_by = owner.id;
  credential.expires_at = clock_.now() + 1h;
  store::ExternalCredential external;
  external.credential = credential.id;
  external.source = store::ExternalSource::kAtlassianApi;
  external.organization = "org";
  external.upstream_id = "tok-1";
  external.holder_id = "712020:x";
  external.holder_name = "Alice";
  external.holder_email = "alice@example.com";
  external.person = true;
  external.status = "ALLOWED";
  external.made_at = clock_.now() - 24h;
  external.imported_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->credentials.insert(credential));
    return work->register_records.put(external);
  }));
  EXPECT_EQ(read()->register_records.get(CredentialId("none")).error().code, Errc::kNotFound);
  external.last_active_at = clock_.now();
  external.vanished_at = clock_.now() + 5ms;
  external.status = "BLOCKED";
  ASSERT_TRUE(commit([&](auto& work) { return work->register_records.put(external); }));
  const store::ExternalCredential stored = read()->register_records.get(credential.id).value();
  EXPECT_EQ(stored.source, external.source);
  EXPECT_EQ(stored.organization, external.organization);
  EXPECT_EQ(stored.upstream_id, external.upstream_id);
  EXPECT_EQ(stored.holder_id, external.holder_id);
  EXPECT_EQ(stored.holder_name, external.holder_name);
  EXPECT_EQ(stored.holder_email, external.holder_email);
  EXPECT_TRUE(stored.person);
  EXPECT_EQ(stored.status, external.status);
  EXPECT_EQ(stored.made_at, external.made_at);
  EXPECT_EQ(stored.last_active_at, external.last_active_at);
  EXPECT_EQ(stored.imported_at, external.imported_at);
  EXPECT_EQ(stored.vanished_at, external.vanished_at);
  EXPECT_THAT(read()->register_records.list().value(), SizeIs(1));
  EXPECT_THAT(read()->register_records.list(account.id).value(), SizeIs(1));
  EXPECT_THAT(read()->register_records.list(other.id).value(), IsEmpty());
  // It comes out of the query that ladder, calendar and reports use.
  store::Credentials::Filter soon;
  soon.expires_before = clock_.now() + 2h;
  ASSERT_THAT(read()->credentials.list(soon, {}).value().items, SizeIs(1));
}

TEST_P(RegisterRecords, ServiceAccountsOfAtlassianRoundTrip) {
  const User owner = add_user("o@example.com");
  const ServiceAccount account = add_account("bot", owner.id);
  store::ExternalAccount external{"org", "sa-1",   account.id,   "bot@serviceaccount.atlassian.com",
                                  "bot", "ACTIVE", clock_.now(), {}};
  ASSERT_TRUE(commit([&](auto& work) { return work->register_records.put(external); }));
  external.vanished_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->register_records.put(external); }));
  const auto stored = read()->register_records.accounts().value();
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].organization, "org");
  EXPECT_EQ(stored[0].upstream_id, "sa-1");
  EXPECT_EQ(stored[0].account, account.id);
  EXPECT_EQ(stored[0].email, external.email);
  EXPECT_EQ(stored[0].name, "bot");
  EXPECT_EQ(stored[0].status, "ACTIVE");
  EXPECT_EQ(stored[0].imported_at, clock_.now());
  EXPECT_EQ(stored[0].vanished_at, clock_.now());
}

TEST_P(RegisterRecords, UsageOfAnAccountAddsUpItsCredentials) {
  const User owner = add_user("o@example.com");
  const Site site = add_site("acme");
  const ServiceAccount account = add_account("bot", owner.id);
  const Credential one = credential(account.id, owner.id, site), two = credential(account.id, owner.id, site);
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->credentials.insert(one));
    return work->credentials.insert(two);
  }));
  EXPECT_FALSE(read()->register_records.usage(account.id, clock_.now()).value().first_at);
  const Instant hour = std::chrono::floor<std::chrono::hours>(clock_.now());
  store::UsageBatch batch;
  const auto add = [&](const CredentialId& id, Instant at, const char* outcome, std::int64_t count) {
    store::UsageTick tick;
    tick.credential = id;
    tick.hour = std::chrono::floor<std::chrono::hours>(at);
    tick.outcome = outcome;
    tick.count = count;
    tick.last_at = at;
    batch.ticks.push_back(tick);
  };
  add(one.id, hour - 3h, "permitted", 5);
  add(two.id, hour + 1min, "outside_boundary", 2);
  add(two.id, hour + 2min, "upstream_unavailable", 1);
  ASSERT_TRUE(database_->record(batch));
  const store::AccountUsage usage = read()->register_records.usage(account.id, clock_.now()).value();
  EXPECT_EQ(usage.requests, 8);
  EXPECT_EQ(usage.refused, 2);
  EXPECT_EQ(usage.failed, 1);
  EXPECT_EQ(usage.first_at, hour - 3h);
  EXPECT_EQ(usage.last_at, hour + 2min);
  const auto of_day = [](Instant at) {
    return static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::hours>(at.time_since_epoch()).count() % 24);
  };
  EXPECT_EQ(usage.by_hour[of_day(hour)], 3);
  EXPECT_EQ(usage.by_hour[of_day(hour - 3h)], 5);
}

GATEHOUSE_ON_BOTH(RegisterRecords);

}  // namespace
}  // namespace gatehouse::test
