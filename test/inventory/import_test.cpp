// Imports from Atlassian, played by the sandbox: what is there, what changes, what vanishes, and what goes past the gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "inventory/import.h"
#include "inventory/migration.h"
#include "inventory/register.h"
#include "inventory/report.h"
#include "inventory/wake.h"
#include "sandbox/site.h"
#include "test/support/world.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using test::must;
using testing::HasSubstr;
using testing::SizeIs;

class AtlassianImport : public testing::Test {
 protected:
  AdminApi api() {
    AdminApi out;
    out.url = world.site().base_url();
    out.organization = "sandbox-org";
    out.key = SecretString("sandbox-org-key");
    return out;
  }
  Result<json::object> import(bool dry_run = false) {
    GH_TRY(const AtlassianListing listing, read_admin_api(world.services().fetch, api()));
    return import_listing(world.services(), world.caller(), listing, {"", dry_run});
  }
  Result<json::object> import_csv(const std::string& text) {
    GH_TRY(const AtlassianListing listing, read_atlassian_csv(text, ""));
    return import_listing(world.services(), world.caller(), listing, {});
  }
  std::string refusal() {
    const auto listing = read_admin_api(world.services().fetch, api());
    return listing ? "it was read" : listing.error().public_detail;
  }
  void with(const std::function<void(sandbox::AdminApi&)>& change) {
    world.site().with_site([&change](sandbox::Site& site) { change(site.admin); });
  }
  json::object entry(std::string_view handle) { return must(show_register(world.services(), handle)); }
  json::object only_credential(std::string_view handle) {
    const json::object found = entry(handle);
    const json::array& all = found.at("credentials").as_array();
    EXPECT_EQ(all.size(), 1U);
    return all.at(0).as_object();
  }
  static std::int64_t count(const json::object& outcome, std::string_view name) { return outcome.at(name).as_int64(); }

  test::World world;
};

TEST_F(AtlassianImport, BringsTokensWithThoseWhoHoldThem) {
  const json::object outcome = must(import());
  EXPECT_EQ(count(outcome, "added"), 5) << json::serialize(outcome);
  EXPECT_EQ(count(outcome, "accounts_added"), 4) << "one for each token of a person, one for the service account";
  EXPECT_EQ(count(outcome, "users_added"), 2);
  EXPECT_EQ(entry("jenkins-nightly").at("owner"), json::value("alice@example.com"));
  EXPECT_EQ(entry("jenkins-nightly").at("external"), json::value(true));
  const json::object token = only_credential("jenkins-nightly");
  EXPECT_EQ(token.at("kind"), json::value("external"));
  EXPECT_EQ(token.at("expires_at"), json::value("2027-01-01T12:00:00Z"));
  EXPECT_EQ(token.at("last_used_at"), json::value("2026-11-20T03:00:00Z"));
  EXPECT_EQ(token.at("personal"), json::value(true));
  EXPECT_EQ(only_credential("old-script").at("state"), json::value("paused")) << "blocked there";
  EXPECT_EQ(entry("reports").at("purpose"), json::value("weekly figures for the board"));
  EXPECT_THAT(entry("reports").at("credentials").as_array(), SizeIs(2));
  EXPECT_EQ(entry("reports").at("owner"), json::value(test::kAdministrator));
  EXPECT_THAT(world.audited("register.import").event.after_json, HasSubstr("\"added\":5"));
  EXPECT_THAT(world.audited("register.import").event.after_json, testing::Not(HasSubstr("sandbox-org-key")));
}

TEST_F(AtlassianImport, IsCoveredByWake) {
  must(import());
  const json::object report = must(report_wake(world.services(), world.caller(), {}));
  const std::string text = json::serialize(report);
  EXPECT_THAT(text, HasSubstr("Jenkins nightly"));
  EXPECT_THAT(text, HasSubstr("alice@example.com"));
}

TEST_F(AtlassianImport, CanNeverAuthenticate) {
  must(import());
  const auto reader = must(world.database().read());
  store::Credentials::Filter external;
  external.kind = CredentialKind::kExternal;
  const auto listed = must(reader->credentials.list(external, {}));
  ASSERT_THAT(listed.items, SizeIs(5));
  for (const auto& stored : listed.items) {
    EXPECT_THAT(stored.value.secrets, SizeIs(0));
    EXPECT_THAT(stored.value.boundary, SizeIs(0));
    EXPECT_TRUE(stored.value.scopes.empty());
    // Even a row that somebody gave a secret by hand is not taken into the index.
    Credential forged = stored.value;
    SecretRecord secret;
    secret.id = new_id<SecretId>(world.services().random);
    secret.credential = forged.id;
    secret.state = SecretState::kCurrent;
    secret.hash = crypto::format_token_hash(world.services().hasher.hash(secret.id.value, "secret"));
    forged.secrets.push_back(secret);
    auto work = must(world.database().begin());
    must(work->credentials.update(forged, stored.version));
    AuditEvent event;
    event.action = "test.forge";
    must(admin::commit(world.services(), std::move(work), event));
    EXPECT_FALSE(world.services().index.find_locked(secret.id.value).credential);
  }
}

TEST_F(AtlassianImport, UpdatesAndNeverDuplicates) {
  must(import());
  const json::object again = must(import());
  EXPECT_EQ(count(again, "added"), 0);
  EXPECT_EQ(count(again, "unchanged"), 5);
  must(admin::transfer_token(world.services(), world.caller(), only_credential("hr-sync").at("id").as_string().c_str(),
                             test::kAdministrator));
  with([](sandbox::AdminApi& admin) {
    admin.tokens[1].as_object()["expiresAt"] = "2027-09-09T00:00:00Z";
    admin.tokens[2].as_object()["status"] = "ALLOWED";
  });
  const json::object third = must(import());
  EXPECT_EQ(count(third, "updated"), 2) << json::serialize(third);
  EXPECT_EQ(only_credential("hr-sync").at("expires_at"), json::value("2027-09-09T00:00:00Z"));
  EXPECT_EQ(only_credential("hr-sync").at("owner"), json::value(test::kAdministrator)) << "people decided that here";
  EXPECT_EQ(only_credential("old-script").at("state"), json::value("live"));
}

TEST_F(AtlassianImport, MarksWhatVanishedAndWhatReturned) {
  must(import());
  json::value gone;
  with([&gone](sandbox::AdminApi& admin) {
    gone = admin.tokens[0];
    admin.tokens.erase(admin.tokens.begin());
  });
  EXPECT_EQ(count(must(import(true)), "vanished"), 1);
  EXPECT_EQ(only_credential("jenkins-nightly").at("state"), json::value("live")) << "a dry run changes nothing";
  EXPECT_EQ(count(must(import()), "vanished"), 1);
  EXPECT_EQ(only_credential("jenkins-nightly").at("state"), json::value("revoked"));
  EXPECT_FALSE(only_credential("jenkins-nightly").at("vanished_at").is_null());
  EXPECT_EQ(count(must(import()), "vanished"), 0) << "once";
  with([&gone](sandbox::AdminApi& admin) { admin.tokens.push_back(gone); });
  EXPECT_EQ(count(must(import()), "returned"), 1);
  EXPECT_EQ(only_credential("jenkins-nightly").at("state"), json::value("live"));
}

TEST_F(AtlassianImport, FollowsEveryFormOfTheNextPage) {
  for (const char* form : {"url", "path", "query", "cursor"}) {
    with([form](sandbox::AdminApi& admin) {
      admin.next_form = form;
      admin.page = 1;
    });
    EXPECT_THAT(must(read_admin_api(world.services().fetch, api())).tokens, SizeIs(5)) << form;
  }
  with([](sandbox::AdminApi& admin) { admin.next_form = "elsewhere"; });
  EXPECT_THAT(refusal(), HasSubstr("another address")) << "the key goes nowhere else";
  with([](sandbox::AdminApi& admin) { admin.next_form = "loop"; });
  EXPECT_THAT(refusal(), HasSubstr("lead back"));
}

TEST_F(AtlassianImport, SaysWhyItWasRefused) {
  with([](sandbox::AdminApi& admin) { admin.key = "another"; });
  EXPECT_THAT(refusal(), HasSubstr("refuses the organization's API key"));
  with([](sandbox::AdminApi& admin) {
    admin.key = "sandbox-org-key";
    admin.scopes = {"read:service-accounts:admin"};
  });
  EXPECT_THAT(refusal(), HasSubstr("read:tokens:admin"));
  with([](sandbox::AdminApi& admin) { admin.scopes = {"read:tokens:admin"}; });
  const json::object partly = must(import());
  EXPECT_EQ(count(partly, "added"), 3);
  EXPECT_THAT(json::serialize(partly.at("notes")), HasSubstr("read:service-accounts:admin"));
  AdminApi wrong = api();
  wrong.organization = "../users";
  EXPECT_EQ(read_admin_api(world.services().fetch, wrong).error().field, "organization");
  wrong = api();
  wrong.key = SecretString("a\r\nHost: elsewhere");
  EXPECT_EQ(read_admin_api(world.services().fetch, wrong).error().field, "key");
}

TEST_F(AtlassianImport, ComesAgainWhenAtlassianAsksTo) {
  with([](sandbox::AdminApi& admin) {
    admin.too_many = 2;
    admin.retry_after = "0";
  });
  EXPECT_EQ(count(must(import()), "added"), 5);
  with([](sandbox::AdminApi& admin) {
    admin.too_many = 1;
    admin.retry_after = "3600";
  });
  EXPECT_THAT(refusal(), HasSubstr("come back in 1h"));
}

TEST_F(AtlassianImport, ReadsTheCsvExportAndFindsTheSameTokensAgain) {
  const std::string csv =
      "Token name,User,Email,Created (UTC),Expires on,Last active,Status\r\n"
      "Jenkins nightly,Alice,alice@example.com,2026-01-10 08:00:00,2027-01-01T12:00:00Z,2026-11-20,Allowed\r\n"
      "=cmd,Bob,bob@example.com,2026-01-11,2027-03-01,-,Blocked\r\n";
  EXPECT_EQ(count(must(import_csv(csv)), "added"), 2);
  EXPECT_EQ(count(must(import_csv(csv)), "unchanged"), 2) << "never twice";
  EXPECT_EQ(only_credential("cmd").at("expires_at"), json::value("2027-03-01T00:00:00Z"));
  EXPECT_EQ(only_credential("cmd").at("state"), json::value("paused"));
  const json::object by_api = must(import());
  EXPECT_EQ(count(by_api, "added"), 4) << json::serialize(by_api);
  EXPECT_EQ(only_credential("jenkins-nightly").at("upstream_id"), json::value("tok-1")) << "the same one, with its id now";
  EXPECT_THAT(import_csv("a,b\r\n1,2\r\n").error().public_detail, HasSubstr("Line 1"));
  EXPECT_THAT(import_csv("label,email,expires\r\nx,y@example.com,soon\r\n").error().public_detail,
              HasSubstr("Line 2, column expires"));
}

TEST_F(AtlassianImport, FollowsTheMigrationToItsEndAndSeesWhatGoesPast) {
  world.add_site();
  must(import());
  json::object progress = must(report_migration(world.services()));
  EXPECT_EQ(count(progress, "personal_left"), 3);
  EXPECT_EQ(count(progress, "not_moved"), 4);
  // The automation moves: a token of Gatehouse's own, and its first call.
  must(admin::adopt_account(world.services(), world.caller(), "jenkins-nightly"));
  world.add_grant("acme/A", "jenkins-nightly");
  admin::CreateToken request;
  request.account = "jenkins-nightly";
  request.name = "new";
  request.scopes = {"read:jira-work"};
  request.resources = {"acme/A"};
  request.expires_in = std::chrono::hours(24 * 90);
  const auto made = must(admin::create_token(world.services(), world.caller(), request));
  store::UsageTick tick;
  tick.credential = CredentialId(made.document.at("id").as_string().c_str());
  tick.hour = tick.last_at = world.clock().now();
  tick.operation = "getIssue";
  tick.outcome = "permitted";
  tick.count = 1;
  store::UsageBatch batch;
  batch.ticks.push_back(tick);
  must(world.database().record(batch));
  EXPECT_EQ(count(must(report_migration(world.services())), "moving"), 1);
  EXPECT_EQ(count(must(report_bypass(world.services())), "count"), 0);
  // The old token is seen in use three hours later.
  with([](sandbox::AdminApi& admin) { admin.tokens[0].as_object()["lastActiveAt"] = "2027-01-01T03:00:00Z"; });
  must(import());
  const json::object bypass = must(report_bypass(world.services()));
  ASSERT_EQ(count(bypass, "count"), 1);
  EXPECT_EQ(bypass.at("items").as_array().at(0).at("holder"), json::value("alice@example.com"));
  const auto counts = ReportCounts().get(world.services());
  EXPECT_EQ(counts.at("bypass"), 1);
  EXPECT_EQ(counts.at("migration"), 3);
  EXPECT_EQ(counts.at("would-deny"), 0);
  // It is deleted there.
  with([](sandbox::AdminApi& admin) { admin.tokens.erase(admin.tokens.begin()); });
  must(import());
  progress = must(report_migration(world.services()));
  EXPECT_EQ(count(progress, "done"), 1);
  EXPECT_EQ(count(progress, "personal_left"), 2);
}

TEST_F(AtlassianImport, GivesATokenToTheAutomationThatItBelongsTo) {
  must(import());
  world.add_account("hr");
  const std::string id(only_credential("hr-sync").at("id").as_string());
  must(assign_credential(world.services(), world.caller(), id, "hr"));
  EXPECT_EQ(only_credential("hr").at("id"), json::value(id));
  EXPECT_EQ(entry("hr-sync").at("state"), json::value("archived")) << "it has nothing to say any more";
  EXPECT_EQ(count(must(import()), "unchanged"), 5) << "and it stays where people put it";
}

}  // namespace
}  // namespace gatehouse::inventory
