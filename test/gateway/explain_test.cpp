// explain() takes the same steps as a request, and sends nothing but look-ups.
#include "gateway/explain.h"

#include <gtest/gtest.h>

#include "test/gateway/conversation.h"

namespace gatehouse::gateway {
namespace {

class Explained : public testing::Test {
 protected:
  Decision explain_for(const TokenSpec& spec, http::Method method, std::string target, std::string body = {}) {
    world_.add_token(spec);
    ExplainRequest request;
    request.credential = world_.last();
    request.method = method;
    request.target = std::move(target);
    request.body = std::move(body);
    const auto lookup = [this](const http::UpstreamRequest& one) {
      asked_.emplace_back(one.head.substr(0, one.head.find(" HTTP/1.1")));
      http::LookupAnswer answer;
      answer.status = 200;
      const bool of_b = asked_.back().find("/issue/B-1") != std::string::npos;
      answer.body = of_b ? R"({"id":"10200","key":"B-1","fields":{"project":{"id":"10001"}}})"
                         : R"({"id":"10100","key":"A-1","fields":{"project":{"id":"10000"}}})";
      if (asked_.back().ends_with("/field")) answer.body = field_metadata();
      return answer;
    };
    return explain(world_.shared, request, lookup, world_.clock.now());
  }
  static TokenSpec on_a() {
    TokenSpec spec;
    spec.projects = {"A"};
    return spec;
  }
  static bool has_step(const Decision& decision, std::string_view text) {
    for (const DecisionStep& step : decision.steps) {
      if ((step.name + ": " + step.detail).find(text) != std::string::npos) return true;
    }
    return false;
  }

  World world_;
  std::vector<std::string> asked_;
};

TEST_F(Explained, PermitsAndSaysWhatWouldBeSent) {
  const Decision decision =
      explain_for(on_a(), http::Method::kPut, "/ex/jira/acme/rest/api/3/issue/A-1", R"({"fields":{"summary":"x"}})");
  EXPECT_TRUE(decision.permitted());
  EXPECT_TRUE(has_step(decision, "operation: editIssue on site acme"));
  EXPECT_TRUE(has_step(decision, "issue A-1 lies in A"));
  EXPECT_TRUE(has_step(decision, "would be sent as PUT /rest/api/3/issue/10100"));
  for (const std::string& line : asked_) EXPECT_TRUE(line.starts_with("GET ")) << line;
}

TEST_F(Explained, NeedsNoPrefixWhereTheTokenHasOneSite) {
  EXPECT_TRUE(explain_for(on_a(), http::Method::kGet, "/rest/api/3/issue/A-1").permitted());
}

TEST_F(Explained, LocatesAReadThatARequestWouldVerifyByItsAnswer) {
  const Decision decision = explain_for(on_a(), http::Method::kGet, "/rest/api/3/issue/B-1");
  EXPECT_FALSE(decision.permitted());
  EXPECT_EQ(decision.reason, Reason::kOutsideBoundary);
  EXPECT_TRUE(has_step(decision, "issue B-1 lies outside, or is not there"));
}

TEST_F(Explained, NamesTheScopeThatIsMissing) {
  TokenSpec spec = on_a();
  spec.scopes = {"read:jira-work"};
  const Decision decision = explain_for(spec, http::Method::kDelete, "/rest/api/3/issue/A-1");
  EXPECT_EQ(decision.reason, Reason::kInsufficientScope);
  EXPECT_EQ(scope_names(decision.missing_scopes), std::vector<std::string>{"write:jira-work"});
  EXPECT_TRUE(asked_.empty());
}

TEST_F(Explained, SaysWhereAQueryIsRefused) {
  const Decision decision = explain_for(on_a(), http::Method::kGet, "/rest/api/3/search/jql?jql=project%3DB");
  EXPECT_EQ(decision.reason, Reason::kQueryRefused);
}

}  // namespace
}  // namespace gatehouse::gateway
