// Rotation as a state machine, finished early, extended, by the token itself; dead tokens that are still used; a later end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/policy.h"
#include "admin/recorder.h"
#include "admin/rotation.h"
#include "admin/self_rotation.h"
#include "admin/tokens.h"
#include "test/support/world.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::must;
using testing::HasSubstr;

constexpr Duration kDay = hours(24);

class Rotations : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
    world.add_grant();
    request.account = "ci";
    request.name = "notify";
    request.scopes = {"read:jira-work"};
    request.resources = {"acme/A"};
    request.permanent = true;
    request.rotate_every = kDay * 30;
    request.overlap = kDay * 4;
    request.self_rotate = true;
  }
  void create() {
    const CreatedToken made = must(create_token(world.services(), world.caller(), request));
    id = std::string(made.document.at("id").as_string());
    first = made.token.expose();
  }
  std::string rotate() { return must(rotate_token(world.services(), world.caller(), id, {})).token.expose(); }
  static SecretId secret_id(const std::string& token) { return SecretId(std::string(token::parse(token)->id)); }
  void use(const std::string& token) {
    must(promote_secret(world.services(), CredentialId(id), secret_id(token), world.clock().now()));
  }
  Document rotation() { return must(show_rotation(world.services(), world.caller(), id)).at("rotation").as_object(); }
  std::string state() { return std::string(rotation().at("state").as_string()); }

  /// A request as a gateway thread would leave it; of a token that the index lacks, what it would know.
  void call(const std::string& token, const std::string& address = "10.0.3.7", Reason reason = Reason::kPermitted) {
    const auto parsed = token::parse(token);
    gateway::RequestRecord* slot = world.request_log().queue(0).begin();
    ASSERT_TRUE(slot);
    *slot = gateway::RequestRecord{};
    slot->at = world.clock().now();
    slot->credential = world.live(token);
    slot->secret = *token::to_key(parsed->id);
    if (!slot->credential) slot->presented = world.services().hasher.hash(parsed->id, parsed->secret);
    slot->effect = reason == Reason::kPermitted ? Effect::kPermit : Effect::kDeny;
    slot->reason = reason;
    slot->client = parse_ip(address).value();
    slot->user_agent = "jira.js";
    world.request_log().queue(0).commit();
  }
  gateway::SelfRequest by(const std::string& token, const std::string& address = "10.0.3.7") {
    gateway::SelfRequest asked;
    asked.rotate = true;
    asked.credential = *token::to_key(id);
    asked.secret = *token::to_key(token::parse(token)->id);
    asked.client = parse_ip(address).value();
    asked.user_agent = "gatehouse-agent";
    return asked;
  }
  std::string rotate_by(const std::string& token) {
    SelfRefusal refusal;
    return must(rotate_itself(world.services(), by(token), refusal)).token.expose();
  }
  SelfRefusal refused(const gateway::SelfRequest& asked) {
    SelfRefusal refusal;
    const auto done = rotate_itself(world.services(), asked, refusal);
    EXPECT_FALSE(done);
    return refusal;
  }
  Error finish(FinishRotation how) {
    const auto done = finish_rotation(world.services(), world.caller(), id, how);
    return done ? Error{} : done.error();
  }

  test::World world;
  Recorder recorder{world.services(), world.request_log()};
  CreateToken request;
  std::string id;
  std::string first;
};

TEST_F(Rotations, GoThroughTheirStates) {
  create();
  EXPECT_EQ(state(), "planned");
  EXPECT_EQ(rotation().at("due_at").as_string(), "2027-01-31T00:00:00Z");
  const std::string second = rotate();
  EXPECT_EQ(state(), "successor pending");
  EXPECT_TRUE(rotation().at("overlap_ends_at").is_null()) << "the clock has not started";
  world.clock().advance(kDay);
  use(second);
  EXPECT_EQ(state(), "both live");
  EXPECT_EQ(rotation().at("overlap_ends_at").as_string(), "2027-01-06T00:00:00Z");
  world.clock().advance(kDay);
  EXPECT_EQ(state(), "old one quiet");
  world.clock().advance(kDay * 3);
  EXPECT_EQ(state(), "retired");
  EXPECT_FALSE(world.live(first)->secrets[0].ends_at > world.clock().now()) << "the index says the same";
  EXPECT_EQ(rotation().at("due_at").as_string(), "2027-01-31T00:00:00Z") << "counted from when the secret was made";
}

TEST_F(Rotations, SayWhoStillUsesTheOldSecret) {
  create();
  call(first);
  must(recorder.flush());
  EXPECT_TRUE(rotation().at("old_users").as_array().empty()) << "no rotation runs";
  const std::string second = rotate();
  use(second);
  call(first);
  call(first);
  call(first, "10.0.3.8");
  call(second, "10.0.3.9");
  const Document shown = rotation();
  EXPECT_EQ(shown.at("old_calls").as_int64(), 3);
  ASSERT_EQ(shown.at("old_users").as_array().size(), 2U);
  const auto& user = shown.at("old_users").as_array()[0].as_object();
  EXPECT_EQ(user.at("address").as_string(), "10.0.3.7");
  EXPECT_EQ(user.at("user_agent").as_string(), "jira.js");
  EXPECT_EQ(user.at("calls").as_int64(), 2);
  EXPECT_EQ(shown.at("new_users").as_array().size(), 1U);
}

TEST_F(Rotations, AreFinishedEarlyOnceTheOldSecretIsQuiet) {
  create();
  EXPECT_THAT(finish({}).public_detail, HasSubstr("No rotation"));
  const std::string second = rotate();
  EXPECT_THAT(finish({}).public_detail, HasSubstr("Nobody has used the successor"));
  use(second);
  call(first);
  EXPECT_THAT(finish({}).public_detail, HasSubstr("10.0.3.7"));
  world.clock().advance(minutes(20));
  EXPECT_EQ(finish({minutes(30), false}).code, Errc::kConflict);
  must(finish_rotation(world.services(), world.caller(), id, {minutes(15), false}));
  EXPECT_FALSE(world.live(first));
  EXPECT_TRUE(world.live(second));
  EXPECT_EQ(state(), "retired");
}

TEST_F(Rotations, AreFinishedByForceWhoeverUsesTheOldSecret) {
  create();
  const std::string second = rotate();
  must(finish_rotation(world.services(), world.caller(), id, {{}, true}));
  EXPECT_FALSE(world.live(first));
  EXPECT_EQ(world.live(second)->secrets[0].state, SecretState::kCurrent);
  EXPECT_EQ(world.audited("token.rotation_finish").event.reason, "forced");
}

TEST_F(Rotations, LetTheOldSecretLiveOnButNeverBringItBack) {
  create();
  const auto extend = [&](Instant until) { return extend_overlap(world.services(), world.caller(), id, until); };
  const Instant start = world.clock().now();
  EXPECT_EQ(extend(start + kDay).error().code, Errc::kConflict);
  const std::string second = rotate();
  EXPECT_THAT(extend(start + kDay).error().public_detail, HasSubstr("first use"));
  use(second);
  EXPECT_EQ(extend(start + kDay).error().field, "until") << "earlier than it ends now";
  must(extend(start + kDay * 9));
  EXPECT_EQ(world.live(first)->secrets[0].ends_at, start + kDay * 9);
  must(set_policy(world.services(), world.caller(), {{"longest-overlap", "10d"}}));
  EXPECT_EQ(extend(start + kDay * 11).error().code, Errc::kNotAllowed);
  world.clock().advance(kDay * 9);
  EXPECT_EQ(extend(start + kDay * 10).error().code, Errc::kConflict);
}

TEST_F(Rotations, AreRolledBackWhereNobodyHasUsedTheSuccessor) {
  create();
  const auto roll_back = [&](const std::string& why) { return roll_back_rotation(world.services(), world.caller(), id, why); };
  EXPECT_THAT(roll_back("").error().public_detail, HasSubstr("nothing to roll back"));
  const std::string second = rotate();
  ASSERT_TRUE(world.live(second));
  const Document after = must(roll_back("went to the wrong place"));
  EXPECT_EQ(after.at("rotation").at("new_secret").as_string(), secret_id(first).value);
  EXPECT_TRUE(after.at("rotation").at("old_secret").is_null());
  EXPECT_FALSE(world.live(second)) << "refused from now on";
  EXPECT_EQ(world.live(first)->secrets[0].state, SecretState::kCurrent) << "as it was before";
  EXPECT_EQ(world.audited("token.rotation_roll_back").event.reason, "went to the wrong place");
  EXPECT_EQ(roll_back("").error().code, Errc::kConflict) << "once";
  EXPECT_EQ(rotation().at("due_at").as_string(), "2027-01-31T00:00:00Z") << "as before";
}

TEST_F(Rotations, AreRolledBackWhileBothSecretsAreLive) {
  must(set_policy(world.services(), world.caller(), {{"reuse", "pause"}}));
  create();
  const std::string second = rotate();
  world.clock().advance(kDay);
  use(second);
  EXPECT_TRUE(world.live(first)->secrets[0].ends_at < Instant::max() || world.live(first)->secrets[1].ends_at < Instant::max());
  must(roll_back_rotation(world.services(), world.caller(), id, ""));
  EXPECT_FALSE(world.live(second));
  world.clock().advance(kDay * 20);
  ASSERT_TRUE(world.live(first));
  EXPECT_TRUE(world.live(first)->live(world.clock().now())) << "its overlap does not end it any more";
  // Whoever was given the successor may still try it: told, and no reason to stop what runs with the old one.
  call(second, "10.0.3.9", Reason::kInvalidToken);
  must(recorder.flush());
  EXPECT_TRUE(world.audited("token.reuse").event.action.empty());
  EXPECT_THAT(world.audited("token.dead_use").event.reason, HasSubstr(secret_id(second).value));
  EXPECT_TRUE(world.live(first)->live(world.clock().now()));
  const std::string third = rotate();
  EXPECT_FALSE(must(promote_secret(world.services(), CredentialId(id), secret_id(second), world.clock().now())))
      << "another node may not know yet";
  use(third);
  EXPECT_EQ(state(), "both live") << "and it can be rotated again";
  world.clock().advance(hours(2));
  call(second, "10.0.3.9", Reason::kInvalidToken);
  must(recorder.flush());
  EXPECT_TRUE(world.audited("token.reuse").event.action.empty()) << "nor does the next rotation make a copy of it";
  EXPECT_TRUE(world.live(first)->live(world.clock().now()));
}

TEST_F(Rotations, AreNotRolledBackOnceTheOldSecretHasEnded) {
  create();
  const std::string second = rotate();
  use(second);
  world.clock().advance(kDay * 5);
  const auto late = roll_back_rotation(world.services(), world.caller(), id, "");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::kConflict);
  EXPECT_THAT(late.error().public_detail, HasSubstr("not brought back"));
  EXPECT_TRUE(world.live(second)->live(world.clock().now()));
}

TEST_F(Rotations, AreRolledBackOnlyAsFarAsTheSecretsThatAreLive) {
  create();
  const std::string second = rotate();
  use(second);
  const std::string third = rotate();  // ends the first
  must(roll_back_rotation(world.services(), world.caller(), id, ""));
  EXPECT_FALSE(world.live(third));
  EXPECT_FALSE(world.live(first));
  EXPECT_EQ(rotation().at("new_secret").as_string(), secret_id(second).value);
  const auto again = roll_back_rotation(world.services(), world.caller(), id, "");
  EXPECT_FALSE(again) << "the first one has ended";
}

TEST_F(Rotations, KeepTheirPromisesWhateverIsDoneInWhateverOrder) {
  // Rotating, using, finishing, rolling back and waiting, by a small generator of its own so that a failure can be repeated.
  std::uint32_t seed = 8;
  const auto chance = [&seed](std::uint32_t of) { return (seed = seed * 1664525U + 1013904223U) / 65536U % of; };
  create();
  std::vector<std::string> given{first};
  std::vector<std::string> steps;
  for (int step = 0; step < 120; ++step) {
    const std::string before = state();
    switch (chance(5)) {
      case 0:
        given.push_back(rotate());
        steps.emplace_back("rotate");
        break;
      case 1:
        use(given.back());
        steps.emplace_back("use");
        break;
      case 2: {
        const bool runs = before == "successor pending" || before == "both live" || before == "old one quiet";
        EXPECT_EQ(roll_back_rotation(world.services(), world.caller(), id, "").has_value(), runs) << before;
        steps.emplace_back("roll back");
        break;
      }
      case 3:
        finish({{}, true});
        steps.emplace_back("finish");
        break;
      default:
        world.clock().advance(kDay * chance(4));
        steps.emplace_back("wait");
        break;
    }
    const auto reader = must(world.database().read());
    const Credential kept = must(reader->credentials.get(CredentialId(id))).value;
    const auto in = [&kept](SecretState wanted) {
      return std::count_if(kept.secrets.begin(), kept.secrets.end(),
                           [&](const SecretRecord& one) { return one.state == wanted; });
    };
    ASSERT_EQ(in(SecretState::kCurrent), 1) << testing::PrintToString(steps);
    ASSERT_LE(in(SecretState::kPending) + in(SecretState::kOverlap), 1) << testing::PrintToString(steps);
    for (const SecretRecord& one : kept.secrets) {
      // What has run out is told apart by its instant alone.
      if (one.state == SecretState::kOverlap && one.ends_at && *one.ends_at <= world.clock().now()) continue;
      const auto live = world.services().index.find_locked(one.id.value).credential;
      ASSERT_EQ(!is_over(one.state), live != nullptr) << testing::PrintToString(steps);
    }
  }
}

TEST_F(Rotations, AreHitWholeByARevocation) {
  create();
  const std::string second = rotate();
  use(second);
  must(revoke_token(world.services(), world.caller(), id, ""));
  EXPECT_FALSE(world.live(first));
  EXPECT_FALSE(world.live(second));
}

TEST_F(Rotations, NeverMakeATemporaryTokenLiveLonger) {
  request.permanent = false;
  request.expires_in = kDay * 2;
  create();
  const std::string second = rotate();
  use(second);
  EXPECT_EQ(world.live(second)->expires_at, test::kStart + kDay * 2);
  EXPECT_EQ(extend_overlap(world.services(), world.caller(), id, test::kStart + kDay * 5).error().field, "until");
}

TEST_F(Rotations, SayWhenTheyEndAnOlderSecretEarly) {
  create();
  const std::string second = rotate();
  use(second);
  const CreatedToken third = must(rotate_token(world.services(), world.caller(), id, {}));
  EXPECT_EQ(third.document.at("ended_early").as_string(), secret_id(first).value);
}

TEST_F(Rotations, AreOverdueUnlessAFreezeHolds) {
  create();
  const auto count = [&] { return must(list_overdue(world.services(), world.caller())).items.size(); };
  EXPECT_EQ(count(), 0U);
  world.clock().advance(kDay * 30);
  EXPECT_EQ(count(), 1U);
  must(set_policy(world.services(), world.caller(), {{"freeze-windows", "2027-01-30T00:00:00Z/2027-02-10T00:00:00Z"}}));
  EXPECT_EQ(count(), 0U);
  EXPECT_EQ(rotation().at("due_at").as_string(), "2027-02-10T00:00:00Z");
  EXPECT_EQ(rotation().at("frozen_until").as_string(), "2027-02-10T00:00:00Z");
  EXPECT_EQ(refused(by(first)).code, "frozen");
  world.clock().advance(kDay * 11);
  EXPECT_EQ(count(), 1U);
  const std::string second = rotate();
  EXPECT_EQ(count(), 1U) << "a successor that nobody uses changes nothing";
  use(second);
  EXPECT_EQ(count(), 0U);
}

TEST_F(Rotations, AreOverdueByAPolicyThatCameLater) {
  create();
  world.clock().advance(kDay * 12);
  const auto count = [&] { return must(list_overdue(world.services(), world.caller())).items.size(); };
  EXPECT_EQ(count(), 0U);
  must(set_policy(world.services(), world.caller(), {{"longest-rotation", "10d"}}));
  EXPECT_EQ(count(), 1U) << "its own rule says 30 days";
  EXPECT_EQ(rotation().at("rotate_every").as_string(), "10d");
  EXPECT_EQ(rotation().at("due_at").as_string(), "2027-01-11T00:00:00Z");
  must(set_policy(world.services(), world.caller(), {{"longest-rotation", "90d"}}));
  EXPECT_EQ(count(), 0U) << "a policy lengthens no rule";
  EXPECT_EQ(rotation().at("rotate_every").as_string(), "30d");
}

TEST_F(Rotations, AreOverdueByThePolicyWhereNoRuleWasSet) {
  request.permanent = false;
  request.rotate_every.reset();
  request.expires_in = kDay * 60;
  create();
  EXPECT_TRUE(rotation().at("due_at").is_null());
  must(set_policy(world.services(), world.caller(), {{"longest-rotation", "60d"}}));
  EXPECT_TRUE(rotation().at("due_at").is_null()) << "it ends before";
  must(set_policy(world.services(), world.caller(), {{"longest-rotation", "10d"}}));
  EXPECT_EQ(rotation().at("due_at").as_string(), "2027-01-11T00:00:00Z");
}

TEST_F(Rotations, AreRefusedRulesThatThePolicyForbids) {
  must(set_policy(world.services(), world.caller(), {{"longest-rotation", "20d"}}));
  EXPECT_EQ(create_token(world.services(), world.caller(), request).error().field, "rotate_every");
  request.rotate_every = kDay * 20;
  create();
  RotationRule rule;
  rule.rotated_by = "agent";
  must(set_rotation(world.services(), world.caller(), id, rule));
  rule.self_rotate = false;
  EXPECT_EQ(set_rotation(world.services(), world.caller(), id, rule).error().field, "rotated_by") << "the agent needs the right";
  must(set_policy(world.services(), world.caller(), {{"self-rotation", "refused"}}));
  EXPECT_EQ(refused(by(first)).code, "no_right");
  EXPECT_EQ(set_policy(world.services(), world.caller(), {{"freeze-windows", "2027-02-10/2027-01-30"}}).error().code,
            Errc::kInvalidArgument);
}

TEST_F(Rotations, ByTheTokenItself) {
  request.self_rotate_times = 2;
  create();
  const std::string lost = rotate_by(first);
  const std::string second = rotate_by(first);
  EXPECT_FALSE(world.live(lost)) << "a lost answer is mended by asking again";
  EXPECT_EQ(refused(by(second)).code, "not_used_yet");
  use(second);
  EXPECT_EQ(refused(by(second)).code, "overlap_runs") << "who still uses the old one must not fail";
  const AuditRecord record = world.audited("token.self_rotate");
  EXPECT_EQ(record.event.caller.actor_kind, "token");
  EXPECT_EQ(record.event.caller.address, "10.0.3.7");
  EXPECT_EQ(record.event.after_json.find(token::parse(second)->secret), std::string::npos);
  world.clock().advance(kDay * 5);
  const std::string third = rotate_by(second);
  use(third);
  world.clock().advance(kDay * 5);
  EXPECT_EQ(refused(by(third)).code, "used_up") << "two were allowed, and the lost answer did not count";
}

TEST_F(Rotations, ByTheTokenItselfOnlyWhereItMay) {
  request.self_rotate_ips = {"10.0.0.0/8"};
  create();
  EXPECT_EQ(refused(by(first, "192.0.2.1")).code, "address");
  must(pause_account(world.services(), world.caller(), "ci", {"", {}}));
  EXPECT_EQ(refused(by(first)).code, "not_live");
  must(resume_account(world.services(), world.caller(), "ci"));
  RotationRule none;
  none.self_rotate = false;
  must(set_rotation(world.services(), world.caller(), id, none));
  EXPECT_EQ(refused(by(first)).code, "no_right");
}

TEST_F(Rotations, ByAnOldSecretAreReuse) {
  must(set_policy(world.services(), world.caller(), {{"reuse", "pause"}}));
  create();
  const std::string second = rotate_by(first);
  use(second);
  EXPECT_EQ(refused(by(first, "192.0.2.66")).code, "reuse");
  EXPECT_EQ(world.audited("token.reuse").event.caller.address, "192.0.2.66");
  EXPECT_FALSE(world.live(second)->live(world.clock().now())) << "paused, as the policy says";
}

TEST_F(Rotations, TellOfARetiredSecretThatTheIndexNoLongerKnows) {
  create();
  const std::string second = rotate();
  use(second);
  must(finish_rotation(world.services(), world.caller(), id, {{}, true}));
  call(first, "192.0.2.66", Reason::kInvalidToken);
  must(recorder.flush());
  EXPECT_THAT(world.audited("token.reuse").event.reason, HasSubstr(secret_id(first).value));
  const Document shown = must(show_token(world.services(), world.caller(), id));
  ASSERT_EQ(shown.at("dead_uses").as_array().size(), 1U);
  EXPECT_EQ(shown.at("dead_uses").as_array()[0].at("address").as_string(), "192.0.2.66");
}

TEST_F(Rotations, TellOfADeadTokenThatIsStillUsed) {
  create();
  must(revoke_token(world.services(), world.caller(), id, ""));
  for (int i = 0; i < 3; ++i) {
    call(first, "192.0.2.66", Reason::kInvalidToken);
    must(recorder.flush());
  }
  const auto uses = must(show_token(world.services(), world.caller(), id)).at("dead_uses").as_array();
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].at("calls").as_int64(), 3);
  EXPECT_EQ(uses[0].at("user_agent").as_string(), "jira.js");
  const auto reader = must(world.database().read());
  store::AuditRecords::Filter filter;
  filter.action = "token.dead_use";
  EXPECT_EQ(must(reader->audit_records.list(filter, {})).items.size(), 1U) << "told once an hour";
}

TEST_F(Rotations, TakeNoGuessForAUse) {
  create();
  must(revoke_token(world.services(), world.caller(), id, ""));
  SystemRandom random;
  const std::string guess = token::mint(token::TokenKind::kApiToken, token::parse(first)->id, random).text.expose();
  call(guess, "192.0.2.66", Reason::kInvalidToken);
  must(recorder.flush());
  EXPECT_TRUE(must(show_token(world.services(), world.caller(), id)).at("dead_uses").as_array().empty());
}

TEST_F(Rotations, GiveATemporaryTokenALaterEndWithinThePolicy) {
  request.permanent = false;
  request.expires_in = kDay * 30;
  create();
  const auto extend = [&](const ExtendToken& how) { return extend_token(world.services(), world.caller(), id, how); };
  EXPECT_EQ(extend({}).error().field, "expires_at");
  EXPECT_EQ(extend({{}, kDay * 20, ""}).error().field, "expires_at") << "earlier is narrow's to do";
  const auto live = world.live(first);
  EXPECT_EQ(must(extend({{}, kDay * 60, "the project goes on"})).at("expires_at").as_string(), "2027-03-02T00:00:00Z");
  EXPECT_FALSE(live->withdrawn.load()) << "no request in flight is stopped by it";
  EXPECT_EQ(world.audited("token.extend").event.reason, "the project goes on");
  must(set_policy(world.services(), world.caller(), {{"longest-lifetime", "90d"}}));
  EXPECT_EQ(extend({{}, kDay * 91, ""}).error().code, Errc::kNotAllowed);
  world.clock().advance(kDay * 60);
  EXPECT_EQ(extend({{}, kDay * 30, ""}).error().code, Errc::kConflict) << "what has ended stays so";
}

}  // namespace
}  // namespace gatehouse::admin
