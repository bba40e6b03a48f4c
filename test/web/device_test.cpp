// `gatehouse login` (RFC 8628), both ends.
#include <gtest/gtest.h>

#include "admin/admin_keys.h"
#include "admin/sign_in.h"
#include "test/support/world.h"
#include "test/web/browser.h"

namespace gatehouse::web {
namespace {

using namespace std::chrono_literals;
using test::Browser;
using test::must;
namespace json = boost::json;

class DeviceLogin : public testing::Test {
 protected:
  DeviceLogin() : web(world.services(), WebOptions{}), browser(web), tool(web) {
    tool.origin.clear();
    browser.get(must(admin::reset_link(world.services(), world.caller(), test::kAdministrator)).path);
  }
  json::object form(const std::string& target, const test::FormFields& fields, int expected) {
    const api::Response response = tool.post(target, fields);
    EXPECT_EQ(response.status, expected) << response.body;
    return json::parse(response.body).as_object();
  }
  json::object poll(const std::string& device_code, int expected) {
    world.clock().advance(5s);
    return form("/login/token", {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", device_code}},
                expected);
  }
  std::string text(const json::object& object, const char* name) { return std::string(object.at(name).as_string()); }

  test::World world;
  Web web;
  Browser browser;
  Browser tool;
};

TEST_F(DeviceLogin, GivesAKeyToWhomItsPersonSaysYes) {
  const json::object asked = form("/login/device", {{"client_name", "gatehouse on <b>"}}, 200);
  EXPECT_EQ(text(poll(text(asked, "device_code"), 400), "error"), "authorization_pending");
  const json::object quick =
      form("/login/token",
           {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", text(asked, "device_code")}}, 400);
  EXPECT_EQ(text(quick, "error"), "slow_down");
  std::string typed = text(asked, "user_code");
  for (char& c : typed) c = static_cast<char>(std::tolower(c));
  const api::Response page = browser.get("/device?code=" + typed);
  EXPECT_EQ(page.status, 200) << page.body;
  EXPECT_NE(page.body.find("gatehouse on &lt;b&gt;"), std::string::npos);
  EXPECT_EQ(browser.submit("/device", {}).status, 200);
  const json::object given = poll(text(asked, "device_code"), 200);
  EXPECT_EQ(text(given, "user"), test::kAdministrator);
  const auto who = admin::authenticate(world.services(), text(given, "access_token"), "127.0.0.1", "x");
  ASSERT_TRUE(who);
  EXPECT_EQ(who.value().principal.role, UserRole::kOrgAdmin);
  EXPECT_EQ(text(poll(text(asked, "device_code"), 400), "error"), "expired_token") << "once";
  world.clock().advance(31 * 24h);
  EXPECT_FALSE(admin::authenticate(world.services(), text(given, "access_token"), "127.0.0.1", "x")) << "it has an end";
}

TEST_F(DeviceLogin, GivesNothingToOthers) {
  const json::object refused = form("/login/device", {{"client_name", "x"}}, 200);
  browser.get("/device?code=" + text(refused, "user_code"));
  EXPECT_EQ(browser.submit("/device", {{"decision", "deny"}}).status, 200);
  EXPECT_EQ(text(poll(text(refused, "device_code"), 400), "error"), "access_denied");
  const json::object late = form("/login/device", {{"client_name", "x"}}, 200);
  world.clock().advance(10min);
  EXPECT_EQ(text(poll(text(late, "device_code"), 400), "error"), "expired_token");
  EXPECT_EQ(text(poll(std::string(59, 'a'), 400), "error"), "expired_token");
  EXPECT_EQ(text(form("/login/token", {{"grant_type", "password"}}, 400), "error"), "unsupported_grant_type");
  EXPECT_EQ(form("/login/device", {{"client_name", ""}}, 400).at("error").as_string(), "invalid_request");
}

TEST_F(DeviceLogin, AsksForAFreshProofAndForTheRightCode) {
  const json::object asked = form("/login/device", {{"client_name", "x"}}, 200);
  world.clock().advance(9min);
  EXPECT_EQ(browser.get("/device?code=BBBB-BBBB").status, 404);
  world.clock().advance(2min);
  const json::object other = form("/login/device", {{"client_name", "x"}}, 200);
  const api::Response page = browser.get("/device?code=" + text(other, "user_code"));
  EXPECT_EQ(page.status, 303);
  EXPECT_EQ(Browser::location(page).rfind("/step-up?next=", 0), 0U);
  for (int i = 0; i < 5; ++i) poll(text(asked, "device_code"), 400);
}

TEST_F(DeviceLogin, CanNotFillTheDatabase) {
  int refused = 0;
  for (int i = 0; i < 25; ++i) refused += tool.post("/login/device", {{"client_name", "x"}}).status == 200 ? 0 : 1;
  EXPECT_EQ(refused, 5);
  tool.address = "203.0.113.8";
  EXPECT_EQ(tool.post("/login/device", {{"client_name", "x"}}).status, 200) << "others still can";
}

}  // namespace
}  // namespace gatehouse::web
