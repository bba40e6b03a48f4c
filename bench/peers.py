"""The stage of the benchmark: an upstream, the proxies that are compared, and what each is asked."""
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

UPSTREAM, AUTH, NGINX, NGINX_AUTH, HAPROXY, GATEHOUSE, ADMIN = 18480, 18481, 18482, 18483, 18484, 18485, 18486
USED = 20000  # so many of the tokens are used in turn
SITE = f"http://127.0.0.1:{UPSTREAM}"


def issue(number):
    """About 4 KB, as Jira answers an issue: texts, people, statuses and the links to itself."""
    person = {"self": f"{SITE}/rest/api/3/user?accountId=5b10a2844c20165700ede2{number % 10}g", "accountId": f"5b10a2844c20165700ede2{number % 10}g",
              "displayName": "Mia Krystof", "active": True, "timeZone": "Europe/Berlin", "accountType": "atlassian",
              "avatarUrls": {size: f"https://avatar.example/{number}?size={size}" for size in ("48x48", "24x24", "16x16", "32x32")}}
    text = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "The report is late. " * 12}]}]}
    return {"expand": "renderedFields,names,schema", "id": str(10100 + number), "self": f"{SITE}/rest/api/3/issue/{10100 + number}", "key": f"A-{number}",
            "fields": {"summary": f"Report {number} is late", "description": text, "assignee": person, "reporter": person, "creator": person,
                       "project": {"self": f"{SITE}/rest/api/3/project/10000", "id": "10000", "key": "A", "name": "Project A", "projectTypeKey": "software"},
                       "status": {"self": f"{SITE}/rest/api/3/status/3", "id": "3", "name": "In Progress", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Progress"}},
                       "priority": {"self": f"{SITE}/rest/api/3/priority/3", "id": "3", "name": "Medium"},
                       "issuetype": {"self": f"{SITE}/rest/api/3/issuetype/10001", "id": "10001", "name": "Task", "subtask": False},
                       "labels": ["late", "report"], "created": "2026-11-01T09:00:00.000+0000", "updated": "2026-11-20T09:00:00.000+0000",
                       "resolution": None, "duedate": "2026-12-01", "issuelinks": [], "subtasks": [], "security": None}}


class Variant:
    def __init__(self, name, load, url, lua, pid, check):
        self.name, self.load, self.url, self.lua, self.pid, self.check = name, load, url, lua, pid, check


class Stage:
    def __init__(self, work, root, build, tokens):
        self.work, self.root, self.build, self.count = work, root, build, tokens
        self.processes, self.tokens, self.secret_of = {}, [], {}

    # --- start and stop ---

    def spawn(self, name, command, core, **options):
        log = open(self.work / f"{name}.log", "w")
        self.processes[name] = subprocess.Popen(["taskset", "-c", str(core), *command], stdout=log, stderr=log, **options)

    def start(self):
        self.write_upstream()
        self.spawn("upstream", ["nginx", "-p", str(self.work), "-c", "upstream.conf", "-g", "daemon off;"], 0)
        self.seed()
        self.write_nginx()
        self.write_haproxy()
        self.write_lua()
        self.spawn("nginx", ["nginx", "-p", str(self.work), "-c", "nginx.conf", "-g", "daemon off;"], 1)
        self.spawn("haproxy", ["haproxy", "-f", str(self.work / "haproxy.cfg"), "-db"], 1)
        self.spawn_gatehouse()
        for port in (UPSTREAM, NGINX, NGINX_AUTH, HAPROXY, GATEHOUSE):
            self.wait(port)

    def spawn_gatehouse(self, *more):
        self.spawn("gatehouse", [str(self.build / "gatehouse"), "serve", "--data", str(self.work / "data"), "--threads", "1", "--gateway",
                                 f"127.0.0.1:{GATEHOUSE}", "--admin", f"127.0.0.1:{ADMIN}", *more], 1)

    def wait(self, port):
        end = time.time() + 120
        while time.time() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"Nothing listens on port {port}:\n" + "\n".join(path.read_text()[-800:] for path in self.work.glob("*.log")))

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def seed(self):
        """One site, one account and `count` live tokens bounded to project A, written straight to the store."""
        out = subprocess.run([str(self.build / "bench" / "seed_tokens"), str(self.work / "data"), SITE, str(self.count)],
                             capture_output=True, text=True)
        if out.returncode != 0:
            raise SystemExit(f"seed_tokens failed: {out.stderr}")
        self.tokens = out.stdout.split()

    # --- configurations ---

    def write_upstream(self):
        answers = self.work / "answers"
        answers.mkdir()
        (answers / "issue.json").write_text(json.dumps(issue(1)))
        page = {"issues": [issue(number) for number in range(1, 51)], "isLast": True}
        (answers / "search.json").write_text(json.dumps(page))
        statuses = [{"self": f"{SITE}/rest/api/3/priority/{i}", "id": str(i), "name": f"Priority {i}", "description": "A site-wide priority", "statusColor": "#999999",
                     "iconUrl": f"{SITE}/images/icons/priorities/{i}.svg"} for i in range(1, 9)]
        (answers / "common.json").write_text(json.dumps(statuses))
        (answers / "fields.json").write_text(json.dumps(FIELDS))
        user = f"user {'www-data' if os.getuid() == 0 else ''};" if os.getuid() == 0 else ""
        (self.work / "upstream.conf").write_text(f"""
{user} worker_processes 1; pid {self.work}/upstream.pid; error_log {self.work}/upstream-error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; default_type application/json; client_body_temp_path {self.work}/ub;
  open_file_cache max=100; sendfile off;
  proxy_temp_path {self.work}/up; fastcgi_temp_path {self.work}/uf; uwsgi_temp_path {self.work}/uu; scgi_temp_path {self.work}/us;
  server {{ listen 127.0.0.1:{UPSTREAM}; root {answers};
    location ~ ^/rest/api/./priority$ {{ rewrite ^ /common.json break; }}
    location ~ ^/rest/api/./field$ {{ rewrite ^ /fields.json break; }}
    location ~ ^/rest/api/./issue/ {{ rewrite ^ /issue.json break; }}
    location ~ ^/rest/api/./search/ {{ rewrite ^ /search.json break; }} }}
  server {{ listen 127.0.0.1:{AUTH}; location / {{ return 204; }} }} }}
""")

    def write_nginx(self):
        user = "user www-data;" if os.getuid() == 0 else ""
        proxy = f"proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host 127.0.0.1:{UPSTREAM};"
        (self.work / "nginx.conf").write_text(f"""
{user} worker_processes 1; pid {self.work}/nginx.pid; error_log {self.work}/nginx-error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {self.work}/nb; proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 512k;
  proxy_temp_path {self.work}/np; fastcgi_temp_path {self.work}/nf; uwsgi_temp_path {self.work}/nu; scgi_temp_path {self.work}/ns;
  upstream up {{ server 127.0.0.1:{UPSTREAM}; keepalive 256; keepalive_requests 100000000; }}
  upstream auth {{ server 127.0.0.1:{AUTH}; keepalive 256; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{NGINX}; location / {{ {proxy} }} }}
  server {{ listen 127.0.0.1:{NGINX_AUTH}; location / {{ auth_request /_auth; {proxy} }}
    location = /_auth {{ internal; proxy_pass http://auth; proxy_pass_request_body off; proxy_http_version 1.1; proxy_set_header Connection ''; }} }} }}
""")

    def write_haproxy(self):
        tokens = self.work / "tokens.map"
        tokens.write_text("".join(f"{token} A\n" for token in self.tokens))
        (self.work / "haproxy.cfg").write_text(f"""
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend in
  bind 127.0.0.1:{HAPROXY}
  http-request set-var(txn.token) req.hdr(authorization),word(2,' ')
  http-request deny deny_status 401 unless {{ var(txn.token),map_str({tokens}) -m found }}
  default_backend up
backend up
  server up 127.0.0.1:{UPSTREAM} pool-max-conn 256
""")

    def write_lua(self):
        (self.work / "tokens.txt").write_text("\n".join(self.tokens[:USED]))
        for load, path in LOADS.items():
            for prefix, kind in (("", "plain"), ("/ex/jira/bench", "gate")):
                (self.work / f"{load}-{kind}.lua").write_text(f"""
local tokens = {{}}
for line in io.lines("{self.work}/tokens.txt") do tokens[#tokens + 1] = "Bearer " .. line end
local at = 0
request = function()
  at = at % #tokens + 1
  return wrk.format("GET", "{prefix}{path}", {{["Authorization"] = tokens[at], ["Accept"] = "application/json", ["User-Agent"] = "bench/1"}})
end
""")

    # --- what is compared ---

    def pid(self, name):
        return lambda: self.processes[name].pid

    def variants(self):
        found = []
        for load, path in LOADS.items():
            plain, gate = self.work / f"{load}-plain.lua", self.work / f"{load}-gate.lua"
            for name, port, process in (("nginx proxy_pass", NGINX, "nginx"), ("nginx auth_request", NGINX_AUTH, "nginx"), ("HAProxy token map", HAPROXY, "haproxy")):
                if load == "a" or name == "nginx proxy_pass":
                    found.append(Variant(f"{name} ({load})", load, f"http://127.0.0.1:{port}", plain, self.pid(process), self.checker(port, path)))
            found.append(Variant(f"Gatehouse ({load})", load, f"http://127.0.0.1:{GATEHOUSE}", gate, self.pid("gatehouse"), self.checker(GATEHOUSE, "/ex/jira/bench" + path)))
        return found

    def checker(self, port, path):
        def check():
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {self.tokens[0]}"})
            try:
                answer = urllib.request.urlopen(request, timeout=10)
                if answer.status != 200 or not answer.read():
                    raise SystemExit(f"port {port} answered {answer.status}")
            except urllib.error.HTTPError as error:
                raise SystemExit(f"port {port} {path} answered {error.code}: {error.read()[:300]}")
            if port == GATEHOUSE:
                request.add_header("Authorization", "Bearer gtht_" + "0" * 65)
                try:
                    urllib.request.urlopen(request, timeout=10)
                    raise SystemExit("Gatehouse let an unknown token in")
                except urllib.error.HTTPError as error:
                    if error.code != 401:
                        raise SystemExit(f"Gatehouse answered {error.code} to an unknown token")
        return check

    def idle_connections(self, count=2000):
        """Memory of an idle keep-alive connection that has been used once."""
        return f"Idle plain connections: {count} of them, {self.idle_kib(count, lambda plain: plain):.1f} KiB each (RSS)."

    def idle_tls_connections(self, count=2000):
        """The same over TLS 1.3. Gatehouse is started anew with a certificate."""
        process = self.processes["gatehouse"]
        process.terminate()
        process.wait(20)
        certificate, key = self.work / "tls.crt", self.work / "tls.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-days", "2",
                        "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        self.spawn_gatehouse("--tls-cert", str(certificate), "--tls-key", str(key))
        self.wait(GATEHOUSE)
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        return f"Idle TLS connections: {count} of them, {self.idle_kib(count, client.wrap_socket):.1f} KiB each (RSS)."

    def idle_kib(self, count, wrap):
        pid = self.processes["gatehouse"].pid
        rss = lambda: int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))
        text = (f"GET /ex/jira/bench{LOADS['a']} HTTP/1.1\r\nHost: 127.0.0.1:{GATEHOUSE}\r\nAuthorization: Bearer {self.tokens[0]}\r\n\r\n").encode()

        def used_once():
            one = wrap(socket.create_connection(("127.0.0.1", GATEHOUSE)))
            one.sendall(text)
            if not one.recv(65536).startswith(b"HTTP/1.1 200"):
                raise SystemExit("Gatehouse did not answer 200 while idle connections were measured")
            return one

        open_ones = [used_once() for _ in range(10)]  # what the first ones take is not each one's
        before = rss()
        open_ones += [used_once() for _ in range(count)]
        time.sleep(5)  # an idle connection gives its buffers back after two seconds
        each = (rss() - before) / count
        for one in open_ones:
            one.close()
        return each


LOADS = {"a": "/rest/api/3/priority", "b": "/rest/api/3/issue/A-1", "c": "/rest/api/3/search/jql?jql=status%20%3D%20Done&fields=summary%2Cstatus%2Cassignee&maxResults=50"}
FIELDS = [{"id": name, "key": name, "name": name.title(), "custom": False, "schema": {"type": kind, "system": name, **({"items": items} if items else {})}}
          for name, kind, items in (
              ("summary", "string", None), ("description", "string", None), ("assignee", "user", None), ("reporter", "user", None), ("creator", "user", None),
              ("project", "project", None), ("status", "status", None), ("priority", "priority", None), ("issuetype", "issuetype", None), ("labels", "array", "string"),
              ("created", "datetime", None), ("updated", "datetime", None), ("resolution", "resolution", None), ("duedate", "date", None),
              ("issuelinks", "array", "issuelinks"), ("subtasks", "array", "issuelinks"), ("security", "securitylevel", None))]
