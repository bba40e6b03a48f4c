#include "model/scope.h"

#include <gtest/gtest.h>

#include "model/resource.h"

namespace gatehouse {
namespace {

TEST(ParseScopes, NamesTheNearestOneForAMistake) {
  ASSERT_TRUE(register_scope("read:jira-work").has_value());
  ASSERT_TRUE(register_scope("write:jira-work").has_value());
  const auto wrong = parse_scopes({"read:jira-wrok"});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_NE(wrong.error().public_detail.find("Did you mean read:jira-work?"), std::string::npos);
  EXPECT_FALSE(parse_scopes({""}).has_value());
  EXPECT_FALSE(parse_scopes({"READ:jira-work"}).has_value());
}

TEST(ScopeSet, ComparesAsASet) {
  const ScopeSet both = parse_scopes({"read:jira-work", "write:jira-work"}).value();
  const ScopeSet one = parse_scopes({"write:jira-work"}).value();
  EXPECT_TRUE(both.includes(one));
  EXPECT_FALSE(one.includes(both));
  EXPECT_TRUE(one.includes(ScopeSet()));
  EXPECT_EQ(scope_names(one), std::vector<std::string>{"write:jira-work"});
}

TEST(ParseResourceName, ReadsSiteAndKey) {
  EXPECT_EQ(parse_resource_name("acme/A").value(), (ResourceName{"acme", "A"}));
  EXPECT_EQ(parse_resource_name("acme-wiki/~5b10a2844c20165700ede21g").value().key, "~5b10a2844c20165700ede21g");
  EXPECT_EQ(parse_resource_name("acme/*").value().key, "*");
}

TEST(ParseResourceName, RefusesTheRest) {
  for (const char* text :
       {"", "acme", "acme/", "/A", "Acme/A", "acme/A/B", "acme/A*", "acme/**", "-acme/A", "acme/A B", "acme/\xc3\x84"}) {
    EXPECT_FALSE(parse_resource_name(text).has_value()) << text;
  }
}

TEST(IsResourceId, TakesWhatOneReadingHas) {
  for (const char* text : {"alpha", "1", "A.b", "~x_y:z-1", "..a"}) EXPECT_TRUE(is_resource_id(text)) << text;
  for (const char* text : {"", ".", "..", "a.", "a b", "a/b", "a%2fb", "a,b", "*", "\xc3\xa4"})
    EXPECT_FALSE(is_resource_id(text)) << text;
  EXPECT_FALSE(is_resource_id(std::string(256, 'a')));
}

}  // namespace
}  // namespace gatehouse
