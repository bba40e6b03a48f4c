// What Gatehouse shows to a site: several with their declared scopes, rotated by trying the successor first, and no fall-back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/other_credentials.h"
#include "admin/sites.h"
#include "admin/users.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::HasSubstr;

SiteSecret bearer(std::string secret, std::optional<std::vector<std::string>> scopes = {}) {
  SiteSecret made;
  made.auth = "bearer";
  made.secret = SecretString(std::move(secret));
  made.scopes = std::move(scopes);
  made.unchecked = true;
  return made;
}

/// What the sandbox takes.
SiteSecret right(std::optional<std::vector<std::string>> scopes = {}) {
  SiteSecret made;
  made.auth = "basic";
  made.username = sandbox::kUsername;
  made.secret = SecretString(sandbox::kToken);
  made.scopes = std::move(scopes);
  return made;
}

std::string text(const Document& document, std::string_view member) { return std::string(document.at(member).as_string()); }

class SiteCredentials : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
    account = text(must(show_account(world.services(), world.caller(), "ci")), "id");
  }
  upstream::SiteEntryPtr entry() { return *world.services().sites.snapshot()->find(Product::kJira, "acme"); }
  /// What a request of this operation shows to the site; empty: none may be used.
  std::string shown(std::string_view operation, std::string_view of_account = {}) {
    const auto* found = world.services().gateway.catalogue_of(Product::kJira)->find(operation);
    const upstream::RoutePtr route = entry()->route_for(of_account, *found);
    return route ? route->authorization.expose() : std::string();
  }
  Document add(const SiteSecret& secret, std::string_view of_account = {}) {
    return must(add_site_credential(world.services(), world.caller(), "acme", of_account, secret));
  }
  Result<Document> rotate(const SiteSecret& secret, std::string_view id = {}) {
    return rotate_site_credential(world.services(), world.caller(), "acme", {}, id, secret);
  }

  test::World world;
  std::string account;
};

TEST_F(SiteCredentials, OfAnAccountLeaveNoFallBack) {
  add(bearer("own"), "ci");
  EXPECT_THAT(shown("getIssue", account), HasSubstr("Bearer own"));
  EXPECT_THAT(shown("getIssue", "another"), HasSubstr("Basic"));
  const auto second = add_site_credential(world.services(), world.caller(), "acme", "ci", bearer("second"));
  EXPECT_EQ(second.error().code, Errc::kConflict);
  for (const auto& one : must(list_site_credentials(world.services(), "acme", false, {})).items) {
    if (one.at("account").is_null()) continue;
    must(remove_site_credential(world.services(), world.caller(), "acme", one.at("id").as_string()));
  }
  EXPECT_EQ(shown("getIssue", account), "") << "never the site's own for an account that had its own";
  EXPECT_THAT(shown("getIssue", "another"), HasSubstr("Basic"));
}

TEST_F(SiteCredentials, AreChosenByTheLeastThatCovers) {
  const Document reading = add(bearer("reads", {{"read:jira-work"}}));
  EXPECT_EQ(reading.at("scopes").as_array().size(), 1U);
  EXPECT_THAT(shown("getIssue"), HasSubstr("Bearer reads"));
  EXPECT_THAT(shown("editIssue"), HasSubstr("Basic")) << "the one without declared scopes covers the rest";
  add(bearer("writes", {{"read:jira-work", "write:jira-work"}}));
  EXPECT_THAT(shown("editIssue"), HasSubstr("Bearer writes"));
  EXPECT_THAT(shown("getIssue"), HasSubstr("Bearer reads"));
  const auto again = add_site_credential(world.services(), world.caller(), "acme", "", bearer("twice", {{"read:jira-work"}}));
  EXPECT_EQ(again.error().code, Errc::kConflict) << "chance would choose between them";
  must(remove_site_credential(world.services(), world.caller(), "acme", text(reading, "id")));
  EXPECT_THAT(shown("getIssue"), HasSubstr("Bearer writes"));
  const auto wrong = add_site_credential(world.services(), world.caller(), "acme", "", bearer("x", {{"read:jira-wrok"}}));
  EXPECT_THAT(wrong.error().public_detail, HasSubstr("read:jira-work"));
}

TEST_F(SiteCredentials, AreTriedBeforeTheOldOneStops) {
  const std::string before = shown("getIssue");
  const auto refused = rotate(bearer("not a token of the sandbox"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kNotAllowed);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("nothing was changed"));
  EXPECT_EQ(shown("getIssue"), before);
  EXPECT_EQ(must(list_site_credentials(world.services(), "acme", true, {})).items.size(), 1U);

  const auto held = entry();
  SiteSecret successor = right();
  successor.expires_at = test::kStart + hours(24 * 365);
  const Document rotated = must(rotate(successor));
  EXPECT_FALSE(held->withdrawn.load()) << "requests that are on their way go on";
  EXPECT_EQ(text(rotated, "expires_at"), "2028-01-01T00:00:00Z");
  EXPECT_THAT(boost::json::serialize(rotated.at("next_steps")), HasSubstr("revoke the old token"));
  EXPECT_EQ(must(list_site_credentials(world.services(), "acme", false, {})).items.size(), 1U);
  EXPECT_TRUE(must(test_site(world.services(), world.caller(), "acme")).at("ok").as_bool());
  EXPECT_THAT(world.audited("site_credential.rotate").event.after_json, testing::Not(HasSubstr(sandbox::kToken)));
}

TEST_F(SiteCredentials, AreTriedBeforeTheyAreAdded) {
  SiteSecret wrong = bearer("not a token of the sandbox", {{"read:jira-work"}});
  wrong.unchecked = false;
  const auto refused = add_site_credential(world.services(), world.caller(), "acme", "", wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kNotAllowed);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("--no-check"));
  EXPECT_EQ(must(list_site_credentials(world.services(), "acme", true, {})).items.size(), 1U);
  add(right({{"read:jira-work"}}));
  world.site().stop();
  const auto away = add_site_credential(world.services(), world.caller(), "acme", "ci", right());
  EXPECT_EQ(away.error().code, Errc::kUpstreamFailed);
}

TEST_F(SiteCredentials, AreRotatedOneByOne) {
  const Document reading = add(bearer("reads", {{"read:jira-work"}}));
  EXPECT_EQ(rotate(right()).error().code, Errc::kConflict) << "which of the two?";
  const Document rotated = must(rotate(right(), text(reading, "id")));
  EXPECT_EQ(rotated.at("scopes"), reading.at("scopes")) << "what was not said stays";
  EXPECT_EQ(rotated.at("replaces"), reading.at("id"));
  EXPECT_THAT(shown("getIssue"), HasSubstr("Basic"));
  EXPECT_EQ(rotate(right(), text(reading, "id")).error().code, Errc::kConflict) << "it ended";
}

TEST_F(SiteCredentials, CanBeCorrected) {
  must(add_user(world.services(), world.caller(), {"eva@example.com", "Eva", "member", {}}));
  const Documents listed = must(list_site_credentials(world.services(), "acme", false, {}));
  const std::string id(listed.items.at(0).at("id").as_string());
  EXPECT_TRUE(listed.items.at(0).at("expires_at").is_null());
  EditSiteCredential edit;
  edit.owner = "eva@example.com";
  edit.deputy = test::kAdministrator;
  edit.expires_at = test::kStart + hours(24);
  edit.scopes = {"read:jira-work"};
  const Document edited = must(edit_site_credential(world.services(), world.caller(), "acme", id, edit));
  EXPECT_EQ(text(edited, "owner"), "eva@example.com");
  EXPECT_EQ(text(edited, "deputy"), test::kAdministrator);
  EXPECT_EQ(text(edited, "expires_at"), "2027-01-02T00:00:00Z");
  EXPECT_EQ(shown("editIssue"), "") << "it was declared to read only, and there is no other";
  EXPECT_THAT(shown("getIssue"), HasSubstr("Basic"));
}

TEST_F(SiteCredentials, SayWhatToClick) {
  world.add_grant();
  const Document first = must(site_credential_steps(world.services(), "acme", "", ""));
  const std::string steps = boost::json::serialize(first.at("steps"));
  EXPECT_THAT(steps, testing::AllOf(HasSubstr("read:jira-work"), HasSubstr("write:jira-work")));
  EXPECT_THAT(steps, HasSubstr("admin.atlassian.com"));
  const Documents listed = must(list_site_credentials(world.services(), "acme", false, {}));
  const std::string id(listed.items.at(0).at("id").as_string());
  EXPECT_THAT(boost::json::serialize(must(site_credential_steps(world.services(), "acme", "", id))),
              HasSubstr("credential rotate " + id));
}

TEST_F(SiteCredentials, AreNotTheOnlyThingsThatEnd) {
  const auto reader = must(world.database().read());
  const auto all = must(other_credentials(world.services(), *reader.operator->(), {}));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(all.at(0).kind + " " + all.at(1).kind,
              testing::AnyOf("master key administrator key", "administrator key master key"));
  for (const OtherCredential& one : all) EXPECT_EQ(one.since, test::kStart) << one.kind;
  EXPECT_TRUE(must(other_credentials(world.services(), *reader.operator->(), hours(24))).empty());
}

}  // namespace
}  // namespace gatehouse::admin
