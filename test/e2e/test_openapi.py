"""The OpenAPI document that the server serves: a linter passes it, a client is generated from it, type-checked and used."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from harness import Installation, http

HERE = pathlib.Path(__file__).resolve().parent / "openapi"


def tools():
    """The folder with npm's packages, in the build folder; None where npm can't be reached."""
    folder = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "/tmp")) / "npm-openapi"
    folder.mkdir(parents=True, exist_ok=True)
    for source in HERE.iterdir():
        shutil.copy(source, folder / source.name)
    if not (folder / "node_modules" / "typescript").exists():
        done = subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=folder, stdout=sys.stderr, timeout=600)
        if done.returncode != 0:
            return None
    return folder


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tools()
        if cls.folder is None:
            raise unittest.SkipTest("NOT RUN: npm can't be reached")
        cls.it = Installation(granted=False)
        answer = http("GET", cls.it.admin + "/api/v1/openapi.json")
        assert answer.status == 200, answer
        (cls.folder / "openapi.json").write_text(answer.body)

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def node(self, *words, env=None):
        node = str(self.folder / "node_modules" / "node" / "bin" / "node")
        return subprocess.run([node, *words], cwd=self.folder, capture_output=True, text=True, env={**os.environ, **(env or {})}, timeout=300)

    def test_1_the_linter_finds_nothing(self):
        done = self.node("lint.mjs", "openapi.json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        document = json.loads((self.folder / "openapi.json").read_text())
        document["paths"]["/api/v1/me"]["get"]["operationId"] = "listAccounts"
        (self.folder / "broken.json").write_text(json.dumps(document))
        done = self.node("lint.mjs", "broken.json")
        self.assertEqual(done.returncode, 1, "it would see a name that stands twice")
        self.assertIn("operation-operationId-unique", done.stdout)

    def test_2_a_generated_client_works(self):
        made = self.node("node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "api.d.ts")
        self.assertEqual(made.returncode, 0, made.stderr)
        checked = self.node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json")
        self.assertEqual(checked.returncode, 0, checked.stdout)
        done = self.node("client.ts", env={"URL": self.it.admin, "KEY": self.it.key})
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told, {"role": "org-admin", "purpose": "another purpose", "late": "precondition_failed", "status": 412,
                                "handles": ["generated"], "unknown": "not_found", "limit": "12000"})
        right = (self.folder / "client.ts").read_text()
        for was, wrong in (("purpose: \"a generated client\"", "purpos: \"a generated client\""), ("edited.purpose", "edited.purpos")):
            self.assertIn(was, right)
            (self.folder / "client.ts").write_text(right.replace(was, wrong))
            checked = self.node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json")
            self.assertNotEqual(checked.returncode, 0, "a member that is not there: " + wrong)


if __name__ == "__main__":
    unittest.main()
