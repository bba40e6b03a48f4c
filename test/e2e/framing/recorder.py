"""A site that keeps the bytes of what it is asked, and a client that reads answers as strictly: neither repairs anything."""
import re
import socket
import threading
import time

from servers import seen

BODY = b'{"ok":true}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Stream:
    """Bytes of a socket, asked for by what must come. EOFError where it ends before."""

    def __init__(self, connection):
        self.connection, self.held = connection, b""

    def fill(self):
        piece = self.connection.recv(65536)
        if not piece:
            raise EOFError
        self.held += piece

    def until(self, mark):
        while (at := self.held.find(mark)) < 0:
            self.fill()
        taken, self.held = self.held[:at + len(mark)], self.held[at + len(mark):]
        return taken

    def exactly(self, count):
        while len(self.held) < count:
            self.fill()
        taken, self.held = self.held[:count], self.held[count:]
        return taken

    def message(self):
        """Start line, fields in lower case, body: of a message whose framing has one reading."""
        head = self.until(b"\r\n\r\n")
        line, *rest = head[:-4].split(b"\r\n")
        fields = {}
        for field in rest:
            match = re.fullmatch(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\x20-\x7e\x80-\xff]*)", field)
            if not match or match[1].lower().decode() in fields:
                raise ValueError(head)
            fields[match[1].lower().decode()] = match[2].decode("latin-1")
        if "content-length" in fields and "transfer-encoding" in fields:
            raise ValueError(head)
        if "transfer-encoding" in fields:
            return line.decode("latin-1"), fields, self.chunks()
        return line.decode("latin-1"), fields, self.exactly(int(fields.get("content-length", "0")))

    def chunks(self):
        body = b""
        while True:
            size = self.until(b"\r\n")
            if not re.fullmatch(rb"[0-9a-f]+\r\n", size):
                raise ValueError(size)
            piece = self.exactly(int(size, 16) + 2)
            if piece[-2:] != b"\r\n":
                raise ValueError(piece)
            if len(piece) == 2:
                return body
            body += piece[:-2]


class Recorder:
    """`requests`: what came whole. `broken`: how many began and were broken off. `wrong`: what no strict reader would take."""

    name = "recorder"

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.requests, self.wrong, self.broken = [], [], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        stream = Stream(connection)
        with connection:
            while True:
                begun = False
                try:
                    stream.fill()
                    begun = True
                    line, fields, body = stream.message()
                    method, target, version = line.split(" ")
                    if version != "HTTP/1.1" or stream.held:
                        raise ValueError(line)
                except (EOFError, OSError):
                    self.broken += begun
                    return
                except ValueError as error:
                    self.wrong.append(error)
                    return
                self.requests.append(seen(method, target, body, fields))
                connection.sendall(ANSWER)

    def end(self):
        self.listener.close()

    def remove(self):
        pass


class Client:
    """One connection to the gateway."""

    def __init__(self, address, timeout=120):
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = Stream(self.socket)

    def send(self, raw, ends=False):
        try:
            self.socket.sendall(raw)
            if ends:
                self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was refused before all was sent: what the answer says is read next

    def answer(self):
        """Status and fields of the next answer, or None where the connection ends. Interim answers are skipped."""
        while True:
            try:
                line, fields, _ = self.stream.message()
            except (EOFError, ConnectionResetError):
                if self.stream.held:
                    raise ValueError(self.stream.held) from None
                return None
            status = int(re.fullmatch(r"HTTP/1\.1 ([1-5][0-9][0-9]) [A-Za-z ]*", line)[1])
            if status >= 200:
                return status, fields

    def close(self):
        self.socket.close()


def wait_for(condition, seconds=20):
    deadline = time.time() + seconds
    while not condition() and time.time() < deadline:
        time.sleep(0.002)
    return condition()
