"""The automations of examples/, as they stand there: each with the token that its apply.yaml asks for, and what that token can't do."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

from harness import ADMIN, Installation

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.it.ok("policy", "set", "service-accounts", "10")

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def job(self, name, *words):
        """What the example prints, and its token."""
        plan = pathlib.Path(self.it.folder) / (name + ".yaml")
        plan.write_text((EXAMPLES / name / "apply.yaml").read_text().replace("admin@example.com", ADMIN))
        made = self.it.ok("apply", "-f", str(plan))
        token = made["tokens"][0]["token"]
        environment = {**os.environ, "GATEHOUSE_BASE": self.it.gateway + "/ex/jira/acme", "GATEHOUSE_TOKEN": token}
        done = subprocess.run([sys.executable, str(EXAMPLES / name / "job.py"), *words], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.it.get("/rest/api/3/issue/B-1", token).status in (403, 404), True)
        return done.stdout.strip(), token

    def test_every_example_is_tried(self):
        tried = {name[len("test_the_"):] for name in dir(self) if name.startswith("test_the_")}
        self.assertEqual(tried, {job.parent.name for job in EXAMPLES.glob("*/job.py")})

    def test_the_ci_job(self):
        key, token = self.job("ci_job", "A", "nightly#812")
        self.assertTrue(key.startswith("A-"), key)
        self.assertEqual(self.it.call("DELETE", "/rest/api/3/issue/" + key, token).status, 403)

    def test_the_report_pipeline(self):
        text, token = self.job("report_pipeline", "A")
        self.assertGreater(json.loads(text)["issues"], 3)
        self.assertEqual(self.it.call("POST", "/rest/api/3/issue/A-1/comment", token, {"body": {"type": "doc", "version": 1, "content": []}}).status, 403)

    def test_the_partner_portal(self):
        text, token = self.job("partner_portal", "1", "The door is stuck")
        self.assertTrue(json.loads(text)["made"].startswith("A-"))
        self.assertEqual(self.it.get("/rest/api/3/issue/A-1", token).status, 403)
        self.assertEqual(self.it.get("/rest/servicedeskapi/servicedesk/2", token).status, 404)

    def test_the_internal_app(self):
        text, _ = self.job("internal_app", "A", '{"title":"A lamp is broken","state":"new"}')
        self.assertEqual(sorted(json.loads(text)["labels"]), ["form", "new"])

    def test_the_hr_sync(self):
        text, token = self.job("hr_sync", "Alice Adler,Nobody")
        self.assertEqual(json.loads(text), ["Alice Adler"])
        self.assertEqual(self.it.get("/rest/api/3/issue/A-1", token).status, 403)


if __name__ == "__main__":
    unittest.main()
