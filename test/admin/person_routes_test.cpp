// How apps act for people: each person's own grant at Atlassian, fetched once for all who want it, and over when the person says
// so.
#include "admin/person_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "admin/sites.h"
#include "test/admin/at_atlassian.h"

namespace gatehouse::admin {
namespace {

using gateway::PersonRoutePtr;
using std::chrono::minutes;
using std::chrono::seconds;
using test::must;
using testing::HasSubstr;

class ActingForPeople : public AtAtlassian {
 protected:
  void SetUp() override {
    AtAtlassian::SetUp();
    people = std::make_unique<PersonRoutes>(world.services(), *atlassian);
    people->start();
  }
  void TearDown() override {
    people.reset();
    AtAtlassian::TearDown();
  }
  upstream::SiteEntryPtr entry() { return world.services().sites.snapshot()->all().front(); }
  /// As a request does it: asks again until something is said.
  gateway::Step<PersonRoutePtr> find(const Caller& who) {
    for (int i = 0; i < 1000; ++i) {
      auto found = people->find(entry(), who.actor_id);
      if (!found || found.value()) return found;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return gateway::refuse_because(Reason::kInternal, {}, "not in time");
  }
  std::string said(const Caller& who) {
    const auto found = find(who);
    return found ? "a way" : found.error().detail;
  }
  /// How often Atlassian was asked for tokens.
  int tokens_given() { return asked("/oauth/token") - asked("accessible-resources"); }
  std::string shown(const PersonRoutePtr& route) { return route->choices.all().front().route->authorization.expose(); }

  std::unique_ptr<PersonRoutes> people;
};

TEST_F(ActingForPeople, LeadsToAtlassianWithTheirOwnToken) {
  must(connect(eva, sandbox::kBea));
  const PersonRoutePtr way = find(eva).value();
  const http::UpstreamRoute& route = *way->choices.all().front().route;
  EXPECT_EQ(route.authorization.expose(),
            "Authorization: Bearer " + must(atlassian->token_for(UserId(eva.actor_id))).access.expose() + "\r\n");
  EXPECT_EQ(route.context_path, std::string("/ex/jira/") + sandbox::kCloudId);
  EXPECT_EQ(way->base_url, world.site().base_url() + "/ex/jira/" + sandbox::kCloudId);
  EXPECT_THAT(scope_names(*way->choices.all().front().scopes), testing::Contains("read:jira-work"));
  EXPECT_EQ(find(eva).value(), way) << "kept";
  must(connect(max, sandbox::kBob));
  EXPECT_NE(shown(find(max).value()), shown(way));
  EXPECT_NE(find(max).value()->choices.all().front().route->pool_key, route.pool_key) << "connections are never shared";
}

TEST_F(ActingForPeople, WhoHasNotConnectedIsToldSoAndServedAtOnceAfterwards) {
  EXPECT_THAT(said(eva), HasSubstr("has not connected"));
  must(connect(eva, sandbox::kBea));
  EXPECT_EQ(said(eva), "a way");
}

TEST_F(ActingForPeople, EndsWhenTheyDisconnectOrAreSuspended) {
  must(connect(eva, sandbox::kBea));
  must(connect(max, sandbox::kBob));
  const PersonRoutePtr hers = find(eva).value();
  const PersonRoutePtr his = find(max).value();
  must(atlassian->disconnect(eva, UserId(eva.actor_id)));
  EXPECT_TRUE(hers->withdrawn) << "before the command returns";
  EXPECT_FALSE(his->withdrawn);
  EXPECT_THAT(said(eva), HasSubstr("has not connected"));
  must(suspend_user(world.services(), world.caller(), "max@example.com", {}));
  EXPECT_TRUE(his->withdrawn);
  EXPECT_THAT(said(max), HasSubstr("suspended"));
}

TEST_F(ActingForPeople, IsRenewedOnceForAllAndAheadOfItsEnd) {
  must(connect(eva, sandbox::kBea));
  const PersonRoutePtr first = find(eva).value();
  world.clock().advance(std::chrono::hours(1));
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { good += find(eva).has_value() ? 1 : 0; });
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(good, 8);
  EXPECT_EQ(tokens_given(), 2) << "the code, and one renewal";
  const PersonRoutePtr second = find(eva).value();
  EXPECT_NE(second, first);
  world.clock().advance(minutes(59) + seconds(20));
  EXPECT_EQ(people->find(entry(), eva.actor_id).value(), second) << "nobody waits while it is renewed";
  PersonRoutePtr third = second;
  for (int i = 0; i < 1000 && third == second; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    third = people->find(entry(), eva.actor_id).value();
  }
  EXPECT_NE(third, second);
  EXPECT_EQ(tokens_given(), 3);
  EXPECT_FALSE(second->withdrawn) << "what was begun with it goes on";
}

TEST_F(ActingForPeople, ARefusedTokenIsRenewedOnceAMinute) {
  must(connect(eva, sandbox::kBea));
  const PersonRoutePtr first = find(eva).value();
  people->refused(first);
  EXPECT_FALSE(first->withdrawn) << "a fresh token is not to blame: Atlassian says 401 for a missing scope too";
  world.clock().advance(minutes(1) + seconds(1));
  people->refused(first);
  EXPECT_TRUE(first->withdrawn);
  const PersonRoutePtr second = find(eva).value();
  EXPECT_NE(shown(second), shown(first));
  EXPECT_EQ(tokens_given(), 2);
  people->refused(second);
  EXPECT_FALSE(second->withdrawn);
  people->refused(first);
  EXPECT_EQ(find(eva).value(), second) << "said late of the one before";
  EXPECT_EQ(tokens_given(), 2);
}

TEST_F(ActingForPeople, AnotherAddressOfTheSiteIsAnotherWay) {
  must(connect(eva, sandbox::kBea));
  const PersonRoutePtr first = find(eva).value();
  admin::EditSite changed;
  changed.cloud_id = "another-cloud-id";
  must(edit_site(world.services(), world.caller(), "acme", changed));
  const PersonRoutePtr second = find(eva).value();
  EXPECT_TRUE(first->withdrawn) << "what is pinned for the new site is not asked of the old one";
  EXPECT_EQ(second->base_url, world.site().base_url() + "/ex/jira/another-cloud-id");
}

TEST_F(ActingForPeople, AnEndedConsentAndAServerThatIsAwayAreTwoThings) {
  must(connect(eva, sandbox::kBea));
  must(connect(max, sandbox::kBob));
  world.site().with_site([](sandbox::Site& site) { site.account.refresh.clear(); });
  world.clock().advance(std::chrono::hours(1));
  EXPECT_THAT(said(eva), HasSubstr("connects anew"));
  world.site().stop();
  const auto away = find(max);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().reason, Reason::kUpstreamUnavailable);
}

}  // namespace
}  // namespace gatehouse::admin
