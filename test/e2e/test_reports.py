"""The question at any hour: a token that ends tonight, three automations on it, no deputy, and the commands that put it right."""
import json
import pathlib
import shlex
import signal
import time
import unittest

from harness import ADMIN, Installation, http

ISSUE = "/rest/api/3/issue/A-1?fields=summary"


class Reports(unittest.TestCase):
    def report(self, it, *words, expected=6):
        done = it.cli(*words, "--json")
        self.assertEqual(done.returncode, expected, done.stderr + done.stdout)
        return json.loads(done.stdout)

    def test_tonight_and_the_commands_that_put_it_right(self):
        with Installation() as it:
            token = it.ok("token", "create", "--account", "robot", "--name", "quick-fix", "--scopes", "read:jira-work", "--resource", "acme/A",
                          "--expires-in", "6h")
            for agent in ("gitlab-runner/16.9", "nightly/2.1 python-requests/2.31", "n8n/1.30"):
                self.assertEqual(it.get(ISSUE, token, headers={"User-Agent": agent}).status, 200)
            report = self.report(it, "tonight")
            item = next(one for one in report["items"] if one["id"] == token["id"])
            self.assertEqual({one["tool"] for one in item["automations"]}, {"gitlab-runner", "nightly python-requests", "n8n"})
            self.assertEqual(item["wakes"], [ADMIN])
            self.assertIsNone(item["deputy"])
            self.assertEqual(len(item["commands"]), 2)
            it.ok("user", "add", "deputy@example.com", "--name", "D", "--role", "member")
            for command in item["commands"]:
                words = shlex.split(command.replace("EMAIL", "deputy@example.com"))[1:]
                self.assertEqual(it.cli(*words).returncode, 0, command)
            self.assertNotIn(token["id"], [one["id"] for one in self.report_of(it, "tonight")["items"]])
            leaving = self.report(it, "report", "wake", "--user", ADMIN)
            item = next(one for one in leaving["items"] if one["id"] == token["id"])
            self.assertEqual(item["wakes"], ["deputy@example.com"])

            shared = self.report(it, "report", "shared")
            self.assertEqual([one["id"] for one in shared["items"]], [token["id"]])
            plan = it.cli("report", "shared", "--plan", "--token", token["id"])
            self.assertEqual(plan.returncode, 0, plan.stderr)
            self.assertEqual(plan.stdout.count("  - handle: "), 2, plan.stdout)
            metrics = http("GET", it.admin + "/metrics").body
            self.assertIn('gatehouse_report_findings{report="shared"} 1', metrics)
            self.assertIn("gatehouse_usage_lost_at_most_seconds 0", metrics)
            advice = self.report(it, "advise")
            self.assertIn("shared", [one["report"] for one in advice["items"]])

    def report_of(self, it, *words):
        return json.loads(it.cli(*words, "--json").stdout)

    def test_trace_names_the_owner_and_the_address(self):
        with Installation() as it:
            token = it.token("acme/A")
            made = it.call("POST", "/rest/api/3/issue/A-1/comment", token, {"body": {"type": "doc", "version": 1, "content": []}})
            self.assertEqual(made.status, 201, made)
            lines, deadline = [], time.time() + 10
            while not lines and time.time() < deadline:  # the record is handed over after the answer
                lines = it.ok("trace", "acme", "A-1")
            line = lines[0]
            self.assertEqual((line["owner"], line["address"], line["account"]), (ADMIN, "127.0.0.1", "robot"))

    def test_a_crash_says_that_usage_may_be_lost(self):
        with Installation() as it:
            log = pathlib.Path(it.server.log)
            it.server.stop(signal.SIGKILL)
            it.start()
            self.assertIn("did not end properly", log.read_text())
            self.assertIn("gatehouse_usage_lost_at_most_seconds 10", http("GET", it.admin + "/metrics").body)
            it.server.stop()
            before = log.read_text().count("did not end properly")
            it.start()
            self.assertEqual(log.read_text().count("did not end properly"), before, "a clean end says nothing")


if __name__ == "__main__":
    unittest.main()
