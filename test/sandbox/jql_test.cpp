// JQL as the stand-in evaluates it: each expectation is what the seed's head says lies where.
#include <gmock/gmock.h>

#include "test/sandbox/ask.h"

namespace gatehouse::sandbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct JqlTest : testing::Test {
  // An index without lag, so that every query sees the same.
  Asked site{Options{.logins = {}, .extra_issues = 0, .index_lag = 0, .base_url = {}, .media_origin = {}, .control = false}};
};

TEST_F(JqlTest, FindsProjectsByIdKeyAndName) {
  const std::vector<std::string> all{"A-1", "A-2", "A-3", "A-4", "A-5", "A-7", "A-8"};
  EXPECT_EQ(site.keys("project = A order by key"), all);
  EXPECT_EQ(site.keys("PROJECT in (10000) order by key"), all);
  EXPECT_EQ(site.keys("space = a order by key"), all);
  EXPECT_EQ(site.keys("project = \"Project A " + Sandbox::canary("A") + "\" order by key"), all);
  EXPECT_THAT(site.keys("project = A order by key desc"), ElementsAre("A-8", "A-7", "A-5", "A-4", "A-3", "A-2", "A-1"));
}

TEST_F(JqlTest, ReusedKeyNamesTheNewProjectAndItsFormerOneStillAnswersElsewhere) {
  EXPECT_THAT(site.keys("project = HR"), UnorderedElementsAre("HR-1", "HR-2"));
  EXPECT_THAT(site.keys("project = OPS"), ElementsAre("OPS-1"));
  EXPECT_EQ(site.keys("project = AX order by key"), site.keys("project = B order by key"));
  EXPECT_THAT(site.keys("key = HR-3"), ElementsAre("D-3"));
  EXPECT_THAT(site.keys("key = HR-1"), ElementsAre("HR-1"));
}

TEST_F(JqlTest, PrefersIdsToKeysToNames) {
  site.send("POST", "/rest/api/3/project", R"({"key":"Z","name":"10001"})", 201);
  EXPECT_EQ(site.keys("project = 10001 order by key").front(), "B-1");
  site.send("POST", "/rest/api/3/project", R"({"key":"Y","name":"B"})", 201);
  EXPECT_EQ(site.keys("project = B order by key").front(), "B-1");
}

TEST_F(JqlTest, ComparesFieldsOfEveryType) {
  EXPECT_THAT(site.keys("project = A and status = Done"), ElementsAre("A-3"));
  EXPECT_THAT(site.keys("project = A and statusCategory = 'In Progress'"), ElementsAre("A-1"));
  EXPECT_THAT(site.keys("project = A and priority = Highest"), ElementsAre("A-4"));
  EXPECT_THAT(site.keys("project = A and priority > Medium"), ElementsAre("A-4"));
  EXPECT_THAT(site.keys("type = Bug and project in (A, B)"), UnorderedElementsAre("A-4", "B-4"));
  EXPECT_THAT(site.keys("fixVersion = 10400"), ElementsAre("A-2"));
  EXPECT_THAT(site.keys("sprint = 1"), UnorderedElementsAre("A-2", "A-4", "B-2"));
  EXPECT_THAT(site.keys("cf[10016] = 3"), ElementsAre("A-2"));
  EXPECT_THAT(site.keys("'Story point estimate' > 2.5"), ElementsAre("A-2"));
  EXPECT_THAT(site.keys("due <= 2026-12-24 and due > '2026/12/23'"), ElementsAre("A-4"));
  EXPECT_THAT(site.keys("level is not EMPTY"), UnorderedElementsAre("A-7", "B-4"));
  EXPECT_THAT(site.keys("resolution is not null and project = A"), ElementsAre("A-3"));
  EXPECT_THAT(site.keys("created > -1h and project = OPS"), ElementsAre("OPS-1"));
  EXPECT_THAT(site.keys("created < startOfDay(-1d)"), IsEmpty());
}

TEST_F(JqlTest, SearchesTextsByWords) {
  EXPECT_THAT(site.keys("summary ~ 'foreign epic' and project = A"), ElementsAre("A-5"));
  EXPECT_THAT(site.keys("summary ~ 'forei*' "), ElementsAre("A-5"));
  EXPECT_THAT(site.keys("summary ~ '\"epic foreign\"'"), IsEmpty());
  EXPECT_THAT(site.keys("text ~ restricted and project = A"), ElementsAre("A-7"));
  EXPECT_THAT(site.keys("comment ~ '" + Sandbox::canary("OPS") + "'"), ElementsAre("OPS-1"));
  EXPECT_THAT(site.keys("key ~ 'ops*'"), ElementsAre("OPS-1"));
}

TEST_F(JqlTest, NotLeavesOutWhatIsEmpty) {
  const std::vector<std::string> without = site.keys("project = A and resolution != Done");
  EXPECT_THAT(without, IsEmpty());
  EXPECT_EQ(site.keys("project = A and not (resolution = Done)"), without);
  EXPECT_EQ(site.keys("project = A and not (resolution = Done or priority = Highest)"), without);
  EXPECT_EQ(site.keys("not project in (A, B, C, D, HR)"), site.keys("project = OPS"));
}

TEST_F(JqlTest, BindsAndBeforeOr) {
  EXPECT_THAT(site.keys("project = OPS or project = A and status = Done order by key"), ElementsAre("A-3", "OPS-1"));
  EXPECT_THAT(site.keys("(project = OPS or project = A) and status = Done"), ElementsAre("A-3"));
}

TEST_F(JqlTest, FollowsRelationsAcrossProjects) {
  EXPECT_THAT(site.keys("issue in linkedIssues(A-4)"), UnorderedElementsAre("B-2", "A-2", "C-1"));
  EXPECT_THAT(site.keys("issue in linkedIssues(A-4, blocks)"), ElementsAre("B-2"));
  EXPECT_THAT(site.keys("parent = A-1"), UnorderedElementsAre("A-2", "B-2"));
  EXPECT_THAT(site.keys("'Epic Link' = B-1"), ElementsAre("A-5"));
  EXPECT_THAT(site.keys("issueLink = B-2"), ElementsAre("A-4"));
  EXPECT_THAT(site.keys("filter = 10501 order by key"), ElementsAre("B-1", "B-2", "B-3", "B-4", "B-6"));
  EXPECT_THAT(site.keys("'Related project' = B"), ElementsAre("A-4"));
  EXPECT_THAT(site.keys("sprint in openSprints() and project = A"), UnorderedElementsAre("A-2", "A-4", "A-5"));
}

TEST_F(JqlTest, KnowsWhoAsksAndWhatWas) {
  EXPECT_THAT(site.keys("watcher = currentUser() and project = OPS"), ElementsAre("OPS-1"));
  EXPECT_THAT(site.keys("assignee was 'bob@example.com' and project = A"), ElementsAre("A-4"));
  EXPECT_THAT(site.keys("assignee = 'bob@example.com' and project = A"), IsEmpty());
  EXPECT_THAT(site.keys("status changed to Done and project = A"), ElementsAre("A-3"));
  EXPECT_THAT(site.keys("status changed from Done"), IsEmpty());
  EXPECT_THAT(site.keys("assignee in membersOf('team-a') and project = OPS"), ElementsAre("OPS-1"));
  EXPECT_THAT(site.keys("issue.property[seeded].text = '" + Sandbox::canary("OPS") + "'"), ElementsAre("OPS-1"));
}

TEST_F(JqlTest, RefusesWhatDoesNotExistInJirasWords) {
  auto refused = [this](const std::string& jql) {
    return text_of(
        site.send("POST", "/rest/api/3/search", json::serialize(json::object{{"jql", jql}}), 400).at("errorMessages").at(0));
  };
  EXPECT_EQ(refused("project = NOPE"), "The value 'NOPE' does not exist for the field 'project'.");
  EXPECT_EQ(refused("colour = red"), "Field 'colour' does not exist or you do not have permission to view it.");
  EXPECT_EQ(refused("key = A-99"), "An issue with key 'A-99' does not exist for field 'key'.");
  EXPECT_EQ(refused("summary = x"), "The operator '=' is not supported by the 'summary' field.");
  EXPECT_EQ(refused("key in nothing()"), "Unable to find JQL function 'nothing()'.");
  EXPECT_THAT(refused("project = A) or (project = B"), testing::StartsWith("Error in the JQL Query: "));
}

TEST(JqlLag, FindsMovedAndDeletedIssuesForAWhile) {
  Asked site{Options{.logins = {}, .extra_issues = 0, .index_lag = 2, .base_url = {}, .media_origin = {}, .control = false}};
  const auto has_moved = [&] { return testing::Value(site.keys("project = A"), testing::Contains("B-6")); };
  EXPECT_TRUE(has_moved());
  EXPECT_TRUE(has_moved());
  EXPECT_FALSE(has_moved());
  site.send("DELETE", "/rest/api/3/issue/OPS-1", "", 204);
  const json::value found = site.get("/rest/api/3/search?jql=project%3DOPS");
  EXPECT_EQ(id_at(found, "total"), 1) << "counted, though it is gone";
  EXPECT_TRUE(found.at("issues").as_array().empty());
}

}  // namespace
}  // namespace gatehouse::sandbox
