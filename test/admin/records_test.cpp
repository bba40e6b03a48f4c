// Sites, users, accounts, grants, policy, audit: the rest of the use cases, on a real SQLite and the sandbox site.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/audit.h"
#include "admin/grants.h"
#include "admin/index_feed.h"
#include "admin/initialize.h"
#include "admin/policy.h"
#include "admin/rate.h"
#include "admin/sites.h"
#include "admin/tokens.h"
#include "admin/upstream_tokens.h"
#include "admin/users.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::HasSubstr;

SiteSecret bearer(std::string secret) {
  SiteSecret made;
  made.auth = "bearer";
  made.secret = SecretString(std::move(secret));
  made.unchecked = true;
  return made;
}

const catalogue::Operation& operation(test::World& world, std::string_view id) {
  return *world.services().gateway.catalogue_of(Product::kJira)->find(id);
}

TEST(Initialize, HappensOnce) {
  test::World world;
  EXPECT_EQ(initialize(world.services(), "other@example.com").error().code, Errc::kConflict);
  const Documents users = must(list_users(world.services(), {}, {}));
  ASSERT_EQ(users.items.size(), 1U);
  EXPECT_EQ(users.items[0].at("role").as_string(), "org-admin");
}

TEST(AdminKeys, AreCheckedAtEveryRequest) {
  test::World world;
  EXPECT_EQ(must(authenticate(world.services(), world.key(), "", "")).principal.role, UserRole::kOrgAdmin);
  std::string wrong = world.key();
  wrong[25] = wrong[25] == 'x' ? 'y' : 'x';
  EXPECT_EQ(authenticate(world.services(), wrong, "", "").error().code, Errc::kUnauthenticated);
  EXPECT_EQ(authenticate(world.services(), "", "", "").error().code, Errc::kUnauthenticated);

  must(add_user(world.services(), world.caller(), {"eva@example.com", "Eva", "auditor", {}}));
  const CreatedKey key =
      must(create_admin_key(world.services(), world.caller(), "eva@example.com", "laptop", test::kStart + hours(1)));
  EXPECT_EQ(must(authenticate(world.services(), key.text.expose(), "", "")).principal.role, UserRole::kAuditor);
  must(suspend_user(world.services(), world.caller(), "eva@example.com", {}));
  EXPECT_FALSE(authenticate(world.services(), key.text.expose(), "", ""))
      << "suspending ends all that authenticates as the person";
  must(restore_user(world.services(), world.caller(), "eva@example.com"));
  EXPECT_FALSE(authenticate(world.services(), key.text.expose(), "", "")) << "and it does not come back with her";
  const CreatedKey next =
      must(create_admin_key(world.services(), world.caller(), "eva@example.com", "laptop", test::kStart + hours(1)));
  EXPECT_TRUE(authenticate(world.services(), next.text.expose(), "", ""));
  world.clock().advance(hours(1));
  EXPECT_FALSE(authenticate(world.services(), next.text.expose(), "", "")) << "it has ended";
}

TEST(AdminKeys, TakeAnyUserAgent) {
  test::World world;
  const Caller caller = must(authenticate(world.services(), world.key(), "127.0.0.1", "curl \xff\n")).caller;
  EXPECT_EQ(caller.user_agent, "curl ??");
  EXPECT_TRUE(set_policy(world.services(), caller, {{"reuse", "pause"}}));
}

TEST(AdminKeys, EndWhenTheyAreRevoked) {
  test::World world;
  const CreatedKey key = must(create_admin_key(world.services(), world.caller(), test::kAdministrator, "second", {}));
  EXPECT_TRUE(authenticate(world.services(), key.text.expose(), "", ""));
  must(revoke_admin_key(world.services(), world.caller(), key.id));
  EXPECT_FALSE(authenticate(world.services(), key.text.expose(), "", ""));
}

TEST(Sites, AreKnownToTheGatewayWhenTheyAreAdded) {
  test::World world;
  world.add_site();
  const auto snapshot = world.services().sites.snapshot();
  const auto* entry = snapshot->find(Product::kJira, "acme");
  ASSERT_TRUE(entry);
  const auto own = (*entry)->route_for("", operation(world, "getIssue"));
  ASSERT_TRUE(own);
  EXPECT_THAT(own->authorization.expose(), HasSubstr("Authorization: Basic "));
  const AuditRecord record = world.audited("site.add");
  EXPECT_THAT(record.event.after_json, testing::Not(HasSubstr(sandbox::kToken)));
  const Document tested = must(test_site(world.services(), world.caller(), "acme"));
  EXPECT_TRUE(tested.at("ok").as_bool()) << tested.at("detail").as_string();
}

TEST(Sites, DropTheirCredentialsWhenTheyMove) {
  test::World world;
  world.add_site();
  const auto before = *world.services().sites.snapshot()->find(Product::kJira, "acme");
  EditSite same;
  same.cloud_id = "11223344-a1b2";
  EXPECT_FALSE(must(edit_site(world.services(), world.caller(), "acme", same)).at("credentials_dropped").as_bool());
  EditSite moved;
  moved.url = "https://elsewhere.example.com";
  EXPECT_TRUE(must(edit_site(world.services(), world.caller(), "acme", moved)).at("credentials_dropped").as_bool());
  const auto after = *world.services().sites.snapshot()->find(Product::kJira, "acme");
  EXPECT_FALSE(after->route_for("", operation(world, "getIssue"))) << "the secret is sealed to the old origin";
  EXPECT_TRUE(before->withdrawn.load());
  must(add_site_credential(world.services(), world.caller(), "acme", "", bearer("new")));
  const auto again = *world.services().sites.snapshot()->find(Product::kJira, "acme");
  EXPECT_TRUE(again->route_for("", operation(world, "getIssue")));
}

TEST(Sites, StopAndGoOn) {
  test::World world;
  world.add_site();
  must(pause_site(world.services(), world.caller(), "acme", {"maintenance", {}}));
  EXPECT_FALSE((*world.services().sites.snapshot()->find(Product::kJira, "acme"))->live(test::kStart));
  must(resume_site(world.services(), world.caller(), "acme"));
  EXPECT_TRUE((*world.services().sites.snapshot()->find(Product::kJira, "acme"))->live(test::kStart));
  must(remove_site(world.services(), world.caller(), "acme"));
  EXPECT_FALSE(world.services().sites.snapshot()->find(Product::kJira, "acme"));
  EXPECT_EQ(show_site(world.services(), "acme").error().code, Errc::kNotFound);
  world.add_site();
}

TEST(Sites, RefuseWhatIsWrong) {
  test::World world;
  AddSite request{"acme", "jira", "https://acme.atlassian.net", "", "", "", "", bearer("x")};
  const auto refused = [&world](const AddSite& one) {
    const auto added = add_site(world.services(), world.caller(), one);
    return added ? std::string("added") : added.error().field;
  };
  AddSite key = request;
  key.key = "Acme";
  EXPECT_EQ(refused(key), "key");
  AddSite url = request;
  url.url = "https://user@acme.atlassian.net";
  EXPECT_EQ(refused(url), "url");
  AddSite secret = request;
  secret.credential.secret = SecretString("two\nlines");
  EXPECT_EQ(refused(secret), "secret");
  AddSite basic = request;
  basic.credential.auth = "basic";
  EXPECT_EQ(refused(basic), "username");
  AddSite past = request;
  past.credential.expires_at = test::kStart;
  EXPECT_EQ(refused(past), "expires_at");
  AddSite owner = request;
  owner.credential.owner = "nobody@example.com";
  EXPECT_EQ(refused(owner), "owner");
  EXPECT_TRUE(must(list_sites(world.services(), {})).items.empty()) << "nothing half-done";
  EXPECT_EQ(refused(request), "added");
  EXPECT_EQ(add_site(world.services(), world.caller(), request).error().code, Errc::kConflict);
}

TEST(Users, NeedAnAddressAndARole) {
  test::World world;
  const auto refused = [&world](AddUser user) {
    const auto added = add_user(world.services(), world.caller(), user);
    return added ? std::string("added") : added.error().field;
  };
  EXPECT_EQ(refused({"eva", "Eva", "auditor", {}}), "email");
  EXPECT_EQ(refused({"eva@example.com", "", "auditor", {}}), "name");
  EXPECT_EQ(refused({"eva@example.com", "Eva", "king", {}}), "role");
  EXPECT_EQ(refused({"eva@example.com", "Eva", "project-admin", {}}), "resources");
  EXPECT_EQ(refused({"eva@example.com", "Eva", "auditor", {"acme/A"}}), "resources");
  world.add_site();
  EXPECT_EQ(refused({"eva@example.com", "Eva", "project-admin", {"acme/A"}}), "added");
  EXPECT_EQ(add_user(world.services(), world.caller(), {"EVA@example.com", "Eva", "member", {}}).error().code, Errc::kConflict);
  EXPECT_EQ(must(show_user(world.services(), "eva@example.com")).at("resources").as_array().size(), 1U);
  EXPECT_EQ(suspend_user(world.services(), world.caller(), test::kAdministrator, {}).error().code, Errc::kConflict)
      << "the last administrator";
}

TEST(Accounts, KeepTheirRegisterEntry) {
  test::World world;
  world.add_account();
  must(add_user(world.services(), world.caller(), {"eva@example.com", "Eva", "member", {}}));
  EditAccount change;
  change.deputy = "eva@example.com";
  change.criticality = "high";
  change.runbook = "https://wiki.example.com/ci";
  const Document edited = must(edit_account(world.services(), world.caller(), "ci", change));
  EXPECT_EQ(edited.at("deputy").as_string(), "eva@example.com");
  EXPECT_EQ(edited.at("purpose").as_string(), "opens an issue when a build breaks");
  EditAccount script;
  script.runbook = "javascript:alert(1)";
  EXPECT_EQ(edit_account(world.services(), world.caller(), "ci", script).error().field, "runbook");
  EXPECT_EQ(must(transfer_account(world.services(), world.caller(), "ci", "eva@example.com")).at("owner").as_string(),
            "eva@example.com");
  EXPECT_TRUE(must(show_account(world.services(), world.caller(), "ci")).at("deputy").is_null()) << "nobody is her own deputy";
  EXPECT_EQ(must(list_accounts(world.services(), world.caller(), {"eva@example.com", false}, {})).items.size(), 1U);
}

TEST(Accounts, HaveAQuotaThatNamesTheWayOut) {
  test::World world;
  for (const char* handle : {"a", "b", "c", "d", "e"}) world.add_account(handle);
  CreateAccount sixth;
  sixth.handle = "f";
  sixth.owner = test::kAdministrator;
  sixth.purpose = "x";
  sixth.runs_in = "y";
  const auto refused = create_account(world.services(), world.caller(), sixth);
  EXPECT_EQ(refused.error().code, Errc::kLimitExceeded);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("gatehouse policy set service-accounts"));
  must(archive_account(world.services(), world.caller(), "a", ""));
  must(create_account(world.services(), world.caller(), sixth));
  sixth.handle = "g";
  must(set_policy(world.services(), world.caller(), {{"service-accounts", "unlimited"}}));
  must(create_account(world.services(), world.caller(), sixth));
  EXPECT_EQ(set_policy(world.services(), world.caller(), {{"colour", "blue"}}).error().field, "name");
}

TEST(Grants, PinWhatTheSiteSays) {
  test::World world;
  world.add_site();
  world.add_account();
  world.add_grant("acme/A");
  const Documents grants = must(list_grants(world.services(), world.caller(), {"ci", "acme/A", "", false}, {}));
  ASSERT_EQ(grants.items.size(), 1U);
  EXPECT_EQ(grants.items[0].at("backing").as_string(), "backed");
  EXPECT_EQ(grants.items[0].at("restricted").as_string(), "exclude");
  EXPECT_THAT(std::string(grants.items[0].at("resource_id").as_string()), testing::MatchesRegex("[0-9]+"));
  AddGrant missing{"ci", "acme/NOPE", {"read:jira-work"}, "", false, false};
  EXPECT_EQ(add_grant(world.services(), world.caller(), missing).error().code, Errc::kNotFound);
  AddGrant nothing{"ci", "acme/A", {}, "", false, false};
  EXPECT_EQ(add_grant(world.services(), world.caller(), nothing).error().field, "scopes");
  AddGrant whole{"ci", "acme/*", {"read:jira-work"}, "viewer", true, true};
  EXPECT_EQ(must(add_grant(world.services(), world.caller(), whole)).at("resource").as_string(), "acme/*");
  const std::string id(grants.items[0].at("id").as_string());
  EXPECT_EQ(must(remove_grant(world.services(), world.caller(), id, "done")).at("state").as_string(), "removed");
  EXPECT_EQ(resume_grant(world.services(), world.caller(), id).error().code, Errc::kConflict);
}

TEST(Audit, IsWholeAndListsNewestFirst) {
  test::World world;
  world.add_account();
  const Documents listed = must(list_audit(world.services(), {}, {}));
  EXPECT_EQ(listed.items.at(0).at("action").as_string(), "account.create");
  EXPECT_EQ(must(list_audit(world.services(), {"account.", "", test::kAdministrator, {}, {}}, {})).items.size(), 1U);
  const std::string lines = must(export_audit(world.services(), world.caller(), {}));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);
  EXPECT_THAT(lines, HasSubstr("audit.export"));
  const Document verified = must(verify_audit(world.services()));
  EXPECT_TRUE(verified.at("intact").as_bool());
  EXPECT_EQ(verified.at("records").to_number<int>(), 3);
}

TEST(Feed, LoadsWhatAnotherProcessWrote) {
  test::World world;
  world.add_site();
  world.add_account();
  world.add_grant();
  CreateToken request;
  request.account = "ci";
  request.name = "notify";
  request.scopes = {"read:jira-work"};
  request.resources = {"acme/A"};
  request.expires_in = hours(20);
  const CreatedToken kept = must(create_token(world.services(), world.caller(), request));
  const CreatedToken revoked = must(create_token(world.services(), world.caller(), request));
  must(revoke_token(world.services(), world.caller(), revoked.document.at("id").as_string(), ""));
  token::LiveIndex index(1);
  upstream::SiteTable sites;
  IndexFeed feed(world.database(), world.services().sealer, world.clock(), index, sites, *world.services().upstream_tokens);
  must(feed.load());
  EXPECT_EQ(index.size(), 1U);
  EXPECT_EQ(index.fresh(), test::kStart);
  EXPECT_EQ(sites.snapshot()->all().size(), 1U);
  const auto secret = kept.document.at("secrets").as_array()[0].at("id").as_string();
  const auto live = index.find_locked(std::string_view(secret)).credential;
  ASSERT_TRUE(live);
  EXPECT_EQ(live->account->grants.size(), 1U);
}

TEST(Feed, FollowsTheChangesOfOthers) {
  test::World world;
  token::LiveIndex index(1);
  upstream::SiteTable sites;
  IndexFeed feed(world.database(), world.services().sealer, world.clock(), index, sites, *world.services().upstream_tokens);
  must(feed.load());
  feed.start();
  world.add_site();
  for (int i = 0; i < 200 && sites.snapshot()->all().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(sites.snapshot()->all().size(), 1U);
  feed.stop();
  EXPECT_TRUE(feed.health());
}

TEST(Rates, AreReadAndWritten) {
  EXPECT_EQ(format_rate(must(parse_rate("10/s"))), "10/s");
  EXPECT_EQ(format_rate(must(parse_rate("600/m"))), "600/m");
  EXPECT_EQ(format_rate(must(parse_rate("20000/d"))), "20000/d");
  for (const char* wrong : {"", "10", "0/s", "-1/s", "10/", "/s", "10/x", "1.5/s", "10/2s", "9999999/s"})
    EXPECT_FALSE(parse_rate(wrong)) << wrong;
}

}  // namespace
}  // namespace gatehouse::admin
