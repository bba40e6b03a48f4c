"""Telling people with the built binary: real mail servers with TLS and a password, real receivers of webhooks, clocks by faketime."""
import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import threading
import time
import unittest

from harness import ADMIN, Installation, free_port, http as ask, run

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult
except ImportError:
    print("NOT RUN: python3-aiosmtpd is missing (tools/install_packages.sh test)")
    sys.exit(77)

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
USER, PASSWORD = "gatehouse", "correct horse battery staple"


def wait_for(what, seconds=30):
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


class MailServer:
    """Takes mail, keeps it; `on_data` may refuse it or do worse."""

    def __init__(self, folder, implicit_tls=False):
        self.mails, self.logins, self.encrypted, self.on_data = [], [], [], None
        self.port = free_port()
        certificate, key = folder + "/mail.pem", folder + "/mail.key"
        if not os.path.exists(certificate):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "800", "-subj", "/CN=localhost", "-addext",
                            "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        self.certificate = certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        options = {"ssl_context": context, "auth_require_tls": False} if implicit_tls else {"tls_context": context, "require_starttls": True}
        self.implicit_tls = implicit_tls
        self.controller = Controller(self, hostname="localhost", port=self.port, authenticator=self.authenticate, auth_required=True, **options)
        self.controller.start()

    def authenticate(self, server, session, envelope, mechanism, data):
        self.encrypted.append(self.implicit_tls or session.ssl is not None)
        self.logins.append((data.login.decode(), data.password.decode()))
        right = self.logins[-1] == (USER, PASSWORD)
        return AuthResult(success=right, handled=right)

    async def handle_DATA(self, server, session, envelope):
        answer = self.on_data(envelope) if self.on_data else None
        if answer:
            return answer
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"

    def to(self, address):
        return [mail for recipients, mail in self.mails if recipients == [address]]

    def stop(self):
        self.controller.stop()


class Receiver:
    """Takes webhooks; `answers` are given in turn, the last one for ever."""

    def __init__(self, *answers):
        self.posts, self.answers = [], list(answers) or [200]
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((self.path, dict(self.headers), body))
                status = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class House(Installation):
    """With a configuration file, and a clock that may be ahead."""

    def __init__(self):
        self.mail = None
        super().__init__()

    def configure(self, text):
        path = pathlib.Path(self.folder) / "gatehouse.toml"
        path.write_text(text)
        self.extra = ["--config", str(path)]

    def with_mail(self, security="starttls", password=PASSWORD, more=""):
        self.mail = self.mail or MailServer(self.folder, implicit_tls=security == "tls")
        secret = pathlib.Path(self.folder) / "smtp.password"
        secret.write_text(password + "\n")
        self.configure(f'''{more}
[smtp]
host = "localhost"
port = {self.mail.port}
security = "{security}"
username = "{USER}"
password_file = "{secret}"
from = "gatehouse@example.com"
ca_file = "{self.mail.certificate}"
''')

    def restart(self, ahead=None, with_signal=signal.SIGTERM):
        self.server.stop(with_signal)
        changed = {"LD_PRELOAD": FAKETIME, "FAKETIME": ahead, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"} if ahead else {}
        kept = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            self.start()
        finally:
            for name, value in kept.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def ok_found(self, *words):
        """A report that may have found something."""
        done = self.cli(*words, "--json")
        assert done.returncode in (0, 6), done
        return json.loads(done.stdout)

    def close(self):
        super().close()
        if self.mail:
            self.mail.stop()


class Mail(unittest.TestCase):
    def test_starttls_with_password_and_both_texts(self):
        with House() as it:
            it.with_mail()
            it.restart()
            done = it.ok("notify", "test")
            self.assertEqual([one["state"] for one in done["items"]], ["sent"], done)
            (mail,) = it.mail.to(ADMIN)
            self.assertEqual(it.mail.logins, [(USER, PASSWORD)])
            self.assertTrue(all(it.mail.encrypted))
            self.assertEqual(mail.get_content_type(), "multipart/alternative")
            self.assertEqual([part.get_content_type() for part in mail.iter_parts()], ["text/plain", "text/html"])
            self.assertIn("this channel works", mail.get_body(("plain",)).get_content())
            self.assertEqual(mail["Auto-Submitted"], "auto-generated")
            self.assertTrue(mail["Message-ID"].endswith("@example.com>"))
            looked = run("doctor", "--data", it.data, "--config", it.extra[1])
            self.assertIn("ok      mail server: localhost answers and takes the password", looked.stdout, looked)
            self.assertIn("FOUND   mail server: none is configured", run("doctor", "--data", it.data).stdout)

    def test_tls_from_the_start(self):
        with House() as it:
            it.with_mail(security="tls")
            it.restart()
            self.assertEqual([one["state"] for one in it.ok("notify", "test")["items"]], ["sent"])
            self.assertEqual(len(it.mail.mails), 1)

    def test_a_wrong_password_is_told_and_nothing_is_marked_as_sent(self):
        with House() as it:
            it.with_mail(password="wrong")
            it.restart()
            done = it.cli("notify", "test", "--json")
            self.assertEqual(done.returncode, 1)
            (line,) = json.loads(done.stdout)["items"]
            self.assertEqual((line["state"], line["sent_at"]), ("waiting", None))
            self.assertTrue(line["problem"])
            self.assertNotIn(PASSWORD, done.stdout + done.stderr)
            # The file is read anew at each attempt.
            (pathlib.Path(it.folder) / "smtp.password").write_text(PASSWORD + "\n")
            it.restart(ahead="+10m")
            wait_for(lambda: it.mail.to(ADMIN))
            self.assertEqual(it.ok("notify", "log")["items"][0]["state"], "sent")

    def test_a_server_without_the_certificate_gets_nothing(self):
        with House() as it:
            it.with_mail()
            path = pathlib.Path(it.folder) / "gatehouse.toml"
            path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("ca_file")))
            it.restart()
            self.assertEqual(it.cli("notify", "test", "--json").returncode, 1)
            self.assertEqual((it.mail.mails, it.mail.logins), ([], []))

    def test_a_mailbox_that_is_refused_for_good_is_given_up(self):
        with House() as it:
            it.with_mail()
            it.mail.on_data = lambda envelope: "550 no such mailbox"
            it.restart()
            done = it.cli("notify", "test", "--json")
            self.assertEqual(done.returncode, 1)
            self.assertEqual(json.loads(done.stdout)["items"][0]["state"], "given up")

    def test_killed_before_it_was_noted_it_comes_again_with_the_same_id(self):
        with House() as it:
            it.with_mail()
            it.restart()
            killed = []

            def take_and_kill(envelope):
                if killed:
                    return None
                killed.append(email.message_from_bytes(envelope.content)["Message-ID"])
                os.kill(it.server.process.pid, signal.SIGKILL)
                return None

            it.mail.on_data = take_and_kill
            it.cli("notify", "test")
            wait_for(lambda: it.mail.to(ADMIN))
            self.assertEqual(it.server.process.wait(20), -signal.SIGKILL)
            it.restart(ahead="+10m")
            wait_for(lambda: len(it.mail.to(ADMIN)) == 2)
            self.assertEqual({mail["Message-ID"] for mail in it.mail.to(ADMIN)}, set(killed))
            self.assertEqual(it.ok("notify", "log")["items"][0]["state"], "sent")


class Ladder(unittest.TestCase):
    def test_by_the_clock_of_the_built_binary(self):
        with House() as it:
            it.with_mail()
            it.ok("user", "add", "tina@example.com", "--name", "Tina", "--role", "member")
            it.ok("policy", "set", "notify-digest", "none")
            token = it.token("acme/A", more=("--expires-in", "90d", "--owner", "tina@example.com"))
            seen = []
            for hours, step in ((10 * 24, None), (31 * 24, "60d"), (76 * 24, "14d"), (89 * 24 + 12, "1d")):
                it.restart(ahead=f"+{hours}h")
                if step is None:
                    time.sleep(4)
                    self.assertEqual(it.mail.mails, [])
                    continue
                seen.append(step)
                mail = wait_for(lambda: len(it.mail.to("tina@example.com")) == len(seen) and it.mail.to("tina@example.com")[-1])
                self.assertIn("ends in", mail["Subject"])
                self.assertIn(token["id"], mail["References"])
                self.assertNotIn(token["token"], mail.as_string())
            self.assertEqual(len({mail["References"] for mail in it.mail.to("tina@example.com")}), 1)
            # Tina says nothing: who answers for the account is told as well.
            it.restart(ahead="+2155h")
            wait_for(lambda: it.mail.to(ADMIN))
            (matter,) = it.ok_found("notify", "open", "--subject", token["id"])["items"]
            self.assertGreaterEqual(matter["rung"], 1)
            # The link in the mail ends it; a mail program that only looks at it does not.
            text = it.mail.to(ADMIN)[-1].get_body(("plain",)).get_content()
            link = it.admin + next(line for line in text.splitlines() if "/api/v1/notify/act/" in line).split(":", 2)[2].lstrip("0123456789")
            page = ask("GET", link)
            self.assertEqual((page.status, "<form" in page.body), (200, True))
            self.assertIsNone(it.ok_found("notify", "open")["items"][0]["acknowledged_at"])
            self.assertEqual(ask("POST", link, {"Content-Type": "application/x-www-form-urlencoded"}, b"").status, 200)
            self.assertEqual(it.ok("notify", "open")["items"][0]["acknowledged_by"], ADMIN)
            self.assertEqual(ask("POST", link[:-2] + "xx").status, 404)
            it.restart(ahead="+2161h")
            mail = wait_for(lambda: [one for one in it.mail.to("tina@example.com") if "has ended" in one["Subject"]])
            self.assertEqual(len(mail), 1)


class Webhooks(unittest.TestCase):
    def verify(self, secret, headers, body):
        """After the Standard Webhooks specification, without any code of Gatehouse."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        self.assertIn(f"v1,{expected}", headers["webhook-signature"].split(" "))
        self.assertLess(abs(time.time() - int(headers["webhook-timestamp"])), 60)

    def test_signed_retried_with_the_same_id_and_never_to_private_addresses_unasked(self):
        receiver = Receiver(503, 200)
        with House() as it:
            add = ("notify", "webhook", "add", "ops", "--url", receiver.url + "/hook?a=b")
            self.assertIn("allow_networks", it.cli(*add).stderr)
            it.configure('[notify]\nallow_hosts = ["127.0.0.1"]\n')
            it.restart()
            made = it.ok(*add)
            it.configure("")
            it.restart()
            self.assertTrue(made["secret"].startswith("whsec_"))
            self.assertNotIn("hook", json.dumps(it.ok("notify", "webhook", "list")))
            it.cli("notify", "test")
            line = it.ok("notify", "log", "--recipient", "ops")["items"][0]
            self.assertEqual(line["state"], "waiting", line)
            self.assertEqual(receiver.posts, [])
            it.configure('[notify]\nallow_hosts = ["127.0.0.1"]\n')
            it.restart()
            wait_for(lambda: len(receiver.posts) >= 1, 60)
            wait_for(lambda: it.ok("notify", "log", "--recipient", "ops")["items"][0]["attempts"] >= 2)
            it.ok("token", "create", "--account", "robot", "--name", "x", "--scopes", "read:jira-work", "--resource", "acme/A", "--expires-in", "30d")
            paused = it.ok("account", "pause", "robot", "--reason", "a test")
            wait_for(lambda: any(json.loads(body)["type"] == "account.paused" for _, _, body in receiver.posts))
            path, headers, body = next(post for post in receiver.posts if json.loads(post[2])["type"] == "account.paused")
            headers = {name.lower(): value for name, value in headers.items()}
            self.assertEqual(path, "/hook?a=b")
            self.verify(made["secret"], headers, body)
            self.assertEqual(json.loads(body)["data"]["subject"], {"kind": "account", "id": paused["id"], "name": "robot"})
            it.restart(ahead="+10m")
            first = receiver.posts[0][1]["webhook-id"]
            again = wait_for(lambda: [post for post in receiver.posts[1:] if post[1]["webhook-id"] == first])
            self.assertEqual(again[0][2], receiver.posts[0][2])
        receiver.stop()

    def test_gone_disables_and_chats_get_their_own_form(self):
        gone, slack, teams = Receiver(410), Receiver(), Receiver(202)
        with House() as it:
            it.configure('[notify]\nallow_hosts = ["127.0.0.1"]\n')
            it.restart()
            it.ok("notify", "webhook", "add", "gone", "--url", gone.url)
            it.ok("notify", "webhook", "add", "slack", "--url", slack.url, "--form", "slack")
            it.ok("notify", "webhook", "add", "teams", "--url", teams.url, "--form", "teams", "--kinds", "account.")
            it.ok("account", "pause", "robot", "--reason", "<b> & co")
            wait_for(lambda: gone.posts and slack.posts and teams.posts)
            message = json.loads(slack.posts[0][2])
            self.assertEqual(message["blocks"][0]["type"], "header")
            self.assertIn("&lt;b&gt; &amp; co", json.dumps(message))
            card = json.loads(teams.posts[0][2])["attachments"][0]
            self.assertEqual((card["contentType"], card["content"]["type"]), ("application/vnd.microsoft.card.adaptive", "AdaptiveCard"))
            states = wait_for(lambda: (lambda all: all if all["gone"] == "disabled" else None)(
                {one["name"]: one["state"] for one in it.ok("notify", "webhook", "list")}))
            self.assertEqual(states, {"gone": "disabled", "slack": "live", "teams": "live"})
            it.ok("account", "resume", "robot")
            wait_for(lambda: any("resumed" in body.decode() for _, _, body in slack.posts))
            self.assertEqual(len(gone.posts), 1)
            self.assertEqual(len([1 for _, _, body in teams.posts if b"webhook" in body]), 0)
        for one in (gone, slack, teams):
            one.stop()


class Calendar(unittest.TestCase):
    def test_an_address_of_its_own_that_can_be_revoked(self):
        with House() as it:
            token = it.token("acme/A")
            made = it.ok("notify", "calendar", "add")
            answer = ask("GET", it.admin + made["path"])
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/calendar; charset=utf-8"))
            lines = answer.body.replace("\r\n ", "").split("\r\n")
            self.assertEqual((lines[0], lines[-2]), ("BEGIN:VCALENDAR", "END:VCALENDAR"))
            self.assertIn(f"UID:token-{token['id']}@gatehouse", lines)
            start = next(line for line in lines if line.startswith("DTSTART:"))
            self.assertEqual(start[8:16], token["expires_at"][:10].replace("-", ""))
            self.assertNotIn(token["token"], answer.body)
            self.assertNotIn(made["path"], json.dumps(it.ok("notify", "calendar", "list")))
            self.assertEqual(ask("GET", it.admin + made["path"].replace(".ics", "x.ics")).status, 404)
            it.ok("notify", "calendar", "revoke", made["id"])
            self.assertEqual(ask("GET", it.admin + made["path"]).status, 404)


class Watch(unittest.TestCase):
    def test_an_operation_that_used_to_succeed_and_is_refused_now(self):
        with House() as it:
            it.with_mail()
            it.restart()
            token = it.token("acme/A")
            self.assertEqual(it.get("/rest/api/3/issue/A-1", token).status, 200)
            grant = it.ok("grant", "list")[0]["id"]
            it.ok("token", "show", token["id"])  # what was just used is stored
            time.sleep(1.1)
            it.ok("grant", "remove", grant)
            self.assertNotEqual(it.get("/rest/api/3/issue/A-1", token).status, 200)
            it.ok("token", "show", token["id"])
            it.restart()  # the watch looks at once
            mail = wait_for(lambda: [one for one in it.mail.to(ADMIN) if "is failing" in one["Subject"]], 60)
            self.assertEqual(len(mail), 1)
            self.assertEqual([one["topic"] for one in it.ok_found("notify", "open", "--subject", token["id"])["items"]], ["failing"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
