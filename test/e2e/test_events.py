"""What an open page is told by the real binary, over the wire, and what the command line says of use and denials."""
import http.client
import json
import time
import unittest
import urllib.parse

from harness import ADMIN, Installation, run
from test_sign_in import Browser, path_of


class Stream:
    """A text/event-stream as EventSource reads it."""

    def __init__(self, browser):
        place = urllib.parse.urlsplit(browser.base)
        self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.connection.request("GET", "/session/events", headers={"Cookie": cookies, "Sec-Fetch-Site": "same-origin"})
        self.answer = self.connection.getresponse()

    def event(self, kind):
        """Reads on to an event of this kind; its data. None where the stream ends before."""
        name = None
        while line := self.answer.fp.readline().decode():
            if line.startswith("event: "):
                name = line[7:].strip()
            elif line.startswith("data: ") and name == kind:
                return json.loads(line[6:])
        return None

    def ends(self):
        while self.answer.fp.readline():
            pass
        return True


class Events(unittest.TestCase):
    def setUp(self):
        self.it = Installation()
        self.browser = Browser(self.it.admin)
        link = run("user", "reset-link", ADMIN, "--data", self.it.data, "--json")
        self.browser.get(path_of(json.loads(link.stdout)["sign_in_url"]))

    def tearDown(self):
        self.it.close()

    def test_a_page_is_told_that_something_changed(self):
        stream = Stream(self.browser)
        self.assertEqual(stream.answer.status, 200)
        self.assertEqual(stream.answer.headers["Content-Type"], "text/event-stream")
        self.assertEqual(stream.event("hello"), {})
        token = self.it.token()
        self.assertEqual(stream.event("tokens"), {"id": token["id"]})
        self.assertEqual(self.it.call("PUT", "/rest/api/3/issue/B-1", token, b'{"fields":{"summary":"x"}}').status, 404)
        self.assertEqual(stream.event("denials"), {})
        denied = self.it.ok("denials", "--token", token["id"])
        self.assertEqual([(one["code"], one["count"]) for one in denied], [("outside_boundary", 1)])
        explained = self.it.ok("explain", "--request-id", denied[0]["request_id"])
        self.assertEqual(explained["reason"], "outside_boundary")
        usage = self.it.ok("token", "usage", token["id"], "--days", "2")
        self.assertEqual((usage["calls"], usage["denials"], len(usage["days"])), (1, 1, 2))

    def test_a_stream_ends_with_its_session_and_with_the_server(self):
        stranger = Stream(Browser(self.it.admin))
        self.assertEqual(stranger.answer.status, 401)
        first = Stream(self.browser)
        self.assertEqual(first.event("hello"), {})
        second = Stream(self.browser)
        self.assertEqual(second.event("hello"), {})
        began = time.monotonic()
        self.it.server.stop()
        self.assertTrue(first.ends() and second.ends())
        self.assertLess(time.monotonic() - began, 20, "nobody waits for a page that is open")
        self.it.start()
        self.browser.base = self.it.admin
        third = Stream(self.browser)
        self.assertEqual(third.event("hello"), {})
        self.sign_out()
        self.assertTrue(third.ends())

    def sign_out(self):
        self.browser.get("/account")
        self.assertEqual(self.browser.submit("/sign-out").status, 303)


if __name__ == "__main__":
    unittest.main()
