"""What the tests of the panel share: npm's packages with the browser's driver, and the REST API, which is quicker than a command each."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest
import urllib.parse

from harness import http, run

HERE = pathlib.Path(__file__).resolve().parent / "panel"
ROOT = HERE.parents[2]
CHROMIUM = "/usr/bin/chromium"


def tools():
    """The folder with npm's packages and the steps, in the build folder. Skips the test where there is no browser or no npm."""
    if not os.path.exists(CHROMIUM):
        raise unittest.SkipTest("NOT RUN: there is no " + CHROMIUM)
    folder = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "/tmp")) / "npm-panel"
    folder.mkdir(parents=True, exist_ok=True)
    for source in HERE.iterdir():
        shutil.copy(source, folder / source.name)
    if not (folder / "node_modules" / "playwright-core").exists():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], cwd=folder, stdout=sys.stderr, timeout=600)
        if done.returncode != 0:
            raise unittest.SkipTest("NOT RUN: npm can't be reached")
    return folder


def node(folder, *words, env=None):
    environment = {**os.environ, "PANEL_SOURCE": str(ROOT / "web" / "src"), **(env or {})}
    return subprocess.run([str(folder / "node_modules/.bin/node"), *words], cwd=folder, capture_output=True, text=True, env=environment, timeout=900)


def pure(test, folder, file):
    """Tests of what needs no browser (node --test); at least one of them."""
    done = node(folder, "--test", file)
    test.assertEqual(done.returncode, 0, done.stdout[-4000:])
    test.assertRegex(done.stdout, r"\n# pass [1-9]")


def walk(test, folder, file, told, env=None):
    """Runs the steps of a file in the browser; what each took stands in the log."""
    name = "told_" + file.replace(".mjs", ".json")
    (folder / name).write_text(json.dumps(told))
    done = node(folder, file, name, env=env)
    print(done.stdout, file=sys.stderr)
    test.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-4000:])
    test.assertRegex(done.stdout, r"(?m)^ok ")


def link(it, email):
    """An address that signs this person in, once."""
    made = run("user", "reset-link", email, "--data", it.data, "--json")
    assert made.returncode == 0, made.stderr
    return it.admin + urllib.parse.urlsplit(json.loads(made.stdout)["sign_in_url"]).path


def ask(it, method, path, body=None, key=None, timeout=60):
    """A request to the REST API; its document."""
    answer = http(method, it.admin + "/api/v1" + path, {"Authorization": "Bearer " + (key or it.key)}, body, timeout)
    assert answer.status in (200, 201, 204), (method, path, answer)
    return answer.json() if answer.body else None


def person(it, email, name, role="member", resources=()):
    return ask(it, "POST", "/users", {"email": email, "name": name, "role": role, **({"resources": list(resources)} if resources else {})})


def account(it, handle, owner, purpose, runs_in, **more):
    return ask(it, "POST", "/accounts", {"handle": handle, "owner": owner, "purpose": purpose, "runs_in": runs_in, **more})


def grant(it, handle, resource, scopes):
    return ask(it, "POST", "/grants", {"account": handle, "resource": resource, "scopes": scopes.split(",")})


def token(it, handle, name, scopes, resource="acme/A", **more):
    ending = {} if more.keys() & {"permanent", "expires_at", "expires_in"} else {"expires_in": "30d"}
    return ask(it, "POST", "/tokens", {"account": handle, "name": name, "scopes": scopes.split(","), "resources": [resource], **ending, **more})
