// What gateway threads hand over ends up as usage, write lines and refusals; the first use of a successor starts the overlap.
#include <gtest/gtest.h>

#include <set>

#include "admin/explain.h"
#include "admin/recorder.h"
#include "admin/tokens.h"
#include "test/support/world.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;

class Recorded : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
    world.add_grant();
    CreateToken request;
    request.account = "ci";
    request.name = "notify";
    request.scopes = {"read:jira-work"};
    request.resources = {"acme/A"};
    request.expires_in = hours(24);
    token = must(create_token(world.services(), world.caller(), request));
    id = std::string(token.document.at("id").as_string());
  }

  /// One request as a gateway thread would leave it.
  void leave(const std::string& secret, const std::function<void(gateway::RequestRecord&)>& more) {
    gateway::RequestRecord* slot = world.request_log().queue(0).begin();
    ASSERT_TRUE(slot);
    *slot = gateway::RequestRecord{};
    slot->at = world.clock().now();
    slot->credential = world.live(secret);
    slot->secret = *token::to_key(token::parse(secret)->id);
    slot->site = *world.services().sites.snapshot()->find(Product::kJira, "acme");
    slot->effect = Effect::kPermit;
    slot->reason = Reason::kPermitted;
    slot->status = 200;
    slot->method = "GET";
    slot->path = "/ex/jira/acme/rest/api/3/issue/A-1";
    slot->user_agent = "jira.js \xff";
    more(*slot);
    world.request_log().queue(0).commit();
  }

  test::World world;
  CreatedToken token;
  std::string id;
  Recorder recorder{world.services(), world.request_log()};
};

TEST_F(Recorded, UseIsSeenInTheToken) {
  EXPECT_TRUE(must(show_token(world.services(), world.caller(), id)).at("last_used_at").is_null());
  for (int i = 0; i < 3; ++i) leave(token.token.expose(), [](gateway::RequestRecord&) {});
  must(recorder.flush());
  EXPECT_EQ(must(show_token(world.services(), world.caller(), id)).at("last_used_at").as_string(), "2027-01-01T00:00:00Z");
  const auto reader = must(world.database().read());
  const auto ticks = must(reader->usage.ticks(CredentialId(id), test::kStart - hours(1)));
  ASSERT_EQ(ticks.size(), 1U) << "alike requests of one hour are one row";
  EXPECT_EQ(ticks[0].count, 3);
  EXPECT_EQ(ticks[0].user_agent, "jira.js ?");
  EXPECT_EQ(recorder.requests(Effect::kPermit), 3U);
}

TEST_F(Recorded, ManyDifferentUsesAreKeptApart) {
  constexpr int kHours = 1200;  // more rows than a transaction takes
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kHours; ++i) {
      leave(token.token.expose(), [i](gateway::RequestRecord& record) { record.at -= hours(i); });
    }
    must(recorder.flush());
  }
  const auto reader = must(world.database().read());
  const auto ticks = must(reader->usage.ticks(CredentialId(id), test::kStart - hours(kHours), 5000));
  ASSERT_EQ(ticks.size(), static_cast<std::size_t>(kHours));
  std::set<Instant> seen;
  for (const store::UsageTick& tick : ticks) {
    EXPECT_EQ(tick.count, 2);
    EXPECT_FALSE(tick.site.value.empty());
    EXPECT_EQ(tick.outcome, "permitted");
    seen.insert(tick.hour);
  }
  EXPECT_EQ(seen.size(), ticks.size());
}

TEST_F(Recorded, WhoAsksNeedNotWaitForTheNextBatch) {
  recorder.start();
  must(show_token(world.services(), world.caller(), id));  // usage is not due again for seconds
  leave(token.token.expose(), [](gateway::RequestRecord&) {});
  EXPECT_FALSE(must(show_token(world.services(), world.caller(), id)).at("last_used_at").is_null());
}

TEST_F(Recorded, WritesAreTraced) {
  leave(token.token.expose(), [](gateway::RequestRecord& record) {
    record.write = true;
    record.object = "A-1";
    record.request_id = "request000000001";
    record.status = 204;
  });
  const Documents lines = must(trace(world.services(), "acme", "A-1", {}, 10));
  ASSERT_EQ(lines.items.size(), 1U) << "who asks need not wait for the next batch";
  EXPECT_EQ(lines.items[0].at("account").as_string(), "ci");
  EXPECT_EQ(lines.items[0].at("token_id").as_string(), id);
  EXPECT_EQ(lines.items[0].at("status").as_int64(), 204);
}

TEST_F(Recorded, RefusalsAreExplained) {
  leave(token.token.expose(), [](gateway::RequestRecord& record) {
    record.effect = Effect::kDeny;
    record.reason = Reason::kOutsideBoundary;
    record.status = 404;
    record.request_id = "request000000002";
  });
  const Document explained = must(explain_request(world.services(), world.caller(), "request000000002"));
  EXPECT_EQ(explained.at("reason").as_string(), "outside_boundary");
  EXPECT_EQ(explained.at("token_id").as_string(), id);
  EXPECT_EQ(explain_request(world.services(), world.caller(), "request000000003").error().code, Errc::kNotFound);
}

TEST_F(Recorded, FirstUseOfASuccessorStartsTheOverlap) {
  const CreatedToken successor = must(rotate_token(world.services(), world.caller(), id, hours(1)));
  leave(successor.token.expose(), [](gateway::RequestRecord& record) { record.successor_used = true; });
  must(recorder.flush());
  const auto secrets = must(show_token(world.services(), world.caller(), id)).at("secrets").as_array();
  ASSERT_EQ(secrets.size(), 2U);
  EXPECT_EQ(secrets[0].at("state").as_string(), "overlap");
  EXPECT_EQ(secrets[0].at("ends_at").as_string(), "2027-01-01T01:00:00Z");
  EXPECT_EQ(secrets[1].at("state").as_string(), "current");
}

TEST_F(Recorded, ReuseIsRecordedOnceAnHour) {
  for (int i = 0; i < 5; ++i) {
    leave(token.token.expose(), [](gateway::RequestRecord& record) { record.retired_used = true; });
    must(recorder.flush());
  }
  const auto reader = must(world.database().read());
  store::AuditRecords::Filter filter;
  filter.action = "token.reuse";
  EXPECT_EQ(must(reader->audit_records.list(filter, {})).items.size(), 1U);
}

TEST_F(Recorded, WhatIsLeftIsWrittenAtTheEnd) {
  recorder.start();
  leave(token.token.expose(), [](gateway::RequestRecord&) {});
  recorder.stop();
  EXPECT_FALSE(must(show_token(world.services(), world.caller(), id)).at("last_used_at").is_null());
}

TEST_F(Recorded, ExplainRunsTheGatewaysOwnCode) {
  const Document inside =
      must(explain_token(world.services(), world.caller(), {id, "GET", "/ex/jira/acme/rest/api/3/issue/A-1", "", ""}));
  EXPECT_TRUE(inside.at("permitted").as_bool()) << boost::json::serialize(inside);
  EXPECT_FALSE(inside.at("steps").as_array().empty());
  const Document outside =
      must(explain_token(world.services(), world.caller(), {id, "GET", "/ex/jira/acme/rest/api/3/issue/B-1", "", ""}));
  EXPECT_FALSE(outside.at("permitted").as_bool());
  EXPECT_EQ(explain_token(world.services(), world.caller(), {id, "FETCH", "/", "", ""}).error().field, "method");
  must(revoke_token(world.services(), world.caller(), id, ""));
  EXPECT_EQ(
      explain_token(world.services(), world.caller(), {id, "GET", "/ex/jira/acme/rest/api/3/issue/A-1", "", ""}).error().code,
      Errc::kConflict);
}

}  // namespace
}  // namespace gatehouse::admin
