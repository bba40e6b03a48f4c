"""Jobs without a secret: tokens of an issuer that is asked for its keys, which may be slow, wrong or hostile; with the numbers of the
checklist for workload federation (RFC 7523, OpenID Connect Discovery)."""
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import threading
import time
import unittest
import urllib.parse

from harness import ADMIN, BINARY, Installation, SCOPES, http as send
from signer import Signer

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"


class Issuer:
    """A small OpenID issuer. `answers` maps a path to (status, headers, body); what it does not name is 404."""

    def __init__(self, folder, name):
        issuer = self
        self.asked, self.wait = [], 0.0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                time.sleep(issuer.wait)
                status, headers, body = issuer.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for field, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
                    self.send_header(field, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # it has read enough

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.signer = Signer(folder, name)
        self.answers = {"/.well-known/openid-configuration": self.document({"issuer": self.url, "jwks_uri": self.url + "/keys"}), "/keys": self.document(self.signer.key_set)}

    @staticmethod
    def document(value):
        return 200, {"Content-Type": "application/json"}, value if isinstance(value, bytes) else json.dumps(value).encode()

    def token(self, head=None, **claims):
        return self.signer.sign(head, **{"iss": self.url, "sub": "project:acme/api", "aud": "gatehouse", **claims})

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Federation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def issuer(self, subject="project:acme/*"):
        issuer = Issuer(self.it.folder, self.id().rpartition(".")[2] + str(time.time_ns()))
        self.addCleanup(issuer.close)
        self.federate(issuer.url, subject)
        return issuer

    def federate(self, url, subject="project:acme/*", more=()):
        return self.it.cli("federation", "add", "--account", "robot", "--issuer", url, "--audience", "gatehouse", "--subject", subject, "--scopes", SCOPES, "--resource", "acme/A",
                           *more, "--json")

    def exchange(self, token):
        form = {"grant_type": EXCHANGE, "subject_token_type": JWT, "subject_token": token}
        return send("POST", self.it.gateway + "/oauth/token", {"Content-Type": "application/x-www-form-urlencoded"}, urllib.parse.urlencode(form).encode())

    def test_an_issuer_is_asked_for_its_keys_once(self):
        issuer = self.issuer()
        for _ in range(3):
            answer = self.exchange(issuer.token())
            self.assertEqual(answer.status, 200, answer)
        self.assertEqual(issuer.asked, ["/.well-known/openid-configuration", "/keys"])
        # [7]: whoever invents key ids does not make Gatehouse ask again.
        for number in range(20):
            self.assertEqual(self.exchange(issuer.token({"kid": f"k{number}"})).status, 400)
        self.assertEqual(len(issuer.asked), 2)

    def test_jobs_that_come_at_once_wait_for_the_first_answer(self):
        issuer = self.issuer()
        issuer.wait = 0.5
        tokens = [issuer.token() for _ in range(6)]
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(self.exchange, tokens))
        self.assertEqual([one.status for one in answers], [200] * 6, answers)
        self.assertEqual(len(issuer.asked), 2)

    def test_what_is_not_exactly_right_is_refused(self):
        issuer = self.issuer()
        now = int(time.time())
        self.assertEqual(self.exchange(issuer.token()).status, 200)
        for wrong in ({"iss": issuer.url + "/"}, {"iss": issuer.url.replace("127.0.0.1", "localhost")},  # [1]
                      {"aud": "other"}, {"aud": ["gatehouse", "other"]}, {"aud": None},  # [3]
                      {"sub": "project:acme/api/x"}, {"sub": "project:acme/api:x"}, {"sub": "xproject:acme/api"}, {"sub": None},  # [4], [8]
                      {"iat": now - 7200, "exp": now + 300}, {"exp": now - 1}, {"iat": now + 600, "exp": now + 900}, {"iat": None}, {"nbf": now + 600}):  # [6]
            self.assertEqual(self.exchange(issuer.token(**wrong)).status, 400, wrong)
        for head in ({"typ": "at+jwt"}, {"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256"}, {"crit": ["x"]}):
            self.assertEqual(self.exchange(issuer.token(head)).status, 400, head)
        # Of somebody else who signs in its name.
        stranger = Signer(self.it.folder, "stranger")
        self.assertEqual(self.exchange(stranger.sign(iss=issuer.url, sub="project:acme/api", aud="gatehouse")).status, 400)
        # [5]: once; also a token without a jti.
        for token in (issuer.token(), issuer.token(jti=None)):
            self.assertEqual([self.exchange(token).status for _ in range(2)], [200, 400])

    def test_one_that_was_removed_is_not_in_the_way_of_its_successor(self):
        issuer = self.issuer()
        first = json.loads(self.federate(issuer.url, "project:acme/api").stdout)
        self.it.ok("federation", "remove", first["client_id"])
        self.assertEqual(self.exchange(issuer.token()).status, 200)
        # Two live ones: a token that the issuer signed is told to name one of them, and nobody else learns that there are two.
        second = json.loads(self.federate(issuer.url, "project:acme/api").stdout)
        answer = self.exchange(issuer.token())
        self.assertEqual((answer.status, answer.json()["error"]), (400, "invalid_request"), answer)
        stranger = Signer(self.it.folder, "nobody")
        forged = self.exchange(stranger.sign(iss=issuer.url, sub="project:acme/api", aud="gatehouse"))
        self.assertEqual((forged.status, forged.json()["error"]), (400, "invalid_grant"), forged)
        self.it.ok("token", "pause", second["client_id"])
        self.assertEqual(self.exchange(issuer.token()).status, 200)

    def test_a_condition_on_the_subject_is_needed_and_an_issuer_is_an_https_address(self):
        for url, subject in (("https://issuer.example", ""), ("https://issuer.example", "*"), ("http://issuer.example", "x"), ("https://issuer.example?x", "x"), ("https://a@issuer.example", "x"),
                             ("issuer.example", "x")):
            self.assertNotEqual(self.federate(url, subject).returncode, 0, (url, subject))

    def test_keys_are_not_taken_from_an_issuer_that_answers_as_it_should_not(self):
        other = self.issuer()
        key = Issuer.document
        for name, path, answer in (
                ("another name", "/.well-known/openid-configuration", key({"issuer": "https://evil.example", "jwks_uri": other.url + "/keys"})),
                ("keys of another origin", "/.well-known/openid-configuration", None),
                ("a redirect", "/keys", (302, {"Location": other.url + "/keys"}, b"")),
                ("an error", "/keys", (500, {}, b"")),
                ("no JSON", "/keys", key(b"<html>")),
                ("a member twice", "/keys", key(b'{"keys":[],"keys":[]}')),
                ("a symmetric key", "/keys", key({"keys": [{"kty": "oct", "kid": "k", "k": "AAAA"}]})),
                ("too much", "/keys", key(b'{"keys":[],"x":"' + b"x" * 300_000 + b'"}'))):
            with self.subTest(name):
                issuer = self.issuer()
                issuer.answers[path] = answer or key({"issuer": issuer.url, "jwks_uri": other.url + "/keys"})
                token = other.token(iss=issuer.url) if "another" in name or "redirect" in name else issuer.token()
                answer = self.exchange(token)
                self.assertIn(answer.status, (400, 503), answer)
        self.assertEqual(other.asked, [], "nobody was led there")

    def test_private_addresses_are_not_connected_to(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.2", 0))
            listener.listen()
            listener.settimeout(0.2)
            signer = Signer(self.it.folder, "private")
            for url in (f"https://127.0.0.2:{listener.getsockname()[1]}", "https://10.0.0.1", "https://169.254.169.254", "https://[::ffff:10.0.0.1]"):
                if self.federate(url).returncode != 0:
                    continue  # refused when it is named, which is as good
                began = time.monotonic()
                answer = self.exchange(signer.sign(iss=url, sub="project:acme/api", aud="gatehouse"))
                self.assertEqual(answer.status, 503, answer)
                self.assertLess(time.monotonic() - began, 3, "it did not try")
            self.assertRaises(TimeoutError, listener.accept)

    def test_a_slow_issuer_holds_nobody_up_for_long(self):
        issuer = self.issuer()
        issuer.wait = 8
        began = time.monotonic()
        answer = self.exchange(issuer.token())
        took = time.monotonic() - began
        self.assertEqual((answer.status, answer.json()["error"]), (503, "temporarily_unavailable"))
        self.assertLess(took, 7.5)


class Snippets(unittest.TestCase):
    """What docs/operate/ci_jobs.md says for each CI system, run as it stands there but for the addresses; the issuer is ours, and writes tokens
    as that system does."""

    PAGE = pathlib.Path(__file__).parents[2] / "docs/operate/ci_jobs.md"
    REPOSITORY = "{9d8d1a52-0c2f-4c0a-8a2c-000000000001}"
    CLAIMS = {
        "GitHub Actions": {"sub": "repo:acme@789/api@123456:ref:refs/heads/main", "repository_id": "123456", "repository_owner_id": "789"},
        "GitLab CI": {"sub": "project_path:acme/api:ref_type:branch:ref:main", "project_id": "42", "namespace_id": "7"},
        "Bitbucket Pipelines": {"sub": REPOSITORY + ":{00000000-1111-4222-8333-444444444444}", "aud": ["https://gatehouse.example"], "branchName": "main", "jti": None},
        "Kubernetes": {"sub": "system:serviceaccount:ci:builder", "aud": ["https://gatehouse.example"], "iss": "https://kubernetes.default.svc.cluster.local"},
    }

    @classmethod
    def setUpClass(cls):
        cls.it = Installation(granted=False)
        cls.bin = pathlib.Path(cls.it.folder) / "bin"
        cls.bin.mkdir()
        (cls.bin / "gatehouse").symlink_to(BINARY)
        text = cls.PAGE.read_text(encoding="utf-8")
        before, *parts = re.split(r"^## (.+)$", text, flags=re.M)
        cls.parts = dict(zip(parts[::2], parts[1::2]))
        for command in cls.commands(before):
            cls.shell(command.replace("you@example.com", ADMIN))

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    @staticmethod
    def commands(part):
        return re.findall(r"^    (gatehouse .+)$", part, flags=re.M)

    @staticmethod
    def script(part):
        """The shell lines of the job."""
        block = re.search(r"```yaml\n(.*?)```", part, re.S).group(1)
        lines = (line.strip().removeprefix("- ") for line in block.splitlines())
        return [line for line in lines if re.match(r"(export |ID=\$\(|TOKEN=\$\(|curl )", line)]

    @classmethod
    def shell(cls, script, **more):
        environment = {"PATH": f"{cls.bin}:{os.environ['PATH']}", "GATEHOUSE_URL": cls.it.admin, "GATEHOUSE_KEY": cls.it.key, "GATEHOUSE": cls.it.gateway, "no_proxy": "*", **more}
        done = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, env=environment, cwd=cls.it.folder, timeout=60)
        assert done.returncode == 0, f"{script}: {done.stdout} {done.stderr}"
        return done.stdout

    def run_job(self, system):
        part = self.parts[system]
        issuer = Issuer(self.it.folder, system.replace(" ", ""))
        self.addCleanup(issuer.close)
        (pathlib.Path(self.it.folder) / "cluster.json").write_text(json.dumps(issuer.signer.key_set))
        (command,) = self.commands(part)
        named = re.search(r"--issuer (\S+)", command).group(1)
        claims = {"aud": "https://gatehouse.example", **self.CLAIMS[system]}
        if "iss" in claims:
            self.assertEqual(claims["iss"], named)
        else:
            command = command.replace(named, issuer.url)
        self.shell(command)
        token = issuer.token(**claims)
        (pathlib.Path(self.it.folder) / "token").write_text(token)
        issuer.answers["/job?version=1&audience=" + self.it.gateway] = Issuer.document({"count": 1, "value": token})
        lines = self.script(part)
        self.assertIn("/issue/A-1", lines[-1])
        script = "\n".join(lines).replace("https://gatehouse.example", self.it.gateway).replace("/var/run/gatehouse/token", self.it.folder + "/token")
        answer = self.shell(script, ID=token, BITBUCKET_STEP_OIDC_TOKEN=token, ACTIONS_ID_TOKEN_REQUEST_TOKEN="x", ACTIONS_ID_TOKEN_REQUEST_URL=issuer.url + "/job?version=1")
        self.assertEqual(json.loads(answer[answer.index("{"):])["key"], "A-1")

    def test_github_actions(self):
        self.run_job("GitHub Actions")

    def test_gitlab_ci(self):
        self.run_job("GitLab CI")

    def test_bitbucket_pipelines(self):
        self.run_job("Bitbucket Pipelines")

    def test_kubernetes(self):
        self.run_job("Kubernetes")


if __name__ == "__main__":
    unittest.main()
