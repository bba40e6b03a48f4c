// The register: each thing that an entry must say, in JSON, CSV, YAML and page; and files that come back as they went.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/rotation.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "inventory/csv.h"
#include "inventory/import.h"
#include "inventory/register.h"
#include "inventory/register_file.h"
#include "inventory/report.h"
#include "test/support/world.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RegisterTest : public testing::Test {
 protected:
  /// One automation of which everything is known.
  void populate() {
    world.add_site();
    must(admin::add_user(world.services(), world.caller(), {"eva@example.com", "Eva", "member", {}}));
    admin::CreateAccount request;
    request.handle = "nightly";
    request.owner = test::kAdministrator;
    request.deputy = "eva@example.com";
    request.purpose = "=opens an issue, \"when\" a build breaks | <b>";
    request.runs_in = "GitLab CI";
    request.tool = "GitLab";
    request.repository = "https://git.example/ci";
    request.job = "nightly-report";
    request.link = "https://git.example/ci/-/jobs";
    request.declared_sites = {"acme"};
    request.declared_resources = {"acme/A", "acme/B"};
    request.declared_scopes = {"read:jira-work"};
    request.docs = "https://wiki.example/nightly";
    request.runbook = "https://wiki.example/nightly/runbook";
    request.rotation_plan = "the agent renews it";
    request.rotate_every = std::chrono::hours(24 * 90);
    request.expected_every = std::chrono::hours(1);
    request.criticality = "high";
    must(admin::create_account(world.services(), world.caller(), request));
    world.add_grant("acme/A", "nightly");
    admin::CreateToken token;
    token.account = "nightly";
    token.name = "ci token";
    token.scopes = {"read:jira-work"};
    token.resources = {"acme/A"};
    token.expires_in = std::chrono::hours(24 * 30);
    token_id_ = std::string(must(admin::create_token(world.services(), world.caller(), token)).document.at("id").as_string());
  }
  /// What the gateway would have recorded.
  void use(std::int64_t refused = 0) {
    store::UsageTick tick;
    tick.credential = CredentialId(token_id_);
    tick.hour = std::chrono::floor<std::chrono::hours>(world.clock().now());
    tick.site = must(must(world.database().read())->sites.get_by_key("acme")).value.id;
    tick.operation = "getIssue";
    tick.resource = "C";
    tick.outcome = "permitted";
    tick.address = "203.0.113.7";
    tick.user_agent = "python-requests/2.31";
    tick.count = 5;
    tick.last_at = world.clock().now();
    store::UsageBatch batch;
    batch.ticks.push_back(tick);
    tick.outcome = "outside_boundary";
    tick.count = refused;
    if (refused > 0) batch.ticks.push_back(tick);
    must(world.database().record(batch));
  }
  json::object entry(std::string_view handle = "nightly") { return must(show_register(world.services(), handle)); }
  std::string exported(std::string_view format) { return must(export_register(world.services(), {}, format)); }
  Result<json::object> import(std::string_view text, std::string_view format, bool dry_run = false) {
    return import_register(world.services(), world.caller(), text, format, dry_run);
  }
  std::string refusal(std::string_view text, std::string_view format) {
    const auto outcome = import(text, format);
    return outcome ? "it was taken" : outcome.error().public_detail;
  }

  test::World world;
  std::string token_id_;
};

/// The name of each thing that must be told, and what is told of it.
const std::vector<std::pair<std::string, std::string>>& told() {
  static const std::vector<std::pair<std::string, std::string>> all{{"handle", "nightly"},
                                                                    {"owner", test::kAdministrator},
                                                                    {"deputy", "eva@example.com"},
                                                                    {"purpose", "=opens an issue, \"when\" a build breaks | <b>"},
                                                                    {"runs_in", "GitLab CI"},
                                                                    {"tool", "GitLab"},
                                                                    {"repository", "https://git.example/ci"},
                                                                    {"job", "nightly-report"},
                                                                    {"link", "https://git.example/ci/-/jobs"},
                                                                    {"docs", "https://wiki.example/nightly"},
                                                                    {"runbook", "https://wiki.example/nightly/runbook"},
                                                                    {"criticality", "high"},
                                                                    {"rotation_plan", "the agent renews it"},
                                                                    {"rotate_every", "90d"},
                                                                    {"expected_every", "1h"}};
  return all;
}

TEST_F(RegisterTest, TellsEachThingByNameInJson) {
  populate();
  use(2);
  const json::object found = entry();
  for (const auto& [name, value] : told()) EXPECT_EQ(found.at(name), json::value(value)) << name;
  EXPECT_EQ(json::serialize(found.at("declared")),
            R"({"sites":["acme"],"resources":["acme/A","acme/B"],"scopes":["read:jira-work"]})");
  const json::object& observed = found.at("observed").as_object();
  EXPECT_EQ(observed.at("sites"), json::array{"acme"});
  EXPECT_EQ(observed.at("resources"), json::array{"acme/C"}) << "declared A and B, and used C";
  EXPECT_EQ(observed.at("scopes"), json::array{"read:jira-work"});
  EXPECT_EQ(observed.at("operations"), json::array{"acme getIssue"});
  EXPECT_EQ(observed.at("addresses"), json::array{"203.0.113.7"});
  EXPECT_EQ(observed.at("user_agents"), json::array{"python-requests/2.31"});
  EXPECT_EQ(observed.at("requests").as_int64(), 7);
  EXPECT_EQ(observed.at("refused").as_int64(), 2);
  EXPECT_EQ(json::serialize(observed.at("hours")), R"([{"hour":0,"requests":7}])");
  EXPECT_EQ(observed.at("last_used_at"), json::value("2027-01-01T00:00:00Z"));
  EXPECT_EQ(found.at("permissions").as_array().at(0).at("resource"), json::value("acme/A"));
  const json::object& credential = found.at("credentials").as_array().at(0).as_object();
  EXPECT_EQ(credential.at("kind"), json::value("api token"));
  EXPECT_EQ(credential.at("rotated_at"), json::value("2027-01-01T00:00:00Z"));
  EXPECT_EQ(credential.at("rotation_due_at"), json::value("2027-01-31T00:00:00Z")) << "before its end";
  EXPECT_EQ(credential.at("rotate_every"), json::value("90d")) << "the automation's";
}

TEST_F(RegisterTest, TellsEachThingByNameInCsv) {
  populate();
  use();
  const auto rows = must(read_csv(exported("csv")));
  ASSERT_EQ(rows.size(), 2U);
  std::map<std::string, std::string> cells;
  for (std::size_t i = 0; i < rows[0].cells.size(); ++i) cells[rows[0].cells[i]] = rows[1].cells.at(i);
  for (const auto& [name, value] : told()) EXPECT_EQ(cells.at(name), value) << name;
  EXPECT_EQ(cells.at("declared_resources"), "acme/A acme/B");
  EXPECT_EQ(cells.at("observed_resources"), "acme/C");
  EXPECT_EQ(cells.at("observed_requests"), "5");
  EXPECT_EQ(cells.at("permissions"), "acme/A read:jira-work,write:jira-work live");
  EXPECT_EQ(cells.at("credential_name"), "ci token");
  EXPECT_EQ(cells.at("credential_rotation_due_at"), "2027-01-31T00:00:00Z");
  EXPECT_THAT(exported("csv"), HasSubstr("\"'=opens an issue")) << "no formula";
}

TEST_F(RegisterTest, TellsEachThingByNameOnThePage) {
  populate();
  use();
  const std::string page = must(register_page(world.services(), "nightly"));
  for (const char* line :
       {"# nightly", "| owner | admin@example.com |", "| deputy | eva@example.com |", "| criticality | high |",
        "| runs in | GitLab CI |", "| tool | GitLab |", "| repository | <https://git.example/ci> |", "| job | nightly-report |",
        "| link | <https://git.example/ci/-/jobs> |", "| documentation | <https://wiki.example/nightly> |",
        "| runbook | <https://wiki.example/nightly/runbook> |", "| rotation plan | the agent renews it |",
        "| rotates every | 90d |", "| resources | acme/A, acme/B | acme/C |", "| ci token | api token | live |"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
  EXPECT_THAT(page, HasSubstr(R"(build breaks \| &lt;b\>)")) << "a text is no Markdown and no HTML";
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
}

TEST_F(RegisterTest, ReadsItsOwnFilesWithoutAChange) {
  populate();
  use();
  must(
      import("gatehouse_register: 1\nentries:\n- handle: app\n  external: true\n  owner: eva@example.com\n  tool: \"na\\u00efve "
             "'\xf0\x9f\x94\x91\\\" #:\"\n  credentials:\n  - kind: external\n    name: \"@app: {x}\"\n    expires_at: "
             "2027-06-01T00:00:00+02:00\n",
             "yaml"));
  for (const char* format : {"csv", "json", "yaml"}) {
    const std::string before = exported(format);
    const auto outcome = must(import(before, format));
    EXPECT_THAT(outcome.at("created").as_array(), IsEmpty()) << format;
    EXPECT_THAT(outcome.at("changed").as_array(), IsEmpty()) << format << json::serialize(outcome);
    EXPECT_EQ(outcome.at("unchanged").as_int64(), 2) << format;
    EXPECT_EQ(outcome.at("credentials_changed").as_int64(), 0) << format;
    EXPECT_EQ(exported(format), before) << format;
  }
}

TEST_F(RegisterTest, BringsARegisterToAnEmptyInstallation) {
  populate();
  test::World other;
  must(admin::add_user(other.services(), other.caller(), {"eva@example.com", "Eva", "member", {}}));
  for (const char* format : {"csv", "json", "yaml"}) {
    const auto outcome = must(import_register(other.services(), other.caller(), exported(format), format, true));
    EXPECT_THAT(outcome.at("created").as_array(), ElementsAre(json::value("nightly"))) << format;
    EXPECT_EQ(outcome.at("credentials_left_aside").as_int64(), 1) << "a file brings no secret";
  }
  must(import_register(other.services(), other.caller(), exported("csv"), "csv", false));
  const json::object brought = must(show_register(other.services(), "nightly"));
  for (const auto& [name, value] : told()) EXPECT_EQ(brought.at(name), json::value(value)) << name;
  EXPECT_EQ(brought.at("declared"), entry().at("declared"));
}

TEST_F(RegisterTest, ChangesWhatAFileNamesAndNothingElse) {
  populate();
  const auto outcome = must(import("handle,deputy,declared_scopes\r\nnightly,,write:jira-work read:jira-work\r\n", "csv"));
  EXPECT_EQ(json::serialize(outcome.at("changed")), R"([{"account":"nightly","fields":["deputy","declared_scopes"]}])");
  EXPECT_TRUE(entry().at("deputy").is_null());
  EXPECT_EQ(entry().at("purpose"), json::value("=opens an issue, \"when\" a build breaks | <b>"));
  EXPECT_EQ(world.audited("account.edit").event.target_name, "nightly");
  must(import(R"({"gatehouse_register":1,"entries":[{"handle":"nightly","tool":"Jenkins"}]})", "json", true));
  EXPECT_EQ(entry().at("tool"), json::value("GitLab")) << "a dry run";
}

TEST_F(RegisterTest, IsAllOrNothingAndNamesLineAndField) {
  populate();
  const std::string csv =
      "handle,owner,purpose,runs_in,criticality,link\r\n"
      "one,admin@example.com,good,CI,low,\r\n"
      "two,nobody@example.com,\"two\nlines\",CI,low,\r\n"
      "three,admin@example.com,,CI,terrible,javascript:alert(1)\r\n";
  const std::string told_all = refusal(csv, "csv");
  EXPECT_THAT(told_all, HasSubstr("Line 3, field owner"));
  EXPECT_THAT(told_all, HasSubstr("Line 5, field purpose"));
  EXPECT_THAT(told_all, HasSubstr("Nothing was changed"));
  EXPECT_EQ(must(list_register(world.services(), {}, {})).items.size(), 1U);
  EXPECT_THAT(refusal("handle,owner,purpose,runs_in,link\na,admin@example.com,x,CI,javascript:alert(1)\n", "csv"),
              HasSubstr("Line 2, field link"));
  EXPECT_THAT(refusal("handle,colour\na,b\n", "csv"), HasSubstr("Line 1, field colour"));
  EXPECT_THAT(refusal("handle,tool\nnightly\n", "csv"), HasSubstr("Line 2"));
  EXPECT_THAT(refusal("handle,tool\nnightly,a\nnightly,b\n", "csv"), HasSubstr("Line 3, field tool"));
  EXPECT_THAT(refusal("{\"gatehouse_register\":1,\n\"entries\":[\n{\"handle\":\"nightly\",\n\"colour\":1}]}", "json"),
              HasSubstr("Line 4, field colour"));
  EXPECT_THAT(
      refusal("{\"gatehouse_register\":1,\n\"entries\":[\n{\"handle\":\"nightly\",\n\"rotate_every\":\"soon\"}]}", "json"),
      HasSubstr("Line 4, field rotate_every"));
  EXPECT_THAT(refusal("{\"gatehouse_register\":1,\n\"entries\":[\n{\"handle\":\"a\",\n\"handle\":\"b\"}]}", "json"),
              HasSubstr("Line 4"));
  EXPECT_THAT(refusal("{\"gatehouse_register\":1,\n\"entries\":[}", "json"), HasSubstr("Line 2"));
  EXPECT_THAT(refusal("{\"gatehouse_register\":1,\"entries\":[]}\n}", "json"), HasSubstr("Line 2"));
  EXPECT_THAT(refusal("gatehouse_register: 1\nentries:\n- handle: nightly\n  declared:\n    sites: acme\n", "yaml"),
              HasSubstr("Line 5, field declared_sites"));
  EXPECT_THAT(refusal("gatehouse_register: 1\nentries:\n- &a\n  handle: nightly\n- *a\n", "yaml"), HasSubstr("Line 3"));
  EXPECT_THAT(refusal("gatehouse_register: 1\nentries: [", "yaml"), HasSubstr("not the YAML"));
  EXPECT_THAT(refusal(std::string(5000, '['), "yaml"), HasSubstr("Line 1"));
  EXPECT_THAT(refusal(std::string(5000, '['), "json"), HasSubstr("Line 1"));
  EXPECT_THAT(refusal("", "yaml"), HasSubstr("Line 1"));
  EXPECT_THAT(refusal("gatehouse_register: 1\nentries:\n- handle: nightly\n  credentials:\n  - kind: api token\n    name: x\n  - "
                      "kind: magic\n    name: y\n",
                      "yaml"),
              HasSubstr("Line 7, field kind"));
}

TEST_F(RegisterTest, KeepsEntriesThatNeverPassTheGateway) {
  world.add_site();
  must(
      import("gatehouse_register: 1\nentries:\n- handle: app\n  external: true\n  owner: admin@example.com\n  credentials:\n  - "
             "kind: external\n    name: licence\n    expires_at: 2027-01-10T00:00:00Z\n",
             "yaml"));
  admin::CreateToken token;
  token.account = "app";
  token.name = "own";
  token.scopes = {"read:jira-work"};
  token.resources = {"acme/A"};
  token.expires_in = std::chrono::hours(24);
  const auto made = admin::create_token(world.services(), world.caller(), token);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().public_detail, HasSubstr("gatehouse account adopt"));
  const std::string id(entry("app").at("credentials").as_array().at(0).at("id").as_string());
  EXPECT_FALSE(admin::pause_token(world.services(), world.caller(), id, {})) << "Gatehouse does not hold it";
  EXPECT_FALSE(admin::rotate_token(world.services(), world.caller(), id, {}));
  must(admin::adopt_account(world.services(), world.caller(), "app"));
  must(admin::create_token(world.services(), world.caller(), token));
}

TEST_F(RegisterTest, KnowsWhenWhatIsExternalIsOverdueAndThatItWasRotated) {
  const auto file = [](const std::string& more) {
    return "gatehouse_register: 1\nentries:\n- handle: forms-app\n  external: true\n  owner: " +
           std::string(test::kAdministrator) + "\n  rotate_every: 30d\n  credentials:\n  - kind: external\n    name: licence\n" +
           more;
  };
  const auto overdue = [&] { return must(report(world.services(), world.caller(), "overdue", 10)); };
  must(import(file(""), "yaml"));
  world.clock().advance(std::chrono::hours(24 * 29));
  EXPECT_EQ(overdue().at("count").as_int64(), 0);
  world.clock().advance(std::chrono::hours(24 * 2));
  const json::object report = overdue();
  ASSERT_EQ(report.at("count").as_int64(), 1) << "nobody said when it was made: it is as old as its entry at least";
  const json::object& item = report.at("items").as_array().at(0).as_object();
  EXPECT_EQ(item.at("kind"), json::value("external credential"));
  EXPECT_TRUE(item.at("command").is_null()) << "Gatehouse can't rotate it";
  EXPECT_THAT(std::string(item.at("detail").as_string()), HasSubstr("where it was issued"));
  EXPECT_EQ(must(admin::list_overdue(world.services(), world.caller())).items.size(), 1U);
  EXPECT_THAT(refusal(file("    rotated_at: 2027-03-01T00:00:00Z\n"), "yaml"), HasSubstr("future"));
  must(import(file("    rotated_at: 2027-01-30T00:00:00Z\n"), "yaml"));
  EXPECT_EQ(overdue().at("count").as_int64(), 0);
  EXPECT_EQ(must(admin::list_overdue(world.services(), world.caller())).items.size(), 0U);
  const json::object credential =
      must(show_register(world.services(), "forms-app")).at("credentials").as_array().at(0).as_object();
  EXPECT_EQ(credential.at("rotated_at"), json::value("2027-01-30T00:00:00Z"));
  EXPECT_EQ(credential.at("rotation_due_at"), json::value("2027-03-01T00:00:00Z"));
  EXPECT_EQ(must(import(exported("csv"), "csv")).at("unchanged"), json::value(1));
}

TEST_F(RegisterTest, CountsOnlyItsOwnAccountsInTheQuota) {
  for (int i = 0; i < 7; ++i) {
    admin::CreateAccount request;
    request.handle = "e" + std::to_string(i);
    request.owner = test::kAdministrator;
    request.purpose = request.runs_in = "elsewhere";
    request.external = true;
    must(admin::create_account(world.services(), world.caller(), request));
  }
  for (int i = 0; i < 5; ++i) must(admin::adopt_account(world.services(), world.caller(), "e" + std::to_string(i)));
  const auto sixth = admin::adopt_account(world.services(), world.caller(), "e5");
  ASSERT_FALSE(sixth);
  EXPECT_EQ(sixth.error().code, Errc::kLimitExceeded);
}

}  // namespace
}  // namespace gatehouse::inventory
