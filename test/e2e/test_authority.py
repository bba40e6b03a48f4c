"""The story of people and their authority, lived through by the command line: one service account, two project administrators who each
give it their project and make a token, neither token reaching the other's project; then one leaves, and who should know is told."""
import json
import os
import tempfile
import time
import unittest
import urllib.parse

from harness import ADMIN, Installation, SCOPES, http, run

COOKIE = "__Host-gatehouse-admin"


def wait_for(what, seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


class Person:
    """Signs in by a link once, makes an administrator key of their own, and uses the command line with it."""

    def __init__(self, it, email):
        self.it, self.email = it, email
        link = run("user", "reset-link", email, "--data", it.data, "--json")
        assert link.returncode == 0, link.stderr
        opened = http("GET", it.admin + urllib.parse.urlsplit(json.loads(link.stdout)["sign_in_url"]).path)
        cookies = [line.partition(";")[0] for line in opened.headers.get_all("Set-Cookie") or []]
        headers = {"Cookie": "; ".join(cookies)}
        session = http("GET", it.admin + "/session", headers).json()
        headers.update({"Origin": it.admin, "Gatehouse-CSRF": session["csrf"]})
        self.bearer = http("POST", it.admin + "/session/bearer", headers, b"").json()["bearer"]
        made = http("POST", it.admin + "/api/v1/admin-keys", {"Authorization": "Bearer " + self.bearer}, {"name": "laptop"})
        assert made.status == 201, made
        self.key = made.json()["admin_key"]

    def cli(self, *words, stdin=""):
        return run(*words, stdin=stdin, env={"GATEHOUSE_URL": self.it.admin, "GATEHOUSE_KEY": self.key})

    def ok(self, *words, stdin=""):
        done = self.cli(*words, "--json", stdin=stdin)
        assert done.returncode == 0, f"{self.email} {words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def token(self, *resources):
        words = [word for resource in resources for word in ("--resource", resource)]
        return self.ok("token", "create", "--account", "builds", "--name", "of " + self.email, "--scopes", SCOPES, *words, "--expires-in", "30d")


class Authority(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation(granted=False)
        cls.it.ok("user", "add", "olga@example.com", "--name", "Olga", "--role", "member")
        cls.it.ok("user", "add", "dora@example.com", "--name", "Dora", "--role", "member")
        cls.it.ok("user", "add", "anna@example.com", "--name", "Anna", "--role", "project-admin", "--resource", "acme/A")
        cls.it.ok("user", "add", "ben@example.com", "--name", "Ben", "--role", "project-admin", "--resource", "acme/B")
        cls.it.ok("user", "add", "eva@example.com", "--name", "Eva", "--role", "auditor")
        cls.it.ok("account", "create", "builds", "--owner", "olga@example.com", "--deputy", "dora@example.com", "--purpose", "tests", "--runs-in", "CI")
        cls.olga, cls.anna, cls.ben, cls.eva = (Person(cls.it, name + "@example.com") for name in ("olga", "anna", "ben", "eva"))

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def status(self, token, issue):
        return self.it.get(f"/rest/api/3/issue/{issue}?fields=summary", token).status

    def refused(self, person, role, *words):
        done = person.cli(*words, "--json")
        self.assertEqual(done.returncode, 3, (words, done.stdout, done.stderr))
        self.assertEqual(json.loads(done.stdout)["missing_role"], role, done.stdout)

    def test_1_both_orders(self):
        waiting = self.olga.token("acme/A", "acme/B")
        self.assertEqual(waiting["waiting"], ["acme/A", "acme/B"])
        self.assertEqual(self.status(waiting, "A-1"), 403, "nothing of it is granted yet, which it may know")
        self.assertEqual([one["id"] for one in self.anna.ok("token", "list", "--waiting")], [waiting["id"]])
        self.assertEqual(self.anna.ok("token", "show", waiting["id"])["resources"], ["acme/A"])
        self.anna.ok("grant", "add", "--account", "builds", "--resource", "acme/A", "--scopes", SCOPES)
        self.assertEqual(self.status(waiting, "A-1"), 200, "alive as soon as the project's administrator adds the account")
        self.assertEqual(self.status(waiting, "B-1"), 404)
        self.ben.ok("grant", "add", "--account", "builds", "--resource", "acme/B", "--scopes", SCOPES)
        self.assertEqual(self.status(waiting, "B-1"), 200)
        self.anna.ok("token", "pause", waiting["id"], "--resource", "acme/A")
        self.assertEqual((self.status(waiting, "A-1"), self.status(waiting, "B-1")), (404, 200), "hers stands still, his goes on")
        self.anna.ok("token", "resume", waiting["id"], "--resource", "acme/A")

    def test_2_neither_token_reaches_the_others_project(self):
        of_anna, of_ben = self.anna.token("acme/A"), self.ben.token("acme/B")
        for token, own, other in ((of_anna, "A", "B"), (of_ben, "B", "A")):
            self.assertEqual(self.status(token, own + "-1"), 200)
            self.assertEqual(self.status(token, other + "-1"), 404)
            found = self.it.get("/rest/api/3/search/jql?jql=created+%3E%3D+-3650d&fields=summary&maxResults=100", token)
            keys = {issue["key"].partition("-")[0] for issue in found.json()["issues"]}
            self.assertEqual(keys, {own})
        self.refused(self.anna, "project-admin", "token", "create", "--account", "builds", "--name", "x", "--scopes", SCOPES, "--resource", "acme/B",
                     "--expires-in", "1d")
        self.refused(self.anna, "project-admin", "grant", "add", "--account", "builds", "--resource", "acme/*", "--scopes", SCOPES)
        self.refused(self.anna, "org-admin", "grant", "add", "--account", "builds", "--resource", "acme/A", "--scopes", SCOPES, "--restricted", "include")
        self.refused(self.eva, "member", "token", "revoke", of_anna["id"])
        self.refused(self.anna, "org-admin", "user", "edit", "anna@example.com", "--role", "org-admin")
        self.assertEqual(self.anna.cli("token", "show", of_ben["id"]).returncode, 4, "it is not there for her")
        self.assertTrue(self.eva.ok("audit", "list", "--action", "authority.refused"))

    def test_3_one_leaves_and_who_should_know_is_told(self):
        of_ben = self.ben.token("acme/B")
        self.it.ok("user", "add", "cleo@example.com", "--name", "Cleo", "--role", "project-admin", "--resource", "acme/B")
        cleo = Person(self.it, "cleo@example.com")
        self.it.ok("user", "suspend", "ben@example.com", "--reason", "left")
        self.assertEqual(self.ben.cli("token", "list").returncode, 3, "all that authenticates as him is over")
        self.assertEqual(self.status(of_ben, "B-1"), 200, "what runs goes on for the grace")
        grants = cleo.ok("grant", "list", "--backing", "in-grace")
        self.assertEqual([one["granted_by"] for one in grants], ["ben@example.com"])
        told = lambda: {(one["recipient"], one["type"]) for one in self.it.ok("notify", "log")["items"]}
        wanted = {("olga@example.com", "grant.in_grace"), ("dora@example.com", "grant.in_grace"), ("cleo@example.com", "grant.in_grace")}
        wait_for(lambda: wanted <= told())
        self.assertIn(("olga@example.com", "token.orphaned"), told())
        refused = self.olga.cli("token", "create", "--account", "builds", "--name", "y", "--scopes", SCOPES, "--resource", "acme/B", "--expires-in", "1d")
        self.assertEqual(refused.returncode, 5, refused.stderr)
        self.assertIn("gatehouse grant back", refused.stderr, "the exact command")
        self.assertEqual(cleo.ok("grant", "back", grants[0]["id"])["backing"], "backed")
        self.assertEqual(self.status(cleo.token("acme/B"), "B-1"), 200)
        self.assertEqual(self.status(of_ben, "B-1"), 200)

    def test_4_a_token_is_handed_over_unseen(self):
        made = self.it.ok("token", "create", "--account", "builds", "--name", "olga's", "--scopes", SCOPES, "--resource", "acme/A", "--expires-in", "1d",
                          "--for", "olga@example.com")
        self.assertNotIn("token", made)
        self.assertEqual(self.anna.cli("token", "take", made["handover"]["id"]).returncode, 4)
        taken = self.olga.ok("token", "take", made["handover"]["id"])
        self.assertEqual(self.status(taken["token"], "A-1"), 200)
        self.assertEqual(self.olga.cli("token", "take", made["handover"]["id"]).returncode, 4, "once")
        outside = self.it.ok("token", "create", "--account", "builds", "--name", "audit", "--resource", "acme/A", "--for", "auditor@elsewhere.example")
        link = outside["handover"]["link"].rpartition("/")[2]
        words = ("token", "take", link, "--code-file", "-", "--url", self.it.admin)
        self.assertEqual(run(*words, stdin="00000000\n").returncode, 4)
        taken = run(*words, stdin=outside["handover"]["code"] + "\n")
        self.assertEqual(taken.returncode, 0, taken.stderr)
        self.assertEqual(self.status(taken.stdout.strip(), "A-1"), 200)
        write = self.it.call("PUT", "/rest/api/3/issue/A-1", taken.stdout.strip(), {"fields": {"summary": "no"}})
        self.assertEqual(write.status, 403, "viewer by default")

    def test_5_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "gatehouse.yaml")
            text = """version: 1
label: "files"
users:
  - email: "fay@example.com"
    name: "Fay"
    role: "member"
accounts:
  - handle: "from-file"
    owner: "fay@example.com"
    purpose: "tests"
    runs_in: "CI"
grants:
  - account: "from-file"
    resource: "acme/A"
    scopes: ["read:jira-work"]
tokens:
  - account: "from-file"
    name: "one"
    resources: ["acme/A"]
    scopes: ["read:jira-work"]
    expires_in: "30d"
"""
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            dry = self.it.ok("apply", "-f", path, "--dry-run")
            self.assertEqual([(one["action"], one["kind"]) for one in dry["changes"]],
                             [("create", kind) for kind in ("user", "account", "grant", "token")])
            self.assertEqual(dry["tokens"], [])
            self.assertEqual(self.it.cli("account", "show", "from-file").returncode, 4, "nothing was done")
            self.refused(self.anna, "org-admin", "apply", "-f", path)
            done = self.it.ok("apply", "-f", path)
            self.assertEqual(self.status(done["tokens"][0]["token"], "A-1"), 200)
            again = self.it.ok("apply", "-f", path)
            self.assertEqual((again["changes"], again["unchanged"]), ([], 4))
            exported = self.it.cli("export", "--label", "files")
            self.assertEqual(exported.returncode, 0, exported.stderr)
            self.assertNotIn(done["tokens"][0]["token"], exported.stdout)
            with open(path, "w", encoding="utf-8") as file:
                file.write(exported.stdout)
            self.assertEqual(self.it.ok("apply", "-f", path)["changes"], [], "what was exported is what is there")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.partition("tokens:")[0] + "policies:\n  reuse: \"never\"\n")
            wrong = self.it.cli("apply", "-f", path)
            self.assertEqual(wrong.returncode, 2, wrong.stderr)
            self.assertIn("Line ", wrong.stderr)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.partition("tokens:")[0])
            self.assertEqual([one["action"] for one in self.it.ok("apply", "-f", path, "--prune")["changes"]], ["remove"])
            self.assertEqual(self.status(done["tokens"][0]["token"], "A-1"), 401)


if __name__ == "__main__":
    unittest.main()
