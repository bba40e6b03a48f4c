"""Authority from the source, end to end: a person connects with the account that they have at Atlassian (the sandbox plays it), and Jira
itself says what they administer; when that ends, so does what rests on it."""
import json
import pathlib
import re
import shutil
import tempfile
import unittest
import urllib.parse

from harness import Installation, SCOPES, free_port, http, run
from test_authority import Person, wait_for
from test_sign_in import Browser, path_of

CALLBACK = "https://app.example/callback"
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
            'scopes = "read:me read:jira-work write:jira-work read:jira-user read:space:confluence offline_access"\n'
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

    def app_token(self, email, app, *resources):
        """An access token of `app` for a person, who consents to these resources in a browser."""
        asked = urllib.parse.urlencode({"response_type": "code", "client_id": app["client_id"], "redirect_uri": CALLBACK, "scope": "read:jira-work write:jira-work read:jira-user",
                                        "state": "xyz", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"})
        panel, gate = self.browser(email), Browser(self.it.gateway)
        there = gate.get("/authorize?" + asked).headers["Location"]
        back = panel.get(there[len(self.it.admin):]).headers["Location"]
        gate.get(gate.get(back[len(self.it.gateway):]).headers["Location"])
        ticked = dict(re.search(r'name="(r\d+)" value="([^"]*)"[^>]*> ' + re.escape(one), gate.page).groups() for one in resources)
        given = gate.submit("/authorize", decision="allow", **ticked)
        code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(given.headers["Location"]).query))["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "client_id": app["client_id"], "client_secret": app["client_secret"]}
        answer = http("POST", self.it.gateway + "/oauth/token", {"Content-Type": "application/x-www-form-urlencoded"}, urllib.parse.urlencode(form).encode())
        return answer.json()["access_token"]

    def test_3b_an_app_acts_as_the_person_and_within_its_own_boundary(self):
        app = self.it.ok("app", "create", "--name", "Sprint report", "--redirect-uri", CALLBACK, "--scopes", "read:jira-work,write:jira-work,read:jira-user",
                         "--resource", "acme/A", "--resource", "acme/C")
        token = self.app_token("max@example.com", app, "acme/A", "acme/C")
        read = lambda issue, of=token: self.it.get(f"/rest/api/3/issue/{issue}?fields=summary", of)
        self.assertEqual([read(one).status for one in ("A-1", "B-1", "C-1")], [200, 404, 404], "Bob does not see C, and the app is not for B, which he does see")
        self.assertNotIn("Gatehouse-Acts-As", self.it.get("/rest/api/3/myself", token).headers)
        self.assertEqual(self.it.get("/rest/api/3/myself", token).json()["accountId"], BOB)
        self.assertIn(self.it.gateway + "/ex/jira/acme/rest/api/3/issue/", read("A-1").body)
        found = self.it.get("/rest/api/3/search/jql?jql=order+by+key&fields=key&maxResults=100", token).json()["issues"]
        self.assertTrue(found)
        self.assertEqual({one["key"].split("-")[0] for one in found}, {"A"})
        made = self.it.call("POST", "/rest/api/3/issue", token, json.dumps({"fields": {"project": {"key": "A"}, "issuetype": {"name": "Task"}, "summary": "by the app"}}).encode(),
                            {"Content-Type": "application/json"})
        self.assertEqual(made.status, 201, made)
        issue = self.it.get(f"/rest/api/3/issue/{made.json()['key']}?fields=creator", token).json()
        self.assertEqual(issue["fields"]["creator"]["accountId"], BOB, "the site's own history names the person")
        # Another person's consent to the same app reaches what that person sees. Eva is Bea at Atlassian.
        hers = self.app_token("eva@example.com", app, "acme/A", "acme/C")
        self.assertEqual(self.it.get("/rest/api/3/myself", hers).json()["accountId"], BEA)
        # Atlassian takes a token back before its end: the first request says so, and by the next it was renewed.
        self.it.sandbox.control("POST", "atlassian", {"forget_access": True})
        self.assertIn("that person's own sign-in", read("A-1").body)
        wait_for(lambda: read("A-1").status == 200)
        why = json.loads(self.it.cli("explain", "--request-id", read("B-1").headers["Gatehouse-Request-Id"], "--json").stdout)
        self.assertEqual((why["effect"], why["reason"]), ("deny", "outside_boundary"), why)
        # Nothing else opens the site for them: not the site's own credential.
        browser = self.browser("max@example.com")
        browser.get("/account")
        browser.submit("/account/atlassian/disconnect")
        refused = read("A-1")
        self.assertEqual((refused.status, "has not connected with Atlassian" in refused.body), (502, True), refused)
        wait_for(lambda: self.it.get("/rest/api/3/myself", hers).status == 200)
        browser = self.browser("max@example.com")
        self.assertEqual(browser.get(self.consent(browser, BOB)).status, 303)
        self.assertEqual(read("A-1").status, 200, "at once")

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
