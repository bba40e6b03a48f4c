// A site of another API (examples/openapi_site/tasks.yaml): what a token for one project reaches of it, and what somebody tries
// who has read the source and the document.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "gateway/gateway_exchange.h"
#include "gateway/thread_state.h"
#include "test/gateway/conversation.h"

namespace gatehouse::gateway {
namespace {

std::string example() {
  std::ifstream file(std::string(GATEHOUSE_SOURCE_DIR) + "/examples/openapi_site/tasks.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr const char* kAlphaTask = R"({"id":1,"projectId":"alpha","title":"mine","secretNote":"x","comments":[)"
                                   R"({"id":5,"projectId":"alpha","text":"ok"},{"id":6,"projectId":"beta","text":"BETA"}]})";
constexpr const char* kBetaTask = R"({"id":2,"projectId":"beta","title":"BETA"})";

/// Answers by target, and remembers what it was asked.
class TaskSite : public SiteScript {
 public:
  std::map<std::string, SiteAnswer> answers;
  std::vector<Asked> asked;
  SiteAnswer answer(const Asked& one) override {
    asked.push_back(one);
    const auto found = answers.find(one.method + " " + one.target);
    if (found != answers.end()) return found->second;
    SiteAnswer none;
    none.status = 404;
    none.fields = {{"Content-Type", "application/json"}};
    none.body = "{}";
    return none;
  }
  void say(const std::string& what, const std::string& body, int status = 200, const std::string& type = "application/json") {
    answers[what] = {.status = status, .fields = {{"Content-Type", type}}, .body = body};
  }
  bool wrote() const {
    return std::any_of(asked.begin(), asked.end(), [](const Asked& one) { return one.method != "GET"; });
  }
};

class OpenApiSite : public ::testing::Test {
 protected:
  OpenApiSite() {
    world_.publish_api(example());
    token_ = world_.add_token(spec("api/alpha"));
    site_.say("GET /tasks/1", kAlphaTask);
    site_.say("GET /tasks/2", kBetaTask);
    site_.say("GET /tasks", std::string("[") + kAlphaTask + "," + kBetaTask + R"(,{"id":3,"title":"BETA"},7])");
    site_.say("PATCH /tasks/1", kAlphaTask);
    site_.say("POST /tasks", kAlphaTask, 201);
    site_.say("POST /comments", R"({"id":9,"projectId":"alpha","taskId":1,"text":"t"})", 201);
    site_.say("DELETE /tasks/1", "{}");
  }
  static TokenSpec spec(const std::string& resource) {
    TokenSpec spec;
    spec.projects = {resource};
    spec.scopes = {"tasks.read", "tasks.write"};
    return spec;
  }
  Answered ask(const std::string& line, const std::string& body = {}, const std::string& token = {}) {
    ThreadState thread(world_.shared, &world_.log.queue(0));
    GatewayExchange exchange(thread);
    site_.asked.clear();
    return converse(world_, exchange, request_text(line, token.empty() ? token_ : token, body), site_);
  }

  World world_;
  TaskSite site_;
  std::string token_;
};

TEST_F(OpenApiSite, OwnObjectsAreReadAndWritten) {
  const Answered read = ask("GET /ex/api/tasks/tasks/1");
  EXPECT_EQ(read.status, 200);
  // The schema does not name secretNote, and a comment of beta is left out of the task of alpha.
  EXPECT_EQ(read.body, R"({"id":1,"projectId":"alpha","title":"mine","comments":[{"id":5,"projectId":"alpha","text":"ok"}]})");
  const Answered patched = ask("PATCH /ex/api/tasks/tasks/1", R"({"title":"new"})");
  EXPECT_EQ(patched.status, 200) << patched.head << patched.body;
  ASSERT_EQ(site_.asked.size(), 2u);
  EXPECT_TRUE(site_.asked[0].lookup);
  EXPECT_EQ(site_.asked[0].target, "/tasks/1");
  EXPECT_EQ(site_.asked[1].body, R"({"title":"new"})");
  EXPECT_EQ(ask("POST /ex/api/tasks/tasks", R"({"projectId":"alpha","title":"t","labels":["a"]})").status, 201);
  EXPECT_EQ(ask("POST /ex/api/tasks/comments", R"({"projectId":"alpha","taskId":1,"text":"t"})").status, 201);
  EXPECT_EQ(ask("DELETE /ex/api/tasks/tasks/1").status, 200);
  EXPECT_EQ(ask("DELETE /ex/api/tasks/tasks/1").body, "");
}

TEST_F(OpenApiSite, AListHoldsWhatProvesItself) {
  const Answered list = ask("GET /ex/api/tasks/tasks");
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.body.find("BETA"), std::string::npos);
  EXPECT_EQ(list.body.find("},{\"id\":3"), std::string::npos);
  EXPECT_NE(list.body.find("mine"), std::string::npos);
}

TEST_F(OpenApiSite, WhatIsOutsideAndWhatIsNotThereAreAlike) {
  for (const std::string line : {"GET /ex/api/tasks/tasks/%s", "PATCH /ex/api/tasks/tasks/%s", "DELETE /ex/api/tasks/tasks/%s"}) {
    const auto at = [&line](const std::string& id) { return std::string(line).replace(line.find("%s"), 2, id); };
    const std::string body = line.starts_with("PATCH") ? R"({"title":"x"})" : "";
    const Answered outside = ask(at("2"), body);
    const std::size_t asked = site_.asked.size();
    EXPECT_FALSE(site_.wrote()) << line;
    const Answered missing = ask(at("99"), body);
    EXPECT_EQ(site_.asked.size(), asked) << line;
    EXPECT_EQ(outside.status, 404) << line;
    EXPECT_EQ(outside.status, missing.status);
    EXPECT_EQ(outside.body.substr(0, outside.body.find("--request-id")),
              missing.body.substr(0, missing.body.find("--request-id")));
    EXPECT_NE(outside.body.find("\"detail\":\"It does not exist, or this token is not for its resource."), std::string::npos);
  }
  EXPECT_EQ(ask("GET /ex/api/tasks/projects/beta").status, 404);
  EXPECT_TRUE(site_.asked.empty());
}

TEST_F(OpenApiSite, WritesNameTheirResourceOnceAndInOneWay) {
  const std::string tasks = "POST /ex/api/tasks/tasks";
  for (const char* body : {
           R"({"projectId":"beta","title":"t"})",               // another's
           R"({"title":"t"})",                                  // nobody's
           R"({"projectId":null,"title":"t"})",                 //
           R"({"projectId":"","title":"t"})",                   //
           R"({"projectId":["alpha"],"title":"t"})",            // not a single value
           R"({"projectId":{"id":"alpha"},"title":"t"})",       //
           R"({"projectId":true,"title":"t"})",                 //
           R"({"projectId":"alpha","projectId":"beta"})",       // twice
           R"({"projectId":"alpha","project\u0049d":"beta"})",  // twice, once escaped
           R"({"projectId":"alpha","ProjectId":"beta"})",       // what reads names without case would take
           R"({"projectId":"alpha","project_id":"beta"})",      // what the schema does not name
           R"({"projectId":"alpha "})",                         // another value
           R"([{"projectId":"alpha"}])",                        // not the object that it says
           R"({"projectId":"alpha"}{"projectId":"beta"})",      // two texts
           R"("alpha")",
       }) {
    const Answered answer = ask(tasks, body);
    EXPECT_TRUE(answer.status == 400 || answer.status == 404) << body << " " << answer.status;
    EXPECT_FALSE(site_.wrote()) << body;
  }
  for (const std::string line :
       {"POST /ex/api/tasks/tasks?projectId=alpha", "POST /ex/api/tasks/tasks?x=1", "GET /ex/api/tasks/tasks?projectId=beta",
        "GET /ex/api/tasks/tasks?projectId=alpha&projectId=beta", "GET /ex/api/tasks/tasks?project%49d=alpha&projectId=alpha",
        "GET /ex/api/tasks/tasks?projectId_ne=alpha", "GET /ex/api/tasks/tasks?ProjectId=beta",
        "GET /ex/api/tasks/projects/%62eta", "GET /ex/api/tasks/projects/alpha%2f..%2fbeta",
        "GET /ex/api/tasks/projects/alpha/../beta", "GET /ex/api/tasks/tasks/1/", "GET /ex/api/tasks/projects/alpha;x=beta",
        "GET /ex/api/tasks/db", "PUT /ex/api/tasks/tasks/1", "GET /ex/api/tasks//tasks", "GET /ex/api/tasks/TASKS"}) {
    const Answered answer = ask(line, line.starts_with("POST") ? R"({"projectId":"alpha"})" : "");
    EXPECT_GE(answer.status, 400) << line;
    EXPECT_TRUE(site_.asked.empty()) << line;
  }
}

TEST_F(OpenApiSite, BothEndsOfAMoveAndEveryCarrierCount) {
  EXPECT_EQ(ask("PATCH /ex/api/tasks/tasks/1", R"({"projectId":"beta"})").status, 404);
  EXPECT_FALSE(site_.wrote());
  EXPECT_EQ(ask("PATCH /ex/api/tasks/tasks/2", R"({"projectId":"alpha"})").status, 404);
  EXPECT_FALSE(site_.wrote());
  EXPECT_EQ(ask("POST /ex/api/tasks/comments", R"({"projectId":"alpha","taskId":2,"text":"t"})").status, 404);
  EXPECT_FALSE(site_.wrote());
  EXPECT_EQ(ask("POST /ex/api/tasks/comments", R"({"projectId":"alpha","text":"t"})").status, 400);
  EXPECT_EQ(ask("PATCH /ex/api/tasks/tasks/..%2f1", R"({"title":"x"})").status, 400);
}

TEST_F(OpenApiSite, OtherFormsOfBodiesAndAnswersAreRefused) {
  std::string form = request_text("POST /ex/api/tasks/tasks", token_, "projectId=beta");
  form.replace(form.find("application/json"), std::string("application/json").size(), "application/x-www-form-urlencoded");
  ThreadState thread(world_.shared, &world_.log.queue(0));
  GatewayExchange exchange(thread);
  EXPECT_EQ(converse(world_, exchange, form, site_).status, 415);
  EXPECT_FALSE(site_.wrote());
  site_.say("GET /tasks/1", "<task project='alpha'/>", 200, "application/xml");
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks/1").status, 502);
  site_.say("GET /tasks/1", "not json");
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks/1").status, 502);
  site_.say("GET /tasks/1", R"({"id":1,"projectId":"beta","projectId":"alpha","title":"BETA"})");
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks/1").status, 404);
  // A write is not led by an answer that says it twice.
  EXPECT_EQ(ask("DELETE /ex/api/tasks/tasks/1").status, 404);
  site_.say("GET /tasks/1", R"([{"id":1,"projectId":"alpha"}])");
  EXPECT_EQ(ask("DELETE /ex/api/tasks/tasks/1").status, 404);
  EXPECT_FALSE(site_.wrote());
  site_.say("GET /tasks", R"({"error":"BETA"})", 400);
  const Answered failed = ask("GET /ex/api/tasks/tasks");
  EXPECT_EQ(failed.status, 400);
  EXPECT_EQ(failed.body.find("BETA"), std::string::npos);
  EXPECT_NE(failed.head.find("application/problem+json"), std::string::npos);
}

TEST_F(OpenApiSite, AWholeSiteTokenGetsWhatTheSiteSays) {
  const std::string whole = world_.add_token(spec("api/*"));
  site_.say("GET /db", "a,b\n", 200, "text/csv");
  const Answered all = ask("GET /ex/api/tasks/db", {}, whole);
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.body, "a,b\n");
  EXPECT_NE(ask("GET /ex/api/tasks/tasks", {}, whole).body.find("BETA"), std::string::npos);
  // What the document does not know is refused to it as well, and so is another form of body.
  EXPECT_EQ(ask("GET /ex/api/tasks/__rules", {}, whole).status, 404);
}

TEST_F(OpenApiSite, ScopesAreThoseOfTheDocument) {
  TokenSpec reader = spec("api/alpha");
  reader.scopes = {"tasks.read"};
  const std::string token = world_.add_token(reader);
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks/1", {}, token).status, 200);
  const Answered refused = ask("DELETE /ex/api/tasks/tasks/1", {}, token);
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("tasks.write"), std::string::npos);
  const Answered wide = ask("GET /ex/api/tasks/db");
  EXPECT_EQ(wide.status, 403);
  EXPECT_NE(wide.body.find("x-gatehouse-resource"), std::string::npos);
}

TEST_F(OpenApiSite, AnotherSitesTokenFindsNoSite) {
  TokenSpec jira;
  jira.projects = {"A"};
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks", {}, world_.add_token(jira)).status, 404);
  EXPECT_EQ(ask("GET /ex/jira/tasks/tasks").status, 404);
}

TEST_F(OpenApiSite, ABudgetIsTheSitesAndItsLimitsAreLearnt) {
  world_.budget = {4, std::chrono::seconds(10)};
  world_.publish_site(State::kLive);
  const std::string other = world_.add_token(spec("api/alpha"));
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks").status, 200);
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks", {}, other).status, 200);
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks").status, 200);
  const Answered spent = ask("GET /ex/api/tasks/tasks");
  EXPECT_EQ(spent.status, 429);
  EXPECT_TRUE(site_.asked.empty());
  EXPECT_NE(spent.head.find("Retry-After: "), std::string::npos);
  EXPECT_NE(spent.head.find("X-RateLimit-Limit: 4\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 2026-"), std::string::npos);
  EXPECT_NE(spent.head.find("RateLimit-Reason: gatehouse-site-budget"), std::string::npos);
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks", {}, other).status, 200);

  world_.clock.advance(std::chrono::seconds(20));
  world_.index.set_fresh(world_.clock.now());
  site_.answers["GET /tasks/1"] = {.status = 429, .fields = {{"Retry-After", "7"}}};
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks/1").status, 429);
  const Answered told = ask("GET /ex/api/tasks/tasks", {}, other);
  EXPECT_EQ(told.status, 429);
  EXPECT_TRUE(site_.asked.empty());
  EXPECT_NE(told.head.find("Retry-After: 7"), std::string::npos);
  world_.clock.advance(std::chrono::seconds(8));
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks").status, 200);
  // What one issue alone has too much of is nobody else's limit.
  site_.answers["GET /tasks/1"].fields.push_back({"RateLimit-Reason", "jira-per-issue-on-write"});
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks/1").status, 429);
  EXPECT_EQ(ask("GET /ex/api/tasks/tasks", {}, other).status, 200);
}

}  // namespace
}  // namespace gatehouse::gateway
