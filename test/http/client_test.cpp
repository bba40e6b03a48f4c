#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/http/support.h"

namespace gatehouse::http {
namespace {

using test::answer;
using test::route_to;
using test::ScriptedServer;
using test::Socket;
using testing::HasSubstr;

FetchOptions loopback_options(std::uint32_t deadline_ms = 3000) {
  FetchOptions options;
  options.upstream.addresses.allowed_networks.push_back(parse_network("127.0.0.0/8").value());
  options.deadline_ms = deadline_ms;
  return options;
}

TEST(Fetch, SendsTheRequestAndReadsTheAnswer) {
  std::string seen;
  ScriptedServer server([&](Socket& socket, int) {
    seen = socket.read_message();
    socket.send(answer(201, "made", "X-Trace: 7\r\n"));
  });
  FetchRequest request;
  request.route = route_to(server.port());
  request.method = Method::kPost;
  request.target = "/rest/api/3/issue";
  request.fields = {{"Content-Type", "application/json"}};
  request.body = "{}";
  request.has_body = true;
  const auto response = fetch(loopback_options(), request);
  ASSERT_TRUE(response.has_value()) << response.error().public_detail;
  EXPECT_EQ(response.value().status, 201);
  EXPECT_EQ(response.value().body, "made");
  EXPECT_EQ(response.value().field("x-trace"), "7");
  EXPECT_EQ(seen,
            "POST /rest/api/3/issue HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                "\r\nContent-Type: application/json\r\nAuthorization: Basic c2l0ZTpzZWNyZXQ=\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(Fetch, ReadsChunkedAnswersAndThoseThatEndWithTheConnection) {
  ScriptedServer server([](Socket& socket, int number) {
    socket.read_message();
    if (number == 0)
      socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: v\r\n\r\n");
    if (number == 1) socket.send("HTTP/1.0 200 OK\r\n\r\nall of it");
  });
  FetchRequest request;
  request.route = route_to(server.port());
  EXPECT_EQ(fetch(loopback_options(), request).value().body, "abcdefg");
  EXPECT_EQ(fetch(loopback_options(), request).value().body, "all of it");
}

TEST(Fetch, RefusesWhatCouldSplitTheRequest) {
  FetchRequest request;
  request.route = route_to(1);
  request.target = "/a\r\nX: y";
  EXPECT_EQ(fetch(loopback_options(), request).error().code, Errc::kInvalidArgument);
  request.target = "/a";
  for (const auto& field : std::vector<std::pair<std::string, std::string>>{{"A", "b\r\nC: d"},
                                                                            {"A b", "c"},
                                                                            {"", "c"},
                                                                            {"Host", "evil"},
                                                                            {"Content-Length", "3"},
                                                                            {"transfer-encoding", "chunked"}}) {
    request.fields = {field};
    EXPECT_EQ(fetch(loopback_options(), request).error().code, Errc::kInvalidArgument) << field.first;
  }
}

TEST(Fetch, TellsFailuresApart) {
  FetchRequest request;
  request.route = route_to(test::free_port());
  EXPECT_EQ(fetch(loopback_options(), request).error().code, Errc::kUpstreamFailed);
  FetchOptions nothing_allowed;
  EXPECT_EQ(fetch(nothing_allowed, request).error().code, Errc::kNotAllowed);
  ScriptedServer silent([](Socket& socket, int) { socket.read_to_end(2000); });
  request.route = route_to(silent.port());
  EXPECT_EQ(fetch(loopback_options(200), request).error().code, Errc::kTimeout);
  ScriptedServer large([](Socket& socket, int) {
    socket.read_message();
    socket.send(answer(200, std::string(100, 'x')));
  });
  request.route = route_to(large.port());
  FetchOptions small = loopback_options();
  small.max_body = 99;
  EXPECT_EQ(fetch(small, request).error().code, Errc::kLimitExceeded);
  ScriptedServer broken([](Socket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
  });
  request.route = route_to(broken.port());
  EXPECT_THAT(fetch(loopback_options(), request).error().log_detail, HasSubstr("framing"));
}

TEST(Fetch, RetriesNothing) {
  ScriptedServer server([](Socket& socket, int) { socket.read_message(); });
  FetchRequest request;
  request.route = route_to(server.port());
  EXPECT_EQ(fetch(loopback_options(), request).error().code, Errc::kUpstreamFailed);
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace gatehouse::http
