// Changes that are asked for again, and answers that somebody has already.
#include "api/idempotency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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

TEST_F(Again, AChangeMayRestOnWhatWasRead) {
  add("eva@example.com", "k");
  const std::string eva = "/api/v1/users/eva@example.com";
  const std::string read = field(ask("GET", eva, ""), "ETag");
  ASSERT_FALSE(read.empty());
  const auto rename = [&](const std::string& name, const std::string& condition) {
    return ask("PATCH", eva, R"({"name":")" + name + R"("})", {{"If-Match", condition}}).status;
  };
  EXPECT_EQ(rename("Eva B", "\"another\""), 412);
  EXPECT_EQ(rename("Eva B", "W/" + read), 412) << "a weak tag proves nothing";
  EXPECT_EQ(rename("Eva B", "\"another\", " + read), 200);
  EXPECT_EQ(rename("Eva C", read), 412) << "it is another one by now";
  EXPECT_EQ(rename("Eva C", "*"), 200);
  EXPECT_THAT(ask("GET", eva, "").body, HasSubstr("Eva C"));
  // What lies below the record's address.
  const std::string now = field(ask("GET", eva, ""), "ETag");
  EXPECT_EQ(ask("POST", eva + "/suspend", "{}", {{"If-Match", read}}).status, 412);
  EXPECT_EQ(ask("POST", eva + "/suspend", "{}", {{"If-Match", now}}).status, 200);
  EXPECT_EQ(ask("POST", eva + "/restore", "", {{"If-Match", now}}).status, 412);
  EXPECT_EQ(ask("PATCH", "/api/v1/users/nobody@example.com", R"({"name":"x"})", {{"If-Match", "*"}}).status, 404);
  EXPECT_EQ(ask("POST", "/api/v1/users", R"({"email":"x@example.com","name":"x","role":"member"})", {{"If-Match", "*"}}).status,
            412)
      << "a list is no record";
  const std::string policy = field(ask("GET", "/api/v1/policy", ""), "ETag");
  EXPECT_EQ(ask("PATCH", "/api/v1/policy", R"({"grace":"30d"})", {{"If-Match", "\"x\""}}).status, 412);
  EXPECT_FALSE(policy.empty());
}

TEST_F(Again, OfTwoWhoReadTheSameOneChanges) {
  add("eva@example.com", "k");
  const std::string eva = "/api/v1/users/eva@example.com";
  for (int round = 0; round < 10; ++round) {
    const std::string read = field(ask("GET", eva, ""), "ETag");
    std::atomic<int> done{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const int status =
            ask("PATCH", eva, R"({"name":"Eva )" + std::to_string(round * 10 + i) + R"("})", {{"If-Match", read}}).status;
        done += status == 200 ? 1 : 0;
        refused += status == 412 ? 1 : 0;
      });
    }
    for (std::thread& one : threads) one.join();
    EXPECT_EQ(done, 1);
    EXPECT_EQ(refused, 3);
  }
}

TEST_F(Again, AnswersSayHowOftenOneMayAsk) {
  const Response first = ask("GET", "/api/v1/me", "");
  EXPECT_EQ(field(first, "RateLimit-Limit"), "12000");
  const Response second = ask("GET", "/api/v1/me", "");
  EXPECT_EQ(std::stoi(field(second, "RateLimit-Remaining")), std::stoi(field(first, "RateLimit-Remaining")) - 1);
  EXPECT_EQ(field(second, "RateLimit-Reset"), "60");
  // A stranger who guesses is slowed down, and nobody else at that address is.
  Request guess;
  guess.method = "GET";
  guess.target = "/api/v1/me";
  guess.address = "203.0.113.9";
  int status = 0;
  for (int i = 0; i <= RateLimit::kStrangers; ++i) status = api.handle(guess).status;
  EXPECT_EQ(status, 429);
  EXPECT_FALSE(field(api.handle(guess), "Retry-After").empty());
  guess.fields = {{"Authorization", "Bearer " + world.key()}};
  EXPECT_EQ(api.handle(guess).status, 200);
  guess.fields.clear();
  world.clock().advance(1min);
  EXPECT_EQ(api.handle(guess).status, 401);
}

}  // namespace
}  // namespace gatehouse::api
