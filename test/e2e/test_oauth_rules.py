"""What the standards ask of bearer tokens and of the endpoints, at the real listener; the numbers are those of the checklists (RFC 6750,
7009, 7636, 7662, 8414, 8693, 9207, 9700) whose other numbers are in test/oauth and test/token."""
import base64
import json
import socket
import unittest
import urllib.parse

from harness import Installation, SANDBOX_TOKEN, SANDBOX_USER, SCOPES, http
from signer import Signer

ISSUE = "/ex/jira/acme/rest/api/3/issue/A-1?fields=summary"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CALLBACK = "https://app.example/callback"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"


def basic(client):
    return {"Authorization": "Basic " + base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()}


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = it = Installation()
        cls.create = ("--account", "robot", "--name", "job", "--scopes", SCOPES, "--resource", "acme/A")
        cls.client, cls.stranger = it.ok("client", "create", *cls.create), it.ok("client", "create", *cls.create)

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def post(self, path, form, client=None, **more):
        return http("POST", self.it.gateway + path, {**FORM, **(basic(client) if client else {}), **more}, urllib.parse.urlencode(form).encode())

    def token(self, client=None, **form):
        answer = self.post("/oauth/token", {"grant_type": "client_credentials", **form}, client or self.client)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["access_token"]

    def raw(self, *fields):
        """What a GET with these lines of its head is answered with."""
        place = urllib.parse.urlsplit(self.it.gateway)
        with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
            connection.sendall("\r\n".join([f"GET {ISSUE} HTTP/1.1", f"Host: {place.netloc}", "Connection: close", *fields, "", ""]).encode())
            return int(connection.makefile("rb").readline().split()[1])

    def test_6750_tokens_come_in_the_header_alone(self):
        token = self.token()
        url = self.it.gateway + ISSUE
        for answer in (http("GET", url + "&access_token=" + token), http("POST", url, FORM, ("access_token=" + token).encode())):  # [1]
            self.assertIn(answer.status, (400, 401), answer)
        self.assertEqual(http("GET", url + "&access_token=" + token, {"Authorization": "Bearer " + token}).status, 400)  # [2]
        one = "Authorization: Bearer " + token
        self.assertEqual([self.raw(one), self.raw(one, one), self.raw(one, "Authorization: Basic eDp5")], [200, 400, 400])  # [5]

    def test_6750_a_refusal_says_why(self):
        url = self.it.gateway + ISSUE
        nobody = http("GET", url)
        self.assertEqual(nobody.status, 401)  # [3]
        self.assertTrue(nobody.headers["WWW-Authenticate"].startswith("Bearer "))
        self.assertNotIn("error", nobody.headers["WWW-Authenticate"])
        unknown = http("GET", url, {"Authorization": "Bearer gtho_nonsense"})
        self.assertEqual((unknown.status, 'error="invalid_token"' in unknown.headers["WWW-Authenticate"]), (401, True))  # [4]
        narrow = http("PUT", url.partition("?")[0], {"Authorization": "Bearer " + self.token(scope="read:jira-work"), "Content-Type": "application/json"}, b'{"fields":{"summary":"x"}}')
        challenge = narrow.headers["WWW-Authenticate"]
        self.assertEqual((narrow.status, 'error="insufficient_scope"' in challenge, 'scope="write:jira-work"' in challenge), (403, True, True), challenge)

    def test_7009_who_revokes_proves_to_be_its_client(self):
        token = self.token()
        for answer in (http("GET", self.it.gateway + "/oauth/revoke?token=" + token, basic(self.client)), self.post("/oauth/revoke?token=" + token, {}, self.client),  # [1]
                       self.post("/oauth/revoke", {"token": token}), self.post("/oauth/revoke", {"token": token}, self.stranger)):  # [2]
            self.assertIn(answer.status, (400, 401, 405), answer)
        self.assertEqual(http("GET", self.it.gateway + ISSUE, {"Authorization": "Bearer " + token}).status, 200)

    def test_7662_what_is_not_ones_own_and_live_is_not_active_and_that_is_all(self):
        token, revoked = self.token(), self.token()
        self.post("/oauth/revoke", {"token": revoked}, self.client)
        self.assertEqual(self.post("/oauth/introspect", {"token": token}).status, 401)  # [1]
        shapes = set()
        for shown in (revoked, "nonsense", token[:-1] + ("A" if token[-1] != "A" else "B"), self.token(self.stranger), self.stranger["client_secret"], "x" * 5000):  # [2], [3]
            answer = self.post("/oauth/introspect", {"token": shown}, self.client)
            self.assertEqual(answer.headers["Cache-Control"], "no-store")  # [5]
            shapes.add((answer.status, answer.body, tuple(sorted(set(answer.headers) - {"Date"}))))
        self.assertEqual([(status, json.loads(body)) for status, body, _ in shapes], [(200, {"active": False})])
        # Of a client that no other test needs: its address may not fail in its name any more afterwards.
        impostor = {**self.it.ok("client", "create", *self.create), "client_secret": self.stranger["client_secret"]}
        tries = [self.post("/oauth/introspect", {"token": token}, impostor) for _ in range(25)]
        self.assertEqual((tries[0].status, tries[-1].status), (401, 429), "guessing is slowed down")  # [4]
        self.assertGreater(int(tries[-1].headers["Retry-After"]), 0)

    def test_8414_the_metadata_is_the_issuers_own(self):
        base = self.it.gateway + "/.well-known/oauth-authorization-server"
        metadata = http("GET", base).json()
        self.assertEqual(metadata["issuer"], self.it.gateway)  # [2]
        self.assertNotIn("?", metadata["issuer"])
        self.assertTrue(metadata["authorization_response_iss_parameter_supported"])  # RFC 9207 [3]
        for path in ("/oauth", "/", "/ex/jira/acme"):  # [1]: there is no other issuer below this one
            self.assertNotEqual(http("GET", base + path).status, 200, path)
        for field in metadata:
            if field.endswith("_endpoint") or field == "jwks_uri":
                self.assertTrue(metadata[field].startswith(self.it.gateway + "/"), field)

    def test_9700_pkce_is_announced_and_a_public_app_needs_it(self):  # [4]
        app = self.it.ok("app", "create", "--name", "Tool", "--redirect-uri", CALLBACK, "--scopes", "read:jira-work", "--resource", "acme/A", "--public")
        self.assertEqual(http("GET", self.it.gateway + "/.well-known/oauth-authorization-server").json()["code_challenge_methods_supported"], ["S256"])
        for challenge in ({}, {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, {"code_challenge_method": "S256"}, {"code_challenge": "x", "code_challenge_method": "S256"}):
            asked = urllib.parse.urlencode({"response_type": "code", "client_id": app["client_id"], "redirect_uri": CALLBACK, "scope": "read:jira-work", **challenge})
            refused = http("GET", self.it.gateway + "/authorize?" + asked)
            said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(refused.headers["Location"]).query))
            self.assertEqual((refused.status, said["error"], said["iss"]), (303, "invalid_request", self.it.gateway))

    def test_9700_a_token_for_one_site_opens_no_other(self):  # [10]
        self.it.ok("site", "add", "other", "--product", "jira", "--url", self.it.sandbox.url, "--auth", "basic", "--username", SANDBOX_USER, "--secret-file", "-", stdin=SANDBOX_TOKEN + "\n")
        for resource in ("acme/A", "other/A"):
            self.it.ok("grant", "add", "--account", "robot", "--resource", resource, "--scopes", SCOPES)
        client = self.it.ok("client", "create", *self.create, "--resource", "other/A")
        for form, expected in ({}, [200, 200]), ({"resource": self.it.gateway + "/ex/jira/acme"}, [200, 404]):
            token = self.token(client, **form)
            self.assertEqual([http("GET", self.it.gateway + ISSUE.replace("acme", site), {"Authorization": "Bearer " + token}).status for site in ("acme", "other")], expected)

    def test_9700_nobody_says_from_where_they_come(self):  # [14]
        client = self.it.ok("client", "create", *self.create, "--allow-ip", "203.0.113.5")
        for fields in ({}, {"X-Forwarded-For": "203.0.113.5"}, {"Forwarded": "for=203.0.113.5"}, {"X-Real-IP": "203.0.113.5"}):
            answer = self.post("/oauth/token", {"grant_type": "client_credentials"}, client, **fields)
            self.assertEqual(answer.json()["error"], "unauthorized_client", fields)

    def test_9700_nobody_chooses_the_name_of_a_client(self):  # [15]
        person = self.it.ok("user", "list")[0]["id"]
        body = {"account": "robot", "name": "job", "scopes": ["read:jira-work"], "resources": ["acme/A"], "expires_in": "30d"}
        for member in ("id", "client_id"):
            answer = http("POST", self.it.admin + "/api/v1/clients", {"Authorization": "Bearer " + self.it.key}, {**body, member: person})
            self.assertEqual(answer.status, 400, answer)
        self.assertNotEqual(self.post("/oauth/introspect", {"token": self.token()}, self.client).json()["sub"], person)

    def test_8693_what_is_exchanged_is_live_and_ours(self):
        exchange = lambda token, **more: self.post("/oauth/token", {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ACCESS, **more}, self.client)
        token = self.token()
        self.assertEqual(exchange(token).status, 200)
        self.assertEqual(exchange(token, audience="https://elsewhere.example").json()["error"], "invalid_target")  # [6]
        foreign = Signer(self.it.folder).sign({"typ": "at+jwt"}, iss="https://elsewhere.example", aud=self.it.gateway, sub="x", client_id=self.client["client_id"])
        self.assertEqual(exchange(foreign).json()["error"], "invalid_grant")  # [7]
        self.post("/oauth/revoke", {"token": token}, self.client)
        self.assertEqual(exchange(token).json()["error"], "invalid_grant")  # [1]
        self.it.ok("token", "pause", self.client["client_id"])
        try:
            self.assertEqual(exchange(token).status, 401)
        finally:
            self.it.ok("token", "resume", self.client["client_id"])


if __name__ == "__main__":
    unittest.main()
