"""Roles x actions over the command line: each operation of the REST API by its command, as each role, allowed or refused as the one table
says (`x-gatehouse-roles` of the OpenAPI document is made from policy/authority.cpp).

What is allowed meets records that are not there, so that nothing is changed by the walk; what is refused ends with 3 and names a role.
"""
import concurrent.futures
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import Installation, http
from test_authority import Person

NOBODY = "nobody@example.com"
# An operation, and the command that it is asked by. {file} is an apply file, {register} one of the register.
COMMANDS = {
    "apply": "apply -f {file} --dry-run", "exportApply": "export",
    "showPolicy": "policy show", "setPolicy": "policy set reuse tell",
    "listNarrowPolicies": "policy list", "setNarrowPolicy": f"policy set longest-lifetime 9d --owner {NOBODY}",
    "offerAccount": f"account offer x --to {NOBODY}", "listOffers": "account offers", "acceptOffer": "account accept x", "declineOffer": "account decline x",
    "transferAll": f"user transfer-all {NOBODY} --to {NOBODY}", "signOutUser": f"user sign-out {NOBODY}", "makeSignInLink": f"user reset-link {NOBODY}",
    "listDirectoryKeys": "directory-key list", "createDirectoryKey": "directory-key create --name Okta", "revokeDirectoryKey": "directory-key revoke x",
    "listAdminKeys": "admin-key list", "createAdminKey": "admin-key create --name k", "revokeAdminKey": "admin-key revoke x",
    "explain": "explain --token-id x GET /ex/jira/acme/rest/api/3/issue/A-1", "trace": "trace acme A-1",
    "listAudit": "audit list", "exportAudit": "audit export", "verifyAudit": "audit verify",
    "listDeliveries": "notify log", "listMatters": "notify open", "acknowledgeMatter": "notify ack x", "testNotify": f"notify test --to {NOBODY}",
    "setDigest": f"notify digest daily --user {NOBODY}",
    "addWebhook": "notify webhook add x --url ftp://x", "listWebhooks": "notify webhook list", "resumeWebhook": "notify webhook resume x",
    "removeWebhook": "notify webhook remove x", "addCalendar": f"notify calendar add --user {NOBODY}", "listCalendars": "notify calendar list",
    "removeCalendar": "notify calendar revoke x",
    "addSite": "site add x --product jira --url ftp://x --auth none", "listSites": "site list", "showSite": "site show x", "editSite": "site edit x --host x.example",
    "removeSite": "site remove x", "testSite": "site test x", "pauseSite": "site pause x", "resumeSite": "site resume x",
    "listSiteCredentials": "site credential list --site x", "addSiteCredential": "site credential add --site x --auth none",
    "rotateSiteCredential": "site credential rotate --site x --secret-file -", "siteCredentialSteps": "site credential steps --site x",
    "editSiteCredential": f"site credential edit x --site x --owner {NOBODY}", "removeSiteCredential": "site credential remove x --site x",
    "listApprovals": "approval list", "approve": "approval approve x", "deny": "approval deny x --reason no",
    "listHandovers": "token handovers", "takeToken": "token take x",
    "importRegister": "register import {register}", "importFromAtlassian": "register import --from-atlassian --org x --key-file {key} --api-url http://127.0.0.1:1",
    "importAtlassianCsv": "register import --atlassian-csv {register}", "assignCredential": "register assign x --account x",
    "listRegister": "register list", "showRegisterEntry": "register show x", "exportRegister": "register export --format csv",
    "reportMigration": "report migration", "reportBypass": "report bypass", "reportWouldDeny": "report would-deny", "reportWake": "report wake",
    "reportSharedPlan": "report shared --plan", "reportShared": "report shared", "reportDrift": "report drift", "reportUnused": "report unused",
    "reportOrphans": "report orphans", "reportOverdue": "report overdue", "reportIncomplete": "report incomplete", "reportGrown": "report grown",
    "reportWeak": "report weak",
    "createAccount": f"account create x --owner {NOBODY} --purpose p --runs-in r", "listAccounts": "account list", "showAccount": "account show x",
    "editAccount": "account edit x --purpose p", "adoptAccount": "account adopt x", "pauseAccount": "account pause x", "resumeAccount": "account resume x",
    "transferAccount": f"account transfer x --to {NOBODY}", "archiveAccount": "account archive x",
    "createToken": "token create --account x --name n --scopes read:jira-work --resource acme/A --expires-in 1d", "listTokens": "token list",
    "showToken": "token show x", "narrowToken": "token narrow x --rate 1/s", "transferToken": f"token transfer x --to {NOBODY}", "rotateToken": "token rotate x",
    "pauseToken": "token pause x", "resumeToken": "token resume x", "revokeToken": "token revoke x", "showRotation": "token rotation show x",
    "setRotation": "token rotation set x --rotated-by owner", "finishRotation": "token rotation finish x",
    "extendOverlap": "token rotation extend x --until 2030-01-01T00:00:00Z", "extendToken": "token extend x --expires-in 9d", "listOverdue": "token rotation overdue",
    "addUser": "user add x --name x --role member", "listUsers": "user list", "showUser": f"user show {NOBODY}", "editUser": f"user edit {NOBODY} --name x",
    "suspendUser": f"user suspend {NOBODY}", "restoreUser": f"user restore {NOBODY}", "showAtlassian": f"user atlassian {NOBODY}",
    "disconnectAtlassian": f"user disconnect-atlassian {NOBODY}", "showMyAtlassian": "user atlassian me",
    "addGrant": "grant add --account x --resource acme/A --scopes read:jira-work", "listGrants": "grant list", "showGrant": "grant show x",
    "pauseGrant": "grant pause x", "resumeGrant": "grant resume x", "backGrant": "grant back x", "removeGrant": "grant remove x",
}
# For browsers, receivers of links and calendars, or inside of another command.
WITHOUT_COMMAND = {"showMe", "listSessions", "endSession", "endSessions", "takeTokenWithCode", "lookAtLink", "followLink", "readCalendar", "showRegisterPage"}


class RolesOverTheCommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-roles-"))
        (cls.folder / "apply.yaml").write_text("version: 1\n")
        (cls.folder / "register.csv").write_text("handle,purpose\n")
        (cls.folder / "key").write_text("x\n")
        cls.it = Installation(granted=False)
        cls.it.ok("user", "add", "eva@example.com", "--name", "Eva", "--role", "auditor")
        cls.it.ok("user", "add", "anna@example.com", "--name", "Anna", "--role", "project-admin", "--resource", "acme/A")
        cls.it.ok("user", "add", "max@example.com", "--name", "Max", "--role", "member")
        cls.people = {"auditor": Person(cls.it, "eva@example.com"), "project-admin": Person(cls.it, "anna@example.com"), "member": Person(cls.it, "max@example.com")}
        document = http("GET", cls.it.admin + "/api/v1/openapi.json").json()
        cls.roles = {one["operationId"]: one["x-gatehouse-roles"] for path in document["paths"].values() for one in path.values()}

    @classmethod
    def tearDownClass(cls):
        cls.it.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def ask(self, role, operation):
        words = COMMANDS[operation].format(file=self.folder / "apply.yaml", register=self.folder / "register.csv", key=self.folder / "key").split()
        who = self.it if role == "org-admin" else self.people[role]
        return role, operation, who.cli(*words, "--json", stdin="secret\n")

    def test_1_every_operation_has_its_command(self):
        self.assertEqual(set(self.roles) - set(COMMANDS) - WITHOUT_COMMAND, set(), "say by which command it is asked")
        self.assertEqual(set(COMMANDS) - set(self.roles), set(), "there is no such operation")
        self.assertEqual({"org-admin", "auditor", "project-admin", "member"}, {role for roles in self.roles.values() for role in roles})

    def test_2_each_role_gets_what_the_table_says(self):
        walk = [(role, operation) for operation in sorted(COMMANDS) for role in ("org-admin", "auditor", "project-admin", "member")]
        refused = 0
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for role, operation, done in pool.map(lambda one: self.ask(*one), walk):
                with self.subTest(role=role, operation=operation):
                    told = f"{role} {COMMANDS[operation]}: {done.returncode}\n{done.stdout[:400]}\n{done.stderr[:400]}"
                    if role in self.roles[operation]:
                        self.assertNotEqual(done.returncode, 3, told)
                        self.assertIn(done.returncode, (0, 1, 2, 4, 5, 6), told)
                        if done.returncode == 2:
                            self.assertIn("invalid_argument", done.stdout, told)
                    else:
                        refused += 1
                        self.assertEqual(done.returncode, 3, told)
                        self.assertTrue(json.loads(done.stdout)["missing_role"], told)
        self.assertGreater(refused, 150)


if __name__ == "__main__":
    unittest.main()
