// What would permit a refused request: as little as does, tried by the gateway's own code, and named to those who may know it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/explain.h"
#include "admin/grants.h"
#include "admin/pause.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Remedies : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    olga = world.person("olga@example.com", "member", {});
    world.person("ben@example.com", "project-admin", {"acme/B"});
    CreateAccount request;
    request.handle = "ci";
    request.owner = "olga@example.com";
    request.purpose = "builds";
    request.runs_in = "CI";
    must(create_account(world.services(), world.caller(), request));
    world.add_grant("acme/A");
  }
  std::string token(std::vector<std::string> resources, std::vector<std::string> scopes, const std::string& role = {}) {
    CreateToken request;
    request.account = "ci";
    request.name = "the notifier";
    request.scopes = std::move(scopes);
    request.resources = std::move(resources);
    request.role = role;
    request.expires_in = hours(24 * 30);
    return std::string(must(create_token(world.services(), world.caller(), request)).document.at("id").as_string());
  }
  Document explain(const std::string& token, const std::string& method, const std::string& path, const std::string& body = {}) {
    return must(explain_token(world.services(), world.caller(), {token, method, "/ex/jira/acme/rest/api/3" + path, body, ""}));
  }
  static std::vector<std::string> kinds(const Document& decision) {
    std::vector<std::string> all;
    for (const auto& one : decision.at("changes").as_array()) all.emplace_back(one.at("kind").as_string());
    return all;
  }
  static const boost::json::object& change(const Document& decision, std::size_t at = 0) {
    return decision.at("changes").as_array().at(at).as_object();
  }
  static std::string command(const Document& decision, std::size_t at = 0) {
    return std::string(change(decision, at).at("command").as_string());
  }

  test::World world;
  Caller olga;
  const std::string edit = R"({"fields":{"summary":"x"}})";
};

TEST_F(Remedies, AreNoneWhereItIsPermitted) {
  const Document decision = explain(token({"acme/A"}, {"read:jira-work"}), "GET", "/issue/A-1");
  EXPECT_TRUE(decision.at("permitted").as_bool());
  EXPECT_THAT(kinds(decision), SizeIs(0));
  EXPECT_TRUE(decision.at("changes_suffice").is_null());
}

TEST_F(Remedies, NameTheScopeThatTheTokenLacks) {
  const Document decision = explain(token({"acme/A"}, {"read:jira-work"}), "PUT", "/issue/A-1", edit);
  EXPECT_EQ(decision.at("reason").as_string(), "insufficient_scope");
  EXPECT_THAT(kinds(decision), ElementsAre("token_scope")) << boost::json::serialize(decision);
  EXPECT_TRUE(decision.at("changes_suffice").as_bool());
  EXPECT_THAT(command(decision), HasSubstr("gatehouse token create --account ci --name 'the notifier' --scopes "));
  EXPECT_THAT(command(decision), HasSubstr("write:jira-work"));
  EXPECT_THAT(command(decision), HasSubstr(" --resource acme/A --expires-in 90d"));
  EXPECT_EQ(change(decision).at("people").as_array().at(0).as_string(), "olga@example.com");
}

TEST_F(Remedies, NameTheScopeThatTheGrantLacks) {
  AddGrant reading;
  reading.account = "ci";
  reading.resource = "acme/B";
  reading.scopes = {"read:jira-work"};
  must(add_grant(world.services(), world.caller(), reading));
  const std::string id = token({"acme/B"}, {"read:jira-work", "write:jira-work"});
  const Document decision = explain(id, "PUT", "/issue/B-1", edit);
  EXPECT_THAT(kinds(decision), ElementsAre("grant_scope")) << boost::json::serialize(decision);
  EXPECT_TRUE(decision.at("changes_suffice").as_bool());
  EXPECT_EQ(command(decision), "gatehouse grant add --account ci --resource acme/B --scopes write:jira-work");
  EXPECT_EQ(change(decision).at("may").as_string(), "project administrator of acme/B or organization administrator");
  EXPECT_EQ(change(decision).at("people").as_array().at(0).as_string(), "ben@example.com");
  // It is what the command says that permits it.
  AddGrant more = reading;
  more.scopes = {"write:jira-work"};
  must(add_grant(world.services(), world.caller(), more));
  EXPECT_TRUE(explain(id, "PUT", "/issue/B-1", edit).at("permitted").as_bool());
}

TEST_F(Remedies, AskForTheGrantThatIsWaitedFor) {
  const std::string id = token({"acme/A", "acme/B"}, {"read:jira-work"});
  const Document decision = explain(id, "GET", "/issue/B-1");
  EXPECT_EQ(decision.at("reason").as_string(), "waiting_for_grant");
  EXPECT_THAT(kinds(decision), ElementsAre("grant"));
  EXPECT_TRUE(decision.at("changes_suffice").as_bool());
  EXPECT_EQ(command(decision), "gatehouse grant add --account ci --resource acme/B --scopes read:jira-work");
  EXPECT_EQ(change(decision).at("people").as_array().at(0).as_string(), "ben@example.com");
}

TEST_F(Remedies, NameWhatLiesOutsideToWhoReadsEverythingAlone) {
  const std::string id = token({"acme/A"}, {"read:jira-work"});
  const Document decision = explain(id, "GET", "/issue/B-1");
  EXPECT_EQ(decision.at("reason").as_string(), "outside_boundary");
  EXPECT_THAT(kinds(decision), ElementsAre("token_resource", "grant")) << boost::json::serialize(decision);
  EXPECT_TRUE(decision.at("changes_suffice").as_bool());
  EXPECT_THAT(command(decision), HasSubstr("--resource acme/A --resource acme/B"));
  for (const char* path : {"/issue/B-1", "/issue/NOWHERE-1"}) {
    const Document hers =
        must(explain_token(world.services(), olga, {id, "GET", std::string("/ex/jira/acme/rest/api/3") + path, "", ""}));
    EXPECT_THAT(kinds(hers), ElementsAre("token_resource")) << path;
    EXPECT_TRUE(change(hers).at("resource").is_null());
    EXPECT_TRUE(hers.at("changes_suffice").is_null());
    EXPECT_THAT(boost::json::serialize(hers.at("changes")), Not(HasSubstr("acme/B")))
        << "whether there is such a thing is not hers to know";
  }
}

TEST_F(Remedies, AreNoWayToFindOutWhatLiesWhereNothingIsGranted) {
  const auto hers = [this](const std::string& id, const char* path) {
    Document one =
        must(explain_token(world.services(), olga, {id, "GET", std::string("/ex/jira/acme/rest/api/3") + path, "", ""}));
    std::string text = boost::json::serialize(one);
    for (std::size_t at = text.find(path + 7); at != std::string::npos; at = text.find(path + 7)) text.replace(at, 3, "?");
    return text;
  };
  // One is there, one is there and has a security level, one is not.
  const auto expect_alike = [&](const std::string& id) {
    const std::string there = hers(id, "/issue/B-1");
    EXPECT_EQ(there, hers(id, "/issue/B-4"));
    EXPECT_EQ(there, hers(id, "/issue/B-9"));
    return there;
  };
  // Nothing granted: the trial must not be the one who looks.
  const std::string waiting = token({"acme/B"}, {"read:jira-work"});
  EXPECT_THAT(expect_alike(waiting), HasSubstr(R"("changes_suffice":null)"));
  const Document asked =
      must(explain_token(world.services(), olga, {waiting, "GET", "/ex/jira/acme/rest/api/3/issue/B-1", "", ""}));
  EXPECT_THAT(kinds(asked), ElementsAre("grant"));
  EXPECT_THAT(change(asked).at("people").as_array(), SizeIs(0)) << "a boundary may name anything: who administers it is not told";
  // One thing granted: the request itself looks.
  EXPECT_THAT(expect_alike(token({"acme/A", "acme/B"}, {"read:jira-work"})), HasSubstr(R"("reason":"outside_boundary")"));
  // Taken away.
  AddGrant reading;
  reading.account = "ci";
  reading.resource = "acme/B";
  reading.scopes = {"read:jira-work"};
  const std::string grant(must(add_grant(world.services(), world.caller(), reading)).at("id").as_string());
  must(pause_account(world.services(), world.caller(), "ci", {}));
  EXPECT_THAT(expect_alike(waiting), HasSubstr(R"("kind":"resume")"));
}

TEST_F(Remedies, AreTheAccessRoleWhereThatIsTheReason) {
  const Document decision =
      explain(token({"acme/A"}, {"read:jira-work", "write:jira-work"}, "viewer"), "PUT", "/issue/A-1", edit);
  EXPECT_EQ(decision.at("reason").as_string(), "role_excludes_operation");
  EXPECT_THAT(kinds(decision), ElementsAre("token_role"));
  EXPECT_TRUE(decision.at("changes_suffice").as_bool());
  EXPECT_THAT(command(decision), HasSubstr("--role member"));
}

TEST_F(Remedies, ResumeWhatIsPausedOneAfterTheOther) {
  const std::string id = token({"acme/A"}, {"read:jira-work"});
  must(pause_token(world.services(), world.caller(), id, {}));
  must(pause_account(world.services(), world.caller(), "ci", {}));
  const Document decision = explain(id, "GET", "/issue/A-1");
  EXPECT_THAT(kinds(decision), ElementsAre("resume", "resume"));
  EXPECT_EQ(command(decision, 0), "gatehouse token resume " + id);
  EXPECT_EQ(command(decision, 1), "gatehouse account resume ci");
  EXPECT_TRUE(decision.at("changes_suffice").as_bool());
  EXPECT_EQ(explain(id, "GET", "/issue/A-1").at("permitted").as_bool(), false) << "trying it out changed nothing";
}

TEST_F(Remedies, LiftWhatIsRestrictedOnlyByAnAdministrator) {
  const Document decision = explain(token({"acme/A"}, {"read:jira-work"}), "GET", "/issue/A-7");
  EXPECT_EQ(decision.at("reason").as_string(), "restricted_content");
  EXPECT_THAT(kinds(decision), ElementsAre("restricted")) << boost::json::serialize(decision);
  EXPECT_EQ(change(decision).at("may").as_string(), "organization administrator");
  EXPECT_THAT(command(decision), HasSubstr("--restricted include"));
}

TEST_F(Remedies, AreNoneWhereNothingThatOneCanGiveHelps) {
  const Document decision = explain(token({"acme/A"}, {"read:jira-work"}), "GET", "/no/such/operation");
  EXPECT_FALSE(decision.at("permitted").as_bool());
  EXPECT_THAT(kinds(decision), SizeIs(0));
  EXPECT_TRUE(decision.at("changes_suffice").is_null());
}

TEST_F(Remedies, AreAWholeSiteForWhatIsNotConfined) {
  const Document decision = explain(token({"acme/A"}, {"read:jira-work"}), "GET", "/dashboard/10000");
  EXPECT_EQ(decision.at("reason").as_string(), "operation_refused") << boost::json::serialize(decision);
  EXPECT_THAT(kinds(decision), ElementsAre("whole_site", "grant"));
  EXPECT_THAT(command(decision), HasSubstr("--resource 'acme/*'"));
  EXPECT_EQ(change(decision, 1).at("may").as_string(), "organization administrator");
}

}  // namespace
}  // namespace gatehouse::admin
