#include "gateway/created.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::gateway {
namespace {

TEST(Created, NamesTheIssueOfCreateIssue) {
  const Created made = read_created(R"({"id":"10041","key":"ALPHA-7","self":"https://x/rest/api/3/issue/10041"})");
  EXPECT_EQ(made.keys, "ALPHA-7");
  EXPECT_EQ(made.ids, "10041");
}

TEST(Created, NamesEachIssueOfABulkCreateAndNothingBelowThem) {
  const Created made = read_created(
      R"({"issues":[{"id":"1","key":"A-1","transition":{"id":"9","key":"no"}},{"id":"2","key":"A-2"}],"errors":[{"id":"8"}],"id":3})");
  EXPECT_EQ(made.keys, "A-1 A-2");
  EXPECT_EQ(made.ids, "1 2 3");
}

TEST(Created, TakesNothingThatIsNoPlainKeyOrNoJson) {
  EXPECT_EQ(read_created(R"({"key":"A 1\nB","id":null})").keys, "");
  EXPECT_EQ(read_created(R"({"key":"A-1")").keys, "");
  EXPECT_EQ(read_created("").ids, "");
  EXPECT_EQ(read_created(R"([{"key":"A-1"}])").keys, "");
  EXPECT_EQ(read_created(R"({"issues":["x"],"key":"A-1"})").keys, "");
}

TEST(Created, EndsBeforeItsWordsAreLongerThanARecordTakes) {
  std::string many = R"({"issues":[)";
  for (int i = 1000; i < 2000; ++i) many += (i > 1000 ? "," : "") + (R"({"key":"ALPHA-)" + std::to_string(i) + "\"}");
  const Created made = read_created(many + "]}");
  EXPECT_TRUE(made.keys.starts_with("ALPHA-1000 ALPHA-1001"));
  EXPECT_LE(made.keys.size(), 512U);
}

}  // namespace
}  // namespace gatehouse::gateway
