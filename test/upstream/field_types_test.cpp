#include "upstream/field_types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::upstream {
namespace {

TEST(FieldTypes, SystemFieldsAreKnownWithoutAsking) {
  EXPECT_EQ(FieldTypes::system().type("parent"), FieldType::kIssue);
  EXPECT_EQ(FieldTypes::system().type("summary"), FieldType::kPlain);
  EXPECT_EQ(FieldTypes::system().type("Parent"), FieldType::kUnknown) << "ids are exact";
  EXPECT_EQ(FieldTypes::system().type("customfield_10001"), FieldType::kUnknown);
}

TEST(FieldTypes, CustomFieldsAreWhatTheirTypeSays) {
  const auto types = FieldTypes::parse(R"([
    {"id":"customfield_1","name":"Sprint","clauseNames":["cf[1]","Sprint"],"schema":{"type":"array","items":"json","custom":"com.pyxis.greenhopper.jira:gh-sprint"}},
    {"id":"customfield_2","name":"Other project","schema":{"type":"project","custom":"com.atlassian.jira.plugin.system.customfieldtypes:project"}},
    {"id":"customfield_3","name":"An app's","schema":{"type":"any","custom":"com.example:thing"}},
    {"id":"customfield_4","name":"An app's number","schema":{"type":"number","custom":"com.example:number"}},
    {"id":"customfield_5","name":"New kind of Jira's","schema":{"type":"string","custom":"com.atlassian.jira.plugin.system.customfieldtypes:brandnew"}},
    {"id":"customfield_6","name":"sprint"}, "junk", {"name":"no id"}])");
  ASSERT_TRUE(types.has_value());
  EXPECT_EQ(types.value().type("customfield_1"), FieldType::kSprint);
  EXPECT_EQ(types.value().type("customfield_2"), FieldType::kProjectPicker);
  EXPECT_EQ(types.value().type("customfield_3"), FieldType::kUnknown);
  EXPECT_EQ(types.value().type("customfield_4"), FieldType::kPlain);
  EXPECT_EQ(types.value().type("customfield_5"), FieldType::kUnknown)
      << "a type of a known family that we do not know may name anything";
  EXPECT_EQ(types.value().type("customfield_6"), FieldType::kUnknown);
  // A query names it by its clause: Jira Software's own field in agile answers, and the custom field that carries it in issues.
  std::vector<std::string> sprints;
  for (const auto* field : types.value().by_clause("sprint")) {
    EXPECT_EQ(field->type, FieldType::kSprint) << field->id;
    sprints.push_back(field->id);
  }
  EXPECT_THAT(sprints, testing::UnorderedElementsAre("sprint", "customfield_1"));
}

TEST(FieldTypes, MetadataCannotGiveASystemFieldAnotherType) {
  const auto types = FieldTypes::parse(R"([{"id":"parent","schema":{"type":"number","custom":"com.example:number"}},
                                           {"id":"brandnew","schema":{"type":"number"}}])");
  ASSERT_TRUE(types.has_value());
  EXPECT_EQ(types.value().type("parent"), FieldType::kIssue);
  EXPECT_EQ(types.value().type("brandnew"), FieldType::kUnknown);
}

TEST(FieldTypes, AnythingElseThanAListIsRefused) {
  for (const char* text : {"", "{}", "null", "[", "<html>"}) EXPECT_FALSE(FieldTypes::parse(text).has_value()) << text;
}

}  // namespace
}  // namespace gatehouse::upstream
