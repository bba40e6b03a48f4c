// The company's directory at the door: people and groups in Okta's and Entra's words, what a leaver leaves, and forged requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/directory.h"
#include "admin/users.h"
#include "api/scim.h"
#include "api/scim_values.h"
#include "test/support/world.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;
using test::must;
using testing::HasSubstr;

class ScimDoor : public testing::Test {
 protected:
  ScimDoor()
      : scim(world.services()), key(must(admin::create_directory_key(world.services(), world.caller(), "Okta")).text.expose()) {}

  Response ask(const std::string& method, const std::string& path, const std::string& body = {}, std::string bearer = "") {
    Request request;
    request.method = method;
    request.target = "/scim/v2" + path;
    request.body = body;
    request.id = "request000000001";
    request.address = "203.0.113.9";
    if (bearer.empty()) bearer = key;
    request.fields.emplace_back("Authorization", "Bearer " + bearer);
    if (!body.empty()) request.fields.emplace_back("Content-Type", "application/scim+json");
    return scim.handle(request);
  }
  json::object object(const Response& response) { return json::parse(response.body).as_object(); }
  std::string id_of(const Response& response) { return std::string(object(response).at("id").as_string()); }
  /// As Okta creates somebody.
  std::string add(const std::string& email) {
    const Response made =
        ask("POST", "/Users",
            R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + email +
                R"(","name":{"givenName":"Eva","familyName":"Berg"},"emails":[{"primary":true,"value":")" + email +
                R"(","type":"work"}],"displayName":"Eva Berg","locale":"en-US","externalId":"00u1","groups":[],)" +
                R"("password":"x","active":true})");
    EXPECT_EQ(made.status, 201) << made.body;
    return id_of(made);
  }
  std::string patch(const std::string& operations) {
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":)" + operations + "}";
  }
  User user(const std::string& email) { return must(must(world.database().read())->users.get_by_email(email)).value; }

  test::World world;
  Scim scim;
  std::string key;
};

TEST_F(ScimDoor, KeepsAPerson) {
  const std::string id = add("eva@example.com");
  EXPECT_EQ(user("eva@example.com").role, UserRole::kMember) << "the directory gives no role";
  const json::object shown = object(ask("GET", "/Users/" + id));
  EXPECT_EQ(shown.at("userName").as_string(), "eva@example.com");
  EXPECT_EQ(shown.at("displayName").as_string(), "Eva Berg");
  EXPECT_EQ(shown.at("externalId").as_string(), "00u1");
  EXPECT_TRUE(shown.at("active").as_bool());
  EXPECT_EQ(shown.at("meta").at("location").as_string(), "/scim/v2/Users/" + id);
  EXPECT_EQ(ask("POST", "/Users", R"({"userName":"EVA@example.com"})").status, 409);
  const Response put = ask("PUT", "/Users/" + id,
                           R"({"username":"eva@example.com","DisplayName":"Eva B.","emails":[{"value":"eva.b@example.com"}]})");
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(user("eva.b@example.com").name, "Eva B.");
  EXPECT_EQ(ask("GET", "/Users/none").status, 404);
  EXPECT_EQ(ask("POST", "/Users", R"({"displayName":"nobody"})").status, 400);
  EXPECT_EQ(ask("POST", "/Users", R"({"userName":"not an address"})").status, 400);
}

TEST_F(ScimDoor, FindsByWhatDirectoriesAskFor) {
  const std::string id = add("eva@example.com");
  for (const char* filter : {R"(userName%20eq%20%22Eva@Example.com%22)", "externalId%20eq%20%2200u1%22",
                             R"(emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22eva@example.com%22)",
                             R"(emails.value%20Eq%20%22eva@example.com%22)"}) {
    const Response found = ask("GET", std::string("/Users?filter=") + filter);
    ASSERT_EQ(found.status, 200) << filter << found.body;
    EXPECT_EQ(object(found).at("totalResults").as_int64(), 1) << filter;
    EXPECT_EQ(object(found).at("Resources").at(0).at("id").as_string(), id);
  }
  EXPECT_EQ(object(ask("GET", "/Users?filter=userName%20eq%20%22max@example.com%22")).at("totalResults").as_int64(), 0);
  EXPECT_EQ(object(ask("GET", "/Users?startIndex=2&count=10")).at("Resources").as_array().size(), 0U);
  EXPECT_EQ(object(ask("GET", "/Users?count=0")).at("totalResults").as_int64(), 1);
  const Response odd = ask("GET", "/Users?filter=userName%20sw%20%22e%22");
  EXPECT_EQ(odd.status, 400);
  EXPECT_EQ(object(odd).at("scimType").as_string(), "invalidFilter");
  EXPECT_EQ(ask("GET", "/Users?filter=password%20eq%20%22x%22").status, 400);
}

TEST_F(ScimDoor, DeactivatingOrphansAtOnceInEveryDialect) {
  const std::vector<std::string> dialects{
      R"([{"op":"replace","value":{"active":false}}])",         // Okta
      R"([{"op":"Replace","path":"active","value":"False"}])",  // Entra
      R"([{"op":"Replace","path":"active","value":false}])",    // Entra with the newer flag
      R"([{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":false}])"};
  int number = 0;
  for (const std::string& dialect : dialects) {
    const std::string email = "eva" + std::to_string(++number) + "@example.com";
    const std::string id = add(email);
    const std::string admin_key = must(admin::create_admin_key(world.services(), world.caller(), email, "k", {})).text.expose();
    admin::CreateAccount request;
    request.handle = "robot-" + std::to_string(number);
    request.owner = email;
    request.purpose = "tests";
    request.runs_in = "CI";
    must(admin::create_account(world.services(), world.caller(), request));
    const Response done = ask("PATCH", "/Users/" + id, patch(dialect));
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_FALSE(object(done).at("active").as_bool());
    EXPECT_FALSE(admin::authenticate(world.services(), admin_key, "127.0.0.1", "x")) << dialect;
    const auto reader = must(world.database().read());
    const auto account = must(reader->accounts.get_by_handle(request.handle)).value;
    EXPECT_EQ(account.state, State::kLive) << "no service account stops";
    EXPECT_TRUE(must(reader->outbox.open_matter("orphan", "account", account.id.value))) << dialect;
    EXPECT_EQ(ask("PATCH", "/Users/" + id, patch(R"([{"op":"replace","path":"active","value":true}])")).status, 200);
    EXPECT_EQ(user(email).state, State::kLive);
    EXPECT_FALSE(admin::authenticate(world.services(), admin_key, "127.0.0.1", "x")) << "it does not come back";
    EXPECT_FALSE(must(must(world.database().read())->outbox.open_matter("orphan", "account", account.id.value)));
  }
  const AuditRecord record = world.audited("directory.change_user");
  EXPECT_EQ(record.event.caller.actor_kind, "directory");
  EXPECT_THAT(record.event.before_json, HasSubstr("live"));
}

TEST_F(ScimDoor, PatchesWhatItKnowsAndLeavesTheRest) {
  const std::string id = add("eva@example.com");
  const Response done = ask("PATCH", "/Users/" + id, patch(R"([
      {"op":"Replace","path":"name.familyName","value":"Stone"},
      {"op":"Add","path":"emails[type eq \"work\"].value","value":"eva.stone@example.com"},
      {"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"IT"},
      {"op":"Replace","value":{"externalId":"00u2","name.givenName":"Evelyn"}}])"));
  ASSERT_EQ(done.status, 200) << done.body;
  const User now = user("eva.stone@example.com");
  EXPECT_EQ(now.name, "Evelyn Stone");
  EXPECT_EQ(object(done).at("externalId").as_string(), "00u2");
  for (const char* wrong :
       {R"([{"op":"move","path":"active","value":true}])", R"([{"op":"replace","path":"active","value":"maybe"}])",
        R"([{"op":"remove"}])", R"([{"op":"replace","value":"x"}])", "{}", R"([{"op":"replace","path":"userName","value":""}])",
        R"([{"op":"replace","path":"emails","value":[{"value":"x"}]}])"}) {
    EXPECT_EQ(ask("PATCH", "/Users/" + id, patch(wrong)).status, 400) << wrong;
  }
  EXPECT_EQ(user("eva.stone@example.com").name, "Evelyn Stone");
}

TEST_F(ScimDoor, DeletingEndsThePersonHereAndKeepsTheRecord) {
  const std::string id = add("eva@example.com");
  EXPECT_EQ(ask("DELETE", "/Users/" + id).status, 204);
  EXPECT_EQ(user("eva@example.com").state, State::kPaused);
  EXPECT_EQ(ask("GET", "/Users/" + id).status, 404);
  EXPECT_EQ(ask("DELETE", "/Users/" + id).status, 404);
  EXPECT_EQ(object(ask("GET", "/Users")).at("totalResults").as_int64(), 0);
  EXPECT_EQ(add("eva@example.com"), id) << "who comes back is the same person";
  EXPECT_EQ(user("eva@example.com").state, State::kLive);
}

TEST_F(ScimDoor, TakesOverWhoIsHereAndKeepsTheLastAdministrator) {
  const Response taken = ask("POST", "/Users", R"({"userName":"admin@example.com","displayName":"Ada"})");
  ASSERT_EQ(taken.status, 201) << taken.body;
  EXPECT_EQ(user(test::kAdministrator).role, UserRole::kOrgAdmin);
  EXPECT_EQ(ask("PATCH", "/Users/" + id_of(taken), patch(R"([{"op":"replace","value":{"active":false}}])")).status, 409);
  EXPECT_EQ(ask("DELETE", "/Users/" + id_of(taken)).status, 409);
  EXPECT_EQ(user(test::kAdministrator).state, State::kLive);
  EXPECT_EQ(ask("POST", "/Users", R"({"userName":"other","emails":[{"value":"admin@example.com"}]})").status, 409);
}

TEST_F(ScimDoor, KeepsGroups) {
  const std::string eva = add("eva@example.com");
  const std::string max = add("max@example.com");
  const Response made = ask("POST", "/Groups", R"({"displayName":"Robots","members":[{"value":")" + eva + R"("}]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/Groups/" + id_of(made);
  const auto members = [&] { return object(ask("GET", path)).at("members").as_array().size(); };
  EXPECT_EQ(members(), 1U);
  EXPECT_EQ(ask("PATCH", path, patch(R"([{"op":"add","path":"members","value":[{"value":")" + max + R"("}]}])")).status, 200);
  EXPECT_EQ(ask("PATCH", path, patch(R"([{"op":"Add","path":"members","value":[{"value":")" + max + R"("}]}])")).status, 200);
  EXPECT_EQ(members(), 2U);
  EXPECT_EQ(ask("PATCH", path, patch(R"([{"op":"remove","path":"members[value eq \")" + eva + R"(\"]"}])")).status, 200);
  EXPECT_EQ(members(), 1U);
  EXPECT_EQ(ask("PATCH", path, patch(R"([{"op":"Remove","path":"members","value":[{"value":")" + max + R"("}]}])")).status, 200);
  EXPECT_EQ(members(), 0U);
  EXPECT_EQ(ask("PATCH", path, patch(R"([{"op":"replace","value":{"displayName":"Machines"}}])")).status, 200);
  EXPECT_EQ(object(ask("GET", "/Groups?filter=displayName%20eq%20%22machines%22")).at("totalResults").as_int64(), 1);
  EXPECT_EQ(ask("POST", "/Groups", R"({"displayName":"MACHINES"})").status, 409);
  EXPECT_EQ(ask("POST", "/Groups", R"({"displayName":"x","members":[{"value":"nobody"}]})").status, 400);
  EXPECT_EQ(ask("PUT", path, R"({"displayName":"Machines","members":[{"value":")" + eva + R"("}]})").status, 200);
  EXPECT_EQ(members(), 1U);
  EXPECT_EQ(ask("DELETE", path).status, 204);
  EXPECT_EQ(ask("GET", path).status, 404);
}

TEST_F(ScimDoor, LetsNobodyElseIn) {
  for (const std::string& bearer : {std::string("none"), world.key(), std::string("gthd_") + std::string(65, 'a')}) {
    const Response refused = ask("GET", "/Users", "", bearer);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.content_type, "application/scim+json");
  }
  EXPECT_FALSE(admin::authenticate(world.services(), key, "127.0.0.1", "x")) << "it opens nothing of the REST API";
  std::string changed = key;
  changed[30] = changed[30] == 'a' ? 'b' : 'a';
  EXPECT_EQ(ask("GET", "/Users", "", changed).status, 401);
  const std::string id = key.substr(5, 16);
  must(admin::revoke_directory_key(world.services(), world.caller(), id));
  EXPECT_EQ(ask("GET", "/Users").status, 401);
  Request bare;
  bare.method = "POST";
  bare.target = "/scim/v2/Users";
  EXPECT_EQ(scim.handle(bare).status, 401);
}

TEST_F(ScimDoor, TakesNoRoleAndNoOddBody) {
  const Response made =
      ask("POST", "/Users", R"({"userName":"eva@example.com","roles":[{"value":"org-admin"}],"role":"org-admin","id":"x"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(user("eva@example.com").role, UserRole::kMember) << "mass assignment";
  EXPECT_NE(id_of(made), "x");
  for (const char* body : {"[]", "{", "null", "", R"({"userName":5})", R"({"userName":"a@b","emails":"x@y z"})"})
    EXPECT_EQ(ask("POST", "/Users", body).status, 400) << body;
  EXPECT_EQ(ask("PUT", "/Users", "{}").status, 400);
  EXPECT_EQ(ask("GET", "/Nothing").status, 404);
  EXPECT_EQ(ask("GET", "/Users/../Groups").status, 400);
  EXPECT_EQ(ask("GET", "/ServiceProviderConfig").status, 200);
  EXPECT_EQ(ask("GET", "/ResourceTypes").status, 200);
}

}  // namespace
}  // namespace gatehouse::api
