// An attacker's list, by number, over the REST API. What is tried elsewhere stands here by its number and place:
//
//   A1  mass assignment               here: every route that takes a body
//   A2  changed ids                   here: every route that names a record
//   A3  grant against demotion        here; admin/authority_test.cpp, ADemotionThatCommitsFirstCounts
//   A4  expired step-up               here: every route that needs one; web/sign_in_test.cpp, AStolenProofIsOld
//   A5  forged SCIM                   api/scim_test.cpp, LetsNobodyElseIn and TakesNoRoleAndNoOddBody
//   A6  cross-site request forgery    web/sign_in_test.cpp, OtherPagesCanSendNothing and EveryPageKeepsOthersOut
//   A7  session fixation              web/sign_in_test.cpp, NobodyCanFixASession
//   A8  a lent sign-in at Atlassian   admin/atlassian_test.cpp
//   A9  two who change one record     api/idempotency_test.cpp, OfTwoWhoReadTheSameOneChanges
//   A10 a key that outlives its role  here
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "admin/admin_keys.h"
#include "admin/authority.h"
#include "admin/grants.h"
#include "admin/sessions.h"
#include "admin/transfers.h"
#include "admin/users.h"
#include "api/router.h"
#include "test/support/world.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using test::must;
using testing::HasSubstr;

/// Olga owns "ci" with a grant and a token on A; Anna administers A; Mallory is a member with nothing.
class Attacker : public testing::Test {
 protected:
  Attacker() : api(world.services()) {
    world.add_site();
    keys["root"] = world.key();
    person("olga", "member", {});
    person("anna", "project-admin", {"acme/A"});
    person("mallory", "member", {});
    must_be(201, ask("root", "POST", "/accounts", R"({"handle":"ci","owner":"olga@example.com","purpose":"p","runs_in":"CI"})"));
    ids["grant"] =
        id_of(must_be(201, ask("root", "POST", "/grants",
                               R"({"account":"ci","scopes":["read:jira-work","write:jira-work"],"resource":"acme/A"})")));
    ids["token"] = id_of(must_be(
        201, ask("root", "POST", "/tokens",
                 R"({"account":"ci","name":"n","scopes":["read:jira-work"],"expires_in":"30d","resources":["acme/A"]})")));
    ids["offer"] = id_of(must_be(201, ask("olga", "POST", "/accounts/ci/offer", R"({"to":"anna@example.com"})")));
    ids["account"] = "ci";
    ids["site"] = "acme";
    ids["user"] = "olga@example.com";
  }

  void person(const std::string& name, const std::string& role, const std::vector<std::string>& resources) {
    must(admin::add_user(world.services(), world.caller(), {name + "@example.com", name, role, resources}));
    keys[name] = must(admin::create_admin_key(world.services(), world.caller(), name + "@example.com", "k", {})).text.expose();
  }
  Response ask(const std::string& who, std::string method, const std::string& path, std::string body = {}) {
    Request request;
    request.method = std::move(method);
    request.target = "/api/v1" + path;
    request.body = std::move(body);
    request.id = "request000000001";
    request.address = "192.0.2.7";
    request.fields = {{"Host", "localhost"}, {"Authorization", "Bearer " + keys.at(who)}};
    if (!request.body.empty()) request.fields.emplace_back("Content-Type", "application/json");
    return api.handle(request);
  }
  static Response must_be(int status, Response response) {
    if (response.status != status) throw std::runtime_error(std::to_string(response.status) + " " + response.body);
    return response;
  }
  static std::string id_of(const Response& response) {
    return std::string(json::parse(response.body).as_object().at("id").as_string());
  }
  /// The path below /api/v1 with real ids in it; "x" where there is no such record.
  std::string path_of(const Route& route) const {
    std::string path(route.path.substr(std::string_view("/api/v1").size()));
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at)) {
      const std::size_t end = path.find('}', at);
      const auto known = ids.find(path.substr(at + 1, end - at - 1));
      path.replace(at, end - at + 1, known == ids.end() ? "x" : known->second);
    }
    return path;
  }
  /// A body with every member that the route needs.
  static json::object body_of(const Route& route) {
    json::object body;
    for (const Field& field : route.body) {
      if (!field.required) continue;
      if (!field.one_of.empty()) {
        body[field.name] = field.one_of.front();
        continue;
      }
      switch (field.type) {
        case Type::kTexts: body[field.name] = json::array{"x"}; break;
        case Type::kInteger: body[field.name] = 1; break;
        case Type::kBoolean: body[field.name] = false; break;
        case Type::kInstant: body[field.name] = "2027-06-01T00:00:00Z"; break;
        case Type::kDuration: body[field.name] = "1d"; break;
        default: body[field.name] = "x";
      }
    }
    return body;
  }

  test::World world;
  Api api;
  std::map<std::string, std::string> keys;
  std::map<std::string, std::string> ids;
};

TEST_F(Attacker, A1_SendsMembersThatNoRouteKnows) {
  int tried = 0;
  for (const Route& route : api.routes()) {
    if (route.body.empty() || route.need == Need::kNothing) continue;
    for (const char* member : {"role", "owner", "granted_by", "backing", "state", "id", "requested_by", "administers", "need",
                               "is_admin", "__proto__", "only_after"}) {
      const bool known =
          std::any_of(route.body.begin(), route.body.end(), [member](const Field& field) { return field.name == member; });
      if (known) continue;
      json::object body = body_of(route);
      body[member] = "org-admin";
      const Response response = ask("root", std::string(route.method), path_of(route), json::serialize(body));
      EXPECT_EQ(response.status, 400) << route.operation_id << " " << member << " " << response.body;
      ++tried;
    }
  }
  EXPECT_GT(tried, 300);
}

TEST_F(Attacker, A2_NamesOtherPeoplesRecords) {
  int tried = 0;
  for (const Route& route : api.routes()) {
    if (route.path.find('{') == std::string_view::npos || route.need == Need::kNothing) continue;
    const Response response = ask("mallory", std::string(route.method), path_of(route),
                                  json::serialize(body_of(route)) == "{}" ? std::string() : json::serialize(body_of(route)));
    EXPECT_TRUE(response.status == 403 || response.status == 404 || response.status == 400)
        << route.operation_id << " " << response.status << " " << response.body;
    EXPECT_THAT(response.body, testing::Not(HasSubstr("acme/"))) << route.operation_id;
    ++tried;
  }
  EXPECT_GT(tried, 40);
  const json::object token = json::parse(ask("root", "GET", "/tokens/" + ids["token"]).body).as_object();
  EXPECT_EQ(token.at("state").as_string(), "live");
  EXPECT_EQ(json::parse(ask("root", "GET", "/accounts/ci").body).at("owner").as_string(), "olga@example.com");
  EXPECT_EQ(json::parse(ask("root", "GET", "/grants/" + ids["grant"]).body).at("backing").as_string(), "backed");
}

TEST_F(Attacker, A3_RacesAGrantAgainstTheDemotion) {
  std::atomic<bool> demoted{false};
  std::atomic<int> given{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        const bool late = demoted;
        const Response response =
            ask("anna", "POST", "/grants", R"({"account":"ci","resource":"acme/A","scopes":["read:jira-work"]})");
        given += response.status == 201 ? 1 : 0;
        if (late) EXPECT_EQ(response.status, 403) << response.body;
      }
    });
  }
  std::this_thread::sleep_for(20ms);
  must_be(200, ask("root", "PATCH", "/users/anna@example.com", R"({"role":"member","resources":[]})"));
  demoted = true;
  for (std::thread& one : threads) one.join();
  const json::object listed = json::parse(ask("root", "GET", "/grants?account=ci&limit=1000").body).as_object();
  int in_grace = 0;
  for (const json::value& one : listed.at("items").as_array()) {
    if (one.at("granted_by").as_string() != "anna@example.com") continue;
    EXPECT_EQ(one.at("backing").as_string(), "in grace") << "nothing of hers is backed, whichever came first";
    ++in_grace;
  }
  EXPECT_EQ(in_grace, given);
}

TEST_F(Attacker, A4_UsesASessionWhoseProofIsOld) {
  store::LoginSession session;
  User root;
  {
    auto work = must(world.database().begin());
    root = must(work->users.get(UserId(world.caller().actor_id))).value;
    must(admin::open_session(world.services(), *work.operator->(), root, "password", {}));
    session = must(work->sign_in.sessions(root.id)).front();
    must(admin::commit(world.services(), std::move(work),
                       admin::make_event(world.caller(), "session.open", "user", root.id.value, root.email)));
  }
  const admin::LiveSession live{session, root};
  keys["fresh"] = admin::make_bearer(world.services(), live);
  EXPECT_EQ(ask("fresh", "PATCH", "/policy", R"({"reuse":"tell"})").status, 200) << "it would do";
  world.clock().advance(10min + 1s);
  keys["old"] = admin::make_bearer(world.services(), live);
  int tried = 0;
  for (const Route& route : api.routes()) {
    if (!policy::rule_of(route.need).step_up) continue;
    const Response response = ask("old", std::string(route.method), path_of(route), json::serialize(body_of(route)));
    EXPECT_EQ(response.status, 403) << route.operation_id << " " << response.body;
    EXPECT_THAT(response.body, HasSubstr("\"missing_role\":\"step-up\"")) << route.operation_id;
    ++tried;
  }
  EXPECT_GT(tried, 15);
}

TEST_F(Attacker, A10_KeepsAKeyBeyondTheRole) {
  person("second", "org-admin", {});
  EXPECT_EQ(ask("second", "GET", "/users").status, 200);
  must_be(200, ask("root", "PATCH", "/users/second@example.com", R"({"role":"member"})"));
  EXPECT_EQ(ask("second", "GET", "/users").status, 403);
  EXPECT_EQ(ask("second", "PATCH", "/users/second@example.com", R"({"role":"org-admin"})").status, 403);
  must_be(200, ask("root", "POST", "/users/second@example.com/suspend"));
  EXPECT_EQ(ask("second", "GET", "/me").status, 401);
  must_be(200, ask("root", "POST", "/users/second@example.com/restore"));
  EXPECT_EQ(ask("second", "GET", "/me").status, 401) << "who comes back makes a new one";
}

}  // namespace
}  // namespace gatehouse::api
