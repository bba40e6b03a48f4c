// From a cause to the messages: the ladder, whom it is told to, going up, acknowledging, outages, leavers.
#include <gmock/gmock.h>

#include <algorithm>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/notices.h"
#include "admin/policy.h"
#include "admin/recorder.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "lifecycle/calendar.h"
#include "lifecycle/ladder.h"
#include "lifecycle/notifier.h"
#include "lifecycle/notify.h"
#include "lifecycle/postmaster.h"
#include "lifecycle/watch.h"
#include "test/support/world.h"
#include "token/token.h"

namespace gatehouse::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kOwner = "owner@example.com";
constexpr const char* kDeputy = "deputy@example.com";
constexpr const char* kTokenOwner = "tina@example.com";

class Telling : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* email : {kOwner, kDeputy, kTokenOwner}) add_user(email);
    admin::CreateAccount account;
    account.handle = "nightly";
    account.owner = kOwner;
    account.deputy = kDeputy;
    account.purpose = "syncs people";
    account.runs_in = "jenkins";
    must(admin::create_account(services(), world_.caller(), account));
    must(admin::set_policy(services(), world_.caller(), {{"notify-digest", "none"}}));
  }

  admin::Services& services() { return world_.services(); }

  void add_user(const char* email) {
    admin::AddUser user;
    user.email = email;
    user.name = email;
    user.role = "member";
    must(admin::add_user(services(), world_.caller(), user));
  }

  std::string add_token(Duration lives, const char* owner = kTokenOwner) {
    admin::CreateToken request;
    request.account = "nightly";
    request.name = "sync";
    request.scopes = {"read:jira-work"};
    request.resources = {};
    request.expires_in = lives;
    request.owner = owner;
    return add_token(request);
  }
  std::string add_token(admin::CreateToken request) {
    if (request.resources.empty()) {
      if (!site_) world_.add_site();
      site_ = true;
      request.resources = {"acme/A"};
    }
    const auto made = must(admin::create_token(services(), world_.caller(), request));
    return std::string(made.document.at("id").as_string());
  }

  /// As an import enters it: made elsewhere, nobody knows when.
  std::string add_external(Duration ends_in) {
    auto work = must(services().database.begin());
    Credential one;
    one.id = new_id<CredentialId>(services().random);
    one.account = work->accounts.get_by_handle("nightly").value().value.id;
    one.kind = CredentialKind::kExternal;
    one.name = "Jenkins";
    one.owner = one.requested_by = work->users.get_by_email(kTokenOwner).value().value.id;
    one.created_at = world_.clock().now();
    one.expires_at = one.created_at + ends_in;
    must(work->credentials.insert(one));
    must(admin::commit(services(), std::move(work), admin::make_event(world_.caller(), "register.import", "register", "x", "x")));
    return one.id.value;
  }

  void run() {
    const Instant now = world_.clock().now();
    must(lifecycle::run_ladder(services(), now));
    must(lifecycle::address(services(), now));
    must(lifecycle::escalate(services(), now));
  }

  /// "type to recipient", oldest first, of everything that was not seen yet.
  std::vector<std::string> news() {
    const auto log = must(lifecycle::notify_log(services(), {}, 1000));
    std::vector<std::string> fresh;
    for (auto one = log.items.rbegin(); one != log.items.rend(); ++one) {
      const std::string message(one->at("message").as_string());
      if (!seen_.insert(message).second) continue;
      fresh.push_back(std::string(one->at("type").as_string()) + " to " + std::string(one->at("recipient").as_string()));
    }
    return fresh;
  }

  boost::json::object matter(const std::string& subject) {
    const auto open = must(lifecycle::list_matters(services(), world_.caller(), subject, false));
    return open.items.empty() ? boost::json::object() : open.items.front().as_object();
  }

  World world_;
  bool site_ = false;
  std::set<std::string> seen_;
};

TEST_F(Telling, StepsAreReachedInTurnAndNoneIsLongerThanTheLife) {
  const lifecycle::Ladder ladder = admin::NotifyPolicy().ladder;
  const Instant end = kStart + 24h * 90;
  const auto at = [&](Duration left, Duration life = 24h * 90) {
    return lifecycle::step_reached(ladder, end - life, end, end - left);
  };
  EXPECT_EQ(at(24h * 61), std::nullopt);
  EXPECT_EQ(at(24h * 60), Duration(24h * 60));
  EXPECT_EQ(at(24h * 31), Duration(24h * 60));
  EXPECT_EQ(at(24h * 30), Duration(24h * 30));
  EXPECT_EQ(at(24h * 2), Duration(24h * 3));
  EXPECT_EQ(at(24h), Duration(24h));
  EXPECT_EQ(at(1min), Duration(1h));
  EXPECT_EQ(at(0h), std::nullopt);
  EXPECT_EQ(at(24h * 7, 24h * 7), std::nullopt) << "who made it for a week was told so";
  EXPECT_EQ(at(24h * 3, 24h * 7), Duration(24h * 3));
  EXPECT_EQ(at(10min, 30min), std::nullopt);
}

TEST_F(Telling, EachStepIsToldOnceToTheOwnerFirst) {
  const std::string token = add_token(24h * 90);
  run();
  EXPECT_THAT(news(), IsEmpty());
  world_.clock().advance(24h * 30);
  run();
  EXPECT_THAT(news(), ElementsAre("token.expiring to tina@example.com"));
  run();
  run();
  EXPECT_THAT(news(), IsEmpty());
  EXPECT_EQ(matter(token).at("rung").as_int64(), 0);
}

TEST_F(Telling, SilenceIsToldUpwardsUntilSomebodyAcknowledges) {
  const std::string token = add_token(24h * 90);
  world_.clock().advance(24h * 60);
  run();
  EXPECT_THAT(news(), ElementsAre("token.expiring to tina@example.com"));
  world_.clock().advance(23h);
  run();
  EXPECT_THAT(news(), IsEmpty());
  world_.clock().advance(1h);
  run();
  EXPECT_THAT(news(), UnorderedElementsAre("token.expiring to owner@example.com", "token.expiring to deputy@example.com"));
  must(lifecycle::acknowledge(services(), world_.caller(), std::string(matter(token).at("id").as_string())));
  world_.clock().advance(24h * 5);
  run();
  EXPECT_THAT(news(), IsEmpty());
  EXPECT_EQ(matter(token).at("acknowledged_by").as_string(), kAdministrator);
  EXPECT_EQ(world_.audited("notify.acknowledge").event.target_id, token);
}

TEST_F(Telling, TheLastRungIsTheOrganization) {
  const std::string token = add_token(24h * 90);
  world_.clock().advance(24h * 60);
  std::vector<std::string> all;
  for (int day = 0; day < 8; ++day) {
    run();
    for (auto& one : news()) all.push_back(one);
    world_.clock().advance(24h);
  }
  EXPECT_THAT(all, Contains("token.expiring to admin@example.com"));
  EXPECT_EQ(std::count(all.begin(), all.end(), "token.expiring to owner@example.com"), 1);
  EXPECT_TRUE(matter(token).at("escalates_at").is_null());
}

TEST_F(Telling, OnTheLastDayWhoAcknowledgedIsAskedAgain) {
  const std::string token = add_token(24h * 90);
  world_.clock().advance(24h * 60);
  run();
  must(lifecycle::acknowledge(services(), world_.caller(), std::string(matter(token).at("id").as_string())));
  world_.clock().advance(24h * 29);
  run();
  EXPECT_TRUE(matter(token).at("acknowledged_at").is_null());
  EXPECT_FALSE(matter(token).at("escalates_at").is_null());
}

TEST_F(Telling, AnHourBeforeTheEndTheWholeWayUpIsGoneInTime) {
  add_token(24h * 90);
  world_.clock().advance(24h * 90 - 1h);
  std::vector<std::string> all;
  for (int minute = 0; minute < 60; ++minute) {
    run();
    for (auto& one : news()) all.push_back(one);
    world_.clock().advance(1min);
  }
  EXPECT_THAT(all, UnorderedElementsAre("token.expiring to tina@example.com", "token.expiring to owner@example.com",
                                        "token.expiring to deputy@example.com", "token.expiring to admin@example.com"));
}

TEST_F(Telling, AfterALongStopOnlyTheStepThatCountsIsTold) {
  add_token(24h * 90);
  world_.clock().advance(24h * 88);
  run();
  EXPECT_THAT(news(), ElementsAre("token.expiring to tina@example.com"));
  world_.clock().advance(24h * 3);
  run();
  EXPECT_THAT(news(), UnorderedElementsAre("token.expired to tina@example.com", "token.expired to owner@example.com",
                                           "token.expired to deputy@example.com"));
}

TEST_F(Telling, WhatWasImportedShortlyBeforeItsEndIsToldAtOnce) {
  add_external(10h);
  add_external(-10h);
  run();
  EXPECT_THAT(news(), ElementsAre("token.expiring to tina@example.com")) << "and what had ended before is over";
  world_.clock().advance(11h);
  run();
  EXPECT_THAT(news(), Contains("token.expired to tina@example.com"));
}

TEST_F(Telling, ACalendarHasWhatItsPersonAnswersFor) {
  add_token(24h * 90);
  const Instant now = world_.clock().now();
  must(admin::create_admin_key(services(), world_.caller(), kAdministrator, "nightly", now + 24h * 30));
  const auto calendar = [&](const char* email) {
    const auto reader = must(services().database.read());
    return must(lifecycle::calendar_of(services(), *reader.operator->(), reader->users.get_by_email(email).value().value, now));
  };
  EXPECT_THAT(calendar(kTokenOwner), HasSubstr("SUMMARY:Token \"sync\" of nightly ends"));
  EXPECT_THAT(calendar(kDeputy), HasSubstr("SUMMARY:Token \"sync\" of nightly ends"));
  EXPECT_THAT(calendar(kDeputy), ::testing::Not(HasSubstr("administrator key")));
  EXPECT_THAT(calendar(kAdministrator), HasSubstr("SUMMARY:administrator key nightly ends"));
  EXPECT_THAT(calendar(kAdministrator), HasSubstr("DTSTART:20270131T000000Z"));
}

TEST_F(Telling, AWebhookThatNothingWouldReachIsRefusedAtOnce) {
  const auto add = [&](const std::string& url) {
    lifecycle::AddWebhook hook;
    hook.name = "ops";
    hook.url = url;
    return lifecycle::add_webhook(world_.services(), world_.caller(), hook);
  };
  for (const char* url : {"https://127.0.0.1/x", "https://10.1.2.3:8443", "https://[::1]/x", "https://[fd00::1]/",
                          "https://localhost/x", "https://x.localhost/", "https://169.254.169.254/latest"}) {
    const auto added = add(url);
    ASSERT_FALSE(added) << url;
    EXPECT_EQ(added.error().field, "url");
    EXPECT_THAT(added.error().public_detail, ::testing::HasSubstr("allow_networks")) << url;
  }
  EXPECT_TRUE(add("https://203.0.114.7/x")) << "a public one";
  EXPECT_TRUE(must(lifecycle::list_webhooks(world_.services())).items.size() == 1);
}

TEST_F(Telling, RevokingEndsTheMatter) {
  const std::string token = add_token(24h * 90);
  world_.clock().advance(24h * 60);
  run();
  news();
  must(admin::revoke_token(services(), world_.caller(), token, "not needed"));
  EXPECT_THAT(matter(token), IsEmpty());
  world_.clock().advance(24h * 40);
  run();
  EXPECT_THAT(news(), UnorderedElementsAre("token.revoked to tina@example.com", "token.revoked to owner@example.com",
                                           "token.revoked to deputy@example.com"));
}

TEST_F(Telling, ARefusedChangeTellsNobody) {
  const std::string token = add_token(24h * 90);
  admin::PauseRequest past;
  past.until = kStart - 1h;
  EXPECT_FALSE(admin::pause_token(services(), world_.caller(), token, past));
  run();
  EXPECT_THAT(news(), IsEmpty());
}

TEST_F(Telling, ALeaverLeavesAnAlarm) {
  const std::string token = add_token(24h * 90);
  must(admin::suspend_user(services(), world_.caller(), kOwner, {}));
  run();
  auto all = news();
  EXPECT_THAT(all, Contains("account.orphaned to deputy@example.com"));
  EXPECT_THAT(all, ::testing::Not(Contains(HasSubstr("to owner@example.com"))));
  must(admin::suspend_user(services(), world_.caller(), kDeputy, {}));
  run();
  all = news();
  EXPECT_THAT(all, Contains("account.orphaned to tina@example.com")) << "who has one of its tokens is the next who knows it";
  must(admin::restore_user(services(), world_.caller(), kOwner));
  run();
  EXPECT_THAT(news(), Contains("account.adopted to owner@example.com"));
}

TEST_F(Telling, WhereNobodyIsLeftTheOrganizationIsAlarmed) {
  add_token(24h * 90);
  admin::AddUser boss;
  boss.email = "boss@example.com";
  boss.name = "Boss";
  boss.role = "org-admin";
  must(admin::add_user(services(), world_.caller(), boss));
  for (const char* email : {kOwner, kDeputy, kTokenOwner, kAdministrator})
    must(admin::suspend_user(services(), world_.caller(), email, {}));
  run();
  run();  // an alarm is addressed in the turn after its cause
  EXPECT_THAT(news(), Contains("account.nobody to boss@example.com"));
  world_.clock().advance(24h * 60);
  run();
  run();
  EXPECT_THAT(news(), UnorderedElementsAre("token.expiring to boss@example.com", "token.nobody to boss@example.com"));
}

TEST_F(Telling, OneMessageAnOutageAndOneWhenItIsWell) {
  const std::string token = add_token(24h * 90);
  const auto queue = [&](admin::NoticeKind kind) {
    must(services().database.tend_outbox([&](store::Outbox& outbox, const store::Repositories&) {
      return admin::queue_notice(services(), outbox, admin::Notice{kind, "token", token, "sync"});
    }));
    run();
  };
  queue(admin::NoticeKind::kRecovered);
  EXPECT_THAT(news(), IsEmpty()) << "what was never ill is not well again";
  queue(admin::NoticeKind::kFailing);
  EXPECT_THAT(news(), UnorderedElementsAre("token.failing to tina@example.com", "token.failing to owner@example.com",
                                           "token.failing to deputy@example.com"));
  queue(admin::NoticeKind::kFailing);
  EXPECT_THAT(news(), IsEmpty());
  queue(admin::NoticeKind::kRecovered);
  EXPECT_THAT(news(), Contains("token.recovered to tina@example.com"));
  queue(admin::NoticeKind::kRecovered);
  EXPECT_THAT(news(), IsEmpty());
  queue(admin::NoticeKind::kFailing);
  EXPECT_THAT(news(), Contains("token.failing to tina@example.com"));
}

TEST_F(Telling, CalmMailWaitsForItsDigest) {
  must(admin::set_policy(services(), world_.caller(), {{"notify-digest", "daily"}}));
  const std::string token = add_token(24h * 90);
  world_.clock().advance(24h * 30);
  run();
  const auto log = must(lifecycle::notify_log(services(), {}, 10));
  EXPECT_EQ(log.items.front().at("due_at").as_string(), "2027-01-31T08:00:00Z");
  must(lifecycle::set_digest(services(), world_.caller(), kTokenOwner, "none"));
  world_.clock().advance(24h * 30);
  run();
  EXPECT_EQ(must(lifecycle::notify_log(services(), {}, 10)).items.front().at("due_at").as_string(), "2027-03-02T00:00:00Z");
}

TEST_F(Telling, EachIsShownWhatTheyWereToldAndMayTakeOn) {
  const auto caller_of = [&](const std::string& email) {
    const auto reader = must(services().database.read());
    Caller caller;
    caller.actor_kind = "user";
    caller.actor_id = must(reader->users.get_by_email(email)).value.id.value;
    caller.actor_name = email;
    return caller;
  };
  const Caller tina = caller_of(kTokenOwner);
  must(admin::add_user(services(), world_.caller(), {"max@example.com", "Max", "member", {}}));
  const Caller max = caller_of("max@example.com");
  const std::string token = add_token(24h * 90);
  world_.clock().advance(24h * 84);
  run();
  const auto listed = [&](const Caller& who, bool mine) {
    return must(lifecycle::list_matters(services(), who, "", mine)).items;
  };
  ASSERT_EQ(listed(tina, false).size(), 1U) << "hers, without asking for hers alone";
  EXPECT_TRUE(listed(tina, false)[0].at("mine").as_bool());
  EXPECT_EQ(listed(tina, false)[0].at("subject_id").as_string(), token);
  EXPECT_TRUE(listed(max, false).empty()) << "nothing of others, and not that there is something";
  EXPECT_EQ(listed(world_.caller(), false).size(), 1U);
  const std::string matter(listed(tina, true)[0].at("id").as_string());
  EXPECT_EQ(lifecycle::acknowledge(services(), max, matter).error().code, Errc::kNotAllowed);
  must(lifecycle::acknowledge(services(), tina, matter));
  EXPECT_TRUE(listed(tina, true).empty()) << "taken on";
  EXPECT_EQ(listed(world_.caller(), false).size(), 1U) << "and still open";
}

TEST_F(Telling, EachChoosesTheirOwnDigest) {
  Caller tina;
  tina.actor_kind = "user";
  {
    const auto reader = must(services().database.read());
    tina.actor_id = must(reader->users.get_by_email(kTokenOwner)).value.id.value;
  }
  must(admin::set_policy(services(), world_.caller(), {{"notify-digest", "hourly"}}));
  EXPECT_EQ(must(lifecycle::show_digest(services(), tina)).at("digest").as_string(), "hourly") << "the policy's";
  must(lifecycle::set_digest(services(), tina, "", "daily"));
  EXPECT_EQ(must(lifecycle::show_digest(services(), tina)).at("digest").as_string(), "daily");
  must(lifecycle::set_digest(services(), tina, kTokenOwner, "none"));
  EXPECT_EQ(lifecycle::set_digest(services(), tina, "admin@example.com", "none").error().code, Errc::kNotAllowed);
  EXPECT_EQ(lifecycle::set_digest(services(), tina, "nobody@example.com", "none").error().code, Errc::kNotAllowed)
      << "the same, whether there is such a person or not";
  EXPECT_EQ(lifecycle::set_digest(services(), tina, "", "weekly").error().code, Errc::kInvalidArgument);
}

TEST_F(Telling, TheLinkOfAMessageAcknowledgesAndNothingElseDoes) {
  const std::string token = add_token(24h * 90);
  world_.clock().advance(24h * 60);
  run();
  const auto log = must(lifecycle::notify_log(services(), {}, 10));
  const std::string message(log.items.front().at("message").as_string());
  std::string link = lifecycle::action_link(services(), "", message);
  link.erase(0, std::string("/api/v1/notify/act/").size());
  const auto shown = must(lifecycle::look_at_link(services(), link));
  EXPECT_EQ(shown.at("state").as_string(), "open");
  EXPECT_EQ(shown.at("rotate").as_string(), "/tokens/" + token + "?do=rotate");
  EXPECT_EQ(shown.at("transfer").as_string(), "/tokens/" + token + "?do=transfer");
  EXPECT_TRUE(matter(token).at("acknowledged_at").is_null()) << "looking changes nothing";
  for (const std::string& bad : {link + "A", link.substr(1), message, std::string("x.h1.1.AAAA"), std::string()}) {
    EXPECT_EQ(lifecycle::acknowledge_by_link(services(), bad, "192.0.2.1", "test").error().code, Errc::kNotFound) << bad;
  }
  must(lifecycle::acknowledge_by_link(services(), link, "192.0.2.1", "test"));
  EXPECT_EQ(matter(token).at("acknowledged_by").as_string(), kTokenOwner);
  EXPECT_EQ(must(lifecycle::look_at_link(services(), link)).at("state").as_string(), "acknowledged");
}

TEST_F(Telling, WithoutAMailServerNothingIsMarkedAsSent) {
  add_token(24h * 90);
  world_.clock().advance(24h * 60);
  run();
  lifecycle::Notifier notifier(services(), {});
  must(notifier.deliver(world_.clock().now()));
  const auto log = must(lifecycle::notify_log(services(), {}, 10));
  EXPECT_EQ(log.items.front().at("state").as_string(), "given up");
  EXPECT_THAT(std::string(log.items.front().at("problem").as_string()), HasSubstr("[smtp]"));
  run();
  EXPECT_THAT(news(), Contains("token.expiring to owner@example.com")) << "who can't be told was not told: the next ones are";
}

class Watching : public Telling {
 protected:
  void SetUp() override {
    Telling::SetUp();
    token_ = add_token(24h * 300);
    site_id_ = database().read().value()->sites.get_by_key("acme").value().value.id;
    world_.clock().advance(10min);
  }
  store::Database& database() { return world_.database(); }

  /// One request now.
  void request(const std::string& outcome, const std::string& operation = "getIssue", const std::string& address = "192.0.2.7") {
    const Instant now = world_.clock().now();
    store::UsageTick tick;
    tick.credential = CredentialId(token_);
    tick.hour = std::chrono::floor<std::chrono::hours>(now);
    tick.site = site_id_;
    tick.operation = operation;
    tick.outcome = outcome;
    tick.address = address;
    tick.user_agent = "test/1";
    tick.count = 1;
    tick.last_at = now;
    store::UsageBatch batch;
    batch.ticks.push_back(tick);
    must(database().record(batch));
  }
  /// What the upkeep of usage does.
  void roll_up() {
    bool more = true;
    while (more) {
      must(database().tend_usage([&](store::Rollups& rollups, const store::Repositories&) -> Result<void> {
        GH_TRY(more, rollups.roll_up_hour(world_.clock().now()));
        return success();
      }));
    }
  }
  std::vector<std::string> look() {
    must(lifecycle::watch(services(), world_.clock().now()));
    must(lifecycle::watch_silence(services(), world_.clock().now(), rhythms_));
    run();
    return news();
  }

  std::string token_;
  SiteId site_id_;
  lifecycle::Rhythms rhythms_;
};

TEST_F(Watching, WhatUsedToSucceedAndIsRefusedNowIsToldOnceAndAgainWhenWell) {
  request("permitted");
  request("outside_boundary", "getProject");
  EXPECT_THAT(look(), IsEmpty()) << "what never succeeded has not broken";
  world_.clock().advance(1min);
  request("insufficient_scope");
  EXPECT_THAT(look(), Contains("token.failing to tina@example.com"));
  world_.clock().advance(1min);
  request("insufficient_scope");
  EXPECT_THAT(look(), IsEmpty());
  world_.clock().advance(1min);
  request("permitted", "getProject");
  EXPECT_THAT(look(), IsEmpty()) << "another operation says nothing about this one";
  request("permitted");
  EXPECT_THAT(look(), IsEmpty()) << "it failed a minute ago";
  world_.clock().advance(11min);
  request("permitted");
  EXPECT_THAT(look(), Contains("token.recovered to tina@example.com"));
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(Watching, ASiteThatRefusesGatehousesOwnCredential) {
  request("permitted");
  world_.clock().advance(1min);
  request("upstream_credential");
  EXPECT_THAT(look(), Contains("site.upstream_refused to admin@example.com"));
  EXPECT_THAT(look(), IsEmpty());
  world_.clock().advance(11min);
  request("permitted");
  EXPECT_THAT(look(), Contains("site.upstream_well to admin@example.com"));
}

TEST_F(Watching, ErrorsInARowAreToldOnceAndAgainWhenWell) {
  admin::Recorder recorder(services(), world_.request_log());
  admin::CreateToken wanted;
  wanted.account = "nightly";
  wanted.name = "other";
  wanted.scopes = {"read:jira-work"};
  wanted.resources = {"acme/A"};
  wanted.expires_in = 24h * 300;
  wanted.owner = kTokenOwner;
  const auto made = must(admin::create_token(services(), world_.caller(), wanted));
  const std::string secret = made.token.expose();
  const auto answered = [&](Reason reason, int status) {
    gateway::RequestRecord* slot = world_.request_log().queue(0).begin();
    ASSERT_TRUE(slot);
    *slot = gateway::RequestRecord{};
    slot->at = world_.clock().now();
    slot->credential = world_.live(secret);
    slot->secret = *token::to_key(token::parse(secret)->id);
    slot->site = *services().sites.snapshot()->find(Product::kJira, "acme");
    slot->effect = Effect::kPermit;
    slot->reason = reason;
    slot->status = status;
    world_.request_log().queue(0).commit();
  };
  for (int i = 0; i < 4; ++i) answered(Reason::kUpstreamUnavailable, 502);
  answered(Reason::kPermitted, 200);
  for (int i = 0; i < 4; ++i) answered(Reason::kUpstreamUnavailable, 502);
  EXPECT_THAT(look(), IsEmpty()) << "the policy says five in a row";
  answered(Reason::kPermitted, 503);
  EXPECT_THAT(look(), Contains("token.failing to tina@example.com"));
  answered(Reason::kUpstreamUnavailable, 502);
  EXPECT_THAT(look(), IsEmpty());
  world_.clock().advance(11min);
  answered(Reason::kPermitted, 200);
  EXPECT_THAT(look(), Contains("token.recovered to tina@example.com"));
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(Watching, ANewPlaceIsToldOnceButNotTheFirst) {
  request("permitted");
  EXPECT_THAT(look(), IsEmpty());
  world_.clock().advance(24h);
  roll_up();
  request("permitted", "getIssue", "192.0.2.99");
  EXPECT_THAT(look(), IsEmpty()) << "the same network";
  request("permitted", "getIssue", "198.51.100.4");
  EXPECT_THAT(look(), ElementsAre("token.new_place to tina@example.com"));
  request("permitted", "getIssue", "198.51.100.5");
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(Watching, SilenceAgainstWhatWasDeclared) {
  admin::EditAccount edit;
  edit.expected_every = 1h;
  must(admin::edit_account(services(), world_.caller(), "nightly", edit));
  for (int hour = 0; hour < 5; ++hour) {
    request("permitted");
    EXPECT_THAT(look(), IsEmpty());
    world_.clock().advance(1h);
  }
  roll_up();
  EXPECT_THAT(look(), IsEmpty()) << "half as long again is allowed";
  world_.clock().advance(31min);
  EXPECT_THAT(look(), ElementsAre("account.silent to owner@example.com"));
  EXPECT_THAT(look(), IsEmpty());
  request("permitted");
  EXPECT_THAT(look(), ElementsAre("account.recovered to owner@example.com"));
}

TEST_F(Watching, SilenceAgainstWhatWasLearnt) {
  for (int night = 0; night < 8; ++night) {
    request("permitted");
    EXPECT_THAT(look(), IsEmpty());
    world_.clock().advance(24h);
    roll_up();
  }
  EXPECT_THAT(look(), IsEmpty());
  world_.clock().advance(13h);
  EXPECT_THAT(look(), ElementsAre("account.silent to owner@example.com"));
}

TEST_F(Telling, RhythmsAreLearntFromPauses) {
  std::vector<Instant> nightly;
  for (int day = 0; day < 10; ++day) nightly.push_back(kStart + 24h * day);
  EXPECT_EQ(lifecycle::learnt_patience(nightly), Duration(36h));
  nightly.resize(5);
  EXPECT_EQ(lifecycle::learnt_patience(nightly), std::nullopt) << "too few to tell";
  std::vector<Instant> hourly;
  for (int hour = 0; hour < 30; ++hour) hourly.push_back(kStart + 1h * hour);
  EXPECT_EQ(lifecycle::learnt_patience(hourly), Duration(2h));
}

}  // namespace
}  // namespace gatehouse::test
