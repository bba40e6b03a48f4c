// Authority from the source: people connect the account that they have at Atlassian, and Jira itself says what they administer.
#include "admin/atlassian.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "admin/backing.h"
#include "admin/rotate_keys.h"
#include "test/admin/at_atlassian.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(AtAtlassian, APersonIsBoundByTheAccountIdAndNothingElse) {
  must(connect(max, sandbox::kBob));
  const auto grant = grant_of(max);
  EXPECT_EQ(grant.account_id, sandbox::kBob) << "bob@example.com there, max@example.com here";
  EXPECT_THAT(grant.sealed_access + grant.sealed_refresh, Not(HasSubstr("access-"))) << "sealed";
  EXPECT_THAT(grant.sealed_access + grant.sealed_refresh, Not(HasSubstr("refresh-")));
  EXPECT_EQ(world.audited("user.connect_atlassian").event.target_name, "max@example.com");
  EXPECT_THAT(world.audited("user.connect_atlassian").event.after_json, HasSubstr(sandbox::kBob));
  const AtlassianToken token = must(atlassian->token_for(UserId(max.actor_id)));
  EXPECT_EQ(token.account_id, sandbox::kBob);
  EXPECT_EQ(atlassian->token_for(UserId(eva.actor_id)).error().code, Errc::kNotFound);
}

TEST_F(AtAtlassian, AnAccountIsNobodyElsesAndAPersonHasOne) {
  must(connect(max, sandbox::kBob));
  EXPECT_EQ(connect(eva, sandbox::kBob).error().code, Errc::kConflict);
  EXPECT_EQ(connect(max, sandbox::kBea).error().code, Errc::kConflict) << "not even the person swaps it unseen";
  EXPECT_EQ(grant_of(max).account_id, sandbox::kBob);
  EXPECT_TRUE(connect(max, sandbox::kBob)) << "the same one anew";
  must(atlassian->disconnect(max, UserId(max.actor_id)));
  EXPECT_TRUE(connect(eva, sandbox::kBob));
  EXPECT_EQ(atlassian->disconnect(max, UserId(max.actor_id)).error().code, Errc::kNotFound);
}

TEST_F(AtAtlassian, AConsentCountsOnceInTheBrowserAndSessionThatItLeftFrom) {
  const auto departure = atlassian->depart(session(max), kCallback);
  const std::string back = consent(departure.location, sandbox::kBea);
  const std::string state = part(back, "state");
  const std::string code = part(back, "code");
  const auto arrive = [&](const LiveSession& at, const std::string& query, const std::string& cookie, const std::string& with) {
    return atlassian->arrive(at, {}, kCallback, query, cookie, with);
  };
  EXPECT_EQ(arrive(session(max), state, "", code).error().code, Errc::kUnauthenticated) << "another browser";
  EXPECT_EQ(arrive(session(eva, "session000000002"), state, state, code).error().code, Errc::kUnauthenticated)
      << "another session";
  EXPECT_EQ(arrive(session(max), state + "x", state + "x", code).error().code, Errc::kUnauthenticated) << "a forged state";
  EXPECT_EQ(arrive(session(max), state, state, "").error().code, Errc::kUnauthenticated) << "Atlassian said no";
  EXPECT_EQ(arrive(session(max), state, state, "code-99").error().code, Errc::kUnauthenticated) << "a code of nobody";
  must(arrive(session(max), state, state, code));
  EXPECT_EQ(arrive(session(max), state, state, code).error().code, Errc::kUnauthenticated) << "replay";
  const auto late = atlassian->depart(session(max), kCallback);
  const std::string later = consent(late.location, sandbox::kBea);
  world.clock().advance(minutes(10));
  EXPECT_EQ(arrive(session(max), part(later, "state"), late.state, part(later, "code")).error().code, Errc::kUnauthenticated);
  EXPECT_THAT(departure.location, HasSubstr("code_challenge_method=S256"));
  EXPECT_THAT(departure.location, HasSubstr("prompt=consent"));
}

TEST_F(AtAtlassian, AnAdministratorOfOneProjectIsRefusedOnAnother) {
  EXPECT_EQ(refused(give(eva, "acme/B")), "project-admin") << "not connected";
  must(connect(eva, sandbox::kBea));
  EXPECT_EQ(refused(give(eva, "acme/A")), "project-admin");
  EXPECT_EQ(refused(give(eva, "acme/B")), "done");
  EXPECT_EQ(refused(give(eva, "acme/*")), "project-admin");
  EXPECT_EQ(world.audited("authority.found").event.target_name, "eva@example.com");
  EXPECT_THAT(world.audited("authority.found").event.after_json, HasSubstr("acme/B"));
  world.site().with_site([](const sandbox::Site& site) {
    for (const auto& one : site.recorded) {
      if (one.target.find("mypermissions") == std::string::npos) continue;
      EXPECT_THAT(one.target, HasSubstr("?projectId=100")) << "always about one project";
      EXPECT_THAT(one.target, Not(HasSubstr("projectKey")));
    }
  });
}

TEST_F(AtAtlassian, TheAnswerForAnyProjectIsNotFallenFor) {
  must(connect(max, sandbox::kBob));
  const AtlassianToken token = must(atlassian->token_for(UserId(max.actor_id)));
  http::OutsideRequest any;
  any.address = must(http::parse_outside_address(world.site().base_url() + "/ex/jira/" + sandbox::kCloudId +
                                                 "/rest/api/3/mypermissions?permissions=ADMINISTER_PROJECTS"));
  any.authorization = SecretString("Bearer " + token.access.expose());
  const auto answer = must(http::ask_outside(world.services().fetch, any));
  ASSERT_TRUE(answer.object().at("permissions").at("ADMINISTER_PROJECTS").at("havePermission").as_bool())
      << "Bob administers D, so that Jira says yes to whoever forgets to name a project";
  EXPECT_EQ(refused(give(max, "acme/A")), "project-admin") << "he sees A and works there";
  EXPECT_EQ(refused(give(max, "acme/B")), "project-admin");
  EXPECT_EQ(refused(give(max, "acme/D")), "done");
  EXPECT_EQ(upstream::administers(atlassian->app(), Product::kJira, sandbox::kCloudId, "*", token.access, world.services().fetch)
                .error()
                .code,
            Errc::kInvalidArgument);
  EXPECT_EQ(upstream::administers(atlassian->app(), Product::kJira, sandbox::kCloudId, "10000&projectKey=D", token.access,
                                  world.services().fetch)
                .error()
                .code,
            Errc::kInvalidArgument);
}

TEST_F(AtAtlassian, WhatTheyAdministerIsFoundByItself) {
  must(give(world.caller(), "acme/B"));
  must(connect(eva, sandbox::kBea));
  EXPECT_TRUE(must(list_grants(world.services(), eva, {}, {})).items.empty());
  look();
  EXPECT_EQ(must(list_grants(world.services(), eva, {}, {})).items.size(), 1U) << "what touches her project";
  const Document shown = must(show_atlassian(world.services(), "eva@example.com"));
  EXPECT_EQ(shown.at("account").as_string(), sandbox::kBea);
  EXPECT_EQ(shown.at("administers").as_array().at(0).at("resource").as_string(), "acme/B");
  const int before = asked("mypermissions");
  look();
  EXPECT_EQ(asked("mypermissions"), before) << "once an hour";
}

TEST_F(AtAtlassian, LostAuthorityIsFoundByTheNextQuestion) {
  must(connect(eva, sandbox::kBea));
  const Document given = must(give(eva, "acme/B"));
  look();
  EXPECT_EQ(backing(given), "backed");
  take_from(sandbox::kBea, sandbox::kProjectB);
  world.clock().advance(hours(1) + minutes(1));
  look();
  EXPECT_EQ(backing(given), "in grace");
  EXPECT_EQ(world.audited("authority.lost").event.target_name, "eva@example.com");
  EXPECT_EQ(refused(give(eva, "acme/B")), "project-admin");
  world.site().with_site(
      [](sandbox::Site& site) { site.projects.at(sandbox::kProjectB).role_members[10002].insert(sandbox::kBea); });
  world.clock().advance(hours(1) + minutes(1));
  look();
  EXPECT_EQ(backing(given), "backed") << "it came back within the grace";
}

TEST_F(AtAtlassian, ConnectingAnewKeepsNothingThatWasLost) {
  must(connect(eva, sandbox::kBea));
  const Document given = must(give(eva, "acme/B"));
  take_from(sandbox::kBea, sandbox::kProjectB);
  must(connect(eva, sandbox::kBea));
  EXPECT_EQ(refused(back_grant(world.services(), eva, given.at("id").as_string())), "project-admin")
      << "what was answered before counts no more";
  look();
  EXPECT_EQ(backing(given), "in grace");
}

TEST_F(AtAtlassian, AnswersThatCanNotBeHadAgainAreOver) {
  must(connect(eva, sandbox::kBea));
  const Document given = must(give(eva, "acme/B"));
  world.site().stop();
  world.clock().advance(hours(2));
  look();
  EXPECT_EQ(backing(given), "backed") << "remembered";
  world.clock().advance(hours(23));
  look();
  EXPECT_EQ(backing(given), "in grace");
  EXPECT_THAT(world.audited("authority.lost").event.reason, HasSubstr("could not be asked"));
}

TEST_F(AtAtlassian, TokensAreRenewedByOneAtATime) {
  must(connect(eva, sandbox::kBea));
  const std::string before = grant_of(eva).sealed_refresh;
  world.clock().advance(hours(1));
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { good += atlassian->token_for(UserId(eva.actor_id)).has_value() ? 1 : 0; });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(good, 8);
  EXPECT_EQ(asked("/oauth/token"), 2) << "the code, and one renewal";
  EXPECT_NE(grant_of(eva).sealed_refresh, before) << "each renewal gives another one";
  EXPECT_TRUE(world.audited("user.atlassian_ended").event.action.empty());
}

TEST_F(AtAtlassian, AGrantThatAtlassianTakesNoMoreEndsAndIsTold) {
  must(connect(eva, sandbox::kBea));
  const Document given = must(give(eva, "acme/B"));
  world.site().with_site([](sandbox::Site& site) {
    site.account.refresh.clear();
    site.account.access.clear();
  });
  world.clock().advance(hours(1));
  EXPECT_EQ(atlassian->token_for(UserId(eva.actor_id)).error().code, Errc::kUnauthenticated);
  EXPECT_TRUE(grant_of(eva).ended_at);
  EXPECT_EQ(grant_of(eva).sealed_refresh, "");
  EXPECT_EQ(backing(given), "in grace");
  EXPECT_EQ(world.audited("user.atlassian_ended").event.target_name, "eva@example.com");
  EXPECT_EQ(refused(give(eva, "acme/B")), "project-admin");
  must(connect(eva, sandbox::kBea));
  look();
  EXPECT_EQ(backing(given), "backed");
}

TEST_F(AtAtlassian, AnAccessTokenThatWasTakenBackIsRenewed) {
  must(connect(eva, sandbox::kBea));
  world.site().with_site([](sandbox::Site& site) { site.account.access.clear(); });
  EXPECT_NE(refused(give(eva, "acme/B")), "done") << "one that was given just now is not renewed again";
  world.clock().advance(minutes(2));
  EXPECT_EQ(refused(give(eva, "acme/B")), "done");
  EXPECT_FALSE(grant_of(eva).ended_at);
}

TEST_F(AtAtlassian, AServerThatIsAwayEndsNothing) {
  must(connect(eva, sandbox::kBea));
  world.site().stop();
  world.clock().advance(hours(1));
  EXPECT_EQ(atlassian->token_for(UserId(eva.actor_id)).error().code, Errc::kUpstreamFailed);
  EXPECT_FALSE(grant_of(eva).ended_at);
}

TEST_F(AtAtlassian, SuspendedNothingIsDoneInTheirName) {
  must(connect(eva, sandbox::kBea));
  const Document given = must(give(eva, "acme/B"));
  must(suspend_user(world.services(), world.caller(), "eva@example.com", {}));
  EXPECT_EQ(atlassian->token_for(UserId(eva.actor_id)).error().code, Errc::kNotAllowed);
  EXPECT_EQ(grant_of(eva).sealed_access, "") << "nothing is kept that could be used";
  EXPECT_EQ(backing(given), "in grace");
  must(restore_user(world.services(), world.caller(), "eva@example.com"));
  EXPECT_EQ(atlassian->token_for(UserId(eva.actor_id)).error().code, Errc::kUnauthenticated) << "they consent anew";
  EXPECT_EQ(connect(max, sandbox::kBea).error().code, Errc::kConflict) << "the account stays theirs";
}

TEST_F(AtAtlassian, DisconnectedWhatRestedOnItIsInGrace) {
  must(connect(eva, sandbox::kBea));
  const Document given = must(give(eva, "acme/B"));
  must(atlassian->disconnect(world.caller(), UserId(eva.actor_id)));
  EXPECT_EQ(backing(given), "in grace");
  EXPECT_EQ(world.audited("user.disconnect_atlassian").event.target_name, "eva@example.com");
}

TEST_F(AtAtlassian, ASealMovedToAnotherRowOpensNothing) {
  must(connect(eva, sandbox::kBea));
  must(connect(max, sandbox::kBob));
  const auto of_eva = grant_of(eva);
  must(world.database().tend_atlassian([&](store::AtlassianGrants& all, const store::Repositories&) -> Result<void> {
    GH_TRYV(all.renew(UserId(max.actor_id), grant_of(max).version, of_eva.sealed_access, of_eva.access_ends_at,
                      of_eva.sealed_refresh, world.clock().now()));
    return success();
  }));
  EXPECT_EQ(atlassian->token_for(UserId(max.actor_id)).error().code, Errc::kDataCorrupt);
}

TEST_F(AtAtlassian, SettingsThatCanNotBeAreRefused) {
  AtlassianSettings settings;
  settings.client_id = "x";
  settings.secret_file = secret_file;
  EXPECT_TRUE(Atlassian::make(world.services(), settings));
  for (const char* url : {"http://auth.example.com", "https://auth.example.com/", "auth.example.com", "https://a.example/x"}) {
    settings.account_url = url;
    EXPECT_EQ(Atlassian::make(world.services(), settings).error().code, Errc::kInvalidArgument) << url;
  }
  settings = {};
  settings.client_id = "x";
  EXPECT_FALSE(Atlassian::make(world.services(), settings)) << "no secret";
  settings.secret_file = secret_file;
  settings.scopes = "read:me";
  EXPECT_FALSE(Atlassian::make(world.services(), settings)) << "no offline_access";
}

}  // namespace
}  // namespace gatehouse::admin
