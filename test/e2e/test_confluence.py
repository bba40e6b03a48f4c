"""A token for one space of Confluence, end to end: by hand, and by confluence.js of npm, unchanged."""
import re
import unittest

from harness import Installation, SANDBOX_TOKEN, SANDBOX_USER
from test_clients import HERE, calls, node

CANARY = re.compile(r"canary-[A-Za-z-]+-[0-9a-f]{8}")


def all_scopes():
    """Every scope that an operation of Confluence asks for."""
    found = set()
    for table in (HERE.parents[2] / "catalogue").glob("confluence_*.ops"):
        for line in table.read_text().splitlines():
            if line.startswith("  scopes ") and "unknown" not in line:
                found.update(word for word in line.split()[1:] if ":" in word)
    return ",".join(sorted(found))


class Confluence(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.it.ok("site", "add", "wiki", "--product", "confluence", "--url", cls.it.sandbox.url, "--auth", "basic", "--username", SANDBOX_USER,
                  "--secret-file", "-", stdin=SANDBOX_TOKEN + "\n")
        cls.scopes = all_scopes()
        cls.it.ok("grant", "add", "--account", "robot", "--resource", "wiki/A", "--scopes", cls.scopes)
        cls.token = cls.it.token("wiki/A", scopes=cls.scopes)

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def tearDown(self):
        self.it.sandbox.control("POST", "reset")

    def get(self, path, method="GET", body=None):
        return self.it.call(method, path, self.token, body=body, prefix="/ex/confluence/wiki")

    def test_the_site_answers(self):
        done = self.it.cli("site", "test", "wiki")
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = self.it.ok("token", "show", self.token["id"])
        self.assertIn("wiki/A", str(shown["resources"]))

    def test_a_space_that_is_not_there_is_said(self):
        done = self.it.cli("grant", "add", "--account", "robot", "--resource", "wiki/NONE", "--scopes", "read:page:confluence")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no space NONE", done.stderr)

    def test_pages_of_the_space_and_of_no_other(self):
        page = self.get("/wiki/api/v2/pages/70001?body-format=storage")
        self.assertEqual(page.status, 200, page)
        self.assertIn("canary-A-", page.json()["body"]["storage"]["value"])
        for foreign in ("71001", "70500", "70003", "70004", "99999"):
            answer = self.get("/wiki/api/v2/pages/" + foreign)
            self.assertEqual(answer.status, 404, foreign)
            self.assertIn("Content does not exist", answer.json()["errors"][0]["title"])

    def test_lists_are_paged_to_their_end_by_their_links(self):
        seen, path = [], "/wiki/api/v2/spaces/65001/pages?limit=2"
        for _ in range(20):
            answer = self.get(path)
            self.assertEqual(answer.status, 200, answer)
            seen += [page["id"] for page in answer.json()["results"]]
            link = answer.json()["_links"].get("next")
            if not link:
                break
            self.assertEqual(len(answer.json()["results"]), 2, "a page that goes on is full")
            self.assertTrue(link.startswith("/ex/confluence/wiki/wiki/api/v2/"), link)
            path = link[len("/ex/confluence/wiki"):]
        self.assertEqual(sorted(seen), ["70000", "70001", "70002", "70019"])

    def test_search_sees_one_space(self):
        answer = self.get("/wiki/rest/api/search?cql=" + "text%20~%20says%20or%20type%20%3D%20page")
        self.assertEqual(answer.status, 200, answer)
        text = str(answer.json())
        self.assertEqual({found.split("-")[1] for found in CANARY.findall(text)}, {"A"})
        self.assertEqual(self.get("/wiki/rest/api/search?cql=space%3DB").status, 400)

    def test_a_page_cannot_be_moved_out(self):
        answer = self.get("/wiki/rest/api/content/70001/move/append/71000", "PUT")
        self.assertEqual(answer.status, 404, answer)
        answer = self.get("/wiki/api/v2/pages/70001", "PUT",
                          {"id": "70001", "status": "current", "title": "x", "spaceId": "65002", "version": {"number": 3}})
        self.assertEqual(answer.status, 404, answer)
        self.assertEqual(self.it.sandbox.direct("GET", "/wiki/api/v2/pages/70001").json()["spaceId"], "65001")

    def test_an_attachment_is_downloaded_by_its_link(self):
        found = self.get("/wiki/api/v2/attachments/att70014").json()
        answer = self.get("/wiki" + found["downloadLink"])
        self.assertEqual(answer.status, 200, answer)
        self.assertIn(b"canary-A-", answer.body if isinstance(answer.body, bytes) else answer.body.encode())

    def test_confluence_js(self):
        command = node("confluence_js.mjs")
        if command is None:
            print("NOT RUN: confluence.js: npm can't be reached")
            self.skipTest("npm can't be reached")
        through = calls(command, self.it.gateway + "/ex/confluence/wiki", "ci@example.com", self.token["token"])
        self.it.sandbox.control("POST", "reset")
        direct = calls(command, self.it.sandbox.url, SANDBOX_USER, SANDBOX_TOKEN)
        self.assertEqual([one["call"] for one in through], [one["call"] for one in direct])
        outside = 3
        failed = [f"{mine['call']}: {mine['error']}" for mine, theirs in zip(through[:-outside], direct) if theirs["ok"] and not mine["ok"]]
        self.assertEqual(failed, [], "\n".join(failed))
        self.assertTrue(all(not one["ok"] for one in through[-outside:]))
        self.assertEqual([f"{one['call']}: {one['error']}" for one in through[:-outside] if not one["ok"]], [])


if __name__ == "__main__":
    unittest.main()
