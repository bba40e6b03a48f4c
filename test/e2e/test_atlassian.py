"""Authority from the source, end to end: a person connects with the account that they have at Atlassian (the sandbox plays it), and Jira
itself says what they administer; when that ends, so does what rests on it."""
import json
import pathlib
import shutil
import tempfile
import unittest
import urllib.parse

from harness import Installation, SCOPES, free_port, http, run
from test_authority import Person, wait_for
from test_sign_in import Browser, path_of

BEA, BOB = "5b10a2844c20165700ede2b1", "5b10a2844c20165700ede21c"  # of the sandbox: Bea administers B, Bob D and sees A and B


def target(url):
    parts = urllib.parse.urlsplit(url)
    return parts.path + "?" + parts.query


class Atlassian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-atlassian-"))
        (cls.folder / "secret").write_text("sandbox-app-secret\n")
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        (cls.folder / "gatehouse.toml").write_text(
            f'[atlassian]\nclient_id = "sandbox-app"\nclient_secret_file = "{cls.folder}/secret"\naccount_url = "{url}"\napi_url = "{url}"\n'
            'recheck = "1s"\nremember = "1h"\n')
        cls.it = Installation(granted=False, serve=["--config", str(cls.folder / "gatehouse.toml")], sandbox_port=port)
        for name in ("eva", "max"):
            cls.it.ok("user", "add", name + "@example.com", "--name", name, "--role", "member")
        cls.it.ok("account", "create", "builds", "--owner", "max@example.com", "--purpose", "tests", "--runs-in", "CI")
        cls.eva, cls.max = Person(cls.it, "eva@example.com"), Person(cls.it, "max@example.com")

    @classmethod
    def tearDownClass(cls):
        cls.it.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def browser(self, email):
        link = json.loads(run("user", "reset-link", email, "--data", self.it.data, "--json").stdout)["sign_in_url"]
        browser = Browser(self.it.admin)
        browser.get(path_of(link))
        return browser

    def consent(self, browser, account):
        leaving = browser.get("/account/atlassian")
        self.assertEqual(leaving.status, 303, leaving)
        page = http("GET", leaving.headers["Location"])
        self.assertIn("Who are you at Atlassian?", page.body)
        back = http("GET", leaving.headers["Location"] + "&as=" + account)
        self.assertEqual(back.status, 302, back)
        return target(back.headers["Location"])

    def give(self, person, resource):
        return person.cli("grant", "add", "--account", "builds", "--resource", resource, "--scopes", SCOPES, "--json")

    def test_1_who_administers_a_project_in_jira_gives_it_and_no_other(self):
        self.assertEqual(self.give(self.eva, "acme/B").returncode, 3)
        browser = self.browser("eva@example.com")
        self.assertIn("Connect with Atlassian", browser.get("/account").body)
        self.assertEqual(browser.get(self.consent(browser, BEA)).status, 303)
        self.assertIn("Connected as Bea", browser.get("/account").body)
        self.assertEqual(self.give(self.eva, "acme/B").returncode, 0)
        refused = self.give(self.eva, "acme/A")
        self.assertEqual(refused.returncode, 3, refused.stdout)
        self.assertEqual(json.loads(refused.stdout)["missing_role"], "project-admin")
        self.assertEqual(self.it.get("/rest/api/3/issue/B-1?fields=summary", self.eva.token("acme/B")).status, 200)
        shown = wait_for(lambda: self.eva.ok("user", "atlassian", "me")["administers"])
        self.assertEqual([one["resource"] for one in shown], ["acme/B"])
        self.assertEqual(self.it.ok("user", "atlassian", "eva@example.com")["account"], BEA)

    def test_2_an_account_is_one_persons(self):
        browser = self.browser("max@example.com")
        answer = browser.get(self.consent(browser, BEA))
        self.assertEqual(answer.status, 409, answer)
        self.assertIn("Somebody else here", answer.body)
        other, back = self.browser("max@example.com"), self.consent(self.browser("max@example.com"), BOB)
        self.assertEqual(other.get(back).status, 401, "brought by a browser that did not leave")

    def test_3_yes_for_any_project_is_not_yes_for_this_one(self):
        browser = self.browser("max@example.com")
        self.assertEqual(browser.get(self.consent(browser, BOB)).status, 303)
        self.assertEqual(self.give(self.max, "acme/A").returncode, 3, "Bob administers D, and sees A")
        self.assertEqual(self.give(self.max, "acme/D").returncode, 0)

    def test_4_what_was_lost_there_is_lost_here(self):
        grants = lambda: {one["resource"]: one["backing"] for one in self.it.ok("grant", "list")}
        self.assertEqual(grants()["acme/B"], "backed")
        self.it.sandbox.control("POST", "atlassian", {"administers_not": BEA})
        wait_for(lambda: grants()["acme/B"] == "in grace")
        self.assertEqual(grants()["acme/D"], "backed")
        self.assertEqual(self.give(self.eva, "acme/B").returncode, 3)
        self.assertTrue(self.it.ok("audit", "list", "--action", "authority.lost"))

    def test_5_disconnected_by_oneself(self):
        browser = self.browser("max@example.com")
        browser.get("/account")
        answer = browser.submit("/account/atlassian/disconnect")
        self.assertEqual(answer.status, 303, answer)
        self.assertEqual(self.max.cli("user", "atlassian", "me").returncode, 4)
        self.assertEqual(self.it.cli("user", "disconnect-atlassian", "eva@example.com").returncode, 0)


if __name__ == "__main__":
    unittest.main()
