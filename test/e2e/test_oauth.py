"""The authorization server with the built binary: client credentials, narrowing, revocation, keys; by third-party clients in test_oauth_clients."""
import base64
import json
import re
import time
import unittest
import urllib.parse

from harness import ADMIN, Installation, SCOPES, http, run
from signer import Signer
from test_authority import wait_for
from test_sign_in import Browser

ISSUE = "/rest/api/3/issue/A-1?fields=summary"
FOREIGN = "/rest/api/3/issue/B-1?fields=summary"
DETAIL = '[{"type":"gatehouse_resource","identifier":"acme/A"}]'


def basic(client):
    return {"Authorization": "Basic " + base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()}


class OAuth(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.it.ok("grant", "add", "--account", "robot", "--resource", "acme/B", "--scopes", SCOPES)

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def client(self, *resources, scopes=SCOPES, more=()):
        words = [word for resource in resources or ("acme/A", "acme/B") for word in ("--resource", resource)]
        return self.it.ok("client", "create", "--account", "robot", "--name", "job", "--scopes", scopes, *words, *more)

    def post(self, path, form, client=None, headers=None):
        return http("POST", self.it.gateway + path, {"Content-Type": "application/x-www-form-urlencoded", **(basic(client) if client else {}), **(headers or {})},
                    urllib.parse.urlencode(form).encode())

    def token(self, client, **form):
        answer = self.post("/oauth/token", {"grant_type": "client_credentials", **form}, client)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["access_token"]

    def test_a_token_opens_what_its_client_may_and_no_more(self):
        client = self.client()
        whole, narrow = self.token(client), self.token(client, authorization_details=DETAIL)
        self.assertEqual([self.it.get(path, token).status for token in (whole, narrow) for path in (ISSUE, FOREIGN)], [200, 200, 200, 404])
        read = self.token(client, scope="read:jira-work")
        self.assertEqual(self.it.call("PUT", ISSUE, read, b'{"fields":{"summary":"x"}}', {"Content-Type": "application/json"}).status, 403)
        # As a password too, since many scripts send one.
        login = base64.b64encode(("anybody:" + whole).encode()).decode()
        self.assertEqual(http("GET", self.it.gateway + "/ex/jira/acme" + ISSUE, {"Authorization": "Basic " + login}).status, 200)

    def test_the_form_of_the_token_is_a_policy(self):
        client = self.client()
        try:
            for form in ("EdDSA", "ES256"):
                self.it.ok("policy", "set", "access-tokens", form)
                time.sleep(1.1)
                token = self.token(client, authorization_details=DETAIL)
                head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
                self.assertEqual((head["typ"], head["alg"]), ("at+jwt", form))
                self.assertEqual([self.it.get(path, token).status for path in (ISSUE, FOREIGN)], [200, 404])
                keys = http("GET", self.it.gateway + "/.well-known/jwks.json").json()["keys"]
                self.assertIn(head["kid"], [key["kid"] for key in keys])
                forged = token.rsplit(".", 1)[0] + "." + base64.urlsafe_b64encode(bytes(64)).decode().rstrip("=")
                self.assertEqual(self.it.get(ISSUE, forged).status, 401)
        finally:
            self.it.ok("policy", "set", "access-tokens", "opaque")
            time.sleep(1.1)

    def test_pause_revocation_and_rotation(self):
        client = self.client()
        token, other = self.token(client), self.token(client)
        self.it.ok("token", "pause", client["client_id"])
        self.assertEqual(self.it.get(ISSUE, token).status, 401)
        self.it.ok("token", "resume", client["client_id"])
        self.assertEqual(self.it.get(ISSUE, token).status, 200)
        # RFC 7009: in force when it is answered, for this token alone.
        self.assertEqual(self.post("/oauth/revoke", {"token": token}, client).status, 200)
        self.assertEqual([self.it.get(ISSUE, one).status for one in (token, other)], [401, 200])
        fresh = self.it.ok("client", "rotate", client["client_id"], "--overlap", "1h")
        self.assertTrue(self.token(client) and self.token(fresh) and self.token(client))
        self.it.ok("client", "revoke", client["client_id"])
        self.assertEqual(self.it.get(ISSUE, other).status, 401)
        self.assertEqual(self.post("/oauth/token", {"grant_type": "client_credentials"}, fresh).status, 401)

    def test_a_rotation_is_rolled_back(self):
        client = self.client()
        fresh = self.it.ok("client", "rotate", client["client_id"], "--overlap", "1h")
        self.token(fresh)
        self.token(client)
        self.it.ok("token", "rotation", "roll-back", client["client_id"], "--reason", "it went to the wrong place")
        refused = self.post("/oauth/token", {"grant_type": "client_credentials"}, fresh)
        self.assertEqual((refused.status, refused.json()["error"]), (401, "invalid_client"))
        self.token(client)
        # Whoever still has it uses something dead, and pauses nothing by it.
        uses = lambda: [use["secret_id"] for use in self.it.ok("token", "rotation", "show", client["client_id"])["dead_uses"]]
        wait_for(lambda: len(uses()) == 1)
        again = self.it.ok("client", "rotate", client["client_id"], "--overlap", "1h")
        self.token(again)
        self.token(client)

    def test_what_was_revoked_stays_so_after_a_restart(self):
        client = self.client()
        token, other = self.token(client), self.token(client)
        self.post("/oauth/revoke", {"token": token}, client)
        address = self.it.gateway
        self.it.server.stop()
        self.it.extra = ["--public-url", address]
        self.it.start()
        self.it.extra = []
        self.assertEqual([self.it.get(ISSUE, one).status for one in (token, other)], [401, 200])
        # The issuer is another address now: its tokens are asked for there.
        self.assertEqual(http("GET", self.it.gateway + "/.well-known/oauth-authorization-server").status, 401)
        self.it.server.stop()
        self.it.start()

    def test_an_app_acts_for_a_person_who_consents(self):
        callback = "https://app.example/callback"
        app = self.it.ok("app", "create", "--name", "Sprint report", "--redirect-uri", callback, "--scopes", "read:jira-work", "--resource", "acme/A", "--resource", "acme/B")
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        asked = urllib.parse.urlencode({"response_type": "code", "client_id": app["client_id"], "redirect_uri": callback, "scope": "read:jira-work offline_access", "state": "xyz",
                                        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256", "audience": "api.atlassian.com"})
        link = json.loads(run("user", "reset-link", ADMIN, "--data", self.it.data, "--json").stdout)["sign_in_url"]
        panel, gate = Browser(self.it.admin), Browser(self.it.gateway)
        panel.get(urllib.parse.urlsplit(link).path)
        # Signing in to the panel also holds at /authorize: there and back, each with cookies of its own.
        away = gate.get("/authorize?" + asked).headers["Location"]
        self.assertTrue(away.startswith(self.it.admin + "/authorize/continue?"), away)
        back = panel.get(away[len(self.it.admin):]).headers["Location"]
        self.assertTrue(back.startswith(self.it.gateway + "/authorize/arrive?"), back)
        again = gate.get(back[len(self.it.gateway):]).headers["Location"]
        shown = gate.get(again)
        self.assertEqual(shown.status, 200, again + gate.page)
        self.assertIn("Sprint report", gate.page)
        choice = re.search(r'name="(r\d)" value="([^"]*)"[^>]*> acme/A', gate.page)
        given = gate.submit("/authorize", decision="allow", **{choice[1]: choice[2]})
        self.assertEqual(given.status, 303, given)
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(given.headers["Location"]).query))
        self.assertEqual((answer["state"], answer["iss"]), ("xyz", self.it.gateway))
        redeem = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": callback, "code_verifier": verifier}
        tokens = self.post("/oauth/token", redeem, app).json()
        reached = http("GET", self.it.gateway + "/oauth/token/accessible-resources", {"Authorization": "Bearer " + tokens["access_token"]}).json()
        self.assertEqual([(one["id"], one["scopes"]) for one in reached], [("acme", ["read:jira-work"])])
        # Nobody but the person stands behind it: without their own sign-in at Atlassian, nothing is asked in another's name.
        refused = self.it.get(ISSUE, tokens["access_token"])
        self.assertEqual((refused.status, "upstream_credential" in refused.body), (502, True), refused)
        fresh = self.post("/oauth/token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}, app).json()
        self.assertTrue(fresh["access_token"])
        consent = self.it.ok("app", "consents")[0]
        self.assertEqual((consent["app_name"], consent["resources"]), ("Sprint report", ["acme/A"]))
        self.it.ok("app", "withdraw", consent["id"])
        self.assertEqual([self.it.get(ISSUE, one["access_token"]).status for one in (tokens, fresh)], [401, 401])
        self.assertEqual(self.post("/oauth/token", {"grant_type": "refresh_token", "refresh_token": fresh["refresh_token"]}, app).status, 400)

    def test_a_job_proves_itself_by_its_issuers_token(self):
        signer = Signer(self.it.folder)
        made = self.it.ok("federation", "add", "--account", "robot", "--issuer", "https://issuer.example", "--audience", "gatehouse", "--subject", "repo:acme/api:ref:refs/heads/*",
                          "--claims", "repository_id=42", "--scopes", "read:jira-work", "--resource", "acme/A", "--jwks-file", signer.jwks)

        def exchange(**claims):
            token = signer.sign(**{"iss": "https://issuer.example", "aud": "gatehouse", "sub": "repo:acme/api:ref:refs/heads/main", "repository_id": "42", **claims})
            form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "subject_token": token}
            return form, self.post("/oauth/token", form)

        form, answer = exchange()
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual([self.it.get(path, answer.json()["access_token"]).status for path in (ISSUE, FOREIGN)], [200, 404])
        self.assertEqual(self.post("/oauth/token", form).status, 400)  # once
        for wrong in ({"sub": "repo:acme/api:ref:refs/heads/a/b"}, {"sub": "repo:evil/api:ref:refs/heads/main"}, {"aud": "other"}, {"repository_id": "43"}, {"exp": 1}, {"iss": "https://evil.example"}):
            self.assertEqual(exchange(**wrong)[1].status, 400, wrong)
        self.assertEqual(self.it.ok("federation", "list")[0]["subject"], "repo:acme/api:ref:refs/heads/*")
        self.it.ok("federation", "remove", made["id"])
        self.assertEqual(self.it.get(ISSUE, answer.json()["access_token"]).status, 401)

    def test_introspection(self):
        client, stranger = self.client(), self.client()
        token = self.token(client, authorization_details=DETAIL)
        seen = self.post("/oauth/introspect", {"token": token}, client).json()
        self.assertEqual((seen["active"], seen["client_id"], seen["scope"], seen["authorization_details"][0]["identifier"]), (True, client["client_id"], SCOPES.replace(",", " "), "acme/A"))
        self.assertEqual(self.post("/oauth/introspect", {"token": token}, stranger).json(), {"active": False})
        self.assertEqual(self.post("/oauth/introspect", {"token": "nonsense"}, client).json(), {"active": False})
        self.assertEqual(self.post("/oauth/introspect", {"token": token}).status, 401)

    def test_the_address_is_the_issuers_alone(self):
        metadata = http("GET", self.it.gateway + "/.well-known/oauth-authorization-server").json()
        self.assertEqual(metadata["issuer"], self.it.gateway)
        self.assertEqual(metadata["token_endpoint"], self.it.gateway + "/oauth/token")
        elsewhere = http("GET", self.it.gateway + "/.well-known/oauth-authorization-server", {"Host": "jira.example"})
        self.assertEqual(elsewhere.status, 401)
        self.assertEqual(http("GET", self.it.gateway + "/oauth/token").status, 405)

    def test_json_as_atlassians_own(self):
        client = self.client()
        answer = http("POST", self.it.gateway + "/oauth/token", {"Content-Type": "application/json"},
                      json.dumps({"grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"], "audience": "api.atlassian.com"}).encode())
        self.assertEqual((answer.status, answer.json()["expires_in"]), (200, 3600))

    def test_the_secret_is_shown_once_and_written_nowhere(self):
        client = self.client()
        token = self.token(client)
        self.it.get(ISSUE, token)
        listed = self.it.cli("client", "list", "--json").stdout + self.it.cli("client", "show", client["client_id"], "--json").stdout
        audit = self.it.cli("audit", "list", "--json").stdout
        for text in (listed, audit):
            self.assertNotIn(client["client_secret"][21:], text)
            self.assertNotIn(token, text)
        self.assertIn(client["client_id"], audit)

    def test_the_register_and_the_reports_know_clients(self):
        client = self.client(more=("--expires-in", "12h"))
        woken = self.it.cli("report", "wake", "--within", "24h", "--json")
        self.assertEqual(woken.returncode, 6, "something ends")
        self.assertIn(client["client_id"], woken.stdout)


if __name__ == "__main__":
    unittest.main()
