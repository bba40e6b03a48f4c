"""The table of framing cases: raw bytes, and what must become of them.

A case begins with the number that the project's list of gateway hazards gives it (G1 …). @SITE@, @HOST@ and @TOKEN@ stand for what the
test knows. Its verdict is one of

- AMBIGUOUS  two parsers could read it differently: refused, the connection closed, and what follows it answered by nobody
- REFUSED    everybody reads it alike, but it may not be asked: refused, and the connection may go on
- SERVED     it is right: forwarded as exactly one request, `wants` tells which
"""
import collections
import itertools

AMBIGUOUS, REFUSED, SERVED = "ambiguous", "refused", "served"
KNOWN = {}
# `ends`: the client's side is closed behind the bytes. `wants`: (method, path and query as the site gets them, body).
Case = collections.namedtuple("Case", "name verdict raw ends wants")
BODY = b'{"fields":{"summary":"x"}}'
SMUGGLED = b"GET /ex/jira/@SITE@/rest/api/3/issue/SMUGGLED-1 HTTP/1.1\r\nHost: @HOST@\r\nAuthorization: Bearer @TOKEN@\r\n\r\n"
GET, POST = b"GET /ex/jira/@SITE@/rest/api/3/issue/A-1 HTTP/1.1", b"POST /ex/jira/@SITE@/rest/api/3/issue HTTP/1.1"
ISSUE, MAKE = "/rest/api/3/issue/A-1", "/rest/api/3/issue"
JSON = b"Content-Type: application/json\r\n"
TOKEN = b"Authorization: Bearer @TOKEN@\r\n"
HOST = b"Host: @HOST@\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def text(value):
    """As bytes, with what is known put in: lengths are counted of that."""
    raw = value if isinstance(value, bytes) else value.encode("latin-1")
    for mark, known in KNOWN.items():
        raw = raw.replace(mark, known)
    return raw


def get(fields=b"", line=GET):
    return text(line) + b"\r\n" + HOST + TOKEN + text(fields) + b"\r\n"


def post(fields, body=b"", line=POST):
    """A JSON body whose framing is in `fields`."""
    return text(line) + b"\r\n" + HOST + TOKEN + JSON + text(fields) + b"\r\n" + text(body)


def sized(body=BODY, fields=b"", line=POST):
    body = text(body)
    return post(b"Content-Length: %d\r\n" % len(body) + text(fields), body, line)


def chunk(*pieces, end=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in map(text, pieces)) + end


class Table:
    def __init__(self):
        self.cases = []

    def add(self, name, verdict, raw, ends=False, wants=None):
        self.cases.append(Case(f"{name} #{len(self.cases)}", verdict, text(raw), ends, wants))

    def ambiguous(self, name, *raws, ends=False):
        for raw in raws:
            self.add(name, AMBIGUOUS, raw, ends)

    def refused(self, name, *raws):
        for raw in raws:
            self.add(name, REFUSED, raw)

    def made(self, name, *raws, body=BODY, line_target=MAKE, method="POST"):
        for raw in raws:
            self.add(name, SERVED, raw, wants=[(method, line_target, text(body))])

    def read(self, name, *raws, target=ISSUE):
        for raw in raws:
            self.add(name, SERVED, raw, wants=[("GET", target, b"")])


def lengths_and_encodings(table):
    for length, encoding in itertools.product(
            ("Content-Length: 5", "content-length:5", "CONTENT-LENGTH: 0", "Content-Length:\t30", "Content-Length: 30"),
            ("Transfer-Encoding: chunked", "transfer-encoding:CHUNKED", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity")):
        for lines in ((length, encoding), (encoding, length), (length, "X-Between: y", encoding)):
            fields = "".join(line + "\r\n" for line in lines)
            table.ambiguous("G1 length and encoding", post(fields, b"0\r\n\r\n" + SMUGGLED))
    for first, second in itertools.product(("26", "0", "026", "26, 26", "18446744073709551615"), ("26", "27", "0", "")):
        table.ambiguous("G2 several lengths", post(f"Content-Length: {first}\r\nContent-Length: {second}\r\n", BODY),
                        post(f"Content-Length: {first}\r\nX: y\r\ncontent-length: {second}\r\n", BODY))
    for value in ("26,26", "26 , 26", "26,", ",26", "26, 27", "0,26"):
        table.ambiguous("G2 a list of lengths", post(f"Content-Length: {value}\r\n", BODY))
    for value in ("+26", "-26", "-0", "-1", "0x1a", "0X1A", "2_6", "2 6", "26.0", "2e1", "026", "00", "0000000026", "\xd9\xa2\xd9\xa6", "26;", '"26"',
                  "'26'", "(26)", "18446744073709551616", "18446744073709551642", "9223372036854775808", "99999999999999999999999999", "4294967322", "NaN",
                  "inf", "two", "", "2\t6", "26\x0b", "26\x0c", "$26", "#26", "%32%36", "26\x00", "\x0026", "26\xa0", "2\xb26", "1a", "26 bytes", "26#"):
        if value == "4294967322":  # a length, if a large one: what comes is less, and then nothing
            table.add("G3 less than the length, then the end", AMBIGUOUS, post(f"Content-Length: {value}\r\n", BODY), True)
            continue
        table.ambiguous("G3 no length", post(f"Content-Length: {value}\r\n", BODY), post(f"content-length:{value}\r\n", BODY))
    table.made("G3 a length", post("Content-Length: 26\r\n", BODY), post("content-length:26\r\n", BODY), post("CONTENT-LENGTH: \t 26 \t \r\n", BODY))
    table.read("G3 a length of 0", get("Content-Length: 0\r\n"))


def encodings(table):
    for value in ("identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, identity", "identity, chunked", "chunked,chunked", "chunked, chunked",
                  ",chunked", "chunked,", ", chunked", "xchunked", "chunkedx", "chunked;x=1", "chunked ;", '"chunked"', "'chunked'", "chun ked",
                  "chunked\x0b", "\x0bchunked", "\x0cchunked", "chunked\x0c", "chunked\x80", "\x80chunked", "chunked\x01", "chunked\x00", "\x00chunked",
                  "c\\hunked", "cow", "deflate, chunked", "", "x", "chunked, ,", "trailers", "chunked\xa0", "chunKed\x7f", "\xefchunked", "compress",
                  "chunked, cow", "cow, chunked", "chunk\xc3\xa9d"):
        table.ambiguous("G4 another encoding", post(f"Transfer-Encoding: {value}\r\n", chunk(BODY)))
    for first, second in itertools.product(("chunked", "identity", "x", ""), ("chunked", "identity", "gzip", "")):
        table.ambiguous("G4 two encodings (TE.TE)", post(f"Transfer-Encoding: {first}\r\nTransfer-Encoding: {second}\r\n", chunk(BODY)),
                        post(f"Transfer-Encoding: {first}\r\nX: y\r\ntransfer-encoding: {second}\r\n", chunk(BODY)))
    for fields in ("Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding: x\r\n\tchunked\r\n", "Transfer-Encoding\r\n: chunked\r\n",
                   "Transfer-Encoding : chunked\r\n", " Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\n", "X: y\nTransfer-Encoding: chunked\r\n",
                   "X: y\rTransfer-Encoding: chunked\r\n", "Transfer_Encoding: chunked\r\n", "Transfer-Encoding\x00: chunked\r\n", "Transfer-Encoding chunked\r\n",
                   "\x00Transfer-Encoding: chunked\r\n", "Transfer-Encoding\xa0: chunked\r\n", "Transfer Encoding: chunked\r\n", "X:\x00Transfer-Encoding: chunked\r\n"):
        table.ambiguous("G4 an encoding in disguise (TE.CL)", post(f"Content-Length: 5\r\n{fields}", b"0\r\n\r\n" + SMUGGLED), post(fields, chunk(BODY)))
    table.made("G4 chunked", post(CHUNKED, chunk(BODY)), post("transfer-encoding:Chunked\r\n", chunk(BODY)), post("TRANSFER-ENCODING: \tCHUNKED\t \r\n", chunk(BODY)),
               post("TE: trailers\r\nConnection: TE\r\n" + CHUNKED.decode(), chunk(BODY)))
    for line, value in itertools.product(("POST /ex/jira/@SITE@/rest/api/3/issue HTTP/1.0", "PUT /ex/jira/@SITE@/rest/api/3/issue/A-1 HTTP/1.0"),
                                         ("chunked", "CHUNKED", "identity", "gzip, chunked")):
        table.ambiguous("G5 an encoding in 1.0", post(f"Transfer-Encoding: {value}\r\n", chunk(BODY), line),
                        post(f"Connection: keep-alive\r\nTransfer-Encoding: {value}\r\n", chunk(BODY), line))


def lines(table):
    for name in ("X-Test", "Content-Length", "Transfer-Encoding", "Host", "Authorization", "Connection"):
        for line in (name + " : 3", name + "\t: 3", " " + name + ": 3", name, name + "\x01: 3", name + "\x80: 3", f'"{name}": 3', name + "[]: 3",
                     name + "(c): 3", name + "\x00: 3", name + " x: 3", "{" + name + "}: 3", name + ",: 3", name + "=3"):
            table.ambiguous("G6 a line that is no field", get(line + "\r\n"))
        table.ambiguous("G6 white space before the first field", GET + b"\r\n " + text(name) + b": 3\r\n" + HOST + TOKEN + b"\r\n")
    table.ambiguous("G6 an empty name", get(": 3\r\n"), get(":\r\n"), get(" : 3\r\n"), get("\t\r\n"), get(" \r\n"))
    for field, fold in itertools.product(("X-Test: a", "Transfer-Encoding:", "Content-Length:", "Host: b", "Accept: */*", "Connection:"),
                                         ("\r\n b", "\r\n\tb", "\r\n  chunked", "\r\n 3", "\r\n \r\n x")):
        table.ambiguous("G7 a folded line", get(field + fold + "\r\n"))
    good = sized(BODY, "Accept: a\r\nX-Two: c\r\n")
    at = good.find(b"\r\n")
    while at >= 0:
        if at < good.find(b"\r\n\r\n"):
            # Between a line and the next; in the blank line itself each is taken apart below.
            table.ambiguous("G8 LF alone", good[:at] + good[at + 1:])
            table.ambiguous("G8 CR alone", good[:at + 1] + good[at + 2:])
            table.ambiguous("G8 CR CR LF", good[:at] + b"\r" + good[at:])
            table.ambiguous("G8 LF CR", good[:at] + b"\n\r" + good[at + 2:])
        at = good.find(b"\r\n", at + 2)
    for end in (b"\n\n", b"\n\r\n", b"\r\n\n", b"\r\n\r\r\n", b"\r\r"):
        table.ambiguous("G8 another blank line", good.replace(b"\r\n\r\n", end))
    for value in ("a\rb", "a\nb", "a\r", "\ra", "a\x00b", "a\x7f", "a\x1bb", "a\x08b", "\x01", "a\x0bb", "a\x0cb"):
        table.ambiguous("G8 a control within", get(f"X-Test: {value}\r\n"), get(f"Accept: {value}\r\n"))
    table.read("G8 8-bit and empty values", get("X-Test: caf\xc3\xa9\r\n"), get("X-Test: \xff\r\n"), get("X-Test:\r\n"), get("X-Test:   a  b   \r\n"), get("X-Test:\ta\t\r\n"))
    table.read("G6 odd names that are tokens", get("x!#$%&'*+-.^`|~0: y\r\n"), get("X: y\r\n"), get("-: y\r\n"))


def chunks(table):
    for size in ("+1a", "-1a", "0x1a", " 1a", "1a ", "\t1a", "1a\t", "1_a", "1a,1a", "g", "", "1000000000000001a", "FFFFFFFFFFFFFFFFFF", "1a\n", "1a\r",
                 "1a.0", '"1a"', "1a\x0b", "1a\x00", "$1a", "\xd9\xa1", "0x", "1a;\r", "1a \t"):
        table.ambiguous("G9 no size of a chunk", post(CHUNKED, text(size) + b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
                        post(CHUNKED, b"1\r\n{\r\n" + text(size) + b"\r\n" + BODY + b"\r\n0\r\n\r\n"))
    table.made("G9 sizes", post(CHUNKED, b"1A\r\n" + BODY + b"\r\n0\r\n\r\n"), post(CHUNKED, b"00001a\r\n" + BODY + b"\r\n000\r\n\r\n"),
               post(CHUNKED, chunk(BODY[:1], BODY[1:])), post(CHUNKED, chunk(*(bytes((byte,)) for byte in BODY))))
    for extension in (";a=\nx", ";a\rb", ';"', ';a="b', ";" + "a" * 300, "; =", ";a=\x00", ";\xff=1", ";a;;b", ";=", ";a=", ";a=\x01", ';a="\n"', ' ;a=b', ";a b"):
        table.ambiguous("G10 no extension of a chunk", post(CHUNKED, b"1a" + text(extension) + b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
                        post(CHUNKED, chunk(BODY, end=b"0" + text(extension) + b"\r\n\r\n")))
    table.made("G10 extensions are dropped", *(post(CHUNKED, b"1a" + text(extension) + b"\r\n" + BODY + b"\r\n0" + text(extension) + b"\r\n\r\n")
                                               for extension in (";a", ";a=b", ';a="b c"', ';a="\\"";b', ";a;b;c", ';x="0\t"')))
    for body in (b"1a\r\n" + BODY + b"x\r\n0\r\n\r\n", b"1a\r\n" + BODY + b"0\r\n\r\n", b"1a\r\n" + BODY + b"\n0\r\n\r\n", b"1a\r\n" + BODY + b"\r0\r\n\r\n",
                 b"1a\n" + BODY + b"\r\n0\r\n\r\n", b"1a\r" + BODY + b"\r\n0\r\n\r\n", b"1b\r\n" + BODY + b"\r\n0\r\n\r\n", b"19\r\n" + BODY + b"\r\n0\r\n\r\n",
                 b"1a\r\n" + BODY + b"\n\r0\r\n\r\n", b"1a\r\n" + BODY + b"\r\n\r\n0\r\n\r\n", chunk(BODY, end=b"0\n\n"), chunk(BODY, end=b"0\r\n\n"),
                 chunk(BODY, end=b"0\n\r\n"), chunk(BODY, end=b"0\r\r\n\r\n"), chunk(BODY, end=b"x\r\n\r\n"), BODY):
        table.ambiguous("G11 data that is not as long as its size", post(CHUNKED, body))
    for trailer in ("X y", " X: y", "X : y", ": y", "X: y\n", "X\x00: y", "X: \x00", "X: y\rZ: z", "X: " + "a" * 9000, "\x01: y"):
        table.ambiguous("G12 no trailer", post(CHUNKED, chunk(BODY, end=b"0\r\n" + text(trailer) + b"\r\n\r\n")))
    for trailer in ("X-Checksum: 1", "Authorization: Bearer stolen", "Host: evil.example", "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close",
                    "X-Atlassian-Token: no-check", "Content-Type: text/plain", "X: a\r\nY: b"):
        table.made("G12 trailers are dropped", post(CHUNKED, chunk(BODY, end=b"0\r\n" + text(trailer) + b"\r\n\r\n")))


def bodies(table):
    for value in ("200-ok", "100-continue, x", "100", "continue", "100-continue;q=1", "x", "", "100-continue 100-continue", "100 continue"):
        table.ambiguous("G13 another expectation", sized(fields=f"Expect: {value}\r\n"))
    table.ambiguous("G13 two expectations", sized(fields="Expect: 100-continue\r\nExpect: 100-continue\r\n"))
    table.made("G13 an expectation is answered here", sized(fields="Expect: 100-continue\r\n"), sized(fields="expect:100-Continue\r\n"),
               post("Expect: 100-continue\r\n" + CHUNKED.decode(), chunk(BODY)))
    table.read("G13 an expectation of no body", get("Expect: 100-continue\r\n"))
    for method in ("GET", "HEAD", "DELETE"):
        line = f"{method} /ex/jira/@SITE@/rest/api/3/issue/A-1 HTTP/1.1"
        table.refused("G14 a body where there is none", sized(line=line), post(CHUNKED, chunk(BODY), line))
        table.refused("G14 a request as the body of one that has none", sized(SMUGGLED, line=line), post(CHUNKED, chunk(SMUGGLED), line))
    table.made("G17 a request within a body", sized(SMUGGLED), post(CHUNKED, chunk(SMUGGLED)), body=SMUGGLED)
    table.made("G17 framing within a body", post(CHUNKED, chunk(b"0\r\n\r\n" + SMUGGLED)), sized(b"0\r\n\r\n" + SMUGGLED), body=b"0\r\n\r\n" + SMUGGLED)
    table.made("G17 any byte within a body", sized(bytes(range(256))), post(CHUNKED, chunk(bytes(range(128)), bytes(range(128, 256)))), body=bytes(range(256)))
    large = b"[" + b"1," * 100_000 + b"1]"
    table.made("G17 a large body", sized(large), post(CHUNKED, chunk(large[:70_000], large[70_000:])), body=large)
    table.made("G17 an empty body", post("Content-Length: 0\r\n"), post(""), post(CHUNKED, chunk()), body=b"")
    table.add("G17 a PUT", SERVED, sized(line="PUT /ex/jira/@SITE@/rest/api/3/issue/A-1 HTTP/1.1"), wants=[("PUT", ISSUE, BODY)])
    table.add("G17 a DELETE", SERVED, get(line="DELETE /ex/jira/@SITE@/rest/api/3/issue/A-1 HTTP/1.1"), wants=[("DELETE", ISSUE, b"")])
    two = [("POST", MAKE, BODY), ("GET", ISSUE, b"")]
    table.add("G15 two in a row", SERVED, sized() + get(), wants=two)
    table.add("G15 two in a row, the first chunked", SERVED, post(CHUNKED, chunk(BODY)) + get(), wants=two)
    table.add("G15 five in a row", SERVED, sized() + get() + post(CHUNKED, chunk(BODY)) + get() + sized(), wants=two + two + two[:1])
    table.add("G15 one behind a request that is refused", SERVED, get(line="GET /ex/jira/@SITE@/rest/none HTTP/1.1") + get(), wants=[None, two[1]])
    # The length is of the whole, so that what is a request to the eye is a body.
    table.ambiguous("early end in the body", post("Content-Length: 27\r\n", BODY), post("Content-Length: 5000\r\n", BODY), post(CHUNKED, b"1b\r\n" + BODY),
                    post(CHUNKED, chunk(BODY, end=b"")), post(CHUNKED, chunk(BODY, end=b"0")), post(CHUNKED, chunk(BODY, end=b"0\r\n")),
                    post(CHUNKED, chunk(BODY, end=b"0\r\n\r")), post(CHUNKED, chunk(BODY, end=b"0\r\nX: y\r\n")), post("Content-Length: 26\r\n"), post(CHUNKED), ends=True)
    table.ambiguous("early end in the head", GET, GET[:20], GET + b"\r\n" + HOST, get()[:-1], get()[:-2], get()[:-3], post("Content-Length: 26"), ends=True)


def start_lines(table):
    for version in ("HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/2", "HTTP/3", "HTTP/1", "HTTP/1.", "HTTP/1.10", "HTTP/1.01", "HTTP/01.1", "http/1.1", "Http/1.1", "HTTP 1.1",
                    "HTTP/1.1 ", " HTTP/1.1", "HTTP/1,1", "HTTPS/1.1", "HTTP/1.1x", "HTTP/-1.1", "HTTP/+1.1", "RTSP/1.0", "H/1.1", "HTTP/1.1\x00", "HTTP\\1.1"):
        table.ambiguous("G16 another version", get(line=f"GET /ex/jira/@SITE@/rest/api/3/issue/A-1 {version}"))
    table.ambiguous("G16 no version", b"GET /ex/jira/@SITE@/rest/api/3/issue/A-1\r\n", get(line=GET[:-9]), b"GET /ex/jira/@SITE@/rest/api/3/issue/A-1\n")
    path = "/ex/jira/@SITE@/rest/api/3/issue/A-1"
    for line in (f"GET  {path} HTTP/1.1", f"GET\t{path} HTTP/1.1", f" GET {path} HTTP/1.1", f"get {path} HTTP/1.1", f"GET{path} HTTP/1.1", f"GET {path}\tHTTP/1.1",
                 f"GE\x01T {path} HTTP/1.1", f"G(T {path} HTTP/1.1", f"GET {path} b HTTP/1.1", f"\x00GET {path} HTTP/1.1", f"GET\x00 {path} HTTP/1.1", f"\xefGET {path} HTTP/1.1",
                 f"\r\nGET {path} HTTP/1.1", f"\nGET {path} HTTP/1.1", f"\r\n\r\nGET {path} HTTP/1.1", f"GET {path}\x0bHTTP/1.1", f"GET {path}\xa0HTTP/1.1",
                 f"TRACE {path} HTTP/1.1", f"TRACK {path} HTTP/1.1", f"PROPFIND {path} HTTP/1.1", f"{'A' * 40} {path} HTTP/1.1", f"GETT {path} HTTP/1.1", f"PATCHY {path} HTTP/1.1"):
        table.ambiguous("G16 another start line", get(line=line))
    table.ambiguous("G16 HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    table.ambiguous("G16 a head that is too large", get("X: " + "y" * 33_000 + "\r\n"), get("".join(f"X-{at}: y\r\n" for at in range(140))),
                    get(line="GET /" + "a" * 9_000 + " HTTP/1.1"))
    old = GET.replace(b"HTTP/1.1", b"HTTP/1.0")
    table.read("G16 HTTP/1.0", get(line=old), get("Connection: keep-alive\r\n", old), get("Connection: close\r\n", old))
    table.made("G16 HTTP/1.0 with a body", sized(line=POST.replace(b"1.1", b"1.0")))
    for target in ("http://@HOST@" + path, "https://@HOST@" + path, "HTTP://@HOST@" + path, "http://evil.example" + path, "@HOST@", "evil.example:443", "*", "a", "?a",
                   "file:///etc/passwd", "\\a", "http://user@@HOST@" + path, "http:" + path, "ws://@HOST@" + path, "http:///a"):
        for method in ("GET", "POST", "OPTIONS"):
            table.ambiguous("G20 G21 another form of target", get(line=f"{method} {target} HTTP/1.1"))
    for target in ("@HOST@", path, "evil.example:443", "http://@HOST@/"):
        table.ambiguous("G21 CONNECT", get(line=f"CONNECT {target} HTTP/1.1"))
    for host in ("a b", "a,b", "user@@HOST@", "@HOST@/x", "@HOST@x", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:80:80", "127.0.0.1:080", "127.0.0.1:", "http://@HOST@",
                 "@HOST@#x", "@HOST@?x", "[::1", "::1]", "gate\\example", "a;b", "a\tb", "%00", "<a>", "", "*", ".example", "a\x80", "[g::1]", "127.0.0.1%00.evil"):
        table.ambiguous("G22 another Host", GET + b"\r\nHost: " + text(host) + b"\r\n" + TOKEN + b"\r\n")
    for second in ("@HOST@", "evil.example", ""):
        table.ambiguous("G22 two Hosts", get(f"Host: {second}\r\n"), get(f"X: y\r\nhOST: {second}\r\n"),
                        GET + b"\r\nHost: " + text(second) + b"\r\n" + TOKEN + b"X: y\r\n" + HOST + b"\r\n")
    table.ambiguous("G22 no Host", GET + b"\r\n" + TOKEN + b"\r\n", old + b"\r\n" + TOKEN + b"\r\n")
    table.read("G22 Hosts", GET + b"\r\nhOST:@HOST@\r\n" + TOKEN + b"\r\n", GET + b"\r\nHost: localhost:1\r\n" + TOKEN + b"\r\n", GET + b"\r\nHost: [::1]:8480\r\n" + TOKEN + b"\r\n")
    for byte in [*range(0, 10), 11, 12, *range(14, 32), 0x23, 0x5c, 0x7f, 0x80, 0xa0, 0xc3, 0xff]:
        table.ambiguous("G23 a byte that no target has", get(line=f"GET /ex/jira/@SITE@/rest/api/3/issue/A{chr(byte)}1 HTTP/1.1"))


def targets(table):
    before, after = "/ex/jira/@SITE@/rest/api/3/issue/", "/comment"
    for number, parts in (("G24", ("%2F", "%2f", "%5C", "%2E", "%2e", "%00", "%25", "%0D", "%0d%0a", "%23", "%3F", "%3B", "%252F", "%7F")),
                          ("G25", ("..", ".", "%2e%2e", ".%2e", "..;x", "..;", "...", "A-1.", "%252e%252e", "A-1/../B-1", "A-1/./")), ("G26", ("A-1;", "A-1;a=b", ";jsessionid=1")),
                          ("G27", ("", "A-1/", "/A-1")), ("G28", ("%C0%AE", "%E0%80%AF", "%FF", "%EF%BC%8F", "%EF%BC%8E", "%80", "%ED%A0%80")), ("escapes", ("%", "%2g", "%u002f", "%41"))):
        for part in parts:
            table.refused(f"{number} a path in two readings", get(line=f"GET {before}{part}{after} HTTP/1.1"))
    for path in ("//rest/api/3/issue/A-1", "/ex//jira/@SITE@/rest/api/3/issue/A-1", "/ex/jira/@SITE@//rest/api/3/issue/A-1", "/ex/jira/@SITE@/rest/api/3/issue/A-1/", "/ex/jira/@SITE@"):
        table.refused("G27 slashes", get(line=f"GET {path} HTTP/1.1"))
    for path in ("/ex/jira/@SITE@/REST/api/3/issue/A-1", "/ex/jira/@SITE@/rest/api/3/Issue/A-1", "/EX/jira/@SITE@/rest/api/3/issue/A-1", "/ex/Jira/@SITE@/rest/api/3/issue/A-1",
                 "/ex/jira/@SITE@/rest/api/3/issue.json/A-1", "/ex/jira/@SITE@/rest/api/3/myself.json", "/ex/jira/@SITE@/rest/api/3/myself%20", "/ex/jira/@SITE@/jira/rest/api/3/myself",
                 "/ex/jira/@SITE@/wiki/rest/api/space", "/gateway/api/rest/api/3/myself", "/rest/api/3/myself", "/ex/jira/@SITE@/rest/internal/2/log", "/ex/jira/@SITE@/gateway/api/graphql",
                 "/ex/jira/@SITE@/rest/greenhopper/1.0/rapidview", "/ex/jira/other/rest/api/3/myself"):
        table.refused("G28 G29 G30 G41 not of the catalogue", get(line=f"GET {path} HTTP/1.1"))
    for query in ("updateHistory=true&updateHistory=false", "jql=a&jql=b", "fields[]=a", "fields%5B0%5D=a", "fields%00=a", "fields%20=a", "fields=a&&expand=b", "&fields=a", "fields=a&",
                  "fields=a;expand=b", "=a", "fields=%00", "fields=%C0%AE", "fields=%zz", "fields=%"):
        table.refused("G31 G32 G34 a query in two readings", get(line=f"GET /ex/jira/@SITE@/rest/api/3/issue/A-1?{query} HTTP/1.1"))
    for query, upstream in (("fields=summary,status", "fields=summary%2Cstatus"), ("fields=a+b", "fields=a%20b"), ("fields=a%20b", "fields=a%20b"), ("fields=%C3%A9", "fields=%C3%A9"),
                            ("fields=a%26expand%3Db", "fields=a%26expand%3Db"), ("expand=names&fields=%2F..%2F", "expand=names&fields=%2F..%2F"), ("fields=a%25b", "fields=a%25b"),
                            ("fields=a&fields=b", "fields=a&fields=b")):
        table.read("G34 a query is written anew", get(line=f"GET /ex/jira/@SITE@/rest/api/3/issue/A-1?{query} HTTP/1.1"), target=f"{ISSUE}?{upstream}")
    table.read("G24 a path is written anew", get(line="GET /ex/jira/@SITE@/rest/api/3/issue/A-1/properties/a%20b HTTP/1.1"), target=ISSUE + "/properties/a%20b")
    table.read("G24 a path of 8-bit letters", get(line="GET /ex/jira/@SITE@/rest/api/3/issue/A-1/properties/caf%c3%a9 HTTP/1.1"), target=ISSUE + "/properties/caf%C3%A9")


def fields(table):
    for name, value in itertools.product(("X-HTTP-Method-Override", "x-http-method-override", "X-HTTP-Method", "X-Method-Override"), ("DELETE", "PUT", "get", "")):
        table.ambiguous("G35 method override", get(f"{name}: {value}\r\n"))
    for name in ("X_Forwarded_For", "Content_Length", "X_HTTP_Method_Override", "Author_ization", "_", "X-Atlassian_Token", "X__Y"):
        table.ambiguous("underscore in a name", get(f"{name}: 1\r\n"))
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/json;charset=iso-8859-1", "application/jsonx", "text/json", "",
                 "application/json, text/plain", "multipart/form-data; boundary=b", "application/json; charset=utf-8; charset=utf-16", "application/json; charset=utf-7"):
        raw = sized().replace(b"Content-Type: application/json", b"Content-Type: " + text(kind))
        table.refused("G38 another content type", raw)
    table.ambiguous("G38 two content types", sized(fields="Content-Type: application/json\r\n"), sized(fields="content-type: text/plain\r\n"))
    table.made("G38 JSON in UTF-8", *(sized().replace(b"application/json", text(kind)) for kind in ("application/json;charset=utf-8", "Application/JSON; Charset=UTF-8",
                                                                                                  'application/json; charset="utf-8"')))
    for encoding in ("gzip", "br", "deflate", "zstd", "gzip, identity", "x", "", "identity, identity"):
        table.ambiguous("G39 an encoded body", sized(fields=f"Content-Encoding: {encoding}\r\n"))
    table.made("G39 an identity", sized(fields="Content-Encoding: identity\r\n"))
    attach = b"POST /ex/jira/@SITE@/rest/api/3/issue/A-1/attachments HTTP/1.1\r\n" + HOST + TOKEN
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="../a\xc3\xa9.txt"\r\nContent-Type: text/plain\r\n\r\ndata\r\n--b--\r\n'
    kind = b"Content-Type: multipart/form-data; boundary=b\r\nX-Atlassian-Token: no-check\r\n"
    table.made("G40 multipart", attach + kind + b"Content-Length: %d\r\n\r\n" % len(part) + part, attach + kind + CHUNKED + b"\r\n" + chunk(part[:9], part[9:]),
               body=part, line_target=ISSUE + "/attachments")
    inner = text(part.replace(b"data", SMUGGLED))
    table.made("G40 a request within a part", attach + kind + b"Content-Length: %d\r\n\r\n" % len(inner) + inner, body=inner, line_target=ISSUE + "/attachments")
    for other in ("application/json", "multipart/form-data", "multipart/mixed; boundary=b", "multipart/form-datax; boundary=b", "text/plain; boundary=b", ""):
        table.refused("G40 no multipart", attach + b"Content-Type: " + text(other) + b"\r\nContent-Length: %d\r\n\r\n" % len(part) + part)
    for line in ("Cookie: a=b", "Cookie: a=b\r\nCookie: c=d", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /x",
                 "Forwarded: for=1.2.3.4;host=evil.example", "X-Original-URL: /rest/api/3/issue/B-1", "X-Rewrite-URL: /rest/api/3/issue/B-1", "X-Real-IP: 1.2.3.4", "Via: 1.1 x", "Origin: https://evil.example",
                 "Referer: https://evil.example/", "X-Host: evil.example", "Proxy-Authorization: Basic YTpi", "Proxy: http://evil.example", "X-Amz-Security: @TOKEN@", "X-Api-Key: @TOKEN@", "Max-Forwards: 0",
                 "TE: trailers", "Keep-Alive: timeout=5", "Proxy-Connection: close", "Trailer: X", "Range: bytes=0-1", "User-Agent: Mozilla", "X-Gatehouse: y", "Content-MD5: x", "HTTP2-Settings: AAMAAABkAAQAAP__"):
        table.read("G43 is left out", get(line + "\r\n"))
    table.read("G43 is passed on", get("Accept-Language: de\r\n"))
    for name in ("authorization", "Host", "content-length", "transfer-encoding", "Gatehouse-Request-Id", "content-type", "X-Forwarded-For", "Accept", "X-Atlassian-Token", "Cookie", "Forwarded"):
        table.ambiguous("G44 Connection names what matters", get(f"Connection: {name}\r\n"), get(f"Connection: keep-alive, {name}\r\n"), get(f"Connection: close\r\nConnection: {name}\r\n"),
                        get(f"Connection:\r\nConnection:,{name}\r\n"))
    for value in ("a b", "close;", '"close"', "close\x80", "@"):
        table.ambiguous("G44 no Connection", get(f"Connection: {value}\r\n"))
    table.read("G44 Connections", *(get(f"Connection: {value}\r\n") for value in ("close", "CLOSE", "keep-alive", "keep-alive, close", ",close,", "X-Test", "TE, close", "", ", ,")),
               get("Connection: close\r\nConnection: keep-alive\r\n"), get("Connection: X-Test\r\nX-Test: y\r\n"))
    for line in ("Upgrade: websocket\r\nConnection: Upgrade", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Upgrade: TLS/1.0", "Upgrade: h2c", "Connection: upgrade",
                 "Upgrade:", "Upgrade: HTTP/2.0, websocket"):
        table.ambiguous("upgrade", get(line + "\r\n"), sized(fields=line + "\r\n"))
    for line in ("Authorization: Bearer other", "authorization: Basic eDp5"):
        table.ambiguous("two Authorizations", get(line + "\r\n"))


def all_cases(site, host, token):
    KNOWN.update({b"@SITE@": site.encode(), b"@HOST@": host.encode(), b"@TOKEN@": token.encode()})
    table = Table()
    for part in (lengths_and_encodings, encodings, lines, chunks, bodies, start_lines, targets, fields):
        part(table)
    return table.cases


def json_bodies():
    """Bodies for making an issue: name, what is sent, whether it may pass. One that is refused must not reach the site at all."""
    issue = '{"fields":{"project":{"key":"A"},"summary":"x","issuetype":{"name":"Task"}%s}}'
    deep = ',"description":{"type":"doc","version":1,"content":%s%s}'
    good = issue % ""
    refused = [
        ("G36 a key twice", issue.replace('"key":"A"', '"key":"A","key":"B"') % ""),
        ("G36 a key twice, escaped", issue.replace('"key":"A"', '"key":"A","\\u006bey":"B"') % ""),
        ("G36 a key twice, both escaped", issue.replace('"key":"A"', '"\\u006Bey":"A","k\\u0065y":"B"') % ""),
        ("G36 the outermost twice", good[:-1] + ',"fields":{}}'),
        ("G36 the outermost twice, escaped", good[:-1] + ',"f\\u0069elds":{"project":{"key":"B"}}}'),
        ("G36 twice, deep in a text", issue % ',"description":{"type":"doc","version":1,"content":[],"version":1}'),
        ("G37 too deep", issue % (deep % ("[" * 70, "]" * 70))),
        ("G37 much too deep", issue % (deep % ("[" * 100_000, ""))),
        *((f"G37 no number: {value}", issue % f',"customfield_10033":{value}') for value in ("NaN", "Infinity", "-Infinity", "01", "+1", "0x1", "1.", ".5", "1e", "1_0", "--1")),
        *((f"G37 no literal: {value}", issue % f',"customfield_10033":{value}') for value in ("True", "nul", "undefined", "'x'", "x", "")),
        ("G37 a comment", "/* x */" + good), ("G37 a comment at the end", good + "// x"), ("G37 a comment within", good.replace(":", ":/**/", 1)),
        ("G37 a comma too many", issue % ","), ("G37 a comma in a list", issue % ',"labels":["a",]'), ("G37 no quotes", good.replace('"fields"', "fields")),
        ("G37 single quotes", good.replace('"', "'")), ("G37 two documents", good + good), ("G37 more behind it", good + "x"), ("G37 cut off", good[:-1]),
        ("G37 a byte order mark", "\ufeff" + good), ("G37 half of a pair", issue % ',"labels":["\\ud800"]'), ("G37 the other half", issue % ',"labels":["\\udc00x"]'),
        ("G37 NUL, escaped", issue % ',"labels":["\\u0000"]'), ("G37 NUL", issue % ',"labels":["\x00"]'), ("G37 a line end in a text", issue % ',"labels":["a\nb"]'),
        ("G37 an escape that is none", issue % ',"labels":["\\x41"]'),
        *((f"G37 no object: {value}", value) for value in ('"x"', "1", "true", "null", "[]", "[" + good + "]", " ", '"' + good.replace('"', '\\"') + '"')),
    ]
    raw = [(f"G37 {encoding}", good.encode(encoding)) for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")]
    raw += [("G37 no UTF-8", good.replace("x", "\xff").encode("latin-1")), ("G37 an overlong slash", good.encode().replace(b"x", b"\xc0\xaf")),
            ("G37 a surrogate in UTF-8", good.encode().replace(b"x", b"\xed\xa0\x80")), ("G37 UTF-7", good.replace('"', "+ACI-").encode())]
    passing = [("as it is", good), ("a number", issue % ',"customfield_10033":1.5e0'), ("labels", issue % ',"labels":["a"]'), ("with spaces", " \r\n\t" + good.replace(":", " : ") + "\n"), ("a key escaped, once", good.replace('"key"', '"\\u006bey"')),
               ("in UTF-8", good.replace("x", "caf\xe9 \U0001f600")), ("a pair of escapes", good.replace('"x"', '"\\ud83d\\ude00"')),
               ("one key at two places", issue % ',"description":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[]}]}')]
    return ([(name, text.encode(), False) for name, text in refused] + [(name, text, False) for name, text in raw] +
            [(name, text.encode(), True) for name, text in passing])
