// Files that say what ought to be there: all or nothing, again and again, by the authority of whoever applies them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/grants.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "inventory/apply.h"
#include "test/support/world.h"

namespace gatehouse::inventory {
namespace {

using admin::Document;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Apply : public testing::Test {
 protected:
  void SetUp() override { world.add_site(); }

  Result<Document> apply(const std::string& text, ApplyRequest request = {}) { return apply_as(world.caller(), text, request); }
  Result<Document> apply_as(const Caller& caller, const std::string& text, ApplyRequest request = {}) {
    return apply_file(world.services(), caller, text, request);
  }
  static std::vector<std::string> changes(const Document& report) {
    std::vector<std::string> all;
    for (const auto& one : report.at("changes").as_array())
      all.push_back(std::string(one.at("action").as_string()) + " " + std::string(one.at("kind").as_string()));
    return all;
  }

  const std::string whole = R"(version: 1
label: "ci"
policies:
  longest-lifetime: "90d"
users:
  - email: "anna@example.com"
    name: "Anna"
    role: "project-admin"
    resources: ["acme/A"]
accounts:
  - handle: "ci"
    owner: "anna@example.com"
    purpose: "builds"
    runs_in: "CI"
grants:
  - account: "ci"
    resource: "acme/A"
    scopes: ["read:jira-work"]
tokens:
  - account: "ci"
    name: "notify"
    resources: ["acme/A=viewer"]
    scopes: ["read:jira-work"]
    expires_in: "30d"
)";
  test::World world;
};

TEST_F(Apply, MakesWhatIsNotThereAndNothingTwice) {
  const Document dry = must(apply(whole, {true, false}));
  EXPECT_THAT(changes(dry), ElementsAre("change policy", "create user", "create account", "create grant", "create token"));
  EXPECT_THAT(dry.at("tokens").as_array(), IsEmpty());
  EXPECT_FALSE(admin::show_account(world.services(), world.caller(), "ci"));
  const Document done = must(apply(whole));
  EXPECT_THAT(changes(done), ElementsAre("change policy", "create user", "create account", "create grant", "create token"));
  const std::string token(done.at("tokens").as_array().at(0).at("token").as_string());
  EXPECT_TRUE(world.live(token));
  EXPECT_EQ(world.audited("token.create").event.reason, "apply ci");
  EXPECT_THAT(world.audited("token.create").event.after_json, Not(HasSubstr(token)));
  const Document again = must(apply(whole));
  EXPECT_THAT(changes(again), IsEmpty());
  EXPECT_EQ(again.at("unchanged").as_int64(), 5);
}

TEST_F(Apply, IsAllOrNothing) {
  std::string wrong = whole;
  wrong.replace(wrong.find("acme/A=viewer"), 13, "acme/A=nobody");
  const Error error = apply(wrong).error();
  EXPECT_THAT(error.public_detail, HasSubstr("Line "));
  EXPECT_FALSE(admin::show_account(world.services(), world.caller(), "ci"));
  wrong = whole + "    for: \"not an address\"\n";
  EXPECT_THAT(apply(wrong).error().public_detail, HasSubstr("Line 20"));
  EXPECT_FALSE(admin::show_account(world.services(), world.caller(), "ci")) << "the last line was wrong, and nothing was done";
}

TEST_F(Apply, SaysWhatItCantRead) {
  for (const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
           {"version: 2\n", "only version 1"},
           {"version: 1\nsecrets: []\n", "no such member"},
           {"version: 1\nlabel: \"a b\"\n", "label"},
           {"version: 1\ntokens: \"x\"\n", "a list"},
           {"version: 1\naccounts:\n  - owner: \"x\"\n", "handle"},
           {"version: 1\naccounts:\n  - handle: \"x\"\n    state: \"live\"\n", "no such member"},
           {"version: 1\ntokens:\n  - account: \"a\"\n    name: \"n\"\n    expires_in: \"soon\"\n", "expires_in"},
           {"version: 1\nversion: 1\n", "twice"}}) {
    const auto result = apply(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Errc::kInvalidArgument) << text;
    EXPECT_THAT(result.error().public_detail, HasSubstr(what)) << text;
  }
}

TEST_F(Apply, GoesNoFurtherThanWhoAppliesIt) {
  must(apply(whole));
  const Caller anna = world.person("amy@example.com", "project-admin", {"acme/A"});
  const auto missing = [&](const std::string& text) {
    const auto result = apply_as(anna, "version: 1\n" + text);
    return result                                     ? "done"
           : result.error().code == Errc::kNotAllowed ? result.error().missing_role
                                                      : std::string(to_string(result.error().code));
  };
  EXPECT_EQ(missing("policies:\n  reuse: \"pause\"\n"), "org-admin");
  EXPECT_EQ(missing("users:\n  - {email: \"amy@example.com\", name: \"Amy\", role: \"org-admin\"}\n"), "org-admin");
  EXPECT_EQ(missing("accounts:\n  - {handle: \"new\", owner: \"amy@example.com\", purpose: \"p\", runs_in: \"CI\"}\n"),
            "org-admin");
  EXPECT_EQ(missing("accounts:\n  - {handle: \"ci\", purpose: \"mine\"}\n"), "org-admin") << "she sees it and owns nothing of it";
  EXPECT_EQ(missing("grants:\n  - {account: \"ci\", resource: \"acme/B\", scopes: [\"read:jira-work\"]}\n"), "project-admin");
  EXPECT_EQ(
      missing(
          "grants:\n  - {account: \"ci\", resource: \"acme/A\", scopes: [\"manage:jira-configuration\"], role: \"viewer\"}\n"),
      "org-admin");
  EXPECT_EQ(missing("tokens:\n  - {account: \"ci\", name: \"b\", resources: [\"acme/B\"], scopes: [\"read:jira-work\"], "
                    "expires_in: \"1d\"}\n"),
            "project-admin");
  EXPECT_EQ(missing("tokens:\n  - {account: \"ci\", name: \"a\", resources: [\"acme/A\"], scopes: [\"read:jira-work\"], "
                    "expires_in: \"1d\"}\n"),
            "done");
}

TEST_F(Apply, OwnsByLabelAndPrunesOnlyWhatItOwns) {
  must(apply(whole));
  admin::CreateToken by_hand;
  by_hand.account = "ci";
  by_hand.name = "by hand";
  by_hand.resources = {"acme/A"};
  by_hand.scopes = {"read:jira-work"};
  by_hand.expires_in = std::chrono::hours(24);
  must(admin::create_token(world.services(), world.caller(), by_hand));
  std::string without = whole.substr(0, whole.find("tokens:"));
  EXPECT_THAT(changes(must(apply(without))), IsEmpty()) << "nothing goes by itself";
  EXPECT_THAT(changes(must(apply(without, {true, true}))), ElementsAre("remove token"));
  EXPECT_THAT(changes(must(apply(without, {false, true}))), ElementsAre("remove token"));
  admin::TokenFilter live;
  live.state = "live";
  EXPECT_EQ(must(admin::list_tokens(world.services(), world.caller(), live, {})).items.size(), 1U) << "the one made by hand";
  std::string others = whole;
  others.replace(others.find("label: \"ci\""), 11, "label: \"ops\"");
  EXPECT_EQ(apply(others).error().code, Errc::kConflict) << "two files would fight over it";
  std::string unlabelled = whole.substr(0, whole.find("label:")) + whole.substr(whole.find("policies:"));
  EXPECT_EQ(apply(unlabelled, {false, true}).error().field, "label");
}

TEST_F(Apply, DoesNotWidenAToken) {
  must(apply(whole));
  std::string wider = whole;
  wider.replace(wider.find("acme/A=viewer"), 13, "acme/A");
  EXPECT_EQ(apply(wider).error().code, Errc::kConflict);
}

TEST_F(Apply, GivesAGrantAnewWhereItsScopesChange) {
  must(apply(whole));
  std::string more = whole;
  more.replace(more.find("scopes: [\"read:jira-work\"]"), 26, "scopes: [\"read:jira-work\", \"write:jira-work\"]");
  EXPECT_THAT(changes(must(apply(more))), ElementsAre("remove grant", "create grant"));
  EXPECT_EQ(must(admin::list_grants(world.services(), world.caller(), {}, {})).items.size(), 1U);
}

TEST_F(Apply, WhatIsExportedIsWhatIsThere) {
  must(apply(whole));
  const std::string all = must(export_file(world.services(), world.caller(), ""));
  EXPECT_THAT(all, HasSubstr("longest-lifetime: \"90d\""));
  EXPECT_THAT(all, HasSubstr("[\"acme/A=viewer\"]"));
  EXPECT_THAT(changes(must(apply(all, {true, false}))), IsEmpty());
  EXPECT_EQ(world.audited("export").event.caller.actor_id, world.caller().actor_id);
  const Caller max = world.person("max@example.com", "member", {});
  EXPECT_EQ(must(export_file(world.services(), max, "")), "version: 1\n") << "he sees nothing";
}

}  // namespace
}  // namespace gatehouse::inventory
