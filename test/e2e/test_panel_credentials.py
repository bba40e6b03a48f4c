"""Making, rotating, approving and handing over credentials in the panel of the real binary, in a real browser; what is made there is used
at the gateway (panel/credentials.mjs has the steps)."""
import json
import os
import sys
import unittest
import urllib.parse

import test_authority
import test_panel
from harness import ADMIN, SCOPES, Installation, run

MEMBER = "eva@example.com"


class PanelCredentials(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(test_panel.CHROMIUM):
            self.skipTest("NOT RUN: there is no " + test_panel.CHROMIUM)
        self.folder = test_panel.tools()
        if self.folder is None:
            self.skipTest("NOT RUN: npm can't be reached")

    def told(self):
        it = self.it = Installation()
        self.addCleanup(it.close)
        it.ok("user", "add", MEMBER, "--name", "Eva", "--role", "member")
        it.ok("account", "create", "theirs", "--owner", MEMBER, "--purpose", "of a member", "--runs-in", "cron")
        it.ok("grant", "add", "--account", "theirs", "--resource", "acme/A", "--scopes", SCOPES)
        made = run("user", "reset-link", ADMIN, "--data", it.data, "--json")
        self.assertEqual(made.returncode, 0, made.stderr)
        return {"base": it.admin, "api": it.admin + "/api/v1", "gateway": it.gateway, "key": it.key, "otherKey": test_authority.Person(it, MEMBER).key,
                "link": it.admin + urllib.parse.urlsplit(json.loads(made.stdout)["sign_in_url"]).path}

    def test_what_needs_no_browser(self):
        done = test_panel.Panel.node(self, "--test", "credentials_pure.mjs")
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        self.assertIn("# pass 2", done.stdout)

    def test_a_browser_makes_and_rotates_and_hands_over(self):
        (self.folder / "credentials.json").write_text(json.dumps(self.told()))
        done = test_panel.Panel.node(self, "credentials.mjs", "credentials.json")
        print(done.stdout, file=sys.stderr)
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-2000:])
        self.assertEqual(sum(line.startswith("ok ") for line in done.stdout.splitlines()), 6, "all of its steps")


if __name__ == "__main__":
    unittest.main()
