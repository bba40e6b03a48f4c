"""`gatehouse advise`: for each job the commands that it names do what it recommends, once the words in capitals are put in."""
import itertools
import pathlib
import re
import subprocess
import unittest

from harness import ADMIN, BINARY, Installation, SANDBOX_TOKEN, SANDBOX_USER

WORDS = {"BOT-EMAIL": SANDBOX_USER, "WHAT-FOR": "tests", "WHERE": "CI", "NAME": "job", "https://APP": "https://app.example", "https://GATEWAY": "https://gatehouse.example",
         "https://ISSUER-OF-THE-CLUSTER": "https://issuer.example", "OWNER-ID": "7", "OWNER": "acme", "ENVIRONMENT-UUID": "9d8d", "REPOSITORY-UUID": "9d8d", "GROUP": "acme", "NAMESPACE": "ci",
         "ID": "42"}
PLACES = ("github", "gitlab", "kubernetes", "bitbucket", "server", "tool", "outside")


class Advise(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation(granted=False)
        cls.it.ok("policy", "set", "service-accounts", "guard-standard")
        cls.it.ok("user", "add", "deputy@example.com", "--name", "D", "--role", "member")
        cls.bin = pathlib.Path(cls.it.folder) / "bin"
        cls.bin.mkdir()
        (cls.bin / "gatehouse").symlink_to(BINARY)

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def run_as_told(self, command, handle):
        for email in (ADMIN, "deputy@example.com"):
            command = re.sub(r"(?<!-)\bEMAIL\b", email, command, count=1)
        for word, value in {**WORDS, "HANDLE": handle}.items():
            command = re.sub(rf"(?<![A-Z-]){re.escape(word)}(?![A-Z-])", value, command)
        self.assertIsNone(re.search(r"\b[A-Z]{4,}\b", command), command)
        done = subprocess.run(["bash", "-c", command], input=SANDBOX_TOKEN + "\n", capture_output=True, text=True, timeout=60,
                              env={"PATH": f"{self.bin}:/usr/bin:/bin", "GATEHOUSE_URL": self.it.admin, "GATEHOUSE_KEY": self.it.key})
        self.assertEqual(done.returncode, 0, (command, done.stdout, done.stderr))

    def test_the_commands_work_as_they_are_told(self):
        jobs = [(acts_as, place, "one", "long", "") for acts_as in ("system", "person") for place in PLACES]
        jobs += [("system", "server", "many", "long", ""), ("system", "tool", "all", "once", ""), ("system", "outside", "one", "days", "")]
        jobs += [("system", place, "one", "days", flag) for place, flag in zip(itertools.cycle(("server", "github", "tool")), ("--critical", "--other-team", "--named"))]
        for number, (acts_as, place, projects, lasts, flag) in enumerate(jobs):
            with self.subTest(f"{acts_as} {place} {projects} {lasts} {flag}"):
                advice = self.it.ok("advise", "--acts-as", acts_as, "--runs-in", place, "--projects", projects, "--lasts", lasts, *([flag] if flag else []))
                self.assertEqual(advice["account"], "own" if flag else "shared")
                handle = f"job-{number}"
                if acts_as == "system" and not flag:
                    self.it.ok("account", "create", handle, "--owner", ADMIN, "--purpose", "tests", "--runs-in", "CI")
                for command in advice["commands"]:
                    self.run_as_told(command, handle)

    def test_it_says_what_is_missing(self):
        told = self.it.cli("advise", "--acts-as", "system")
        self.assertEqual((told.returncode, "runs_in" in told.stderr), (2, True), told.stderr)
        shown = self.it.cli("advise", "--acts-as", "system", "--runs-in", "github", "--projects", "one", "--lasts", "long").stdout
        self.assertTrue(shown.startswith("federation\n"), shown)


if __name__ == "__main__":
    unittest.main()
