// The device grant for apps (RFC 8628): the numbers are sections of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/device_login.h"
#include "test/oauth/people.h"

namespace gatehouse::oauth {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::must;
using testing::HasSubstr;
using testing::Not;

class Devices : public People {
 protected:
  Answer begin(Form more = {}) {
    Form form{{"scope", "read:jira-work offline_access"}};
    for (auto& one : more) form.push_back(std::move(one));
    return it.post("/oauth/device_authorization", form, &app);
  }
  Answer poll(const Answer& begun, const Client* by = nullptr) {
    pass(seconds(5));
    return it.post("/oauth/token",
                   {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", begun.text("device_code")}},
                   by ? by : &app);
  }
  static std::string query_of(const Answer& begun) {
    std::string out;
    append_form("user_code", begun.text("user_code"), out);
    return out;
  }
  http::ElsewhereAnswer decide_device(const Answer& begun, const std::string& decision,
                                      const std::string& origin = "http://127.0.0.1:8480") {
    const std::string shown = page(query_of(begun));
    Form form{{"user_code", begun.text("user_code")}, {"csrf", hidden_in(shown, "csrf")}, {"decision", decision}};
    form.emplace_back("r0", resource(shown, 0));
    gateway::AuthorizationRequest asked = Asking::request("/authorize", form);
    asked.cookie = SecretString("__Host-gatehouse-gate=" + gate);
    asked.origin = origin;
    return it.server.answer(asked);
  }
};

TEST_F(Devices, GetTokensWhenTheirPersonSaysYes) {
  const Answer begun = begin();
  ASSERT_EQ(begun.status, 200) << begun.error();
  EXPECT_EQ(begun.text("verification_uri"), "http://127.0.0.1:8480/device");
  EXPECT_THAT(begun.text("verification_uri_complete"), HasSubstr("/authorize?user_code="));
  EXPECT_EQ(begun.body.at("expires_in").as_int64(), 600);
  EXPECT_EQ(begun.body.at("interval").as_int64(), 5);
  EXPECT_EQ(poll(begun).error(), "authorization_pending");  // 3.5
  const std::string shown = page(query_of(begun));
  EXPECT_THAT(shown, HasSubstr("<strong>Sprint report</strong> asks to act in your name"));
  EXPECT_THAT(shown, HasSubstr(begun.text("user_code"))) << "5.4: compared with what the device shows";
  EXPECT_THAT(shown, HasSubstr("192.0.2.1"));
  EXPECT_THAT(shown, HasSubstr("frame-ancestors 'none'"));
  EXPECT_EQ(decide_device(begun, "allow").status, 200);
  const Answer tokens = poll(begun);
  ASSERT_EQ(tokens.status, 200) << tokens.error();
  EXPECT_EQ(tokens.text("scope"), "read:jira-work");
  EXPECT_TRUE(active(tokens.text("access_token")));
  EXPECT_EQ(refresh(tokens.text("refresh_token")).status, 200);
  EXPECT_EQ(poll(begun).error(), "expired_token") << "once";
  EXPECT_THAT(page(query_of(begun)), HasSubstr("Nothing waits under this code"));
  EXPECT_EQ(it.world.audited("device.approve").event.target_name, "Sprint report");
}

TEST_F(Devices, AreAskedForEachTimeAndMayBeRefused) {
  const Answer first = begin();
  decide_device(first, "allow");
  ASSERT_EQ(poll(first).status, 200);
  const Answer second = begin();
  EXPECT_THAT(page(query_of(second)), HasSubstr("Did you start it yourself")) << "though it is remembered";
  EXPECT_EQ(decide_device(second, "deny").status, 200);
  EXPECT_EQ(poll(second).error(), "access_denied");
}

TEST_F(Devices, WhoAsksTooOftenSlowsDown) {
  const Answer begun = begin();
  EXPECT_EQ(poll(begun).error(), "authorization_pending");
  const Form form{{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", begun.text("device_code")}};
  EXPECT_EQ(it.post("/oauth/token", form, &app).error(), "slow_down");
  pass(minutes(10));
  EXPECT_EQ(poll(begun).error(), "expired_token");
}

TEST_F(Devices, GiveNothingToAnotherAppNorToACommandLine) {
  const Answer begun = begin();
  decide_device(begun, "allow");
  admin::CreateApp wanted;
  wanted.name = "Another";
  wanted.redirect_uris = {kRedirect};
  wanted.scopes = {"read:jira-work"};
  wanted.resources = {"acme/A"};
  const auto made = must(admin::create_app(it.world.services(), it.world.caller(), wanted));
  const Client other{std::string(made.document.at("client_id").as_string()), made.token.expose()};
  EXPECT_EQ(poll(begun, &other).error(), "expired_token");
  EXPECT_EQ(it.post("/oauth/device_authorization", {{"scope", "read:jira-work"}}, &other).error(), "unauthorized_client")
      << "its public id must not do to ask people in its name";
  // `gatehouse login` would make a key of the person of it.
  EXPECT_EQ(must(admin::poll_device(it.world.services(), {}, begun.text("device_code"))).answer, admin::DeviceAnswer::kExpired);
  const Client service = it.add_client();
  EXPECT_EQ(poll(begun, &service).error(), "unauthorized_client");
  EXPECT_EQ(poll(begun).status, 200);
  // And the reverse: a command line's code opens no consent page.
  const auto tool = must(admin::ask_for_device(it.world.services(), {}, "gatehouse on x"));
  std::string with;
  append_form("user_code", tool.user_code, with);
  EXPECT_THAT(page(with), HasSubstr("Nothing waits under this code"));
}

TEST_F(Devices, AskForNoMoreThanTheAppHas) {
  EXPECT_EQ(begin({{"scope", "manage:jira-project"}}).status, 400);
  EXPECT_EQ(it.post("/oauth/device_authorization", {{"scope", "manage:jira-project"}}, &app).error(), "invalid_scope");
  EXPECT_EQ(it.post("/oauth/device_authorization", {{"scope", "read:jira-work"}}, nullptr).error(), "invalid_client");
  gateway::AuthorizationRequest in_address = Asking::request("/oauth/device_authorization", {{"client_id", app.id}});
  in_address.query = "client_id=" + app.id;
  EXPECT_EQ(it.send(std::move(in_address)).error(), "invalid_request");
}

TEST_F(Devices, ThePageIsTheirsAlone) {
  const Answer begun = begin();
  EXPECT_EQ(decide_device(begun, "allow", "https://evil.example").status, 400);
  EXPECT_EQ(poll(begun).error(), "authorization_pending");
  const Answer another = begin();
  // The token of one code's page is not good for another code.
  const std::string csrf = hidden_in(page(query_of(begun)), "csrf");
  gateway::AuthorizationRequest mixed = Asking::request("/authorize", {{"user_code", another.text("user_code")},
                                                                       {"csrf", csrf},
                                                                       {"decision", "allow"},
                                                                       {"r0", resource(page(query_of(begun)), 0)}});
  mixed.cookie = SecretString("__Host-gatehouse-gate=" + gate);
  mixed.origin = "http://127.0.0.1:8480";
  EXPECT_EQ(it.server.answer(mixed).status, 400);
  gate.clear();
  EXPECT_THAT(location_in(it.send(get("/authorize", query_of(begun))).head), HasSubstr("/authorize/continue?"));
  EXPECT_THAT(page("user_code=%3Cscript%3E"), Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace gatehouse::oauth
