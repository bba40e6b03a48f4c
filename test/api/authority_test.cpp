// Roles × actions, over the API: every route at the door, and what each kind of person gets of real records behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "admin/admin_keys.h"
#include "admin/users.h"
#include "api/roles_page.h"
#include "api/router.h"
#include "test/support/world.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;
using test::must;
using testing::HasSubstr;

/// Olga owns the account "ci" with grants on A and B, a token on both and one on B; Anna administers A, Ben B; Max is a member;
/// Eva an auditor; Root the organization's administrator.
class Roles : public testing::Test {
 protected:
  Roles() : api(world.services()) {
    world.add_site();
    keys["root"] = world.key();
    person("olga", "member", {});
    person("anna", "project-admin", {"acme/A"});
    person("ben", "project-admin", {"acme/B"});
    person("max", "member", {});
    person("eva", "auditor", {});
    EXPECT_EQ(
        ask("root", "POST", "/accounts", R"({"handle":"ci","owner":"olga@example.com","purpose":"p","runs_in":"CI"})").status,
        201);
    for (const char* key : {"A", "B"}) {
      const Response given =
          ask("root", "POST", "/grants",
              std::string(R"({"account":"ci","scopes":["read:jira-work","write:jira-work"],"resource":"acme/)") + key + "\"}");
      ids["grant-" + std::string(key)] = id_of(given);
    }
    ids["token-AB"] = make(R"(["acme/A","acme/B"])");
    ids["token-B"] = make(R"(["acme/B"])");
  }

  void person(const std::string& name, const std::string& role, const std::vector<std::string>& resources) {
    must(admin::add_user(world.services(), world.caller(), {name + "@example.com", name, role, resources}));
    keys[name] = must(admin::create_admin_key(world.services(), world.caller(), name + "@example.com", "k", {})).text.expose();
  }
  std::string make(const std::string& resources) {
    return id_of(
        ask("root", "POST", "/tokens",
            R"({"account":"ci","name":"n","scopes":["read:jira-work"],"expires_in":"30d","resources":)" + resources + "}"));
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
  static json::object object(const Response& response) { return json::parse(response.body).as_object(); }
  static std::string id_of(const Response& response) {
    const json::object answer = object(response);
    return answer.contains("id") ? std::string(answer.at("id").as_string()) : response.body;
  }

  test::World world;
  Api api;
  std::map<std::string, std::string> keys;
  std::map<std::string, std::string> ids;
};

TEST_F(Roles, EveryRouteIsHeldAgainstTheTable) {
  const std::map<std::string, UserRole> people{
      {"root", UserRole::kOrgAdmin}, {"eva", UserRole::kAuditor}, {"anna", UserRole::kProjectAdmin}, {"max", UserRole::kMember}};
  for (const auto& [name, role] : people) {
    Principal who;
    who.user = UserId("u");
    who.role = role;
    who.by = SignedInBy::kAdminKey;
    for (const Route& route : api.routes()) {
      ASSERT_NE(route.need, Need::kNotDeclared) << route.operation_id;
      std::string path(route.path.substr(std::string_view("/api/v1").size()));
      for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
        path.replace(at, path.find('}') - at + 1, "x");
      const Response response = ask(name, std::string(route.method), path);
      const bool reaches = policy::reach_of(route.need, who) != policy::kNone;
      EXPECT_EQ(response.status == 403, !reaches) << name << " " << route.operation_id << " " << response.body;
      if (reaches) continue;
      EXPECT_THAT(response.body, HasSubstr("\"missing_role\":\"")) << route.operation_id;
    }
  }
}

TEST_F(Roles, EveryChangeIsKeptFromAuditors) {
  // Whoever may change anything may not do it as an auditor, but for what concerns oneself alone.
  for (const Route& route : api.routes()) {
    const policy::Rule& rule = policy::rule_of(route.need);
    const bool reads = route.method == "GET" || route.operation_id == "explain" || route.operation_id == "verifyAudit";
    const bool oneself = route.need == Need::kAnyKey || route.need == Need::kTake || route.need == Need::kNothing;
    if (oneself) continue;
    EXPECT_EQ(rule.auditor != policy::kNone, reads) << route.operation_id;
  }
}

TEST_F(Roles, WhatEachGetsOfRealRecords) {
  const std::vector<std::string> people{"root", "eva", "olga", "anna", "ben", "max"};
  struct Row {
    std::string method, path, body;
    std::vector<int> expected;  ///< in the order of `people`
  };
  const std::string ab = "/tokens/" + ids.at("token-AB");
  const std::string b = "/tokens/" + ids.at("token-B");
  const std::string grant_a = "/grants/" + ids.at("grant-A");
  const std::string grant_b = "/grants/" + ids.at("grant-B");
  const std::string give_a = R"({"account":"ci","resource":"acme/A","scopes":["read:jira-work"]})";
  const std::string give_b = R"({"account":"ci","resource":"acme/B","scopes":["read:jira-work"]})";
  const std::string make_a =
      R"({"account":"ci","name":"x","scopes":["read:jira-work"],"expires_in":"1d","resources":["acme/A"]})";
  const std::string make_ab =
      R"({"account":"ci","name":"x","scopes":["read:jira-work"],"expires_in":"1d","resources":["acme/A","acme/B"]})";
  const std::vector<Row> rows{
      {"GET", "/accounts/ci", "", {200, 200, 200, 200, 200, 404}},
      {"GET", ab, "", {200, 200, 200, 200, 200, 404}},
      {"GET", b, "", {200, 200, 200, 404, 200, 404}},
      {"GET", ab + "/rotation", "", {200, 200, 200, 200, 200, 404}},
      {"GET", ab + "/usage", "", {200, 200, 200, 403, 403, 404}},
      {"GET", b + "/usage", "", {200, 200, 200, 404, 200, 404}},
      {"GET", "/accounts/ci/usage", "", {200, 200, 200, 200, 200, 404}},
      {"GET", "/denials", "", {200, 200, 200, 200, 200, 200}},
      {"GET", "/denials?account=ci", "", {200, 200, 200, 200, 200, 404}},
      {"GET", "/reports/wake?account=ci", "", {200, 200, 200, 200, 200, 404}},
      {"GET", "/reports/wake?user=olga%40example.com", "", {200, 200, 200, 403, 403, 403}},
      {"GET", "/reports/wake?site=acme", "", {200, 200, 403, 200, 200, 403}},
      {"GET", "/reports/orphans", "", {200, 200, 200, 200, 200, 200}},
      {"GET", "/reports/installation", "", {200, 200, 403, 403, 403, 403}},
      {"GET", "/notify/matters", "", {200, 200, 200, 200, 200, 200}},
      {"PUT", "/notify/digest", R"({"digest":"daily"})", {200, 200, 200, 200, 200, 200}},
      {"PUT", "/notify/digest", R"({"digest":"daily","user":"olga@example.com"})", {200, 403, 200, 403, 403, 403}},
      {"GET", grant_a, "", {200, 200, 200, 200, 404, 404}},
      {"GET", grant_b, "", {200, 200, 200, 404, 200, 404}},
      {"GET", "/users", "", {200, 200, 403, 403, 403, 403}},
      {"GET", "/audit", "", {200, 200, 403, 403, 403, 403}},
      {"GET", "/policy", "", {200, 200, 403, 403, 403, 403}},
      {"GET", "/me", "", {200, 200, 200, 200, 200, 200}},
      {"POST", "/grants", give_a, {201, 403, 403, 201, 403, 403}},
      {"POST", "/grants", give_b, {201, 403, 403, 403, 201, 403}},
      {"POST", "/tokens", make_a, {201, 403, 201, 201, 403, 404}},
      {"POST", "/tokens", make_ab, {201, 403, 201, 403, 403, 404}},
      {"POST", ab + "/pause", R"({"resource":"acme/A"})", {200, 403, 403, 403, 403, 404}},
      {"POST", ab + "/resume", R"({"resource":"acme/A"})", {200, 403, 404, 404, 404, 404}},
      {"POST", ab + "/pause", "", {200, 403, 403, 403, 403, 404}},
      {"POST", ab + "/resume", "", {200, 403, 200, 403, 403, 404}},
      {"POST", ab + "/rotate", "", {200, 403, 200, 403, 403, 404}},
      {"POST", ab + "/rotation/roll-back", "", {200, 403, 409, 403, 403, 404}},
      {"POST", ab + "/narrow", R"({"rate":"1/s"})", {200, 403, 200, 403, 403, 404}},
      {"POST", ab + "/transfer", R"({"to":"olga@example.com"})", {200, 403, 403, 403, 403, 403}},
      {"POST", ab + "/extend", R"({"expires_in":"60d"})", {200, 403, 400, 403, 403, 404}},
      {"PATCH", "/accounts/ci", R"({"purpose":"q"})", {200, 403, 200, 403, 403, 404}},
      {"POST", "/accounts/ci/pause", "", {200, 403, 403, 403, 403, 404}},
      {"POST", "/accounts/ci/resume", "", {200, 403, 200, 403, 403, 404}},
      {"POST", "/accounts/ci/transfer", R"({"to":"olga@example.com"})", {200, 403, 403, 403, 403, 403}},
      {"POST", grant_a + "/pause", "", {200, 403, 403, 403, 404, 404}},
      {"POST", grant_a + "/resume", "", {200, 403, 200, 200, 404, 404}},
      {"POST", grant_a + "/back", "", {409, 403, 403, 409, 404, 403}},
      {"PATCH", "/users/max@example.com", R"({"name":"Max"})", {200, 403, 403, 403, 403, 403}},
      {"PATCH", "/users/anna@example.com", R"({"role":"project-admin","resources":["acme/A"]})", {200, 403, 403, 403, 403, 403}},
      {"PATCH", "/policy", R"({"reuse":"tell"})", {200, 403, 403, 403, 403, 403}},
      {"POST", "/apply", R"({"text":"version: 1\naccounts:\n  - handle: ci\n    purpose: q\n"})", {200, 403, 200, 403, 403, 404}},
      {"POST",
       "/explain",
       R"({"token":")" + ids.at("token-B") + R"(","method":"GET","path":"/rest/api/3/issue/B-1"})",
       {200, 200, 200, 404, 404, 404}},
  };
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < people.size(); ++i) {
      const Response response = ask(people[i], row.method, row.path, row.body);
      EXPECT_EQ(response.status, row.expected[i]) << people[i] << " " << row.method << " " << row.path << " " << row.body << "\n"
                                                  << response.body;
      if (response.status != 404) continue;
      EXPECT_THAT(response.body, testing::Not(HasSubstr("acme/")));
    }
  }
}

TEST_F(Roles, MembersThatTheRouteDoesNotKnowChangeNothing) {
  for (const char* member : {"role", "granted_by", "backing", "requested_by_id", "state", "id", "version", "need", "owner_id"}) {
    const std::string body =
        std::string(R"({"account":"ci","resource":"acme/A","scopes":["read:jira-work"],")") + member + R"(":"x"})";
    if (std::string_view(member) == "role") continue;
    EXPECT_EQ(ask("anna", "POST", "/grants", body).status, 400) << member;
  }
  EXPECT_EQ(ask("olga", "PATCH", "/accounts/ci", R"({"owner":"max@example.com"})").status, 400);
  EXPECT_EQ(ask("olga", "PATCH", "/accounts/ci", R"({"state":"live"})").status, 400);
}

TEST_F(Roles, ARefusalStandsInTheAuditLogAndDoesNotFillIt) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask("anna", "GET", "/users?role=member").status, 403);
  EXPECT_EQ(ask("anna", "POST", "/grants", R"({"account":"ci","resource":"acme/B","scopes":["read:jira-work"]})").status, 403);
  const json::object log = object(ask("root", "GET", "/audit?action=authority."));
  const json::array& items = log.at("items").as_array();
  ASSERT_EQ(items.size(), 2U) << json::serialize(log);
  const json::object& first = items[1].as_object();
  EXPECT_EQ(first.at("target_id").as_string(), "listUsers");
  EXPECT_EQ(first.at("target_name").as_string(), "/api/v1/users") << "without the query";
  EXPECT_EQ(first.at("outcome").as_string(), "refused");
  EXPECT_EQ(first.at("address").as_string(), "192.0.2.7");
  EXPECT_THAT(std::string(first.at("actor").as_string()), HasSubstr("anna@example.com"));
  EXPECT_THAT(std::string(items[0].at("reason").as_string()), HasSubstr("19 more"));
}

TEST_F(Roles, ThePageSaysWhatTheTableSays) {
  const std::string path = std::string(GATEHOUSE_SOURCE_DIR) + "/docs/reference/roles.md";
  const std::string page = make_roles_page(api.routes());
  if (std::getenv("GATEHOUSE_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << page;
  std::ifstream file(path, std::ios::binary);
  const std::string there{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(there, page) << "GATEHOUSE_UPDATE_GOLDEN=1 writes it";
}

}  // namespace
}  // namespace gatehouse::api
