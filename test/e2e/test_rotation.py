"""Rotation with the built binary: no request fails under load and no neighbour notices; by the token itself; the agent beside a job."""
import http.client as http_client
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest
import urllib.parse

from harness import ADMIN, BINARY, Installation, Process, SANDBOX_TOKEN, SANDBOX_USER, http as ask

PATH = "/rest/api/3/issue/A-1?fields=summary"


class Load:
    """Threads that call as a job does: with the token that lies in `token` at that moment, over connections that stay open."""

    def __init__(self, it, token, threads=3):
        self.it, self.token, self.failed, self.done, self.stopping = it, token, [], 0, False
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def run(self):
        address = urllib.parse.urlsplit(self.it.gateway)
        connection = http_client.HTTPConnection(address.hostname, address.port, timeout=20)
        while not self.stopping:
            connection.request("GET", "/ex/jira/acme" + PATH, headers={"Authorization": "Bearer " + self.token, "User-Agent": "load"})
            answer = connection.getresponse()
            body = answer.read()
            self.done += 1
            if answer.status != 200:
                self.failed.append((answer.status, body[:200]))
        connection.close()

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()


class Rotation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def permanent(self, *more):
        return self.it.token(more=("--permanent", "--rotate-every", "90d", *more))

    def state(self, token):
        return self.it.ok("token", "rotation", "show", token["id"])["rotation"]

    def wait_for(self, token, state):
        deadline = time.time() + 10
        while self.state(token)["state"] != state:
            self.assertLess(time.time(), deadline, self.state(token))
            time.sleep(0.1)

    def test_no_request_fails_and_no_neighbour_notices(self):
        token, neighbour = self.permanent(), self.permanent()
        loads = [Load(self.it, token["token"]), Load(self.it, neighbour["token"], threads=1)]
        try:
            for _ in range(3):
                time.sleep(0.3)
                fresh = self.it.ok("token", "rotate", token["id"], "--overlap", "1h")
                time.sleep(0.3)
                loads[0].token = fresh["token"]
                self.wait_for(token, "both live")
                time.sleep(0.3)
                self.finish_when_quiet(token)
        finally:
            for load in loads:
                load.stop()
        for load in loads:
            self.assertEqual(load.failed, [])
            self.assertGreater(load.done, 20)
        self.assertEqual(self.it.get(PATH, token).status, 401, "the first secret has ended")

    def finish_when_quiet(self, token):
        deadline = time.time() + 20
        while True:
            done = self.it.cli("token", "rotation", "finish", token["id"], "--quiet-for", "1s", "--json")
            if done.returncode == 0:
                return
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertLess(time.time(), deadline, done.stderr)
            time.sleep(0.3)

    def test_who_still_uses_the_old_secret_is_seen(self):
        token = self.permanent()
        fresh = self.it.ok("token", "rotate", token["id"], "--overlap", "1h")
        self.assertEqual(self.state(token)["state"], "successor pending")
        self.assertEqual(self.it.get(PATH, token).status, 200)
        self.assertEqual(self.it.get(PATH, fresh).status, 200)
        self.wait_for(token, "both live")
        self.assertEqual(self.it.get(PATH, token, headers={"User-Agent": "forgotten cron job"}).status, 200)
        users = self.state(token)["old_users"]
        self.assertIn("forgotten cron job", [one["user_agent"] for one in users], users)
        refused = self.it.cli("token", "rotation", "finish", token["id"], "--quiet-for", "1h")
        self.assertEqual(refused.returncode, 5)
        self.assertIn("127.0.0.1", refused.stderr)

    def test_the_old_secret_ends_by_itself(self):
        token = self.permanent()
        fresh = self.it.ok("token", "rotate", token["id"], "--overlap", "1s")
        self.assertEqual(self.it.get(PATH, fresh).status, 200)
        self.wait_for(token, "retired")
        self.assertEqual(self.it.get(PATH, token).status, 401)
        self.assertEqual(self.it.get(PATH, fresh).status, 200)
        uses = self.it.ok("token", "show", token["id"])["dead_uses"]
        self.assertEqual([one["secret_id"] for one in uses], [token["token"][5:21]])
        self.assertIn("token.reuse", [one["action"] for one in self.it.ok("audit", "list")])

    def test_a_revocation_in_the_overlap_hits_both_and_later_use_is_known(self):
        token = self.permanent()
        fresh = self.it.ok("token", "rotate", token["id"])
        self.assertEqual(self.it.get(PATH, fresh).status, 200)
        self.it.ok("token", "revoke", token["id"])
        for secret in (token, fresh):
            self.assertEqual(self.it.get(PATH, secret, headers={"User-Agent": "zombie"}).status, 401)
        shown = self.it.cli("token", "show", token["id"])
        self.assertIn("The dead token is still being used by 127.0.0.1, zombie", shown.stderr)
        self.assertEqual(len(self.it.ok("token", "show", token["id"])["dead_uses"]), 2)

    def self_call(self, method, path, token, **headers):
        return ask(method, self.it.gateway + path, {"Authorization": "Bearer " + token, **headers})

    def test_by_the_token_itself(self):
        token = self.permanent("--self-rotate")
        plain = self.permanent()
        shown = self.self_call("GET", "/v1/self", token["token"])
        self.assertEqual(shown.status, 200, shown)
        self.assertEqual(shown.json()["id"], token["id"])
        self.assertNotIn("token", shown.json())
        refused = self.self_call("POST", "/v1/self/rotate", plain["token"])
        self.assertEqual((refused.status, refused.json()["code"]), (403, "no_right"))
        self.assertEqual(self.self_call("POST", "/v1/self/rotate", "gtht_" + "0" * 65).status, 401)
        self.assertEqual(self.self_call("GET", "/v1/self/rotate", token["token"]).status, 405)
        lost = self.self_call("POST", "/v1/self/rotate", token["token"]).json()["token"]
        answer = self.self_call("POST", "/v1/self/rotate", token["token"])
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        fresh = answer.json()["token"]
        self.assertEqual(self.it.get(PATH, lost).status, 401, "asking again replaced it")
        self.assertEqual(self.self_call("GET", "/v1/self", fresh).json()["secret_state"], "pending")
        self.assertEqual(self.state(token)["state"], "successor pending", "to look at it is not to use it")
        self.assertEqual(self.it.get(PATH, fresh).status, 200)
        self.wait_for(token, "both live")
        reuse = self.self_call("POST", "/v1/self/rotate", token["token"])
        self.assertEqual((reuse.status, reuse.json()["code"]), (403, "reuse"))

    def test_never_on_a_host_that_is_mapped_to_a_site(self):
        token = self.permanent("--self-rotate")
        answer = self.self_call("POST", "/v1/self/rotate", token["token"], Host="jira.example.test")
        self.assertEqual(answer.status, 200, "no site has this name yet")
        with Installation(granted=False) as other:
            other.cli("site", "remove", "acme")
            other.ok("site", "add", "mapped", "--product", "jira", "--url", other.sandbox.url, "--host", "jira.example.test",
                     "--auth", "basic", "--username", SANDBOX_USER, "--secret-file", "-", stdin=SANDBOX_TOKEN + "\n")
            other.ok("account", "create", "robot", "--owner", ADMIN, "--purpose", "tests", "--runs-in", "CI")
            made = other.token("mapped/A", more=("--permanent", "--rotate-every", "90d", "--self-rotate"))
            refused = ask("POST", other.gateway + "/v1/self/rotate", {"Authorization": "Bearer " + made["token"], "Host": "jira.example.test"})
            self.assertEqual(refused.status // 100, 4, refused)
            self.assertNotIn("gtht_", refused.body)


class Agent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def setUp(self):
        self.folder = pathlib.Path(self.it.folder) / self.id().rsplit(".", 1)[1]
        self.folder.mkdir(mode=0o700)
        self.file = self.folder / "token"

    def token(self, *more, every="90d"):
        token = self.it.token(more=("--permanent", "--rotate-every", every, "--self-rotate", "--rotated-by", "agent", *more))
        self.put(token["token"])
        return token

    def put(self, secret):
        self.file.write_text(secret + "\n")
        self.file.chmod(0o600)

    def agent(self, *words, once=True):
        command = [BINARY, "agent", "--gateway", self.it.gateway, *words, *(["--once"] if once else [])]
        if once:
            return subprocess.run(command, capture_output=True, text=True, timeout=60)
        with open(self.folder / "log", "wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def test_a_file_is_replaced_whole_and_the_hook_is_run(self):
        token = self.token()
        done = self.agent("--token-file", str(self.file))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.file.read_text().strip(), token["token"], "it was not due")
        done = self.agent("--token-file", str(self.file), "--now", "--hook", f'cat "$GATEHOUSE_TOKEN_FILE" > {self.folder}/seen')
        self.assertEqual(done.returncode, 0, done.stderr)
        fresh = self.file.read_text().strip()
        self.assertNotEqual(fresh, token["token"])
        self.assertEqual((self.folder / "seen").read_text().strip(), fresh)
        self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)
        self.assertNotIn(fresh, done.stderr + done.stdout)
        self.assertEqual(self.it.get(PATH, fresh).status, 200)
        self.assertEqual(sorted(one.name for one in self.folder.iterdir()), [".token.agent-lock", "seen", "token"])

    def test_a_hook_that_failed_is_run_again(self):
        self.token()
        hook = f"test -e {self.folder}/ready && touch {self.folder}/told"
        self.assertEqual(self.agent("--token-file", str(self.file), "--now", "--hook", hook).returncode, 1)
        fresh = self.file.read_text()
        (self.folder / "ready").touch()
        done = self.agent("--token-file", str(self.file), "--hook", hook)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "told").exists())
        self.assertEqual(self.file.read_text(), fresh, "and no second successor was made")

    def test_a_directory_is_swapped_as_kubernetes_does(self):
        secret = self.folder / "secret"
        secret.mkdir(mode=0o700)
        self.file = secret / "token"
        self.token()
        for _ in range(2):
            done = self.agent("--secret-dir", str(secret), "--now")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(self.file.is_symlink())
            self.assertEqual(os.readlink(self.file), "..data/token")
            fresh = self.file.read_text().strip()
            self.assertEqual(self.it.get(PATH, fresh).status, 200)
            self.assertEqual(len([one for one in secret.iterdir() if one.name.startswith("..data-")]), 1, "old ones go")
            time.sleep(1)
            rotation = self.it.ok("token", "rotation", "finish", self.it.ok("token", "show", fresh[5:21])["id"], "--force")
            self.assertEqual(rotation["rotation"]["state"], "retired")

    def test_it_says_when_a_person_is_needed(self):
        token = self.token()
        self.assertEqual(self.agent("--token-file", str(self.folder / "none")).returncode, 3)
        self.it.ok("token", "rotation", "set", token["id"], "--rotated-by", "owner", "--no-self-rotate")
        done = self.agent("--token-file", str(self.file))
        self.assertEqual(done.returncode, 3)
        self.assertIn("--self-rotate", done.stderr)
        self.it.ok("token", "revoke", token["id"])
        done = self.agent("--token-file", str(self.file))
        self.assertEqual(done.returncode, 3)
        self.assertIn("A person is needed", done.stderr)
        self.file.chmod(0o644)
        self.assertIn("chmod 600", self.agent("--token-file", str(self.file)).stderr)

    def test_it_says_that_the_token_itself_ends(self):
        token = self.it.token(more=("--expires-in", "3d", "--rotate-every", "1d", "--self-rotate"))
        self.put(token["token"])
        done = self.agent("--token-file", str(self.file))
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn(token["expires_at"], done.stderr)

    def test_it_outlives_a_restart_of_the_gateway_and_keeps_the_job_going(self):
        port = self.it.gateway.rsplit(":", 1)[1]
        token = self.token("--overlap", "1s", every="3s")
        agent = self.agent("--token-file", str(self.file), "--check-every", "1s", once=False)
        try:
            lock, deadline = self.file.with_name(f".{self.file.name}.agent-lock"), time.time() + 30
            while not lock.exists() and time.time() < deadline:  # else the second might be the first
                time.sleep(0.1)
            time.sleep(0.5)
            other = self.agent("--token-file", str(self.file))
            self.assertEqual(other.returncode, 5, "one token has one agent")
            self.it.server.stop()
            time.sleep(1.5)
            self.assertIsNone(agent.poll())
            self.it.server = Process(self.it.folder, "server2", "serve", "--data", self.it.data, "--gateway", "127.0.0.1:" + port, "--admin", "127.0.0.1:0", "--json")
            ready = json.loads(self.it.server.line())
            self.it.admin = ready["admin_url"]
            seen, statuses, deadline = set(), [], time.time() + 14
            while time.time() < deadline:
                secret = self.file.read_text().strip()
                seen.add(secret)
                statuses.append(self.it.get(PATH, secret).status)
                time.sleep(0.05)
            self.assertEqual(set(statuses), {200}, "the job's own token always works")
            self.assertGreaterEqual(len(seen), 3, (self.folder / "log").read_text())
        finally:
            agent.send_signal(signal.SIGTERM)
            self.assertEqual(agent.wait(10), 0)
        log = (self.folder / "log").read_text()
        self.assertIn("not reached", log)
        self.assertIn("Renewed", log)
        self.assertNotIn("gtht_", log)


if __name__ == "__main__":
    unittest.main()
