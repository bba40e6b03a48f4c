"""Signing in with a real OpenID Connect provider (npm oidc-provider), and what must not work with it."""
import datetime
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import urllib.parse

from harness import ADMIN, Installation, free_port, http, run
from test_sign_in import COOKIE, Browser, path_of

HERE = pathlib.Path(__file__).resolve().parent / "provider"


def program():
    """npm's own Node and the provider, installed into the build folder once; None where npm can't be reached."""
    folder = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "/tmp")) / "npm-provider"
    node = folder / "node_modules" / "node" / "bin" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "provider.mjs"):
        shutil.copy(HERE / name, folder / name)
    if not node.exists() and subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=folder, stdout=sys.stderr, timeout=300).returncode != 0:
        return None
    return [str(node), str(folder / "provider.mjs")] if node.exists() else None


class AtProvider:
    """Walks through the provider's own pages, with its cookies, until it sends the browser back."""

    def __init__(self):
        self.cookies = {}

    def walk(self, url, name):
        for _ in range(20):
            answer = self.send("GET", url)
            while answer.status == 200:
                action = html.unescape(re.search(r'action="([^"]+)"', answer.body).group(1))
                prompt = re.search(r'name="prompt" value="([^"]+)"', answer.body).group(1)
                fields = {"prompt": prompt}
                if prompt == "login":
                    fields.update(login=name, password="x")
                url = urllib.parse.urljoin(url, action)
                answer = self.send("POST", url, urllib.parse.urlencode(fields).encode())
            assert answer.status in (302, 303), answer
            url = urllib.parse.urljoin(url, answer.headers["Location"])
            if "/sign-in/provider/return" in url:
                return url
        raise AssertionError("the provider goes round in circles")

    def send(self, method, url, body=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = http(method, url, headers, body)
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer


def in_an_hour():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def target(url):
    parts = urllib.parse.urlsplit(url)
    return parts.path + "?" + parts.query


class Provider(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = program()
        if command is None:
            raise unittest.SkipTest("NOT RUN: npm can't be reached")
        port = free_port()
        cls.it, cls.process = None, None
        settings = pathlib.Path("/tmp") / f"gatehouse-provider-{os.getpid()}"
        settings.mkdir(exist_ok=True)
        (settings / "secret").write_text("a secret of the provider\n")
        (settings / "gatehouse.toml").write_text(
            f'[provider]\nissuer = "http://127.0.0.1:{port}"\nclient_id = "gatehouse"\nclient_secret_file = "{settings}/secret"\n'
            f'client_secret_expires_at = "{in_an_hour()}"\n'
            'name = "Example Ltd"\nprovision = "members"\n')
        try:
            cls.it = Installation(granted=False, serve=["--config", str(settings / "gatehouse.toml")])
            cls.process = subprocess.Popen([*command, str(port), cls.it.admin + "/sign-in/provider/return"], stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL, text=True)
            assert cls.process.stdout.readline().strip() == "ready"
        except BaseException:
            cls.tearDownClass()
            raise
        finally:
            shutil.rmtree(settings, ignore_errors=True)

    @classmethod
    def tearDownClass(cls):
        if cls.process:
            cls.process.terminate()
            cls.process.wait(10)
            cls.process.stdout.close()
        if cls.it:
            cls.it.close()

    def test_the_secret_at_the_provider_ends_like_any_other_credential(self):
        report = self.it.cli("report", "wake", "--within", "24h", "--json")
        self.assertEqual(report.returncode, 6, report)
        items = json.loads(report.stdout)["items"]
        secret = [item for item in items if item["kind"] == "openid connect secret"]
        self.assertEqual(len(secret), 1, items)
        self.assertIn("nobody signs in", secret[0]["stops"])
        self.assertEqual(secret[0]["wakes"], [ADMIN])

    def leave(self, browser, path="/sign-in/provider?next=/device"):
        answer = browser.get(path)
        self.assertEqual(answer.status, 303, answer)
        return answer.headers["Location"]

    def come_back(self, browser, name, path="/sign-in/provider?next=/device"):
        back = AtProvider().walk(self.leave(browser, path), name)
        return back, browser.get(target(back))

    def test_a_stranger_is_made_a_member(self):
        browser = Browser(self.it.admin)
        self.assertIn("Sign in with Example Ltd", browser.get("/sign-in").body)
        _, answer = self.come_back(browser, "newcomer")
        self.assertEqual((answer.status, answer.headers["Location"]), (303, "/device"), answer)
        who = browser.get("/session").json()
        self.assertEqual((who["user"], who["role"], who["way"]), ("newcomer@example.com", "member", "provider"))
        again = Browser(self.it.admin)
        self.come_back(again, "newcomer")
        self.assertEqual(again.get("/session").json()["user"], "newcomer@example.com")

    def test_an_email_address_binds_nobody(self):
        browser = Browser(self.it.admin)
        _, answer = self.come_back(browser, "admin")
        self.assertEqual(answer.status, 403, "the provider's user has the administrator's address, and is not the administrator")
        self.assertNotIn(COOKIE, browser.cookies)

    def test_who_is_here_connects_and_proves(self):
        link = json.loads(run("user", "reset-link", ADMIN, "--data", self.it.data, "--json").stdout)["sign_in_url"]
        browser = Browser(self.it.admin)
        browser.get(path_of(link))
        _, answer = self.come_back(browser, "boss-7", "/account/provider")
        self.assertEqual((answer.status, answer.headers["Location"]), (303, "/account"), answer)
        other = Browser(self.it.admin)
        self.come_back(other, "boss-7")
        self.assertEqual(other.get("/session").json()["user"], ADMIN)
        before = other.cookies[COOKIE]
        _, proved = self.come_back(other, "boss-7", "/step-up/provider?next=/account")
        self.assertEqual(proved.status, 303, proved)
        self.assertNotEqual(other.cookies[COOKIE], before)
        _, refused = self.come_back(other, "newcomer", "/step-up/provider?next=/account")
        self.assertEqual(refused.status, 401, "another person can't prove it")

    def test_an_answer_works_once_and_in_its_own_browser(self):
        browser, other = Browser(self.it.admin), Browser(self.it.admin)
        back = AtProvider().walk(self.leave(browser), "newcomer")
        self.assertEqual(other.get(target(back)).status, 401, "signing somebody else in")
        self.leave(other)
        self.assertEqual(other.get(target(back)).status, 401, "with a state of another departure")
        kept = dict(browser.cookies)
        self.assertEqual(browser.get(target(back)).status, 303)
        browser.cookies = kept
        self.assertEqual(browser.get(target(back)).status, 401, "replay")

    def test_a_changed_answer_is_refused(self):
        for change in (("iss=", "iss=http%3A%2F%2Fevil.example%2F&was="), ("code=", "code=x"), ("code=", "was=")):
            browser = Browser(self.it.admin)
            back = AtProvider().walk(self.leave(browser), "newcomer")
            self.assertIn("iss=", back)
            self.assertEqual(browser.get(target(back).replace(*change)).status, 401, change)
            self.assertNotIn(COOKIE, browser.cookies)


if __name__ == "__main__":
    unittest.main()
