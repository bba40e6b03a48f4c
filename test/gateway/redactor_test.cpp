#include "gateway/redactor.h"

#include <gtest/gtest.h>

#include "gateway/json_reader.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Catalogue;

constexpr std::string_view kOperations = R"(operation getThing
  GET /rest/api/{2|3|latest}/thing/{issueIdOrKey}
  scopes read:jira-work |
  access read
  path issueIdOrKey issue
  query fields field-list list
  bounded located
  answer issue
)";

constexpr std::string_view kShapes = R"(shape issue
  inside project fields.project.id
  needs fields=project
  id key  scalar
  self  link
  fields  fields
  changelog  @changelog

shape changelog
  histories  [@history]

shape history
  id  scalar
  items  field-change

shape page
  items issues
  issues  [@issue]
  total  scalar

shape project
  id key name  scalar

shape comment
  inside parent
  id  scalar
  body  text

shape scoped
  inside scope
  id  scalar
  scope  project-scope

shape linked
  inside issue-link self
  self  link
  id  scalar

shape mentions
  near  issue-ref @brief
  all  [issue-ref @brief]
  home  project-ref @project
  projectId  project-id

shape brief
  id key  scalar
)";

class Redactor : public testing::Test {
 protected:
  Redactor() {
    auto loaded = Catalogue::load(Product::kJira, {{"t.ops", kOperations}, {"t.shapes", kShapes}});
    EXPECT_TRUE(loaded.has_value()) << loaded.error().public_detail;
    catalogue_ = loaded.value();
    permitted_.resources = {{"10000", "A", false}};
  }

  Redaction::Outcome run(std::string_view shape, std::string_view answer, bool list = false) {
    const RedactionContext context{permitted_, fields_, links_, proof_, hidden_, parent_inside_, root_inside_, nullptr};
    out_.clear();
    last_ = redact(answer, *catalogue_->shape(shape), list, context, out_);
    if (last_.outcome == Redaction::Outcome::kReleased) {
      JsonReader reader(out_);
      JsonToken token = reader.next();
      while (token != JsonToken::kEnd && token != JsonToken::kError) token = reader.next();
      EXPECT_EQ(token, JsonToken::kEnd) << "what is released is JSON: " << out_;
    } else {
      EXPECT_EQ(out_, "");
    }
    return last_.outcome;
  }
  std::string released(std::string_view shape, std::string_view answer, bool list = false) {
    EXPECT_EQ(run(shape, answer, list), Redaction::Outcome::kReleased) << answer;
    return out_;
  }

  std::shared_ptr<const Catalogue> catalogue_;
  policy::Permitted permitted_;
  upstream::FieldTypes fields_ =
      upstream::FieldTypes::parse(
          R"([{"id":"customfield_1","schema":{"custom":"com.pyxis.greenhopper.jira:gh-sprint","type":"array"}},
              {"id":"customfield_2","schema":{"custom":"com.pyxis.greenhopper.jira:gh-epic-link","type":"any"}},
              {"id":"customfield_3","schema":{"custom":"com.atlassian.jira.plugin.system.customfieldtypes:project","type":"project"}},
              {"id":"customfield_4","schema":{"custom":"com.acme:thing","type":"any"}}])")
          .value();
  LinkRewriter links_{{"https://acme.atlassian.net"}, "http://gate/ex/jira/acme"};
  Proof proof_;
  std::vector<std::string_view> hidden_;
  bool parent_inside_ = false;
  bool root_inside_ = false;
  std::string out_;
  Redaction last_;
};

TEST_F(Redactor, ReleasesAnIssueOfAPermittedProjectOnly) {
  EXPECT_EQ(released("issue", R"({"id":"1","fields":{"summary":"x","project":{"id":"10000"}}})"),
            R"({"id":"1","fields":{"summary":"x","project":{"id":"10000"}}})");
  EXPECT_EQ(run("issue", R"({"id":"1","fields":{"summary":"x","project":{"id":"10001"}}})"), Redaction::Outcome::kOutside);
}

TEST_F(Redactor, WithoutProofThereIsNoRelease) {
  for (const char* answer :
       {R"({"id":"1"})", R"({"id":"1","fields":{}})", R"({"id":"1","fields":null})", R"({"id":"1","fields":{"project":null}})",
        R"({"id":"1","fields":{"project":{"id":null}}})", R"({"id":"1","fields":{"project":{"id":["10000"]}}})",
        R"({"id":"1","fields":{"project":[{"id":"10000"}]}})", R"({"id":"1","fields":{"project":{"key":"A"}}})"}) {
    EXPECT_EQ(run("issue", answer), Redaction::Outcome::kOutside) << answer;
  }
}

TEST_F(Redactor, TwoDifferentProofsProveNothing) {
  EXPECT_EQ(run("issue", R"({"fields":{"project":{"id":"10000","id":"10001"}}})"), Redaction::Outcome::kOutside);
  EXPECT_EQ(run("issue", R"({"fields":{"project":{"id":"10000"}},"fields":{"project":{"id":"10001"}}})"),
            Redaction::Outcome::kOutside);
  EXPECT_EQ(run("issue", R"({"fields":{"project":{"id":"10001"},"project":{"id":"10000"}}})"), Redaction::Outcome::kOutside);
}

TEST_F(Redactor, ARestrictedIssueIsOutsideWhereTheGrantExcludesThem) {
  const char* answer = R"({"id":"1","fields":{"security":{"id":"5"},"project":{"id":"10000"}}})";
  EXPECT_EQ(run("issue", answer), Redaction::Outcome::kReleased);
  permitted_.resources[0].exclude_restricted = true;
  EXPECT_EQ(run("issue", answer), Redaction::Outcome::kOutside);
  EXPECT_EQ(run("issue", R"({"id":"1","fields":{"security":null,"project":{"id":"10000"}}})"), Redaction::Outcome::kReleased);
}

TEST_F(Redactor, HiddenFieldsProveAndAreNotShown) {
  hidden_ = {"project"};
  EXPECT_EQ(released("issue", R"({"fields":{"project":{"id":"10000","name":"A"},"summary":"x"}})"),
            R"({"fields":{"summary":"x"}})");
}

TEST_F(Redactor, ItemsOutsideAreLeftOutOfAPage) {
  EXPECT_EQ(released("page",
                     R"({"issues":[{"id":"9","fields":{"project":{"id":"10001"}}},{"id":"1","fields":{"project":{"id":"10000"}}},
                                {"id":"8","fields":{"project":{"id":"10001"}}}],"total":1,"extra":{"id":"9"}})"),
            R"({"issues":[{"id":"1","fields":{"project":{"id":"10000"}}}],"total":1})");
  EXPECT_EQ(last_.left_out, 2U);
  EXPECT_EQ(last_.contained, std::vector<std::string>{"1"});
}

TEST_F(Redactor, MentionsAreKeptOnlyWhereProven) {
  const char* answer = R"({"fields":{"project":{"id":"10000"},"parent":{"id":"7","key":"B-7","fields":{"summary":"s","secret":1}},
      "subtasks":[{"id":"2","key":"A-2"},{"id":"7","key":"B-7"}],
      "issuelinks":[{"id":"1","type":{"name":"Blocks"},"outwardIssue":{"id":"7","key":"B-7"}},
                    {"id":"2","inwardIssue":{"id":"2","key":"A-2"},"x":1},{"id":"3"},{"id":"4","inwardIssue":{"key":"A-2"},"outwardIssue":{"id":"7"}}],
      "customfield_2":"B-7"}})";
  EXPECT_EQ(released("issue", answer), R"({"fields":{"project":{"id":"10000"},"subtasks":[],"issuelinks":[]}})");
  EXPECT_EQ(last_.unproven, (std::vector<std::string>{"2", "7", "A-2", "B-7"}));
  proof_.set("2", true);
  proof_.set("7", false);
  proof_.set("B-7", false);
  EXPECT_EQ(
      released("issue", answer),
      R"({"fields":{"project":{"id":"10000"},"subtasks":[{"id":"2","key":"A-2"}],"issuelinks":[{"id":"2","inwardIssue":{"id":"2","key":"A-2"}}]}})");
  proof_.set("7", true);
  EXPECT_NE(released("issue", answer).find(R"("parent":{"id":"7","key":"B-7","fields":{"summary":"s"}})"), std::string::npos);
}

TEST_F(Redactor, AMentionIsProvenByItsIdAndNotByItsKey) {
  proof_.set("A-2", true);
  proof_.set("7", false);
  EXPECT_EQ(released("mentions", R"({"near":{"id":"7","key":"A-2"}})"), "{}");
  EXPECT_EQ(released("mentions", R"({"near":{"key":"A-2"}})"), R"({"near":{"key":"A-2"}})");
  EXPECT_EQ(released("mentions", R"({"near":{"id":null,"key":"A-2"},"all":[{"key":"A-2"},5,null]})"),
            R"({"all":[{"key":"A-2"},null]})");
}

TEST_F(Redactor, ProjectsThatAreMentionedMustBePermitted) {
  EXPECT_EQ(released("mentions", R"({"home":{"id":"10000","name":"A"},"projectId":10000})"),
            R"({"home":{"id":"10000","name":"A"},"projectId":10000})");
  EXPECT_EQ(released("mentions", R"({"home":{"id":"10001","name":"B"},"projectId":10001})"), "{}");
}

TEST_F(Redactor, FieldsAreKeptByTheirType) {
  EXPECT_EQ(
      released("issue",
               R"({"fields":{"project":{"id":"10000"},"customfield_1":[{"id":3,"name":"of B","goal":"x","state":"active"}],
      "customfield_3":{"id":"10001","name":"B"},"customfield_4":{"key":"B-1"},"customfield_5":[1],"customfield_6":7,
      "status":{"name":"Done"},"assignee":{"accountId":"u"}}})"),
      R"({"fields":{"project":{"id":"10000"},"customfield_1":[{"id":3,"state":"active"}],"customfield_6":7,"status":{"name":"Done"},"assignee":{"accountId":"u"}}})");
}

TEST_F(Redactor, TheHistoryTellsNothingOfOtherObjects) {
  EXPECT_EQ(
      released("issue", R"({"fields":{"project":{"id":"10000"}},"changelog":{"histories":[{"id":"1","items":[
      {"field":"status","fieldId":"status","toString":"Done"},{"field":"Link","toString":"B-1"},{"field":"Key","fromString":"B-1"},
      {"field":"project","fieldId":"project","from":"10001"},{"field":"Sprint","fieldId":"customfield_1","to":"of B"},
      {"field":"Key","fieldId":"summary","fromString":"B-1"},{"field":"assignee","to":"u"}]}]}})"),
      R"({"fields":{"project":{"id":"10000"}},"changelog":{"histories":[{"id":"1","items":[{"field":"status","fieldId":"status","toString":"Done"},{"field":"assignee","to":"u"}]}]}})");
}

TEST_F(Redactor, LinksForProgramsAreRewrittenOrDropped) {
  EXPECT_EQ(
      released(
          "issue",
          R"({"self":"https://acme.atlassian.net/rest/api/3/issue/1","fields":{"project":{"id":"10000","self":"https://acme.atlassian.net/rest/api/3/project/10000"}}})"),
      R"({"self":"http://gate/ex/jira/acme/rest/api/3/issue/1","fields":{"project":{"id":"10000","self":"http://gate/ex/jira/acme/rest/api/3/project/10000"}}})");
  EXPECT_EQ(released("issue", R"({"self":"https://evil.example/rest/api/3/issue/1","fields":{"project":{"id":"10000"}}})"),
            R"({"fields":{"project":{"id":"10000"}}})");
}

TEST_F(Redactor, ChildrenNeedAParentThatWasLocated) {
  EXPECT_EQ(run("comment", R"({"id":"1","body":"x"})"), Redaction::Outcome::kOutside);
  parent_inside_ = true;
  EXPECT_EQ(released("comment", R"({"id":"1","body":{"type":"doc"},"other":1})"), R"({"id":"1","body":{"type":"doc"}})");
}

TEST_F(Redactor, ScopesDecide) {
  EXPECT_EQ(
      released(
          "scoped",
          R"([{"id":1},{"id":2,"scope":{"type":"PROJECT","project":{"id":"10001"}}},{"id":3,"scope":{"type":"PROJECT","project":{"id":"10000"}}}])",
          true),
      R"([{"id":1},{"id":3,"scope":{"type":"PROJECT","project":{"id":"10000"}}}])");
}

TEST_F(Redactor, ALinkToAnIssueIsProvenByLookUp) {
  const char* answer = R"({"self":"https://acme.atlassian.net/rest/api/3/issue/7/comment/1","id":"1"})";
  EXPECT_EQ(run("linked", answer), Redaction::Outcome::kOutside);
  EXPECT_EQ(last_.unproven, std::vector<std::string>{"7"});
  proof_.set("7", true);
  EXPECT_EQ(run("linked", answer), Redaction::Outcome::kReleased);
}

TEST_F(Redactor, WhatIsNoJsonOrOfAnotherFormIsMalformed) {
  for (const char* answer : {"", "{", "[]", "5", "null", R"({"fields":{"project":{"id":"10000"}}} x)",
                             R"({"fields":{"project":{"id":"10000"}})", "<html>"}) {
    EXPECT_EQ(run("issue", answer), Redaction::Outcome::kMalformed) << answer;
  }
  EXPECT_EQ(run("issue", "{}", true), Redaction::Outcome::kMalformed);
}

}  // namespace
}  // namespace gatehouse::gateway
