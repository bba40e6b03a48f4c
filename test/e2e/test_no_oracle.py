"""What lies outside the boundary and what does not exist look alike: status, header fields and body, and what the site is asked for them,
in which order. How long it takes is measured and printed: it is the site's, and not hidden (docs/limits.md).

test/escape compares the answers of every operation with an identifier; here are fewer, and the site's side of them.
"""
import http.client
import json
import re
import statistics
import time
import unittest
import urllib.parse

from harness import Installation, SANDBOX_TOKEN, SANDBOX_USER, SCOPES
from test_confluence import all_scopes

JIRA, WIKI = "/ex/jira/acme", "/ex/confluence/wiki"
ROUNDS = 60
# Method, path with a place for the identifier, body, one that is there and outside, one that is nowhere.
PAIRS = [
    ("GET", JIRA + "/rest/api/3/issue/{}", None, "B-1", "B-999"),
    ("GET", JIRA + "/rest/api/3/issue/{}", None, "B-1", "ZZZ-1"),
    ("GET", JIRA + "/rest/api/3/issue/{}", None, "A-6", "A-999"),  # moved to B
    ("GET", JIRA + "/rest/api/3/issue/{}", None, "A-7", "A-999"),  # has a security level
    ("PUT", JIRA + "/rest/api/3/issue/{}", {"fields": {"summary": "x"}}, "B-1", "B-999"),
    ("DELETE", JIRA + "/rest/api/3/issue/{}", None, "B-1", "B-999"),
    ("GET", JIRA + "/rest/api/3/issue/{}/comment", None, "B-1", "B-999"),
    ("POST", JIRA + "/rest/api/3/issue/{}/transitions", {"transition": {"id": "31"}}, "B-1", "B-999"),
    ("POST", JIRA + "/rest/api/3/issue", {"fields": {"project": {"key": "{}"}, "summary": "x", "issuetype": {"id": "10001"}}}, "B", "ZZZ"),
    ("POST", JIRA + "/rest/api/3/issueLink", {"type": {"name": "Blocks"}, "inwardIssue": {"key": "A-1"}, "outwardIssue": {"key": "{}"}}, "B-1", "B-999"),
    ("GET", JIRA + "/rest/api/3/project/{}", None, "B", "ZZZ"),
    ("GET", JIRA + "/rest/api/3/project/{}", None, "10001", "99999"),
    ("GET", JIRA + "/rest/api/3/version/{}", None, "10403", "99999"),
    ("GET", JIRA + "/rest/api/3/component/{}", None, "10405", "99999"),
    ("GET", JIRA + "/rest/api/3/search/jql?jql=key%20%3D%20{}", None, "B-1", "B-999"),
    ("GET", JIRA + "/rest/api/3/search/jql?jql=project%20%3D%20{}", None, "B", "Z"),
    ("GET", WIKI + "/wiki/api/v2/pages/{}", None, "71001", "99999"),
    ("GET", WIKI + "/wiki/api/v2/pages/{}", None, "70003", "99999"),  # read-restricted
    ("DELETE", WIKI + "/wiki/api/v2/pages/{}", None, "71001", "99999"),
    ("GET", WIKI + "/wiki/api/v2/spaces/{}", None, "65002", "99999"),
    ("GET", WIKI + "/wiki/rest/api/search?cql=space%20%3D%20{}", None, "B", "Z"),
]


class NoOracle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = it = Installation()
        it.ok("site", "add", "wiki", "--product", "confluence", "--url", it.sandbox.url, "--auth", "basic", "--username", SANDBOX_USER, "--secret-file", "-",
              stdin=SANDBOX_TOKEN + "\n")
        scopes = all_scopes()
        it.ok("grant", "add", "--account", "robot", "--resource", "wiki/A", "--scopes", scopes)
        cls.tokens = {JIRA: it.token("acme/A", scopes=SCOPES)["token"], WIKI: it.token("wiki/A", scopes=scopes)["token"]}
        cls.connection = http.client.HTTPConnection(urllib.parse.urlsplit(it.gateway).netloc, timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.connection.close()
        cls.it.close()

    def ask(self, method, path, body, name):
        """Status, fields and body without what is of this request alone, and how long it took in milliseconds."""
        token = self.tokens[JIRA if path.startswith(JIRA) else WIKI]
        data = None if body is None else json.dumps(body).replace("{}", name)
        began = time.perf_counter()
        self.connection.request(method, path.replace("{}", name), data, {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        took = (time.perf_counter() - began) * 1000
        fields = sorted((key.lower(), value) for key, value in answer.getheaders() if key.lower() not in ("date", "gatehouse-request-id"))
        text = text.replace(answer.getheader("Gatehouse-Request-Id"), "ID")
        return (answer.status, fields, self.nameless(name, text)), took

    @staticmethod
    def nameless(name, text):
        """What the client said itself it may be told again."""
        return re.sub(r"(?<![\w-])" + re.escape(name) + r"(?![\w-])", "…", text)

    def look_ups(self, name):
        """What the site was asked since the last time, with the identifier left out, and that of what it lies in: where nothing was found,
        a stand-in is asked for instead."""
        seen = self.it.sandbox.control("GET", "recorded?clear=true")["requests"]
        targets = (self.nameless(name, urllib.parse.unquote(one["target"])) for one in seen)
        return [(one["method"], re.sub(r"/content/\d+/", "/content/…/", target), self.nameless(name, one["body"])) for one, target in zip(seen, targets)]

    def test_what_is_outside_looks_like_what_is_not_there(self):
        rows = []
        for method, path, body, there, nowhere in PAIRS:
            with self.subTest(f"{method} {path}", there=there, nowhere=nowhere):
                for name in (there, nowhere):
                    self.ask(method, path, body, name)  # what is read once (fields, access) is
                self.look_ups("")
                told, asked = {}, {}
                for name in (there, nowhere):
                    told[name], _ = self.ask(method, path, body, name)
                    asked[name] = self.look_ups(name)
                self.assertEqual(told[there], told[nowhere])
                self.assertEqual(asked[there], asked[nowhere])
                self.assertGreaterEqual(told[there][0], 400)
                times = {there: [], nowhere: []}
                for _ in range(ROUNDS):
                    for name in (there, nowhere):
                        times[name].append(self.ask(method, path, body, name)[1])
                medians = [statistics.median(times[name]) for name in (there, nowhere)]
                slower = sum(one > other for one, other in zip(times[there], times[nowhere])) / ROUNDS
                rows.append((f"{method} {path.split('/rest/')[-1].split('/wiki/')[-1]}", there, nowhere, len(asked[there]), *medians, slower))
        print(f"{'':44}{'there':>7}{'nowhere':>9}{'look-ups':>10}{'ms':>8}{'ms':>8}{'slower':>8}")
        for name, there, nowhere, count, first, second, slower in rows:
            print(f"{name[:43]:44}{there:>7}{nowhere:>9}{count:10}{first:8.2f}{second:8.2f}{slower:8.0%}")


if __name__ == "__main__":
    unittest.main()
