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
  json::object found(std::string_view name) { return must(report(world.services(), world.caller(), name, 100)); }

  test::World world;
};

std::vector<std::string> texts(const json::value& array) {
  std::vector<std::string> out;
  for (const json::value& one : array.as_array()) out.emplace_back(one.as_string());
  return out;
}

/// Beside the administrator's account "ci": olga's "hr" with tokens for A and B. Anna administers A, max nothing.
class ReportsOfPeople : public Reports {
 protected:
  ReportsOfPeople() {
    olga = world.person("olga@example.com", "member", {});
    max = world.person("max@example.com", "member", {});
    anna = world.person("anna@example.com", "project-admin", {"acme/A"});
    admin::CreateAccount account;
    account.handle = "hr";
    account.owner = "olga@example.com";
    account.purpose = "joiners and leavers";
    account.runs_in = "HR";
    account.runbook = "https://hr.example.com/runbook";
    must(admin::create_account(world.services(), world.caller(), account));
    world.add_grant("acme/A", "hr");
    world.add_grant("acme/B", "hr");
    wide = of_hr("wide", {"acme/A", "acme/B"});
    elsewhere = of_hr("elsewhere", {"acme/B"});
    token("others", hours(20));
    use(wide, "10.0.0.1", "curl/8", 30);
    use(wide, "192.0.2.1", "python-requests/2.31", 2);
  }
  std::string of_hr(const std::string& name, std::vector<std::string> resources) {
    admin::CreateToken request;
    request.account = "hr";
    request.name = name;
    request.scopes = {"read:jira-work"};
    request.resources = std::move(resources);
    request.expires_in = hours(20);
    request.owner = "olga@example.com";
    return std::string(must(create_token(world.services(), world.caller(), request)).document.at("id").as_string());
  }
  json::object wake(const Caller& who, const WakeFilter& filter = {}) { return must(report_wake(world.services(), who, filter)); }

  Caller olga, max, anna;
  std::string wide, elsewhere;
};

TEST_F(ReportsOfPeople, AreOfWhatTheyAnswerFor) {
  EXPECT_EQ(wake(world.caller()).at("count").as_int64(), 3);
  const json::object hers = wake(olga);
  EXPECT_EQ(hers.at("count").as_int64(), 2) << "and not even the number of the others";
  for (const json::value& item : hers.at("items").as_array()) {
    EXPECT_EQ(item.at("account").as_string(), "hr");
    EXPECT_FALSE(item.at("partial").as_bool());
    if (item.at("id").as_string() == wide) {
      EXPECT_EQ(item.at("automations").as_array().size(), 2U);
    }
  }
  for (const std::string_view name : kReports) {
    const json::object none = must(report(world.services(), max, name, 100));
    EXPECT_EQ(none.at("count").as_int64(), 0) << name;
    EXPECT_TRUE(none.at("items").as_array().empty()) << name;
  }
  EXPECT_EQ(wake(max).at("count").as_int64(), 0);
  EXPECT_EQ(must(report(world.services(), olga, "shared", 100)).at("count").as_int64(), 1);
  EXPECT_EQ(report(world.services(), olga, "installation", 100).error().code, Errc::kNotAllowed);
}

TEST_F(ReportsOfPeople, TellAProjectAdministratorOfTheirProjectAndNothingElse) {
  const json::object report_of_anna = wake(anna);
  // The token of "ci" touches her project too.
  EXPECT_EQ(report_of_anna.at("count").as_int64(), 2);
  const std::string text = json::serialize(report_of_anna);
  EXPECT_EQ(text.find("acme/B"), std::string::npos);
  EXPECT_EQ(text.find(elsewhere), std::string::npos);
  EXPECT_EQ(text.find("curl"), std::string::npos) << "from where it is used";
  EXPECT_EQ(text.find("runbook\":\"http"), std::string::npos);
  EXPECT_EQ(text.find("certificate"), std::string::npos);
  for (const json::value& item : report_of_anna.at("items").as_array()) {
    EXPECT_TRUE(item.at("partial").as_bool());
    EXPECT_THAT(texts(item.at("resources")), ElementsAre("acme/A"));
    EXPECT_TRUE(item.at("calls_a_day").is_null());
    EXPECT_TRUE(item.at("commands").as_array().empty());
  }
  EXPECT_EQ(must(report(world.services(), anna, "shared", 100)).at("count").as_int64(), 0);
  EXPECT_EQ(must(report(world.services(), anna, "incomplete", 100)).at("count").as_int64(), 0);
  must(admin::suspend_user(world.services(), world.caller(), "olga@example.com", {}));
  const json::object orphans = must(report(world.services(), anna, "orphans", 100));
  EXPECT_EQ(orphans.at("count").as_int64(), 2) << "the account, and the one of its tokens that touches her project";
  EXPECT_EQ(json::serialize(orphans).find("elsewhere"), std::string::npos);
}

TEST_F(ReportsOfPeople, AnswerWhatIfAboutWhatTheyMaySee) {
  const auto ask = [&](const Caller& who, const WakeFilter& filter) {
    const auto asked = report_wake(world.services(), who, filter);
    return asked ? std::string("answered") : std::string(to_string(asked.error().code));
  };
  const std::string hidden(to_string(Errc::kNotFound)), refused(to_string(Errc::kNotAllowed));
  WakeFilter token, account, user, site;
  token.token = wide;
  account.account = "hr";
  user.user = "olga@example.com";
  site.site = "acme";
  EXPECT_EQ(ask(olga, token), "answered");
  EXPECT_EQ(ask(max, token), hidden);
  EXPECT_EQ(ask(max, account), hidden);
  EXPECT_EQ(ask(anna, account), "answered");
  EXPECT_EQ(ask(olga, user), "answered") << "oneself";
  EXPECT_EQ(ask(anna, user), refused);
  EXPECT_EQ(ask(max, site), refused);
  EXPECT_EQ(ask(anna, site), "answered");
  site.site = "nowhere";
  EXPECT_EQ(ask(max, site), refused) << "the same, whether there is such a site or not";
  EXPECT_EQ(wake(anna, account).at("count").as_int64(), 1);
}

TEST_F(Reports, WakeNamesWhatEndsTonightAndWhoIsWoken) {
  const std::string id = token("notify", hours(20));
  token("later", hours(24 * 30));
  use(id, "10.0.0.1", "curl/8", 3);
  use(id, "192.0.2.1", "python-requests/2.31", 2);
  const json::object report = must(report_wake(world.services(), world.caller(), {}));
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
  EXPECT_EQ(must(report_wake(world.services(), world.caller(), soon)).at("count").as_int64(), 0);
}

TEST_F(Reports, WakeOfAPersonWhoLeavesIsAnAlarmWhereNobodyIsLeft) {
  const std::string id = token("notify", hours(24 * 90));
  WakeFilter leaving;
  leaving.user = test::kAdministrator;
  json::object report = must(report_wake(world.services(), world.caller(), leaving));
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
  report = must(report_wake(world.services(), world.caller(), leaving));
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
  EXPECT_EQ(must(report_wake(world.services(), world.caller(), {})).at("count").as_int64(), 0);
  EXPECT_EQ(reasons().at("the master key; epoc"), "its keys are older than a year");
}

TEST_F(Reports, InstallationFindsASecretWhoseEndNobodyEntered) {
  admin::Services& known = world.services();
  admin::ServicesInput input{known.database, known.log,   known.keys,  known.head_path, known.clock,
                             known.random,   known.index, known.sites, known.gateway,   known.fetch};
  input.configured_secrets = {{"openid connect secret", "the secret at idp.example", "/secret", {}, "nobody signs in"}};
  admin::Services services(std::move(input));
  const json::object report = must(inventory::report(services, world.caller(), "installation", 100));
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
  EXPECT_EQ(must(report_wake(world.services(), world.caller(), {})).at("count").as_int64(), 2);
  EXPECT_EQ(counts.at("installation"), found("installation").at("count").as_int64());
  EXPECT_EQ(counts.at("installation"), 1);
  for (const std::string_view name : kReports) {
    EXPECT_EQ(counts.at(std::string(name)), found(name).at("count").as_int64()) << name;
  }
}

}  // namespace
}  // namespace gatehouse::inventory
