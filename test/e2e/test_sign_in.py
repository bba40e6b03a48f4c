"""People at the door of the real binary: the first link, a password, sessions by cookie, `gatehouse login`, SCIM, and what an attacker tries."""
import html
import json
import os
import pathlib
import re
import stat
import subprocess
import tempfile
import unittest
import urllib.parse

from harness import ADMIN, BINARY, Installation, http, run

SENTENCE = "the gate opens at seven"
COOKIE = "__Host-gatehouse-admin"


class Browser:
    """Keeps cookies as a browser does on a trustworthy origin, and sends forms with their hidden fields."""

    def __init__(self, base):
        self.base, self.cookies, self.page = base, {}, ""

    def send(self, method, path, fields=None, origin=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = origin if origin is not None else self.base
        answer = http(method, self.base + path, headers, body)
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            assert "Secure" in rest and "HttpOnly" in rest and "Path=/" in rest and "Domain" not in rest, line
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        if "text/html" in (answer.headers["Content-Type"] or ""):
            self.page = answer.body
        return answer

    def get(self, path):
        return self.send("GET", path)

    def submit(self, action, **fields):
        form = re.search(rf'action="{re.escape(action)}">(.*?)</form>', self.page, re.S).group(1)
        hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form))
        return self.send("POST", action, {**{name: html.unescape(value) for name, value in hidden.items()}, **fields})


def path_of(url):
    return urllib.parse.urlsplit(url).path


class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation(granted=False)
        cls.browser = Browser(cls.it.admin)
        link = run("user", "reset-link", ADMIN, "--data", cls.it.data, "--json")
        assert link.returncode == 0, link.stderr
        cls.link = path_of(json.loads(link.stdout)["sign_in_url"])
        assert cls.browser.get(cls.link).status == 303
        cls.browser.get("/account")
        assert cls.browser.submit("/account/password", password=SENTENCE, again=SENTENCE).status == 303

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def signed_in(self):
        browser = Browser(self.it.admin)
        browser.get("/sign-in")
        answer = browser.submit("/sign-in", email=ADMIN, password=SENTENCE)
        self.assertEqual(answer.status, 303, answer)
        return browser

    def test_init_and_serve_print_a_link_that_works_once(self):
        with tempfile.TemporaryDirectory() as folder:
            made = run("init", "--data", folder + "/data", "--admin-email", ADMIN, "--json")
            url = json.loads(made.stdout)["sign_in_url"]
            self.assertTrue(url.startswith("http://127.0.0.1:8481/sign-in/link/"), url)
            server = subprocess.Popen([BINARY, "serve", "--data", folder + "/data", "--gateway", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--json"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                ready = json.loads(server.stdout.readline())
                for link in (path_of(url), path_of(ready["sign_in_url"])):
                    browser = Browser(ready["admin_url"])
                    self.assertEqual(browser.get(link).status, 303)
                    self.assertIn(COOKIE, browser.cookies)
                    self.assertEqual(browser.get("/").status, 200)
                    self.assertEqual(Browser(ready["admin_url"]).get(link).status, 404)
            finally:
                server.terminate()
                server.wait(20)
                server.stdout.close()

    def test_a_session_opens_pages_and_by_its_bearer_the_rest_api(self):
        browser = self.signed_in()
        self.assertEqual(browser.get("/").status, 200)
        cookie = {"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}
        self.assertEqual(http("GET", self.it.admin + "/api/v1/me", cookie).status, 401, "the REST API takes no cookies")
        who = browser.get("/session").json()
        headers = {**cookie, "Origin": self.it.admin, "Gatehouse-CSRF": who["csrf"]}
        bearer = http("POST", self.it.admin + "/session/bearer", headers, b"").json()["bearer"]
        me = http("GET", self.it.admin + "/api/v1/me", {"Authorization": "Bearer " + bearer})
        self.assertEqual((me.status, me.json()["email"]), (200, ADMIN))
        self.assertEqual(http("POST", self.it.admin + "/session/bearer", {**headers, "Origin": "http://evil.example"}, b"").status, 403)
        self.assertEqual(http("POST", self.it.admin + "/session/bearer", {**headers, "Gatehouse-CSRF": "x"}, b"").status, 403)
        browser.get("/account")
        self.assertEqual(browser.submit("/sign-out").status, 303)
        self.assertEqual(http("GET", self.it.admin + "/api/v1/me", {"Authorization": "Bearer " + bearer}).status, 401)

    def test_a_foreign_host_name_gets_nothing(self):
        self.assertEqual(http("GET", self.it.admin + "/sign-in", {"Host": "evil.example"}).status, 421)

    def test_login_gets_a_key_that_later_commands_use(self):
        with tempfile.TemporaryDirectory() as home:
            environment = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": home, "GATEHOUSE_URL": self.it.admin}
            tool = subprocess.Popen([BINARY, "login"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
            try:
                shown = tool.stderr.readline()
                code = re.search(r"/device\?code=([A-Z-]+)", shown).group(1)
                browser = self.signed_in()
                self.assertEqual(browser.get("/device?code=" + code).status, 200)
                self.assertIn(ADMIN, browser.page)
                self.assertEqual(browser.submit("/device", decision="approve").status, 200)
                _, err = tool.communicate(timeout=40)
            finally:
                if tool.poll() is None:
                    tool.kill()
                    tool.communicate()
            self.assertEqual(tool.returncode, 0, err)
            kept = pathlib.Path(home) / "gatehouse" / "keys.json"
            self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)

            def cli(*words):
                return subprocess.run([BINARY, *words], capture_output=True, text=True, env=environment, timeout=60)

            mine = cli("user", "list", "--json")
            self.assertEqual(mine.returncode, 0, mine.stderr)
            made = cli("admin-key", "create", "--name", "short", "--expires-in", "1h", "--json")
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertNotEqual(cli("admin-key", "create", "--name", "long", "--expires-in", "60d").returncode, 0, "it would outlive the key that asks")
            names = [one["name"] for one in json.loads(cli("admin-key", "list", "--json").stdout)]
            self.assertIn("short", names)
            self.assertEqual(cli("admin-key", "revoke", json.loads(made.stdout)["id"]).returncode, 0)
            self.assertEqual(cli("logout").returncode, 0)
            self.assertEqual(json.loads(kept.read_text()), {})
            self.assertEqual(cli("user", "list").returncode, 2, "no key any more")

    def test_the_directory_deactivates_and_everything_of_the_person_ends(self):
        key = self.it.ok("directory-key", "create", "--name", "Entra")["directory_key"]
        headers = {"Authorization": "Bearer " + key, "Content-Type": "application/scim+json"}
        made = http("POST", self.it.admin + "/scim/v2/Users", headers, {"userName": "leaver@example.com", "displayName": "Lea Ver", "active": True})
        self.assertEqual(made.status, 201, made)
        link = self.it.ok("user", "reset-link", "leaver@example.com")["sign_in_url"]
        leaver = Browser(self.it.admin)
        self.assertEqual(leaver.get(path_of(link)).status, 303)
        self.it.ok("account", "create", "orphan-to-be", "--owner", "leaver@example.com", "--purpose", "tests", "--runs-in", "CI")
        gone = http("PATCH", self.it.admin + "/scim/v2/Users/" + made.json()["id"], headers,
                    {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]})
        self.assertEqual((gone.status, gone.json()["active"]), (200, False))
        self.assertEqual(leaver.get("/").status, 303, "the session is over")
        orphans = self.it.cli("report", "orphans", "--json")
        self.assertIn("orphan-to-be", orphans.stdout)
        self.it.ok("user", "transfer-all", "leaver@example.com", "--to", ADMIN)
        self.assertEqual(self.it.ok("account", "show", "orphan-to-be")["owner"], ADMIN)
        self.assertEqual(http("GET", self.it.admin + "/scim/v2/Users", {"Authorization": "Bearer " + self.it.key}).status, 401)

    def test_no_secret_of_the_door_stands_in_the_record(self):
        browser = self.signed_in()
        records = self.it.cli("audit", "export").stdout
        for secret in (SENTENCE, browser.cookies[COOKIE], browser.cookies[COOKIE][16:], self.link.rsplit("/", 1)[1][16:]):
            self.assertNotIn(secret, records)
        self.assertIn("session.open", records)
        self.assertEqual(self.it.cli("audit", "verify").returncode, 0, "the link that was made beside the running server is chained too")


if __name__ == "__main__":
    unittest.main()
