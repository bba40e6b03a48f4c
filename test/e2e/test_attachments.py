"""Attachments through the real program: both ways with constant memory, from a media host that is in the list and from no other, in
ranges, and with a body of which nothing is believed.

A site of Atlassian's cloud and its media host are played here over TLS, reached through a proxy that knows no other name.
GATEHOUSE_ATTACHMENT_MIB is the size of a file, 64 by default; 1024 is what issue 4 names.
"""
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from harness import ADMIN, Installation

MIB = 1024 * 1024
SIZE = int(os.environ.get("GATEHOUSE_ATTACHMENT_MIB", "64")) * MIB
BLOCK = os.urandom(MIB)
BOUND = 16 * MIB
PATH = "/ex/jira/files/rest/api/3"
HOST, MEDIA = "files.atlassian.net", "api.media.atlassian.com"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def file(self):
        """The large file, or the part of it that is asked for."""
        range_ = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if self.headers.get("If-Range", '"v1"') != '"v1"':
            range_ = None
        begin, end = (int(range_[1]), min(SIZE - 1, int(range_[2] or SIZE - 1))) if range_ else (0, SIZE - 1)
        if begin >= SIZE:
            return self.answer(416, Content_Range=f"bytes */{SIZE}")
        self.send_response(206 if range_ else 200)
        if range_:
            self.send_header("Content-Range", f"bytes {begin}-{end}/{SIZE}")
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Disposition", 'attachment; filename="large.bin"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", '"v1"')
        self.send_header("Content-Length", str(end + 1 - begin))
        self.end_headers()
        while begin <= end:
            piece = BLOCK[begin % MIB:][:end + 1 - begin]
            self.wfile.write(piece)
            begin += len(piece)
            if Site.cut_at and begin >= Site.cut_at:
                self.close_connection = True
                return


class Media(Handler):
    requests = []

    def do_GET(self):
        Media.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.file()


class Site(Handler):
    """Just enough of Jira: project A with issue 10100, B with 10200, attachments that each lead somewhere else, and uploads."""

    redirects = {}
    uploads = []
    asked = []
    early = False
    cut_at = 0

    def do_GET(self):
        path = self.path.split("?")[0]
        Site.asked.append(path)
        name = path.rsplit("/", 1)[1]
        if "/project/" in path:
            key = {"10000": "A", "10001": "B"}.get(name, name)
            return self.json({"id": {"A": "10000", "B": "10001"}.get(key, key), "key": key, "name": key})
        if path.endswith("/field"):
            return self.json([])
        if "/issue/" in path:
            other = name in ("10200", "B-1")
            return self.json({"id": "10200" if other else "10100", "key": "B-1" if other else "A-1", "fields": {
                "project": {"id": "10001" if other else "10000", "key": "B" if other else "A"}, "security": None,
                "attachment": [] if other else [{"id": one} for one in Site.redirects]}})
        if "/attachment/content/" in path:
            if Site.redirects[name] is None:
                return self.file()
            return self.answer(303, Location=Site.redirects[name])
        if path == "/file/of/the/site":
            return self.file()
        return self.json({"accountId": "1", "displayName": "bot", "emailAddress": "bot@example.com"})

    def json(self, document):
        self.answer(200, json.dumps(document).encode(), Content_Type="application/json")

    def do_POST(self):
        if Site.early:
            self.close_connection = True
            self.answer(413, b'{"errorMessages":["too large"],"errors":{}}', Content_Type="application/json")
            while self.rfile.read(MIB):
                pass  # what is closed with unread bytes is reset, and the answer with it
            return
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces():
            digest.update(piece)
            size += len(piece)
        Site.uploads.append((self.path, size, digest.hexdigest(), dict(self.headers)))
        self.json([{"id": "900", "filename": "large.bin", "size": size}])

    def pieces(self):
        if "Content-Length" in self.headers:
            left = int(self.headers["Content-Length"])
            while left > 0:
                piece = self.rfile.read(min(left, MIB))
                if not piece:
                    raise ConnectionError
                left -= len(piece)
                yield piece
            return
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.read(2)
        self.rfile.readline()


class Proxy(Handler):
    """Opens a way to the two names alone, and keeps which were asked for."""

    ports = {}
    names = []

    def do_CONNECT(self):
        name, _, port = self.path.rpartition(":")
        Proxy.names.append(self.path)
        self.close_connection = True
        if name not in self.ports or port != "443":
            return self.answer(403)
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", self.ports[name])) as there:
            back = threading.Thread(target=self.pass_on, args=(there, self.connection), daemon=True)
            back.start()
            self.pass_on(self.connection, there)
            back.join()

    @staticmethod
    def pass_on(source, sink):
        try:
            while piece := source.recv(MIB):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                end.close()


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    context = None

    def get_request(self):
        connection, address = super().get_request()
        return (self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) if self.context else connection), address

    def handle_error(self, *_):
        pass  # a client that goes away in the middle is part of the test


def memory(process, name):
    status = pathlib.Path(f"/proc/{process.process.pid}/status").read_text()
    return int(re.search(name + r":\s+(\d+) kB", status)[1]) * 1024


class Attachments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="gatehouse-e2e-media-")
        key, certificate = cls.folder + "/key.pem", cls.folder + "/certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=files", "-addext", f"subjectAltName=DNS:{HOST},DNS:{MEDIA}"], check=True, capture_output=True)
        cls.servers = [Server(("127.0.0.1", 0), kind) for kind in (Site, Media, Proxy)]
        for server in cls.servers:
            if server is not cls.servers[2]:
                server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                server.context.load_cert_chain(certificate, key)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        site, media, proxy = (server.server_address[1] for server in cls.servers)
        Proxy.ports = {HOST: site, MEDIA: media}
        Site.redirects = {
            "500": f"https://{MEDIA}/file/500?token=t",
            "501": None,
            "502": f"https://{HOST}/file/of/the/site",
            "510": "https://evil.example/file/510",
            "511": f"http://{MEDIA}/file/511",
            "512": f"https://{MEDIA}@evil.example/file/512",
            "513": f"https://{MEDIA}.evil.example/file/513",
            "514": f"https://{MEDIA}/file/514#fragment",
            "515": "/file/of/the/site",
            "516": f"//{MEDIA}/file/516",
            "517": f"https://{HOST}/rest/api/3/attachment/content/517",
            "518": f"https://{MEDIA}\\@evil.example/file",
            "519": f"ftp://{MEDIA}/file/519",
            "520": f"https://x{MEDIA}/file/520",
            "521": "https://127.0.0.1/file/521",
            "522": f"http://{HOST}/file/of/the/site",
        }
        configuration = cls.folder + "/gatehouse.toml"
        pathlib.Path(configuration).write_text(f'[upstream]\nca_file = "{certificate}"\n[timeouts]\nanswer_head = "300s"\nanswer_stall = "300s"\n'
                                               'body_stall = "300s"\nclient_stall = "300s"\nconnect = "60s"\n')
        os.environ.update(HTTPS_PROXY=f"http://127.0.0.1:{proxy}", NO_PROXY="")
        options = os.environ.get("ASAN_OPTIONS", "")  # it keeps what was freed for a while, up to 256 MiB
        os.environ["ASAN_OPTIONS"] = options + ":quarantine_size_mb=8:thread_local_quarantine_size_kb=64"
        try:
            cls.it = Installation(granted=False, serve=("--config", configuration))
        finally:
            del os.environ["HTTPS_PROXY"]
            os.environ["ASAN_OPTIONS"] = options
        cls.it.ok("site", "add", "files", "--product", "jira", "--url", f"https://{HOST}", "--auth", "bearer", "--secret-file", "-", stdin="site-secret\n")
        cls.it.ok("account", "create", "robot", "--owner", ADMIN, "--purpose", "tests", "--runs-in", "CI")
        scopes = "read:jira-work,write:jira-work"
        cls.it.ok("grant", "add", "--account", "robot", "--resource", "files/A", "--scopes", scopes)
        cls.token = cls.it.token("files/A", scopes=scopes)["token"]

    @classmethod
    def tearDownClass(cls):
        cls.it.close()
        for server in cls.servers:
            server.shutdown()
            server.server_close()
        shutil.rmtree(cls.folder)

    def setUp(self):
        Site.early, Site.cut_at = False, 0
        Media.requests.clear()
        Proxy.names.clear()
        Site.uploads.clear()
        Site.asked.clear()

    def open(self):
        address = urllib.parse.urlsplit(self.it.gateway)
        connection = socket.create_connection((address.hostname, address.port), 300)
        self.addCleanup(connection.close)
        return connection

    def head(self, method, path, **fields):
        lines = [f"{method} {PATH}{path} HTTP/1.1", "Host: " + urllib.parse.urlsplit(self.it.gateway).netloc, "Authorization: Bearer " + self.token]
        return "\r\n".join(lines + [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()] + ["", ""]).encode()

    @staticmethod
    def answer(stream):
        """Status and fields; the body is next in the stream."""
        status = int(stream.readline().split()[1])
        fields = {}
        while (line := stream.readline().strip()):
            name, _, value = line.decode("latin-1").partition(": ")
            fields[name.lower()] = value
        return status, fields

    def download(self, attachment, wait=0.0, **fields):
        """Status, fields, size and digest of an attachment, read piece by piece."""
        connection = self.open()
        connection.sendall(self.head("GET", f"/attachment/content/{attachment}?gatehouseIssue=10100", **fields))
        stream = connection.makefile("rb")
        status, told = self.answer(stream)
        left, digest = int(told["content-length"]), hashlib.sha256()
        time.sleep(wait)
        while left > 0 and (piece := stream.read(min(left, MIB))):
            digest.update(piece)
            left -= len(piece)
        return status, told, left, digest.hexdigest()

    def growth(self, action):
        """How much more memory the server ever had while `action` ran than before it."""
        process = self.it.server
        pathlib.Path(f"/proc/{process.process.pid}/clear_refs").write_text("5")
        before = memory(process, "VmRSS")
        action()
        return memory(process, "VmHWM") - before

    def whole(self):
        digest = hashlib.sha256()
        for _ in range(SIZE // MIB):
            digest.update(BLOCK)
        return digest.hexdigest()

    def bounded(self, what, action):
        grown = self.growth(action)
        print(f"{SIZE // MIB} MiB {what}: memory grew by {grown / MIB:.1f} MiB")
        self.assertLess(grown, BOUND)

    def test_downloads_take_constant_memory(self):
        expected = self.whole()
        self.download("500", Range="bytes=0-9")  # what is allocated once is
        for attachment, source in (("500", "from the media host"), ("501", "from the site itself"), ("502", "from another address of the site")):
            def get(one=attachment):
                status, fields, left, digest = self.download(one, wait=1.0)
                self.assertEqual((status, left, digest), (200, 0, expected))
                self.assertEqual(fields["content-length"], str(SIZE))
                self.assertEqual(fields["content-disposition"], 'attachment; filename="large.bin"')
                self.assertEqual(fields["etag"], '"v1"')
            self.bounded("down, " + source, get)
        path, fields = Media.requests[-1]
        self.assertEqual(path, "/file/500?token=t")
        self.assertNotIn("authorization", fields)
        self.assertNotIn(self.token, str(Media.requests))

    def test_uploads_take_constant_memory(self):
        begin = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
        end = b"\r\n--b--\r\n"
        whole = hashlib.sha256(begin)
        for _ in range(SIZE // MIB):
            whole.update(BLOCK)
        whole.update(end)
        for chunked in (False, True):
            def put(chunked=chunked):
                connection = self.open()
                framing = {"Transfer_Encoding": "chunked"} if chunked else {"Content_Length": len(begin) + SIZE + len(end)}
                connection.sendall(self.head("POST", "/issue/A-1/attachments", Content_Type="multipart/form-data; boundary=b", X_Atlassian_Token="no-check", **framing))
                for piece in (begin, *[BLOCK] * (SIZE // MIB), end):
                    connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                if chunked:
                    connection.sendall(b"0\r\n\r\n")
                status, _ = self.answer(connection.makefile("rb"))
                self.assertEqual(status, 200)
            self.bounded("up, " + ("chunked" if chunked else "with a length"), put)
            path, size, digest, fields = Site.uploads.pop()
            self.assertEqual((path, size, digest), ("/rest/api/3/issue/10100/attachments", len(begin) + SIZE + len(end), whole.hexdigest()))
            self.assertEqual(fields["Authorization"], "Bearer site-secret")
            self.assertEqual(fields["X-Atlassian-Token"], "no-check")

    def test_ranges(self):
        for wanted, begin, size in (("bytes=5-9", 5, 5), (f"bytes={MIB - 3}-{MIB + 3}", MIB - 3, 7), (f"bytes={SIZE - 4}-", SIZE - 4, 4)):
            for attachment in ("500", "501"):
                status, fields, left, digest = self.download(attachment, Range=wanted)
                self.assertEqual((status, left), (206, 0))
                self.assertEqual(fields["content-range"], f"bytes {begin}-{begin + size - 1}/{SIZE}")
                self.assertEqual(digest, hashlib.sha256((BLOCK + BLOCK)[begin % MIB:][:size]).hexdigest())
        # A download goes on only where the file is the same as before.
        self.assertEqual(self.download("500", Range="bytes=5-9", If_Range='"v1"')[0], 206)
        status, fields, _, _ = self.download("500", Range=f"bytes=0-{SIZE}", If_Range='"v0"')
        self.assertEqual((status, fields["content-length"]), (200, str(SIZE)))
        self.assertEqual(self.download("500", Range=f"bytes={SIZE}-")[0], 416)

    def test_redirects_lead_to_hosts_of_the_list_alone(self):
        for attachment in Site.redirects:
            if attachment < "510":
                continue
            with self.subTest(Site.redirects[attachment]):
                status, fields, _, _ = self.download(attachment)
                self.assertEqual(status, 502)
                self.assertNotIn("location", fields)
        self.assertEqual(Media.requests, [])
        self.assertLessEqual(set(Proxy.names), {HOST + ":443"})
        self.assertLessEqual(Site.asked.count("/rest/api/3/attachment/content/517"), 3)

    def test_an_answer_that_breaks_off_is_not_ended(self):
        Site.cut_at = 8 * MIB
        for attachment in ("500", "501"):
            try:
                self.assertGreater(self.download(attachment)[2], 0)
            except ConnectionResetError:
                pass  # tells as much as an end before the length

    def test_an_early_answer_ends_the_upload(self):
        Site.early = True
        connection = self.open()
        connection.sendall(self.head("POST", "/issue/A-1/attachments", Content_Type="multipart/form-data; boundary=b", Content_Length=2 * SIZE))
        sent = 0
        try:
            while sent < SIZE:
                sent += connection.send(BLOCK)
        except OSError:
            pass
        connection.settimeout(300)
        stream = connection.makefile("rb")
        status, fields = self.answer(stream)
        self.assertEqual(status, 413)
        # What of the body was not read can't be taken for a request: the connection ends.
        stream.read(int(fields["content-length"]))
        try:
            self.assertEqual(stream.read(1), b"")
        except ConnectionResetError:
            pass

    def test_nothing_in_a_part_is_believed(self):
        body = (b'--b\r\nContent-Disposition: form-data; name="issueIdOrKey"\r\n\r\nB-1\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="../../B-1"\r\n'
                b"Content-Location: /rest/api/3/issue/B-1/attachments\r\n\r\ndata\r\n--b--\r\n")
        fields = {"Content_Type": "multipart/form-data; boundary=b", "Content_Length": len(body), "X_Atlassian_Token": "no-check"}
        for issue, expected in (("B-1", 404), ("10200", 404), ("A-1", 200)):
            connection = self.open()
            connection.sendall(self.head("POST", f"/issue/{issue}/attachments", **fields) + body)
            self.assertEqual(self.answer(connection.makefile("rb"))[0], expected)
        self.assertEqual([path for path, *_ in Site.uploads], ["/rest/api/3/issue/10100/attachments"])


if __name__ == "__main__":
    unittest.main()
