// What case files can't say about reading and printing JQL: sizes, places, time, and that print is the inverse of parse.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

#include "query/jql_parser.h"
#include "query/jql_print.h"
#include "test/query/case_file.h"
#include "test/query/jql_generator.h"

namespace gatehouse::query {
namespace {

constexpr std::size_t kLimit = JqlLimits{}.bytes;

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(JqlParser, TakesSixtyFourKibibytesAndNoByteMore) {
  std::string text = "x = \"";
  text += std::string(kLimit - text.size() - 1, 'a') + "\"";
  ASSERT_EQ(text.size(), kLimit);
  EXPECT_TRUE(parse_jql(text));
  text += ' ';
  const auto result = parse_jql(text);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().at, kLimit);
}

TEST(JqlParser, TakesItsOwnLimits) {
  EXPECT_TRUE(parse_jql("((x = 1))", {9, 2}));
  EXPECT_FALSE(parse_jql("((x = 1))", {8, 2}));
  EXPECT_FALSE(parse_jql("((x = 1))", {9, 1}));
  EXPECT_FALSE(parse_jql("x in (1)", {9, 0}));
}

TEST(JqlParser, KeepsPlaces) {
  const auto query = parse_jql("  a1 = f(1, 'x') AND \"b\" in (2, 3) ORDER BY c");
  ASSERT_TRUE(query);
  const auto& children = query.value().where.front().children;
  EXPECT_EQ(children[0].clause.field.at, 2U);
  EXPECT_EQ(children[0].clause.operand.at, 7U);
  EXPECT_EQ(children[0].clause.operand.items[1].at, 12U);
  EXPECT_EQ(children[1].clause.field.at, 21U);
  EXPECT_EQ(children[1].clause.operand.at, 28U);
  EXPECT_EQ(children[1].clause.operand.items[1].at, 32U);
  EXPECT_EQ(query.value().order_by.front().field.at, 44U);
}

TEST(JqlParser, NamesNumbersAndTextsAreDifferentThings) {
  const auto bare = parse_jql("5 = 5 and cf[5] = 5");
  const auto quoted = parse_jql("\"5\" = \"5\" and \"cf[5]\" = \"5\"");
  ASSERT_TRUE(bare && quoted);
  EXPECT_EQ(bare.value().where.front().children[0].clause.field.kind, JqlField::Kind::kNumber);
  EXPECT_EQ(bare.value().where.front().children[1].clause.field.kind, JqlField::Kind::kCustom);
  EXPECT_EQ(bare.value().where.front().children[0].clause.operand.kind, JqlOperand::Kind::kNumber);
  EXPECT_EQ(quoted.value().where.front().children[0].clause.field.kind, JqlField::Kind::kName);
  EXPECT_EQ(quoted.value().where.front().children[1].clause.field.kind, JqlField::Kind::kName);
  EXPECT_EQ(quoted.value().where.front().children[0].clause.operand.kind, JqlOperand::Kind::kString);
}

/// Texts of 64 KiB that would show a stack that overflows or time that isn't linear: each must be done in a moment.
TEST(JqlParser, IsDoneSoonWithAnyTextOfFullSize) {
  const std::vector<std::string> texts{
      std::string(kLimit, '('),
      std::string(kLimit, '!'),
      repeated("not ", kLimit / 4),
      "x in " + std::string(kLimit - 5, '('),
      "x = " + repeated("\\u0061", kLimit / 6 - 1),
      "x = 1" + repeated(" or x = 1", kLimit / 9 - 1),
      "x in (1" + repeated(",1", kLimit / 2 - 5) + ")",
      "x[k]" + repeated("[k]", kLimit / 3 - 3) + " = 1",
      "order by x" + repeated(",x", kLimit / 2 - 6),
      "x changed" + repeated(" by x", kLimit / 5 - 3),
      "x = \"" + std::string(kLimit - 5, '\\'),
      repeated("\xC3\xA9", kLimit / 2),
      std::string(kLimit, ' '),
      std::string(kLimit, '\''),
  };
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& text : texts) {
    ASSERT_LE(text.size(), kLimit);
    const auto query = parse_jql(text);
    if (!query) continue;
    EXPECT_EQ(parse_jql(print(query.value()), {kLimit * 8, 64}).value(), query.value());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(JqlParser, EveryCutOfAQueryIsReadOrRefusedWithAPlaceWithin) {
  for (const std::string& text : test::case_texts("test/golden/jql", {"parse", "keys", "strict"})) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const auto query = parse_jql(text.substr(0, size));
      if (query) continue;
      EXPECT_LE(query.error().at, size) << text;
      EXPECT_FALSE(query.error().message.empty());
    }
  }
}

RC_GTEST_PROP(JqlPrint, IsTheInverseOfParse, ()) {
  const JqlQuery query = *test::any_jql();
  const std::string text = print(query);
  const auto again = parse_jql(text);
  RC_LOG() << text;
  if (!again) RC_LOG() << again.error().message;
  RC_ASSERT(again.has_value());
  RC_ASSERT(again.value() == query);
  RC_ASSERT(print(again.value()) == text);
}

RC_GTEST_PROP(JqlPrint, SaysTheSameHoweverTheTextWasSpelled, ()) {
  const JqlQuery query = *test::any_jql();
  const std::string text = test::respelled(query);
  const auto parsed = parse_jql(text);
  RC_LOG() << text;
  if (!parsed) RC_LOG() << parsed.error().at << ": " << parsed.error().message;
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed.value() == query);
}

RC_GTEST_PROP(JqlPrint, ShowsNothingInvisible, ()) {
  const std::string text = print(*test::any_jql());
  RC_ASSERT(text.find('\n') == std::string::npos);
  RC_ASSERT(text.find("\u202e") == std::string::npos);
  RC_ASSERT(text.find("\u00a0") == std::string::npos);
}

}  // namespace
}  // namespace gatehouse::query
