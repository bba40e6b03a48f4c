"""Clients that others wrote, pinned: oauth4webapi, openid-client and jose of npm do all that the metadata lists, and forge tokens."""
import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest
import urllib.parse

from harness import ADMIN, Installation, SCOPES, http, run
from test_sign_in import Browser

HERE = pathlib.Path(__file__).resolve().parent / "clients"
FOLDER = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "/tmp")) / "npm-clients"
CALLBACK = "https://app.example/callback"


def installed():
    """The clients and their Node in the build folder; False where npm can't be reached."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for source in (HERE / "package.json", HERE / "package-lock.json", *HERE.glob("oauth_*.mjs")):
        shutil.copy(source, FOLDER / source.name)
    if (FOLDER / "node_modules" / "oauth4webapi").exists() and (FOLDER / "node_modules" / "node" / "bin" / "node").exists():
        return True
    return subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=FOLDER, stdout=sys.stderr, timeout=300).returncode == 0


def node():
    return str(FOLDER / "node_modules" / "node" / "bin" / "node")


def key_pair(algorithm):
    made = subprocess.run([node(), "--input-type=module", "-e",
                           "import * as jose from 'jose';"
                           f"const pair = await jose.generateKeyPair('{algorithm}', {{ extractable: true, modulusLength: 2048 }});"
                           "console.log(JSON.stringify([await jose.exportJWK(pair.publicKey), await jose.exportJWK(pair.privateKey)]));"],
                          cwd=FOLDER, check=True, capture_output=True, text=True)
    return [{**key, "kid": "k1", "alg": algorithm} for key in json.loads(made.stdout)]


class OAuthClients(unittest.TestCase):
    def sign_in(self, it):
        link = json.loads(run("user", "reset-link", ADMIN, "--data", it.data, "--json").stdout)["sign_in_url"]
        self.panel, self.gate = Browser(it.admin), Browser(it.gateway)
        self.panel.get(urllib.parse.urlsplit(link).path)

    def consent(self, it, url):
        """Goes where a browser would, signs in on the way and allows acme/A where it is asked."""
        answer = self.gate.get(url[len(it.gateway):])
        if (answer.headers["Location"] or "").startswith(it.admin):
            back = self.panel.get(answer.headers["Location"][len(it.admin):]).headers["Location"]
            answer = self.gate.get(self.gate.get(back[len(it.gateway):]).headers["Location"])
        if answer.status == 200:
            name, value = re.search(r'name="(r\d)" value="([^"]*)"[^>]*> acme/A', self.gate.page).groups()
            answer = self.gate.submit("/authorize", decision="allow", **{name: value})
        return answer.headers["Location"]

    def registered(self, it):
        """Everybody who has something to do with it, for the scripts."""
        create = ("--account", "robot", "--name", "job", "--scopes", SCOPES, "--resource", "acme/A")
        jwks = it.folder + "/jwks.json"

        def pair(algorithm):
            public, private = key_pair(algorithm)
            with open(jwks, "w", encoding="utf-8") as file:
                json.dump({"keys": [public]}, file)
            return private

        signing = [{"jwk": pair(algorithm), **it.ok("client", "create", *create, "--auth", "private_key_jwt", "--jwks-file", jwks)} for algorithm in ("EdDSA", "ES256", "RS256")]
        job = {"issuer": "https://issuer.example", "subject": "repo:acme/api:ref:refs/heads/main", "audience": it.gateway}
        job["jwk"] = pair("ES256")
        made = it.ok("federation", "add", "--account", "robot", "--issuer", job["issuer"], "--audience", job["audience"], "--subject", job["subject"], "--scopes", SCOPES,
                     "--resource", "acme/A", "--jwks-file", jwks)
        app = ("--redirect-uri", CALLBACK, "--scopes", "read:jira-work", "--resource", "acme/A")
        return {"issuer": it.gateway, "redirect_uri": CALLBACK, "client": it.ok("client", "create", *create), "signing": signing, "federation": {**job, "client_id": made["id"]},
                "app": it.ok("app", "create", "--name", "Sprint report", *app, "--device"), "public": it.ok("app", "create", "--name", "Command line", *app, "--public")}

    def tokens(self, it, client):
        """One of each form."""
        login = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
        made = {}
        for form in ("opaque", "EdDSA", "ES256"):
            it.ok("policy", "set", "access-tokens", form)
            time.sleep(1.1)
            made[form] = http("POST", it.gateway + "/oauth/token", {"Authorization": "Basic " + login, "Content-Type": "application/x-www-form-urlencoded"},
                              b"grant_type=client_credentials").json()["access_token"]
        return {"opaque": made.pop("opaque"), "signed": made}

    def setUp(self):
        if not installed():
            print("NOT RUN: oauth4webapi, openid-client, jose: npm can't be reached")
            self.skipTest("npm can't be reached")

    def test_every_feature_that_is_listed(self):
        with Installation() as it:
            config = self.registered(it)
            config.update(self.tokens(it, config["client"]))
            with open(it.folder + "/config.json", "w", encoding="utf-8") as file:
                json.dump(config, file)
            self.sign_in(it)
            process = subprocess.Popen([node(), str(FOLDER / "oauth_clients.mjs"), file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            calls = []
            for line in process.stdout:
                said = json.loads(line)
                if "device" in said:
                    self.consent(it, said["device"])
                elif "authorize" in said:
                    back = Browser(it.gateway).get(said["authorize"][len(it.gateway):]).headers["Location"] if said.get("nobody") else self.consent(it, said["authorize"])
                    process.stdin.write(back + "\n")
                    process.stdin.flush()
                else:
                    calls.append(said)
            self.assertEqual(process.wait(timeout=60), 0)
            process.stdin.close()
            process.stdout.close()
            self.assertEqual([one for one in calls if not one["ok"]], [])
            self.assertEqual(len(calls), 27)

    def test_forged_tokens_open_nothing(self):
        with Installation() as it:
            client = it.ok("client", "create", "--account", "robot", "--name", "job", "--scopes", SCOPES, "--resource", "acme/A")
            config = {"issuer": it.gateway, "client": client, **self.tokens(it, client), "count": 10_000}
            with open(it.folder + "/config.json", "w", encoding="utf-8") as file:
                json.dump(config, file)
            done = subprocess.run([node(), str(FOLDER / "oauth_forged.mjs"), file.name], capture_output=True, text=True, timeout=900)
            self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])
            told = json.loads(done.stdout)
            print(told, file=sys.stderr)
            self.assertEqual((told["control"], told["taken"], told["sent"] >= config["count"], told["kinds"]), ({"EdDSA": 200, "ES256": 200}, [], True, 32))


if __name__ == "__main__":
    unittest.main()
