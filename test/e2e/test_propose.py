"""A token that is openly for the whole site, judged as if it were bounded: never blocked for it, and judged as the real one is."""
import datetime
import json
import time
import unittest

from harness import Installation, SCOPES


def in_seconds(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


NEW = {"issuetype": {"name": "Task"}, "summary": "made by a test"}
REQUESTS = [
    ("GET", "/rest/api/3/issue/A-1", None),
    ("GET", "/rest/api/3/issue/B-1", None),
    ("GET", "/rest/api/3/issue/B-1?fields=summary", None),
    ("GET", "/rest/api/2/issue/A-1/comment", None),
    ("GET", "/rest/api/2/issue/B-1/comment", None),
    ("PUT", "/rest/api/3/issue/A-1", {"fields": {"summary": "edited"}}),
    ("PUT", "/rest/api/3/issue/B-1", {"fields": {"summary": "edited"}}),
    ("POST", "/rest/api/2/issue", {"fields": {"project": {"key": "A"}, **NEW}}),
    ("POST", "/rest/api/2/issue", {"fields": {"project": {"key": "B"}, **NEW}}),
    ("POST", "/rest/api/2/issue/B-2/comment", {"body": "hello"}),
    ("POST", "/rest/api/2/issue/A-2/comment", {"body": "hello"}),
    ("GET", "/rest/api/3/project/A", None),
    ("GET", "/rest/api/3/project/B", None),
    ("GET", "/rest/api/3/search/jql?jql=project+%3D+A&fields=summary", None),
    ("GET", "/rest/api/3/search/jql?jql=project+%3D+B&fields=summary", None),
    ("GET", "/rest/api/3/search/jql?jql=created+%3E%3D+-3650d&fields=summary", None),
    ("GET", "/rest/api/3/status", None),
    ("GET", "/rest/api/3/field", None),
    ("GET", "/rest/api/3/serverInfo", None),
    ("GET", "/rest/api/3/myself", None),
]


class Propose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.it.ok("grant", "add", "--account", "robot", "--resource", "acme/*", "--scopes", SCOPES, "--restricted", "include")
        cls.whole = cls.it.token("acme/*")
        cls.bounded = cls.it.token("acme/A")

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def propose(self, until):
        return self.it.token("acme/*", more=("--expires-in", "30d", "--propose", "acme/A", "--until", until))

    def report(self, token):
        done = self.it.cli("report", "would-deny", "--token", token["id"], "--json")
        self.assertIn(done.returncode, (0, 6), done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode == 6, bool(report["items"]))
        return report

    def test_the_judgement_is_that_of_the_real_boundary(self):
        token = self.propose(in_seconds(3600))
        self.assertEqual(token["proposed"], ["acme/A"])
        denied_before = 0
        compared = 0
        for method, path, body in REQUESTS:
            plain = self.it.call(method, path, self.whole, body)
            judged = self.it.call(method, path, token, body)
            self.assertEqual(judged.status, plain.status, f"{method} {path}: it is never blocked")
            self.assertLess(plain.status, 400, f"{method} {path}: {plain}")
            real = self.it.call(method, path, self.bounded, body)
            report = self.report(token)
            self.assertEqual(report["not_judged"], [], f"{method} {path}")
            denied = sum(row["requests"] for row in report["items"])
            self.assertEqual(denied - denied_before, int(real.status >= 400), f"{method} {path}: really {real}; {report['items']}")
            denied_before = denied
            compared += 1
        counts = report["tokens"][0]
        self.assertEqual(counts["permitted"] + counts["denied"], compared)
        self.assertGreater(counts["denied"], 4)
        row = next(row for row in report["items"] if row["operation"] == "editIssue")
        self.assertEqual((row["resource"], row["reason"]), ("acme/B", "outside_boundary"))
        self.assertTrue(row["request_id"])
        self.assertNotIn("edited", str(report), "never bodies")

    def test_narrow_bounds_it(self):
        token = self.propose(in_seconds(3600))
        self.assertEqual(self.it.get("/rest/api/3/issue/B-1", token).status, 200)
        narrowed = self.it.ok("token", "narrow", token["id"])
        self.assertEqual(narrowed["resources"], ["acme/A"])
        self.assertIsNone(narrowed["propose_until"])
        self.assertEqual(self.it.get("/rest/api/3/issue/B-1", token).status, 404)
        self.assertEqual(self.it.get("/rest/api/3/issue/A-1", token).status, 200)

    def test_its_time_bounds_it(self):
        # The machine may be slow: as long as it takes to make one that has time left.
        for seconds in (4, 20, 60):
            until = time.time() + seconds
            words = ("token", "create", "--account", "robot", "--name", "test", "--scopes", SCOPES, "--resource", "acme/*",
                     "--expires-in", "30d", "--propose", "acme/A", "--until", in_seconds(seconds), "--json")
            made = self.it.cli(*words)
            if made.returncode == 0:
                break
        self.assertEqual(made.returncode, 0, made.stderr)
        token = json.loads(made.stdout)
        before = self.it.get("/rest/api/3/issue/B-1", token)
        if time.time() < until - 1:
            self.assertEqual(before.status, 200)
        time.sleep(max(0, until + 1 - time.time()))
        self.assertEqual(self.it.get("/rest/api/3/issue/B-1", token).status, 404)
        self.assertEqual(self.it.get("/rest/api/3/issue/A-1", token).status, 200)
        self.assertEqual(self.it.ok("token", "show", token["id"])["resources"], ["acme/A"])

    def test_a_whole_site_token_can_be_narrowed_by_name(self):
        token = self.it.token("acme/*")
        self.assertEqual(self.it.ok("token", "narrow", token["id"], "--resource", "acme/A")["resources"], ["acme/A"])
        self.assertEqual(self.it.get("/rest/api/3/issue/B-1", token).status, 404)

    def test_what_is_wrong_is_refused(self):
        for more in (("--propose", "acme/A"), ("--until", in_seconds(60)), ("--propose", "acme/A", "--until", "2020-01-01T00:00:00Z")):
            words = ("token", "create", "--account", "robot", "--name", "x", "--scopes", SCOPES, "--resource", "acme/*", "--expires-in", "1d")
            done = self.it.cli(*words, *more)
            self.assertNotEqual(done.returncode, 0, more)
        outside = self.it.cli("token", "create", "--account", "robot", "--name", "x", "--scopes", SCOPES, "--resource", "acme/A",
                              "--expires-in", "1d", "--propose", "acme/B", "--until", in_seconds(60))
        self.assertNotEqual(outside.returncode, 0)
        self.assertIn("boundary", outside.stderr)


if __name__ == "__main__":
    unittest.main()
