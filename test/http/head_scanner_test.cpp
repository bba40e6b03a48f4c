// The strict head scanner, as a table of what must be refused and why (RFC 9112; the classes of known smuggling tricks).
#include "http/head_scanner.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace gatehouse::http {
namespace {

using namespace std::string_literals;

Verdict scan(const std::string& bytes) {
  RequestHead head;
  return scan_request(bytes, head).verdict;
}
std::string with(const std::string& fields, const std::string& line = "POST /a HTTP/1.1") {
  return line + "\r\nHost: gate.example\r\n" + fields + "\r\n";
}

struct Case {
  std::string bytes;
  Verdict verdict;
};

void check(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    EXPECT_EQ(static_cast<int>(scan(each.bytes)), static_cast<int>(each.verdict))
        << testing::PrintToString(each.bytes.substr(0, 200));
  }
}

TEST(HeadScanner, ReadsAGoodHead) {
  const std::string bytes =
      "GET /rest/api/3/issue/A-1?fields=summary HTTP/1.1\r\nHost: gate.example:8480\r\nAuthorization: Bearer x\r\n"
      "Accept:application/json\r\nX-Empty:\r\nConnection: keep-alive\r\n\r\nrest";
  RequestHead head;
  const ScanResult result = scan_request(bytes, head);
  ASSERT_EQ(result.verdict, Verdict::kComplete);
  EXPECT_EQ(bytes.substr(result.consumed), "rest");
  EXPECT_EQ(head.method, Method::kGet);
  EXPECT_EQ(head.target, "/rest/api/3/issue/A-1?fields=summary");
  EXPECT_EQ(head.host, "gate.example:8480");
  EXPECT_EQ(head.fields.value(Known::kAuthorization), "Bearer x");
  EXPECT_EQ(head.fields.value(Known::kAccept), "application/json");
  EXPECT_EQ(head.fields.all()[3].value, "");
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.framing.kind, Framing::Kind::kNone);
}

TEST(HeadScanner, RefusesWhatLengthsTwoParsersReadDifferently) {
  std::vector<Case> cases{{with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), Verdict::kLengthAndEncoding},
                          {with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), Verdict::kLengthAndEncoding},
                          {with("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), Verdict::kLengthAndEncoding},
                          {with("Content-Length: 3\r\nContent-Length: 3\r\n"), Verdict::kLengthRepeated},
                          {with("Content-Length: 3\r\ncontent-length: 4\r\n"), Verdict::kLengthRepeated},
                          {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), Verdict::kEncodingUnknown},
                          {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), Verdict::kEncodingUnknown},
                          {with("Transfer-Encoding: chunked\r\n", "POST /a HTTP/1.0"), Verdict::kEncodingInOldVersion}};
  for (const char* length : {"3, 3",
                             "3,4",
                             "+3",
                             "-3",
                             "-0",
                             "0x3",
                             "3 ",
                             "3_0",
                             "03",
                             "00",
                             "",
                             " ",
                             "3.0",
                             "3e1",
                             "1 2",
                             "three",
                             "\"3\"",
                             "9999999999999999999",
                             "18446744073709551616",
                             "184467440737095516160",
                             "3;",
                             ";3",
                             "3\t4",
                             "\xb2"}) {
    const std::string trimmed = length;
    if (trimmed == "3 ") continue;  // white space around a value is no part of it
    cases.push_back({with("Content-Length: " + trimmed + "\r\n"), Verdict::kLengthInvalid});
  }
  for (const char* encoding : {"gzip, chunked",
                               "chunked, gzip",
                               "chunked, identity",
                               "identity",
                               "xchunked",
                               "chunkedx",
                               "chunked;x=y",
                               "chunked,",
                               ",chunked",
                               ", chunked",
                               "chunked, chunked",
                               "\"chunked\"",
                               "'chunked'",
                               "chun ked",
                               "chunked\tx",
                               "gzip",
                               "",
                               "compress",
                               "\x80"
                               "chunked",
                               "chunked\xa0",
                               "chunk\xc3\xa9"
                               "d",
                               "chunked, , "}) {
    cases.push_back({with("Transfer-Encoding: " + std::string(encoding) + "\r\n"), Verdict::kEncodingUnknown});
  }
  for (const char* control : {"\x01", "\x0b", "\x0c", "\x7f", "\x1b"}) {
    cases.push_back({with("Transfer-Encoding: " + std::string(control) + "chunked\r\n"), Verdict::kFieldValue});
    cases.push_back({with("Transfer-Encoding: chunked" + std::string(control) + "\r\n"), Verdict::kFieldValue});
    cases.push_back({with("Content-Length: 3" + std::string(control) + "\r\n"), Verdict::kFieldValue});
  }
  check(cases);
  RequestHead head;
  ASSERT_EQ(scan_request(with("Transfer-Encoding: ChunKed\r\n"), head).verdict, Verdict::kComplete);
  EXPECT_EQ(head.framing.kind, Framing::Kind::kChunked);
  ASSERT_EQ(scan_request(with("Content-Length: \t 999999999999999999 \r\n"), head).verdict, Verdict::kComplete);
  EXPECT_EQ(head.framing.length, 999'999'999'999'999'999U);
}

TEST(HeadScanner, RefusesNamesThatAnotherParserMightTakeForOurs) {
  // Of each of these fields, each way to write its name so that one parser sees it and another does not.
  std::vector<Case> cases;
  for (const std::string name :
       {"Content-Length", "Transfer-Encoding", "Host", "Authorization", "X-Forwarded-For", "Connection"}) {
    for (const char* space : {" ", "\t", "  "}) cases.push_back({with(name + space + ": 3\r\n"), Verdict::kSpaceBeforeColon});
    for (const char* in_front : {"\x0b", "\x0c", "\x01", "\x7f", "\x80", "\xc2\xa0"}) {
      cases.push_back({with(in_front + name + ": 3\r\n"), Verdict::kFieldName});
      cases.push_back({with(name + in_front + ": 3\r\n"), Verdict::kFieldName});
    }
    cases.push_back({with(name + "\0: 3\r\n"s), Verdict::kFieldName});
    cases.push_back({with("X: y\r\n " + name + ": 3\r\n"), Verdict::kFolded});
    cases.push_back({with("X: y\r\n\t" + name + ": 3\r\n"), Verdict::kFolded});
    cases.push_back({with("X: y\n" + name + ": 3\r\n"), Verdict::kBareLineFeed});
    cases.push_back({with("X: y\r" + name + ": 3\r\n"), Verdict::kBareCarriageReturn});
    cases.push_back({with("X: y\r\r\n" + name + ": 3\r\n"), Verdict::kBareCarriageReturn});
    cases.push_back({with("X: y\0"s + name + ": 3\r\n"), Verdict::kFieldValue});
    cases.push_back({with(name + "\r\n"), Verdict::kNoColon});
    cases.push_back({with(name + "\n"), Verdict::kBareLineFeed});
    std::string underscored = name;
    for (char& byte : underscored) byte = byte == '-' ? '_' : byte;
    if (underscored != name) cases.push_back({with(underscored + ": 3\r\n"), Verdict::kUnderscore});
    cases.push_back({with(": 3\r\n"), Verdict::kFieldName});
  }
  check(cases);
}

TEST(HeadScanner, RefusesWhatMayStandOnlyOnce) {
  for (const char* name : {"Authorization", "Content-Type", "Expect", "User-Agent", "Range", "If-Range", "Origin", "DPoP",
                           "X-Atlassian-Token", "Date", "Proxy-Authorization", "Referer", "If-Modified-Since"}) {
    const std::string twice = name + ": 100-continue\r\n"s + name + ": 100-continue\r\n";
    EXPECT_EQ(scan(with(twice)), Verdict::kRepeated) << name;
  }
  EXPECT_EQ(scan(with("Host: other\r\n")), Verdict::kHostRepeated);
  EXPECT_EQ(scan(with("Cookie: a\r\nCookie: b\r\nAccept: x\r\nAccept: y\r\n")), Verdict::kComplete);
}

TEST(HeadScanner, RefusesHostsThatAreNone) {
  EXPECT_EQ(scan("GET /a HTTP/1.1\r\n\r\n"), Verdict::kHostMissing);
  EXPECT_EQ(scan("GET /a HTTP/1.0\r\n\r\n"), Verdict::kHostMissing);
  for (const char* host :
       {"",         "a b",  "a,b", "user@a", "a/b",    "a?b", "a#b", "a:b",  "a:",   "a:0",   "a:65536", "a:080",  "a:-1",
        "http://a", "[::1", "::1", "[::1]x", "[g::1]", "[]",  ".a",  "a\\b", "a%2e", "a\x80", "*",       "a:80:80"}) {
    EXPECT_EQ(scan("GET /a HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), Verdict::kHostInvalid) << host;
  }
  for (const char* host : {"a", "a.b-c.d", "a:80", "127.0.0.1:8480", "[::1]", "[2001:db8::1]:65535", "localhost"}) {
    EXPECT_EQ(scan("GET /a HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), Verdict::kComplete) << host;
  }
}

TEST(HeadScanner, RefusesStartLinesThatAreNotExact) {
  check({{"GET  /a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kStartLine},
         {" GET /a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kFolded},
         {"\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kBadMethod},
         {"\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kBareLineFeed},
         {"GET\t/a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kBadMethod},
         {"get /a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kMethodNotImplemented},
         {"TRACE /a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kMethodNotImplemented},
         {"PROPFIND /a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kMethodNotImplemented},
         {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Verdict::kMethodNotImplemented},
         {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kConnectRefused},
         {"GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetForm},
         {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetForm},
         {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetForm},
         {"GET ?a HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetForm},
         {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetCharacter},
         {"GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetCharacter},
         {"GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetCharacter},
         {"GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetCharacter},
         {"GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetCharacter},
         {"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"s, Verdict::kTargetCharacter},
         {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kStartLine},
         {"GET /a\r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a\n", Verdict::kVersion},
         {"GET /a HTTP/0.9\r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a HTTP/1.2\r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a HTTP/2.0\r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a http/1.1\r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a HTTP/1.1 \r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a HTTP/1.10\r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a HTTP/11\r\nHost: a\r\n\r\n", Verdict::kVersion},
         {"GET /a HTTP/1.1\nHost: a\r\n\r\n", Verdict::kBareLineFeed},
         {"GET /a HTTP/1.1\rHost: a\r\n\r\n", Verdict::kBareCarriageReturn},
         {"GET /a HTTP/1.1\r\n Host: a\r\n\r\n", Verdict::kFolded},
         {"GET /" + std::string(8192, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kTargetTooLong},
         {"GET /" + std::string(8191, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", Verdict::kComplete}});
}

TEST(HeadScanner, RefusesWhatTheGatewayDoesNotDo) {
  check({{with("Upgrade: websocket\r\nConnection: Upgrade\r\n"), Verdict::kUpgrade},
         {with("Connection: upgrade\r\n"), Verdict::kUpgrade},
         {with("Expect: 200-maybe\r\n"), Verdict::kExpectUnknown},
         {with("Expect: 100-continue, x\r\n"), Verdict::kExpectUnknown},
         {with("Content-Encoding: gzip\r\n"), Verdict::kContentEncoding},
         {with("Content-Encoding: identity\r\n"), Verdict::kComplete},
         {with("X-HTTP-Method-Override: DELETE\r\n"), Verdict::kMethodOverride},
         {with("x-http-method: PUT\r\n"), Verdict::kMethodOverride},
         {with("X-Method-Override: PUT\r\n"), Verdict::kMethodOverride},
         {with("Connection: close, Authorization\r\n"), Verdict::kConnectionNames},
         {with("Connection: x\r\nConnection: Host\r\n"), Verdict::kConnectionNames},
         {with("Connection: Content-Length\r\n"), Verdict::kConnectionNames},
         {with("Connection: X-Forwarded-For\r\n"), Verdict::kConnectionNames},
         {with("Connection: gatehouse-Request-Id\r\n"), Verdict::kConnectionNames},
         {with("Connection: a b\r\n"), Verdict::kFieldValue},
         {with("Connection: X-Unknown, close\r\n"), Verdict::kComplete}});
}

TEST(HeadScanner, BoundsHeads) {
  std::string many;
  for (int at = 0; at < 127; ++at) many += "X-" + std::to_string(at) + ": y\r\n";
  EXPECT_EQ(scan(with(many)), Verdict::kComplete);
  EXPECT_EQ(scan(with(many + "X-Last: y\r\n")), Verdict::kTooManyFields);
  EXPECT_EQ(scan(with("X: " + std::string(33'000, 'y') + "\r\n")), Verdict::kHeadTooLarge);
  EXPECT_EQ(scan("GET /a HTTP/1.1\r\nHost: a\r\nX: " + std::string(33'000, 'y')), Verdict::kHeadTooLarge);
}

TEST(HeadScanner, KeepAliveIsReadFromVersionAndConnection) {
  const auto keeps = [](const std::string& version, const std::string& fields) {
    RequestHead head;
    EXPECT_EQ(scan_request(with(fields, "GET /a " + version), head).verdict, Verdict::kComplete);
    return head.keep_alive;
  };
  EXPECT_TRUE(keeps("HTTP/1.1", ""));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: CLOSE\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: keep-alive, close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", ""));
  EXPECT_TRUE(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST(HeadScanner, EveryVerdictHasATextThatHoldsNoInput) {
  for (int at = 0; at < static_cast<int>(Verdict::kCount); ++at) {
    const VerdictText text = describe(static_cast<Verdict>(at));
    EXPECT_GE(text.status, 200);
    EXPECT_FALSE(text.text.empty());
  }
}

TEST(HeadScanner, ResponsesHaveTheirOwnRules) {
  const auto read = [](const std::string& bytes, Method method, ResponseHead& head) {
    return scan_response(bytes, method, head).verdict;
  };
  ResponseHead head;
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX_Y: z\r\n\r\n", Method::kGet, head), Verdict::kComplete);
  EXPECT_EQ(head.framing.kind, Framing::Kind::kUntilClose);
  EXPECT_FALSE(head.keep_alive);
  EXPECT_EQ(read("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", Method::kGet, head), Verdict::kComplete);
  EXPECT_EQ(head.framing.kind, Framing::Kind::kNone);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Method::kHead, head), Verdict::kComplete);
  EXPECT_EQ(head.framing.kind, Framing::Kind::kNone);
  for (const char* status : {"204", "304", "103"}) {
    EXPECT_EQ(read("HTTP/1.1 "s + status + " x\r\nContent-Length: 5\r\n\r\n", Method::kGet, head), Verdict::kComplete);
    EXPECT_EQ(head.framing.kind, Framing::Kind::kNone) << status;
  }
  for (const char* line :
       {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 600 OK", "HTTP/1.1 099 OK", "HTTP/1.1  200 OK", "HTTP/2 200 OK",
        "http/1.1 200 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1\t200 OK", "ICY 200 OK", "HTTP/1.1 200OK"}) {
    EXPECT_EQ(read(line + "\r\nContent-Length: 0\r\n\r\n"s, Method::kGet, head), Verdict::kStatusInvalid) << line;
  }
}

// Wherever the bytes are cut, the verdict is the same as of the whole; and no prefix of a good head is refused.
TEST(HeadScanner, CutsChangeNothing) {
  const std::vector<std::string> heads{with("Content-Length: 3\r\nX: y\r\n"), with("A: b\r\n", "GET /x?y=z HTTP/1.1"),
                                       "GET /a HTTP/1.0\r\nhost: [::1]:80\r\n\r\n"};
  for (const std::string& head : heads) {
    RequestHead out;
    std::size_t scanned = 0;
    for (std::size_t cut = 0; cut < head.size(); ++cut) {
      ASSERT_EQ(scan_request(std::string_view(head).substr(0, cut), out, scanned).verdict, Verdict::kIncomplete) << cut;
      scanned = cut;
    }
    EXPECT_EQ(scan_request(head, out, scanned).verdict, Verdict::kComplete);
  }
}

// What passes holds nothing that ends a line or a field for anybody else, whatever was put in.
TEST(HeadScanner, WhatPassesIsUnambiguous) {
  rc::check([] {
    const std::vector<std::string> pieces{"\r\n",
                                          "\n",
                                          "\r",
                                          " ",
                                          "\t",
                                          ":",
                                          "Content-Length",
                                          "Transfer-Encoding",
                                          "chunked",
                                          "3",
                                          "0",
                                          "Host: a",
                                          "X",
                                          "\0"s,
                                          "\x80",
                                          ",",
                                          ";",
                                          "Host",
                                          "_",
                                          "-",
                                          "\x0b",
                                          "Connection: close",
                                          "\r\n\r\n",
                                          "GET / HTTP/1.1"};
    std::string bytes = "POST /a HTTP/1.1\r\nHost: a\r\n";
    const auto picks = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, pieces.size()));
    for (const std::size_t pick : picks) bytes += pieces[pick];
    bytes += "\r\n\r\n";
    RequestHead head;
    const ScanResult result = scan_request(bytes, head);
    if (result.verdict != Verdict::kComplete) return;
    RC_ASSERT(bytes.substr(result.consumed - 4, 4) == "\r\n\r\n");
    int framings = 0;
    for (const Field& field : head.fields.all()) {
      RC_ASSERT(field.value.find_first_of("\r\n\0"s) == std::string_view::npos);
      RC_ASSERT(field.name.find_first_of(" \t\r\n:_"s) == std::string_view::npos);
      framings += field.known == Known::kContentLength || field.known == Known::kTransferEncoding;
    }
    RC_ASSERT(framings <= 1);
    RC_ASSERT((framings == 1) == (head.framing.kind != Framing::Kind::kNone) || head.framing.length == 0);
  });
}

}  // namespace
}  // namespace gatehouse::http
