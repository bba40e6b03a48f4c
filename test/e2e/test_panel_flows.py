"""The life of a credential, walked by the keyboard alone in the panel of the real binary: each flow that the panel is for, with a real curl
at the gateway, a tool that works on meanwhile, and the links of real mails (panel/flows.mjs has the steps)."""
import unittest

import test_authority
import test_notify
from harness import ADMIN, SCOPES
from panel_tools import HERE, account, ask, grant, link, person, token, tools, walk

MEMBER = "eva@example.com"
CSV = "ID,Token name,Email,Expires at\n77,old script,ada@example.com,{}\n"


class PanelFlows(unittest.TestCase):
    def test_nothing_but_keys_is_pressed(self):
        for file in ("flows.mjs", "keyboard.mjs"):
            text = (HERE / file).read_text()
            for call in (".click(", ".dblclick(", ".tap(", ".check(", ".fill(", ".selectOption(", ".focus(", ".hover(", ".mouse", ".dragTo("):
                self.assertNotIn(call, text, file)

    def mailed(self, it):
        """For a token, an OAuth client and a token of Atlassian's that end within a day, by the server's clock: the link in the mail about each."""
        soon = token(it, "robot", "ends soon", "read:jira-work", expires_in="30h")
        client = ask(it, "POST", "/clients", {"account": "robot", "name": "server", "scopes": ["read:jira-work"], "resources": ["acme/A"], "expires_in": "30h"})
        imported = ask(it, "POST", "/register/import/atlassian-csv", {"text": CSV.format(soon["expires_at"])})
        old = imported["changes"][0]
        subjects = {"token": (soon["id"], "Rotate it", "Rotate"), "client": (client["id"], "Hand it over", "Hand over now"), "external": (old["id"], "Hand it over", "Hand over now")}
        it.restart(ahead="+8h")
        found = []
        for kind, (subject, way, dialog) in subjects.items():
            mail = test_notify.wait_for(lambda: [one for one in it.mail.mails if subject in (one[1]["References"] or "")], 120)[-1][1]
            (line,) = [one for one in mail.get_body(("plain",)).get_content().splitlines() if "/api/v1/notify/act/" in one]
            found.append({"kind": kind, "subject": subject, "act": line[line.index("/api/"):].strip(), "open": way, "dialog": dialog})
        it.restart()
        return found

    def test_each_flow_by_the_keyboard_alone(self):
        folder = tools()
        it = test_notify.House()
        self.addCleanup(it.close)
        it.with_mail()
        it.restart()
        ask(it, "PATCH", "/policy", {"notify-digest": "none"})
        person(it, MEMBER, "Eva Lind")
        account(it, "board", MEMBER, "moves cards", "cron")
        grant(it, "board", "acme/A", SCOPES)
        mailed = self.mailed(it)
        for one in mailed:
            one["act"] = it.admin + one["act"]
        walk(self, folder, "flows.mjs", {
            "base": it.admin, "api": it.admin + "/api/v1", "gateway": it.gateway, "key": it.key, "otherKey": test_authority.Person(it, MEMBER).key,
            "link": link(it, ADMIN), "account": "billing-report", "mailed": mailed})


if __name__ == "__main__":
    unittest.main()
