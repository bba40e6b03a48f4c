"""Nobody learns who is here (issue 7, point 10): clients, device codes and people that exist and that don't are refused with the same status,
header fields and body, in times that a real leak (a hash that is left out, a record that is written for one of them) would pull apart. And
who is wrong in somebody's name slows down himself.

Tries are interleaved and their medians compared, up to three times: a busy machine is slow for all alike. Each comes from a loopback
address of its own, since who fails is counted by address.
"""
import base64
import http.client
import itertools
import json
import statistics
import time
import unittest
import urllib.parse

from harness import Installation, SCOPES, run
from signer import Signer
from test_sign_in import Browser, SENTENCE, path_of

CALLBACK = "https://app.example/callback"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
OWN = ("Date", "Gatehouse-Request-Id")


class NoEnumeration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = it = Installation()
        cls.addresses = (f"127.0.{high}.{low}" for high in itertools.count(1) for low in range(1, 255))
        create = ("client", "create", "--account", "robot", "--name", "job", "--scopes", SCOPES, "--resource", "acme/A")
        cls.client, cls.other, cls.paused, cls.revoked = (it.ok(*create) for _ in range(4))
        it.ok("token", "pause", cls.paused["client_id"])
        it.ok("client", "revoke", cls.revoked["client_id"])
        cls.signer = Signer(it.folder)
        cls.signing = it.ok(*create, "--auth", "private_key_jwt", "--jwks-file", cls.signer.jwks)
        cls.app, cls.another = (it.ok("app", "create", "--name", name, "--redirect-uri", CALLBACK, "--scopes", "read:jira-work", "--resource", "acme/A", "--device")
                                for name in ("Report", "Other"))

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def post(self, base, path, form, address, headers=None):
        """What was answered, without what is each answer's own, and how long it took from the first byte sent."""
        place = urllib.parse.urlsplit(base)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60, source_address=(address, 0))
        try:
            connection.connect()
            began = time.perf_counter()
            connection.request("POST", path, urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
            answer = connection.getresponse()
            body = answer.read().decode()
            took = time.perf_counter() - began
        finally:
            connection.close()
        return (answer.status, tuple(sorted((name, value) for name, value in answer.getheaders() if name not in OWN)), body), took

    def token_endpoint(self, form, client=None, path="/oauth/token", address=None):
        headers = {"Authorization": "Basic " + base64.b64encode(":".join(client).encode()).decode()} if client else {}
        return self.post(self.it.gateway, path, form, address or next(self.addresses), headers)

    def same(self, cases, rounds, most_apart, retries=3):
        """`cases`: name → what is tried, as (answer, seconds). All answers are one; the medians are less than `most_apart` of the least apart,
        or than what any of those leaks would take."""
        for left in reversed(range(retries)):
            times = {name: [] for name in cases}
            answers = {}
            for _ in range(rounds):
                for name, ask in cases.items():
                    answer, took = ask()
                    answers.setdefault(answer, name)
                    times[name].append(took)
            self.assertEqual(len(answers), 1, answers)
            medians = {name: statistics.median(all_of_it) for name, all_of_it in times.items()}
            apart = max(medians.values()) / min(medians.values()) - 1
            print(f"{self.id().rpartition('.')[2]}: {apart:.0%} apart;", ", ".join(f"{name} {took * 1000:.2f} ms" for name, took in medians.items()), flush=True)
            if apart < most_apart or max(medians.values()) - min(medians.values()) < 0.002:
                return answers.popitem()[0]
            if not left:
                self.fail(f"{apart:.0%} apart: {medians}")

    def test_clients(self):
        nobody, right, gone = "nobody0000000000", self.other["client_secret"], self.revoked["client_secret"]
        grant = {"grant_type": "client_credentials"}
        for path, form in (("/oauth/token", grant), ("/oauth/introspect", {"token": "x"}), ("/oauth/revoke", {"token": "x"}), ("/oauth/token", {"grant_type": "refresh_token", "refresh_token": "x"}),
                           ("/oauth/device_authorization", {"scope": "read:jira-work"})):
            with self.subTest(path + " " + form.get("grant_type", "")):
                shown = lambda client, secret: lambda: self.token_endpoint(form, (client, secret), path)
                answer = self.same({"unknown client": shown(nobody, right), "wrong secret": shown(self.client["client_id"], right), "paused": shown(self.paused["client_id"], right),
                                    "revoked": shown(self.revoked["client_id"], right), "has no secret": shown(self.signing["client_id"], right), "an app": shown(self.app["client_id"], right),
                                    "unknown client, no such secret": shown(nobody, gone), "no such secret": shown(self.client["client_id"], gone)},
                                   rounds=12, most_apart=1.0)
                self.assertEqual((answer[0], json.loads(answer[2])["error"]), (401, "invalid_client"))
        # Secrets that are none, in the body, and the right one of who may not use it now.
        answers = {self.token_endpoint({**grant, "client_id": client, "client_secret": secret})[0] for client, secret in
                   ((nobody, "gths_x"), (self.client["client_id"], "gths_x"), (self.client["client_id"], "x" * 3000), (self.paused["client_id"], self.paused["client_secret"]),
                    (self.revoked["client_id"], self.revoked["client_secret"]), (nobody, self.client["client_secret"]))}
        self.assertEqual(len(answers), 1, answers)

    def test_clients_that_sign(self):
        stranger = Signer(self.it.folder, "stranger")

        def shown(client, signer=stranger):
            return lambda: self.token_endpoint({"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": signer.sign(iss=client, sub=client, aud=self.it.gateway)})

        answer = self.same({"unknown client": shown("nobody0000000000"), "wrong key": shown(self.signing["client_id"]), "has a secret": shown(self.client["client_id"]),
                            "paused": shown(self.paused["client_id"])}, rounds=12, most_apart=1.0)
        self.assertEqual(json.loads(answer[2])["error"], "invalid_client")

    def test_device_codes(self):
        mine, others = ((app["client_id"], app["client_secret"]) for app in (self.app, self.another))
        live = json.loads(self.token_endpoint({"scope": "read:jira-work"}, others, "/oauth/device_authorization")[0][2])["device_code"]
        wrong = json.loads(self.token_endpoint({"scope": "read:jira-work"}, mine, "/oauth/device_authorization")[0][2])["device_code"]
        wrong = wrong[:-1] + ("A" if wrong[-1] != "A" else "B")
        shown = lambda code: lambda: self.token_endpoint({"grant_type": DEVICE, "device_code": code}, mine)
        answer = self.same({"unknown code": shown("0" * len(live)), "another app's": shown(live), "wrong end": shown(wrong)}, rounds=12, most_apart=1.0)
        self.assertEqual((answer[0], json.loads(answer[2])["error"]), (400, "expired_token"))

    def test_jobs(self):
        self.it.ok("federation", "add", "--account", "robot", "--issuer", "https://issuer.example", "--audience", "gatehouse", "--subject", "job", "--scopes", SCOPES, "--resource", "acme/A",
                   "--jwks-file", self.signer.jwks)
        stranger = Signer(self.it.folder, "another")
        form = lambda signer, **claims: {"grant_type": EXCHANGE, "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                                         "subject_token": signer.sign(**{"iss": "https://issuer.example", "sub": "job", "aud": "gatehouse", **claims})}
        shown = lambda signer, **claims: lambda: self.token_endpoint(form(signer, **claims))
        answer = self.same({"unknown subject": shown(stranger, sub="other"), "unknown audience": shown(stranger, aud="other"), "unknown issuer": shown(stranger, iss="https://nobody.example"),
                            "wrong key": shown(stranger)}, rounds=12, most_apart=1.0)
        self.assertEqual((answer[0], json.loads(answer[2])["error"]), (400, "invalid_grant"))
        self.assertEqual(self.token_endpoint(form(self.signer, sub="other"))[0], answer)

    def test_people(self):
        it = self.it
        known = [f"p{number}@example.com" for number in range(3)]
        for email in known:
            it.ok("user", "add", email, "--name", "P", "--role", "member")
        it.ok("user", "suspend", known[2])
        browser = Browser(it.admin)
        browser.get(path_of(json.loads(run("user", "reset-link", known[0], "--data", it.data, "--json").stdout)["sign_in_url"]))
        browser.get("/account")
        self.assertEqual(browser.submit("/account/password", password=SENTENCE, again=SENTENCE).status, 303)

        def shown(email):
            def ask():
                (status, fields, body), took = self.post(it.admin, "/sign-in", {"email": email, "password": "not the sentence at all"}, next(self.addresses), {"Origin": it.admin})
                # What was typed is in the form again.
                return (status, fields, body.replace(email, "EMAIL")), took
            return ask

        # Hashing is nearly all of it.
        answer = self.same({"wrong password": shown(known[0]), "has no password": shown(known[1]), "suspended": shown(known[2]), "nobody": shown("p9@example.com")}, rounds=8, most_apart=0.6)
        self.assertEqual(answer[0], 401)

    def test_who_fails_in_anothers_name_slows_down_himself(self):
        it, victim, here, there = self.it, "victim@example.com", "127.9.0.1", "127.9.0.2"
        it.ok("user", "add", victim, "--name", "V", "--role", "member")
        browser = Browser(it.admin)
        browser.get(path_of(json.loads(run("user", "reset-link", victim, "--data", it.data, "--json").stdout)["sign_in_url"]))
        browser.get("/account")
        self.assertEqual(browser.submit("/account/password", password=SENTENCE, again=SENTENCE).status, 303)

        def sign_in(address, password, email=victim):
            return self.post(it.admin, "/sign-in", {"email": email, "password": password}, address, {"Origin": it.admin})[0][0]

        tries = [sign_in(here, f"a guess of the sentence {number}", (victim, victim.upper(), victim.title())[number % 3]) for number in range(8)]
        self.assertEqual((tries[0], tries[-1]), (401, 429), tries)
        self.assertEqual(sign_in(here, SENTENCE), 429, "the right one waits too where it was guessed")
        self.assertEqual(sign_in(there, SENTENCE), 303, "the victim, from elsewhere")
        # The same at the token endpoint.
        grant = {"grant_type": "client_credentials"}
        ask = lambda address, secret: self.token_endpoint(grant, (self.client["client_id"], secret), address=address)[0][0]
        tries = [ask(here, self.other["client_secret"]) for _ in range(22)]
        self.assertEqual((tries[0], tries[-1]), (401, 429), tries)
        self.assertEqual((ask(here, self.client["client_secret"]), ask(there, self.client["client_secret"])), (429, 200))


if __name__ == "__main__":
    unittest.main()
