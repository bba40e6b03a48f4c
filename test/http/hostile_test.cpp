// Hostile framing, by the numbers that the project's list of gateway hazards gives them (G1 …): many forms of each, none of which
// may be taken for a request, and forms beside them that are right and must be taken. Targets are in
// test/catalogue/hostile_target_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "http/chunk_decoder.h"
#include "http/head_scanner.h"

namespace gatehouse::http {
namespace {

using namespace std::string_literals;
using Texts = std::vector<std::string>;

std::string head(const std::string& fields, const std::string& line = "POST /a HTTP/1.1") {
  return line + "\r\nHost: gate.example\r\n" + fields + "\r\n";
}

bool taken(const std::string& bytes) {
  RequestHead parsed;
  return scan_request(bytes, parsed).verdict == Verdict::kComplete;
}
bool refused(const std::string& bytes) {
  RequestHead parsed;
  const Verdict verdict = scan_request(bytes, parsed).verdict;
  return verdict != Verdict::kComplete && verdict != Verdict::kIncomplete;
}

struct Hazard {
  const char* number;
  Texts cases;
};

/// Each of `values` behind each of the names.
Texts fields(const Texts& names, const Texts& values) {
  Texts out;
  for (const std::string& name : names) {
    for (const std::string& value : values) out.push_back(head(name + value + "\r\n"));
  }
  return out;
}

Texts length_and_encoding() {
  Texts out;
  for (const std::string length : {"Content-Length: 3", "content-length:3", "CONTENT-LENGTH: 0", "Content-Length:\t5"}) {
    for (const std::string encoding : {"Transfer-Encoding: chunked", "transfer-encoding: CHUNKED", "Transfer-Encoding:chunked",
                                       "Transfer-Encoding: gzip, chunked"}) {
      out.push_back(head(length + "\r\n" + encoding + "\r\n"));
      out.push_back(head(encoding + "\r\n" + length + "\r\n"));
      out.push_back(head(length + "\r\nX: y\r\n" + encoding + "\r\n"));
    }
  }
  return out;
}

Texts several_lengths() {
  Texts out;
  for (const std::string first : {"3", "0", "03", "3, 3", "18446744073709551615"}) {
    for (const std::string second : {"3", "4", "0", ""}) {
      out.push_back(head("Content-Length: " + first + "\r\nContent-Length: " + second + "\r\n"));
      out.push_back(head("Content-Length: " + first + "\r\nX: y\r\ncontent-length: " + second + "\r\n"));
    }
    out.push_back(head("Content-Length: " + first + "," + first + "\r\n"));
  }
  return out;
}

Texts bad_lengths() {
  return fields({"Content-Length: ", "content-length:", "Content-Length:  "}, {"+3",
                                                                               "-3",
                                                                               "-0",
                                                                               "0x3",
                                                                               "0X3",
                                                                               "3_0",
                                                                               "3 0",
                                                                               "3.0",
                                                                               "3e0",
                                                                               "03",
                                                                               "00",
                                                                               "١",
                                                                               "3;",
                                                                               "3\"",
                                                                               "\"3\"",
                                                                               "'3'",
                                                                               "(3)",
                                                                               "3,",
                                                                               ",3",
                                                                               "3, 3",
                                                                               "18446744073709551616",
                                                                               "99999999999999999999999999",
                                                                               "NaN",
                                                                               "inf",
                                                                               "three",
                                                                               "",
                                                                               "3\t4",
                                                                               "3\v",
                                                                               "3\f",
                                                                               "$3",
                                                                               "#3",
                                                                               "%33"});
}

Texts bad_encodings() {
  return fields({"Transfer-Encoding: ", "transfer-encoding:", "TRANSFER-ENCODING: "}, {"identity",
                                                                                       "gzip",
                                                                                       "gzip, chunked",
                                                                                       "chunked, gzip",
                                                                                       "chunked, identity",
                                                                                       "identity, chunked",
                                                                                       "chunked,chunked",
                                                                                       ",chunked",
                                                                                       "chunked,",
                                                                                       "xchunked",
                                                                                       "chunkedx",
                                                                                       "chunked;x=1",
                                                                                       "chunked ;",
                                                                                       "\"chunked\"",
                                                                                       "'chunked'",
                                                                                       "chun ked",
                                                                                       "chunked\v",
                                                                                       "\vchunked",
                                                                                       "\fchunked",
                                                                                       "chunked\x80",
                                                                                       "\x80"
                                                                                       "chunked",
                                                                                       "chunked\x01",
                                                                                       "c\\hunked",
                                                                                       "cow",
                                                                                       "deflate, chunked",
                                                                                       "",
                                                                                       "x",
                                                                                       "chunked, ,",
                                                                                       "trailers",
                                                                                       "compress"});
}

Texts old_version_encodings() {
  Texts out;
  for (const std::string line : {"POST /a HTTP/1.0", "GET /a HTTP/1.0", "PUT /a HTTP/1.0"}) {
    for (const std::string value : {"chunked", "CHUNKED", "identity", "gzip, chunked"})
      out.push_back(head("Transfer-Encoding: " + value + "\r\n", line));
  }
  return out;
}

Texts bad_lines() {
  Texts out;
  for (const std::string name : {"X-Test", "Content-Length", "Transfer-Encoding", "Host", "Authorization"}) {
    out.push_back(head(name + " : 3\r\n"));
    out.push_back(head(name + "\t: 3\r\n"));
    out.push_back(head(" " + name + ": 3\r\n"));
    out.push_back(head(name + "\r\n"));
    out.push_back(head(name + "\x01: 3\r\n"));
    out.push_back(head(name + "\x80: 3\r\n"));
    out.push_back(head("\"" + name + "\": 3\r\n"));
    out.push_back(head(name + "[]: 3\r\n"));
    out.push_back(head(name + "(c): 3\r\n"));
    out.push_back("POST /a HTTP/1.1\r\n " + name + ": gate.example\r\n\r\n");
  }
  out.push_back(head(": 3\r\n"));
  out.push_back(head(":\r\n"));
  return out;
}

Texts folded() {
  Texts out;
  for (const std::string name :
       {"X-Test: a", "Transfer-Encoding:", "Content-Length:", "Host: b", "Authorization: Bearer", "Accept: */*"}) {
    for (const std::string fold : {"\r\n b", "\r\n\tb", "\r\n  chunked", "\r\n 3", "\r\n \r\n x"})
      out.push_back(head(name + fold + "\r\n"));
  }
  return out;
}

/// Every line end of a good head, as LF or CR alone.
Texts bare_line_ends() {
  const std::string good = head("Accept: a\r\nX-One: b\r\nX-Two: c\r\nContent-Length: 0\r\n");
  Texts out;
  for (std::size_t at = good.find("\r\n"); at != std::string::npos; at = good.find("\r\n", at + 2)) {
    std::string without_cr = good;
    out.push_back(without_cr.erase(at, 1));
    std::string without_lf = good;
    without_lf.erase(at + 1, 1);
    if (at + 4 < good.size()) out.push_back(without_lf);
    out.push_back(std::string(good).insert(at, "\r"));
  }
  for (const std::string& value : Texts{"a\rb", "a\nb", "a\r", "\ra", "a\0b"s, "a\x7f",
                                        "a\x1b"
                                        "b",
                                        "a\bb"}) {
    out.push_back(head("X-Test: " + value + "\r\n"));
    out.push_back(head("Authorization: Bearer " + value + "\r\n"));
  }
  return out;
}

Texts chunk_bodies() {
  Texts out;
  for (const std::string& size :
       Texts{"+3",  "-3",  "0x3", " 3",  "3 ",    "\t3", "3\t",  "3_0", "3,3", "g", "", "10000000000000000", "FFFFFFFFFFFFFFFFF",
             "3\n", "3\r", "٣",   "3.0", "\"3\"", "3\v", "3\0"s, "$3"}) {
    out.push_back(size + "\r\nabc\r\n0\r\n\r\n");
    out.push_back("1\r\na\r\n" + size + "\r\nabc\r\n0\r\n\r\n");
  }
  // Extensions that are no extensions, and too many; data that is longer or shorter than its size; ends without CR or LF.
  for (const std::string body : {"3;a=\nx\r\nabc\r\n0\r\n\r\n"s,
                                 "3;a\rb\r\nabc\r\n0\r\n\r\n"s,
                                 "3;\"\r\nabc\r\n0\r\n\r\n"s,
                                 "3;a=\"b\r\nabc\r\n0\r\n\r\n"s,
                                 "3;" + std::string(300, 'a') + "\r\nabc\r\n0\r\n\r\n",
                                 "3; =\r\nabc\r\n0\r\n\r\n"s,
                                 "3\r\nabcd\r\n0\r\n\r\n"s,
                                 "3\r\nabc0\r\n\r\n"s,
                                 "3\r\nabc\n0\r\n\r\n"s,
                                 "3\r\nabc\r0\r\n\r\n"s,
                                 "3\nabc\r\n0\r\n\r\n"s,
                                 "4\r\nabc\r\n0\r\n\r\n"s,
                                 "0\n\n"s,
                                 "0\r\n\n"s,
                                 "0\n\r\n"s,
                                 "3\r\nabc\r\n0\r\nX y\r\n\r\n"s,
                                 "3\r\nabc\r\n0\r\n X: y\r\n\r\n"s,
                                 "3\r\nabc\r\n0\r\nX: y\n\r\n"s,
                                 "3\r\nabc\r\n0\r\nX : y\r\n\r\n"s,
                                 "3\r\nabc\r\n0\r\n: y\r\n\r\n"s,
                                 "3\r\nabc\r\n0\r\nX: " + std::string(70000, 'a') + "\r\n\r\n"})
    out.push_back(body);
  return out;
}

Texts expectations() {
  return fields({"Expect: ", "expect:"}, {"200-ok", "100-continue, x", "100", "continue", "100-continue;q=1", "x"});
}

Texts versions() {
  Texts out;
  for (const std::string version :
       {"HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/2", "HTTP/1", "HTTP/1.10", "HTTP/01.1", "http/1.1", "Http/1.1", "HTTP 1.1",
        "HTTP/1.1 ", " HTTP/1.1", "HTTP/1,1", "HTTPS/1.1", "HTTP/1.1x", "HTTP/-1.1", "RTSP/1.0", "H/1.1"})
    out.push_back(head("", "GET /a " + version));
  for (const std::string line :
       {"GET /a", "GET  /a HTTP/1.1", "GET\t/a HTTP/1.1", " GET /a HTTP/1.1", "get /a HTTP/1.1", "GET/a HTTP/1.1",
        "GET /a\tHTTP/1.1", "GE\x01T /a HTTP/1.1", "G(T /a HTTP/1.1", "GET /a b HTTP/1.1"})
    out.push_back(head("", line));
  return out;
}

Texts target_forms() {
  Texts out;
  for (const std::string target : {"http://gate.example/a", "https://gate.example/a", "HTTP://gate.example/a",
                                   "//gate.example:80", "gate.example:443", "*", "a", "?a", "file:///etc/passwd", "\\a"}) {
    for (const std::string method : {"GET", "POST"}) {
      if (target != "//gate.example:80") out.push_back(head("", method + " " + target + " HTTP/1.1"));
    }
  }
  for (const std::string target : {"gate.example:443", "/a", "127.0.0.1:80"})
    out.push_back(head("", "CONNECT " + target + " HTTP/1.1"));
  return out;
}

Texts hosts() {
  Texts out{"GET /a HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\r\nAccept: a\r\n\r\n"};
  for (const std::string host : {"a b", "a,b", "user@gate.example", "gate.example/x", "gate.example:x", "gate.example:99999",
                                 "gate.example:-1", "gate.example:80:80", "http://gate.example", "gate.example#x",
                                 "gate.example?x", "[::1", "::1]", "gate\\example", "a;b", "a\tb", "%00", "<a>"})
    out.push_back("GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  for (const std::string second : {"gate.example", "other.example", ""}) {
    out.push_back("GET /a HTTP/1.1\r\nHost: gate.example\r\nHost: " + second + "\r\n\r\n");
    out.push_back("GET /a HTTP/1.1\r\nhost: gate.example\r\nX: y\r\nHOST: " + second + "\r\n\r\n");
  }
  return out;
}

Texts target_bytes() {
  Texts out;
  for (int byte = 1; byte < 0x21; ++byte) {
    if (byte == '\r' || byte == '\n' || byte == ' ') continue;
    out.push_back(head("", std::string("GET /a") + static_cast<char>(byte) + "b HTTP/1.1"));
  }
  for (const std::string target : {"/a#b", "/#", "/a\\b", "/a\x7f", "/\x80", "/\xc3\xa9"})
    out.push_back(head("", "GET " + target + " HTTP/1.1"));
  return out;
}

Texts overrides_and_names() {
  Texts out;
  for (const std::string name : {"X-HTTP-Method-Override", "x-http-method-override", "X-HTTP-Method", "X-Method-Override"}) {
    for (const std::string method : {"DELETE", "PUT", "get"}) out.push_back(head(name + ": " + method + "\r\n"));
  }
  for (const std::string name :
       {"X_Forwarded_For", "Content_Length", "Transfer_Encoding", "X_HTTP_Method_Override", "Author_ization", "_"})
    out.push_back(head(name + ": 1\r\n"));
  for (const std::string name :
       {"authorization", "Host", "content-length", "transfer-encoding", "Gatehouse-Request-Id", "content-type"}) {
    out.push_back(head("Connection: " + name + "\r\n"));
    out.push_back(head("Connection: keep-alive, " + name + "\r\n"));
    out.push_back(head("Connection: close\r\nConnection: " + name + "\r\n"));
  }
  for (const std::string encoding : {"gzip", "br", "deflate", "zstd", "gzip, identity", "x"})
    out.push_back(head("Content-Encoding: " + encoding + "\r\nContent-Length: 3\r\n"));
  for (const std::string upgrade : {"websocket", "h2c", "TLS/1.0"})
    out.push_back(head("Connection: upgrade\r\nUpgrade: " + upgrade + "\r\n"));
  for (const std::string twice : {"Authorization: Bearer x", "Content-Type: application/json", "Content-Encoding: identity"})
    out.push_back(head(twice + "\r\n" + twice + "\r\n"));
  return out;
}

std::vector<Hazard> hazards() {
  return {{"G1", length_and_encoding()},
          {"G2", several_lengths()},
          {"G3", bad_lengths()},
          {"G4", bad_encodings()},
          {"G5", old_version_encodings()},
          {"G6", bad_lines()},
          {"G7", folded()},
          {"G8", bare_line_ends()},
          {"G13", expectations()},
          {"G16", versions()},
          {"G20, G21", target_forms()},
          {"G22", hosts()},
          {"G23", target_bytes()},
          {"G35, G39, G44", overrides_and_names()}};
}

bool body_refused(const std::string& bytes) {
  ChunkDecoder decoder;
  std::string_view rest = bytes;
  while (true) {
    const ChunkDecoder::Step step = decoder.next(rest);
    if (step.status == ChunkDecoder::Status::kError) return true;
    if (step.status != ChunkDecoder::Status::kData) return false;
    rest.remove_prefix(step.consumed);
  }
}

TEST(HostileFraming, IsNeverTakenForARequest) {
  for (const Hazard& hazard : hazards()) {
    for (const std::string& bytes : hazard.cases)
      EXPECT_TRUE(refused(bytes)) << hazard.number << " " << testing::PrintToString(bytes.substr(0, 200));
  }
}

TEST(HostileFraming, G9ToG12EndsTheBodyWithAnError) {
  for (const std::string& bytes : chunk_bodies())
    EXPECT_TRUE(body_refused(bytes)) << testing::PrintToString(bytes.substr(0, 120));
}

TEST(HostileFraming, ComesInSixHundredForms) {
  std::size_t cases = chunk_bodies().size();
  for (const Hazard& hazard : hazards()) {
    EXPECT_FALSE(hazard.cases.empty()) << hazard.number;
    cases += hazard.cases.size();
  }
  EXPECT_GE(cases, 600U);
}

TEST(HostileFraming, LeavesWhatIsRightAlone) {
  for (const std::string& bytes : {head(""),
                                   head("Content-Length: 0\r\n"),
                                   head("Content-Length: 3\r\n"),
                                   head("Content-Length:3\r\n"),
                                   head("content-length: \t3 \r\n"),
                                   head("Transfer-Encoding: chunked\r\n"),
                                   head("transfer-encoding:Chunked\r\n"),
                                   head("Expect: 100-continue\r\nContent-Length: 3\r\n"),
                                   head("Expect: 100-Continue\r\nContent-Length: 3\r\n"),
                                   head("X-Empty:\r\n"),
                                   head("X-Spaces:   a  b   \r\n"),
                                   head("X-8bit: caf\xc3\xa9\r\n"),
                                   head("Connection: keep-alive\r\n"),
                                   head("Connection: close\r\n"),
                                   head("Connection: close, X-Test\r\nX-Test: y\r\n"),
                                   head("Content-Encoding: identity\r\nContent-Length: 3\r\n"),
                                   head("Accept: a\r\nAccept: b\r\n"),
                                   head("Cookie: a=b; c=d\r\n"),
                                   head("", "GET /rest/api/3/issue/A-1?fields=summary,status&expand=names HTTP/1.1"),
                                   head("", "DELETE /a%20b HTTP/1.1"),
                                   head("", "GET / HTTP/1.0"),
                                   "GET /a HTTP/1.1\r\nHost: [::1]:8480\r\n\r\n"s,
                                   "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"s,
                                   "GET /a HTTP/1.1\r\nhOST: gate.example:80\r\n\r\n"s})
    EXPECT_TRUE(taken(bytes)) << testing::PrintToString(bytes);
}

}  // namespace
}  // namespace gatehouse::http
