"""The pictures of the panel in the documentation. GATEHOUSE_PICTURES=docs/pictures takes them anew, of the real binary with data of a small
company; without it they are only held against what the documentation shows."""
import datetime
import json
import os
import pathlib
import re
import struct
import unittest

import test_authority
from harness import ADMIN, SCOPES, Installation
from panel_tools import HERE, ROOT, account, ask, grant, link, person, token, tools, walk

FOLDER = ROOT / "docs" / "pictures"
PICTURES = json.loads((HERE / "pictures.json").read_text())
MOST_BYTES, MOST = 160 * 1024, 12
READS = "read:jira-work"


def in_days(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT00:00:00Z")


def furnish(it):
    """People, automations and their use, as a small company might have them; what the pictures need to know of it."""
    ask(it, "PATCH", "/policy", {"service-accounts": "guard-standard"})
    ask(it, "PATCH", "/users/" + ADMIN, {"name": "Ada Marsh"})
    for email, name, role in (("eva@example.com", "Eva Lind", "member"), ("tom@example.com", "Tom Berg", "member"), ("lea@example.com", "Lea Roth", "member")):
        person(it, email, name, role)
    account(it, "invoice-export", "eva@example.com", "exports invoices every night", "GitLab CI, finance/export", deputy="tom@example.com", tool="python-requests",
            docs="https://wiki.example.com/invoice-export", runbook="https://wiki.example.com/invoice-export/night", declared_sites=["acme"],
            declared_resources=["acme/A"], declared_scopes=READS.split(","), expected_every="1d", criticality="high", rotate_every="90d")
    account(it, "release-notes", "eva@example.com", "writes release notes from closed issues", "GitHub Actions, web/notes", tool="jira.js")
    account(it, "standup-board", "tom@example.com", "shows what the team works on", "the screen on the second floor")
    account(it, "hr-sync", "lea@example.com", "opens issues for new colleagues", "cron on app-2")
    for handle in ("invoice-export", "release-notes", "standup-board", "hr-sync"):
        grant(it, handle, "acme/A", SCOPES)
    grant(it, "release-notes", "acme/B", SCOPES)

    def use(made, *agents, path="/rest/api/3/issue/A-1", times=1):
        for agent in agents:
            for _ in range(times):
                it.get(path, made, headers={"User-Agent": agent})

    night = token(it, "invoice-export", "nightly export", READS, expires_in="19h", owner="eva@example.com")
    use(night, "python-requests/2.31", "curl/8.5.0", times=3)
    week = token(it, "release-notes", "release notes", SCOPES, expires_in="6d", owner="eva@example.com")
    use(week, "jira.js/4.0")
    token(it, "standup-board", "board", READS, expires_in="24d", owner="tom@example.com")
    shared = token(it, "standup-board", "everything", SCOPES, expires_in="80d", owner="tom@example.com")
    use(shared, "jira.js/4.0", "python-requests/2.31", "PowerShell/7.4", times=2)
    token(it, "hr-sync", "new colleagues", SCOPES, permanent=True, rotate_every="30d", owner="lea@example.com")
    rotating = token(it, "release-notes", "changelog", READS, permanent=True, rotate_every="30d", overlap="7d", owner="eva@example.com")
    use(rotating, "jira.js/3.9", times=4)
    fresh = ask(it, "POST", f"/tokens/{rotating['id']}/rotate", {})
    use(fresh, "jira.js/4.0", times=2)
    use(rotating, "jira.js/3.9")
    refused = it.call("PUT", "/rest/api/3/issue/A-1", night, {"fields": {"summary": "paid"}}, {"User-Agent": "python-requests/2.31"})
    ask(it, "POST", "/users/lea@example.com/suspend", {"reason": "left the company"})
    ask(it, "PATCH", "/policy", {"approval-scopes": "write:jira-work", "freeze-windows": f"{in_days(24)}/{in_days(38)}"})
    eva = test_authority.Person(it, "eva@example.com").key
    ask(it, "POST", "/tokens", {"account": "invoice-export", "name": "marks as paid", "scopes": SCOPES.split(","), "resources": ["acme/A"], "expires_in": "90d"}, eva)
    ask(it, "POST", "/accounts/release-notes/offer", {"to": ADMIN}, eva)
    return {"rotating": rotating["id"], "refused": refused.headers["Gatehouse-Request-Id"]}


class PanelPictures(unittest.TestCase):
    def test_the_documentation_shows_each_and_each_is_small(self):
        shown = set()
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
            shown |= {name for name in re.findall(r"\]\([\w./]*pictures/(\w+)\.png\)", page.read_text())}
        named = [one["name"] for one in PICTURES]
        self.assertEqual(shown, set(named), "what is shown and what is taken")
        self.assertEqual({file.stem for file in FOLDER.iterdir()}, set(named), "what lies there and what is taken")
        self.assertLessEqual(len(named), MOST)
        segments = (ROOT / "web" / "src" / "segments.ts").read_text()
        for one in PICTURES:
            segment = re.match(r"/(\w*)", one["path"]).group(1)
            self.assertTrue(segment == "" or f"'{segment}'" in segments, one)
            bytes_ = (FOLDER / f"{one['name']}.png").read_bytes()
            self.assertEqual(bytes_[:8], b"\x89PNG\r\n\x1a\n")
            self.assertEqual(struct.unpack(">II", bytes_[16:24])[0], 1280, one)
            self.assertLessEqual(len(bytes_), MOST_BYTES, one)

    @unittest.skipUnless(os.environ.get("GATEHOUSE_PICTURES"), "pictures are taken where GATEHOUSE_PICTURES names a folder")
    def test_they_are_taken(self):
        folder = tools()
        it = Installation()
        self.addCleanup(it.close)
        places = furnish(it)
        target = pathlib.Path(os.environ["GATEHOUSE_PICTURES"])
        walk(self, folder, "pictures.mjs", {
            "base": it.admin, "api": it.admin + "/api/v1", "key": it.key, "link": link(it, ADMIN), "places": places,
            "folder": str(target if target.is_absolute() else ROOT / target)})


if __name__ == "__main__":
    unittest.main()
