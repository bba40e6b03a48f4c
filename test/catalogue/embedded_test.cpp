// The tables of catalogue/ as they are embedded: they load, and they mean what the design relies on.
#include <gtest/gtest.h>

#include <string>

#include "catalogue/catalogue.h"

namespace gatehouse::catalogue {
namespace {

TEST(EmbeddedTables, OfJiraLoad) {
  const auto loaded = Catalogue::load(Product::kJira, Catalogue::embedded(Product::kJira));
  ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
  const Catalogue& jira = *loaded.value();
  EXPECT_NE(jira.role("viewer"), nullptr);
  EXPECT_NE(jira.role("member"), nullptr);
  EXPECT_NE(jira.role("administrator"), nullptr);
  for (const std::string version : {"2", "3", "latest"}) {
    const std::string path = "/rest/api/" + version + "/issue/A-1";
    const Match match = jira.match("GET", path);
    ASSERT_TRUE(match) << version;
    EXPECT_EQ(match.operation->id, "getIssue");
    EXPECT_EQ(match.version, version);
    EXPECT_EQ(match.value("issueIdOrKey"), "A-1");
  }
}

}  // namespace
}  // namespace gatehouse::catalogue
