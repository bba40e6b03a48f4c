#include "gateway/body_reader.h"

#include <gtest/gtest.h>

#include "catalogue/catalogue.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Catalogue;
using catalogue::Kind;
using Code = BodyFault::Code;

constexpr std::string_view kOperations = R"(operation editThing
  PUT /rest/api/{2|3|latest}/thing/{issueIdOrKey}
  scopes write:jira-work |
  access write
  body-type json
  path issueIdOrKey issue
  body fields issue-fields
  body update issue-update
  body historyMetadata.** inert
  body issueIdsOrKeys[] issue
  body targets.*.issues[] issue
  body jql jql
  body asked[] field-list
  body mode inert one: strict warn
  body note text
  bounded located
  answer none
)";

class BodyReader : public testing::Test {
 protected:
  BodyReader() {
    auto loaded = Catalogue::load(Product::kJira, {{"t.ops", kOperations}});
    EXPECT_TRUE(loaded.has_value()) << loaded.error().public_detail;
    catalogue_ = loaded.value();
  }
  BodyReading read(std::string_view body) { return read_body(body, *catalogue_->find("editThing"), fields_); }
  Code fault(std::string_view body) {
    const BodyReading reading = read(body);
    EXPECT_TRUE(reading.ok() || reading.text.empty()) << "nothing half-read may be sent";
    return reading.fault.code;
  }
  /// "kind value @place" of each identifier.
  std::vector<std::string> names(std::string_view body) {
    const BodyReading reading = read(body);
    EXPECT_TRUE(reading.ok()) << reading.fault.place << ": " << reading.fault.detail;
    std::vector<std::string> names;
    for (const BodyIdentifier& each : reading.identifiers) names.push_back(each.value + " @" + each.place);
    return names;
  }

  std::shared_ptr<const Catalogue> catalogue_;
  upstream::FieldTypes fields_ =
      upstream::FieldTypes::parse(
          R"([{"id":"customfield_1","schema":{"custom":"com.pyxis.greenhopper.jira:gh-sprint","type":"array"}},
                                      {"id":"customfield_2","schema":{"custom":"com.pyxis.greenhopper.jira:gh-epic-link","type":"any"}},
                                      {"id":"customfield_3","schema":{"custom":"com.acme:thing","type":"any"}}])")
          .value();
};

using Names = std::vector<std::string>;

TEST_F(BodyReader, WritesTheBodyAnew) {
  const BodyReading reading = read("{ \"note\" : \"\\u0061\\/\" , \"historyMetadata\":{\"x\":[1.10,-0,1e400]} }");
  ASSERT_TRUE(reading.ok());
  EXPECT_EQ(reading.text, R"({"note":"a/","historyMetadata":{"x":[1.10,-0,1e400]}})");
}

TEST_F(BodyReader, FindsIdentifiersWhereverTheyAre) {
  EXPECT_EQ(names(R"({"issueIdsOrKeys":["A-1",10002],"targets":{"10001,5":{"issues":["B-1"]}},"jql":"x = 1"})"),
            (Names{"A-1 @issueIdsOrKeys[]", "10002 @issueIdsOrKeys[]", "B-1 @targets.10001,5.issues[]", "x = 1 @jql"}));
  EXPECT_EQ(
      names(
          R"({"fields":{"project":{"key":"B"},"parent":{"id":"7"},"customfield_1":[3],"customfield_2":"B-1","fixVersions":[{"id":"9"},{"name":"1.0"}],"summary":"A-1"}})"),
      (Names{"B @fields.project.key", "7 @fields.parent.id", "3 @fields.customfield_1[]", "B-1 @fields.customfield_2",
             "9 @fields.fixVersions[].id"}));
  EXPECT_EQ(
      names(
          R"({"update":{"issuelinks":[{"add":{"type":{"name":"Blocks"},"outwardIssue":{"key":"B-1"}}}],"comment":[{"edit":{"id":"5","body":"x"}}],"labels":[{"add":"x"}]}})"),
      (Names{"B-1 @update.issuelinks[].add.outwardIssue.key", "5 @update.comment[].edit.id"}));
}

TEST_F(BodyReader, RefusesWhatIsNotClassified) {
  EXPECT_EQ(fault(R"({"unknown":1})"), Code::kUnclassified);
  EXPECT_EQ(fault(R"({"fields":{"project":{"name":"B"}}})"), Code::kUnclassified);
  EXPECT_EQ(fault(R"({"fields":{"parent":{"id":"1","x":2}}})"), Code::kUnclassified);
  EXPECT_EQ(fault(R"({"fields":{"customfield_3":1}})"), Code::kUnknownField);
  EXPECT_EQ(fault(R"({"fields":{"customfield_9":null}})"), Code::kUnknownField);
  EXPECT_EQ(fault(R"({"fields":{"Project":{"id":"1"}}})"), Code::kUnknownField);
  EXPECT_EQ(fault(R"({"fields":{"watches":{}}})"), Code::kFieldRefused);
  EXPECT_EQ(fault(R"({"update":{"parent":[{"copy":{"id":"1"}}]}})"), Code::kFieldRefused);
  EXPECT_EQ(fault(R"({"mode":"loose"})"), Code::kNotAllowed);
}

TEST_F(BodyReader, RefusesContainersInThePlaceOfNames) {
  EXPECT_EQ(fault(R"({"jql":["x"]})"), Code::kWrongType);
  EXPECT_EQ(fault(R"({"jql":{"a":1}})"), Code::kWrongType);
  EXPECT_EQ(fault(R"({"jql":true})"), Code::kWrongType);
  EXPECT_EQ(fault(R"({"issueIdsOrKeys":"A-1"})"), Code::kWrongType);
  EXPECT_EQ(fault(R"({"fields":[]})"), Code::kWrongType);
  EXPECT_EQ(fault(R"({"fields":{"parent":"B-1"}})"), Code::kWrongType);
  EXPECT_EQ(fault(R"([{"jql":"x"}])"), Code::kWrongType);
}

TEST_F(BodyReader, RefusesWhatTwoParsersReadDifferently) {
  EXPECT_EQ(fault(R"({"jql":"a","jql":"b"})"), Code::kNotJson);
  EXPECT_EQ(fault(R"({"fields":{"project":{"id":"1","\u0069d":"2"}}})"), Code::kNotJson);
  EXPECT_EQ(fault(R"({"jql":"a"} {"jql":"b"})"), Code::kNotJson);
  EXPECT_EQ(fault("{\"jql\":\"a\x00b\"}"), Code::kNotJson);
  EXPECT_EQ(fault(""), Code::kNotJson);
}

TEST_F(BodyReader, EditsAreCarriedOutInPlace) {
  const BodyReading reading = read(R"({"jql":"x","asked":["summary"],"note":"n"})");
  ASSERT_TRUE(reading.ok());
  ASSERT_EQ(reading.arrays.size(), 1U);
  std::vector<BodyEdit> edits = {add_member(reading, "mode", "true"), replace_value(reading.identifiers[0], "p = \"1\""),
                                 add_element(reading.arrays[0], "project")};
  EXPECT_EQ(apply_edits(reading.text, edits), R"({"jql":"p = \"1\"","asked":["summary","project"],"note":"n","mode":true})");
  const BodyReading empty = read(R"({"asked":[]})");
  EXPECT_EQ(apply_edits(empty.text, {add_element(empty.arrays[0], "project")}), R"({"asked":["project"]})");
  const BodyReading nothing = read("{}");
  EXPECT_EQ(apply_edits(nothing.text, {add_member(nothing, "jql", "\"x\"")}), R"({"jql":"x"})");
}

}  // namespace
}  // namespace gatehouse::gateway
