"""What bad input gets: an error that says what, where and what would be right; nothing lost, nothing half-done."""
import json
import os
import pathlib
import shutil
import socket
import tempfile
import unittest

from harness import ADMIN, Installation, Process, SCOPES, free_port, http, run


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.token = cls.it.token("acme/A")

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def refused(self, *words, status, says, stdin=""):
        done = self.it.cli(*words, stdin=stdin)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}{done.stderr}")
        for text in (says,) if isinstance(says, str) else says:
            self.assertIn(text, done.stderr)
        return done

    def create(self, *more, scopes=SCOPES, resource="acme/A"):
        return ("token", "create", "--account", "robot", "--name", "t", "--scopes", scopes, "--resource", resource, *more)

    def test_usage(self):
        self.refused(*self.create("--expires-in", "1d", "--no-such-flag"), status=2, says="--no-such-flag")
        self.refused("no-such-noun", status=2, says="no-such-noun")
        self.assertEqual(run("--help").returncode, 0)
        self.assertRegex(run("--version").stdout, r"^gatehouse \d+\.\d+")

    def test_a_scope_that_does_not_exist(self):
        self.refused(*self.create("--expires-in", "1d", scopes="read:jira-wrok"), status=2, says=["read:jira-wrok", "Did you mean read:jira-work?"])

    def test_a_resource_that_the_site_does_not_have(self):
        self.refused("grant", "add", "--account", "robot", "--resource", "acme/NOSUCH", "--scopes", SCOPES, status=4, says="NOSUCH")
        self.refused("grant", "add", "--account", "robot", "--resource", "nosite/A", "--scopes", SCOPES, status=4, says="gatehouse site list")
        self.refused("grant", "add", "--account", "robot", "--resource", "A", "--scopes", SCOPES, status=2, says="acme/A")

    def test_lifetimes(self):
        self.refused(*self.create("--expires-at", "2020-01-01T00:00:00Z"), status=2, says="past")
        self.refused(*self.create("--expires-at", "2030-01-01T00:00:00"), status=2, says="zone")
        self.refused(*self.create("--expires-in", "soon"), status=2, says="7d")
        self.refused(*self.create(), status=2, says="--expires-in")
        self.refused(*self.create("--permanent"), status=2, says="--rotate-every")

    def test_things_that_are_not_there_or_there_already(self):
        self.refused("token", "show", "nosuchtoken", status=4, says="oken")
        self.refused("account", "create", "robot", "--owner", ADMIN, "--purpose", "x", "--runs-in", "y", status=5, says="handle")
        self.refused("account", "create", "other", "--owner", "nobody@example.com", "--purpose", "x", "--runs-in", "y", status=4, says="gatehouse user list")

    def test_a_server_that_is_not_reached_and_a_key_that_is_wrong(self):
        done = run("token", "list", env={"GATEHOUSE_URL": f"http://127.0.0.1:{free_port()}", "GATEHOUSE_KEY": self.it.key})
        self.assertEqual(done.returncode, 7, done.stderr)
        done = run("token", "list", env={"GATEHOUSE_URL": self.it.admin, "GATEHOUSE_KEY": "gtha_" + "0" * 65})
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertNotIn("gtha_000", done.stderr)

    def test_a_port_that_is_taken(self):
        folder = tempfile.mkdtemp(prefix="gatehouse-e2e-")
        try:
            self.assertEqual(run("init", "--data", folder + "/data", "--admin-email", ADMIN).returncode, 0)
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                port = taken.getsockname()[1]
                done = run("serve", "--data", folder + "/data", "--gateway", f"127.0.0.1:{port}", "--admin", "127.0.0.1:0")
                self.assertEqual(done.returncode, 5, done.stderr)
                self.assertIn(str(port), done.stderr)
                done = run("serve", "--data", folder + "/data", "--gateway", "127.0.0.1:0", "--admin", f"127.0.0.1:{port}")
                self.assertEqual(done.returncode, 5, done.stderr)
        finally:
            shutil.rmtree(folder)

    def test_a_listener_off_loopback_without_tls(self):
        for flag in ("--gateway", "--admin"):
            done = run("serve", "--data", self.it.data, flag, "0.0.0.0:0")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("--tls-cert", done.stderr)

    def test_a_data_folder_that_is_in_use_or_open_to_others(self):
        done = run("serve", "--data", self.it.data, "--gateway", "127.0.0.1:0", "--admin", "127.0.0.1:0")
        self.assertEqual(done.returncode, 5, done.stderr)
        folder = tempfile.mkdtemp(prefix="gatehouse-e2e-")
        try:
            data = folder + "/data"
            self.assertEqual(run("init", "--data", data, "--admin-email", ADMIN).returncode, 0)
            self.assertEqual(run("init", "--data", data, "--admin-email", ADMIN).returncode, 5)
            self.assertEqual(os.stat(data + "/master.key").st_mode & 0o777, 0o600)
            for path in (data, data + "/master.key"):
                mode = os.stat(path).st_mode
                os.chmod(path, mode | 0o044)
                done = run("serve", "--data", data, "--gateway", "127.0.0.1:0", "--admin", "127.0.0.1:0")
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn("chmod", done.stderr)
                os.chmod(path, mode)
            pathlib.Path(data + "/gatehouse.db").write_bytes(b"this is no database" * 100)
            done = run("serve", "--data", data, "--gateway", "127.0.0.1:0", "--admin", "127.0.0.1:0")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("gatehouse.db", done.stderr)
        finally:
            shutil.rmtree(folder)

    def test_a_configuration_file_with_an_unknown_key(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write("threads = 1\n\n[upstream]\nallow_everything = true\n")
            file.flush()
            done = run("serve", "--data", self.it.data, "--config", file.name)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("line 4", done.stderr)
            self.assertIn("upstream.allow_everything", done.stderr)

    def test_a_database_that_is_away(self):
        folder = tempfile.mkdtemp(prefix="gatehouse-e2e-")
        try:
            done = run("init", "--data", folder + "/data", "--admin-email", ADMIN, "--database", f"postgresql://someone:geheim@127.0.0.1:{free_port()}/none")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("127.0.0.1", done.stderr)
            self.assertNotIn("geheim", done.stderr)
        finally:
            shutil.rmtree(folder)

    def fault(self, **fault):
        self.it.sandbox.control("POST", "fault", fault)

    def test_an_upstream_that_misbehaves(self):
        path = "/rest/api/3/issue/A-1?fields=summary"
        self.addCleanup(lambda: self.fault(kind="", remaining=0))
        for kind, status, says in (("reset", 502, "acme"), ("truncated", 502, ""), ("unauthorized", 502, "upstream_credential"), ("error", 502, "")):
            self.fault(kind=kind, match="/issue/A-1", remaining=-1)
            answer = self.it.get(path, self.token)
            if kind == "error":
                self.assertGreaterEqual(answer.status, 500, answer)
            else:
                self.assertEqual(answer.status, status, (kind, answer))
            self.assertIn(says, answer.body, kind)
            self.assertEqual(answer.headers["Content-Type"].split(";")[0], "application/json")
            self.assertNotIn("canary", answer.body, kind)
        self.fault(kind="", remaining=0)
        self.assertEqual(self.it.get(path, self.token).status, 200, "it recovers by itself")

    def test_an_upstream_that_is_slow(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write('[timeouts]\nanswer_head = "1s"\n')
            file.flush()
            with Installation(serve=("--config", file.name)) as it:
                token = it.token("acme/A")
                it.sandbox.control("POST", "fault", {"kind": "slow", "match": "/issue/A-1", "remaining": -1, "delay_ms": 3000})
                answer = it.get("/rest/api/3/issue/A-1", token)
                self.assertEqual(answer.status, 504, answer)
                self.assertIn("acme", answer.body)
                # Before a write the issue is located; that alone was too slow.
                answer = it.call("PUT", "/rest/api/3/issue/A-1", token, {"fields": {"summary": "late"}})
                self.assertEqual(answer.status, 504, answer)
                self.assertIn("Nothing of the request was carried out", answer.body)
                it.sandbox.control("POST", "fault", {"kind": "", "remaining": 0})
                answer = it.get("/rest/api/3/issue/A-1?fields=summary", token)
                self.assertEqual(answer.status, 200, "it recovers by itself")
                self.assertNotEqual(answer.json()["fields"]["summary"], "late")

    def test_an_upstream_that_answers_with_another_issue(self):
        foreign = self.it.sandbox.direct("GET", "/rest/api/3/issue/B-1?fields=project").json()["id"]
        self.addCleanup(lambda: self.fault(kind="", remaining=0))
        self.fault(kind="lie", match="/issue/", remaining=-1, lie_issue=int(foreign))
        answer = self.it.get("/rest/api/3/issue/A-1", self.token)
        self.assertEqual(answer.status, 404, answer)

    def test_odd_targets_and_bodies(self):
        for path in ("//rest/api/3/issue/A-1", "/rest/api/3/issue/A-1/", "/rest/api/3/issue/..%2fissue/B-1", "/rest/api/3/issue/A-1;x=1", "/rest/api/3/issue/%41-1",
                     "/rest/api/3/no/such/operation", "/rest/api/3/issue/A-1?failFast=true&failFast=false", "/rest/api/3/issue/A-1?unheard=of"):
            answer = self.it.get(path, self.token)
            self.assertIn(answer.status, (400, 403, 404), (path, answer))
            self.assertTrue(answer.json()["errorMessages"][0], path)
        for body in (b"{", b'{"fields":{},"fields":{}}', b'{"fields":{"nosuchfield":1}}', b'{"unheard":1}', b"[]"):
            answer = self.it.call("PUT", "/rest/api/3/issue/A-1", self.token, body)
            self.assertEqual(answer.status, 400, (body, answer))
        self.assertEqual(http("GET", self.it.gateway + "/", {}).status // 100, 4)


if __name__ == "__main__":
    unittest.main()
