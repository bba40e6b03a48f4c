#!/usr/bin/env python3
"""What an access token and an introspection cost: Gatehouse beside npm's oidc-provider, interleaved in one run.

    python3 bench/oauth.py [--program build/bench/gatehouse] [--rounds 3] [--seconds 3]

Both know the same 200 clients (client_secret_basic), which are used in turn. wrk runs on core 0, the server under test alone on
core 1; CPU time a request is read from /proc. Gatehouse runs whole: gateway, SQLite, recorder, administration.
"""
import argparse
import base64
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "test/e2e")]
CLIENTS, TOKENS = 200, 200


def installed(folder):
    """oidc-provider and the Node that it needs, as the tests have them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "test/e2e/provider" / name, folder / name)
    shutil.copy(ROOT / "bench/oidc_provider.mjs", folder)
    if not (folder / "node_modules/oidc-provider").exists():
        subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=folder, check=True, stdout=sys.stderr)
    return folder / "node_modules/node/bin/node"


def basic(client):
    return "Basic " + base64.b64encode(":".join(urllib.parse.quote(part, safe="") for part in client).encode()).decode()


def script(path, clients, bodies):
    """A wrk script that posts a body as the next client."""
    quoted = lambda texts: ", ".join(json.dumps(text) for text in texts)
    path.write_text(f"local logins = {{{quoted(basic(one) for one in clients)}}}\nlocal bodies = {{{quoted(bodies)}}}\nlocal at = 0\n"
                    "request = function()\n  at = at % #logins + 1\n"
                    '  return wrk.format("POST", nil, {["Authorization"] = logins[at], ["Content-Type"] = "application/x-www-form-urlencoded"},'
                    " bodies[(at - 1) % #bodies + 1])\nend\n")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/bench/gatehouse"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    os.environ["GATEHOUSE_BINARY"] = options.program
    import harness
    import run as bench

    work = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-bench-oauth-"))
    node = installed(ROOT / "build/bench/oidc-provider")
    with harness.Installation(serve=["--threads", "1"]) as it:
        made = [it.ok("client", "create", "--account", "robot", "--name", f"c{i}", "--scopes", "read:jira-work", "--resource", "acme/A") for i in range(CLIENTS)]
        clients = [(one["client_id"], one["client_secret"]) for one in made]
        (work / "clients.json").write_text(json.dumps(clients))
        port = harness.free_port()
        peer = subprocess.Popen([str(node), "oidc_provider.mjs", str(port), str(work / "clients.json")], cwd=node.parents[3], stdout=subprocess.PIPE,
                                stderr=open(work / "peer.log", "w"), text=True)
        try:
            assert peer.stdout.readline().strip() == "ready", (work / "peer.log").read_text()
            for pid in (it.server.process.pid, peer.pid):
                subprocess.run(["taskset", "-acp", "1", str(pid)], check=True, stdout=subprocess.DEVNULL)
            peer_url, ours = f"http://127.0.0.1:{port}", it.gateway
            grant = "grant_type=client_credentials&scope=read:jira-work"

            def tokens(url, path, body):
                answers = [harness.http("POST", url + path, {"Authorization": basic(one), "Content-Type": "application/x-www-form-urlencoded"}, body.encode())
                           for one in clients[:TOKENS]]
                assert all(one.status == 200 for one in answers), answers[0]
                return [one.json()["access_token"] for one in answers]

            def look_up(url, path, body):
                return ["token=" + one for one in tokens(url, path, body)]

            loads = []
            for form, name in (("opaque", "opaque token"), ("EdDSA", "token, JWT EdDSA"), ("ES256", "token, JWT ES256")):
                resource = "" if form == "opaque" else f"&resource=urn:jwt:{form}"
                loads.append((name, form, ours + "/oauth/token", [grant], peer_url + "/token", [grant + resource]))
            it.ok("policy", "set", "access-tokens", "opaque")
            loads.append(("introspection", "opaque", ours + "/oauth/introspect", look_up(ours, "/oauth/token", grant),
                          peer_url + "/token/introspection", look_up(peer_url, "/token", grant)))
            print(f"| what | server | CPU µs a request min/med/max | × oidc-provider | requests/s | p50 / p99 | errors |\n|---|---|---|---|---|---|---|")
            for name, form, our_url, our_bodies, its_url, its_bodies in loads:
                it.ok("policy", "set", "access-tokens", form)
                time.sleep(1.2)
                figures = {}
                for which in ("oidc-provider", "Gatehouse") * options.rounds:
                    mine = which == "Gatehouse"
                    pids = bench.family(it.server.process.pid if mine else peer.pid)
                    lua = script(work / "load.lua", clients, our_bodies if mine else its_bodies)
                    before = bench.cpu_seconds(pids)
                    counted = bench.wrk(our_url if mine else its_url, lua, options.seconds, 32)
                    counted["micro"] = (bench.cpu_seconds(pids) - before) / counted["requests"] * 1e6
                    figures.setdefault(which, []).append(counted)
                base = statistics.median(one["micro"] for one in figures["oidc-provider"])
                for which, rounds in figures.items():
                    micro = [one["micro"] for one in rounds]
                    best = min(rounds, key=lambda one: one["micro"])
                    print(f"| {name} | {which} | {min(micro):.1f}/{statistics.median(micro):.1f}/{max(micro):.1f} | {statistics.median(micro) / base:.2f} | "
                          f"{best['per_second']:.0f} | {best['p50']} / {best['p99']} | {sum(one['errors'] for one in rounds)} |", flush=True)
            print(f"\nload at the end {os.getloadavg()[0]:.1f}")
        finally:
            peer.terminate()
            peer.wait()
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
