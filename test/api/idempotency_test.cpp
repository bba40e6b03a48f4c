// Changes that are asked for again, and answers that somebody has already.
#include "api/idempotency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/router.h"
#include "api/schemas.h"
#include "test/support/world.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Again : public testing::Test {
 protected:
  Again() : api(world.services()) {}
  Response ask(const std::string& method, const std::string& target, const std::string& body, HeaderFields more = {}) {
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.id = "request000000001";
    request.fields = std::move(more);
    request.fields.emplace_back("Authorization", "Bearer " + world.key());
    if (!body.empty()) request.fields.emplace_back("Content-Type", "application/json");
    return api.handle(request);
  }
  Response add(const std::string& email, const std::string& key) {
    return ask("POST", "/api/v1/users", R"({"email":")" + email + R"(","name":"Eva","role":"member"})",
               {{"Idempotency-Key", key}});
  }
  std::string field(const Response& response, std::string_view name) {
    for (const auto& [found, value] : response.fields) {
      if (found == name) return value;
    }
    return {};
  }
  test::World world;
  Api api;
};

TEST_F(Again, AChangeIsMadeOnce) {
  const Response first = add("eva@example.com", "key 1");
  ASSERT_EQ(first.status, 201) << first.body;
  const Response second = add("eva@example.com", "key 1");
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(json::parse(second.body), json::parse(first.body));
  EXPECT_EQ(field(second, "Idempotent-Replayed"), "true");
  EXPECT_EQ(add("max@example.com", "key 1").status, 422) << "another request under the key";
  EXPECT_EQ(add("eva@example.com", "key 2").status, 409) << "no key, no memory";
  EXPECT_EQ(add("max@example.com", "key 2").status, 201) << "what was refused leaves nothing";
  world.clock().advance(24h + 1s);
  EXPECT_EQ(add("eva@example.com", "key 1").status, 409) << "kept for a day";
  EXPECT_EQ(add("x@example.com", std::string(201, 'k')).status, 400);
}

TEST_F(Again, ASecretIsNeverShownTwice) {
  const auto make = [this] { return ask("POST", "/api/v1/admin-keys", R"({"name":"ci"})", {{"Idempotency-Key", "make a key"}}); };
  const Response first = make();
  ASSERT_EQ(first.status, 201) << first.body;
  const std::string secret(json::parse(first.body).at("admin_key").as_string());
  const Response second = make();
  EXPECT_EQ(second.status, 201);
  EXPECT_TRUE(json::parse(second.body).at("admin_key").is_null());
  EXPECT_EQ(json::parse(second.body).at("id"), json::parse(first.body).at("id"));
  EXPECT_THAT(second.body, Not(HasSubstr(secret)));
}

TEST_F(Again, NoSchemaHasASecretThatWouldBeKept) {
  // Members whose description says that they are shown once are those that must be left out.
  for (const Schema& schema : schemas()) {
    for (const Member& member : schema.members) {
      const bool secret = member.about.find("hown once") != std::string_view::npos ||
                          member.about.find("nly when it is made") != std::string_view::npos;
      if (secret) EXPECT_TRUE(is_secret_member(member.name)) << schema.name << "." << member.name;
    }
  }
}

TEST_F(Again, WhoHasTheAnswerIsToldSo) {
  const Response first = ask("GET", "/api/v1/users", "");
  const std::string tag = field(first, "ETag");
  ASSERT_FALSE(tag.empty());
  const Response same = ask("GET", "/api/v1/users", "", {{"If-None-Match", tag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.body.empty());
  add("eva@example.com", "k");
  EXPECT_EQ(ask("GET", "/api/v1/users", "", {{"If-None-Match", tag}}).status, 200);
}

}  // namespace
}  // namespace gatehouse::api
