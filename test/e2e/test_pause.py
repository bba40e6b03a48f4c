"""A pause of one resource stops that and nothing else: neighbours and the same token's other work go on while it comes and goes."""
import datetime
import json
import threading
import time
import unittest

from harness import ADMIN, Installation, SCOPES


class Traffic(threading.Thread):
    """Reads and writes without a pause; keeps every answer that is not the wanted one."""

    def __init__(self, it, token, issue):
        super().__init__()
        self.it, self.token, self.issue = it, token, issue
        self.count, self.wrong, self.over = 0, [], False

    def run(self):
        while not self.over:
            path = f"/rest/api/3/issue/{self.issue}"
            for answer, wanted in ((self.it.get(path + "?fields=summary", self.token), 200),
                                   (self.it.call("PUT", path, self.token, {"fields": {"summary": f"turn {self.count}"}}), 204)):
                self.count += 1
                if answer.status != wanted:
                    self.wrong.append(answer)

    def stop(self):
        self.over = True
        self.join(30)


class Pause(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.it.ok("grant", "add", "--account", "robot", "--resource", "acme/B", "--scopes", SCOPES)
        cls.it.ok("account", "create", "neighbour", "--owner", ADMIN, "--purpose", "tests", "--runs-in", "CI")
        for resource in ("acme/A", "acme/B"):
            cls.it.ok("grant", "add", "--account", "neighbour", "--resource", resource, "--scopes", SCOPES)
        cls.token = cls.it.token("acme/A", "acme/B")
        cls.other = cls.it.token("acme/A", "acme/B", account="neighbour")

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def status(self, issue, token=None):
        return self.it.get(f"/rest/api/3/issue/{issue}?fields=summary", token or self.token).status

    def comes_and_goes(self, neighbours, *words):
        """Pauses acme/A by `words` again and again; in force when answered, and felt by nobody else."""
        traffic = [Traffic(self.it, token, issue) for token, issue in neighbours]
        for one in traffic:
            one.start()
        try:
            for _ in range(6):
                self.it.ok(words[0], "pause", words[1], "--resource", "acme/A", "--reason", "under repair")
                self.assertEqual(self.status("A-1"), 404)
                put = self.it.call("PUT", "/rest/api/3/issue/A-1", self.token, {"fields": {"summary": "no"}})
                self.assertEqual(put.status, 404, put)
                self.assertEqual(self.status("B-1"), 200)
                self.it.ok(words[0], "resume", words[1], "--resource", "acme/A")
                self.assertEqual(self.status("A-1"), 200)
        finally:
            for one in traffic:
                one.stop()
        for one in traffic:
            self.assertEqual(one.wrong, [], f"of {one.count}")
            self.assertGreater(one.count, 20)

    def test_for_a_token(self):
        self.comes_and_goes([(self.other, "A-2"), (self.other, "B-2"), (self.token, "B-2")], "token", self.token["id"])

    def test_for_an_account(self):
        self.comes_and_goes([(self.other, "A-2"), (self.token, "B-2")], "account", "robot")

    def test_for_a_whole_site(self):
        self.comes_and_goes([(self.other, "B-2"), (self.token, "B-2")], "site", "acme")
        self.it.ok("site", "pause", "acme", "--resource", "A")
        self.assertEqual(self.status("A-1", self.other), 404, "for everybody")
        self.it.ok("site", "resume", "acme", "--resource", "A")
        self.assertEqual(self.status("A-1", self.other), 200)

    def test_it_is_told_which_pause_it_is(self):
        self.it.ok("token", "pause", self.token["id"], "--resource", "acme/A", "--reason", "under repair")
        shown = self.it.ok("token", "show", self.token["id"])
        self.assertEqual(shown["paused_resources"][0]["resource"], "acme/A")
        self.assertEqual(shown["state"], "live")
        decision = self.it.ok("explain", "--token-id", self.token["id"], "GET", "/rest/api/3/issue/A-1")
        self.assertEqual(decision["reason"], "resource_paused")
        self.assertIn("under repair", json.dumps(decision["steps"]))
        self.assertIn("for this token", json.dumps(decision["steps"]))
        self.it.ok("token", "resume", self.token["id"], "--resource", "acme/A")
        again = self.it.cli("token", "resume", self.token["id"], "--resource", "acme/A")
        self.assertEqual(again.returncode, 4, again.stderr)

    def test_it_ends_by_itself(self):
        # The machine may be slow: as long as it takes to make one that has time left.
        for seconds in (4, 20, 60):
            until = time.time() + seconds
            text = datetime.datetime.fromtimestamp(until, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            done = self.it.cli("account", "pause", "robot", "--resource", "acme/A", "--until", text)
            if done.returncode == 0:
                break
        self.assertEqual(done.returncode, 0, done.stderr)
        status = self.status("A-1")
        if time.time() < until - 1:
            self.assertEqual(status, 404)
        time.sleep(max(0, until + 1 - time.time()))
        self.assertEqual(self.status("A-1"), 200)
        self.assertEqual(self.it.ok("account", "show", "robot")["paused_resources"], [])

    def test_a_whole_site_token_keeps_off_what_is_paused(self):
        self.it.ok("account", "create", "whole", "--owner", ADMIN, "--purpose", "tests", "--runs-in", "CI")
        self.it.ok("grant", "add", "--account", "whole", "--resource", "acme/*", "--scopes", SCOPES, "--restricted", "include")
        token = self.it.token("acme/*", account="whole")
        self.it.ok("token", "pause", token["id"], "--resource", "acme/A")
        self.assertEqual(self.status("A-1", token), 404)
        self.assertEqual(self.status("B-1", token), 200)
        found = self.it.get("/rest/api/3/search/jql?jql=created+%3E%3D+-3650d&fields=summary&maxResults=100", token)
        keys = [issue["key"] for issue in found.json()["issues"]]
        self.assertTrue(any(key.startswith("B-") for key in keys), keys)
        self.assertFalse(any(key.startswith("A-") for key in keys), keys)

    def test_who_may_end_it(self):
        refused = self.it.cli("token", "pause", self.token["id"], "--resume-by", "everybody")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        paused = self.it.ok("token", "pause", self.token["id"], "--resume-by", "owner")
        self.assertEqual(paused["resume_by"], "owner")
        self.assertEqual(self.status("B-1"), 401)
        self.it.ok("token", "resume", self.token["id"])


if __name__ == "__main__":
    unittest.main()
