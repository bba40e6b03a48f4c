// Tokens: created, waiting for their grant, rotated, narrowed, paused, revoked; and that the index says so before the answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/grants.h"
#include "admin/policy.h"
#include "admin/recorder.h"
#include "admin/tokens.h"
#include "test/support/world.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::HasSubstr;

class Tokens : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
  }
  CreateToken request() const {
    CreateToken token;
    token.account = "ci";
    token.name = "notify";
    token.scopes = {"read:jira-work"};
    token.resources = {"acme/A"};
    token.expires_in = hours(24 * 30);
    return token;
  }
  CreatedToken create(const CreateToken& token) { return must(create_token(world.services(), world.caller(), token)); }
  Error refused(const CreateToken& token) {
    auto created = create_token(world.services(), world.caller(), token);
    EXPECT_FALSE(created);
    return created ? Error{} : created.error();
  }
  static std::string id_of(const CreatedToken& token) { return std::string(token.document.at("id").as_string()); }
  static std::string secret_id(const std::string& token) { return std::string(token::parse(token)->id); }

  test::World world;
};

TEST_F(Tokens, AreLiveInTheIndexWhenTheyAreAnswered) {
  world.add_grant();
  const CreatedToken token = create(request());
  const auto live = world.live(token.token.expose());
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->live(test::kStart));
  EXPECT_FALSE(live->live(test::kStart + hours(24 * 30)));
  EXPECT_EQ(live->account->grants.size(), 1U);
  EXPECT_EQ(live->boundary->at(0).resource.key, "A");
  EXPECT_FALSE(live->boundary->at(0).resource.id.empty());
  EXPECT_EQ(token.document.at("expires_at").as_string(), "2027-01-31T00:00:00Z");
  EXPECT_EQ(token.document.at("lifetime").as_string(), "temporary");
  EXPECT_TRUE(token.document.at("waiting").as_array().empty());
}

TEST_F(Tokens, ShowTheirSecretNowhereButInTheAnswer) {
  const CreatedToken token = create(request());
  const auto parsed = token::parse(token.token.expose());
  ASSERT_TRUE(parsed);
  const AuditRecord record = world.audited("token.create");
  EXPECT_EQ(record.event.target_id, id_of(token));
  EXPECT_EQ(record.event.after_json.find(parsed->secret), std::string::npos);
  EXPECT_EQ(boost::json::serialize(must(show_token(world.services(), world.caller(), id_of(token)))).find(parsed->secret),
            std::string::npos);
}

TEST_F(Tokens, WaitForAGrantThatComesLater) {
  CreateToken wanted = request();
  wanted.resources = {"acme/A", "acme/B=viewer"};
  const CreatedToken token = create(wanted);
  EXPECT_EQ(token.document.at("waiting").as_array().size(), 2U);
  world.add_grant("acme/A");
  const Document shown = must(show_token(world.services(), world.caller(), id_of(token)));
  ASSERT_EQ(shown.at("waiting").as_array().size(), 1U);
  EXPECT_EQ(shown.at("waiting").as_array()[0].as_string(), "acme/B");
  EXPECT_EQ(shown.at("boundary").as_array()[1].at("role").as_string(), "viewer");
  EXPECT_EQ(world.live(token.token.expose())->account->grants.size(), 1U) << "the grant reached the token's entry";
}

TEST_F(Tokens, RefuseWhatIsWrongAndSayWhatWouldBeRight) {
  CreateToken past = request();
  past.expires_in.reset();
  past.expires_at = test::kStart - hours(1);
  EXPECT_EQ(refused(past).field, "expires_at");
  CreateToken scope = request();
  scope.scopes = {"read:jira-wrok"};
  EXPECT_THAT(refused(scope).public_detail, HasSubstr("read:jira-work"));
  CreateToken elsewhere = request();
  elsewhere.resources = {"acme/NOPE"};
  EXPECT_EQ(refused(elsewhere).code, Errc::kNotFound);
  CreateToken nowhere = request();
  nowhere.resources = {"acne/A"};
  EXPECT_EQ(refused(nowhere).code, Errc::kNotFound);
  CreateToken twice = request();
  twice.resources = {"acme/A", "acme/A=viewer"};
  EXPECT_EQ(refused(twice).field, "resources");
  CreateToken role = request();
  role.role = "emperor";
  EXPECT_THAT(refused(role).public_detail, HasSubstr("viewer"));
  CreateToken both = request();
  both.permanent = true;
  EXPECT_EQ(refused(both).field, "expires_at");
  CreateToken network = request();
  network.allow_ips = {"10.0.0.1/8"};
  EXPECT_EQ(refused(network).field, "allow_ips");
  CreateToken rate = request();
  rate.rate = "10 per second";
  EXPECT_EQ(refused(rate).field, "rate");
}

TEST_F(Tokens, WithoutEndNeedARotationPolicy) {
  CreateToken permanent = request();
  permanent.expires_in.reset();
  permanent.permanent = true;
  EXPECT_EQ(refused(permanent).field, "rotate_every");
  permanent.rotate_every = hours(24 * 90);
  const CreatedToken token = create(permanent);
  EXPECT_TRUE(token.document.at("expires_at").is_null());
  EXPECT_EQ(token.document.at("rotate_every").as_string(), "90d");
  must(set_policy(world.services(), world.caller(), {{"permanent-tokens", "refused"}}));
  EXPECT_EQ(refused(permanent).code, Errc::kNotAllowed);
}

TEST_F(Tokens, TakeTheScopesOfTheirRoleWhereNoneAreNamed) {
  CreateToken viewer = request();
  viewer.scopes.clear();
  viewer.role = "viewer";
  const auto scopes = create(viewer).document.at("scopes").as_array();
  EXPECT_THAT(scopes, testing::Contains(boost::json::value("read:jira-work")));
  EXPECT_THAT(scopes, testing::Not(testing::Contains(boost::json::value("write:jira-work"))));
}

TEST_F(Tokens, StopBeforeTheRevocationIsAnswered) {
  const CreatedToken token = create(request());
  const auto live = world.live(token.token.expose());
  must(pause_token(world.services(), world.caller(), id_of(token), {"leaked?", {}}));
  EXPECT_TRUE(live->withdrawn.load()) << "a request that is on its way must stop";
  EXPECT_FALSE(world.live(token.token.expose())->live(test::kStart));
  must(resume_token(world.services(), world.caller(), id_of(token)));
  const auto resumed = world.live(token.token.expose());
  EXPECT_TRUE(resumed->live(test::kStart));
  must(revoke_token(world.services(), world.caller(), id_of(token), "leaked"));
  EXPECT_TRUE(resumed->withdrawn.load());
  EXPECT_FALSE(world.live(token.token.expose()));
  EXPECT_TRUE(revoke_token(world.services(), world.caller(), id_of(token), "")) << "revoking what is revoked is no error";
  EXPECT_EQ(resume_token(world.services(), world.caller(), id_of(token)).error().code, Errc::kConflict);
  EXPECT_EQ(world.audited("token.revoke").event.reason, "leaked");
}

TEST_F(Tokens, EndTheirPauseByThemselves) {
  const CreatedToken token = create(request());
  must(pause_token(world.services(), world.caller(), id_of(token), {"", test::kStart + hours(1)}));
  EXPECT_FALSE(world.live(token.token.expose())->live(test::kStart));
  world.clock().advance(hours(1));
  EXPECT_TRUE(world.live(token.token.expose())->live(world.clock().now()));
  EXPECT_EQ(must(show_token(world.services(), world.caller(), id_of(token))).at("state").as_string(), "live");
  EXPECT_EQ(pause_token(world.services(), world.caller(), id_of(token), {"", test::kStart}).error().field, "until");
}

TEST_F(Tokens, RotateWithoutARequestThatFails) {
  const CreatedToken token = create(request());
  const auto first = world.live(token.token.expose());
  const CreatedToken successor = must(rotate_token(world.services(), world.caller(), id_of(token), hours(2)));
  EXPECT_FALSE(first->withdrawn.load()) << "rotation takes nothing away";
  const auto second = world.live(token.token.expose());
  EXPECT_EQ(successor.document.at("replaces").as_string(), secret_id(token.token.expose()));
  EXPECT_EQ(successor.document.at("overlap_ends_at").as_string(), "2027-01-01T02:00:00Z");
  EXPECT_EQ(successor.document.at("id").as_string(), token.document.at("id").as_string());
  EXPECT_TRUE(world.live(token.token.expose()));
  EXPECT_TRUE(world.live(successor.token.expose()));

  const CreatedToken again = must(rotate_token(world.services(), world.caller(), id_of(token), {}));
  EXPECT_FALSE(world.live(successor.token.expose())) << "a successor that was never used is replaced";
  const CredentialId id(id_of(token));
  world.clock().advance(hours(5));
  const SecretId used(secret_id(again.token.expose()));
  must(promote_secret(world.services(), id, used, world.clock().now()));
  must(promote_secret(world.services(), id, used, world.clock().now() + hours(1)));
  const auto live = world.live(token.token.expose());
  ASSERT_TRUE(live);
  const token::LiveSecret& old = live->secrets[0];
  EXPECT_EQ(old.state, SecretState::kOverlap);
  EXPECT_EQ(old.ends_at, world.clock().now() + hours(2)) << "the clock starts at the first use, and only once";

  const CreatedToken third = must(rotate_token(world.services(), world.caller(), id_of(token), {}));
  EXPECT_FALSE(world.live(token.token.expose())) << "at most two live secrets: the oldest ends";
  EXPECT_TRUE(world.live(again.token.expose()));
  EXPECT_TRUE(world.live(third.token.expose()));
  const token::Key ended = *token::to_key(secret_id(token.token.expose()));
  EXPECT_TRUE(first->has_ended(ended) && second->has_ended(ended)) << "in every version that a request may still hold";
  EXPECT_FALSE(live->has_ended(*token::to_key(secret_id(again.token.expose())))) << "requests by the other secret go on";
  EXPECT_FALSE(live->withdrawn.load() || first->withdrawn.load());
}

TEST_F(Tokens, StopHoweverOldTheVersionIsThatARequestHolds) {
  const CreatedToken token = create(request());
  const auto first = world.live(token.token.expose());
  must(rotate_token(world.services(), world.caller(), id_of(token), {}));
  world.add_grant();
  EXPECT_FALSE(first->withdrawn.load());
  must(revoke_token(world.services(), world.caller(), id_of(token), ""));
  EXPECT_TRUE(first->withdrawn.load());
}

TEST_F(Tokens, ThatHaveExpiredAreNotRotated) {
  const CreatedToken token = create(request());
  world.clock().advance(hours(24 * 30));
  EXPECT_EQ(rotate_token(world.services(), world.caller(), id_of(token), {}).error().code, Errc::kConflict);
  EXPECT_EQ(must(show_token(world.services(), world.caller(), id_of(token))).at("state").as_string(), "expired");
}

TEST_F(Tokens, PauseOnReuseWhereThePolicySaysSo) {
  const CreatedToken token = create(request());
  const SecretId secret(secret_id(token.token.expose()));
  must(note_reuse(world.services(), CredentialId(id_of(token)), secret, "192.0.2.7"));
  EXPECT_TRUE(world.live(token.token.expose())->live(test::kStart));
  EXPECT_EQ(world.audited("token.reuse").event.caller.address, "192.0.2.7");
  must(set_policy(world.services(), world.caller(), {{"reuse", "pause"}}));
  must(note_reuse(world.services(), CredentialId(id_of(token)), secret, "192.0.2.7"));
  EXPECT_FALSE(world.live(token.token.expose())->live(test::kStart));
}

TEST_F(Tokens, OnlyEverGetNarrower) {
  CreateToken wide = request();
  wide.scopes = {"read:jira-work", "write:jira-work"};
  wide.resources = {"acme/A", "acme/B"};
  wide.allow_ips = {"10.0.0.0/8"};
  wide.rate = "10/s";
  const CreatedToken token = create(wide);
  const auto narrow = [&](const NarrowToken& change) {
    return narrow_token(world.services(), world.caller(), id_of(token), change);
  };
  const auto live = world.live(token.token.expose());
  NarrowToken change;
  change.scopes = std::vector<std::string>{"read:jira-work"};
  change.resources = std::vector<std::string>{"acme/A=viewer"};
  change.allow_ips = std::vector<std::string>{"10.1.0.0/16"};
  change.rate = "5/s";
  const Document narrowed = must(narrow(change));
  EXPECT_TRUE(live->withdrawn.load());
  EXPECT_EQ(narrowed.at("resources").as_array().size(), 1U);
  EXPECT_EQ(narrowed.at("scopes").as_array().size(), 1U);

  NarrowToken scopes;
  scopes.scopes = std::vector<std::string>{"write:jira-work"};
  EXPECT_EQ(narrow(scopes).error().field, "scopes");
  NarrowToken resources;
  resources.resources = std::vector<std::string>{"acme/B"};
  EXPECT_EQ(narrow(resources).error().field, "resources");
  NarrowToken role;
  role.resources = std::vector<std::string>{"acme/A=administrator"};
  EXPECT_EQ(narrow(role).error().field, "resources");
  NarrowToken later;
  later.expires_at = test::kStart + hours(24 * 31);
  EXPECT_EQ(narrow(later).error().field, "expires_at");
  NarrowToken addresses;
  addresses.allow_ips = std::vector<std::string>{"10.2.0.0/16"};
  EXPECT_EQ(narrow(addresses).error().field, "allow_ips");
  NarrowToken rate;
  rate.rate = "6/s";
  EXPECT_EQ(narrow(rate).error().field, "rate");
}

TEST_F(Tokens, AreFoundByAccountStateEndAndResource) {
  const CreatedToken token = create(request());
  CreateToken longer = request();
  longer.name = "longer";
  longer.resources = {"acme/B"};
  longer.expires_in = hours(24 * 60);
  create(longer);
  const auto names = [&](const TokenFilter& filter) {
    std::vector<std::string> found;
    for (const auto& one : must(list_tokens(world.services(), world.caller(), filter, {})).items)
      found.emplace_back(one.at("name").as_string());
    return found;
  };
  EXPECT_EQ(names({}).size(), 2U);
  TokenFilter soon;
  soon.expiring_within = hours(24 * 31);
  EXPECT_THAT(names(soon), testing::ElementsAre("notify"));
  TokenFilter resource;
  resource.resource = "acme/B";
  EXPECT_THAT(names(resource), testing::ElementsAre("longer"));
  must(revoke_token(world.services(), world.caller(), id_of(token), ""));
  EXPECT_TRUE(names(soon).empty());
  TokenFilter revoked;
  revoked.state = "revoked";
  EXPECT_THAT(names(revoked), testing::ElementsAre("notify"));
  TokenFilter unknown;
  unknown.account = "nobody";
  EXPECT_EQ(list_tokens(world.services(), world.caller(), unknown, {}).error().code, Errc::kNotFound);
}

TEST_F(Tokens, OfOneAccountStopWithItAndWithTheirGrant) {
  world.add_grant();
  const CreatedToken token = create(request());
  const auto before = world.live(token.token.expose());
  must(pause_account(world.services(), world.caller(), "ci", {"", {}}));
  EXPECT_TRUE(before->withdrawn.load());
  EXPECT_EQ(world.live(token.token.expose())->account->account.state, State::kPaused);
  must(resume_account(world.services(), world.caller(), "ci"));
  const auto resumed = world.live(token.token.expose());
  const Documents grants = must(list_grants(world.services(), world.caller(), {"ci", "", "", false}, {}));
  const std::string grant(grants.items.at(0).at("id").as_string());
  must(pause_grant(world.services(), world.caller(), grant, {"", {}}));
  EXPECT_TRUE(resumed->withdrawn.load());
  EXPECT_EQ(must(show_token(world.services(), world.caller(), id_of(token))).at("boundary").as_array()[0].at("state").as_string(),
            "grant paused");
  must(remove_grant(world.services(), world.caller(), grant, ""));
  EXPECT_TRUE(world.live(token.token.expose())->account->grants.empty());
  must(archive_account(world.services(), world.caller(), "ci", ""));
  EXPECT_FALSE(world.live(token.token.expose()));
  EXPECT_EQ(create_token(world.services(), world.caller(), request()).error().code, Errc::kConflict);
}

}  // namespace
}  // namespace gatehouse::admin
