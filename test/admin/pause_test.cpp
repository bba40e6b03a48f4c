// Pauses of one resource, who may end a pause, and a boundary that is proposed before it counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/grants.h"
#include "admin/pause.h"
#include "admin/sites.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "policy/decide.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;

class Pauses : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
    world.add_grant("acme/A");
    world.add_grant("acme/B");
    CreateToken request;
    request.account = "ci";
    request.name = "notify";
    request.scopes = {"read:jira-work"};
    request.resources = {"acme/A", "acme/B"};
    request.expires_in = hours(24 * 30);
    token = must(create_token(world.services(), world.caller(), request));
    id = std::string(token.document.at("id").as_string());
  }
  /// Where reading issues is open to the token now, by display key.
  std::vector<std::string> open() {
    const auto live = world.live(token.token.expose());
    const auto& entry = *world.services().sites.snapshot()->find(Product::kJira, "acme");
    const auto* catalogue = world.services().gateway.catalogue_of(Product::kJira);
    policy::Permitted permitted;
    policy::permitted_resources(*catalogue->find("getIssue"), *live, {entry->site, *catalogue}, world.clock().now(), permitted);
    std::vector<std::string> keys;
    for (const auto& one : permitted.resources) keys.emplace_back(one.key);
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  test::World world;
  CreatedToken token;
  std::string id;
};

TEST_F(Pauses, OfOneResourceLeaveTheOther) {
  const std::vector<std::string> both{"A", "B"};
  const std::vector<std::string> other{"B"};
  ASSERT_EQ(open(), both);
  const std::vector<std::pair<PausedFor, std::string>> subjects{
      {PausedFor::kToken, id}, {PausedFor::kAccount, "ci"}, {PausedFor::kSite, "acme"}};
  for (const auto& [whom, subject] : subjects) {
    const Document paused = must(pause_resource(world.services(), world.caller(), whom, subject, "acme/A", {"under repair", {}}));
    EXPECT_EQ(open(), other) << subject;
    ASSERT_EQ(paused.at("paused_resources").as_array().size(), 1U);
    EXPECT_EQ(paused.at("paused_resources").as_array()[0].at("resource").as_string(), "acme/A");
    EXPECT_EQ(paused.at("state").as_string(), "live") << "the rest of it goes on";
    must(resume_resource(world.services(), world.caller(), whom, subject, "acme/A"));
    EXPECT_EQ(open(), both) << subject;
    EXPECT_EQ(resume_resource(world.services(), world.caller(), whom, subject, "acme/A").error().code, Errc::kNotFound);
  }
  EXPECT_EQ(world.audited("token.pause").event.reason, "under repair");
}

TEST_F(Pauses, OfOneResourceEndByThemselves) {
  must(pause_resource(world.services(), world.caller(), PausedFor::kSite, "acme", "A", {"", test::kStart + hours(1)}));
  EXPECT_EQ(open(), std::vector<std::string>{"B"});
  world.clock().advance(hours(1));
  EXPECT_EQ(open(), (std::vector<std::string>{"A", "B"}));
  EXPECT_TRUE(must(show_site(world.services(), "acme")).at("paused_resources").as_array().empty());
}

TEST_F(Pauses, WorkWhileTheSiteIsAway) {
  world.site().stop();
  must(pause_resource(world.services(), world.caller(), PausedFor::kToken, id, "acme/A", {}));
  EXPECT_EQ(open(), std::vector<std::string>{"B"}) << "what was granted under that key";
  EXPECT_FALSE(pause_resource(world.services(), world.caller(), PausedFor::kToken, id, "acme/C", {}));
}

TEST_F(Pauses, AreEndedByWhomTheySay) {
  must(add_user(world.services(), world.caller(), {"eva@example.com", "Eva", "member", {}}));
  must(transfer_token(world.services(), world.caller(), id, "eva@example.com"));
  const CreatedKey key = must(create_admin_key(world.services(), world.caller(), "eva@example.com", "laptop", {}));
  const Caller eva = must(authenticate(world.services(), key.text.expose(), "", "")).caller;
  must(pause_token(world.services(), world.caller(), id, {"leaked?", {}}));
  EXPECT_EQ(resume_token(world.services(), eva, id).error().code, Errc::kNotAllowed) << "an administrator paused it for a reason";
  must(resume_token(world.services(), world.caller(), id));
  must(pause_token(world.services(), world.caller(), id, {"", {}, "owner"}));
  EXPECT_EQ(must(resume_token(world.services(), eva, id)).at("state").as_string(), "live");
  must(pause_account(world.services(), world.caller(), "ci", {"", {}, "owner"}));
  EXPECT_EQ(resume_account(world.services(), eva, "ci").error().code, Errc::kNotAllowed) << "she answers for the token only";
  EXPECT_EQ(pause_token(world.services(), world.caller(), id, {"", {}, "anybody"}).error().field, "resume_by");
}

class Proposals : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
    world.add_grant("acme/*");
  }
  static CreateToken whole() {
    CreateToken request;
    request.account = "ci";
    request.name = "notify";
    request.scopes = {"read:jira-work"};
    request.resources = {"acme/*"};
    request.expires_in = hours(24 * 30);
    request.propose = {"acme/A"};
    request.propose_until = test::kStart + hours(24);
    return request;
  }
  static std::string first(const Document& token, std::string_view member) {
    return std::string(token.at(member).as_array().at(0).as_string());
  }

  test::World world;
};

TEST_F(Proposals, CountFromTheirTimeOn) {
  const CreatedToken token = must(create_token(world.services(), world.caller(), whole()));
  const std::string id(token.document.at("id").as_string());
  EXPECT_EQ(first(token.document, "resources"), "acme/*");
  EXPECT_EQ(first(token.document, "proposed"), "acme/A");
  const auto live = world.live(token.token.expose());
  EXPECT_TRUE(live->judged(test::kStart));
  EXPECT_TRUE(live->boundary_at(test::kStart)->at(0).resource.whole_site());
  const auto bounded = token::with_proposed_boundary(*live);
  EXPECT_EQ(bounded->boundary->at(0).resource.key, "A");
  world.clock().advance(hours(24));
  EXPECT_FALSE(live->judged(world.clock().now()));
  EXPECT_EQ(live->boundary_at(world.clock().now())->at(0).resource.key, "A");
  EXPECT_EQ(first(must(show_token(world.services(), world.caller(), id)), "resources"), "acme/A");
  NarrowToken wider;
  wider.resources = {"acme/B"};
  EXPECT_FALSE(narrow_token(world.services(), world.caller(), id, wider)) << "it is not in what the token has now";
}

TEST_F(Proposals, AreTakenByNarrowing) {
  const CreatedToken token = must(create_token(world.services(), world.caller(), whole()));
  const std::string id(token.document.at("id").as_string());
  const auto before = world.live(token.token.expose());
  const Document narrowed = must(narrow_token(world.services(), world.caller(), id, {}));
  EXPECT_EQ(first(narrowed, "resources"), "acme/A");
  EXPECT_TRUE(narrowed.at("propose_until").is_null());
  EXPECT_TRUE(before->withdrawn.load());
  EXPECT_EQ(narrow_token(world.services(), world.caller(), id, {}).error().field, "resources") << "nothing is proposed any more";
}

TEST_F(Proposals, NeverWiden) {
  CreateToken viewer = whole();
  viewer.resources = {"acme/*=viewer"};
  viewer.propose = {"acme/A=administrator"};
  EXPECT_EQ(create_token(world.services(), world.caller(), viewer).error().field, "propose");
  viewer.propose = {"acme/A"};
  const CreatedToken token = must(create_token(world.services(), world.caller(), viewer));
  EXPECT_EQ(first(token.document, "proposed"), "acme/A=viewer") << "the role of what it lies in";
  CreateToken outside = whole();
  outside.resources = {"acme/A"};
  outside.propose = {"acme/B"};
  EXPECT_EQ(create_token(world.services(), world.caller(), outside).error().field, "propose");
  CreateToken half = whole();
  half.propose_until.reset();
  EXPECT_EQ(create_token(world.services(), world.caller(), half).error().field, "propose");
}

TEST_F(Proposals, OutliveNoOtherNarrowing) {
  const CreatedToken token = must(create_token(world.services(), world.caller(), whole()));
  const std::string id(token.document.at("id").as_string());
  NarrowToken elsewhere;
  elsewhere.resources = {"acme/B"};
  EXPECT_EQ(narrow_token(world.services(), world.caller(), id, elsewhere).error().code, Errc::kConflict);
  NarrowToken both;
  both.resources = {"acme/A", "acme/B"};
  const Document narrowed = must(narrow_token(world.services(), world.caller(), id, both));
  EXPECT_EQ(first(narrowed, "proposed"), "acme/A") << "smaller still";
  both.resources = {"acme/A"};
  EXPECT_TRUE(must(narrow_token(world.services(), world.caller(), id, both)).at("proposed").as_array().empty());
}

}  // namespace
}  // namespace gatehouse::admin
