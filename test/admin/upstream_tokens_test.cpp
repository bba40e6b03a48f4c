// Sites with OAuth 2.0 client credentials: a token is fetched once, renewed ahead of its end, and its secret never goes to the
// site.
#include "admin/upstream_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "admin/index_feed.h"
#include "admin/sites.h"
#include "sandbox/seed.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::must;
using testing::HasSubstr;

class TokensOfSites : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    services().upstream_tokens->start([this] { return services().feed->refresh_sites().has_value(); });
  }
  void TearDown() override { services().upstream_tokens->stop(); }
  Services& services() { return world.services(); }

  AddSite wanted(const std::string& secret = "sandbox-service-secret") {
    AddSite request;
    request.key = "svc";
    request.product = "jira";
    request.url = world.site().base_url() + "/ex/jira/" + sandbox::kCloudId;
    request.credential.auth = "oauth2";
    request.credential.username = "sandbox-service";
    request.credential.token_url = world.site().base_url() + "/oauth/token";
    request.credential.secret = SecretString(secret);
    return request;
  }
  Document add(const AddSite& request) { return must(add_site(services(), world.caller(), request)); }
  upstream::SiteEntryPtr entry() { return *services().sites.snapshot()->find(Product::kJira, "svc"); }
  std::string shown() {
    const auto site = entry();
    if (site->own_routes.empty() || !site->own_routes.all().front().route) return {};
    return site->own_routes.all().front().route->authorization.expose();
  }
  std::int64_t asked() {
    std::int64_t count = 0;
    world.site().with_site([&](const sandbox::Site& site) { count = site.account.service_asked; });
    return count;
  }
  bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 1000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  test::World world;
};

TEST_F(TokensOfSites, IsThereWhenTheSiteWasAdded) {
  const Document added = add(wanted());
  EXPECT_EQ(added.at("credential").at("auth").as_string(), "oauth2");
  EXPECT_THAT(std::string(added.at("credential").at("token_url").as_string()), HasSubstr("/oauth/token"));
  EXPECT_THAT(boost::json::serialize(added), testing::Not(HasSubstr("service-secret")));
  EXPECT_THAT(shown(), HasSubstr("Authorization: Bearer service-"));
  EXPECT_EQ(asked(), 1);
  const Document tested = must(test_site(services(), world.caller(), "svc"));
  EXPECT_TRUE(tested.at("authenticated").as_bool()) << boost::json::serialize(tested);
}

TEST_F(TokensOfSites, IsRenewedAheadAndCostsNoRequest) {
  add(wanted());
  const upstream::SiteEntryPtr before = entry();
  const std::string first = shown();
  world.clock().advance(minutes(46));
  ASSERT_TRUE(soon([&] { return shown() != first; }));
  EXPECT_EQ(asked(), 2);
  EXPECT_FALSE(before->withdrawn) << "what was begun with the older token goes on";
  for (int i = 0; i < 20; ++i) must(services().feed->refresh_sites());
  EXPECT_EQ(asked(), 2) << "reading the table asks for nothing";
}

TEST_F(TokensOfSites, IsUsedToItsEndWhereNoOtherCanBeHad) {
  add(wanted());
  const std::string first = shown();
  world.site().with_site([](sandbox::Site& site) { site.account.service_secret = "changed"; });
  world.clock().advance(minutes(50));
  ASSERT_TRUE(soon([&] { return asked() > 1; }));
  EXPECT_EQ(shown(), first);
  world.clock().advance(minutes(11));
  EXPECT_TRUE(soon([&] { return shown().empty(); }));
  world.site().with_site([](sandbox::Site& site) { site.account.service_secret = "sandbox-service-secret"; });
  // It is tried again by itself; a try that was under way just now may have met the wrong secret still.
  EXPECT_TRUE(soon([&] {
    world.clock().advance(seconds(5));
    return !shown().empty();
  }));
}

TEST_F(TokensOfSites, AWrongSecretIsNotTakenAndCostsTheOldOneNothing) {
  add(wanted());
  const std::string first = shown();
  SiteSecret wrong;
  wrong.secret = SecretString("wrong");
  const auto refused = rotate_site_credential(services(), world.caller(), "svc", {}, {}, wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kNotAllowed);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("invalid_client"));
  EXPECT_EQ(shown(), first);
  SiteSecret right;
  right.secret = SecretString("sandbox-service-secret");
  must(rotate_site_credential(services(), world.caller(), "svc", {}, {}, right));
  EXPECT_FALSE(shown().empty()) << "at once";
  EXPECT_NE(shown(), first);
  AddSite bad = wanted();
  bad.key = "bad";
  bad.credential.token_url = "http://auth.example/oauth/token";
  EXPECT_EQ(add_site(services(), world.caller(), bad).error().field, "token_url") << "a secret goes over TLS";
}

TEST_F(TokensOfSites, ATokenThatTheSiteRefusesIsReplacedOnceAMinute) {
  const std::string id(add(wanted()).at("credential").at("id").as_string());
  const std::string first = shown();
  services().upstream_tokens->refused(id);
  ASSERT_TRUE(soon([&] { return shown() != first; }));
  EXPECT_EQ(asked(), 2);
  for (int i = 0; i < 50; ++i) services().upstream_tokens->refused(id);
  services().upstream_tokens->refused("another");
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  EXPECT_EQ(asked(), 2);
}

}  // namespace
}  // namespace gatehouse::admin
