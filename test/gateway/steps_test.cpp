// The steps one by one, where a golden case would not show the point: credentials, rates, states between two waits, cursors.

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "gateway/gateway_exchange.h"
#include "test/gateway/conversation.h"

namespace gatehouse::gateway {
namespace {

constexpr std::string_view kIssueOfA =
    R"({"id":"10100","key":"A-1","fields":{"summary":"Hello","project":{"id":"10000","key":"A"}}})";

/// Answers everything with one issue of A, and counts.
class Site : public SiteScript {
 public:
  SiteAnswer answer(const Asked& asked) override {
    ++count;
    last = asked;
    return {status, {{"Content-Type", "application/json"}}, body, false};
  }
  int count = 0;
  int status = 200;
  std::string body{kIssueOfA};
  Asked last;
};

class Steps : public testing::Test {
 protected:
  Answered get(std::string_view path, std::string_view token) {
    return converse(world_, *exchange_, request_text("GET " + std::string(path), token), site_);
  }
  Answered read_issue(std::string_view token) { return get("/ex/jira/acme/rest/api/3/issue/A-1", token); }
  Answered with_header(const std::string& authorization) {
    return converse(
        world_, *exchange_,
        "GET /ex/jira/acme/rest/api/3/issue/A-1 HTTP/1.1\r\nHost: gate.example\r\nAuthorization: " + authorization + "\r\n\r\n",
        site_);
  }
  static TokenSpec on_a() {
    TokenSpec spec;
    spec.projects = {"A"};
    return spec;
  }
  std::vector<RequestRecord> records() {
    std::vector<RequestRecord> out;
    world_.log.drain([&](const RequestRecord& one) { out.push_back(one); });
    return out;
  }

  World world_;
  GatewayFactory factory_{world_.shared, 0};
  std::unique_ptr<http::Exchange> exchange_ = factory_.make();
  Site site_;
};

TEST_F(Steps, TakesATokenAsBearerOrAsPasswordOfAnyUser) {
  const std::string token = world_.add_token(on_a());
  EXPECT_EQ(with_header("Bearer " + token).status, 200);
  EXPECT_EQ(with_header("bearer  " + token).status, 200);
  EXPECT_EQ(with_header("Basic " + to_base64(as_bytes("bot@example.com:" + token))).status, 200);
  EXPECT_EQ(with_header("Basic " + to_base64(as_bytes("a:b:" + token))).status, 200);
  EXPECT_EQ(with_header("Basic " + token).status, 401);
  EXPECT_EQ(with_header("Digest " + token).status, 401);
  EXPECT_EQ(with_header("Bearer " + token.substr(0, 69)).status, 401);
  std::string other = token;
  other[40] = other[40] == 'x' ? 'y' : 'x';
  EXPECT_EQ(with_header("Bearer " + other).status, 401);
}

TEST_F(Steps, RefusesWhatIsNoLongerLive) {
  TokenSpec spec = on_a();
  spec.expires_at = world_.clock.now();
  const std::string expired = world_.add_token(spec);
  EXPECT_EQ(read_issue(expired).status, 401);
  spec = on_a();
  spec.state = State::kPaused;
  EXPECT_EQ(read_issue(world_.add_token(spec)).status, 401);
  spec = on_a();
  spec.state = State::kRevoked;
  EXPECT_EQ(read_issue(world_.add_token(spec)).status, 401);
  EXPECT_EQ(site_.count, 0);
}

TEST_F(Steps, SaysWhenATokenIsNearItsEnd) {
  TokenSpec spec = on_a();
  spec.expires_at = world_.clock.now() + std::chrono::hours(24 * 3);
  const std::string token = world_.add_token(spec);
  EXPECT_NE(read_issue(token).head.find("Gatehouse-Token-Expires: 2026-11-27T00:00:00Z\r\n"), std::string::npos);
  EXPECT_NE(get("/ex/jira/acme/rest/nothing", token).head.find("Gatehouse-Token-Expires"), std::string::npos);
  EXPECT_EQ(read_issue(world_.add_token(on_a())).head.find("Gatehouse-Token-Expires"), std::string::npos);
}

TEST_F(Steps, CountsTheRateOfACredential) {
  TokenSpec spec = on_a();
  spec.rate = {2, std::chrono::seconds(10)};
  const std::string token = world_.add_token(spec);
  EXPECT_EQ(read_issue(token).status, 200);
  EXPECT_EQ(read_issue(token).status, 200);
  const Answered third = read_issue(token);
  EXPECT_EQ(third.status, 429);
  EXPECT_NE(third.head.find("Retry-After: 5\r\n"), std::string::npos) << third.head;
  world_.clock.advance(std::chrono::seconds(5));
  world_.index.set_fresh(world_.clock.now());
  EXPECT_EQ(read_issue(token).status, 200);
  EXPECT_EQ(read_issue(token).status, 429);
}

TEST_F(Steps, KeepsToTheListOfAddresses) {
  TokenSpec spec = on_a();
  spec.allow_ips = {parse_network("203.0.113.0/24").value()};
  EXPECT_EQ(read_issue(world_.add_token(spec)).status, 200);
  spec.allow_ips = {parse_network("198.51.100.0/24").value()};
  EXPECT_EQ(read_issue(world_.add_token(spec)).status, 403);
}

TEST_F(Steps, RefusesEverythingWhereTheIndexIsStale) {
  const std::string token = world_.add_token(on_a());
  world_.clock.advance(std::chrono::seconds(31));
  EXPECT_EQ(read_issue(token).status, 503);
  EXPECT_EQ(site_.count, 0);
}

TEST_F(Steps, TellsOnceThatASuccessorIsInUse) {
  TokenSpec spec = on_a();
  spec.secret_state = SecretState::kPending;
  const std::string token = world_.add_token(spec);
  EXPECT_EQ(read_issue(token).status, 200);
  EXPECT_EQ(read_issue(token).status, 200);
  const auto seen = records();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen[0].successor_used);
  EXPECT_FALSE(seen[1].successor_used);
}

TEST_F(Steps, TellsThatARetiredSecretWasUsed) {
  TokenSpec spec = on_a();
  spec.secret_state = SecretState::kOverlap;  // ended the moment that it was made
  EXPECT_EQ(read_issue(world_.add_token(spec)).status, 401);
  const auto seen = records();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_TRUE(seen[0].retired_used);
  EXPECT_EQ(seen[0].reason, Reason::kInvalidToken);
}

TEST_F(Steps, RecordsAReadForTheProjectThatTheAnswerNames) {
  TokenSpec spec = on_a();
  spec.projects = {"A", "B"};
  EXPECT_EQ(read_issue(world_.add_token(spec)).status, 200);
  site_.status = 404;
  EXPECT_EQ(read_issue(world_.add_token(spec)).status, 404);
  const auto seen = records();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].resource, "A");
  EXPECT_EQ(seen[0].resource_ids, "10000");
  EXPECT_EQ(seen[1].resource, "") << "what is not there was in none of them";
}

TEST_F(Steps, RecordsThatAReadMetAPausedResource) {
  TokenSpec spec = on_a();
  spec.projects = {"A", "B"};
  spec.paused = {"A"};
  const Answered paused = read_issue(world_.add_token(spec));
  spec.paused = {};
  spec.projects = {"B"};
  const Answered outside = read_issue(world_.add_token(spec));
  const auto seen = records();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].reason, Reason::kResourcePaused);
  EXPECT_EQ(seen[1].reason, Reason::kOutsideBoundary);
  EXPECT_EQ(paused.status, 404);
  const auto without_id = [](std::string text) { return text.substr(0, text.find("--request-id")); };
  EXPECT_EQ(without_id(paused.body), without_id(outside.body)) << "the client learns no more than of an issue elsewhere";
}

TEST_F(Steps, SendsNothingAfterARevocationThatCameMeanwhile) {
  const std::string token = world_.add_token(on_a());
  EXPECT_EQ(read_issue(token).status, 200);
  world_.last()->withdrawn.store(true);
  site_.count = 0;
  EXPECT_EQ(read_issue(token).status, 401);
  EXPECT_EQ(site_.count, 0);
}

/// Revokes the credential while the gateway waits for its look-up.
class RevokingSite final : public Site {
 public:
  explicit RevokingSite(World& world) : world_(world) {}
  SiteAnswer answer(const Asked& asked) override {
    world_.last()->withdrawn.store(true);
    return Site::answer(asked);
  }

 private:
  World& world_;
};

TEST_F(Steps, LooksOnceMoreBeforeTheFirstByteGoesUpstream) {
  const std::string token = world_.add_token(on_a());
  RevokingSite site(world_);
  const Answered answered = converse(
      world_, *exchange_, request_text("PUT /ex/jira/acme/rest/api/3/issue/A-1", token, R"({"fields":{"summary":"x"}})"), site);
  EXPECT_EQ(answered.status, 401);
  EXPECT_EQ(site.count, 1);
}

/// Paused and live again while the first answer is read: what it was decided by is gone, and holds again.
class HiccupSite final : public Site {
 public:
  explicit HiccupSite(World& world) : world_(world) {
    body = R"({"id":"10100","key":"A-1","fields":{"project":{"id":"10000","key":"A"},"issuelinks":[{"id":"1",
      "type":{"id":"1","name":"Blocks"},"outwardIssue":{"id":"10200","key":"A-2","fields":{"summary":"x"}}}]}})";
  }
  SiteAnswer answer(const Asked& asked) override {
    if (!asked.lookup && sent++ == 0) {
      world_.publish_site(State::kPaused);
      world_.publish_site(State::kLive);
    }
    return Site::answer(asked);
  }
  int sent = 0;

 private:
  World& world_;
};

TEST_F(Steps, AReadIsDecidedAnewThoughItWasSent) {
  const std::string token = world_.add_token(on_a());
  HiccupSite site(world_);
  EXPECT_EQ(converse(world_, *exchange_, request_text("GET /ex/jira/acme/rest/api/3/issue/A-1", token), site).status, 200);
  EXPECT_EQ(site.sent, 2);
}

TEST_F(Steps, SendsNothingToASiteThatIsPaused) {
  const std::string token = world_.add_token(on_a());
  world_.publish_site(State::kPaused);
  EXPECT_EQ(read_issue(token).status, 503);
  EXPECT_EQ(site_.count, 0);
}

TEST_F(Steps, RecordsWhatWasDoneAndNothingOfItsContent) {
  const std::string token = world_.add_token(on_a());
  site_.body = R"({"id":"10100","key":"A-1","fields":{"project":{"id":"10000"}}})";
  converse(
      world_, *exchange_,
      request_text("PUT /ex/jira/acme/rest/api/3/issue/a-1?notifyUsers=false", token, R"({"fields":{"summary":"top secret"}})"),
      site_);
  const auto seen = records();
  ASSERT_EQ(seen.size(), 1U);
  const RequestRecord& one = seen[0];
  EXPECT_TRUE(one.write);
  EXPECT_EQ(one.effect, Effect::kPermit);
  EXPECT_EQ(one.resource, "A");
  EXPECT_EQ(one.resource_ids, "10000");
  EXPECT_EQ(one.object, "A-1");
  EXPECT_EQ(one.object_ids, "10100");
  EXPECT_EQ(one.path, "/ex/jira/acme/rest/api/3/issue/a-1");
  EXPECT_EQ(one.method, "PUT");
  EXPECT_EQ(one.request_id.size(), 16U);
  EXPECT_EQ(one.operation->id, "editIssue");
}

TEST_F(Steps, GivesPageTokensThatOnlyTheSameTokenAndQueryCanUse) {
  const std::string token = world_.add_token(on_a());
  const std::string other = world_.add_token(on_a());
  site_.body = R"({"issues":[],"nextPageToken":"cursor-of-upstream"})";
  const std::string path = "/ex/jira/acme/rest/api/3/search/jql?jql=status%3DOpen";
  const Answered first = get(path, token);
  ASSERT_EQ(first.status, 200) << first.body;
  const std::string mark = R"("nextPageToken":")";
  const std::size_t at = first.body.find(mark);
  ASSERT_NE(at, std::string::npos) << first.body;
  const std::string sealed = first.body.substr(at + mark.size(), first.body.find('"', at + mark.size()) - at - mark.size());
  EXPECT_NE(sealed, "cursor-of-upstream");

  EXPECT_EQ(get(path + "&nextPageToken=" + sealed, token).status, 200);
  EXPECT_NE(site_.last.target.find("nextPageToken=cursor-of-upstream"), std::string::npos) << site_.last.target;
  EXPECT_EQ(get(path + "&nextPageToken=" + sealed, other).status, 400);
  EXPECT_EQ(get(path + "&nextPageToken=cursor-of-upstream", token).status, 400);
  EXPECT_EQ(get("/ex/jira/acme/rest/api/3/search/jql?jql=status%3DDone&nextPageToken=" + sealed, token).status, 400);
}

TEST_F(Steps, AsksForManyIssuesInOneLookUp) {
  const std::string token = world_.add_token(on_a());
  std::string ids;
  std::string issues;
  for (int i = 0; i < 12; ++i) {
    const std::string id = std::to_string(10100 + i);
    ids += (i ? ",\"" : "\"") + id + "\"";
    issues += std::string(i ? "," : "") + R"({"id":")" + id + R"(","key":"A-)" + std::to_string(i) +
              R"(","fields":{"project":{"id":"10000"}}})";
  }
  site_.body = R"({"issues":[)" + issues + "]}";
  const Answered answered = converse(
      world_, *exchange_,
      request_text("POST /ex/jira/acme/rest/api/3/issue/bulkfetch", token, R"({"issueIdsOrKeys":[)" + ids + "]}"), site_);
  EXPECT_EQ(answered.status, 200) << answered.body;
  EXPECT_EQ(site_.count, 2);
}

TEST_F(Steps, StreamsALongAnswerOfWhichOnlyLinksAreRewritten) {
  TokenSpec spec;
  spec.projects = {"*"};
  spec.restricted = true;
  const std::string token = world_.add_token(spec);
  std::string body = "[";
  std::string expected = "[";
  while (body.size() < 900'000) {
    body += R"({"self":"https://acme.example/rest/api/3/field/1","text":"a \"http"},)";
    expected += R"({"self":"https://gate.example/ex/jira/acme/rest/api/3/field/1","text":"a \"http"},)";
  }
  site_.body = body + "0]";
  const Answered answered = get("/ex/jira/acme/rest/api/3/field", token);
  EXPECT_EQ(answered.status, 200);
  EXPECT_TRUE(answered.body == expected + "0]");
}

TEST_F(Steps, LeavesNoTraceOfARequestInTheNext) {
  const std::string token = world_.add_token(on_a());
  site_.body = R"({"issues":[]})";
  converse(world_, *exchange_, request_text("POST /ex/jira/acme/rest/api/3/search/jql", token, R"({"jql":"status = Open"})"),
           site_);
  site_.body = kIssueOfA;
  EXPECT_EQ(read_issue(token).status, 200);
  EXPECT_EQ(site_.last.target, "/rest/api/3/issue/A-1");
  EXPECT_TRUE(site_.last.body.empty());
}

}  // namespace
}  // namespace gatehouse::gateway
