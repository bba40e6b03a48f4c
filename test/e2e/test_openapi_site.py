"""A site of another API: json-server of npm with examples/openapi_site/tasks.yaml. What a token for one project reaches, and what it can't."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from harness import ADMIN, Installation, free_port, http

HERE = pathlib.Path(__file__).resolve().parent / "openapi_site"
SPEC = HERE.parents[2] / "examples" / "openapi_site" / "tasks.yaml"
KEY = "upstream-key"
SCOPES = "tasks.read,tasks.write"
DATA = {
    "kinds": [{"id": 1, "name": "bug"}],
    "projects": [{"id": "alpha", "name": "Alpha"}, {"id": "beta", "name": "BETA"}],
    "tasks": [{"id": 1, "projectId": "alpha", "title": "mine", "secret": "not in the schema"},
              {"id": 2, "projectId": "beta", "title": "BETA"},
              {"id": 3, "title": "BETA of nobody"}],
    "comments": [{"id": 1, "projectId": "alpha", "taskId": 1, "text": "ok"}, {"id": 2, "projectId": "beta", "taskId": 1, "text": "BETA"}],
}


class Api:
    """json-server with its data in a file, on a port of its own."""

    def __init__(self):
        modules = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "/tmp")) / "npm-openapi-site"
        program, script = modules / "node_modules/node/bin/node", modules / "node_modules/json-server/lib/cli/bin.js"
        modules.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", "key.cjs"):
            shutil.copy(HERE / name, modules / name)
        if not (program.exists() and script.exists()):
            done = subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=modules, stdout=sys.stderr, timeout=300)
            if done.returncode != 0 or not program.exists():
                print("NOT RUN: json-server: npm can't be reached")
                raise unittest.SkipTest("npm can't be reached")
        self.folder = tempfile.mkdtemp(prefix="gatehouse-api-")
        self.file = pathlib.Path(self.folder) / "db.json"
        self.file.write_text(json.dumps(DATA))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen([str(program), str(script), str(self.file), "--host", "127.0.0.1", "--port", str(self.port), "--quiet",
                                         "--middlewares", str(modules / "key.cjs")], cwd=self.folder, stdout=subprocess.DEVNULL)
        deadline = time.time() + 20
        while True:
            try:
                if http("GET", self.url + "/kinds", {"X-Api-Key": KEY}).status == 200:
                    break
            except OSError:
                pass
            if time.time() > deadline:
                raise RuntimeError("json-server does not start")
            time.sleep(0.1)

    def direct(self, path):
        return http("GET", self.url + path, {"X-Api-Key": KEY}).json()

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class OpenApiSite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api = Api()
        cls.it = Installation()
        added = cls.it.ok("site", "add", "tasks", "--product", "openapi", "--url", cls.api.url, "--spec", str(SPEC), "--auth", "header",
                          "--header", "X-Api-Key", "--secret-file", "-", stdin=KEY + "\n")
        assert added["operations"] == 11 and added["bounded_operations"] == 10, added
        for name in ("one", "all"):
            cls.it.ok("account", "create", name, "--owner", ADMIN, "--purpose", "tests", "--runs-in", "CI")
        cls.it.ok("grant", "add", "--account", "one", "--resource", "tasks/alpha", "--scopes", SCOPES)
        cls.it.ok("grant", "add", "--account", "all", "--resource", "tasks/*", "--scopes", SCOPES)
        cls.token = cls.it.token("tasks/alpha", account="one", scopes=SCOPES)["token"]
        cls.whole = cls.it.token("tasks/*", account="all", scopes=SCOPES)["token"]

    @classmethod
    def tearDownClass(cls):
        cls.it.close()
        cls.api.close()

    def ask(self, method, path, body=None, token=None, headers=None):
        return self.it.call(method, path, token or self.token, body, headers, prefix="/ex/api/tasks")

    def others(self):
        """What lies outside of alpha, as the API itself has it."""
        return ([task for task in self.api.direct("/tasks") if task.get("projectId") != "alpha"],
                [one for one in self.api.direct("/comments") if one.get("projectId") != "alpha"], self.api.direct("/projects"))

    def test_what_is_its_own_works(self):
        self.assertEqual(self.ask("GET", "/kinds").json(), DATA["kinds"])
        self.assertEqual([one["id"] for one in self.ask("GET", "/projects").json()], ["alpha"])
        self.assertEqual(self.ask("GET", "/tasks/1").json(), {"id": 1, "projectId": "alpha", "title": "mine"})
        embedded = self.ask("GET", "/tasks?_embed=comments").json()
        self.assertEqual([one["text"] for one in embedded[0]["comments"]], ["ok"])
        made = self.ask("POST", "/tasks", {"projectId": "alpha", "title": "new", "labels": ["a"]})
        self.assertEqual((made.status, made.json()["title"]), (201, "new"), made)
        task = made.json()["id"]
        self.assertEqual(self.ask("PATCH", f"/tasks/{task}", {"title": "newer"}).json()["title"], "newer")
        self.assertEqual(self.ask("POST", "/comments", {"projectId": "alpha", "taskId": task, "text": "t"}).status, 201)
        listed = self.ask("GET", "/projects/alpha/tasks")
        self.assertEqual([one["id"] for one in listed.json()], [1, task])
        self.assertEqual(self.ask("DELETE", f"/tasks/{task}").status, 200)
        self.assertEqual(self.ask("GET", f"/tasks/{task}").status, 404)

    def test_nothing_else_comes_back(self):
        for path in ("/tasks", "/tasks?q=BETA", "/tasks?_embed=comments", "/tasks?_page=1&_limit=50", "/projects", "/projects/alpha/tasks",
                     "/tasks/1", "/tasks/2", "/tasks/3", "/projects/beta", "/projects/beta/tasks", "/tasks?projectId=beta", "/db",
                     "/projects/%62eta", "/projects/alpha%2f..%2fbeta", "/projects/alpha/../beta/tasks", "/tasks?projectId=alpha&projectId=beta",
                     "/tasks?projectId_ne=alpha", "/tasks?_expand=project", "/tasks/1?_embed=comments", "/tasks/1/comments", "/comments",
                     "/tasks/", "/TASKS", "//tasks", "/tasks;x", "/tasks?projectid=beta", "/tasks?_sort=title&_order=desc", "/__rules"):
            answer = self.ask("GET", path)
            self.assertNotIn("BETA", answer.body, path)
            if path in ("/tasks/2", "/tasks/3", "/projects/beta"):
                self.assertEqual(answer.status, 404, path)
        same = [self.ask("GET", f"/tasks/{number}") for number in (2, 99)]
        self.assertEqual([one.body.split("--request-id")[0] for one in same], [same[0].body.split("--request-id")[0]] * 2)

    def test_nothing_else_is_changed(self):
        before = self.others()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for method, path, body, headers in (
                ("PATCH", "/tasks/2", {"title": "x"}, {}), ("PATCH", "/tasks/2", {"projectId": "alpha"}, {}),
                ("PATCH", "/tasks/1", {"projectId": "beta"}, {}), ("PATCH", "/tasks/3", {"projectId": "alpha"}, {}),
                ("DELETE", "/tasks/2", None, {}), ("DELETE", "/tasks/3", None, {}), ("PUT", "/tasks/2", {"projectId": "alpha"}, {}),
                ("POST", "/tasks", {"projectId": "beta", "title": "x"}, {}), ("POST", "/tasks", {"title": "x"}, {}),
                ("POST", "/tasks", {"projectId": None, "title": "x"}, {}), ("POST", "/tasks", {"projectId": ["alpha"]}, {}),
                ("POST", "/tasks", b'{"projectId":"alpha","projectId":"beta"}', {}),
                ("POST", "/tasks", b'{"projectId":"alpha","project\\u0049d":"beta"}', {}),
                ("POST", "/tasks", b'{"projectId":"alpha","ProjectId":"beta"}', {}), ("POST", "/tasks", b"projectId=beta", form),
                ("POST", "/tasks", b'{"projectId":"alpha"}', {"Content-Type": "application/json; charset=utf-16"}),
                ("POST", "/tasks?projectId=beta", {"projectId": "alpha"}, {}), ("POST", "/projects/beta/tasks", {"projectId": "alpha"}, {}),
                ("POST", "/comments", {"projectId": "alpha", "taskId": 2, "text": "x"}, {}),
                ("POST", "/comments", {"projectId": "beta", "taskId": 1, "text": "x"}, {}),
                ("POST", "/projects", {"id": "gamma"}, {}), ("DELETE", "/projects/alpha", None, {}),
                ("POST", "/tasks/1", {"title": "x"}, {"X-HTTP-Method-Override": "DELETE"})):
            answer = self.ask(method, path, body, headers=headers)
            self.assertGreaterEqual(answer.status, 400, (method, path, body))
            self.assertNotIn("BETA", answer.body)
        self.assertEqual(self.others(), before)

    def test_a_token_of_the_whole_site_gets_what_is_there(self):
        self.assertEqual(len(self.ask("GET", "/tasks", token=self.whole).json()), len(self.api.direct("/tasks")))
        self.assertIn("BETA", self.ask("GET", "/db", token=self.whole).body)
        self.assertEqual(self.ask("GET", "/__rules", token=self.whole).status, 404)

    def test_explain_pause_and_test(self):
        tested = self.it.cli("site", "test", "tasks", "--json")
        self.assertEqual(tested.returncode, 0, tested.stderr)
        self.it.ok("site", "pause", "tasks", "--resource", "tasks/alpha")
        self.assertIn(self.ask("GET", "/tasks/1").status, (403, 404))
        self.assertNotIn("mine", self.ask("GET", "/tasks", token=self.whole).body)
        self.it.ok("site", "resume", "tasks", "--resource", "tasks/alpha")
        self.assertEqual(self.ask("GET", "/tasks/1").status, 200)
        refused = self.ask("GET", "/tasks/2")
        explained = self.it.cli("explain", "--request-id", refused.headers["Gatehouse-Request-Id"])
        self.assertIn("getTask", explained.stdout + explained.stderr)

    def test_the_document_can_be_replaced_and_read(self):
        self.assertEqual(self.it.cli("site", "spec", "get", "tasks").stdout, SPEC.read_text())
        wrong = self.it.cli("site", "spec", "set", "tasks", "--spec", "-", stdin="openapi: 3.0.0\npaths: {/a: {get: {parameters: 7}}}\n")
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("/paths/~1a/get/parameters", wrong.stderr)
        without = SPEC.read_text().replace("  /kinds:", "  /kinds2:").replace("x-gatehouse-test: listKinds", "x-note: x")
        self.it.ok("site", "spec", "set", "tasks", "--spec", "-", stdin=without)
        self.assertEqual(self.ask("GET", "/kinds").status, 404)
        self.it.ok("site", "spec", "set", "tasks", "--spec", str(SPEC))
        self.assertEqual(self.ask("GET", "/kinds").status, 200)

    def test_a_budget_is_told_in_headers(self):
        self.it.ok("site", "edit", "tasks", "--budget", "3/s")
        try:
            answers = [self.ask("GET", "/kinds") for _ in range(12)]
            spent = [one for one in answers if one.status == 429]
            self.assertTrue(spent and any(one.status == 200 for one in answers))
            self.assertEqual(spent[0].headers["X-RateLimit-Remaining"], "0")
            self.assertGreaterEqual(int(spent[0].headers["Retry-After"]), 1)
        finally:
            self.it.ok("site", "edit", "tasks", "--budget", "")
        self.assertEqual(self.ask("GET", "/kinds").status, 200)


if __name__ == "__main__":
    unittest.main()
