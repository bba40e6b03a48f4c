// People at the door, through a whole browser: what lets them in, and what an attacker would try who has read this source.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "admin/live_events.h"
#include "admin/passwords.h"
#include "admin/refusals.h"
#include "admin/sign_in.h"
#include "admin/users.h"
#include "api/router.h"
#include "base/encoding.h"
#include "crypto/one_time_code.h"
#include "test/support/world.h"
#include "test/web/browser.h"
#include "web/assets.h"

namespace gatehouse::web {
namespace {

using namespace std::chrono_literals;
using test::Authenticator;
using test::Browser;
using test::must;
using testing::HasSubstr;
using testing::Not;

const std::string kSentence = "the gate opens at seven";
const std::string kCookie = "__Host-gatehouse-admin";

class SignIn : public testing::Test {
 protected:
  SignIn()
      : web(world.services(), WebOptions{}),
        api(world.services(), [this](const api::Request& request) { return web.handle(request); }),
        browser(web) {}

  std::string link() { return must(admin::reset_link(world.services(), world.caller(), test::kAdministrator)).path; }
  /// Signed in by a link, with a password set.
  void set_up() {
    browser.get(link());
    ASSERT_EQ(browser.get("/account").status, 200);
    ASSERT_EQ(browser.submit("/account/password", {{"password", kSentence}, {"again", kSentence}}).status, 303);
  }
  api::Response enter(Browser& by, const std::string& password, const std::string& email = test::kAdministrator) {
    by.get("/sign-in");
    return by.submit("/sign-in", {{"email", email}, {"password", password}});
  }
  /// The key of a fresh authenticator app.
  std::string set_up_codes() {
    browser.get("/account");
    const api::Response page = browser.submit("/account/codes/begin", {});
    EXPECT_EQ(page.status, 200);
    const std::size_t at = page.body.find("class=\"secret\">") + 15;
    const std::string key = page.body.substr(at, page.body.find('<', at) - at);
    const api::Response shown = browser.submit("/account/codes/confirm", {{"code", code(key)}});
    EXPECT_EQ(shown.status, 200) << shown.body;
    recovery = shown.body.substr(shown.body.find("<li class=\"secret\">") + 19, 19);
    return key;
  }
  std::string code(const std::string& base32) {
    static const std::string kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string bytes;
    unsigned held = 0;
    int bits = 0;
    for (const char c : base32) {
      held = (held << 5U) | static_cast<unsigned>(kAlphabet.find(c));
      bits += 5;
      if (bits < 8) continue;
      bits -= 8;
      bytes += static_cast<char>(held >> bits);
    }
    const auto step = world.clock().now().time_since_epoch().count() / 30000;
    return crypto::hotp(as_bytes(bytes), static_cast<std::uint64_t>(step));
  }
  api::Response rest(const std::string& bearer, const std::string& method, const std::string& target,
                     const std::string& body = {}) {
    api::Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.fields = {{"Host", "localhost:8481"}, {"Authorization", "Bearer " + bearer}};
    if (!body.empty()) request.fields.emplace_back("Content-Type", "application/json");
    return api.handle(request);
  }
  std::string bearer() {
    browser.csrf = std::string(session().at("csrf").as_string());
    return std::string(browser.ask("/session/bearer", {}).at("bearer").as_string());
  }
  boost::json::object session() { return boost::json::parse(browser.get("/session").body).as_object(); }

  test::World world;
  admin::LiveEvents live{world.services()};
  Web web;
  api::Api api;
  Browser browser;
  std::string recovery;
};

TEST_F(SignIn, TheFirstLinkSignsInOnceAndOnlyUntilSomebodyCan) {
  const auto first = must(admin::first_link(world.services()));
  ASSERT_TRUE(first);
  Browser scanner(web);
  const api::Response in = browser.get(first->path);
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(Browser::location(in), "/account");
  EXPECT_EQ(browser.get("/").status, 200);
  EXPECT_EQ(scanner.get(first->path).status, 404) << "once";
  EXPECT_TRUE(must(admin::first_link(world.services()))) << "nobody has set up anything yet";
  browser.get("/account");
  EXPECT_EQ(browser.submit("/account/password", {{"password", kSentence}, {"again", kSentence}}).status, 303);
  EXPECT_FALSE(must(admin::first_link(world.services())));
  EXPECT_EQ(world.audited("session.open").event.reason, "link");
}

TEST_F(SignIn, ALinkIsOverAfterAQuarterOfAnHourAndForNobodyElse) {
  const std::string old = link();
  world.clock().advance(15min);
  EXPECT_EQ(browser.get(old).status, 404);
  const std::string fresh = link();
  EXPECT_EQ(browser.get(fresh.substr(0, fresh.size() - 1)).status, 404);
  std::string changed = fresh;
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(browser.get(changed).status, 404);
  EXPECT_EQ(browser.cookies.count(kCookie), 0U);
  EXPECT_EQ(browser.get(fresh).status, 303) << "guessing does not use it up";
}

TEST_F(SignIn, APasswordLetsItsPersonIn) {
  set_up();
  Browser other(web);
  EXPECT_EQ(enter(other, "not the sentence at all").status, 401);
  EXPECT_EQ(other.cookies.count(kCookie), 0U);
  const api::Response in = enter(other, kSentence);
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(other.get("/").status, 200);
  other.get("/account");
  EXPECT_EQ(other.submit("/sign-out", {}).status, 303);
  EXPECT_EQ(Browser::location(other.get("/")), "/sign-in?next=%2F");
  EXPECT_EQ(browser.get("/").status, 200) << "the other session goes on";
}

TEST_F(SignIn, SaysTheSameForPeopleWhoDoNotExist) {
  set_up();
  Browser stranger(web);
  const api::Response known = enter(stranger, "wrong wrong wrong");
  const api::Response unknown = enter(stranger, "wrong wrong wrong", "nobody@example.com");
  EXPECT_EQ(known.status, unknown.status);
  const auto note = [](const std::string& body) { return body.substr(body.find("role=\"alert\""), 100); };
  EXPECT_EQ(note(known.body), note(unknown.body));
  EXPECT_EQ(world.audited("session.open").event.outcome, "done") << "the link's";
}

/// What takes time for people who exist alone comes after the answer: nobody learns by it who is here.
TEST_F(SignIn, ARefusalIsRecordedAfterItsAnswer) {
  set_up();
  Browser stranger(web);
  {
    // Nothing can be written as long as this one lives.
    const store::UnitOfWork writer = must(world.database().begin());
    EXPECT_EQ(enter(stranger, "wrong wrong wrong").status, 401);
    EXPECT_EQ(enter(stranger, "wrong wrong wrong", "nobody@example.com").status, 401);
    world.services().refusals->flush();  // it could not be written, and is tried again
  }
  store::AuditRecords::Filter filter;
  filter.action = "session.open";
  std::vector<AuditRecord> records;
  for (int tries = 0; tries < 200 && records.size() < 2; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto reader = must(world.database().read());
    records = must(reader->audit_records.list(filter, store::Page{})).items;
  }
  const auto refused = std::count_if(records.begin(), records.end(), [](const AuditRecord& one) {
    return one.event.outcome == "refused" && one.event.target_name == test::kAdministrator && one.event.reason == "password";
  });
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(records.size(), 2U) << "the link's, and this one: of nobody there is none";
}

TEST_F(SignIn, WeakPasswordsAreRefused) {
  browser.get(link());
  for (const char* weak : {"short", "aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "1234567890123456", "admin@example.com",
                           "correct horse battery staple"}) {
    browser.get("/account");
    EXPECT_EQ(browser.submit("/account/password", {{"password", weak}, {"again", weak}}).status, 400) << weak;
  }
  browser.get("/account");
  EXPECT_EQ(browser.submit("/account/password", {{"password", kSentence}, {"again", kSentence + "x"}}).status, 400);
}

TEST_F(SignIn, ACodeIsAskedForAndTakenOnce) {
  set_up();
  const std::string key = set_up_codes();
  world.clock().advance(31s);
  Browser other(web);
  EXPECT_EQ(enter(other, kSentence).status, 200) << "the code's page";
  EXPECT_EQ(other.cookies.count(kCookie), 0U) << "half a sign-in is none";
  EXPECT_EQ(other.submit("/sign-in/code", {{"code", "000000"}}).status, 401);
  const std::string now = code(key);
  const std::string page = other.shown;
  EXPECT_EQ(other.submit("/sign-in/code", {{"code", now}}).status, 303);
  Browser thief(web);
  enter(thief, kSentence);
  EXPECT_EQ(thief.submit("/sign-in/code", {{"code", now}}).status, 401) << "replay of the code";
  world.clock().advance(31s);
  other.shown = page;
  EXPECT_EQ(other.submit("/sign-in/code", {{"code", code(key)}}).status, 401) << "the first half works once";
}

TEST_F(SignIn, ARecoveryCodeWorksOnce) {
  set_up();
  set_up_codes();
  for (const int expected : {303, 401}) {
    Browser other(web);
    enter(other, kSentence);
    EXPECT_EQ(other.submit("/sign-in/code", {{"code", recovery}}).status, expected);
  }
}

TEST_F(SignIn, NobodyCanFixASession) {
  Browser victim(web);
  set_up();
  victim.cookies[kCookie] = std::string(59, 'a');
  EXPECT_EQ(enter(victim, kSentence).status, 303);
  EXPECT_NE(victim.cookies[kCookie], std::string(59, 'a'));
  const std::string before = victim.cookies[kCookie];
  victim.get("/step-up?next=/account");
  EXPECT_EQ(victim.submit("/step-up", {{"password", kSentence}}).status, 303);
  EXPECT_NE(victim.cookies[kCookie], before);
  Browser thief(web);
  thief.cookies[kCookie] = before;
  EXPECT_EQ(thief.get("/").status, 303) << "the old name is over";
}

TEST_F(SignIn, OtherPagesCanSendNothing) {
  set_up();
  for (const char* origin : {"", "null", "http://evil.example", "http://localhost:8480", "https://localhost:8481"}) {
    browser.get("/account");
    browser.origin = origin;
    EXPECT_EQ(browser.submit("/sign-out", {}).status, 403) << origin;
    EXPECT_EQ(browser.post("/sign-in", {{"email", "a@b"}, {"password", kSentence}}).status, 403) << "signing a victim in, too";
  }
  browser.origin = "http://localhost:8481";
  EXPECT_EQ(browser.post("/sign-out", {}).status, 403) << "no CSRF token";
  Browser other(web);
  enter(other, kSentence);
  other.get("/account");
  const std::size_t at = other.shown.find("name=\"csrf\" value=\"") + 19;
  const std::string theirs = other.shown.substr(at, other.shown.find('"', at) - at);
  EXPECT_EQ(browser.post("/sign-out", {{"csrf", theirs}}).status, 403) << "another session's";
  EXPECT_EQ(browser.get("/").status, 200);
}

TEST_F(SignIn, ASessionEndsByIdlingByAgeAndEverywhere) {
  set_up();
  for (int i = 0; i < 11; ++i) {
    world.clock().advance(59min);
    ASSERT_EQ(browser.get("/").status, 200) << i;
  }
  world.clock().advance(75min);
  EXPECT_EQ(browser.get("/").status, 303) << "idle";
  ASSERT_EQ(enter(browser, kSentence).status, 303);
  for (int i = 0; i < 12; ++i) {
    world.clock().advance(59min);
    browser.get("/");
  }
  world.clock().advance(20min);
  EXPECT_EQ(browser.get("/").status, 303) << "twelve hours are over";
  Browser one(web);
  Browser two(web);
  enter(one, kSentence);
  enter(two, kSentence);
  one.get("/account");
  EXPECT_EQ(one.submit("/sign-out-everywhere", {}).status, 303);
  EXPECT_EQ(two.get("/").status, 303);
}

TEST_F(SignIn, AStolenProofIsOld) {
  set_up();
  world.clock().advance(11min);
  browser.get("/account");
  const api::Response asked = browser.submit("/account/password", {{"password", kSentence}, {"again", kSentence}});
  EXPECT_EQ(Browser::location(asked), "/step-up?next=%2Faccount");
  browser.get("/step-up?next=/account");
  EXPECT_EQ(browser.submit("/step-up", {{"password", "guess guess guess"}}).status, 401);
  browser.get("/step-up?next=/account");
  EXPECT_EQ(browser.submit("/step-up", {{"password", kSentence}}).status, 303);
  browser.get("/account");
  EXPECT_EQ(browser.submit("/account/codes/begin", {}).status, 200);
}

TEST_F(SignIn, ARestBearerIsTheSessionsAndNoCookieIs) {
  set_up();
  const std::string good = bearer();
  EXPECT_EQ(rest(good, "GET", "/api/v1/me").status, 200);
  const std::string made = R"({"email":"eva@example.com","name":"Eva","role":"member"})";
  EXPECT_EQ(rest(good, "POST", "/api/v1/users", made).status, 201) << "just proved";
  world.clock().advance(11min);
  EXPECT_EQ(rest(good, "GET", "/api/v1/me").status, 401) << "five minutes";
  const api::Response late = rest(bearer(), "POST", "/api/v1/admin-keys", R"({"name":"x"})");
  EXPECT_EQ(late.status, 403);
  EXPECT_THAT(late.body, HasSubstr("step-up"));
  api::Request with_cookie;
  with_cookie.method = "GET";
  with_cookie.target = "/api/v1/me";
  with_cookie.fields = {{"Host", "localhost"}, {"Cookie", kCookie + "=" + browser.cookies[kCookie]}};
  EXPECT_EQ(api.handle(with_cookie).status, 401) << "the REST API takes no cookies";
  std::string forged = bearer();
  forged[forged.size() - 3] = forged[forged.size() - 3] == 'a' ? 'b' : 'a';
  EXPECT_EQ(rest(forged, "GET", "/api/v1/me").status, 401);
  const std::string last = bearer();
  browser.get("/account");
  browser.submit("/sign-out", {});
  EXPECT_EQ(rest(last, "GET", "/api/v1/me").status, 401) << "it dies with its session";
}

TEST_F(SignIn, SuspendingEndsItAllAtOnce) {
  must(admin::add_user(world.services(), world.caller(), {"eva@example.com", "Eva", "org-admin", {}}));
  Browser eva(web);
  eva.get(must(admin::reset_link(world.services(), world.caller(), "eva@example.com")).path);
  const std::string waiting = must(admin::reset_link(world.services(), world.caller(), "eva@example.com")).path;
  eva.get("/account");
  eva.submit("/account/password", {{"password", kSentence}, {"again", kSentence}});
  EXPECT_EQ(eva.get("/").status, 200);
  const std::string key =
      must(admin::create_admin_key(world.services(), world.caller(), "eva@example.com", "k", {})).text.expose();
  must(admin::suspend_user(world.services(), world.caller(), "eva@example.com", {}));
  EXPECT_EQ(eva.get("/").status, 303);
  EXPECT_EQ(enter(eva, kSentence, "eva@example.com").status, 401);
  EXPECT_EQ(eva.get(waiting).status, 404);
  must(admin::restore_user(world.services(), world.caller(), "eva@example.com"));
  EXPECT_EQ(eva.get("/").status, 303) << "nothing comes back by itself";
  EXPECT_EQ(eva.get(waiting).status, 404);
  EXPECT_EQ(rest(key, "GET", "/api/v1/me").status, 401);
  EXPECT_EQ(enter(eva, kSentence, "eva@example.com").status, 303);
}

TEST_F(SignIn, GuessingSlowsDownAndLocksNobodyElseOut) {
  set_up();
  Browser guesser(web);
  guesser.address = "198.51.100.1";
  std::vector<int> statuses;
  for (int i = 0; i < 7; ++i) statuses.push_back(enter(guesser, "guess number " + std::to_string(i) + " of them").status);
  EXPECT_EQ(statuses.front(), 401);
  EXPECT_EQ(statuses.back(), 429);
  Browser elsewhere(web);
  EXPECT_EQ(enter(elsewhere, kSentence).status, 303) << "the person, from somewhere else";
  world.clock().advance(20min);
  EXPECT_EQ(enter(guesser, kSentence).status, 303) << "and from there, after a while";
}

TEST_F(SignIn, APasskeyOfEachKindSignsInAndProves) {
  set_up();
  for (const auto kind : {test::KeyKind::kEs256, test::KeyKind::kEdDsa, test::KeyKind::kRs256}) {
    Authenticator authenticator(kind);
    browser.csrf = std::string(session().at("csrf").as_string());
    const auto options = browser.ask("/account/passkeys/begin", {});
    const auto made = authenticator.create(options, browser.origin);
    browser.ask("/account/passkeys", made, 201);
    browser.ask("/account/passkeys", made, 409);
    Browser other(web);
    const auto asked = other.ask("/sign-in/passkey/begin", {});
    const auto answer = authenticator.get(asked, other.origin);
    EXPECT_EQ(other.ask("/sign-in/passkey", answer).at("next").as_string(), "/");
    EXPECT_EQ(other.get("/").status, 200);
    Browser thief(web);
    thief.ask("/sign-in/passkey", answer, 401);
    world.clock().advance(11min);
    const std::string before = other.cookies[kCookie];
    other.csrf = std::string(boost::json::parse(other.get("/session").body).at("csrf").as_string());
    other.ask("/step-up/passkey", authenticator.get(other.ask("/sign-in/passkey/begin", {}), other.origin));
    EXPECT_NE(other.cookies[kCookie], before);
    browser.get("/step-up");
    ASSERT_EQ(browser.submit("/step-up", {{"password", kSentence}}).status, 303);
  }
}

TEST_F(SignIn, APasskeysAnswerIsHeldAgainstEverythingItSays) {
  set_up();
  Authenticator authenticator(test::KeyKind::kEs256);
  browser.csrf = std::string(session().at("csrf").as_string());
  browser.ask("/account/passkeys/begin", {});
  const auto elsewhere = authenticator.create(browser.ask("/account/passkeys/begin", {}), "http://evil.example");
  browser.ask("/account/passkeys", elsewhere, 401);
  authenticator.verified = false;
  browser.ask("/account/passkeys", authenticator.create(browser.ask("/account/passkeys/begin", {}), browser.origin), 401);
  authenticator.verified = true;
  browser.ask("/account/passkeys", authenticator.create(browser.ask("/account/passkeys/begin", {}), browser.origin), 201);

  Browser other(web);
  const auto attempt = [&](const auto& change, int expected) {
    const auto asked = other.ask("/sign-in/passkey/begin", {});
    auto answer = authenticator.get(asked, other.origin);
    change(answer);
    other.ask("/sign-in/passkey", answer, expected);
  };
  attempt([](auto& answer) { answer["signature"] = "AAAA"; }, 401);
  attempt([](auto& answer) { answer["credential"] = "bm9uZQ"; }, 401);
  attempt([](auto& answer) { answer["challenge"] = "x"; }, 401);
  const auto before = other.ask("/sign-in/passkey/begin", {});
  attempt([&before](auto& answer) { answer["challenge"] = before.at("challenge"); }, 401);
  attempt([&](auto& answer) { answer = authenticator.get(before, "http://evil.example"); }, 401);
  attempt([](auto&) {}, 200);
  authenticator.counts = -2;
  attempt([](auto&) {}, 401);
  authenticator.counts = 5;
  authenticator.verified = false;
  attempt([](auto&) {}, 401);
  authenticator.verified = true;
  world.clock().advance(1min);
  attempt([](auto&) {}, 200);
  const auto late = other.ask("/sign-in/passkey/begin", {});
  world.clock().advance(5min);
  other.ask("/sign-in/passkey", authenticator.get(late, other.origin), 401);
}

TEST_F(SignIn, EveryPageKeepsOthersOut) {
  set_up();
  for (const char* path : {"/", "/account", "/device", "/step-up"}) {
    Browser nobody(web);
    EXPECT_EQ(nobody.get(path).status, 303) << path;
    const api::Response page = browser.get(path);
    EXPECT_EQ(page.status, 200) << path;
    std::string policy;
    for (const auto& [name, value] : page.fields) {
      if (name == "Content-Security-Policy") policy = value;
    }
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_THAT(page.body, Not(HasSubstr("<style")));
    EXPECT_THAT(page.body, Not(HasSubstr("onclick")));
  }
  EXPECT_EQ(browser.get("/nowhere").status, 404);
  EXPECT_EQ(browser.get("/sign-in/code").status, 405);
  EXPECT_EQ(browser.get(style_path()).status, 200);
  EXPECT_EQ(browser.get(script_path()).status, 200);
  Browser nobody(web);
  EXPECT_EQ(nobody.get("/session").status, 401);
}

TEST_F(SignIn, NamesOfPeopleAreTexts) {
  const std::string odd = "\"><script>alert(1)</script>@example.com";
  browser.get("/sign-in");
  const api::Response page = browser.submit("/sign-in", {{"email", odd}, {"password", "x"}});
  EXPECT_THAT(page.body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;"));
}

TEST_F(SignIn, TellsAnOpenPageByItsCookieAlone) {
  const api::Response stranger = browser.get("/session/events");
  EXPECT_EQ(stranger.status, 401);
  EXPECT_FALSE(stranger.stream);
  set_up();
  const api::Response page = browser.get("/session/events");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/event-stream");
  ASSERT_TRUE(page.stream);
  EXPECT_EQ(live.streams(), 1U);
  EXPECT_EQ(rest(bearer(), "GET", "/api/v1/events").status, 404) << "no cookie counts under /api";
  std::vector<api::Response> more;
  for (std::size_t i = 1; i < admin::LiveEvents::kMostOfOnePerson; ++i) more.push_back(browser.get("/session/events"));
  const api::Response one_more = browser.get("/session/events");
  EXPECT_EQ(one_more.status, 429);
  EXPECT_FALSE(one_more.stream);
  more.clear();
  EXPECT_EQ(live.streams(), 1U) << "each gives its place back";
}

TEST_F(SignIn, AnOpenPageThatComesBackByItselfKeepsNoSessionAlive) {
  set_up();
  const Duration most = world.services().session_limits.idle * 3 / 4;
  world.clock().advance(most);
  EXPECT_EQ(browser.get("/session/events").status, 200);
  world.clock().advance(most);
  EXPECT_EQ(browser.get("/session/events").status, 401);
}

TEST_F(SignIn, OpensNoStreamForAPageOfSomebodyElse) {
  set_up();
  api::Request request;
  request.method = "GET";
  request.target = "/session/events";
  request.id = "request000000001";
  std::string cookies;
  for (const auto& [name, value] : browser.cookies) cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
  request.fields = {{"Host", "localhost:8481"}, {"Cookie", cookies}, {"Sec-Fetch-Site", "cross-site"}};
  EXPECT_EQ(web.handle(request).status, 403);
  request.fields.back().second = "same-origin";
  EXPECT_EQ(web.handle(request).status, 200);
  EXPECT_EQ(live.streams(), 0U);
}

}  // namespace
}  // namespace gatehouse::web
