"""Answers that are too long to be held whole: item by item through the real program, with bounded memory, and never ended cleanly
where they are not whole."""
import http.client
import http.server
import json
import pathlib
import re
import socketserver
import threading
import unittest
import urllib.parse

from harness import BINARY, Installation, free_port

MIB = 1024 * 1024


def issue(number, project, text):
    return json.dumps({"id": str(number), "key": "A-1", "fields": {"summary": text, "project": {"id": project}, "security": None}})


class Site(http.server.BaseHTTPRequestHandler):
    """Just enough of Jira to be added as a site, and a search whose answer the test has chosen."""

    protocol_version = "HTTP/1.1"
    pieces = []
    cut = False

    def log_message(self, *_):
        pass

    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if "/project/" in path:
            key = path.rsplit("/", 1)[1]
            return self.answer({"id": {"A": "10000", "B": "10001"}.get(key, key), "key": {"10000": "A", "10001": "B"}.get(key, key), "name": key})
        if path.endswith("/field"):
            return self.answer([])
        return self.answer({"accountId": "1", "displayName": "bot", "emailAddress": "bot@example.com"})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in Site.pieces:
            data = piece.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        if Site.cut:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def peak_rss(process):
    status = pathlib.Path(f"/proc/{process.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


# AddressSanitizer keeps what was freed for a while, and shadows the rest. A list that were held whole would take several times its size.
SANITIZED = b"__asan_init" in pathlib.Path(BINARY).read_bytes()
BOUND = (96 if SANITIZED else 32) * MIB


class LongLists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.site = Server(("127.0.0.1", cls.port), Site)
        threading.Thread(target=cls.site.serve_forever, daemon=True).start()
        cls.it = Installation(granted=False)
        it = cls.it
        it.ok("site", "add", "long", "--product", "jira", "--url", f"http://127.0.0.1:{cls.port}", "--auth", "none")
        it.ok("account", "create", "reader", "--owner", "admin@example.com", "--purpose", "tests", "--runs-in", "CI")
        it.ok("grant", "add", "--account", "reader", "--resource", "long/A", "--scopes", "read:jira-work")
        cls.token = it.token("long/A", account="reader", scopes="read:jira-work")["token"]

    @classmethod
    def tearDownClass(cls):
        cls.it.close()
        cls.site.shutdown()

    def search(self, pieces, version=11, cut=False):
        Site.pieces, Site.cut = pieces, cut
        address = urllib.parse.urlsplit(self.it.gateway)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        connection._http_vsn, connection._http_vsn_str = version, f"HTTP/{version // 10}.{version % 10}"
        connection.request("POST", "/ex/jira/long/rest/api/3/search/jql", json.dumps({"jql": "status = Open", "fields": ["summary"]}),
                           {"Authorization": "Bearer " + self.token, "Content-Type": "application/json",
                            **({"Host": address.netloc} if version == 10 else {})})
        return connection.getresponse()

    def filler(self, size, start=0):
        pieces, held = [], 0
        while held < size:
            pieces.append(issue(20000 + start + len(pieces), "10000", "s" * 4000) + ",")
            held += len(pieces[-1])
        return pieces

    def test_every_item_is_proven_and_memory_is_bounded(self):
        foreign = issue(90000, "10001", "CANARY")
        small = self.search(['{"issues":[' + issue(1, "10000", "x") + "]}"])
        self.assertEqual(len(json.loads(small.read())["issues"]), 1)
        before = peak_rss(self.it.server)
        filler = self.filler(64 * MIB)
        half = len(filler) // 2
        answer = self.search(['{"issues":[', *filler[:half], foreign + ",", *filler[half:], foreign, '],"isLast":true,"odd":"CANARY"}'])
        self.assertEqual(answer.status, 200)
        self.assertIsNone(answer.headers["Content-Length"])
        body = answer.read()
        self.assertNotIn(b"CANARY", body)
        document = json.loads(body)
        self.assertEqual(len(document["issues"]), len(filler))
        self.assertTrue(document["isLast"])
        grown = peak_rss(self.it.server) - before
        print(f"64 MiB search: peak RSS grew by {grown / MIB:.1f} MiB")
        self.assertLess(grown, BOUND)

    def test_an_old_client_reads_to_the_end(self):
        answer = self.search(['{"issues":[', *self.filler(9 * MIB), issue(1, "10001", "CANARY"), "]}"], version=10)
        body = answer.read()
        self.assertIsNone(answer.headers["Transfer-Encoding"])
        self.assertNotIn(b"CANARY", body)
        self.assertGreater(len(json.loads(body)["issues"]), 1000)

    def test_what_is_not_whole_is_not_ended(self):
        filler = self.filler(9 * MIB)
        for pieces, cut in (
            (['{"issues":[', *filler, "{}]}"], True),
            (['{"issues":[', *filler, "{}]"], False),
            (['{"issues":[', *filler, '{"id":"1","fields":{"summary":"' + "x" * (5 * MIB) + '"}}]}'], False),
        ):
            with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
                self.search(pieces, cut=cut).read()

    def test_an_item_that_is_too_long_is_refused_in_words(self):
        answer = self.search(['{"issues":[', issue(1, "10000", "x" * (5 * MIB)), "]}"])
        self.assertEqual(answer.status, 502)
        self.assertIn(b"4 MiB", answer.read())

    def test_a_slow_reader_holds_no_more(self):
        before = peak_rss(self.it.server)
        answer = self.search(['{"issues":[', *self.filler(32 * MIB), "{}]}"])
        first = answer.read(1000)
        self.assertTrue(first.startswith(b'{"issues":['))
        threading.Event().wait(2)
        self.assertLess(peak_rss(self.it.server) - before, BOUND)
        self.assertGreater(len(answer.read()), 30 * MIB)


if __name__ == "__main__":
    unittest.main()
