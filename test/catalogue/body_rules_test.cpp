#include "catalogue/body_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::catalogue {
namespace {

Result<void> add(BodyNode& root, const std::string& name, Kind kind = Kind::kInert) {
  Parameter parameter;
  parameter.carrier = Parameter::Carrier::kBody;
  parameter.name = name;
  parameter.kind = kind;
  return add_body_rule(root, parameter);
}

TEST(BodyRules, AreWalkedKeyByKey) {
  BodyNode root;
  for (const auto& [name, kind] : std::vector<std::pair<std::string, Kind>>{{"fields", Kind::kIssueFields},
                                                                            {"issueIdsOrKeys[]", Kind::kIssue},
                                                                            {"outwardIssue.key", Kind::kIssue},
                                                                            {"visibility.**", Kind::kInert},
                                                                            {"targets.*.issues[]", Kind::kIssue},
                                                                            {"targets.fixed", Kind::kInert},
                                                                            {"matrix[][].id", Kind::kProject}}) {
    ASSERT_TRUE(add(root, name, kind).has_value()) << name;
  }
  EXPECT_EQ(root.parameter(), nullptr);
  EXPECT_TRUE(root.takes_object());
  EXPECT_EQ(root.element(), nullptr);
  EXPECT_EQ(root.child("unknown"), nullptr);
  EXPECT_EQ(root.child("Fields"), nullptr);
  EXPECT_EQ(root.child("fields")->kind(), Kind::kIssueFields);
  EXPECT_FALSE(root.child("fields")->subtree());
  const BodyNode* list = root.child("issueIdsOrKeys");
  EXPECT_EQ(list->kind(), Kind::kUnclassified) << "a scalar there is not classified";
  ASSERT_NE(list->element(), nullptr);
  EXPECT_EQ(list->element()->kind(), Kind::kIssue);
  EXPECT_EQ(list->element()->parameter()->name, "issueIdsOrKeys[]");
  EXPECT_EQ(list->element()->element(), nullptr);
  EXPECT_TRUE(root.child("visibility")->subtree());
  EXPECT_EQ(root.child("targets")->child("anything")->child("issues")->element()->kind(), Kind::kIssue);
  EXPECT_EQ(root.child("targets")->child("fixed")->child("issues"), nullptr) << "an exact name wins, and nothing is merged";
  EXPECT_EQ(root.child("matrix")->element()->element()->child("id")->kind(), Kind::kProject);
}

TEST(BodyRules, NameTheBodyAsAWhole) {
  BodyNode scalar;
  ASSERT_TRUE(add(scalar, "$", Kind::kUser).has_value());
  EXPECT_EQ(scalar.kind(), Kind::kUser);
  EXPECT_FALSE(scalar.takes_object());
  BodyNode array;
  ASSERT_TRUE(add(array, "[].id", Kind::kIssue).has_value());
  EXPECT_EQ(array.element()->child("id")->kind(), Kind::kIssue);
  BodyNode anything;
  ASSERT_TRUE(add(anything, "**").has_value());
  EXPECT_TRUE(anything.subtree());
}

TEST(BodyRules, RefuseNamesThatSayNothing) {
  for (const std::string name : {"", ".", "a.", ".a", "a..b", "a[", "a[0]", "a[].", "[]a", "a.[]", "$.a", "$.**", "***", "a**",
                                 "a.**.b", "a b", "a\"", "*a"}) {
    BodyNode root;
    EXPECT_FALSE(add(root, name).has_value()) << name;
  }
  BodyNode root;
  ASSERT_TRUE(add(root, "a.**").has_value());
  ASSERT_TRUE(add(root, "b.c").has_value());
  EXPECT_FALSE(add(root, "a").has_value());
  EXPECT_FALSE(add(root, "a.b").has_value());
  EXPECT_FALSE(add(root, "a[]").has_value());
  EXPECT_FALSE(add(root, "b.c").has_value());
  EXPECT_FALSE(add(root, "b.**").has_value());
  EXPECT_FALSE(add(root, "**").has_value());
}

}  // namespace
}  // namespace gatehouse::catalogue
