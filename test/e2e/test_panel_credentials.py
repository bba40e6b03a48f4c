"""Making, rotating, approving and handing over credentials in the panel of the real binary, in a real browser; what is made there is used
at the gateway (panel/credentials.mjs has the steps)."""
import unittest

import test_authority
from harness import ADMIN, SCOPES, Installation
from panel_tools import account, grant, link, person, pure, tools, walk

MEMBER = "eva@example.com"


class PanelCredentials(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tools()

    def test_what_needs_no_browser(self):
        pure(self, self.folder, "credentials_pure.mjs")

    def test_a_browser_makes_and_rotates_and_hands_over(self):
        it = Installation()
        self.addCleanup(it.close)
        person(it, MEMBER, "Eva")
        account(it, "theirs", MEMBER, "of a member", "cron")
        grant(it, "theirs", "acme/A", SCOPES)
        walk(self, self.folder, "credentials.mjs", {
            "base": it.admin, "api": it.admin + "/api/v1", "gateway": it.gateway, "key": it.key, "otherKey": test_authority.Person(it, MEMBER).key,
            "link": link(it, ADMIN)})


if __name__ == "__main__":
    unittest.main()
