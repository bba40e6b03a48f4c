// Apps that act for people: codes, PKCE, refresh tokens, consent; with the numbers of the checklists (RFC 9700, 7636, 9207).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "admin/apps.h"
#include "admin/authorize_ticket.h"
#include "admin/federations.h"
#include "admin/find.h"
#include "admin/sessions.h"
#include "admin/users.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "oauth/code.h"
#include "oauth/families.h"
#include "oauth/gate_session.h"
#include "oauth/presented.h"
#include "test/oauth/asking.h"

namespace gatehouse::oauth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::must;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const std::string kRedirect = "https://app.example/callback";

class People : public testing::Test {
 protected:
  void SetUp() override {
    admin::CreateApp wanted;
    wanted.name = "Sprint report";
    wanted.redirect_uris = {kRedirect, "http://127.0.0.1/cb"};
    wanted.scopes = {"read:jira-work", "write:jira-work"};
    wanted.resources = {"acme/A", "acme/B"};
    const auto made = must(admin::create_app(it.world.services(), it.world.caller(), wanted));
    app = {std::string(made.document.at("client_id").as_string()), made.token.expose()};
    sign_in();
  }

  /// As the browser does it: a session of the panel, a ticket, the cookie of the gate.
  void sign_in() {
    admin::Services& services = it.world.services();
    auto work = must(services.database.begin());
    user = must(admin::find_user(*work.operator->(), test::kAdministrator)).value;
    const admin::SignedIn how = must(admin::open_session(services, *work.operator->(), user, "password", {}));
    must(admin::commit(services, std::move(work), admin::make_event(it.world.caller(), "test", "user", user.id.value, "")));
    const auto session = must(admin::find_session(services, how.cookie.expose()));
    gateway::AuthorizationRequest leaving = get("/authorize", query());
    const Answer away = it.send(leaving);
    const std::string cookie = cookie_in(away.head, "__Host-gatehouse-leaving");
    const std::string ticket = admin::make_authorize_ticket(services, session, to_base64url(crypto::sha256(cookie)));
    std::string arrival;
    append_form("ticket", ticket, arrival);
    append_form("to", query(), arrival);
    gateway::AuthorizationRequest arriving = get("/authorize/arrive", arrival);
    arriving.cookie = SecretString("__Host-gatehouse-leaving=" + cookie);
    const Answer here = it.send(arriving);
    gate = cookie_in(here.head, "__Host-gatehouse-gate");
    // Nobody else's browser can take the ticket, and it works once.
    EXPECT_FALSE(gate.empty());
    EXPECT_EQ(it.send(arriving).status, 400);
  }

  static std::string cookie_in(const std::string& head, const std::string& name) {
    const std::size_t from = head.find(name + "=");
    if (from == std::string::npos) return {};
    const std::size_t begin = from + name.size() + 1;
    return head.substr(begin, head.find(';', begin) - begin);
  }
  static std::string location_in(const std::string& head) {
    const std::size_t from = head.find("Location: ");
    return from == std::string::npos ? std::string() : head.substr(from + 10, head.find('\r', from) - from - 10);
  }
  static std::string parameter(const std::string& location, const std::string& name) {
    const auto parsed = Parameters::from_form(location.substr(location.find('?') + 1));
    return parsed ? parsed.value().text(name) : std::string();
  }

  gateway::AuthorizationRequest get(const std::string& path, const std::string& with) {
    gateway::AuthorizationRequest asked = Asking::request(path, {});
    asked.method = http::Method::kGet;
    asked.query = with;
    if (!gate.empty()) asked.cookie = SecretString("__Host-gatehouse-gate=" + gate);
    return asked;
  }
  std::string query(Form more = {}) {
    Form all{{"response_type", "code"},
             {"client_id", app.id},
             {"redirect_uri", kRedirect},
             {"scope", "read:jira-work offline_access"},
             {"state", "xyz"},
             {"code_challenge", kChallenge},
             {"code_challenge_method", "S256"},
             {"audience", "api.atlassian.com"}};
    for (auto& [name, value] : more) {
      const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
      if (found == all.end()) {
        all.emplace_back(name, value);
      } else {
        found->second = value;
      }
    }
    std::string out;
    for (const auto& [name, value] : all) append_form(name, value, out);
    return out;
  }
  std::string page(const std::string& with) {
    const http::ElsewhereAnswer answer = it.server.answer(get("/authorize", with));
    return answer.head + "\n" + answer.body.expose();
  }
  static std::string hidden_in(const std::string& page, const std::string& name) {
    const std::string mark = "name=\"" + name + "\" value=\"";
    const std::size_t from = page.find(mark);
    return from == std::string::npos ? std::string()
                                     : page.substr(from + mark.size(), page.find('"', from + mark.size()) - from - mark.size());
  }
  Answer decide(const std::string& with, Form more, const std::string& origin = "http://127.0.0.1:8480") {
    const std::string shown = page(with);
    Form form{{"query", with}, {"csrf", hidden_in(shown, "csrf")}};
    for (auto& one : more) form.push_back(std::move(one));
    gateway::AuthorizationRequest asked = Asking::request("/authorize", form);
    asked.cookie = SecretString("__Host-gatehouse-gate=" + gate);
    asked.origin = origin;
    return it.send(asked);
  }
  std::string resource(const std::string& page, std::size_t at) { return hidden_in(page, "r" + std::to_string(at)); }
  /// Consents to acme/A alone.
  std::string code(Form more = {}) {
    const std::string with = query(std::move(more));
    // Remembered, once it was given.
    const std::string at_once = parameter(location_in(it.send(get("/authorize", with)).head), "code");
    if (!at_once.empty()) return at_once;
    return parameter(location_in(decide(with, {{"r0", resource(page(with), 0)}, {"decision", "allow"}}).head), "code");
  }
  Answer redeem(const std::string& with, Form more = {}) {
    Form form{{"grant_type", "authorization_code"}, {"code", with}, {"redirect_uri", kRedirect}, {"code_verifier", kVerifier}};
    for (auto& [name, value] : more) {
      std::erase_if(form, [&](const auto& one) { return one.first == name; });
      if (!value.empty()) form.emplace_back(name, value);
    }
    return it.post("/oauth/token", form, &app);
  }
  Answer refresh(const std::string& token) {
    return it.post("/oauth/token", {{"grant_type", "refresh_token"}, {"refresh_token", token}}, &app);
  }
  bool active(const std::string& token) {
    Context context(it.world.services());
    const auto seen = look_at_access_token(context, token);
    return seen && seen->active;
  }
  void pass(Duration time) {
    it.world.clock().advance(time);
    it.world.services().index.set_fresh(it.world.clock().now());
  }

  Asking it;
  Client app;
  User user;
  std::string gate;
};

TEST_F(People, ConsentInPlainWordsToTheProjectsTheyChoose) {
  const std::string shown = page(query({{"prompt", "consent"}}));
  EXPECT_THAT(shown, HasSubstr("<strong>Sprint report</strong> asks to act in your name"));
  EXPECT_THAT(shown, HasSubstr("read issues, their comments"));
  EXPECT_THAT(shown, HasSubstr("acme/A"));
  EXPECT_THAT(shown, HasSubstr("frame-ancestors 'none'"));  // RFC 9700 [16]
  EXPECT_THAT(shown, HasSubstr("X-Frame-Options: DENY"));
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
  EXPECT_EQ(it.world.audited("refresh_token.reuse").event.target_kind, "token_family");
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

/// "10,000 concurrent double uses": exactly one success each.
TEST_F(People, OneOfManyWhoRaceWins) {
  for (int round = 0; round < 20; ++round) {
    const std::string given = code();
    std::atomic<int> won{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        if (redeem(given).status == 200) ++won;
      });
    }
    for (std::thread& one : threads) one.join();
    ASSERT_LE(won.load(), 1);
    // The others ended what the first may have got a moment before its own answer was made.
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
