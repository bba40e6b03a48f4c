#include "gateway/json_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace gatehouse::gateway {
namespace {

bool whole(std::string_view text, JsonReader::RepeatedKeys repeated = JsonReader::RepeatedKeys::kRefused) {
  JsonReader reader(text, repeated);
  for (;;) {
    const JsonToken token = reader.next();
    if (token == JsonToken::kEnd) return true;
    if (token == JsonToken::kError) return false;
  }
}

std::string only_string(std::string_view text) {
  JsonReader reader(text);
  EXPECT_EQ(reader.next(), JsonToken::kString) << text;
  return std::string(reader.text());
}

TEST(JsonReader, AcceptsWhatTheGrammarHas) {
  for (const char* text :
       {"0", "-0", "1.50", "1e400", "-1.2E+3", "12345678901234567890123", "true", "false", "null", "\"\"", "[]", "{}",
        " [1, 2 ,3]\n", R"({"a":{"b":[{}]},"c":null})", R"(["\u00e9\ud83d\ude00\/"])", "\"\xc3\xa9\xf0\x9f\x98\x80\""}) {
    EXPECT_TRUE(whole(text)) << text;
  }
}

TEST(JsonReader, RefusesEverythingElse) {
  for (const char* text : {"",
                           " ",
                           "01",
                           "+1",
                           ".5",
                           "1.",
                           "1e",
                           "-",
                           "1 2",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{\"a\":1 \"b\":2}",
                           "'a'",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\ud800\\u0041\"",
                           "\"\\udc00\"",
                           "\"\\u0000\"",
                           "\"\t\"",
                           "tru",
                           "nul",
                           "NaN",
                           "[",
                           "{",
                           "]",
                           "{]",
                           "[}",
                           "\xef\xbb\xbf{}",
                           "// x\n1",
                           "\"\xff\"",
                           "\"\xc0\xaf\"",
                           "\"\xed\xa0\x80\"",
                           "\"\xf4\x90\x80\x80\"",
                           "\"\xe2\x82\""}) {
    EXPECT_FALSE(whole(text)) << text;
  }
}

TEST(JsonReader, FindsRepeatedKeysAfterUnescaping) {
  EXPECT_FALSE(whole(R"({"jql":1,"\u006aql":2})"));
  EXPECT_FALSE(whole(R"([{"a":{"b":1,"b":2}}])"));
  EXPECT_TRUE(whole(R"({"a":{"a":1},"b":{"a":1}})"));
  EXPECT_TRUE(whole(R"({"a":1,"a":2})", JsonReader::RepeatedKeys::kAllowed));
}

TEST(JsonReader, FindsARepeatedKeyAmongManyWhereverItStands) {
  const auto object = [](int count, int repeated) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += "\"k" + std::to_string(i) + "\":0,";
    return text + "\"k" + std::to_string(repeated) + "\":0}";
  };
  for (const int repeated : {0, 47, 48, 49, 50, 199}) EXPECT_FALSE(whole(object(200, repeated))) << repeated;
  EXPECT_TRUE(whole(object(200, 200)));
}

TEST(JsonReader, BoundsDepth) {
  EXPECT_TRUE(whole(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(whole(std::string(65, '[') + std::string(65, ']')));
  EXPECT_FALSE(whole(std::string(1'000'000, '[')));
}

TEST(JsonReader, KeepsNumbersAndDecodesStrings) {
  JsonReader number("12345678901234567890123.10");
  ASSERT_EQ(number.next(), JsonToken::kNumber);
  EXPECT_EQ(number.raw(), "12345678901234567890123.10");
  EXPECT_EQ(only_string(R"("a\u0041\n\"\\\/\ud83d\ude00z")"), "aA\n\"\\/\xf0\x9f\x98\x80z");
  EXPECT_EQ(only_string("\"plain and longer than eight bytes\""), "plain and longer than eight bytes");
}

TEST(JsonReader, SkipsAWholeValue) {
  JsonReader reader(R"({"a":[1,{"b":"]}"}],"c":2})");
  reader.next();
  reader.next();
  ASSERT_EQ(reader.next(), JsonToken::kArrayBegin);
  ASSERT_TRUE(reader.skip());
  EXPECT_EQ(reader.raw(), R"([1,{"b":"]}"}])");
  ASSERT_EQ(reader.next(), JsonToken::kKey);
  EXPECT_EQ(reader.text(), "c");
}

/// Reads the container at the beginning to its end token by token.
bool read_over(JsonReader& reader) {
  while (reader.depth() > 0) {
    if (reader.next() == JsonToken::kError) return false;
  }
  return reader.token() != JsonToken::kError;
}

/// skip() has a quick way of its own where repeated keys are allowed: it must say what the tokens say, byte for byte.
TEST(JsonReader, SkipsAsTheTokensWould) {
  const std::vector<std::string> parts = {"{",
                                          "}",
                                          "[",
                                          "]",
                                          ",",
                                          ":",
                                          "\"a\"",
                                          "\"long enough for sixteen bytes\"",
                                          "\"",
                                          "\\",
                                          "\"\\u00e9\"",
                                          "0",
                                          "-1.5e3",
                                          "true",
                                          "null",
                                          "\"\\ud83d\\ude00\"",
                                          "fals",
                                          "01",
                                          " ",
                                          "\n",
                                          "\"\xc3\xa9\"",
                                          "\xff",
                                          "\"\\u0000\"",
                                          "\"\\ud83d\"",
                                          "\"\\x\"",
                                          "{\"k\":",
                                          "[1,",
                                          "{},",
                                          "],",
                                          "},",
                                          "\"v\"}",
                                          "\x01"};
  std::mt19937 random(7);
  int accepted = 0;
  for (int i = 0; i < 40'000; ++i) {
    std::string text = random() % 2 ? "{" : "[";
    for (std::size_t left = 1 + random() % 9; left > 0; --left) text += parts[random() % parts.size()];
    JsonReader quick(text, JsonReader::RepeatedKeys::kAllowed);
    JsonReader slow(text, JsonReader::RepeatedKeys::kAllowed);
    quick.next();
    slow.next();
    const bool whole = read_over(slow);
    ASSERT_EQ(quick.skip(), whole) << text;
    ASSERT_EQ(quick.token(), slow.token()) << text;
    ASSERT_EQ(quick.error(), slow.error()) << text;
    if (!whole) continue;
    ++accepted;
    ASSERT_EQ(quick.end(), slow.end()) << text;
    ASSERT_EQ(quick.next(), slow.next()) << text;
  }
  EXPECT_GT(accepted, 1000);
  for (const int depth : {63, 64, 65}) {
    const std::string text =
        std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
    JsonReader reader(text, JsonReader::RepeatedKeys::kAllowed);
    reader.next();
    EXPECT_EQ(reader.skip(), depth <= 64) << depth;
  }
}

TEST(AppendJsonString, EscapesWhatMustBe) {
  std::string out;
  append_json_string("a\"\\\n\x01\xc3\xa9", out);
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\u0001\xc3\xa9\"");
}

}  // namespace
}  // namespace gatehouse::gateway
