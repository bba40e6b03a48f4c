"""Hostile HTTP as raw bytes to the real gateway, and what it forwards as seen by six real servers.

framing/cases.py is the table, framing/servers.py the servers. A case that is ambiguous must be refused, nothing of it forwarded as a
request, and what stands behind it answered by nobody. One that is right must be forwarded as exactly one request, and nginx, Apache,
HAProxy, Node, h2o and lighttpd must see the same one.

Of the hazards that have a number, these are tested elsewhere:

  G18, G19    answers of upstream, connections of two credentials   test/http/pool_test.cpp
  G20 G24-29  all forms of targets                                  test/catalogue/hostile_target_test.cpp
  G33         a parameter in query and body                         test/escape (query_unclassified), golden/gateway/unknown_parameter.case
  G36, G37    also by the reader itself                             test/gateway/json_reader_test.cpp
  G40         what a part says is never what is decided by          test_attachments.py
  G41         operations that the catalogue refuses, per item       test/escape, docs/reference/operations.md
  G42         redirects                                             test_attachments.py, golden/gateway/attachment_content.case
  G45-G47     JQL and CQL                                           test/query, test/escape
  G48         HTTP/2 is not offered: its preface is a case here
"""
import collections
import pathlib
import sys
import unittest
import urllib.parse

from harness import ADMIN, Installation, http

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "framing"))

import cases  # noqa: E402
import servers  # noqa: E402
from recorder import Client, Recorder, wait_for  # noqa: E402

SCOPES = ["read:jira-work", "write:jira-work"]
UPSTREAM = "upstream-credential-of-the-site"
# Where the fault lies in a body that is on its way already: begun upstream, and broken off there.
IN_THE_BODY = ("G3 less", "G9 ", "G10 ", "G11 ", "G12 ", "early end in the body")
FORWARDED = {"host", "accept", "accept-language", "accept-encoding", "x-atlassian-token", "content-type", "authorization", "user-agent"}


def alike(seen):
    """Without the body, which holds another token at each site in some cases: it was compared with what was sent."""
    return seen._replace(body=None, length=None)


class Framing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lacking = [server.name for server in servers.SERVERS if not server.find()]
        if lacking:
            print("NOT RUN: these servers are missing: " + ", ".join(lacking) + " (tools/install_packages.sh test)")
            sys.exit(77)
        cls.it = Installation()
        cls.api("accounts", {"handle": "whole", "owner": ADMIN, "purpose": "tests", "runs_in": "CI"})
        cls.recorder = Recorder()
        cls.secret = cls.add_site(cls.recorder)

    @classmethod
    def tearDownClass(cls):
        cls.it.close()
        cls.recorder.end()

    @classmethod
    def api(cls, what, body):
        answer = http("POST", f"{cls.it.admin}/api/v1/{what}", {"Authorization": "Bearer " + cls.it.key}, body, timeout=120)
        assert answer.status == 201, answer
        return answer.json()

    @classmethod
    def add_site(cls, server):
        """A token for the whole of a site of that server's name."""
        whole = server.name + "/*"
        cls.api("sites", {"key": server.name, "product": "jira", "url": server.url, "auth": "bearer", "secret": UPSTREAM})
        cls.api("grants", {"account": "whole", "resource": whole, "scopes": SCOPES, "restricted": "include"})
        token = cls.api("tokens", {"account": "whole", "name": server.name, "scopes": SCOPES, "resources": [whole], "expires_in": "1d"})["token"]
        cls.setting_up = len(server.requests)
        server.requests.clear()
        return token

    def table(self, server, token, *verdicts):
        host = urllib.parse.urlsplit(self.it.gateway).netloc
        return [case for case in cases.all_cases(server.name, host, token) if case.verdict in verdicts]

    def connect(self):
        address = urllib.parse.urlsplit(self.it.gateway)
        return Client((address.hostname, address.port))

    def get(self, server, token, key):
        host = urllib.parse.urlsplit(self.it.gateway).netloc
        return f"GET /ex/jira/{server.name}/rest/api/3/issue/{key} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    def test_1_what_is_ambiguous_is_never_forwarded(self):
        recorder = self.recorder
        table = self.table(recorder, self.secret, cases.AMBIGUOUS)
        for case in table:
            with self.subTest(case.name, raw=case.raw[:200]):
                self.refuse(recorder, self.secret, case)
                self.assertEqual(recorder.requests, [])
        begun = [case for case in table if case.name.startswith(IN_THE_BODY)]
        wait_for(lambda: recorder.broken >= len(begun))
        self.assertLessEqual(recorder.broken, len(begun), "more were begun upstream than have their fault in the body")
        self.assertEqual(recorder.wrong, [])
        # The gateway is as it was.
        client = self.connect()
        client.send(self.get(recorder, self.secret, "A-1"))
        self.assertEqual(client.answer()[0], 200)
        client.close()
        recorder.requests.clear()
        print(f"{len(table)} ambiguous cases refused, {recorder.broken} of them in the middle of a body that was on its way")

    def refuse(self, server, token, case):
        """Sent with a request behind it: one refusal at most, then the end."""
        client = self.connect()
        client.send(case.raw if case.ends else case.raw + self.get(server, token, "SMUGGLED-1"), case.ends)
        first = client.answer()
        if first is None:
            self.assertTrue(case.ends, "it was closed without a word")
        else:
            self.assertGreaterEqual(first[0], 400)
            self.assertIsNone(client.answer(), "the connection went on")
        client.close()

    def test_2_what_may_not_be_asked_leaves_the_connection_clear(self):
        recorder = self.recorder
        table = self.table(recorder, self.secret, cases.REFUSED)
        for number, case in enumerate(table):
            with self.subTest(case.name, raw=case.raw[:200]):
                recorder.requests.clear()
                client = self.connect()
                client.send(case.raw + self.get(recorder, self.secret, f"NEXT-{number}"))
                if case.raw.startswith(b"HEAD"):
                    self.skip_head(client)
                else:
                    self.assertGreaterEqual(client.answer()[0], 400)
                following = client.answer()
                client.close()
                if following is not None:
                    self.assertEqual(following[0], 200)
                self.assertEqual([seen.target for seen in recorder.requests], [] if following is None else [f"/rest/api/3/issue/NEXT-{number}"])
        recorder.requests.clear()
        print(f"{len(table)} requests that may not be asked refused")

    def skip_head(self, client):
        line = client.stream.until(b"\r\n\r\n").split(b" ")
        self.assertGreaterEqual(int(line[1]), 400)

    def test_3_what_is_right_is_seen_alike_by_all(self):
        reference = self.run_served(self.recorder, self.secret)
        self.assertEqual(self.recorder.wrong, [])
        for case, requests in reference.items():
            for seen in requests:
                self.assertLessEqual(set(seen.fields), FORWARDED, case)
        rows = collections.OrderedDict()
        for kind in servers.SERVERS:
            server = kind()
            try:
                token = self.add_site(server)
                saw = self.run_served(server, token)
                server.end()
                sent = sum(map(len, saw.values()))
                # Its own log has what never got further than its parser too. Setting up the site asked it before.
                logged = server.logged()
                self.assertEqual(len(server.requests), sent, f"{server.name} saw more requests than were sent")
                self.assertEqual(len(logged) - self.setting_up, sent, f"{server.name} logged {logged[-sent:]}")
            finally:
                server.end()
                server.remove()
            same = 0
            for case, requests in reference.items():
                with self.subTest(case, server=server.name):
                    self.assertEqual([alike(seen) for seen in saw.get(case, [])], [alike(seen) for seen in requests])
                    same += len(requests)
            rows[server.name] = [len(saw), sent, same, *self.broken_off(kind, server.port, token)]
        total = len(self.table(self.recorder, self.secret, cases.AMBIGUOUS, cases.REFUSED, cases.SERVED))
        self.assertGreaterEqual(total, 600)
        print(f"{total} framing cases. What was forwarded, by the server that saw it:")
        print(f"  {'server':10}{'cases':>8}{'requests':>10}{'alike':>8}{'broken off':>12}{'taken':>7}")
        for name, (served, sent, same, broken, taken) in rows.items():
            print(f"  {name:10}{served:8}{sent:10}{same:8}{broken:12}{taken:7}")

    def test_4_a_body_in_two_readings_never_reaches_the_site(self):
        """Of a token that is bounded: its bodies are read here, and written anew."""
        it, token = self.it, self.it.token("acme/A")
        table = cases.json_bodies()
        for name, body, passes in table:
            with self.subTest(name, body=body[:200]):
                it.sandbox.control("GET", "recorded?clear=true")
                answer = it.call("POST", "/rest/api/3/issue", token, body)
                made = [one for one in it.sandbox.control("GET", "recorded")["requests"] if one["method"] == "POST"]
                self.assertEqual(answer.status, 201 if passes else 400, answer)
                self.assertEqual(len(made), int(passes))
        print(f"{len(table)} JSON bodies, {sum(passes for *_, passes in table)} of them right")

    def run_served(self, server, token):
        """Sends every right case on one connection as long as it lasts; what the server saw of each, without its own name."""
        client, saw = self.connect(), {}
        for case in self.table(server, token, cases.SERVED):
            with self.subTest(case.name, server=server.name, raw=case.raw[:200]):
                before = len(server.requests)
                wanted = [want for want in case.wants if want is not None]
                client.send(case.raw)
                last = None
                for want in case.wants:
                    last = client.answer()
                    self.assertIsNotNone(last, "no answer")
                    self.assertEqual(last[0] == 200, want is not None, last)
                self.assertTrue(wait_for(lambda: len(server.requests) >= before + len(wanted)), "it was not forwarded")
                saw[case.name] = [self.checked(seen, server, token) for seen in server.requests[before:]]
                self.assertEqual([(seen.method, seen.target, seen.body, seen.length) for seen in saw[case.name]],
                                 [tuple(servers.seen(method, target, body, {}))[:4] for method, target, body in wanted])
                if last[1].get("connection") != "close":
                    continue
                self.assertIsNone(client.answer())
            client.close()
            client = self.connect()
        client.close()
        return saw

    def checked(self, seen, server, token):
        """The site's own credential and name, and nothing of the client's token; then without what differs from server to server."""
        fields = dict(seen.fields)
        self.assertEqual(fields.pop("host"), urllib.parse.urlsplit(server.url).netloc)
        self.assertEqual(fields["authorization"], "Bearer " + UPSTREAM)
        self.assertNotIn(token, str(seen))
        return seen._replace(fields=fields)

    def broken_off(self, kind, port, token):
        """What the gateway breaks off in the middle no server takes for whole. How many were tried, and how many were taken."""
        server = kind(port)
        try:
            table = [case for case in self.table(server, token, cases.AMBIGUOUS) if case.name.startswith(IN_THE_BODY)]
            for case in table:
                with self.subTest(case.name, server=server.name, raw=case.raw[:200]):
                    self.refuse(server, token, case)
            server.end()
            self.assertEqual(server.requests, [])
            return len(table), len(server.requests)
        finally:
            server.end()
            server.remove()


if __name__ == "__main__":
    unittest.main()
