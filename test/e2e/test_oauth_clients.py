"""Clients that others wrote, pinned: oauth4webapi, openid-client and jose of npm against every feature that the metadata lists."""
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
    for name in ("package.json", "package-lock.json", "oauth_clients.mjs"):
        shutil.copy(HERE / name, FOLDER / name)
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
    def consent(self, it, url):
        link = json.loads(run("user", "reset-link", ADMIN, "--data", it.data, "--json").stdout)["sign_in_url"]
        panel, gate = Browser(it.admin), Browser(it.gateway)
        panel.get(urllib.parse.urlsplit(link).path)
        away = gate.get(url[len(it.gateway):]).headers["Location"]
        back = panel.get(away[len(it.admin):]).headers["Location"]
        again = gate.get(back[len(it.gateway):]).headers["Location"]
        gate.get(again)
        name, value = re.search(r'name="(r\d)" value="([^"]*)"[^>]*> acme/A', gate.page).groups()
        return gate.submit("/authorize", decision="allow", **{name: value}).headers.get("Location")

    def test_every_feature_that_is_listed(self):
        if not installed():
            print("NOT RUN: oauth4webapi, openid-client, jose: npm can't be reached")
            self.skipTest("npm can't be reached")
        with Installation() as it:
            create = ("--account", "robot", "--name", "job", "--scopes", SCOPES, "--resource", "acme/A")
            client = it.ok("client", "create", *create)
            signing = []
            for algorithm in ("EdDSA", "ES256", "RS256"):
                public, private = key_pair(algorithm)
                with open(it.folder + "/jwks.json", "w", encoding="utf-8") as file:
                    json.dump({"keys": [public]}, file)
                made = it.ok("client", "create", *create, "--auth", "private_key_jwt", "--jwks-file", file.name)
                signing.append({"client_id": made["client_id"], "jwk": private})
            app = it.ok("app", "create", "--name", "Sprint report", "--redirect-uri", CALLBACK, "--scopes", "read:jira-work", "--resource", "acme/A", "--device")
            signed = {}
            for form in ("EdDSA", "ES256"):
                it.ok("policy", "set", "access-tokens", form)
                time.sleep(1.1)
                login = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
                signed[form] = http("POST", it.gateway + "/oauth/token", {"Authorization": "Basic " + login, "Content-Type": "application/x-www-form-urlencoded"},
                                    b"grant_type=client_credentials").json()["access_token"]
            with open(it.folder + "/config.json", "w", encoding="utf-8") as file:
                json.dump({"issuer": it.gateway, "client": client, "signing": signing, "app": app, "redirect_uri": CALLBACK, "signed": signed}, file)
            process = subprocess.Popen([node(), str(FOLDER / "oauth_clients.mjs"), file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            calls = []
            for line in process.stdout:
                said = json.loads(line)
                if "device" in said:
                    self.consent(it, said["device"])
                elif "authorize" in said:
                    process.stdin.write(self.consent(it, said["authorize"]) + "\n")
                    process.stdin.flush()
                else:
                    calls.append(said)
            self.assertEqual(process.wait(timeout=60), 0)
            process.stdin.close()
            process.stdout.close()
            self.assertEqual([one for one in calls if not one["ok"]], [])
            self.assertGreaterEqual(len(calls), 15)


if __name__ == "__main__":
    unittest.main()
