"""`gatehouse key rotate`: new keys, and nothing lost wherever it is interrupted."""
import json
import pathlib
import signal
import subprocess
import time
import unittest

from harness import BINARY, Installation, run

ISSUE = "/rest/api/3/issue/A-1?fields=summary"


class Keys(unittest.TestCase):
    def rotate(self, it):
        done = run("key", "rotate", "--data", it.data, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def assert_all_well(self, it, *tokens):
        for token in tokens:
            self.assertEqual(it.get(ISSUE, token).status, 200)
        done = it.cli("audit", "verify")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_old_tokens_credentials_and_records_go_on_under_new_keys(self):
        with Installation() as it:
            before = it.token("acme/A")
            it.ok("notify", "webhook", "add", "ops", "--url", "https://hooks.example.com/not-to-be-read")
            beside = run("key", "rotate", "--data", it.data)
            self.assertEqual(beside.returncode, 5, beside.stderr)
            it.server.stop()
            said = self.rotate(it)
            self.assertEqual((said["epoch"], said["sealed_again"], said["older_tokens"], said["unreadable"]), (2, 5, 1, []))
            stored = b"".join(path.read_bytes() for path in pathlib.Path(it.data).glob("gatehouse.db*"))
            self.assertIn(b"https://hooks.example.com", stored)
            self.assertNotIn(b"not-to-be-read", stored)
            it.start()
            after = it.token("acme/A")
            self.assert_all_well(it, before, after)
            records = it.ok("audit", "list")
            records = records if isinstance(records, list) else records.get("items", records.get("records"))
            self.assertIn("key.rotate", [record["action"] for record in records])
            it.server.stop()
            self.assertEqual(self.rotate(it)["epoch"], 3)
            found = [line for line in run("doctor", "--data", it.data).stdout.splitlines() if not line.startswith("ok ")]
            self.assertEqual([line for line in found if "without a known expiry" not in line and "[smtp]" not in line], [])
            it.start()
            self.assert_all_well(it, before, after)

    def test_killed_at_any_moment_it_loses_nothing(self):
        with Installation() as it:
            token = it.token("acme/A")
            it.server.stop()
            started = time.monotonic()
            self.rotate(it)
            whole = time.monotonic() - started
            for part in range(1, 8):
                process = subprocess.Popen([BINARY, "key", "rotate", "--data", it.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(whole * part / 8)
                process.send_signal(signal.SIGKILL)
                process.wait()
                it.start()
                self.assert_all_well(it, token)
                it.server.stop()
            self.rotate(it)
            it.start()
            self.assert_all_well(it, token)


if __name__ == "__main__":
    unittest.main()
