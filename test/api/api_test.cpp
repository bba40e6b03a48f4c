// The REST API as a function: keys, roles, input, problem documents, and the OpenAPI document that is made from the routes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "admin/admin_keys.h"
#include "admin/users.h"
#include "api/router.h"
#include "api/schemas.h"
#include "test/support/world.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;
using test::must;
using testing::HasSubstr;

class RestApi : public testing::Test {
 protected:
  RestApi() : api(world.services()) {}

  Response ask(std::string method, std::string target, std::string body = {}, std::string key = "") {
    Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.id = "request000000001";
    request.fields.emplace_back("Host", "localhost");
    if (key.empty()) key = world.key();
    if (key != "none") request.fields.emplace_back("Authorization", "Bearer " + key);
    if (!request.body.empty()) request.fields.emplace_back("Content-Type", "application/json");
    return api.handle(request);
  }
  json::object object(const Response& response) { return json::parse(response.body).as_object(); }
  /// The whole main job's objects.
  void populate() {
    world.add_site();
    world.add_account();
    world.add_grant();
  }
  std::string create_token() {
    const Response made =
        ask("POST", "/api/v1/tokens",
            R"({"account":"ci","name":"notify","scopes":["read:jira-work"],"resources":["acme/A"],"expires_in":"30d"})");
    EXPECT_EQ(made.status, 201) << made.body;
    return std::string(object(made).at("id").as_string());
  }

  test::World world;
  Api api;
};

/// Every member of the answer stands in the schema with its type, and every member that must be there is.
void holds(const json::object& answer, std::string_view name) {
  const Schema* schema = find_schema(name);
  ASSERT_TRUE(schema) << name;
  for (const Member& member : schema->members) {
    const json::value* value = answer.if_contains(member.name);
    if (!value) {
      EXPECT_TRUE(member.optional) << name << "." << member.name << " is missing";
      continue;
    }
    if (value->is_null()) {
      EXPECT_TRUE(member.optional) << name << "." << member.name << " is null";
      continue;
    }
    switch (member.shape) {
      case Shape::kText:
      case Shape::kInstant:
      case Shape::kDuration: EXPECT_TRUE(value->is_string()) << name << "." << member.name; break;
      case Shape::kInteger: EXPECT_TRUE(value->is_int64()) << name << "." << member.name; break;
      case Shape::kBoolean: EXPECT_TRUE(value->is_bool()) << name << "." << member.name; break;
      case Shape::kTexts: EXPECT_TRUE(value->is_array()) << name << "." << member.name; break;
      case Shape::kAny: EXPECT_TRUE(value->is_object()) << name << "." << member.name; break;
      case Shape::kObject: holds(value->as_object(), member.of); break;
      case Shape::kObjects:
        for (const json::value& one : value->as_array()) holds(one.as_object(), member.of);
        break;
    }
  }
  for (const auto& member : answer) {
    const bool known =
        std::any_of(schema->members.begin(), schema->members.end(), [&](const Member& one) { return one.name == member.key(); });
    EXPECT_TRUE(known) << name << "." << member.key() << " stands in no schema";
  }
}

const std::set<std::string_view> by_its_address{"lookAtLink", "followLink", "readCalendar", "takeTokenWithCode"};
TEST_F(RestApi, NeedsAKeyForEverythingButHealth) {
  for (const Route& route : api.routes()) {
    ASSERT_NE(route.need, Need::kNotDeclared) << route.operation_id;
    std::string target(route.path);
    for (std::size_t at = target.find('{'); at != std::string::npos; at = target.find('{'))
      target.replace(at, target.find('}') - at + 1, "x");
    const Response response = ask(std::string(route.method), target, "", "none");
    // A link or a calendar's address is itself what lets its holder in; one that was never made is not found.
    const bool by_address = by_its_address.contains(route.operation_id);
    EXPECT_EQ(route.need == Need::kNothing, by_address) << route.operation_id;
    // What is sent along is looked at before: the page of an outsider's token wants a code.
    const int absent = route.body.empty() ? 404 : 400;
    EXPECT_EQ(response.status, by_address ? absent : 401) << route.operation_id;
    EXPECT_THAT(response.content_type, "application/problem+json");
  }
  EXPECT_EQ(ask("GET", "/livez", "", "none").status, 200);
  EXPECT_EQ(ask("GET", "/readyz", "", "none").status, 200);
  EXPECT_THAT(ask("GET", "/metrics", "", "none").body, HasSubstr("gatehouse_credentials 0"));
}

TEST_F(RestApi, AnswersAsItsSchemasSay) {
  populate();
  const std::string id = create_token();
  holds(object(ask("GET", "/api/v1/me")), "User");
  holds(object(ask("GET", "/api/v1/sites/acme")), "Site");
  holds(object(ask("POST", "/api/v1/sites/acme/test")), "SiteTest");
  holds(object(ask("GET", "/api/v1/accounts/ci")), "Account");
  holds(object(ask("GET", "/api/v1/tokens/" + id)), "Token");
  holds(object(ask("POST", "/api/v1/tokens/" + id + "/rotate", R"({"overlap":"1h"})")), "RotatedToken");
  holds(object(ask("GET", "/api/v1/policy")), "Policy");
  holds(object(ask("POST", "/api/v1/audit/verify")), "AuditVerification");
  holds(object(ask("GET", "/api/v1/reports/wake?within=40d")), "WakeReport");
  for (const char* report : {"shared", "drift", "unused", "orphans", "overdue", "incomplete", "grown", "weak"}) {
    holds(object(ask("GET", std::string("/api/v1/reports/") + report)), "Report");
  }
  holds(object(ask("GET", "/api/v1/reports/shared/plan")), "SplitPlan");
  holds(object(ask("GET", "/api/v1/register/entries/ci")), "RegisterEntry");
  holds(object(ask("GET", "/api/v1/reports/migration")), "MigrationReport");
  holds(object(ask("GET", "/api/v1/reports/bypass")), "BypassReport");
  holds(object(ask("POST", "/api/v1/register/import", R"({"format":"csv","text":"handle,tool\nci,Jenkins\n"})")),
        "RegisterImport");
  holds(object(ask("POST", "/api/v1/register/import/atlassian-csv",
                   R"({"text":"label,email,expires\nold,eva@example.com,2027-09-01\n"})")),
        "ListingImport");
  holds(object(ask("POST", "/api/v1/explain",
                   R"({"token":")" + id + R"(","method":"GET","path":"/ex/jira/acme/rest/api/3/issue/A-1"})")),
        "Decision");
  const json::object refused = object(
      ask("POST", "/api/v1/explain", R"({"token":")" + id + R"(","method":"GET","path":"/ex/jira/acme/rest/api/3/issue/B-1"})"));
  holds(refused, "Decision");
  ASSERT_FALSE(refused.at("changes").as_array().empty());
  holds(refused.at("changes").as_array()[0].as_object(), "DecisionChange");
  holds(object(ask("GET", "/api/v1/tokens/" + id + "/usage?days=3")), "Usage");
  holds(object(ask("GET", "/api/v1/accounts/ci/usage")), "Usage");
  holds(object(ask("POST", "/api/v1/tokens/" + id + "/rotation/roll-back", R"({"reason":"went astray"})")), "Token");
  holds(object(ask("GET", "/api/v1/notify/digest")), "NotifyDigest");
  for (const auto& [target, schema] :
       std::vector<std::pair<std::string, std::string>>{{"/api/v1/sites", "Site"},
                                                        {"/api/v1/sites/acme/credentials", "SiteCredential"},
                                                        {"/api/v1/users", "User"},
                                                        {"/api/v1/accounts", "Account"},
                                                        {"/api/v1/register", "RegisterEntry"},
                                                        {"/api/v1/grants", "Grant"},
                                                        {"/api/v1/tokens", "Token"},
                                                        {"/api/v1/audit", "AuditRecord"}}) {
    const json::object page = object(ask("GET", target));
    ASSERT_FALSE(page.at("items").as_array().empty()) << target;
    for (const json::value& item : page.at("items").as_array()) holds(item.as_object(), schema);
  }
  holds(object(ask("GET", "/api/v1/sites/none")), "Problem");
}

TEST_F(RestApi, TurnsPages) {
  for (const char* handle : {"a", "b", "c"}) world.add_account(handle);
  std::set<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const json::object page = object(ask("GET", "/api/v1/accounts?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    for (const json::value& item : page.at("items").as_array()) seen.insert(std::string(item.at("handle").as_string()));
    cursor = page.at("next").is_null() ? "" : std::string(page.at("next").as_string());
  } while (!cursor.empty() && ++pages < 5);
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(ask("GET", "/api/v1/accounts?limit=0").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/accounts?limit=9999").status, 400);
}

TEST_F(RestApi, RefusesInputThatTheRouteDoesNotDeclare) {
  const std::string good = R"({"email":"eva@example.com","name":"Eva","role":"member")";
  const auto field_of = [this](const std::string& body) {
    const Response response = ask("POST", "/api/v1/users", body);
    EXPECT_EQ(response.status, 400) << body;
    const json::object problem = object(response);
    return problem.contains("field") ? std::string(problem.at("field").as_string()) : std::string();
  };
  EXPECT_EQ(field_of(good + R"(,"id":"x"})"), "") << "mass assignment";
  EXPECT_EQ(field_of(R"({"email":"eva@example.com","name":"Eva"})"), "role");
  EXPECT_EQ(field_of(R"({"email":5,"name":"Eva","role":"member"})"), "email");
  EXPECT_EQ(field_of(R"({"email":"eva@example.com","name":"Eva\u0000","role":"member"})"), "name");
  EXPECT_EQ(field_of(good + R"(,"role":"org-admin"})"), "") << "one name twice";
  EXPECT_EQ(field_of(good + R"(,"\u0072ole":"org-admin"})"), "") << "one name twice, differently written";
  EXPECT_EQ(field_of("[]"), "");
  EXPECT_EQ(field_of("{"), "");
  EXPECT_EQ(field_of(std::string(5000, '[')), "");
  EXPECT_EQ(ask("GET", "/api/v1/users?colour=blue").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/users?role=member&role=auditor").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/users?role=king").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/users/../users").status, 400);
  EXPECT_EQ(ask("GET", "//api/v1/users").status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/sites/acme/resume", R"({"x":1})").status, 400);
  Request form;
  form.method = "POST";
  form.target = "/api/v1/users";
  form.body = good + "}";
  form.fields = {{"Authorization", "Bearer " + world.key()}, {"Content-Type", "text/plain"}};
  EXPECT_EQ(api.handle(form).status, 400) << "a page of another origin could send this without asking";
  EXPECT_EQ(ask("POST", "/api/v1/users", good + R"(,"resources":null})").status, 201) << "null is the same as left out";
}

TEST_F(RestApi, SaysWhatIsWrongAsAProblem) {
  const json::object missing = object(ask("GET", "/api/v1/accounts/nobody"));
  EXPECT_EQ(missing.at("status").as_int64(), 404);
  EXPECT_EQ(missing.at("code").as_string(), "not_found");
  EXPECT_EQ(missing.at("request_id").as_string(), "request000000001");
  EXPECT_EQ(ask("GET", "/api/v1/nothing").status, 404);
  EXPECT_EQ(ask("GET", "/elsewhere").status, 404);
  const Response method = ask("DELETE", "/api/v1/accounts/nobody");
  EXPECT_EQ(method.status, 405);
  EXPECT_THAT(method.fields, testing::Contains(testing::Pair("Allow", HasSubstr("GET"))));
  const Response unauthenticated = ask("GET", "/api/v1/me", "", "gtha_nonsense");
  EXPECT_EQ(unauthenticated.status, 401);
  EXPECT_THAT(unauthenticated.fields, testing::Contains(testing::Pair("WWW-Authenticate", HasSubstr("Bearer"))));
}

TEST_F(RestApi, ShowsASecretOnceAndRecordsWhoAsked) {
  populate();
  const Response made =
      ask("POST", "/api/v1/tokens", R"({"account":"ci","name":"n","role":"viewer","resources":["acme/A"],"expires_in":"1d"})");
  const std::string secret(object(made).at("token").as_string());
  EXPECT_THAT(secret, testing::MatchesRegex("gtht_[0-9A-Za-z]+"));
  for (const char* target : {"/api/v1/tokens", "/api/v1/audit", "/api/v1/audit/export"}) {
    EXPECT_THAT(ask("GET", target).body, testing::Not(HasSubstr(secret.substr(21, 40)))) << target;
  }
  const json::object token = object(ask("GET", "/api/v1/tokens/" + std::string(object(made).at("id").as_string())));
  EXPECT_EQ(token.at("requested_by").as_string(), test::kAdministrator);
}

TEST_F(RestApi, DescribesItself) {
  const json::object document = object(ask("GET", "/api/v1/openapi.json", "", "none"));
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  std::set<std::string> ids;
  std::size_t operations = 0;
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      ++operations;
      ids.insert(std::string(operation.value().at("operationId").as_string()));
    }
  }
  EXPECT_EQ(operations, api.routes().size());
  EXPECT_EQ(ids.size(), operations) << "each has a name of its own";
  // Every reference leads somewhere.
  const std::string text = json::serialize(document);
  const std::string start = R"("$ref":"#/components/schemas/)";
  for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
    const std::size_t begin = at + start.size();
    EXPECT_TRUE(find_schema(text.substr(begin, text.find('"', begin) - begin)));
  }
}

TEST_F(RestApi, HasAPageThatNamesEveryRoute) {
  std::ifstream file(std::string(GATEHOUSE_SOURCE_DIR) + "/docs/reference/rest.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const Route& route : api.routes()) {
    const std::string row = "| `" + std::string(route.method) + " " + std::string(route.path).substr(7) + "` |";
    EXPECT_THAT(page, HasSubstr(row)) << route.operation_id;
  }
  std::size_t rows = 0;
  for (std::size_t at = page.find("\n| `"); at != std::string::npos; at = page.find("\n| `", at + 1)) ++rows;
  EXPECT_EQ(rows, api.routes().size()) << "a route that is gone";
}

TEST_F(RestApi, PassesWhatLiesOutsideToThePanel) {
  const Api with_panel(world.services(), [](const Request& request) {
    Response page;
    page.body = "panel " + request.target;
    return page;
  });
  Request request;
  request.method = "GET";
  request.target = "/tokens";
  EXPECT_EQ(with_panel.handle(request).body, "panel /tokens");
  request.target = "/api/v2/tokens";
  EXPECT_EQ(with_panel.handle(request).status, 404);
}

}  // namespace
}  // namespace gatehouse::api
