"""The register without a gateway: import of what exists at Atlassian, who is woken by it, files, and the end of the migration."""
import csv
import datetime
import io
import json
import pathlib
import unittest

from harness import Installation


def in_hours(hours):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def token(number, label, holder, hours):
    return {"id": f"tok-{number}", "label": label, "status": "ALLOWED", "createdAt": "2026-01-10T08:00:00Z", "expiresAt": in_hours(hours),
            "lastActiveAt": None, "user": {"id": holder, "orgId": "sandbox-org", "name": holder.title(), "email": f"{holder}@example.com"}}


class RegisterOnly(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation(granted=False, serve=("--register-only",))
        cls.key_file = pathlib.Path(cls.it.folder) / "org.key"
        cls.key_file.write_text("sandbox-org-key\n")
        cls.it.sandbox.control("POST", "admin", {"tokens": [token(1, "Jenkins nightly", "alice", 10), token(2, "HR sync", "bob", 24 * 90)]})

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def from_atlassian(self, *more):
        return self.it.ok("register", "import", "--from-atlassian", "--org", "sandbox-org", "--key-file", str(self.key_file), "--api-url", self.it.sandbox.url, *more)

    def test_1_a_dry_run_changes_nothing(self):
        self.assertEqual(self.from_atlassian("--dry-run")["added"], 4)
        self.assertEqual(self.it.ok("register", "list"), [])

    def test_2_import_and_wake(self):
        self.assertIsNone(self.it.gateway)
        self.assertEqual(self.from_atlassian()["added"], 4)
        again = self.from_atlassian()
        self.assertEqual((again["added"], again["unchanged"]), (0, 4))
        woken = self.it.cli("tonight", "--json")
        self.assertEqual(woken.returncode, 6, woken.stderr)
        self.assertIn("Jenkins nightly", woken.stdout)
        self.assertIn("alice@example.com", woken.stdout)
        self.assertNotIn("HR sync", woken.stdout)

    def test_3_an_external_token_opens_nothing(self):
        for credential in self.it.ok("register", "show", "jenkins-nightly")["credentials"]:
            self.assertEqual(credential["kind"], "external")
            refused = self.it.cli("token", "rotate", credential["id"])
            self.assertEqual(refused.returncode, 5, refused.stderr)
            self.assertRegex(refused.stderr, "only keeps this (credential|token) in (its|the) register")
        refused = self.it.cli("token", "create", "--account", "jenkins-nightly", "--name", "x", "--role", "viewer", "--resource", "acme/A", "--expires-in", "1d")
        self.assertEqual(refused.returncode, 5, refused.stderr)
        self.assertIn("gatehouse account adopt", refused.stderr)

    def test_4_files(self):
        self.it.ok("account", "edit", "hr-sync", "--purpose", "=2+2", "--runs-in", "HR's server", "--declared-resource", "acme/A", "--tool", "cron")
        folder = pathlib.Path(self.it.folder) / "out"
        for kind in ("csv", "json", "yaml"):
            done = self.it.cli("register", "export", "--format", kind, "-o", str(folder))
            self.assertEqual(done.returncode, 0, done.stderr)
            outcome = self.it.ok("register", "import", str(folder / f"register.{kind}"))
            self.assertEqual((outcome["created"], outcome["changed"], outcome["credentials_changed"]), ([], [], 0), kind)
        rows = list(csv.DictReader(io.StringIO((folder / "register.csv").read_text())))
        self.assertEqual([row["purpose"] for row in rows if row["handle"] == "hr-sync"], ["'=2+2"])
        entries = json.loads((folder / "register.json").read_text())["entries"]
        self.assertEqual(sorted(entry["handle"] for entry in entries), ["hr-sync", "jenkins-nightly", "reports"])
        done = self.it.cli("register", "export", "--format", "markdown", "-o", str(folder))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("| tool | cron |", (folder / "hr-sync.md").read_text())
        bad = folder / "bad.csv"
        bad.write_text("handle,owner\nhr-sync,nobody@example.com\n")
        refused = self.it.cli("register", "import", str(bad))
        self.assertIn("Line 2, field owner", refused.stderr)
        self.assertEqual(refused.returncode, 2)

    def test_5_the_way_of_the_migration(self):
        before = self.it.cli("report", "migration", "--json")
        self.assertEqual((before.returncode, json.loads(before.stdout)["personal_left"]), (6, 2))
        self.it.sandbox.control("POST", "admin", {"tokens": []})
        self.assertEqual(self.from_atlassian()["vanished"], 2)
        after = self.it.cli("report", "migration")
        self.assertEqual(after.returncode, 0, after.stderr)
        self.assertEqual(self.it.cli("report", "bypass").returncode, 0)
        self.assertEqual(self.it.cli("tonight").returncode, 0, "what vanished wakes nobody")

    def test_6_refusals(self):
        self.key_file.write_text("wrong")
        refused = self.it.cli("register", "import", "--from-atlassian", "--org", "sandbox-org", "--key-file", str(self.key_file), "--api-url", self.it.sandbox.url)
        self.assertEqual(refused.returncode, 3, refused.stderr)
        self.assertIn("refuses the organization's API key", refused.stderr)
        self.key_file.write_text("sandbox-org-key")
        self.it.sandbox.control("POST", "admin", {"too_many": 1})
        self.assertEqual(self.from_atlassian()["added"], 0, "it came again after a second")
        neither = self.it.cli("register", "import")
        self.assertEqual(neither.returncode, 2)
        self.assertIn("Give exactly one of FILE", neither.stderr)


if __name__ == "__main__":
    unittest.main()
