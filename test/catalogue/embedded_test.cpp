// The tables of catalogue/ as they are embedded: they load, and each operation is found again by the path that is built for it.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "catalogue/catalogue.h"
#include "catalogue/target.h"

namespace gatehouse::catalogue {
namespace {

class EmbeddedTables : public testing::Test {
 protected:
  void SetUp() override {
    const auto loaded = Catalogue::load(Product::kJira, Catalogue::embedded(Product::kJira));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
    jira_ = loaded.value();
  }
  std::shared_ptr<const Catalogue> jira_;
};

TEST_F(EmbeddedTables, OfJiraKnowTheirVersions) {
  for (const char* role : {"viewer", "member", "administrator"}) EXPECT_NE(jira_->role(role), nullptr) << role;
  for (const std::string version : {"2", "3", "latest"}) {
    const std::string path = "/rest/api/" + version + "/issue/A-1";
    const Match match = jira_->match("GET", path);
    ASSERT_TRUE(match) << version;
    EXPECT_EQ(match.operation->id, "getIssue");
    EXPECT_EQ(match.version, version);
    EXPECT_EQ(match.value("issueIdOrKey"), "A-1");
  }
}

TEST_F(EmbeddedTables, FindEachOperationByThePathThatIsBuiltForIt) {
  for (const Operation& operation : jira_->operations()) {
    std::vector<std::string> versions{""};
    for (const Segment& segment : operation.segments) {
      if (segment.literals.size() > 1) versions = segment.literals;
    }
    const std::vector<std::string_view> values(operation.path_count, "a b/1");
    for (const std::string& version : versions) {
      std::string path;
      ASSERT_TRUE(Catalogue::append_path(operation, version, values, path)) << operation.id;
      const Match match = jira_->match(operation.method, path);
      ASSERT_TRUE(match) << operation.id << " " << path;
      EXPECT_EQ(match.operation, &operation);
      EXPECT_EQ(match.version, version);
      EXPECT_EQ(match.count, operation.path_count);
    }
  }
}

TEST_F(EmbeddedTables, ClassifyEveryIdentifier) {
  for (const Operation& operation : jira_->operations()) {
    for (const Parameter& parameter : operation.parameters)
      EXPECT_NE(parameter.kind, Kind::kUnclassified) << operation.id << " " << parameter.name;
    EXPECT_EQ(operation.body == nullptr, operation.body_parameters().empty()) << operation.id;
    if (operation.bounded == Bounded::kRefused) {
      EXPECT_FALSE(operation.refusal.empty()) << operation.id;
    }
  }
}

TEST(Embedding, KeepsEveryByte) {
  const auto tables = Catalogue::embedded(Product::kJira);
  ASSERT_FALSE(tables.empty());
  for (const Table& table : tables) {
    std::ifstream file(std::string(GATEHOUSE_SOURCE_DIR) + "/catalogue/" + std::string(table.name), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_EQ(text, table.text) << table.name;
  }
  EXPECT_TRUE(Catalogue::embedded(Product::kOpenApi).empty());
}

}  // namespace
}  // namespace gatehouse::catalogue
