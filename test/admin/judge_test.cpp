// What requests would have met under a proposed boundary: judged by the steps of explain, counted, and bounded in what it asks.
#include "admin/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/tokens.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::HasSubstr;

class Judging : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
    world.add_grant("acme/*");
    CreateToken request;
    request.account = "ci";
    request.name = "notify";
    request.scopes = {"read:jira-work", "write:jira-work"};
    request.resources = {"acme/*"};
    request.expires_in = hours(24 * 30);
    request.propose = {"acme/A"};
    request.propose_until = test::kStart + hours(24);
    const CreatedToken token = must(create_token(world.services(), world.caller(), request));
    id = std::string(token.document.at("id").as_string());
    live = world.live(token.token.expose());
  }
  void made(Judge& judge, http::Method method, const std::string& path, const std::string& body = {}) {
    auto request = std::make_shared<gateway::JudgedRequest>();
    request->method = method;
    request->target = "/ex/jira/acme" + path;
    request->body = body;
    request->content_type = "application/json";
    request->request_id = "r" + std::to_string(++count);
    const auto* catalogue = world.services().gateway.catalogue_of(Product::kJira);
    gateway::RequestRecord record;
    record.at = world.clock().now();
    record.credential = live;
    record.site = *world.services().sites.snapshot()->find(Product::kJira, "acme");
    record.operation = catalogue->match(http::to_string(method), path.substr(0, path.find('?'))).operation;
    record.judged = request;
    judge.add(record);
  }
  Document report() { return must(report_would_deny(world.services(), id)); }

  test::World world;
  std::string id;
  token::LiveCredentialPtr live;
  int count = 0;
};

TEST_F(Judging, CountsWhatWouldBeRefused) {
  Judge judge(world.services());
  made(judge, http::Method::kGet, "/rest/api/3/issue/A-1");
  made(judge, http::Method::kGet, "/rest/api/3/issue/B-1");
  made(judge, http::Method::kGet, "/rest/api/3/issue/B-1");
  made(judge, http::Method::kPut, "/rest/api/3/issue/B-1", R"({"fields":{"summary":"secret words"}})");
  made(judge, http::Method::kGet, "/rest/api/3/search/jql?jql=project+%3D+B");
  const Document found = report();
  const auto& items = found.at("items").as_array();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].at("operation").as_string(), "getIssue");
  EXPECT_EQ(items[0].at("requests").as_int64(), 2);
  EXPECT_EQ(items[0].at("resource").as_string(), "acme/B");
  EXPECT_EQ(items[0].at("reason").as_string(), "outside_boundary");
  EXPECT_EQ(items[0].at("request_id").as_string(), "r3");
  EXPECT_TRUE(found.at("not_judged").as_array().empty());
  const auto& token = found.at("tokens").as_array().at(0);
  EXPECT_EQ(token.at("permitted").as_int64(), 1);
  EXPECT_EQ(token.at("denied").as_int64(), 4);
  EXPECT_EQ(boost::json::serialize(found).find("secret words"), std::string::npos);
  const auto waiting = [&] { return must(count_would_deny(*must(world.database().read()).operator->())); };
  EXPECT_EQ(waiting(), 1);
  NarrowToken narrow;
  narrow.resources = {{"acme/A"}};
  must(narrow_token(world.services(), world.caller(), id, narrow));
  EXPECT_EQ(waiting(), 0) << "it has its boundary";
}

TEST_F(Judging, AsksNoMoreThanItMay) {
  Judge judge(world.services(), 0);
  made(judge, http::Method::kGet, "/rest/api/3/issue/B-1");
  made(judge, http::Method::kGet, "/rest/api/3/serverInfo");
  const Document found = report();
  EXPECT_TRUE(found.at("items").as_array().empty());
  ASSERT_EQ(found.at("not_judged").as_array().size(), 1U);
  EXPECT_THAT(std::string(found.at("not_judged").as_array()[0].at("reason").as_string()), HasSubstr("look-up"));
  EXPECT_EQ(found.at("tokens").as_array().at(0).at("permitted").as_int64(), 1) << "what needs none is judged";
}

TEST_F(Judging, RemembersWhatItAsked) {
  Judge judge(world.services(), 2);
  for (int i = 0; i < 3; ++i) made(judge, http::Method::kGet, "/rest/api/3/issue/B-1/comment");
  const Document found = report();
  EXPECT_TRUE(found.at("not_judged").as_array().empty());
  EXPECT_EQ(found.at("items").as_array().at(0).at("requests").as_int64(), 3);
}

TEST_F(Judging, KeepsNoBodyThatIsTooLong) {
  Judge judge(world.services());
  auto request = std::make_shared<gateway::JudgedRequest>();
  request->whole = false;
  gateway::RequestRecord record;
  record.at = world.clock().now();
  record.credential = live;
  record.site = *world.services().sites.snapshot()->find(Product::kJira, "acme");
  record.operation = world.services().gateway.catalogue_of(Product::kJira)->find("editIssue");
  record.judged = request;
  judge.add(record);
  record.judged.reset();
  record.judge_skipped = true;
  judge.add(record);
  const Document found = report();
  EXPECT_EQ(found.at("not_judged").as_array().size(), 2U);
  EXPECT_EQ(found.at("tokens").as_array().at(0).at("not_judged").as_int64(), 2);
}

}  // namespace
}  // namespace gatehouse::admin
