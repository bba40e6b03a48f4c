#!/usr/bin/env python3
"""How long each report takes at 100,000 tokens, 10,000 accounts and a year of rollups on SQLite, asked over the REST API.

    python3 bench/reports.py [--program build/bench/gatehouse] [--tokens 100000] [--rounds 5] [--keep FOLDER]

Makes an installation, fills its database with a world in which each report finds something, starts the program (-O2) on it and
asks for each report with its first 100 findings, one after another. Prints a table of the median and the slowest.
"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOUR = 3_600_000
DAY = 24 * HOUR
REPORTS = ["wake", "shared", "drift", "unused", "orphans", "overdue", "incomplete", "grown", "weak"]
AIM_MS = 300

WORLD = """
CREATE TEMP TABLE n AS WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < :tokens - 1) SELECT i FROM s;
CREATE TEMP TABLE days AS SELECT i, :today - i * 86400000 AS day FROM n WHERE i < 365;
CREATE TEMP TABLE few AS SELECT i FROM n WHERE i < 8;
INSERT INTO users (id, email, email_lower, name, role, state, pause_reason, pause_until, created_at, version)
  SELECT printf('user%012d', i), 'u' || i || '@example.com', 'u' || i || '@example.com', 'U ' || i, 0,
    CASE WHEN i % 20 = 7 THEN 1 ELSE 2 END, '', NULL, :year, 1 FROM n WHERE i < :accounts / 5;
INSERT INTO sites (id, key, product, base_url, cloud_id, host, state, pause_reason, pause_until, created_at, version)
  SELECT printf('site%012d', i), 's' || i, 1, 'http://127.0.0.1:9', '', '', 2, '', NULL, :year, 1 FROM n WHERE i < 5;
INSERT INTO accounts (id, handle, owner, deputy, purpose, runs_in, docs_url, runbook_url, rotation_plan, rotate_every, expected_every,
    criticality, state, pause_reason, pause_until, created_at, version)
  SELECT printf('acct%012d', i), 'a' || i, printf('user%012d', i % (:accounts / 5)),
    CASE WHEN i % 3 THEN printf('user%012d', (i * 7) % (:accounts / 5)) END, 'purpose', 'CI', CASE WHEN i % 4 THEN 'https://d' ELSE '' END,
    'https://r', 'plan', CASE WHEN i % 5 = 0 THEN 90 * 86400000 END, CASE WHEN i % 50 = 0 THEN 86400000 END, i % 3 + 1, 2, '', NULL,
    :year, 1 FROM n WHERE i < :accounts;
INSERT INTO credentials (id, account, kind, name, scopes, role, expires_at, rotate_every, overlap, owner, requested_by, allow_ips,
    rate_requests, rate_per, relaxed_queries, state, pause_reason, pause_until, created_at, version)
  SELECT printf('cred%012d', i), printf('acct%012d', i % :accounts), 1, 't' || i, 'read:jira-work write:jira-work', '',
    CASE WHEN i % 7 = 0 THEN NULL ELSE :now + (i * 7919 % 370 - 15) * 86400000 + 3600000 END,
    CASE WHEN i % 7 = 0 THEN 90 * 86400000 END, 604800000, printf('user%012d', i % (:accounts / 5)),
    printf('user%012d', i % (:accounts / 5)), '', 0, 0, 0, CASE WHEN i % 11 = 0 THEN 0 ELSE 2 END, '', NULL,
    :now - (i * 31 % 365) * 86400000, 1 FROM n;
INSERT INTO secrets (id, credential, position, hash, state, created_at, first_used_at, ends_at)
  SELECT printf('secr%012d', i), printf('cred%012d', i), 0, :hash, 2, :now - (i * 31 % 365) * 86400000, NULL, NULL FROM n;
INSERT INTO boundary_entries (credential, position, site, resource_id, resource_key, role)
  SELECT printf('cred%012d', i), 0, printf('site%012d', i % 5), CASE WHEN i % 37 = 0 THEN '*' ELSE 10000 + i % 500 END,
    CASE WHEN i % 37 = 0 THEN '*' ELSE 'P' || (i % 500) END, '' FROM n;
INSERT INTO boundary_entries (credential, position, site, resource_id, resource_key, role)
  SELECT printf('cred%012d', i), 1, printf('site%012d', i % 5), 10000 + (i + 1) % 500, 'P' || ((i + 1) % 500), '' FROM n WHERE i % 2 = 0;
INSERT INTO upstream_credentials (id, site, account, auth, username, sealed_secret, owner, deputy, expires_at, state, created_at, version)
  SELECT printf('upst%012d', i), printf('site%012d', i), NULL, 2, 'u', '', 'user000000000001', NULL,
    :now + CASE WHEN i = 0 THEN 43200000 ELSE i * 8640000000 END, 2, :year, 1 FROM n WHERE i < 5;
-- Seven of ten tokens are in use: a third of those each day, the others each third or seventh day.
INSERT INTO usage_days (credential, day, requests, refused, failed, last_at)
  SELECT printf('cred%012d', n.i), d.day, 40 + n.i % 100, n.i % 5, 0, d.day + 3600000 FROM n, days d
  WHERE n.i % 10 < 7 AND d.i > 0 AND (d.i % (CASE n.i % 3 WHEN 0 THEN 1 WHEN 1 THEN 3 ELSE 7 END)) = 0 ORDER BY n.i, d.day;
INSERT INTO usage_totals (credential, first_at, last_at, permitted_at, requests, days, month_days, month_requests, month_refused,
    month_failed, month_objects, consumers, unused_scopes, unused_resources, beyond)
  SELECT printf('cred%012d', i), :now - (30 + i % 300) * 86400000, CASE WHEN i % 40 = 1 THEN :now - 60 * 86400000 ELSE :now - i % 3 * 86400000 END,
    :now - 86400000, 10000, 100, CASE i % 3 WHEN 0 THEN 30 WHEN 1 THEN 10 ELSE 4 END, 3000, 10, 0, i % 90,
    CASE WHEN i % 12 = 0 THEN 3 ELSE 1 END, CASE WHEN i % 6 = 0 THEN 'write:jira-work' ELSE '' END,
    CASE WHEN i % 8 = 0 THEN 's1/P1' ELSE '' END, CASE WHEN i % 150 = 0 THEN 's2/P2' ELSE '' END FROM n WHERE i % 10 < 7;
INSERT INTO usage_seen (credential, kind, a, b, sample, first_at, last_at, requests, days, hours)
  SELECT printf('cred%012d', n.i), 1, printf('site%012d', n.i % 5), 'operation' || o.i, '', :now - (30 + n.i % 300) * 86400000, :now - 86400000,
    500, 100, 16777215 FROM n, few o WHERE n.i % 10 < 7 AND o.i < 4;
INSERT INTO usage_seen (credential, kind, a, b, sample, first_at, last_at, requests, days, hours)
  SELECT printf('cred%012d', i), 2, printf('site%012d', i % 5), 'P' || (i % 500), '', :now - (30 + i % 300) * 86400000, :now - 86400000,
    500, 100, 16777215 FROM n WHERE i % 10 < 7;
INSERT INTO usage_seen (credential, kind, a, b, sample, first_at, last_at, requests, days, hours)
  SELECT printf('cred%012d', n.i), 3, '10.' || o.i || '.' || (n.i % 200) || '.0/24', 'python-requests', '10.0.0.1 python-requests/2',
    :now - (CASE WHEN o.i = 2 AND n.i % 9 = 0 THEN 2 ELSE 30 + n.i % 300 END) * 86400000, :now - 86400000, 500, 100, 16777215
  FROM n, few o WHERE n.i % 10 < 7 AND o.i < CASE WHEN n.i % 12 = 0 THEN 3 ELSE 1 END;
-- This hour, not rolled up yet.
INSERT INTO usage_ticks (credential, hour, site, operation, resource, outcome, address, user_agent, requests, last_at, place, tool)
  SELECT printf('cred%012d', i), :hour, printf('site%012d', i % 5), 'operation0', 'P' || (i % 500), 'permitted', '10.0.0.1',
    'python-requests/2', 12, :now, '10.0.' || (i % 200) || '.0/24', 'python-requests' FROM n WHERE i % 10 = 3 OR i % 10 = 6;
INSERT INTO write_lines (request_id, object_id, object_key, at, credential, secret, account, site, operation, resource,
    upstream_trace_id, status, address)
  SELECT 'r' || n.i || '-' || d.i, '', 'P-' || (n.i * 13 + d.i), d.day, printf('cred%012d', n.i), '', '', 'site000000000000', 'editIssue', '',
    '', 200, '10.0.0.1' FROM n, days d WHERE n.i % 40 = 0;
UPDATE usage_state SET rolled_until = :hour, refreshed_day = :today WHERE id = 1;
"""


def seed(database: pathlib.Path, tokens: int) -> None:
    now = int(time.time() * 1000)
    values = {"tokens": tokens, "accounts": tokens // 10, "now": now, "today": now // DAY * DAY, "hour": now // HOUR * HOUR,
              "year": now - 400 * DAY, "hash": ""}
    at = sqlite3.connect(database, isolation_level=None)
    at.execute("PRAGMA synchronous = OFF")
    at.execute("PRAGMA cache_size = -1000000")
    values["hash"] = at.execute("SELECT hash FROM admin_keys LIMIT 1").fetchone()[0]
    at.execute("BEGIN")
    for statement in "\n".join(line for line in WORLD.splitlines() if not line.startswith("--")).split(";"):
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        if statement.strip():
            at.execute(statement, used)
    at.execute("COMMIT")
    at.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    at.close()


def ask(url: str, key: str, report: str) -> tuple[float, dict]:
    request = urllib.request.Request(f"{url}/api/v1/reports/{report}", headers={"Authorization": f"Bearer {key}"})
    began = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
    return (time.perf_counter() - began) * 1000, json.loads(body)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/bench/gatehouse"))
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", help="a folder for the installation, used again where it exists")
    given = parser.parse_args()
    folder = pathlib.Path(given.keep or tempfile.mkdtemp(prefix="gatehouse-reports-"))
    data = folder / "data"
    if not data.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([given.program, "init", "--data", str(data), "--admin-email", "bench@example.com", "--json"], check=True,
                              capture_output=True, text=True)
        (folder / "key").write_text(json.loads(made.stdout)["admin_key"])
        began = time.time()
        seed(next(data.glob("*.db")), given.tokens)
        print(f"seeded in {time.time() - began:.0f} s, {sum(f.stat().st_size for f in data.iterdir()) / 2**20:.0f} MiB", file=sys.stderr)
    key = (folder / "key").read_text().strip()
    server = subprocess.Popen([given.program, "serve", "--data", str(data), "--gateway", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--json"],
                              stdout=subprocess.PIPE, text=True)
    try:
        url = json.loads(server.stdout.readline())["admin_url"]
        print("| report | findings | median ms | slowest ms |\n|---|---|---|---|")
        slowest_of_all = 0.0
        for report in REPORTS:
            ask(url, key, report)
            rounds = [ask(url, key, report) for _ in range(given.rounds)]
            times = [spent for spent, _ in rounds]
            slowest_of_all = max(slowest_of_all, statistics.median(times))
            print(f"| {report} | {rounds[0][1].get('count')} | {statistics.median(times):.0f} | {max(times):.0f} |", flush=True)
        print(f"\nload {os.getloadavg()[0]:.1f}; aim {AIM_MS} ms: {'met' if slowest_of_all <= AIM_MS else 'NOT met'}")
    finally:
        server.terminate()
        server.wait()
        if not given.keep:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
