#include "catalogue/target.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

namespace gatehouse::catalogue {
namespace {

using Fault = TargetFault;

TEST(CheckTarget, LetsThroughWhatHasOneReading) {
  for (const char* target :
       {"/", "/rest/api/3/issue/A-1", "/rest/api/3/issue/A-1?", "/rest/api/3/search/jql?jql=project%20%3D%20A&fields=id,key",
        "/rest/api/3/user/5b10a2844c20165700ede21g", "/rest/api/3/issue/A-1/properties/com.example.key",
        "/rest/api/3/role/%D0%90", "/wiki/rest/api/space/~alice", "/wiki/rest/api/space/%7Ealice",
        "/a%20b/@c,d:e!$&'()*+=", "/rest/api/3/search?jql=cf[10010]=1", "/x?q=%C3%A9%2F%00"}) {
    EXPECT_EQ(check_target(target).fault, Fault::kNone) << target;
  }
  const Target split = check_target("/a/b?c=d?e");
  EXPECT_EQ(split.path, "/a/b");
  EXPECT_EQ(split.query, "c=d?e");
  EXPECT_TRUE(split.has_query);
}

TEST(CheckTarget, RefusesTheRest) {
  const std::vector<std::pair<std::string, Fault>> cases{
      {"", Fault::kNotOriginForm},
      {"*", Fault::kNotOriginForm},
      {"http://acme.example/rest", Fault::kNotOriginForm},
      {"acme.example:443", Fault::kNotOriginForm},
      {"rest/api", Fault::kNotOriginForm},
      {"//rest/api/3/myself", Fault::kLeadingDoubleSlash},
      {"/rest//api", Fault::kEmptySegment},
      {"/rest/api/", Fault::kEmptySegment},
      {"/rest/./api", Fault::kDotSegment},
      {"/rest/../api", Fault::kDotSegment},
      {"/rest/..", Fault::kDotSegment},
      {"/rest/issue.", Fault::kDotSegment},
      {"/rest/.../x", Fault::kDotSegment},
      {"/rest/%2e%2e/x", Fault::kEncodedDelimiter},
      {"/rest/.%2E/x", Fault::kEncodedDelimiter},
      {"/rest/a%2fb", Fault::kEncodedDelimiter},
      {"/rest/a%5Cb", Fault::kEncodedDelimiter},
      {"/rest/a%252fb", Fault::kEncodedDelimiter},
      {"/rest/a%00", Fault::kEncodedDelimiter},
      {"/rest/a%0d%0aX:y", Fault::kEncodedDelimiter},
      {"/rest/a%23b", Fault::kEncodedDelimiter},
      {"/rest/a%3Fb", Fault::kEncodedDelimiter},
      {"/rest/a%3Bb", Fault::kEncodedDelimiter},
      {"/rest/a%7F", Fault::kEncodedDelimiter},
      {"/rest/issue;x=1/A-1", Fault::kMatrixParameter},
      {"/rest/..;/A-1", Fault::kMatrixParameter},
      {"/rest/a?b;c", Fault::kMatrixParameter},
      {"/rest/a\\b", Fault::kForbiddenByte},
      {"/rest/a#b", Fault::kForbiddenByte},
      {"/rest/a b", Fault::kForbiddenByte},
      {"/rest/a\tb", Fault::kForbiddenByte},
      {"/rest/\xc3\xa9", Fault::kForbiddenByte},
      {"/rest/{x}", Fault::kForbiddenByte},
      {"/rest/a?b=\"c\"", Fault::kForbiddenByte},
      {"/rest/a?b=\xc3\xa9", Fault::kForbiddenByte},
      {"/rest/a?b#c", Fault::kForbiddenByte},
      {"/rest/a%", Fault::kBadEscape},
      {"/rest/a%2", Fault::kBadEscape},
      {"/rest/a%/x", Fault::kBadEscape},
      {"/rest/a%2/b", Fault::kBadEscape},
      {"/rest/a%zz", Fault::kBadEscape},
      {"/rest/a?b=%g0", Fault::kBadEscape},
      {"/rest/%69ssue", Fault::kNeedlessEscape},
      {"/rest/A%2D1", Fault::kNeedlessEscape},
      {"/rest/%ff", Fault::kBadUtf8},
      {"/rest/%c0%af", Fault::kBadUtf8},
      {"/rest/%e0%80%af", Fault::kBadUtf8},
      {"/rest/%ed%a0%80", Fault::kBadUtf8},
      {"/rest/%f5%80%80%80", Fault::kBadUtf8},
      {"/rest/%c3", Fault::kBadUtf8},
      {"/rest/%c3/%a9", Fault::kBadUtf8},
      {"/rest/%ef%bc%8f", Fault::kBadUtf8},  // full-width slash
      {"/rest/%ef%bc%8e%ef%bc%8e", Fault::kBadUtf8},
      {"/rest/%e2%88%95", Fault::kBadUtf8},   // division slash
      {"/rest/a%e2%80%8b", Fault::kBadUtf8},  // zero width space
      {"/rest/a%e2%80%ae", Fault::kBadUtf8},  // right-to-left override
      {"/rest/a%c2%85", Fault::kBadUtf8},
      {"/" + std::string(kMaxTargetBytes, 'a'), Fault::kTooLong},
  };
  for (const auto& [target, fault] : cases) {
    EXPECT_EQ(static_cast<int>(check_target(target).fault), static_cast<int>(fault)) << target;
    EXPECT_GT(explain(fault).size(), 20u);
  }
  EXPECT_EQ(check_target("/rest/a?b=\"c\"").at, 10u);
  EXPECT_EQ(check_target("/rest/a%2fb").at, 7u);
}

TEST(ParseQuery, DecodesOnce) {
  Query query;
  ASSERT_EQ(parse_query("jql=a+%3D%20%22b%252F%22&fields=id&fields=key&flag&empty=&x=a=b%26c", query), Fault::kNone);
  ASSERT_EQ(query.all().size(), 6u);
  EXPECT_EQ(query.find("jql")->value, "a = \"b%2F\"");
  EXPECT_EQ(query.count("fields"), 2u);
  EXPECT_EQ(query.repeated(), "fields");
  EXPECT_FALSE(query.find("flag")->has_value);
  EXPECT_TRUE(query.find("empty")->has_value);
  EXPECT_EQ(query.find("x")->value, "a=b&c");
  EXPECT_EQ(query.find("Jql"), nullptr);
  ASSERT_EQ(parse_query("", query), Fault::kNone);
  EXPECT_TRUE(query.all().empty());
  EXPECT_EQ(query.repeated(), "");
}

TEST(ParseQuery, RefusesWhatIsReadInTwoWays) {
  const std::vector<std::pair<std::string, Fault>> cases{
      {"a=1&&b=2", Fault::kRepeatedEmpty}, {"a=1&", Fault::kRepeatedEmpty},  {"&a=1", Fault::kRepeatedEmpty},
      {"&", Fault::kRepeatedEmpty},        {"=1", Fault::kBadName},          {"jql[]=1", Fault::kBadName},
      {"jql[0]=1", Fault::kBadName},       {"jql%5B%5D=1", Fault::kBadName}, {"jql+=1", Fault::kBadName},
      {"jql%20=1", Fault::kBadName},       {"j%C3%A9=1", Fault::kBadName},   {"%6Aql=1", Fault::kNeedlessEscape},
      {"jql%00=1", Fault::kForbiddenByte}, {"a=%00", Fault::kForbiddenByte}, {"a=%1b", Fault::kForbiddenByte},
      {"a=%ff", Fault::kBadUtf8},          {"a=%c3", Fault::kBadUtf8},       {"a=%ed%a0%80", Fault::kBadUtf8},
      {"a=%2", Fault::kBadEscape},
  };
  Query query;
  for (const auto& [text, fault] : cases) {
    EXPECT_EQ(static_cast<int>(parse_query(text, query)), static_cast<int>(fault)) << text;
    EXPECT_TRUE(query.all().empty()) << text;
  }
  std::string many = "a=1";
  for (std::size_t i = 1; i < kMaxQueryParameters; ++i) many += "&a=1";
  EXPECT_EQ(parse_query(many, query), Fault::kNone);
  EXPECT_EQ(parse_query(many + "&a=1", query), Fault::kTooManyParameters);
  EXPECT_EQ(parse_query("a=1%0A%09b", query), Fault::kNone) << "JQL of several lines";
}

TEST(Escaping, IsReadBackAsItWas) {
  EXPECT_TRUE(rc::check([] {
    const auto name = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("azAZ09-_.~$:@"))));
    const auto value = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
    std::string target = "/x";
    bool first = true;
    append_parameter(name, value, first, target);
    append_parameter("second", "1", first, target);
    const Target checked = check_target(target);
    RC_ASSERT(checked.ok());
    Query query;
    RC_ASSERT(parse_query(checked.query, query) == Fault::kNone);
    RC_ASSERT(query.all().size() == 2u);
    RC_ASSERT(query.all()[0].name == name);
    RC_ASSERT(query.all()[0].value == value);
  }));
  std::string buffer = "left over";
  EXPECT_EQ(decode_segment("a%20b%D0%90", buffer), "a b\xd0\x90");
  EXPECT_EQ(decode_segment("plain", buffer), "plain");
}

}  // namespace
}  // namespace gatehouse::catalogue
