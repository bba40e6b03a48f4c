// The seed, and the answers that clients and the gateway depend on.
#include <gmock/gmock.h>

#include "test/sandbox/ask.h"

namespace gatehouse::sandbox {
namespace {

using testing::HasSubstr;

struct SiteTest : testing::Test {
  Asked site;
  std::string text(const std::string& target) { return to_json_text(site.get(target)); }
};

TEST_F(SiteTest, OldKeysAnswerWithTheIssueOfToday) {
  EXPECT_EQ(site.key_of("A-6"), "B-6");
  EXPECT_EQ(site.key_of("b-5"), "A-8");
  EXPECT_EQ(site.key_of("OPS-1"), "OPS-1") << "the key that exists wins";
  EXPECT_EQ(site.key_of("OPS-2"), "A-2") << "a former key of A";
  EXPECT_EQ(site.key_of("HR-3"), "D-3");
  EXPECT_EQ(text_at(site.get("/rest/api/3/project/AX"), "key"), "B");
  EXPECT_EQ(text_at(site.get("/rest/api/3/project/OPS"), "id"), "10005");
}

TEST_F(SiteTest, EveryObjectOfAProjectHoldsItsCanaryAndNoOthersHome) {
  for (const auto& [id, issue] : site.site.issues) {
    const std::string own = site.site.projects.at(issue.project).canary;
    EXPECT_THAT(text_at(issue.fields, "summary"), HasSubstr(own));
    for (const Comment& one : issue.comments) EXPECT_THAT(to_plain(one.body), HasSubstr(own));
    for (const Attachment& one : issue.attachments) EXPECT_THAT(one.bytes + one.filename, HasSubstr(own));
  }
  // Of A's own texts none names B: what does is a relation, a picker or an app's panel, which a gateway has to find.
  const std::string of_b = Sandbox::canary("B");
  for (const char* key : {"A-1", "A-2", "A-3", "A-7", "A-8"}) {
    const std::string own =
        text(std::string("/rest/api/3/issue/") + key + "?fields=*all,-issuelinks,-subtasks&expand=renderedFields");
    EXPECT_EQ(own.find(of_b), std::string::npos) << key;
  }
  EXPECT_THAT(text("/rest/api/3/issue/A-4"), HasSubstr(of_b));
}

TEST_F(SiteTest, FieldsAndExpandAreObeyed) {
  const json::value one = site.get("/rest/api/3/issue/A-2?fields=summary,status");
  EXPECT_EQ(one.at("fields").as_object().size(), 2U);
  const json::value without = site.get("/rest/api/3/issue/A-2?fields=*all,-comment");
  EXPECT_FALSE(without.at("fields").as_object().contains("comment"));
  EXPECT_TRUE(without.at("fields").as_object().contains("customfield_10020"));
  const json::value wide = site.get("/rest/api/3/issue/A-2?expand=names,schema,changelog,renderedFields,transitions,editmeta");
  for (const char* key : {"names", "schema", "changelog", "renderedFields", "transitions", "editmeta"})
    EXPECT_TRUE(wide.as_object().contains(key)) << key;
  EXPECT_EQ(text_at(wide.at("fields").at("parent"), "key"), "A-1");
  const json::value linked = site.get("/rest/api/3/issue/A-4?fields=issuelinks");
  EXPECT_EQ(linked.at("fields").at("issuelinks").as_array().size(), 3U);
}

TEST_F(SiteTest, Version2IsTextAndVersion3IsADocument) {
  EXPECT_TRUE(site.get("/rest/api/2/issue/A-2").at("fields").at("description").is_string());
  EXPECT_EQ(text_at(site.get("/rest/api/3/issue/A-2").at("fields").at("description"), "type"), "doc");
  site.send("POST", "/rest/api/2/issue/A-2/comment", R"({"body":"plain"})", 201);
  site.send("POST", "/rest/api/3/issue/A-2/comment", R"({"body":"plain"})", 400);
}

TEST_F(SiteTest, IssuesAreMadeEditedMovedAndDeleted) {
  const json::value made =
      site.send("POST", "/rest/api/3/issue", R"({"fields":{"project":{"key":"A"},"issuetype":{"name":"Task"},"summary":"new",
      "parent":{"key":"B-1"},"labels":["x"],"customfield_10020":1,"customfield_10031":{"key":"B-2"}}})",
                201);
  const std::string path = "/rest/api/3/issue/" + text_at(made, "key");
  EXPECT_EQ(text_at(made, "key"), "A-9");
  EXPECT_EQ(text_at(site.get(path).at("fields").at("parent"), "key"), "B-1");
  site.send(
      "PUT", path,
      R"({"fields":{"summary":"newer"},"update":{"labels":[{"add":"y"},{"remove":"x"}],"comment":[{"add":{"body":{"type":"doc","version":1,"content":[]}}}]}})",
      204);
  const json::value now = site.get(path).at("fields");
  EXPECT_EQ(text_at(now, "summary"), "newer");
  EXPECT_EQ(to_json_text(now.at("labels")), R"(["y"])");
  EXPECT_EQ(id_at(now.at("comment"), "total"), 1);
  site.send("POST", path + "/transitions", R"({"transition":{"id":"31"}})", 204);
  EXPECT_EQ(text_at(site.get(path).at("fields").at("status"), "name"), "Done");
  site.send("PUT", path, R"({"fields":{"project":{"id":"10001"}}})", 204);
  EXPECT_EQ(site.key_of("A-9"), "B-7");
  site.send("DELETE", path, "", 204);
  site.get(path, 404);
}

TEST_F(SiteTest, ErrorsHaveJirasForms) {
  EXPECT_EQ(to_json_text(site.get("/rest/api/3/issue/A-99", 404)),
            R"({"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}})");
  EXPECT_EQ(
      to_json_text(site.send("POST", "/rest/api/3/issue",
                             R"({"fields":{"project":{"key":"A"},"issuetype":{"name":"Task"},"summary":"s","nope":1}})", 400)),
      R"({"errorMessages":[],"errors":{"nope":"Field 'nope' cannot be set. It is not on the appropriate screen, or unknown."}})");
  EXPECT_EQ(site.reply("GET", "/rest/api/3/nothing").type, "application/problem+json;charset=UTF-8");
  EXPECT_EQ(site.reply("PATCH", "/rest/api/3/issue/A-1").status, 405);
  EXPECT_EQ(site.reply("GET", "/rest/api/3/myself", "", "wrong").status, 401);
  EXPECT_EQ(site.reply("POST", "/rest/api/3/issue", "{oops").status, 400);
}

TEST_F(SiteTest, BothWaysToSignInActAsTheirUser) {
  Request basic{"GET",
                "/rest/api/3/myself",
                {{"authorization", "Basic " + to_base64(as_bytes(std::string("bob@example.com:bob-token")))}},
                ""};
  EXPECT_THAT(answer(site.site, basic).body, HasSubstr(kBob));
  EXPECT_THAT(site.reply("GET", "/rest/api/3/myself").body, HasSubstr(kBot));
  EXPECT_EQ(site.reply("GET", "/rest/api/3/issue/C-1", "", "bob-token").status, 404);
  EXPECT_EQ(site.reply("GET", "/rest/api/3/issue/A-7", "", "bob-token").status, 404) << "not in the level";
  EXPECT_EQ(site.reply("GET", "/rest/api/3/issue/A-2", "", "bob-token").status, 200);
}

TEST_F(SiteTest, PagesBothWays) {
  site.site.options.extra_issues = 120;
  seed(site.site);
  const json::value old = site.get("/rest/api/3/search?jql=project%3DA&startAt=100&maxResults=50&fields=project");
  EXPECT_EQ(id_at(old, "total"), 127) << "B-6 is in the index as one of A still, A-8 not yet";
  EXPECT_EQ(old.at("issues").as_array().size(), 27U);
  std::string token;
  std::size_t seen = 0;
  for (int turn = 0; turn < 9; ++turn) {
    const json::value part = site.get("/rest/api/3/search/jql?jql=project%3DA&maxResults=50&nextPageToken=" + token);
    seen += part.at("issues").as_array().size();
    EXPECT_FALSE(part.at("issues").at(0).as_object().contains("fields")) << "ids only unless asked";
    if (true_at(part, "isLast")) break;
    token = text_at(part, "nextPageToken");
  }
  EXPECT_EQ(seen, 127U);
  site.send("POST", "/rest/api/3/search/jql", R"({"jql":"order by key"})", 400);
}

TEST_F(SiteTest, AmbiguousTargetsTakeTheWorseBranch) {
  EXPECT_EQ(text_at(site.get("/rest/api/3/issue/A-1%2F..%2FB-1"), "key"), "B-1");
  EXPECT_EQ(text_at(site.get("//rest/api/3/issue;x=y/B-1"), "key"), "B-1");
  const std::string twice = "/rest/api/3/search?jql=key%3DA-1&jql=key%3DB-1";
  EXPECT_EQ(text_at(site.get(twice).at("issues").at(0), "key"), "A-1");
  site.site.leniency.last_parameter_wins = true;
  EXPECT_EQ(text_at(site.get(twice).at("issues").at(0), "key"), "B-1");
  Request sneaky{"POST",
                 "/rest/api/3/issue/OPS-1",
                 {{"Authorization", std::string("Bearer ") + kToken}, {"X-HTTP-Method-Override", "DELETE"}},
                 ""};
  EXPECT_EQ(answer(site.site, sneaky).status, 204);
  const json::value made =
      site.send("POST", "/rest/api/3/issue",
                R"({"fields":{"project":{"key":"A"},"project":{"key":"B"},"issuetype":{"name":"Task"},"summary":"s"}})", 201);
  EXPECT_EQ(text_at(made, "key"), "B-7") << "the last of a repeated key wins";
  site.site.leniency.last_json_key_wins = false;
  const json::value again =
      site.send("POST", "/rest/api/3/issue",
                R"({"fields":{"project":{"key":"A"},"project":{"key":"B"},"issuetype":{"name":"Task"},"summary":"s"}})", 201);
  EXPECT_EQ(text_at(again, "key"), "A-9");
}

TEST_F(SiteTest, WhatNoDocumentAllowsIsObeyed) {
  EXPECT_THAT(text("/rest/api/3/issue/A-2/comment?issueIdOrKey=B-2"), HasSubstr(Sandbox::canary("B")));
  EXPECT_EQ(text_at(site.get("/rest/api/3/project/A?projectIdOrKey=B"), "key"), "B");
  const std::string id = std::to_string(find_issue(site.site, "B-2")->id);
  site.send("POST", "/rest/api/2/issue/A-2/comment", R"({"body":"x","issueId":")" + id + "\"}", 201);
  EXPECT_EQ(find_issue(site.site, "B-2")->comments.size(), 3U);
  EXPECT_THAT(text("/rest/api/3/issue/A-4?expand=renderedFields&fields=description"), HasSubstr("Story " + Sandbox::canary("B")));
}

TEST_F(SiteTest, NestedIdsAnswerBelowAnyIssue) {
  const ObjectId foreign = find_issue(site.site, "B-2")->comments.front().id;
  const std::string path = "/rest/api/3/issue/A-2/comment/" + std::to_string(foreign);
  EXPECT_THAT(text(path), HasSubstr(Sandbox::canary("B")));
  site.send("DELETE", path, "", 204);
  EXPECT_EQ(find_issue(site.site, "B-2")->comments.size(), 1U);
  site.site.leniency.nested_ids = false;
  site.get("/rest/api/3/issue/A-2/comment/" + std::to_string(find_issue(site.site, "B-2")->comments.front().id), 404);
}

TEST_F(SiteTest, AttachmentsGoInAndComeBackFromTheMediaHost) {
  const std::string body =
      "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: "
      "image/png\r\n\r\n\x01\x02--b\r\n\r\n--b1--\r\n";
  Request upload{"POST",
                 "/rest/api/3/issue/A-2/attachments",
                 {{"Authorization", std::string("Bearer ") + kToken},
                  {"Content-Type", "multipart/form-data; boundary=b1"},
                  {"X-Atlassian-Token", "no-check"}},
                 body};
  const Reply made = answer(site.site, upload);
  ASSERT_EQ(made.status, 200) << made.body;
  const json::value row = parse_json(made.body, false)->at(0);
  EXPECT_EQ(id_at(row, "size"), 7);
  const Reply away = site.reply("GET", "/rest/api/3/attachment/content/" + text_at(row, "id"));
  ASSERT_EQ(away.status, 303);
  const std::string location = away.headers.front().second;
  EXPECT_THAT(location, testing::StartsWith("http://sandbox/media/"));
  EXPECT_EQ(answer(site.site, {"GET", location.substr(14), {}, {}}).body, "\x01\x02--b\r\n");
}

TEST_F(SiteTest, DigestSeesChangesInsideAndListsRelations) {
  auto digest = [&](const char* key) { return state_digest(site.site, *project_by_key(site.site, key)); };
  const json::object b = digest("B");
  site.get("/rest/api/3/issue/B-2");
  site.send("PUT", "/rest/api/3/issue/A-2", R"({"fields":{"summary":"other"}})", 204);
  EXPECT_EQ(digest("B"), b);
  site.send("POST", "/rest/api/3/issueLink",
            R"({"type":{"name":"Relates"},"inwardIssue":{"key":"A-1"},"outwardIssue":{"key":"B-1"}})", 201);
  EXPECT_EQ(digest("B").at("issues"), b.at("issues"));
  EXPECT_EQ(digest("B").at("relations").as_array().size(), b.at("relations").as_array().size() + 1);
  site.send("POST", "/rest/api/3/issue/B-2/watchers", "", 204);
  const json::object watched = digest("B");
  EXPECT_EQ(watched, digest("B"));
  site.send("PUT", "/rest/api/3/issue/B-2/properties/p", "1", 201);
  EXPECT_NE(digest("B").at("issues"), watched.at("issues"));
  site.send("PUT", "/rest/api/3/version/10403", R"({"released":false})");
  EXPECT_NE(digest("B").at("project"), b.at("project"));
  site.send("POST", "/rest/agile/1.0/sprint/3", R"({"goal":"g"})");
  EXPECT_NE(digest("B").at("plans"), b.at("plans"));
}

TEST_F(SiteTest, BoardsAndSprintsSpanProjects) {
  site.site.options.index_lag = 0;
  seed(site.site);
  EXPECT_THAT(text("/rest/agile/1.0/board/1/issue?fields=summary"), HasSubstr(Sandbox::canary("B")));
  EXPECT_THAT(text("/rest/agile/1.0/sprint/1/issue"), HasSubstr("\"key\":\"B-2\""));
  EXPECT_EQ(site.get("/rest/agile/1.0/board?projectKeyOrId=B").at("values").as_array().size(), 2U);
  site.send("POST", "/rest/agile/1.0/sprint/1/issue", R"({"issues":["B-1"]})", 204);
  EXPECT_THAT(text("/rest/agile/1.0/sprint/1/issue"), HasSubstr("\"key\":\"B-1\""));
}

TEST_F(SiteTest, BulkWorkIsATask) {
  const json::value made = site.send("POST", "/rest/api/3/bulk/issues/move",
                                     R"({"targetToSourcesMapping":{"B,10002":{"issueIdsOrKeys":["A-2"]}}})", 201);
  EXPECT_EQ(text_at(site.get("/rest/api/3/bulk/queue/" + text_at(made, "taskId")), "status"), "COMPLETE");
  EXPECT_EQ(site.key_of("A-2"), "B-7");
  site.send("PUT", "/rest/api/3/issue/properties/everywhere", R"({"value":1})", 303);
  EXPECT_EQ(text_at(site.get("/rest/api/3/issue/C-1/properties/everywhere"), "value"), "1") << "no filter means all";
}

}  // namespace
}  // namespace gatehouse::sandbox
