// People's grants at Atlassian: whose account it is is said once, one renews at a time, and what the product said is kept.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using namespace std::chrono_literals;

class AtlassianStore : public StoreTest {
 protected:
  store::Reader read() { return database_->read().value(); }
  store::AtlassianGrant grant(const User& user, const std::string& account) {
    store::AtlassianGrant out;
    out.user = user.id;
    out.account_id = account;
    out.name = "Eva \xf0\x9f\x94\x91";
    out.scopes = "read:me offline_access";
    out.sealed_access = "s1.1.a";
    out.access_ends_at = clock_.now() + 1h;
    out.sealed_refresh = "s1.1.r";
    out.connected_at = out.renewed_at = clock_.now();
    return out;
  }
  Result<void> connect(const store::AtlassianGrant& one) {
    GH_TRYV(commit([&](auto& work) { return work->atlassian.connect(one); }));
    return success();
  }
  bool begins(const User& user, std::int64_t version, Instant now) {
    bool began = false;
    EXPECT_TRUE(database_->tend_atlassian([&](auto& atlassian, const auto&) -> Result<void> {
      GH_TRY(began, atlassian.begin_renewal(user.id, version, now, now + 30s));
      return success();
    }));
    return began;
  }
};

TEST_P(AtlassianStore, AnAccountIsOnePersons) {
  const User eva = add_user("eva@example.com");
  const User max = add_user("max@example.com");
  EXPECT_EQ(read()->atlassian.get(eva.id).error().code, Errc::kNotFound);
  ASSERT_TRUE(connect(grant(eva, "5b10a")));
  EXPECT_EQ(connect(grant(max, "5b10a")).error().code, Errc::kConflict);
  ASSERT_TRUE(connect(grant(max, "5b10b")));
  EXPECT_EQ(connect(grant(eva, "5b10b")).error().code, Errc::kConflict) << "nor by connecting anew";
  const auto stored = read()->atlassian.by_account("5b10a").value();
  EXPECT_EQ(stored.user, eva.id);
  EXPECT_EQ(stored.name, grant(eva, "").name);
  EXPECT_EQ(stored.sealed_refresh, "s1.1.r");
  EXPECT_EQ(stored.access_ends_at, clock_.now() + 1h);
  EXPECT_FALSE(stored.ended_at);
  ASSERT_TRUE(commit([&](auto& work) { return work->atlassian.end(eva.id, clock_.now()); }));
  EXPECT_EQ(read()->atlassian.get(eva.id).value().sealed_refresh, "");
  EXPECT_EQ(connect(grant(max, "5b10a")).error().code, Errc::kConflict) << "an ended one is still hers";
  ASSERT_TRUE(connect(grant(eva, "5b10a")));
  EXPECT_FALSE(read()->atlassian.get(eva.id).value().ended_at);
  ASSERT_TRUE(commit([&](auto& work) { return work->atlassian.disconnect(eva.id); }));
  EXPECT_EQ(commit([&](auto& work) { return work->atlassian.disconnect(eva.id); }).error().code, Errc::kNotFound);
  EXPECT_TRUE(connect(grant(max, "5b10a"))) << "free now";
}

TEST_P(AtlassianStore, OneRenewsAtATime) {
  const User eva = add_user("eva@example.com");
  ASSERT_TRUE(connect(grant(eva, "5b10a")));
  const Instant now = clock_.now();
  const std::int64_t version = read()->atlassian.get(eva.id).value().version;
  EXPECT_TRUE(begins(eva, version, now));
  EXPECT_FALSE(begins(eva, version, now + 1s)) << "another one is at it";
  EXPECT_TRUE(begins(eva, version, now + 30s)) << "who began did not come back";
  ASSERT_TRUE(
      database_->tend_atlassian([&](auto& atlassian, const auto&) { return atlassian.give_up_renewal(eva.id, version); }));
  EXPECT_TRUE(begins(eva, version, now + 31s)) << "who began gave up";
  ASSERT_TRUE(database_->tend_atlassian([&](auto& atlassian, const auto&) -> Result<void> {
    EXPECT_TRUE(atlassian.renew(eva.id, version, "s1.1.b", now + 2h, "s1.1.s", now).value());
    EXPECT_FALSE(atlassian.renew(eva.id, version, "s1.1.c", now + 2h, "s1.1.t", now).value()) << "the version rose";
    return success();
  }));
  const auto stored = read()->atlassian.get(eva.id).value();
  EXPECT_EQ(stored.sealed_access, "s1.1.b");
  EXPECT_EQ(stored.sealed_refresh, "s1.1.s");
  EXPECT_EQ(stored.version, version + 1);
  ASSERT_TRUE(commit([&](auto& work) { return work->atlassian.end(eva.id, now); }));
  EXPECT_FALSE(begins(eva, version + 2, now + 1h)) << "it has ended";
}

TEST_P(AtlassianStore, WhatTheProductSaidIsKept) {
  const User eva = add_user("eva@example.com");
  const Site site = add_site("acme");
  ASSERT_TRUE(connect(grant(eva, "5b10a")));
  const Resource a{site.id, "10000", "A"};
  const Resource b{site.id, "10001", "B"};
  ASSERT_TRUE(database_->tend_atlassian([&](auto& atlassian, const auto&) -> Result<void> {
    GH_TRYV(atlassian.remember({eva.id, a, true, clock_.now()}));
    GH_TRYV(atlassian.remember({eva.id, b, true, clock_.now()}));
    return atlassian.remember({eva.id, b, false, clock_.now() + 1s});
  }));
  const auto known = read()->atlassian.known(eva.id).value();
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known[0].resource, a);
  EXPECT_TRUE(known[0].administers);
  EXPECT_FALSE(known[1].administers);
  EXPECT_EQ(known[1].checked_at, clock_.now() + 1s);
  EXPECT_TRUE(read()->atlassian.stale(clock_.now(), 10).value().empty());
  EXPECT_EQ(read()->atlassian.stale(clock_.now() + 1s, 10).value().size(), 1U) << "refusals need not be asked again";
  EXPECT_EQ(read()->atlassian.due(clock_.now(), 10).value().size(), 1U) << "never looked through";
  ASSERT_TRUE(
      database_->tend_atlassian([&](auto& atlassian, const auto&) { return atlassian.set_looked(eva.id, clock_.now()); }));
  EXPECT_TRUE(read()->atlassian.due(clock_.now(), 10).value().empty());
  EXPECT_TRUE(known[0].settled());
  ASSERT_TRUE(connect(grant(eva, "5b10a")));
  EXPECT_FALSE(read()->atlassian.known(eva.id).value()[0].settled()) << "by another sign-in";
  EXPECT_TRUE(read()->atlassian.known(eva.id).value()[0].administers);
  EXPECT_EQ(read()->atlassian.live(UserId(), 10).value().size(), 1U);
  EXPECT_TRUE(read()->atlassian.live(eva.id, 10).value().empty());
  ASSERT_TRUE(database_->tend_atlassian([&](auto& atlassian, const auto&) { return atlassian.forget(eva.id, a); }));
  EXPECT_EQ(read()->atlassian.known(eva.id).value().size(), 1U);
  ASSERT_TRUE(commit([&](auto& work) { return work->atlassian.disconnect(eva.id); }));
  EXPECT_TRUE(read()->atlassian.known(eva.id).value().empty());
}

TEST_P(AtlassianStore, ResourcesThatSomebodyMightAdminister) {
  const User eva = add_user("eva@example.com");
  const Site site = add_site("acme");
  const ServiceAccount account = add_account("ci", eva.id);
  EXPECT_TRUE(read()->atlassian.resources(10).value().empty());
  const Credential token = credential(account.id, eva.id, site);
  ASSERT_TRUE(commit([&](auto& work) { return work->credentials.insert(token); }));
  const auto named = read()->atlassian.resources(10).value();
  ASSERT_FALSE(named.empty());
  for (const Resource& one : named) {
    EXPECT_EQ(one.site, site.id);
    EXPECT_NE(one.id, "*");
  }
}

GATEHOUSE_ON_BOTH(AtlassianStore);

}  // namespace
}  // namespace gatehouse::test
