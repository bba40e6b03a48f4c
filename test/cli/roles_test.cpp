// Roles x actions over the command line: each operation of the REST API by its command, as each role, allowed or refused as the
// one table says (policy/authority.h), whole. What is allowed meets records that are not there, so that the walk changes nothing
// that the next step needs; what is refused ends with 3 and names a role.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "admin/admin_keys.h"
#include "admin/users.h"
#include "policy/authority.h"
#include "test/cli/command_line.h"

namespace gatehouse::cli {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Eq;
using testing::HasSubstr;

/// An operation, and the command that it is asked by. {apply} is an apply file, {register.csv} one of the register, {key} of a
/// key.
const std::map<std::string, std::string> kCommands{
    {"apply", "apply -f {apply} --dry-run"},
    {"exportApply", "export"},
    {"showPolicy", "policy show"},
    {"setPolicy", "policy set reuse tell"},
    {"listNarrowPolicies", "policy list"},
    {"setNarrowPolicy", "policy set longest-lifetime 9d --owner nobody@example.com"},
    {"offerAccount", "account offer x --to nobody@example.com"},
    {"listOffers", "account offers"},
    {"acceptOffer", "account accept x"},
    {"declineOffer", "account decline x"},
    {"transferAll", "user transfer-all nobody@example.com --to nobody@example.com"},
    {"signOutUser", "user sign-out nobody@example.com"},
    {"listDirectoryKeys", "directory-key list"},
    {"createDirectoryKey", "directory-key create --name Okta"},
    {"revokeDirectoryKey", "directory-key revoke x"},
    {"listAdminKeys", "admin-key list"},
    {"createAdminKey", "admin-key create --name k"},
    {"revokeAdminKey", "admin-key revoke x"},
    {"explain", "explain --token-id x GET /ex/jira/acme/rest/api/3/issue/A-1"},
    {"listDenials", "denials"},
    {"trace", "trace acme A-1"},
    {"listAudit", "audit list"},
    {"exportAudit", "audit export"},
    {"verifyAudit", "audit verify"},
    {"listDeliveries", "notify log"},
    {"listMatters", "notify open"},
    {"acknowledgeMatter", "notify ack x"},
    {"testNotify", "notify test --to nobody@example.com"},
    {"showDigest", "notify digest"},
    {"setDigest", "notify digest daily"},
    {"addWebhook", "notify webhook add x --url ftp://x"},
    {"listWebhooks", "notify webhook list"},
    {"resumeWebhook", "notify webhook resume x"},
    {"removeWebhook", "notify webhook remove x"},
    {"addCalendar", "notify calendar add --user nobody@example.com"},
    {"listCalendars", "notify calendar list"},
    {"removeCalendar", "notify calendar revoke x"},
    {"addSite", "site add x --product jira --url ftp://x --auth none"},
    {"listSites", "site list"},
    {"showSite", "site show x"},
    {"editSite", "site edit x --host x.example"},
    {"removeSite", "site remove x"},
    {"testSite", "site test x"},
    {"showSiteSpec", "site spec get x"},
    {"setSiteSpec", "site spec set x --spec -"},
    {"pauseSite", "site pause x"},
    {"resumeSite", "site resume x"},
    {"listSiteCredentials", "site credential list --site x"},
    {"addSiteCredential", "site credential add --site x --auth none"},
    {"rotateSiteCredential", "site credential rotate --site x --secret-file -"},
    {"siteCredentialSteps", "site credential steps --site x"},
    {"editSiteCredential", "site credential edit x --site x --owner nobody@example.com"},
    {"removeSiteCredential", "site credential remove x --site x"},
    {"listApprovals", "approval list"},
    {"approve", "approval approve x"},
    {"deny", "approval deny x --reason no"},
    {"listHandovers", "token handovers"},
    {"takeToken", "token take x"},
    {"importRegister", "register import {register.csv}"},
    {"importFromAtlassian", "register import --from-atlassian --org x --key-file {key} --api-url http://127.0.0.1:1"},
    {"importAtlassianCsv", "register import --atlassian-csv {register.csv}"},
    {"assignCredential", "register assign x --account x"},
    {"listRegister", "register list"},
    {"showRegisterEntry", "register show x"},
    {"exportRegister", "register export --format csv"},
    {"reportMigration", "report migration"},
    {"reportBypass", "report bypass"},
    {"reportWouldDeny", "report would-deny"},
    {"reportWake", "report wake"},
    {"reportSharedPlan", "report shared --plan"},
    {"reportShared", "report shared"},
    {"reportDrift", "report drift"},
    {"reportUnused", "report unused"},
    {"reportOrphans", "report orphans"},
    {"reportOverdue", "report overdue"},
    {"reportIncomplete", "report incomplete"},
    {"reportGrown", "report grown"},
    {"reportWeak", "report weak"},
    {"reportInstallation", "report installation"},
    {"createAccount", "account create x --owner nobody@example.com --purpose p --runs-in r"},
    {"listAccounts", "account list"},
    {"showAccount", "account show x"},
    {"accountUsage", "account usage x"},
    {"editAccount", "account edit x --purpose p"},
    {"adoptAccount", "account adopt x"},
    {"pauseAccount", "account pause x"},
    {"resumeAccount", "account resume x"},
    {"transferAccount", "account transfer x --to nobody@example.com"},
    {"archiveAccount", "account archive x"},
    {"createToken", "token create --account x --name n --scopes read:jira-work --resource acme/A --expires-in 1d"},
    {"listTokens", "token list"},
    {"showToken", "token show x"},
    {"tokenUsage", "token usage x"},
    {"narrowToken", "token narrow x --rate 1/s"},
    {"transferToken", "token transfer x --to nobody@example.com"},
    {"rotateToken", "token rotate x"},
    {"pauseToken", "token pause x"},
    {"resumeToken", "token resume x"},
    {"revokeToken", "token revoke x"},
    {"showRotation", "token rotation show x"},
    {"setRotation", "token rotation set x --rotated-by owner"},
    {"finishRotation", "token rotation finish x"},
    {"rollBackRotation", "token rotation roll-back x"},
    {"extendOverlap", "token rotation extend x --until 2030-01-01T00:00:00Z"},
    {"extendToken", "token extend x --expires-in 9d"},
    {"listOverdue", "token rotation overdue"},
    {"addUser", "user add x --name x --role member"},
    {"listUsers", "user list"},
    {"showUser", "user show nobody@example.com"},
    {"editUser", "user edit nobody@example.com --name x"},
    {"suspendUser", "user suspend nobody@example.com"},
    {"restoreUser", "user restore nobody@example.com"},
    {"showAtlassian", "user atlassian nobody@example.com"},
    {"disconnectAtlassian", "user disconnect-atlassian nobody@example.com"},
    {"showMyAtlassian", "user atlassian me"},
    {"addGrant", "grant add --account x --resource acme/A --scopes read:jira-work"},
    {"listGrants", "grant list"},
    {"showGrant", "grant show x"},
    {"pauseGrant", "grant pause x"},
    {"resumeGrant", "grant resume x"},
    {"backGrant", "grant back x"},
    {"removeGrant", "grant remove x"},
    {"listAuditSegments", "audit segments"},
    {"sealAudit", "audit seal --before 2999-01-01T00:00:00Z"},
    {"createClient", "client create --account x --name n --scopes read:jira-work --resource acme/A"},
    {"listClients", "client list"},
    {"showClient", "client show x"},
    {"rotateClient", "client rotate x"},
    {"revokeClient", "client revoke x"},
    {"createApp", "app create --name n --redirect-uri http://a.example/ --scopes nonsense"},
    {"listApps", "app list"},
    {"rotateApp", "app rotate x"},
    {"revokeApp", "app revoke x"},
    {"listConsents", "app consents"},
    {"withdrawConsent", "app withdraw x"},
    {"addFederation",
     "federation add --account x --issuer https://i.example --audience a --subject s --scopes read:jira-work --resource acme/A"},
    {"listFederations", "federation list"},
    {"removeFederation", "federation remove x"},
    {"listAccessKeys", "client keys list"},
    {"rotateAccessKeys", "client keys rotate"},
    {"adviseOnJob", "advise --acts-as system --runs-in github --projects one --lasts long"},
};

/// For browsers, receivers of links and calendars, on the host, or inside of another command.
const std::set<std::string> kWithoutCommand{"showMe",     "listSessions", "endSession",   "endSessions",    "takeTokenWithCode",
                                            "lookAtLink", "followLink",   "readCalendar", "makeSignInLink", "showRegisterPage"};

class Roles : public TypedCommands {
 protected:
  void SetUp() override {
    TypedCommands::SetUp();
    world.add_site();
    folder = testing::TempDir() + "gatehouse-roles-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
    for (const auto& [name, text] : {std::pair("apply", "version: 1\n"), {"register.csv", "handle,purpose\n"}, {"key", "x\n"}})
      std::ofstream(folder + "/" + name) << text;
    keys["org-admin"] = world.key();
    add("auditor", {});
    add("project-admin", {"acme/A"});
    add("member", {});
  }
  void TearDown() override {
    std::filesystem::remove_all(folder);
    TypedCommands::TearDown();
  }

  void add(const std::string& role, const std::vector<std::string>& resources) {
    const std::string email = role + "@example.com";
    test::must(admin::add_user(world.services(), world.caller(), {email, email, role, resources}));
    const auto key = test::must(admin::create_admin_key(world.services(), world.caller(), email, "laptop", {}));
    keys[role] = std::string(key.text.expose());
  }
  std::vector<std::string> words_of(const std::string& command) {
    std::vector<std::string> words;
    std::istringstream text(command);
    for (std::string word; text >> word;)
      words.push_back(word.starts_with('{') ? folder + "/" + word.substr(1, word.size() - 2) : word);
    words.emplace_back("--json");
    return words;
  }
  int ask(const std::string& role, const std::string& operation) {
    setenv("GATEHOUSE_KEY", keys.at(role).c_str(), 1);
    if (operation != "verifyAudit") return run(words_of(kCommands.at(operation)), "secret\n");
    // Its place is in local/, since it can also look at a data folder by itself.
    std::istringstream in;
    std::ostringstream out_stream, err_stream;
    Context context{in, out_stream, err_stream, {}, {}, true};
    const int status = verify_audit(context);
    out = out_stream.str();
    err = err_stream.str();
    return status;
  }

  std::string folder;
  std::map<std::string, std::string> keys;
};

TEST_F(Roles, EachOperationHasItsCommand) {
  std::set<std::string> operations;
  for (const api::Route& route : api->routes()) operations.emplace(route.operation_id);
  for (const std::string& operation : operations)
    EXPECT_TRUE(kCommands.contains(operation) || kWithoutCommand.contains(operation))
        << operation << ": say by which command it is asked";
  for (const auto& [operation, command] : kCommands) EXPECT_THAT(operations, Contains(operation)) << "there is no such operation";
}

TEST_F(Roles, EachGetsWhatTheTableSays) {
  const std::map<std::string, UserRole> roles{{"org-admin", UserRole::kOrgAdmin},
                                              {"auditor", UserRole::kAuditor},
                                              {"project-admin", UserRole::kProjectAdmin},
                                              {"member", UserRole::kMember}};
  int refused = 0;
  for (const api::Route& route : api->routes()) {
    const std::string operation(route.operation_id);
    if (kWithoutCommand.contains(operation)) continue;
    for (const auto& [name, role] : roles) {
      Principal who;
      who.by = SignedInBy::kAdminKey;
      who.user = UserId("u");
      who.role = role;
      const bool allowed = policy::reach_of(route.need, who) != policy::kNone;
      const int status = ask(name, operation);
      const std::string told = name + ": " + kCommands.at(operation) + "\n" + out.substr(0, 400) + "\n" + err.substr(0, 400);
      if (allowed) {
        EXPECT_THAT(status, AnyOf(Eq(0), Eq(1), Eq(2), Eq(4), Eq(5), Eq(6))) << told;
        if (status == 2) EXPECT_THAT(out, HasSubstr("invalid_argument")) << told;
      } else {
        ++refused;
        EXPECT_EQ(status, 3) << told;
        EXPECT_THAT(out, HasSubstr("missing_role")) << told;
      }
    }
  }
  EXPECT_GT(refused, 150);
}

}  // namespace
}  // namespace gatehouse::cli
