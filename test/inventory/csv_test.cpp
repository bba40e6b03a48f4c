// CSV: what is written is what is read, and nothing that is written is a formula.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inventory/csv.h"

namespace gatehouse::inventory {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string written(const std::vector<std::string>& cells) {
  std::string out;
  append_csv(out, cells);
  return out;
}

TEST(Csv, KeepsFormulasFromBeingRun) {
  EXPECT_EQ(written({"=1+1", "plain"}), "\"'=1+1\",plain\r\n");
  for (const char* formula : {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1"}) {
    const std::string line = written({formula});
    EXPECT_EQ(line.substr(0, 2), "\"'") << formula;
    EXPECT_EQ(read_csv(line).value().front().cells.front(), formula);
  }
  EXPECT_EQ(written({"a-b", "it's"}), "a-b,it's\r\n");
}

RC_GTEST_PROP(Csv, ReadsWhatItWrote, (std::vector<std::string> cells)) {
  RC_PRE(!cells.empty());
  const auto rows = read_csv(written(cells));
  RC_ASSERT(rows.has_value());
  RC_ASSERT(rows.value().size() == 1U);
  RC_ASSERT(rows.value().front().cells == cells);
}

RC_GTEST_PROP(Csv, ReadsFormulasBack, ()) {
  const auto cell = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("'=+-@\t\r\n\",a")));
  RC_ASSERT(read_csv(written({cell, "x"})).value().front().cells.front() == cell);
}

TEST(Csv, SaysWhereALineIsWrong) {
  const auto rows = read_csv(
      "\xef\xbb\xbf"
      "a,b\n\n\"two\nlines\",\"\"\r\nlast,line");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows.value().size(), 3U);
  EXPECT_THAT(rows.value()[1].cells, ElementsAre("two\nlines", ""));
  EXPECT_EQ(rows.value()[1].line, 3);
  EXPECT_EQ(rows.value()[2].line, 5);
  EXPECT_THAT(read_csv("a,b\nc,\"open").error().public_detail, HasSubstr("Line 2: a quote is opened"));
  EXPECT_THAT(read_csv("a\n\"b\"c").error().public_detail, HasSubstr("Line 2"));
  EXPECT_THAT(read_csv("a\nb\"c\"").error().public_detail, HasSubstr("Line 2"));
}

}  // namespace
}  // namespace gatehouse::inventory
