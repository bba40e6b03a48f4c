"""The audit log beside the database: anchors by webhook, records by syslog, and what health says when no record can be written."""
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import shutil
import socketserver
import sqlite3
import tempfile
import threading
import time
import unittest

from harness import ADMIN, Installation, http as ask, run

SECRET = b"0123456789abcdef0123456789abcdef"


class Anchors(http.server.BaseHTTPRequestHandler):
    posted = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posted.append((dict(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Lines(socketserver.StreamRequestHandler):
    heard = []

    def handle(self):
        while True:
            size = b""
            while not size.endswith(b" "):
                byte = self.rfile.read(1)
                if not byte:
                    return
                size += byte
            self.heard.append(self.rfile.read(int(size)).decode())


def wait_for(what, seconds=40):
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


class AuditSinks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-sinks-"))
        cls.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Anchors)
        cls.log = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Lines)
        cls.log.daemon_threads = True
        for server in (cls.web, cls.log):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        (cls.folder / "secret").write_text("whsec_" + base64.b64encode(SECRET).decode() + "\n")
        (cls.folder / "gatehouse.toml").write_text(
            f'[audit]\nwebhook_url = "http://127.0.0.1:{cls.web.server_port}/anchors"\nwebhook_secret_file = "{cls.folder}/secret"\n'
            f'syslog = "tcp://127.0.0.1:{cls.log.server_address[1]}"\nanchor_every = "1s"\n')
        cls.it = Installation(granted=False, serve=["--config", str(cls.folder / "gatehouse.toml")])

    @classmethod
    def tearDownClass(cls):
        cls.it.close()
        for server in (cls.web, cls.log):
            server.shutdown()
            server.server_close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def test_1_every_record_goes_to_syslog(self):
        self.it.ok("user", "add", "eva@example.com", "--name", "Eva=|x", "--role", "member")
        line = wait_for(lambda: [one for one in Lines.heard if "|user.add|" in one])[0]
        self.assertTrue(line.startswith("<110>1 "), line)
        self.assertIn(" gatehouse gatehouse - audit - CEF:0|Gatehouse|", line)
        self.assertIn("suser=" + ADMIN, line.replace("\\=", "="))

    def test_2_the_head_is_anchored_and_signed(self):
        self.it.ok("user", "add", "max@example.com", "--name", "Max", "--role", "member")
        headers, body = wait_for(lambda: Anchors.posted[-1:])[0]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], wanted)
        head = json.loads(body)["data"]["head"]
        path = self.folder / "anchor.head"
        path.write_text(json.dumps(head) + "\n")
        done = run("audit", "verify", "--data", self.it.data, "--head", str(path), "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # An anchor of a record that the chain does not have any more says so.
        head["sequence"] += 1
        path.write_text(json.dumps(head) + "\n")
        self.assertEqual(run("audit", "verify", "--data", self.it.data, "--head", str(path), "--json").returncode, 6, "a forged head")
        self.assertTrue([one for one in Lines.heard if " - anchor - {" in one])

    def test_3_what_can_not_be_recorded_does_not_happen_and_health_says_so(self):
        self.assertEqual(ask("GET", self.it.admin + "/readyz").status, 200)
        other = sqlite3.connect(self.it.data + "/gatehouse.db", isolation_level=None)
        other.execute("PRAGMA busy_timeout = 20000")
        other.execute("BEGIN IMMEDIATE")
        try:
            results = []

            def change(number):
                began = time.monotonic()
                answer = ask("POST", self.it.admin + "/api/v1/users", {"Authorization": "Bearer " + self.it.key},
                             {"email": f"late{number}@example.com", "name": "Late", "role": "member"})
                results.append((answer.status, time.monotonic() - began))

            threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            for status, seconds in results:
                self.assertIn(status, (503, 504))
                self.assertLess(seconds, 3.0, "refused within a second, and what a busy machine adds")
            health = ask("GET", self.it.admin + "/readyz")
            self.assertEqual(health.status, 503)
            self.assertIn("no change is taken", health.body)
        finally:
            other.execute("ROLLBACK")
            other.close()
        self.assertFalse([one for one in self.it.ok("user", "list") if one["email"].startswith("late")], "none of them happened")
        self.it.ok("user", "add", "later@example.com", "--name", "Later", "--role", "member")
        self.assertEqual(ask("GET", self.it.admin + "/readyz").status, 200)


if __name__ == "__main__":
    unittest.main()
