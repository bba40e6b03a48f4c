"""Starts the built binary beside a sandbox site, for end-to-end tests. Nothing of it is mocked.

    with Installation() as it:
        token = it.token("acme/A")
        it.get("/rest/api/3/issue/A-1", token)
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

BINARY = os.environ["GATEHOUSE_BINARY"]
SCOPES = "read:jira-work,write:jira-work,read:jira-user"
SANDBOX_USER, SANDBOX_TOKEN = "bot@example.com", "sandbox-token"
ADMIN = "admin@example.com"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


def http(method, url, headers=None, body=None, timeout=20):
    """One request without redirects; an answer of any status is a value."""
    data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if data is not None and "Content-type" not in request.headers:
        request.add_header("Content-Type", "application/json")

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args):
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    try:
        with opener.open(request, timeout=timeout) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode("utf-8", "replace"))


def run(*words, stdin="", env=None, timeout=60):
    """Runs the binary to its end."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEHOUSE_")}
    environment.update(env or {})
    return subprocess.run([BINARY, *words], input=stdin, capture_output=True, text=True, env=environment, timeout=timeout)


class Process:
    """A command that stays up. Its standard error goes to a file, so that a full pipe never stops it."""

    def __init__(self, folder, name, *words):
        self.log = pathlib.Path(folder) / f"{name}.log"
        self.err = open(self.log, "ab")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEHOUSE_")}
        self.process = subprocess.Popen([BINARY, *words], stdout=subprocess.PIPE, stderr=self.err, text=True, env=environment)

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"it ended with {self.process.wait()}: {self.log.read_text()[-2000:]}")
        return line.strip()

    def stop(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            status = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()
            self.err.close()
        return status


class Sandbox:
    def __init__(self, folder, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = Process(folder, "sandbox", "sandbox", "--port", str(self.port), "--control")
        deadline = time.time() + 120
        while True:
            try:
                http("GET", self.url + "/rest/api/3/serverInfo")
                break
            except OSError:
                if time.time() > deadline:
                    raise
                time.sleep(0.05)

    def control(self, method, path, body=None):
        answer = http(method, f"{self.url}/__sandbox/{path}", body=body)
        assert answer.status in (200, 204), answer
        return answer.json() if answer.body else None

    def direct(self, method, path, body=None):
        login = base64.b64encode(f"{SANDBOX_USER}:{SANDBOX_TOKEN}".encode()).decode()
        return http(method, self.url + path, {"Authorization": "Basic " + login}, body)

    def stop(self):
        self.process.stop()


class Installation:
    """A data folder, a sandbox site `acme`, a running server, and an account `robot` with a grant on acme/A."""

    def __init__(self, granted=True, serve=(), sandbox_port=None, init=()):
        self.folder = tempfile.mkdtemp(prefix="gatehouse-e2e-")
        self.data = self.folder + "/data"
        self.extra = list(serve)
        self.sandbox = None
        self.server = None
        try:
            self.sandbox = Sandbox(self.folder, sandbox_port)
            made = run("init", "--data", self.data, "--admin-email", ADMIN, *init, "--json")
            assert made.returncode == 0, made.stderr
            self.key = json.loads(made.stdout)["admin_key"]
            self.start()
            self.ok("site", "add", "acme", "--product", "jira", "--url", self.sandbox.url, "--auth", "basic", "--username", SANDBOX_USER,
                    "--secret-file", "-", stdin=SANDBOX_TOKEN + "\n")
            if granted:
                self.ok("account", "create", "robot", "--owner", ADMIN, "--purpose", "tests", "--runs-in", "CI")
                self.ok("grant", "add", "--account", "robot", "--resource", "acme/A", "--scopes", SCOPES)
        except BaseException:
            self.close()
            raise

    def start(self):
        self.server = Process(self.folder, "server", "serve", "--data", self.data, "--gateway", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--json", *self.extra)
        ready = json.loads(self.server.line())
        self.admin, self.gateway = ready["admin_url"], ready.get("gateway_url")

    def close(self):
        for process in (self.server, self.sandbox):
            if process:
                process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def cli(self, *words, stdin=""):
        return run(*words, stdin=stdin, env={"GATEHOUSE_URL": self.admin, "GATEHOUSE_KEY": self.key})

    def ok(self, *words, stdin=""):
        """A command that must succeed; its JSON document."""
        done = self.cli(*words, "--json", stdin=stdin)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def token(self, *resources, account="robot", scopes=SCOPES, more=("--expires-in", "30d")):
        words = [word for resource in resources or ("acme/A",) for word in ("--resource", resource)]
        return self.ok("token", "create", "--account", account, "--name", "test", "--scopes", scopes, *words, *more)

    def call(self, method, path, token, body=None, headers=None, prefix="/ex/jira/acme"):
        secret = token["token"] if isinstance(token, dict) else token
        return http(method, self.gateway + prefix + path, {"Authorization": "Bearer " + secret, **(headers or {})}, body)

    def get(self, path, token, **more):
        return self.call("GET", path, token, **more)
