"""Real clients, unchanged: python3-jira of Debian and jira.js of npm do through the gateway what they do directly."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from harness import Installation, SANDBOX_TOKEN, SANDBOX_USER, SCOPES

# What boards, sprints and service desks ask for beside the scopes of the platform.
MORE_SCOPES = ",".join([
    "read:servicedesk-request", "write:servicedesk-request", "read:project:jira", "read:issue-details:jira",
    "read:jql:jira", "read:board-scope:jira-software", "read:board-scope.admin:jira-software", "write:board-scope:jira-software",
    "read:sprint:jira-software", "write:sprint:jira-software", "delete:sprint:jira-software", "read:epic:jira-software",
    "write:epic:jira-software", "write:issue:jira-software"])
HERE = pathlib.Path(__file__).resolve().parent / "clients"


def node(script="jira_js.mjs"):
    """npm's own Node with one of the scripts, installed into the build folder once; None where npm can't be reached."""
    folder = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "/tmp")) / "npm-clients"
    program = folder / "node_modules" / "node" / "bin" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", script):
        shutil.copy(HERE / name, folder / name)
    wanted = folder / "node_modules" / "confluence.js"
    if not (program.exists() and wanted.exists()) and subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=folder, stdout=sys.stderr, timeout=300).returncode != 0:
        return None
    return [str(program), str(folder / script)] if program.exists() else None


def calls(command, host, user, token):
    done = subprocess.run([*command, host, user, token], capture_output=True, text=True, timeout=240)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines:
        raise AssertionError(done.stderr[-2000:])
    return lines


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.it.ok("grant", "add", "--account", "robot", "--resource", "acme/A", "--scopes", MORE_SCOPES)
        cls.token = cls.it.token("acme/A", scopes=SCOPES + "," + MORE_SCOPES)["token"]

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def same_as_directly(self, command, but=()):
        """Every call that works directly works through the gateway; `but`: what a bounded token must not do."""
        through = calls(command, self.it.gateway + "/ex/jira/acme", "ci@example.com", self.token)
        self.it.sandbox.control("POST", "reset")
        direct = calls(command, self.it.sandbox.url, SANDBOX_USER, SANDBOX_TOKEN)
        self.it.sandbox.control("POST", "reset")
        self.assertEqual([one["call"] for one in through], [one["call"] for one in direct])
        failed = [f"{mine['call']}: {mine['error']}" for mine, theirs in zip(through, direct) if theirs["ok"] and not mine["ok"] and mine["call"] not in but]
        self.assertEqual(failed, [], "\n".join(failed))
        self.assertTrue(all(not one["ok"] for one in through if one["call"] in but))
        self.assertGreater(sum(one["ok"] for one in through), len(through) * 0.9)

    def test_python_jira(self):
        self.same_as_directly(["/usr/bin/python3", str(HERE / "python_jira.py")], but=("issue of B",))

    def test_jira_js(self):
        command = node()
        if command is None:
            print("NOT RUN: jira.js: npm can't be reached")
            self.skipTest("npm can't be reached")
        self.same_as_directly(command)


if __name__ == "__main__":
    unittest.main()
