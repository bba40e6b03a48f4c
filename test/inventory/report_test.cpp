// The reports as people get them: who wakes up, what stops, what puts it right, and how a shared token is split.
#include "inventory/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/directory.h"
#include "admin/site_credentials.h"
#include "admin/tokens.h"
#include "admin/usage_upkeep.h"
#include "admin/users.h"
#include "inventory/wake.h"
#include "test/support/world.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Reports : public testing::Test {
 protected:
  Reports() {
    world.add_site();
    world.add_account();
    world.add_grant();
  }
  std::string token(const std::string& name, std::optional<Duration> expires_in,
                    std::vector<std::string> scopes = {"read:jira-work"}) {
    admin::CreateToken request;
    request.account = "ci";
    request.name = name;
    request.scopes = std::move(scopes);
    request.resources = {"acme/A"};
    request.expires_in = expires_in;
    return std::string(must(create_token(world.services(), world.caller(), request)).document.at("id").as_string());
  }
  void use(const std::string& id, const std::string& address, const std::string& agent, std::int64_t count = 1,
           const std::string& operation = "getIssue") {
    store::UsageTick tick;
    tick.credential = CredentialId(id);
    tick.hour = std::chrono::floor<std::chrono::hours>(world.clock().now());
    tick.site = world.database().read().value()->sites.get_by_key("acme").value().value.id;
    tick.operation = operation;
    tick.resource = "A";
    tick.outcome = "permitted";
    tick.address = address;
    tick.user_agent = agent;
    tick.count = count;
    tick.last_at = world.clock().now();
    store::UsageBatch batch;
    batch.ticks = {tick};
    ASSERT_TRUE(world.database().record(batch));
  }
  json::object found(std::string_view name) { return must(report(world.services(), name, 100)); }

  test::World world;
};

std::vector<std::string> texts(const json::value& array) {
  std::vector<std::string> out;
  for (const json::value& one : array.as_array()) out.emplace_back(one.as_string());
  return out;
}

TEST_F(Reports, WakeNamesWhatEndsTonightAndWhoIsWoken) {
  const std::string id = token("notify", hours(20));
  token("later", hours(24 * 30));
  use(id, "10.0.0.1", "curl/8", 3);
  use(id, "192.0.2.1", "python-requests/2.31", 2);
  const json::object report = must(report_wake(world.services(), {}));
  ASSERT_EQ(report.at("count").as_int64(), 1);
  const json::object& item = report.at("items").at(0).as_object();
  EXPECT_EQ(item.at("id").as_string(), id);
  EXPECT_THAT(texts(item.at("wakes")), ElementsAre(test::kAdministrator));
  EXPECT_THAT(item.at("automations").as_array(), SizeIs(2));
  EXPECT_THAT(std::string(item.at("stops").as_string()), HasSubstr("5 calls a day by 2 automations: getIssue on acme/A"));
  EXPECT_TRUE(item.at("alarm").is_null());
  EXPECT_THAT(texts(item.at("commands")), ElementsAre("gatehouse token extend " + id + " --expires-in 30d --reason WHY",
                                                      "gatehouse account edit ci --deputy EMAIL"));
  WakeFilter soon;
  soon.within = hours(1);
  EXPECT_EQ(must(report_wake(world.services(), soon)).at("count").as_int64(), 0);
}

TEST_F(Reports, WakeOfAPersonWhoLeavesIsAnAlarmWhereNobodyIsLeft) {
  const std::string id = token("notify", hours(24 * 90));
  WakeFilter leaving;
  leaving.user = test::kAdministrator;
  json::object report = must(report_wake(world.services(), leaving));
  const auto of_token = [&]() -> json::object {
    for (const json::value& item : report.at("items").as_array()) {
      if (item.at("id").as_string() == id) return item.as_object();
    }
    return {};
  };
  ASSERT_FALSE(of_token().empty()) << "whatever its end";
  EXPECT_FALSE(of_token().at("alarm").is_null());
  EXPECT_THAT(of_token().at("wakes").as_array(), SizeIs(0));
  admin::AddUser user;
  user.email = "deputy@example.com";
  user.name = "Deputy";
  user.role = "member";
  must(add_user(world.services(), world.caller(), user));
  admin::EditAccount change;
  change.deputy = "deputy@example.com";
  must(edit_account(world.services(), world.caller(), "ci", change));
  report = must(report_wake(world.services(), leaving));
  EXPECT_TRUE(of_token().at("alarm").is_null());
  EXPECT_THAT(texts(of_token().at("wakes")), ElementsAre("deputy@example.com"));
}

TEST_F(Reports, SharedShowsTheEvidenceAndSplitsWithoutGivingMore) {
  const std::string id = token("notify", hours(24 * 30), {"read:jira-work", "write:jira-work"});
  use(id, "10.0.0.1", "curl/8.5", 10);
  EXPECT_EQ(found("shared").at("count").as_int64(), 0);
  use(id, "192.0.2.1", "python-requests/2.31", 5);
  const json::object report = found("shared");
  ASSERT_EQ(report.at("count").as_int64(), 1);
  const json::object& item = report.at("items").at(0).as_object();
  EXPECT_THAT(texts(item.at("reasons")), ElementsAre("several places", "several tools"));
  EXPECT_THAT(item.at("consumers").as_array(), SizeIs(2));
  const std::string plan = must(split_plan(world.services(), id, 100));
  EXPECT_THAT(plan, HasSubstr("  - handle: \"ci-python-requests\"\n"));
  EXPECT_THAT(plan, HasSubstr("    resource: \"acme/A\"\n    scopes: [\"read:jira-work\"]\n")) << "it only reads";
  EXPECT_THAT(plan, testing::Not(HasSubstr("ci-curl"))) << "the busiest keeps the token";
}

TEST_F(Reports, UnusedNamesTheSmallerTokenAfterAMonth) {
  const std::string id = token("notify", hours(24 * 90), {"read:jira-work", "write:jira-work"});
  use(id, "10.0.0.1", "curl/8.5");
  world.clock().advance(hours(24 * 31));
  use(id, "10.0.0.1", "curl/8.5");
  world.clock().advance(hours(2));
  ASSERT_TRUE(admin::tend_usage(world.services(), world.clock().now()));
  const json::object report = found("unused");
  ASSERT_EQ(report.at("count").as_int64(), 1);
  const json::object& item = report.at("items").at(0).as_object();
  EXPECT_THAT(texts(item.at("reasons")), ElementsAre("unused scopes"));
  EXPECT_EQ(item.at("command").as_string(), "gatehouse token narrow " + id + " --scopes read:jira-work");
}

TEST_F(Reports, DriftIsWhatGoesBeyondTheDeclarationAndNewPlaces) {
  const std::string id = token("notify", hours(24 * 90));
  admin::EditAccount change;
  change.declared_resources = std::vector<std::string>{"acme/B"};
  must(edit_account(world.services(), world.caller(), "ci", change));
  use(id, "10.0.0.1", "curl/8.5");
  world.clock().advance(hours(24 * 20));
  ASSERT_TRUE(admin::tend_usage(world.services(), world.clock().now()));
  use(id, "198.51.100.9", "curl/8.5");
  const json::object report = found("drift");
  ASSERT_EQ(report.at("count").as_int64(), 2);
  std::set<std::string> details;
  for (const json::value& item : report.at("items").as_array()) details.emplace(item.at("detail").as_string());
  EXPECT_TRUE(details.contains("used and not declared: acme/A"));
  EXPECT_TRUE(std::any_of(details.begin(), details.end(),
                          [](const std::string& text) { return text.starts_with("curl at 198.51.100.0/24 since"); }));
}

TEST_F(Reports, InstallationListsGatehousesOwnAndFindsWhatNeedsSomebody) {
  const auto reasons = [&] {
    std::map<std::string, std::string> all;
    const json::object report = found("installation");
    std::int64_t count = 0;
    for (const json::value& item : report.at("items").as_array()) {
      const auto given = texts(item.at("reasons"));
      count += given.empty() ? 0 : 1;
      all[std::string(item.at("name").as_string()).substr(0, 20)] = given.empty() ? "" : given.front();
    }
    EXPECT_EQ(report.at("count").as_int64(), count);
    return all;
  };
  EXPECT_EQ(reasons().at("the master key; epoc"), "");
  const Instant end = world.clock().now() + hours(24 * 40);
  must(admin::create_admin_key(world.services(), world.caller(), test::kAdministrator, "nightly", end));
  must(admin::create_directory_key(world.services(), world.caller(), "Okta"));
  EXPECT_EQ(reasons().at("administrator key ni"), "");
  EXPECT_EQ(reasons().at("directory key Okta"), "");
  world.clock().advance(hours(24 * 11));
  EXPECT_EQ(reasons().at("administrator key ni"), "ends within 30 days");
  world.clock().advance(hours(24 * 355));
  EXPECT_FALSE(reasons().contains("administrator key ni")) << "it has ended, and nothing stops with it any more";
  EXPECT_EQ(must(report_wake(world.services(), {})).at("count").as_int64(), 0);
  EXPECT_EQ(reasons().at("the master key; epoc"), "its keys are older than a year");
}

TEST_F(Reports, InstallationFindsASecretWhoseEndNobodyEntered) {
  admin::Services& known = world.services();
  admin::ServicesInput input{known.database, known.log,   known.keys,  known.head_path, known.clock,
                             known.random,   known.index, known.sites, known.gateway,   known.fetch};
  input.configured_secrets = {{"openid connect secret", "the secret at idp.example", "/secret", {}, "nobody signs in"}};
  admin::Services services(std::move(input));
  const json::object report = must(inventory::report(services, "installation", 100));
  EXPECT_EQ(report.at("count").as_int64(), 1);
  for (const json::value& item : report.at("items").as_array()) {
    if (item.at("kind") != json::value("openid connect secret")) continue;
    EXPECT_THAT(texts(item.at("reasons")), ElementsAre("its end is not known"));
    return;
  }
  ADD_FAILURE() << "it is not in the list";
}

TEST_F(Reports, CountsAreThoseOfTheReports) {
  token("notify", hours(20));
  must(admin::create_admin_key(world.services(), world.caller(), test::kAdministrator, "nightly",
                               world.clock().now() + hours(20)));
  const auto counts = ReportCounts().get(world.services());
  EXPECT_EQ(counts.at("wake"), 2);
  EXPECT_EQ(must(report_wake(world.services(), {})).at("count").as_int64(), 2);
  EXPECT_EQ(counts.at("installation"), found("installation").at("count").as_int64());
  EXPECT_EQ(counts.at("installation"), 1);
  for (const std::string_view name : kReports) {
    EXPECT_EQ(counts.at(std::string(name)), found(name).at("count").as_int64()) << name;
  }
}

}  // namespace
}  // namespace gatehouse::inventory
