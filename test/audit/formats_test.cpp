// CSV that no spreadsheet takes for a formula, and CEF whose fields can't be broken out of.
#include "audit/formats.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::audit {
namespace {

using testing::HasSubstr;
using testing::Not;

AuditRecord record(const std::string& name) {
  AuditRecord one;
  one.sequence = 7;
  one.at = Instant(Duration(1'798'761'600'000));
  one.event.action = "token.revoke";
  one.event.target_kind = "token";
  one.event.target_name = name;
  one.event.outcome = "done";
  one.event.caller.actor_name = "anna@example.com";
  one.event.caller.address = "192.0.2.1";
  return one;
}

TEST(AuditCsv, QuotesEveryFieldAndDisarmsFormulas) {
  EXPECT_THAT(to_csv_line(record("say \"hi\", then")), HasSubstr("\"say \"\"hi\"\", then\""));
  for (const char* formula : {"=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"})
    EXPECT_THAT(to_csv_line(record(formula)), HasSubstr("\"'" + std::string(formula) + "\"")) << formula;
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  EXPECT_EQ(commas(csv_header()), commas(to_csv_line(record("x"))));
}

TEST(AuditCef, EscapesWhatWouldBreakOut) {
  AuditRecord one = record("a=b|c\\d\nCEF:0|Evil");
  const std::string line = to_cef_line(one);
  EXPECT_THAT(line, testing::StartsWith("CEF:0|Gatehouse|Gatehouse|1|token.revoke|token.revoke|5|"));
  EXPECT_THAT(line, HasSubstr("cs1=token a\\=b|c\\\\d\\nCEF:0|Evil"));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(line, HasSubstr(" src=192.0.2.1 "));
  one.event.action = "a|b";
  EXPECT_THAT(to_cef_line(one), testing::StartsWith("CEF:0|Gatehouse|Gatehouse|1|a\\|b|a\\|b|"));
}

}  // namespace
}  // namespace gatehouse::audit
