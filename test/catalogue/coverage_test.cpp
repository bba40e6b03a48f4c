// The tables of Jira as a whole: how many operations, and rules that no table may break. The share of those that a bounded token
// may use is held by tools/print_operations.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "catalogue/body_rules.h"
#include "catalogue/catalogue.h"

namespace gatehouse::catalogue {
namespace {

class JiraTables : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto loaded = Catalogue::load(Product::kJira, Catalogue::embedded(Product::kJira));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
    jira_ = loaded.value();
  }

  static const Operation& operation(std::string_view id) {
    const Operation* found = jira_->find(id);
    if (found == nullptr) throw std::out_of_range(std::string(id));
    return *found;
  }
  static bool usable(const Operation& operation) { return operation.bounded != Bounded::kRefused; }

  static std::shared_ptr<const Catalogue> jira_;
};
std::shared_ptr<const Catalogue> JiraTables::jira_;

TEST_F(JiraTables, HoldEveryOperationOfThePlatform) {
  // Platform: 619 of v3 (2026-06), two that only v2 still has, two that are gone from the documents and still called by clients.
  // Jira Software: 105. Service Management: 70.
  EXPECT_EQ(jira_->operations().size(), 798u);
  std::map<Bounded, std::size_t> counts;
  for (const Operation& operation : jira_->operations()) ++counts[operation.bounded];
  EXPECT_EQ(counts[Bounded::kAllowed], 57u);
  EXPECT_EQ(counts[Bounded::kLocated], 219u);
  EXPECT_EQ(counts[Bounded::kConfined], 36u);
  EXPECT_EQ(counts[Bounded::kFiltered], 7u);
  EXPECT_EQ(counts[Bounded::kRefused], 479u);
}

TEST_F(JiraTables, ClassifyTheBodyOfWhateverTakesOne) {
  const std::set<std::string_view> without{"cancelTask", "mergeVersions", "createProjectAvatar"};
  for (const Operation& operation : jira_->operations()) {
    if (!usable(operation) || operation.method == "GET" || operation.method == "DELETE") continue;
    if (operation.body_type == "multipart") continue;
    EXPECT_EQ(body_root(operation) == nullptr, without.contains(operation.id)) << operation.id;
  }
}

TEST_F(JiraTables, SayWhyOfEachRefusal) {
  for (const Operation& operation : jira_->operations()) {
    if (usable(operation)) {
      EXPECT_FALSE(operation.answer.empty()) << operation.id;
    } else {
      EXPECT_GT(operation.refusal.size(), 15u) << operation.id;
      EXPECT_TRUE(operation.refusal.ends_with('.')) << operation.id;
    }
  }
}

TEST_F(JiraTables, NeverLetABoundedTokenWriteWhatProjectsShare) {
  for (const Operation& operation : jira_->operations()) {
    if (!usable(operation) || operation.access == Access::kRead) continue;
    // Only what is located can be written: never site-common things, never whatever a query finds. A board or sprint that is
    // changed as a whole must be looked into first.
    EXPECT_EQ(operation.bounded, Bounded::kLocated) << operation.id;
  }
}

TEST_F(JiraTables, AskForNothingThatRendersForeignThings) {
  const std::set<std::string_view> refused{"renderedFields", "renderedBody", "operations", "versionedRepresentations"};
  for (const Operation& operation : jira_->operations()) {
    if (!usable(operation)) continue;
    for (const Parameter& parameter : operation.parameters) {
      if (parameter.kind != Kind::kExpand) continue;
      EXPECT_FALSE(parameter.allowed.empty()) << operation.id << " lets any value of expand through";
      for (const std::string& value : parameter.allowed) EXPECT_FALSE(refused.contains(value)) << operation.id << " " << value;
    }
  }
}

TEST_F(JiraTables, ProveEachItemOfAListThatIsNarrowedOrFiltered) {
  // What these lists hold belongs to no project, or is a number or a name that only the narrowing keeps inside.
  const std::set<std::string_view> without{"countIssues", "matchIssues", "getAutoCompletePost", "getMyPermissions",
                                           "getFieldsPaginated", "search", "getStatusesByName", "searchPriorities",
                                           // each id or issue of them is proven
                                           "getIssuePickerResource", "agile.getApproximateIssueCountForBoard",
                                           "agile.getApproximateIssueCountForBacklog",
                                           // the people of the projects that it is confined to
                                           "findBulkAssignableUsers"};
  std::set<std::string_view> seen;
  for (const Operation& operation : jira_->operations()) {
    if (operation.bounded != Bounded::kConfined && operation.bounded != Bounded::kFiltered) continue;
    ASSERT_NE(operation.shape, nullptr) << operation.id;
    const Shape* unit = operation.shape;
    if (!operation.answer_list && !unit->items.empty()) unit = unit->find(unit->items).shape;
    // Bare ids, each of which is proven.
    if (unit == nullptr) {
      EXPECT_EQ(operation.shape->find(operation.shape->items).rule, Rule::kIssueId) << operation.id;
      continue;
    }
    const bool proven = unit->inside.by != Inside::By::kNone && unit->inside.by != Inside::By::kScope;
    if (!proven) seen.insert(operation.id);
  }
  EXPECT_EQ(seen, without);
}

TEST_F(JiraTables, ReleaseAnIssueByItsProjectOnly) {
  const Shape* issue = jira_->shape("issue");
  ASSERT_NE(issue, nullptr);
  EXPECT_EQ(issue->inside.by, Inside::By::kProject);
  EXPECT_EQ(issue->inside.path, (std::vector<std::string>{"fields", "project", "id"}));
  EXPECT_EQ(issue->needs, std::vector<std::string>{"fields=project"});
  for (const std::string_view key : {"renderedFields", "operations", "versionedRepresentations", "anythingNew"}) {
    EXPECT_EQ(issue->find(key).rule, Rule::kDrop) << key;
  }
  EXPECT_EQ(issue->find("fields").rule, Rule::kFields);
}

TEST_F(JiraTables, RefuseWhatTheDangersName) {
  for (const std::string_view id : {"getFieldAutoCompleteForQueryString",
                                    "evaluateJiraExpression",
                                    "evaluateJSISJiraExpression",
                                    "replaceCustomFieldOption",
                                    "replaceIssueFieldOption",
                                    "createFilter",
                                    "getFilter",
                                    "updateFilter",
                                    "getAllDashboards",
                                    "getPlans",
                                    "getIdsOfWorklogsModifiedSince",
                                    "registerDynamicWebhooks",
                                    "getWorklogsByIssueIdAndWorklogId",
                                    "redact",
                                    "archiveIssuesAsync",
                                    "exportArchivedIssues",
                                    "getIssueLimitReport",
                                    "findUsersByQuery",
                                    "createProject",
                                    "addVote",
                                    "setPreference",
                                    "submitBulkWatch",
                                    "getAllLabels",
                                    "getChangeLogsByIds",
                                    "agile.createBoard",
                                    "agile.getBoardByFilterId",
                                    "agile.submitBuilds",
                                    "desk.answerApproval",
                                    "desk.getArticles",
                                    "desk.getOrganizations",
                                    "getAvatarImageByID"}) {
    EXPECT_FALSE(usable(operation(id))) << id;
  }
}

TEST_F(JiraTables, LocateBothEndsOfWhatHasTwo) {
  const auto kind = [](std::string_view id, Parameter::Carrier carrier, std::string_view name) {
    const Parameter* found = operation(id).find(carrier, name);
    return found == nullptr ? Kind::kUnclassified : found->kind;
  };
  using enum Parameter::Carrier;
  EXPECT_EQ(kind("linkIssues", kBody, "inwardIssue.id"), Kind::kIssue);
  EXPECT_EQ(kind("linkIssues", kBody, "inwardIssue.key"), Kind::kIssue);
  EXPECT_EQ(kind("linkIssues", kBody, "outwardIssue.id"), Kind::kIssue);
  EXPECT_EQ(kind("linkIssues", kBody, "outwardIssue.key"), Kind::kIssue);
  EXPECT_EQ(kind("bulkMoveWorklogs", kBody, "issueIdOrKey"), Kind::kIssue);
  EXPECT_EQ(kind("mergeVersions", kPath, "moveIssuesTo"), Kind::kVersion);
  EXPECT_EQ(kind("deleteVersion", kQuery, "moveFixIssuesTo"), Kind::kVersion);
  EXPECT_EQ(kind("deleteAndReplaceVersion", kBody, "customFieldReplacementList[].moveTo"), Kind::kVersion);
  EXPECT_EQ(kind("deleteComponent", kQuery, "moveIssuesTo"), Kind::kComponent);
  EXPECT_EQ(kind("updateVersion", kBody, "projectId"), Kind::kProject);
  EXPECT_EQ(kind("agile.rankIssues", kBody, "rankBeforeIssue"), Kind::kIssue);
  EXPECT_EQ(kind("agile.swapSprint", kBody, "sprintToSwapWith"), Kind::kSprint);
  EXPECT_EQ(kind("agile.updateSprint", kBody, "originBoardId"), Kind::kBoard);
  EXPECT_TRUE(operation("agile.updateSprint").find(kPath, "sprintId")->whole);
  EXPECT_TRUE(operation("agile.deleteBoard").find(kPath, "boardId")->whole);
  // Without a filter they would reach every issue of the site.
  EXPECT_TRUE(operation("bulkSetIssueProperty").find(kBody, "filter.entityIds[]")->required);
  EXPECT_TRUE(operation("bulkDeleteIssueProperty").find(kBody, "entityIds[]")->required);
}

TEST_F(JiraTables, GiveRolesThatGrowAndAMemberWhoDeletesNothing) {
  const AccessRole* viewer = jira_->role("viewer");
  const AccessRole* member = jira_->role("member");
  const AccessRole* administrator = jira_->role("administrator");
  ASSERT_TRUE(viewer != nullptr && member != nullptr && administrator != nullptr);
  EXPECT_EQ(viewer->operations & member->operations, viewer->operations);
  EXPECT_EQ(administrator->operations.count(), jira_->operations().size());
  for (const Operation& operation : jira_->operations()) {
    if (viewer->operations.test(operation.index)) {
      EXPECT_EQ(operation.access, Access::kRead) << operation.id;
    }
    if (!member->operations.test(operation.index)) continue;
    EXPECT_NE(operation.access, Access::kAdminister) << operation.id;
    EXPECT_TRUE(operation.access != Access::kDelete || operation.id == "removeWatcher") << operation.id;
    EXPECT_TRUE(operation.access == Access::kRead || usable(operation)) << operation.id;
  }
}

std::shared_ptr<const Catalogue> confluence() {
  static const auto kLoaded = Catalogue::load(Product::kConfluence, Catalogue::embedded(Product::kConfluence));
  EXPECT_TRUE(kLoaded.has_value()) << (kLoaded ? "" : kLoaded.error().public_detail);
  return kLoaded ? kLoaded.value() : nullptr;
}

TEST(ConfluenceTables, NameEveryOperation) {
  ASSERT_NE(confluence(), nullptr);
  // 218 of the second version, 130 of the first (2026-06).
  EXPECT_EQ(confluence()->operations().size(), 348u);
  for (const Operation& operation : confluence()->operations()) {
    EXPECT_TRUE(operation.path.starts_with("/wiki/")) << operation.id;
    if (operation.bounded == Bounded::kRefused) {
      EXPECT_TRUE(operation.refusal.ends_with('.')) << operation.id;
    }
  }
  const AccessRole* member = confluence()->role("member");
  ASSERT_NE(member, nullptr);
  EXPECT_FALSE(member->operations.test(confluence()->find("v2.deletePage")->index));
  EXPECT_FALSE(member->operations.test(confluence()->find("v2.setSpaceRoleAssignments")->index));
  EXPECT_TRUE(member->operations.test(confluence()->find("v2.createPage")->index));
}

TEST(ConfluenceTables, ProveEveryItemOfAListThatIsNarrowedOrFiltered) {
  for (const Operation& operation : confluence()->operations()) {
    if (operation.bounded != Bounded::kConfined && operation.bounded != Bounded::kFiltered) continue;
    ASSERT_NE(operation.shape, nullptr) << operation.id;
    EXPECT_TRUE(operation.fills()) << operation.id;
    const Shape* unit = operation.shape->find(operation.shape->items).shape;
    ASSERT_NE(unit, nullptr) << operation.id;
    EXPECT_TRUE(unit->inside.by == Inside::By::kSpace || unit->inside.by == Inside::By::kContentOfSpace ||
                unit->inside.by == Inside::By::kContent || unit->inside.by == Inside::By::kContainer)
        << operation.id;
  }
}

TEST(ConfluenceTables, AskForNoRenderedBody) {
  for (const Operation& operation : confluence()->operations()) {
    if (operation.bounded == Bounded::kRefused) continue;
    for (const Parameter& row : operation.query_parameters()) {
      if (row.name != "body-format" && row.name != "expand") continue;
      EXPECT_FALSE(row.allowed.empty()) << operation.id;
      for (const std::string& value : row.allowed)
        EXPECT_EQ(value.find("view"), std::string::npos) << operation.id << " " << value;
    }
  }
  const Shape* body = confluence()->shape("wiki-body");
  ASSERT_NE(body, nullptr);
  for (const std::string_view key : {"view", "export_view", "styled_view", "anonymous_export_view", "editor"})
    EXPECT_EQ(body->find(key).rule, Rule::kDrop) << key;
}

TEST(ConfluenceTables, RefuseWhatTheDangersName) {
  for (const std::string_view id :
       {"v1.asyncConvertContentBodyRequest", "v1.bulkAsyncConvertContentBodyRequest", "v1.getAndConvertMacroBodyByMacroId",
        "v1.getAllLabelContent", "v1.createRelationship", "v1.getTasks", "v1.removePermission", "v1.deleteSpace", "v2.getLabels",
        "v2.enableAdminKey", "v2.createSpace", "v1.getAuditRecords", "v1.addLabelWatcher", "v2.postRedactPage"}) {
    ASSERT_NE(confluence()->find(id), nullptr) << id;
    EXPECT_EQ(confluence()->find(id)->bounded, Bounded::kRefused) << id;
  }
}

TEST(ConfluenceTables, LocateBothEndsOfWhatHasTwo) {
  const auto row = [](std::string_view id, Parameter::Carrier carrier, std::string_view name) {
    const Parameter* found = confluence()->find(id)->find(carrier, name);
    EXPECT_NE(found, nullptr) << id << " " << name;
    return found ? *found : Parameter();
  };
  using enum Parameter::Carrier;
  EXPECT_EQ(row("v1.movePage", kPath, "targetId").kind, Kind::kContent);
  EXPECT_TRUE(row("v1.movePage", kPath, "pageId").whole);
  EXPECT_TRUE(row("v1.deletePageTree", kPath, "id").whole);
  EXPECT_TRUE(row("v1.copyPage", kBody, "destination.value").required);
  EXPECT_EQ(row("v1.copyPageHierarchy", kBody, "destinationPageId").kind, Kind::kContent);
  EXPECT_EQ(row("v2.updatePage", kBody, "spaceId").kind, Kind::kSpace);
  EXPECT_EQ(row("v2.updatePage", kBody, "parentId").kind, Kind::kContent);
  EXPECT_EQ(row("v2.updatePage", kBody, "id").kind, Kind::kContent);
  EXPECT_EQ(row("v2.createFooterComment", kBody, "parentCommentId").content_type, ContentType::kFooterComment);
  EXPECT_EQ(row("v2.getTasks", kQuery, "page-id").kind, Kind::kContent);
  // Watching without an account would be the state of the one that all tokens share.
  EXPECT_TRUE(row("v1.addContentWatcher", kQuery, "accountId").required);
}

}  // namespace
}  // namespace gatehouse::catalogue
