// What open pages are told: that something changed, each of what they may see, for as long as they are signed in.
#include "admin/live_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/find.h"
#include "admin/recorder.h"
#include "admin/sessions.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "test/support/world.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::HasSubstr;
using testing::Not;

class Page : public EventSink {
 public:
  bool push(std::string text) override {
    said += text;
    return !gone;
  }
  void finish() override { finished = true; }
  /// Since it was asked last.
  std::string news() { return std::exchange(said, {}); }

  std::string said;
  bool finished = false;
  bool gone = false;
};

class Events : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account("ci");
    for (const char* name : {"olga@example.com", "max@example.com"})
      must(add_user(world.services(), world.caller(), {name, name, "member", {}}));
    CreateAccount request;
    request.handle = "hr";
    request.owner = "olga@example.com";
    request.purpose = "joiners";
    request.runs_in = "HR";
    must(create_account(world.services(), world.caller(), request));
    for (const char* handle : {"ci", "hr"}) world.add_grant("acme/A", handle);
  }
  LiveSession session(const std::string& email) {
    auto work = must(world.database().begin());
    const auto user = must(find_user(*work.operator->(), email));
    const SignedIn how = must(open_session(world.services(), *work.operator->(), user.value, "password", {}));
    must(commit(world.services(), std::move(work),
                make_event(world.caller(), "user.sign_in", "user", user.value.id.value, email)));
    return must(find_session(world.services(), how.cookie.expose()));
  }
  struct Opened {
    std::shared_ptr<EventStream> stream;
    std::shared_ptr<Page> page;
    LiveSession session;
  };
  Opened open(const std::string& email) {
    Opened one{nullptr, std::make_shared<Page>(), session(email)};
    one.stream = must(live.subscribe(one.session));
    one.stream->open(one.page);
    live.turn();
    return one;
  }
  std::string token(const std::string& account) {
    CreateToken request;
    request.account = account;
    request.name = "of " + account;
    request.scopes = {"read:jira-work"};
    request.resources = {"acme/A"};
    request.expires_in = hours(24);
    const CreatedToken made = must(create_token(world.services(), world.caller(), request));
    secret = made.token.expose();
    return std::string(made.document.at("id").as_string());
  }

  test::World world;
  LiveEvents live{world.services()};
  std::string secret;
};

TEST_F(Events, SayThatSomethingChangedAndNotWhat) {
  Opened admin = open(test::kAdministrator);
  EXPECT_THAT(admin.page->news(), HasSubstr("event: hello\ndata: {}\n\n"));
  live.turn();
  EXPECT_EQ(admin.page->news(), "") << "nothing changed";
  const std::string id = token("ci");
  live.turn();
  const std::string news = admin.page->news();
  EXPECT_THAT(news, HasSubstr("event: tokens\ndata: {\"id\":\"" + id + "\"}\n\n"));
  EXPECT_THAT(news, Not(HasSubstr("of ci")));
  must(revoke_token(world.services(), world.caller(), id, "leaked"));
  live.turn();
  EXPECT_THAT(admin.page->news(), HasSubstr("event: tokens"));
  for (int i = 0; i < 25; ++i) token("ci");
  live.turn();
  EXPECT_EQ(admin.page->news(), "event: tokens\ndata: {}\n\n") << "so many stand for all";
}

TEST_F(Events, AreOfWhatEachMaySee) {
  Opened olga = open("olga@example.com"), max = open("max@example.com");
  olga.page->news();
  max.page->news();
  const std::string others = token("ci");
  live.turn();
  EXPECT_EQ(olga.page->news(), "");
  const std::string hers = token("hr");
  live.turn();
  EXPECT_THAT(olga.page->news(), HasSubstr(hers));
  EXPECT_EQ(max.page->news(), "") << "not even that there was something";
}

TEST_F(Events, TellOfDenialsToThoseWhomTheyConcern) {
  token("hr");
  const token::LiveCredentialPtr of_hr = world.live(secret);
  Recorder recorder(world.services(), world.request_log());
  Opened olga = open("olga@example.com"), max = open("max@example.com"), admin = open(test::kAdministrator);
  for (Opened* one : {&olga, &max, &admin}) one->page->news();
  const auto deny = [&](const token::LiveCredentialPtr& credential) {
    gateway::RequestRecord* slot = world.request_log().queue(0).begin();
    *slot = gateway::RequestRecord{};
    slot->at = world.clock().now();
    slot->credential = credential;
    slot->reason = Reason::kInsufficientScope;
    slot->request_id = "r";
    world.request_log().queue(0).commit();
    must(recorder.flush());
    live.turn();
  };
  deny(of_hr);
  EXPECT_THAT(olga.page->news(), HasSubstr("event: denials\ndata: {}\n\n"));
  EXPECT_THAT(admin.page->news(), HasSubstr("event: denials"));
  EXPECT_EQ(max.page->news(), "");
  deny(nullptr);
  EXPECT_EQ(olga.page->news(), "") << "nobody's";
  EXPECT_THAT(admin.page->news(), HasSubstr("event: denials"));
}

TEST_F(Events, TellNoAdministratorOfDenialsOnOthersResources) {
  must(add_user(world.services(), world.caller(), {"anna@example.com", "Anna", "project-admin", {"acme/A"}}));
  token("hr");
  const token::LiveCredentialPtr of_hr = world.live(secret);
  Opened anna = open("anna@example.com"), olga = open("olga@example.com");
  const auto refused_on = [&](const std::string& resource) {
    anna.page->news();
    olga.page->news();
    live.denied({{std::string(token::as_view(of_hr->id)), of_hr->boundary->front().resource.site.value, resource}});
    live.turn();
  };
  refused_on("10001");
  EXPECT_EQ(anna.page->news(), "") << "it touches her project, and was refused elsewhere";
  EXPECT_THAT(olga.page->news(), HasSubstr("event: denials"));
  refused_on(of_hr->boundary->front().resource.id);
  EXPECT_THAT(anna.page->news(), HasSubstr("event: denials"));
}

TEST_F(Events, EndWithTheSession) {
  Opened olga = open("olga@example.com"), other = open("olga@example.com");
  Caller herself = caller_of(olga.session, {});
  must(end_session(world.services(), herself, olga.session.user.id, olga.session.session.id));
  live.turn();
  EXPECT_TRUE(olga.page->finished);
  EXPECT_FALSE(other.page->finished) << "one session of hers, and not the other";
  EXPECT_EQ(live.streams(), 1U);
  must(suspend_user(world.services(), world.caller(), "olga@example.com", {}));
  live.turn();
  EXPECT_TRUE(other.page->finished);
}

TEST_F(Events, KeepNoSessionAlive) {
  Opened olga = open("olga@example.com");
  world.clock().advance(world.services().session_limits.idle + hours(1));
  token("hr");
  live.turn();
  EXPECT_TRUE(olga.page->finished) << "only what a person does is a use";
}

TEST_F(Events, AreBoundedForEachAndGiveTheirPlaceBack) {
  const LiveSession of_olga = session("olga@example.com");
  std::vector<std::shared_ptr<EventStream>> streams;
  for (std::size_t i = 0; i < LiveEvents::kMostOfOnePerson; ++i) streams.push_back(must(live.subscribe(of_olga)));
  EXPECT_EQ(live.subscribe(of_olga).error().code, Errc::kLimitExceeded);
  EXPECT_TRUE(live.subscribe(session("max@example.com")));
  streams.pop_back();
  EXPECT_TRUE(live.subscribe(of_olga));
}

TEST_F(Events, LeaveOutWhoDoesNotListen) {
  Opened olga = open("olga@example.com");
  olga.page->gone = true;
  token("hr");
  live.turn();
  EXPECT_EQ(live.streams(), 0U);
}

TEST_F(Events, AreOverAtOnceWhenTheServerStops) {
  live.start();
  Opened olga{nullptr, std::make_shared<Page>(), session("olga@example.com")};
  olga.stream = must(live.subscribe(olga.session));
  auto late = must(live.subscribe(olga.session));
  olga.stream->open(olga.page);
  live.stop();
  EXPECT_TRUE(olga.page->finished);
  const auto page = std::make_shared<Page>();
  late->open(page);
  EXPECT_TRUE(page->finished) << "one whose head was still on its way";
  EXPECT_EQ(live.subscribe(olga.session).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace gatehouse::admin
