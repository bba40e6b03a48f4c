"""Six real HTTP servers, each set up so that what it took for a request is told to the test.

nginx, Apache, h2o and lighttpd hand their requests to a FastCGI responder here, HAProxy to Node's own HTTP server, and Node tells by
itself. Each keeps an access log besides, so that a request that never got further than the server's parser is counted too. All run in
the foreground, on free ports of loopback, from a configuration in a temporary folder.
"""
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

from harness import free_port

HERE = pathlib.Path(__file__).resolve().parent
ROOT = os.geteuid() == 0
BEGIN, END, PARAMS, STDIN, STDOUT, GET_VALUES, GET_VALUES_RESULT = 1, 3, 4, 5, 6, 9, 10

Seen = collections.namedtuple("Seen", "method target body length fields")


def seen(method, target, body, fields):
    """Of the fields what the gateway wrote: not what belongs to one hop, nor what a server adds by itself."""
    kept = {name: value for name, value in fields.items()
            if name not in ("connection", "transfer-encoding", "content-length", "content_type", "content_length") and value != ""}
    return Seen(method, target, hashlib.sha256(body).hexdigest(), len(body), kept)


class Responder:
    """A FastCGI responder (one request at a time on each connection) that keeps what it was asked and answers 200 with JSON."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.requests = []
        threading.Thread(target=self.accept, daemon=True).start()

    def end(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            parts, flags = {}, 0
            while header := stream.read(8):
                if len(header) < 8:
                    return
                _, kind, number, size, padding, _ = struct.unpack(">BBHHBB", header)
                content = stream.read(size)
                stream.read(padding)
                if kind == BEGIN:
                    flags, parts = content[2], {PARAMS: b"", STDIN: b""}
                elif kind == GET_VALUES:
                    connection.sendall(self.record(GET_VALUES_RESULT, 0, b""))
                elif kind in (PARAMS, STDIN):
                    parts[kind] += content
                    if kind == STDIN and not content:
                        self.answer(connection, number, parts)
                        if not flags & 1:
                            return

    def answer(self, connection, number, parts):
        parameters = self.parameters(parts[PARAMS])
        # A server that gave up in the middle of a body may end its stream all the same: then the length tells.
        if parameters.get("CONTENT_LENGTH") not in (None, "", str(len(parts[STDIN]))):
            return self.finish(connection, number, b"Status: 400\r\n\r\n")
        fields = {name[5:].lower().replace("_", "-"): value for name, value in parameters.items() if name.startswith("HTTP_")}
        if parameters.get("CONTENT_TYPE"):
            fields["content-type"] = parameters["CONTENT_TYPE"]
        self.requests.append(seen(parameters["REQUEST_METHOD"], parameters["REQUEST_URI"], parts[STDIN], fields))
        body = b'{"ok":true}'
        self.finish(connection, number, b"Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def finish(self, connection, number, answer):
        # In one piece: some servers close as soon as they have what they wait for.
        connection.sendall(b"".join(self.record(kind, number, content) for kind, content in
                                    ((STDOUT, answer), (STDOUT, b""), (END, bytes(8)))))

    @staticmethod
    def record(kind, number, content):
        return struct.pack(">BBHHBB", 1, kind, number, len(content), 0, 0) + content

    @staticmethod
    def parameters(data):
        values, at = {}, 0
        while at < len(data):
            sizes = []
            for _ in range(2):
                size = data[at]
                at += 1
                if size & 0x80:
                    size = (size & 0x7f) << 24 | int.from_bytes(data[at:at + 3], "big")
                    at += 3
                sizes.append(size)
            name = data[at:at + sizes[0]].decode()
            values[name] = data[at + sizes[0]:at + sum(sizes)].decode("latin-1")
            at += sum(sizes)
        return values


class Server:
    """One server process with its own folder. `requests` is what the program behind it was given."""

    name = binary = config = ""

    def __init__(self, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = tempfile.mkdtemp(prefix=f"gatehouse-{self.name}-")
        os.chmod(self.folder, 0o711)
        self.behind = self.make_behind()
        path = pathlib.Path(self.folder) / "config"
        path.write_text(self.config.format(folder=self.folder, port=self.port, behind=self.behind.port, user=self.user(), home=HERE))
        self.out = open(self.folder + "/out", "wb")
        self.process = subprocess.Popen([self.find(), *self.words(str(path))], stdout=self.out, stderr=subprocess.STDOUT)
        self.wait_until_up()

    @classmethod
    def find(cls):
        return shutil.which(cls.binary, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:" + os.environ.get("PATH", ""))

    def make_behind(self):
        return Responder()

    def user(self):
        return ""

    def wait_until_up(self):
        deadline = time.time() + 60
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if self.process.poll() is not None or time.time() > deadline:
                    raise RuntimeError(f"{self.name} did not start: {pathlib.Path(self.folder, 'out').read_text()[-2000:]}") from None
                time.sleep(0.02)

    @property
    def requests(self):
        return self.behind.requests

    def logged(self):
        """The method of each request that the server's own log has, whatever it answered. Whole once the server has ended."""
        text = pathlib.Path(self.folder, "access").read_text(errors="replace")
        return [line.split(" ", 1)[0] for line in text.splitlines() if line and line != "-"]

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.out.close()
        self.behind.end()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Server):
    name = binary = "nginx"
    config = """daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error;
events {{ worker_connections 256; }}
http {{
  log_format told "$request_method $request_uri $status"; access_log {folder}/access told;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  client_max_body_size 0; keepalive_requests 100000;
  server {{ listen 127.0.0.1:{port}; location / {{ fastcgi_pass 127.0.0.1:{behind};
    fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri;
    fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length; }} }}
}}
"""

    def words(self, config):
        return ["-p", self.folder, "-e", self.folder + "/error", "-c", config]


class Apache(Server):
    name, binary = "apache", "apache2"
    config = """ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
Listen 127.0.0.1:{port}
ServerName localhost
{user}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_fcgi_module /usr/lib/apache2/modules/mod_proxy_fcgi.so
Mutex sem
StartServers 1
ServerLimit 1
ThreadsPerChild 25
MaxRequestWorkers 25
MaxKeepAliveRequests 0
KeepAliveTimeout 60
ErrorLog {folder}/error
LogFormat "%m %U%q %>s" told
CustomLog {folder}/access told
<Location "/">
  CGIPassAuth On
</Location>
ProxyPass "/" "fcgi://127.0.0.1:{behind}/"
"""

    def words(self, config):
        return ["-f", config, "-DFOREGROUND"]

    def user(self):
        return "User nobody\nGroup nogroup" if ROOT else ""


class Lighttpd(Server):
    name = binary = "lighttpd"
    config = """server.modules = ("mod_fastcgi", "mod_accesslog")
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{folder}"
server.errorlog = "{folder}/error"
server.max-keep-alive-requests = 100000
accesslog.filename = "{folder}/access"
accesslog.format = "%m %U%q %>s"
fastcgi.server = ("/" => (("host" => "127.0.0.1", "port" => {behind}, "check-local" => "disable", "fix-root-scriptname" => "enable")))
"""

    def words(self, config):
        return ["-D", "-f", config]


class H2o(Server):
    name = binary = "h2o"
    config = """listen: {{host: 127.0.0.1, port: {port}}}
num-threads: 1
error-log: {folder}/error
access-log: {{path: {folder}/access, format: "%m %U%q %>s"}}
hosts:
  default:
    paths:
      /:
        fastcgi.connect: {{host: 127.0.0.1, port: {behind}, type: tcp}}
"""

    def words(self, config):
        return ["-c", config]


class NodeBehind:
    """Node's own HTTP server (echo.mjs), which writes what it was asked to its standard output, a line each."""

    def __init__(self, port=0):
        self.process = subprocess.Popen(["node", str(HERE / "echo.mjs"), str(port)], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.requests, self.refused = [], 0
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            told = json.loads(line)
            if "refused" in told:
                self.refused += 1
            else:
                self.requests.append(Seen(told["method"], told["target"], told["body"], told["length"],
                                          {name: value for name, value in told["fields"].items()
                                           if name not in ("connection", "transfer-encoding", "content-length")}))

    def end(self):
        self.process.terminate()
        self.process.wait(20)
        self.reader.join()
        self.process.stdout.close()


class Haproxy(Server):
    name = binary = "haproxy"
    config = """global
  log stdout format raw local0
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
frontend all
  bind 127.0.0.1:{port}
  log global
  log-format "TOLD %HM %HU %ST"
  default_backend node
backend node
  server node 127.0.0.1:{behind}
"""

    def words(self, config):
        return ["-db", "-f", config]

    def make_behind(self):
        return NodeBehind()

    def logged(self):
        text = pathlib.Path(self.folder, "out").read_text(errors="replace")
        # The first line is of the connection that looked whether it is up and said nothing.
        return re.findall(r"^TOLD (\S+)", text, re.M)[1:]


class Node:
    name = "node"

    def __init__(self, port=0):
        self.behind = NodeBehind(port)
        self.port = self.behind.port
        self.url = f"http://127.0.0.1:{self.port}"

    @staticmethod
    def find():
        return shutil.which("node")

    @property
    def requests(self):
        return self.behind.requests

    def logged(self):
        return [request.method for request in self.requests] + ["-"] * self.behind.refused

    def end(self):
        self.behind.end()

    def remove(self):
        pass


SERVERS = (Nginx, Apache, Haproxy, Node, H2o, Lighttpd)
