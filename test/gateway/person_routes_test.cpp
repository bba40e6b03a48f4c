// An app acts for a person: by that person's own grant at Atlassian, by no credential of the site, and by nobody else's.
#include "gateway/person_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "gateway/gateway_exchange.h"
#include "gateway/thread_state.h"
#include "test/gateway/conversation.h"

namespace gatehouse::gateway {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kRead = "GET /ex/jira/acme/rest/api/3/issue/A-1";
constexpr const char* kBase = "https://api.example/ex/jira/cloud-1";

/// A site on which everything lies in A. Keeps what it was asked.
class Site final : public SiteScript {
 public:
  SiteAnswer answer(const Asked& one) override {
    asked.push_back(one);
    if (before_answer) before_answer();
    SiteAnswer given;
    given.status = status;
    given.fields = {{"Content-Type", "application/json"}};
    given.body = R"({"id":"10100","key":"A-1","self":")" + std::string(kBase) +
                 R"(/rest/api/3/issue/10100","fields":{"project":{"id":"10000"}}})";
    return given;
  }
  std::vector<std::string> shown() const {
    std::vector<std::string> keys;
    for (const Asked& one : asked) keys.push_back(one.pool_key);
    return keys;
  }
  std::vector<Asked> asked;
  int status = 200;
  std::function<void()> before_answer;
};

/// Says what it was told to, in turn; the last for good.
class Ways final : public PersonRoutes {
 public:
  Step<PersonRoutePtr> find(const upstream::SiteEntryPtr& site, std::string_view user) override {
    users.emplace_back(user);
    sites.push_back(site->site.key);
    Step<PersonRoutePtr> next = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return next;
  }
  void refused(const PersonRoutePtr& route) override { were_refused.push_back(route); }
  std::deque<Step<PersonRoutePtr>> answers;
  std::vector<std::string> users;
  std::vector<std::string> sites;
  std::vector<PersonRoutePtr> were_refused;
};

PersonRoutePtr way(const std::string& name, const std::vector<std::string>& scopes = {"read:jira-work", "write:jira-work"}) {
  auto route = std::make_shared<http::UpstreamRoute>();
  route->scheme = "https";
  route->host = "api.example";
  route->port = 443;
  route->context_path = "/ex/jira/cloud-1";
  route->pool_key = name;
  route->authorization = SecretString("Authorization: Bearer " + name + "\r\n");
  auto made = std::make_shared<PersonRoute>();
  made->user = "user000000000001";
  made->site = "site000000000001";
  made->base_url = kBase;
  made->choices = upstream::RouteChoices({{name, parse_scopes(scopes).value(), route, {}}});
  return made;
}

class ForAPerson : public testing::Test {
 protected:
  ForAPerson() {
    TokenSpec spec;
    spec.projects = {"A"};
    spec.person = true;
    token = world.add_token(spec);
    world.shared.people = &ways;
    ways.answers.emplace_back(way("eva"));
  }
  Answered ask(std::string_view line = kRead, std::string_view body = {}) {
    return converse(world, exchange, request_text(line, token, body), site, true);
  }
  World world;
  Ways ways;
  Site site;
  std::string token;
  ThreadState thread{world.shared, &world.log.queue(0)};
  GatewayExchange exchange{thread};
};

TEST_F(ForAPerson, TheirOwnGrantIsShownAndLinksLeadBack) {
  const Answered answered = ask();
  EXPECT_EQ(answered.status, 200) << answered.body;
  EXPECT_THAT(site.shown(), Each("eva"));
  EXPECT_THAT(answered.body, HasSubstr("/ex/jira/acme/rest/api/3/issue/10100"));
  EXPECT_THAT(answered.body, Not(HasSubstr("api.example")));
  EXPECT_THAT(site.asked.back().target, HasSubstr("/ex/jira/cloud-1/rest/api/3/issue/A-1"));
  EXPECT_THAT(ways.users, Each("user000000000001"));
  EXPECT_THAT(ways.sites, Each("acme"));
}

TEST_F(ForAPerson, EveryLookUpIsTheirsToo) {
  site.status = 200;
  ask("PUT /ex/jira/acme/rest/api/3/issue/A-1", R"({"fields":{"summary":"x"}})");
  EXPECT_GE(site.asked.size(), 2U) << "fields or the issue, and the write";
  EXPECT_THAT(site.shown(), Each("eva"));
}

TEST_F(ForAPerson, ARequestWaitsForWhatIsBeingFetched) {
  ways.answers.assign({PersonRoutePtr(), PersonRoutePtr(), way("eva")});
  EXPECT_EQ(ask().status, 200);
  EXPECT_THAT(ways.users, SizeIs(3));
  ways.answers.assign({PersonRoutePtr(), way("eva")});
  EXPECT_EQ(ask("PUT /ex/jira/acme/rest/api/3/issue/A-1", R"({"fields":{"summary":"x"}})").status, 200);
  const auto sent = std::find_if(site.asked.begin(), site.asked.end(), [](const Asked& one) { return one.method == "PUT"; });
  ASSERT_NE(sent, site.asked.end());
  EXPECT_THAT(sent->body, HasSubstr(R"("summary":"x")"));
}

TEST_F(ForAPerson, WhoHasNoneIsToldAndNothingElseIsShown) {
  Refusal refusal = refuse_because(Reason::kUpstreamCredential, "acme", "They connect first.");
  refusal.of_person = true;
  ways.answers.assign({Step<PersonRoutePtr>(refusal)});
  const Answered answered = ask();
  EXPECT_EQ(answered.status, 502);
  EXPECT_THAT(answered.body, HasSubstr("They connect first."));
  EXPECT_THAT(answered.body, HasSubstr("upstream_credential"));
  EXPECT_THAT(site.asked, SizeIs(0));
  world.shared.people = nullptr;
  EXPECT_EQ(ask().status, 502);
  EXPECT_THAT(site.asked, SizeIs(0)) << "not even where there is no app at Atlassian";
}

TEST_F(ForAPerson, WhatTheTokenMayNotIsRefusedBeforeAnybodyIsAsked) {
  EXPECT_EQ(ask("GET /ex/jira/acme/rest/api/3/project/B").status, 404);
  ways.users.clear();
  EXPECT_EQ(ask("DELETE /ex/jira/acme/rest/api/3/project/A").status, 403);
  EXPECT_THAT(ways.users, SizeIs(0));
}

TEST_F(ForAPerson, ScopesThatTheyDidNotConsentToAreNotReplaced) {
  ways.answers.assign({way("eva", {"read:jira-work"})});
  EXPECT_EQ(ask().status, 200);
  site.asked.clear();
  const Answered answered = ask("PUT /ex/jira/acme/rest/api/3/issue/A-1", R"({"fields":{"summary":"x"}})");
  EXPECT_EQ(answered.status, 502);
  EXPECT_THAT(answered.body, HasSubstr("write:jira-work"));
  EXPECT_THAT(site.asked, SizeIs(0));
}

TEST_F(ForAPerson, A401IsSaidOfTheirSignInAndEndsItsUse) {
  site.status = 401;
  const Answered answered = ask();
  EXPECT_EQ(answered.status, 502);
  EXPECT_THAT(answered.body, HasSubstr("that person's own sign-in"));
  EXPECT_THAT(ways.were_refused, SizeIs(1));
}

TEST_F(ForAPerson, WhoDisconnectsInTheMiddleIsNotActedForAnyMore) {
  const PersonRoutePtr first = way("eva");
  Refusal refusal = refuse_because(Reason::kUpstreamCredential, "acme", "They connect first.");
  ways.answers.assign({first, Step<PersonRoutePtr>(refusal)});
  // During the first look-up; the write itself must not go out any more.
  site.before_answer = [&first] { first->withdrawn.store(true); };
  const Answered answered = ask("PUT /ex/jira/acme/rest/api/3/issue/A-1", R"({"fields":{"summary":"x"}})");
  EXPECT_EQ(answered.status, 502) << answered.body;
  for (const Asked& one : site.asked) EXPECT_TRUE(one.lookup) << one.head;
}

TEST_F(ForAPerson, WhatTheSiteToldOnePersonIsNotUsedForAnother) {
  const auto fields_asked = [this] {
    return std::count_if(site.asked.begin(), site.asked.end(),
                         [](const Asked& one) { return one.target.ends_with("/rest/api/3/field"); });
  };
  const std::string_view edit = "PUT /ex/jira/acme/rest/api/3/issue/A-1";
  const std::string_view body = R"({"fields":{"summary":"x"}})";
  ask(edit, body);
  ask(edit, body);
  EXPECT_EQ(fields_asked(), 1) << "remembered for this person";
  ways.answers.assign({way("max")});
  ask(edit, body);
  EXPECT_EQ(fields_asked(), 2);
  TokenSpec spec;
  spec.projects = {"A"};
  token = world.add_token(spec);
  ask(edit, body);
  EXPECT_EQ(fields_asked(), 3) << "nor for a service account";
}

}  // namespace
}  // namespace gatehouse::gateway
