// Apps that act for people: codes, PKCE, refresh tokens, consent; with the numbers of the checklists (RFC 9700, 7636, 9207).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "admin/federations.h"
#include "oauth/code.h"
#include "oauth/families.h"
#include "oauth/pages.h"
#include "test/oauth/people.h"

namespace gatehouse::oauth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::must;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(People, ConsentInPlainWordsToTheProjectsTheyChoose) {
  const std::string shown = page(query({{"prompt", "consent"}}));
  EXPECT_THAT(shown, HasSubstr("<strong>Sprint report</strong> asks to act in your name"));
  EXPECT_THAT(shown, HasSubstr("read issues, their comments"));
  EXPECT_THAT(shown, HasSubstr("acme/A"));
  EXPECT_THAT(shown, HasSubstr("frame-ancestors 'none'"));  // RFC 9700 [16]
  EXPECT_THAT(shown, HasSubstr("X-Frame-Options: DENY"));
  // Back to the app, or to the sign-in by who was signed out meanwhile: Chromium holds redirects against it too.
  EXPECT_THAT(shown, HasSubstr("form-action 'self' https://gate.example:8481 https://app.example\r\n"));
  EXPECT_THAT(shown, Not(HasSubstr("Access-Control-Allow")));     // RFC 9700 [17]
  EXPECT_THAT(shown, HasSubstr("Referrer-Policy: same-origin"));  // RFC 9700 [18]
  const Answer tokens = redeem(code());
  ASSERT_EQ(tokens.status, 200) << tokens.error();
  EXPECT_EQ(tokens.text("scope"), "read:jira-work");
  EXPECT_THAT(tokens.text("refresh_token"), StartsWith("gthr_"));
  Context context(it.world.services());
  const auto seen = look_at_access_token(context, tokens.text("access_token"));
  ASSERT_TRUE(seen && seen->active);
  ASSERT_EQ(seen->credential->boundary->size(), 1U);
  EXPECT_EQ(seen->credential->boundary->front().resource.key, "A");
  EXPECT_EQ(seen->claims.subject, user.id.value);
}

/// RFC 9700 [1], [2], [13]: a redirect URI that is not the app's is never followed.
TEST_F(People, AreSentBackToTheAppsOwnAddressAlone) {
  for (const char* uri : {"https://app.example/callback/", "https://app.example/callback?x=1", "https://evil.example/callback",
                          "http://app.example/callback", "https://app.example/callback#x", "http://127.0.0.1:80a/cb",
                          "http://127.0.0.1.evil.example/cb", "http://127.0.0.1:8080@evil.example/cb"}) {
    const Answer answer = it.send(get("/authorize", query({{"redirect_uri", uri}})));
    EXPECT_EQ(answer.status, 400) << uri;
    EXPECT_EQ(location_in(answer.head), "") << uri;
  }
  EXPECT_EQ(it.send(get("/authorize", query({{"redirect_uri", "http://127.0.0.1:49152/cb"}}))).status, 200);
  EXPECT_FALSE(admin::check_redirect_uri("http://app.example/cb"));
  EXPECT_FALSE(admin::check_redirect_uri("https://app.example/cb#f"));
  EXPECT_FALSE(admin::check_redirect_uri("javascript:alert(1)"));
  EXPECT_FALSE(admin::check_redirect_uri("https://*.example/cb"));
  EXPECT_TRUE(admin::check_redirect_uri("com.example.app:/cb"));
}

/// RFC 9207 [1], [2]; RFC 9700 [7], [9].
TEST_F(People, AnswersSayWhoGaveThem) {
  for (const auto& [name, value, error] : {std::tuple("response_type", "token", "unsupported_response_type"),
                                           std::tuple("scope", "manage:jira-project", "invalid_scope"),
                                           std::tuple("code_challenge_method", "plain", "invalid_request"),
                                           std::tuple("response_mode", "fragment", "invalid_request"),
                                           std::tuple("audience", "https://evil.example", "invalid_target"),
                                           std::tuple("request_uri", "https://x", "request_uri_not_supported")}) {
    const std::string location = location_in(it.send(get("/authorize", query({{name, value}}))).head);
    EXPECT_EQ(parameter(location, "error"), error) << name;
    EXPECT_EQ(parameter(location, "iss"), "http://127.0.0.1:8480");
    EXPECT_EQ(parameter(location, "state"), "xyz");
    EXPECT_THAT(location, StartsWith(kRedirect + "?"));
  }
  const std::string with = query();
  const Answer given = decide(with, {{"r0", resource(page(with), 0)}, {"decision", "allow"}});
  EXPECT_EQ(given.status, 303);  // RFC 9700 [3]
  EXPECT_EQ(parameter(location_in(given.head), "iss"), "http://127.0.0.1:8480");
  EXPECT_EQ(parameter(location_in(decide(query({{"prompt", "consent"}}), {{"decision", "deny"}}).head), "error"),
            "access_denied");
}

/// RFC 7636 [1], [2], [3]; RFC 9700 [5], [6].
TEST_F(People, CodesWorkOnceAndWithTheirVerifier) {
  EXPECT_EQ(redeem(code(), {{"code_verifier", ""}}).error(), "invalid_grant");
  EXPECT_EQ(redeem(code(), {{"code_verifier", std::string(43, 'a')}}).error(), "invalid_grant");
  EXPECT_EQ(redeem(code(), {{"code_verifier", kVerifier.substr(0, 42)}}).error(), "invalid_grant");
  EXPECT_EQ(redeem(code(), {{"redirect_uri", "http://127.0.0.1/cb"}}).error(), "invalid_grant");
  EXPECT_EQ(redeem(code({{"code_challenge", ""}, {"code_challenge_method", ""}})).error(), "invalid_grant");
  EXPECT_EQ(redeem(code({{"code_challenge", ""}, {"code_challenge_method", ""}}), {{"code_verifier", ""}}).status, 200);
  const std::string burnt = code();
  EXPECT_EQ(redeem(burnt, {{"code_verifier", std::string(43, 'a')}}).error(), "invalid_grant");
  EXPECT_EQ(redeem(burnt).error(), "invalid_grant");
  const std::string late = code();
  pass(seconds(60));
  EXPECT_EQ(redeem(late).error(), "invalid_grant");
  const std::string good = code();
  const Answer tokens = redeem(good);
  ASSERT_TRUE(active(tokens.text("access_token")));
  EXPECT_EQ(redeem(good).error(), "invalid_grant");
  EXPECT_FALSE(active(tokens.text("access_token")));
  EXPECT_EQ(refresh(tokens.text("refresh_token")).error(), "invalid_grant");
}

/// RFC 9700 [11].
TEST_F(People, RefreshTokensRotateAndTellOfReuse) {
  const Answer first = redeem(code());
  const Answer second = refresh(first.text("refresh_token"));
  ASSERT_EQ(second.status, 200);
  EXPECT_NE(second.text("refresh_token"), first.text("refresh_token"));
  // The answer was lost: the same again.
  EXPECT_EQ(refresh(first.text("refresh_token")).text("refresh_token"), second.text("refresh_token"));
  const Answer third = refresh(second.text("refresh_token"));
  ASSERT_EQ(third.status, 200);
  EXPECT_TRUE(active(third.text("access_token")));
  // Now it was not.
  EXPECT_EQ(refresh(first.text("refresh_token")).error(), "invalid_grant");
  EXPECT_FALSE(active(third.text("access_token")));
  EXPECT_FALSE(active(first.text("access_token")));
  EXPECT_EQ(refresh(third.text("refresh_token")).error(), "invalid_grant");
  const AuditEvent told = it.world.audited("refresh_token.reuse").event;
  EXPECT_EQ(told.target_kind, "token_family");
  EXPECT_EQ(told.caller.actor_id, app.id);
}

/// RFC 9700 [11].
TEST_F(People, RefreshTokensNeverGetMoreAndEndUnused) {
  const std::string token = redeem(code()).text("refresh_token");
  const Form more{{"grant_type", "refresh_token"}, {"refresh_token", token}, {"scope", "read:jira-work write:jira-work"}};
  EXPECT_EQ(it.post("/oauth/token", more, &app).error(), "invalid_scope") << "the app has it, and nobody consented to it";
  EXPECT_EQ(refresh(token).status, 200) << "what was refused did not use it up";
  const std::string unused = redeem(code()).text("refresh_token");
  pass(kIdleRefresh);
  EXPECT_EQ(refresh(unused).error(), "invalid_grant");
}

TEST_F(People, NamesReadAsTheyAre) {
  EXPECT_EQ(html("Sprint\u202etroper\u2066 <b>\u20ac\u2069"), "Sprinttroper &lt;b&gt;\u20ac");
  EXPECT_EQ(html("\xe2\x80"), "\xe2\x80") << "cut off";
}

TEST_F(People, ALostAnswerIsGivenAgainForHalfAMinute) {
  const Answer first = redeem(code());
  ASSERT_EQ(refresh(first.text("refresh_token")).status, 200);
  pass(kLeeway + seconds(1));
  EXPECT_EQ(refresh(first.text("refresh_token")).error(), "invalid_grant");
}

TEST_F(People, RevocationEndsTheFamily) {
  const Answer tokens = redeem(code());
  EXPECT_EQ(it.post("/oauth/revoke", {{"token", tokens.text("refresh_token")}}, &app).status, 200);  // RFC 7009 [5]
  EXPECT_FALSE(active(tokens.text("access_token")));
  EXPECT_EQ(refresh(tokens.text("refresh_token")).error(), "invalid_grant");
}

TEST_F(People, ConsentsAreRememberedSeenAndWithdrawn) {
  const Answer tokens = redeem(code());
  // Remembered: no page.
  EXPECT_FALSE(parameter(location_in(it.send(get("/authorize", query())).head), "code").empty());
  EXPECT_EQ(location_in(it.send(get("/authorize", query({{"prompt", "consent"}}))).head), "");
  EXPECT_EQ(location_in(it.send(get("/authorize", query({{"scope", "read:jira-work write:jira-work"}}))).head), "");
  EXPECT_EQ(
      parameter(location_in(it.send(get("/authorize", query({{"scope", "write:jira-work"}, {"prompt", "none"}}))).head), "error"),
      "consent_required");
  const auto listed = must(admin::list_consents(it.world.services(), it.world.caller(), {}));
  ASSERT_EQ(listed.items.size(), 1U);
  const auto& consent = listed.items.front().as_object();
  EXPECT_EQ(consent.at("app_name").as_string(), "Sprint report");
  EXPECT_EQ(consent.at("resources").as_array().size(), 1U);
  must(admin::withdraw_consent(it.world.services(), it.world.caller(), consent.at("id").as_string()));
  EXPECT_FALSE(active(tokens.text("access_token")));
  EXPECT_EQ(refresh(tokens.text("refresh_token")).error(), "invalid_grant");
}

TEST_F(People, ThePageIsTheirsAlone) {
  const std::string with = query();
  const std::string choice = resource(page(with), 0);
  EXPECT_EQ(decide(with, {{"r0", choice}, {"decision", "allow"}}, "https://evil.example").status, 400);
  gateway::AuthorizationRequest forged =
      Asking::request("/authorize", {{"query", with}, {"csrf", "x"}, {"r0", choice}, {"decision", "allow"}});
  forged.cookie = SecretString("__Host-gatehouse-gate=" + gate);
  forged.origin = "http://127.0.0.1:8480";
  EXPECT_EQ(it.send(forged).status, 400);
  // What was not offered can't be chosen.
  EXPECT_EQ(decide(with, {{"r0", choice.substr(0, 17) + "10002"}, {"decision", "allow"}}).status, 400);
  EXPECT_EQ(decide(with, {{"decision", "allow"}}).status, 400);
  gate.clear();
  EXPECT_EQ(parameter(location_in(it.send(get("/authorize", query({{"prompt", "none"}}))).head), "error"), "login_required");
}

TEST_F(People, NothingThatWasSentEndsAHeader) {
  const Answer answer = it.send(get("/authorize/arrive", "ticket=x&to=%0d%0aSet-Cookie:%20a=b"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.head, Not(HasSubstr("a=b")));
  EXPECT_EQ(it.send(get("/authorize", query({{"state", "a\r\nSet-Cookie: a=b"}}))).status, 400);
}

TEST_F(People, ConditionsOfFederationsStayInTheirPart) {
  using admin::pattern_matches;
  EXPECT_TRUE(pattern_matches("repo:acme/api:ref:refs/heads/*", "repo:acme/api:ref:refs/heads/main"));
  EXPECT_FALSE(pattern_matches("repo:acme/api:ref:refs/heads/*", "repo:acme/api:ref:refs/heads/a/b"));
  EXPECT_FALSE(pattern_matches("repo:acme/*", "repo:acme/api:ref:refs/heads/main"));
  EXPECT_FALSE(pattern_matches("repo:acme/api", "repo:acme/api2"));
  EXPECT_FALSE(pattern_matches("repo:acme/api", "xrepo:acme/api"));
  EXPECT_TRUE(pattern_matches("a*b*c", "axxbyybc"));
  EXPECT_FALSE(pattern_matches("a*b*c", "axx:byybc"));
  EXPECT_TRUE(pattern_matches("*", ""));
  EXPECT_FALSE(pattern_matches("", "a"));
  EXPECT_FALSE(pattern_matches("*a*a*a*b", std::string(20'000, 'a')));
}

TEST_F(People, ASuspendedPersonsAppsStop) {
  const Answer tokens = redeem(code());
  ASSERT_TRUE(active(tokens.text("access_token")));
  must(admin::revoke_app(it.world.services(), it.world.caller(), app.id, "test"));
  EXPECT_FALSE(active(tokens.text("access_token")));
  EXPECT_EQ(it.send(get("/authorize", query())).status, 400);
}

/// "10,000 concurrent double uses": exactly one success each. What the winner got is over again: somebody else had the code too.
TEST_F(People, OneOfTwoWhoRaceForACodeWins) {
  const int rounds = race_rounds(50);
  for (int round = 0; round < rounds; ++round) {
    const std::string given = code();
    ASSERT_FALSE(given.empty()) << round;
    ASSERT_EQ(race(2, [&] { return redeem(given).status == 200; }), 1) << round;
    // So little that the person's session outlives the longest race, so much that the app stays within its requests a minute.
    pass(std::chrono::milliseconds(100));
  }
}

/// Two who use a refresh token at once are one client that did not wait: both get the same successor, and there is one.
TEST_F(People, TwoWhoRaceForARefreshTokenGetOneSuccessor) {
  std::string token = redeem(code()).text("refresh_token");
  const int rounds = race_rounds(50);
  for (int round = 0; round < rounds; ++round) {
    std::mutex mutex;
    std::set<std::string> successors;
    ASSERT_EQ(race(2,
                   [&] {
                     const Answer fresh = refresh(token);
                     const std::lock_guard lock(mutex);
                     successors.insert(fresh.text("refresh_token"));
                     return fresh.status == 200;
                   }),
              2);
    ASSERT_EQ(successors.size(), 1U);
    token = *successors.begin();
    pass(seconds(5));
  }
}

TEST_F(People, ATokenIsExchangedForANarrowerOneThatDiesWithIt) {
  const Client client = it.add_client();
  const std::string exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
  const std::string access = "urn:ietf:params:oauth:token-type:access_token";
  const auto swap = [&](const std::string& token, Form more, const Client& by) {
    Form form{{"grant_type", exchange}, {"subject_token", token}, {"subject_token_type", access}};
    for (auto& one : more) form.push_back(std::move(one));
    return it.post("/oauth/token", form, &by);
  };
  const std::string whole =
      it.token(client, {{"authorization_details", R"([{"type":"gatehouse_resource","identifier":"acme/A"}])"}})
          .text("access_token");
  const Answer narrow = swap(whole, {{"scope", "read:jira-work"}}, client);
  ASSERT_EQ(narrow.status, 200) << narrow.error();
  EXPECT_EQ(narrow.text("issued_token_type"), access);  // RFC 8693 [8]
  Context context(it.world.services());
  const auto seen = look_at_access_token(context, narrow.text("access_token"));
  ASSERT_TRUE(seen && seen->active);
  EXPECT_EQ(seen->claims.actors, std::vector<std::string>{client.id});
  ASSERT_EQ(seen->credential->boundary->size(), 1U);
  // RFC 8693 [2]: neither what the token lacks, nor what only its client has.
  EXPECT_EQ(swap(whole, {{"authorization_details", R"([{"type":"gatehouse_resource","identifier":"acme/B"}])"}}, client).error(),
            "invalid_authorization_details");
  const Answer site = swap(whole, {{"resource", "http://127.0.0.1:8480/ex/jira/acme"}}, client);
  ASSERT_EQ(site.status, 200) << site.error();
  EXPECT_EQ(look_at_access_token(context, site.text("access_token"))->credential->boundary->size(), 1U);
  EXPECT_EQ(swap(narrow.text("access_token"), {{"scope", "write:jira-work"}}, client).error(), "invalid_scope");
  EXPECT_EQ(swap(whole, {{"actor_token", "x"}}, client).error(), "invalid_request");  // RFC 8693 [5]
  EXPECT_EQ(swap(whole, {{"audience", "https://evil.example"}}, client).error(), "invalid_target");
  // RFC 8693 [3].
  pass(std::chrono::minutes(30));
  EXPECT_LE(swap(whole, {}, client).body.at("expires_in").as_int64(), 1800);
  // RFC 8693 [4].
  std::string deep = whole;
  for (std::size_t i = 0; i < token::kMostAncestors; ++i) deep = swap(deep, {}, client).text("access_token");
  EXPECT_TRUE(active(deep));
  EXPECT_EQ(swap(deep, {}, client).error(), "invalid_grant");
  EXPECT_EQ(it.post("/oauth/revoke", {{"token", whole}}, &client).status, 200);
  EXPECT_FALSE(active(narrow.text("access_token")));
  EXPECT_FALSE(active(deep));
}

}  // namespace
}  // namespace gatehouse::oauth
