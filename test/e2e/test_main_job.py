"""The main job with the built binary: a token that opens one Jira project and nothing else."""
import base64
import json
import subprocess
import unittest

from harness import Installation, SCOPES, http


class MainJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.token = cls.it.token("acme/A")
        cls.canary_b = cls.it.sandbox.direct("GET", "/rest/api/3/project/B").json()["name"]

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def test_an_issue_of_the_project_is_answered(self):
        answer = self.it.get("/rest/api/3/issue/A-1?fields=summary", self.token)
        self.assertEqual(answer.status, 200, answer)
        issue = answer.json()
        self.assertEqual(issue["key"], "A-1")
        self.assertEqual(list(issue["fields"]), ["summary"])
        self.assertTrue(issue["self"].startswith(self.it.gateway + "/ex/jira/acme/rest/api/3/issue/"), issue["self"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertTrue(answer.headers["Gatehouse-Request-Id"])

    def test_outside_is_the_same_whether_it_exists_or_not(self):
        there = self.it.get("/rest/api/3/issue/B-1", self.token)
        missing = self.it.get("/rest/api/3/issue/B-99999", self.token)
        self.assertEqual((there.status, missing.status), (404, 404))
        without_id = [{name.lower(): value for name, value in answer.headers.items() if name.lower() not in ("gatehouse-request-id", "date")} for answer in (there, missing)]
        self.assertEqual(without_id[0], without_id[1])
        bodies = [answer.body.replace(answer.headers["Gatehouse-Request-Id"], "ID") for answer in (there, missing)]
        self.assertEqual(bodies[0], bodies[1])
        self.assertIn("gatehouse explain --request-id", there.json()["errorMessages"][0])

    def test_a_search_for_everything_finds_the_project_only(self):
        answer = self.it.get("/rest/api/3/search/jql?jql=order+by+created&fields=*all&maxResults=100", self.token)
        self.assertEqual(answer.status, 200, answer)
        keys = [issue["key"] for issue in answer.json()["issues"]]
        self.assertTrue(keys)
        self.assertTrue(all(key.startswith("A-") for key in keys), keys)
        self.assertNotIn(self.canary_b, answer.body)

    def test_writes_reach_the_project_only(self):
        fields = {"issuetype": {"name": "Task"}, "summary": "made by a test"}
        before = self.it.sandbox.control("GET", "digest/B")
        made = self.it.call("POST", "/rest/api/3/issue", self.token, {"fields": {"project": {"key": "A"}, **fields}})
        self.assertEqual(made.status, 201, made)
        refused = self.it.call("POST", "/rest/api/3/issue", self.token, {"fields": {"project": {"key": "B"}, **fields}})
        self.assertEqual(refused.status, 404, refused)
        edited = self.it.call("PUT", "/rest/api/3/issue/" + made.json()["key"], self.token, {"fields": {"summary": "edited"}})
        self.assertEqual(edited.status, 204, edited)
        self.assertEqual(self.it.call("PUT", "/rest/api/3/issue/B-1", self.token, {"fields": {"summary": "edited"}}).status, 404)
        self.assertEqual(self.it.call("DELETE", "/rest/api/3/issue/B-1", self.token).status, 404)
        self.assertEqual(self.it.sandbox.control("GET", "digest/B"), before)

    def test_missing_scope_is_named(self):
        reader = self.it.token("acme/A", scopes="read:jira-work")
        answer = self.it.call("POST", "/rest/api/3/issue", reader, {"fields": {"project": {"key": "A"}, "issuetype": {"name": "Task"}, "summary": "x"}})
        self.assertEqual(answer.status, 403, answer)
        self.assertIn("write:jira-work", answer.body)
        self.assertIn("insufficient_scope", answer.headers["WWW-Authenticate"])

    def test_curl_with_an_e_mail_address_and_the_token(self):
        done = subprocess.run(["curl", "-sS", "-u", "ci@example.com:" + self.token["token"], self.it.gateway + "/ex/jira/acme/rest/api/2/issue/A-1?fields=summary"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(done.stdout)["key"], "A-1")

    def test_no_and_wrong_tokens(self):
        url = self.it.gateway + "/ex/jira/acme/rest/api/3/issue/A-1"
        token = self.token["token"]
        mistyped = token[:-1] + ("1" if token.endswith("0") else "0")
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Bearer " + mistyped},
                        {"Authorization": "Basic " + base64.b64encode(b"x:y").decode()}):
            answer = http("GET", url, headers)
            self.assertEqual(answer.status, 401, answer)
            self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))

    def test_explain_says_why(self):
        refused = self.it.get("/rest/api/3/issue/B-1", self.token)
        # What requests leave is written in batches, some times a second.
        for _ in range(50):
            done = self.it.cli("explain", "--request-id", refused.headers["Gatehouse-Request-Id"], "--json")
            if done.returncode == 0:
                break
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("outside_boundary", done.stdout)
        by_hand = self.it.ok("explain", "--token-id", self.token["id"], "GET", "/ex/jira/acme/rest/api/3/issue/A-1")
        self.assertIn("permit", json.dumps(by_hand))

    def test_trace_names_the_automation(self):
        made = self.it.call("POST", "/rest/api/3/issue/A-1/comment", self.token, {"body": {"type": "doc", "version": 1, "content": []}})
        self.assertEqual(made.status, 201, made)
        for _ in range(50):
            done = self.it.cli("trace", "acme", "A-1", "--json")
            if "robot" in done.stdout:
                break
        self.assertIn("robot", done.stdout)

    def test_trace_finds_what_was_created(self):
        fields = {"fields": {"project": {"key": "A"}, "issuetype": {"name": "Task"}, "summary": "made by a robot"}}
        made = self.it.call("POST", "/rest/api/3/issue", self.token, fields)
        self.assertEqual(made.status, 201, made)
        key = json.loads(made.body)["key"]
        for _ in range(50):
            done = self.it.cli("trace", "acme", key, "--json")
            if "robot" in done.stdout:
                break
        self.assertIn("robot", done.stdout)
        self.assertIn("createIssue", done.stdout)

    def test_pause_and_revoke_are_in_force_when_they_are_answered(self):
        token = self.it.token("acme/A")
        path = "/rest/api/3/issue/A-1?fields=summary"
        self.assertEqual(self.it.get(path, token).status, 200)
        self.it.ok("token", "pause", token["id"], "--reason", "test")
        self.assertIn(self.it.get(path, token).status, (401, 403))
        self.assertEqual(self.it.get(path, self.token).status, 200, "nothing else is touched")
        self.it.ok("token", "resume", token["id"])
        self.assertEqual(self.it.get(path, token).status, 200)
        self.it.ok("token", "revoke", token["id"])
        self.assertEqual(self.it.get(path, token).status, 401)

    def test_a_resource_waits_for_its_grant(self):
        token = self.it.token("acme/A", "acme/C")
        self.assertEqual(self.it.get("/rest/api/3/project/C", token).status, 404)
        grant = self.it.ok("grant", "add", "--account", "robot", "--resource", "acme/C", "--scopes", SCOPES)
        self.assertEqual(self.it.get("/rest/api/3/project/C", token).status, 200)
        self.it.ok("grant", "remove", grant["id"])
        self.assertEqual(self.it.get("/rest/api/3/project/C", token).status, 404)

    def test_rotation_keeps_both_alive(self):
        token = self.it.token("acme/A")
        successor = self.it.ok("token", "rotate", token["id"], "--overlap", "1h")
        path = "/rest/api/3/issue/A-1?fields=summary"
        for secret in (token["token"], successor["token"], token["token"]):
            self.assertEqual(self.it.get(path, secret).status, 200)


if __name__ == "__main__":
    unittest.main()
