// The upstream side as a client of the gateway sees it: reuse, bounds, the retry rule, strict answers, time-outs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/http/path_exchange.h"
#include "test/http/support.h"

namespace gatehouse::http {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string get(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: gate\r\n\r\n"; }
std::string post(std::string_view target) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n";
}

/// Sends on a connection of its own and gives the answer.
std::string ask(const TestServer& server, const std::string& request) {
  Socket client = Socket::connect_to(server.port());
  client.send(request);
  return client.read_message();
}

void answer_all(Socket& socket, const std::string& said) {
  while (!socket.read_message().empty()) socket.send(said);
}

TEST(Pool, AConnectionThatEndedWhileIdleIsNotUsedAgain) {
  ScriptedServer upstream([](Socket& socket, int) {
    socket.read_message();
    socket.send(answer(200, "ok"));  // and ends, without saying so
  });
  TestServer server({}, route_to(upstream.port()));
  for (int at = 0; at < 5; ++at) {
    EXPECT_THAT(ask(server, post("/forward")), EndsWith("ok"));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre());
  EXPECT_EQ(upstream.connections(), 5);
}

TEST(Pool, ConnectionsAreNotSharedAcrossCredentials) {
  std::atomic<int> open{0};
  ScriptedServer upstream([&](Socket& socket, int number) {
    ++open;
    answer_all(socket, answer(200, std::to_string(number)));
  });
  TestServer first({}, route_to(upstream.port(), "origin/one"));
  EXPECT_THAT(ask(first, get("/forward")), EndsWith("\r\n\r\n0"));
  first.plan.route = route_to(upstream.port(), "origin/two");
  EXPECT_THAT(ask(first, get("/forward")), EndsWith("\r\n\r\n1"));
  first.plan.route = route_to(upstream.port(), "origin/one");
  EXPECT_THAT(ask(first, get("/forward")), EndsWith("\r\n\r\n0"));
  // A credential that was changed takes its connections with it.
  first.server->forget_upstream("origin/one");
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_THAT(ask(first, get("/forward")), EndsWith("\r\n\r\n2"));
  first.plan.route = route_to(upstream.port(), "origin/two");
  EXPECT_THAT(ask(first, get("/forward")), EndsWith("\r\n\r\n1"));
  first.server->stop();
}

TEST(Pool, BytesBehindACompleteAnswerCloseTheConnection) {
  ScriptedServer upstream([](Socket& socket, int number) {
    socket.read_message();
    socket.send(answer(200, std::to_string(number)) + (number == 0 ? answer(200, "poison") : ""));
    while (!socket.read_message().empty()) socket.send(answer(200, "again"));
  });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("\r\n\r\n0"));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("\r\n\r\n1"));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("again"));
  server.server->stop();
}

TEST(Pool, LateBytesOnAnIdleConnectionCloseIt) {
  ScriptedServer upstream([](Socket& socket, int number) {
    socket.read_message();
    socket.send(answer(200, std::to_string(number)));
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    socket.send(answer(200, "poison"));
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("\r\n\r\n0"));
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("\r\n\r\n1"));
  server.server->stop();
}

// Nothing is sent twice that upstream may have acted on.
TEST(Retry, AnIdempotentRequestIsSentOnceMoreWhereNothingWasAnswered) {
  ScriptedServer upstream([](Socket& socket, int) { socket.read_message(); });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 502"));
  EXPECT_EQ(upstream.connections(), 2);
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("reset sent"));
  EXPECT_EQ(server.plan.asked_may_send, 2);  // whether it may be sent is asked each time
}

TEST(Retry, TheSecondTryMaySucceed) {
  ScriptedServer upstream([](Socket& socket, int number) {
    socket.read_message();
    if (number == 0) return socket.reset();
    socket.send(answer(200, "second"));
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("second"));
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre());
  server.server->stop();
}

TEST(Retry, AWriteIsNotSentTwice) {
  ScriptedServer upstream([](Socket& socket, int) { socket.read_message(); });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, post("/forward")), StartsWith("HTTP/1.1 502"));
  EXPECT_EQ(upstream.connections(), 1);
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("reset sent"));
}

TEST(Retry, NothingIsSentTwiceOnceAByteWasAnswered) {
  ScriptedServer upstream([](Socket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nCont");
  });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 502"));
  EXPECT_EQ(upstream.connections(), 1);
}

TEST(Retry, AWithdrawnCredentialIsSentNothing) {
  std::atomic<bool> anything{false};
  ScriptedServer upstream([&](Socket& socket, int) {
    if (!socket.read_until("\r\n").empty()) anything = true;
  });
  TestServer server({}, route_to(upstream.port()));
  server.plan.permitted = false;
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("not_permitted unsent"));
  EXPECT_THAT(ask(server, get("/ask/2")), HasSubstr("failed\nfailed\n"));
  server.server->stop();
  EXPECT_FALSE(anything);
}

struct BadAnswer {
  const char* name;
  const char* bytes;
};
class StrictAnswers : public testing::TestWithParam<BadAnswer> {};
TEST_P(StrictAnswers, AreNotPassedOn) {
  ScriptedServer upstream([](Socket& socket, int) {
    socket.read_message();
    socket.send(GetParam().bytes);
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, post("/whole")), StartsWith("HTTP/1.1 502"));
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("framing sent"));
  server.server->stop();
}
INSTANTIATE_TEST_SUITE_P(
    Pool, StrictAnswers,
    testing::Values(BadAnswer{"LengthAndEncoding",
                              "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                    BadAnswer{"TwoLengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"},
                    BadAnswer{"NegativeLength", "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc"},
                    BadAnswer{"BareLineFeed", "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"},
                    BadAnswer{"Folded", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"},
                    BadAnswer{"Gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
                    BadAnswer{"Upgrade", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"},
                    BadAnswer{"NoVersion", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
                    BadAnswer{"BadChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Pool, InterimAnswersAreSkippedAndAFloodOfThemIsNot) {
  int interim = 3;
  ScriptedServer upstream([&](Socket& socket, int) {
    socket.read_message();
    std::string said;
    for (int at = 0; at < interim; ++at) said += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    socket.send(said + answer(200, "final", "Connection: close\r\n"));
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("final"));
  interim = 17;
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 502"));
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("framing sent"));
  server.server->stop();
}

TEST(Pool, AnEarlyAnswerEndsTheUpload) {
  ScriptedServer upstream([](Socket& socket, int) {
    socket.read_until("\r\n\r\n");
    socket.send(answer(413, "too large", "Connection: close\r\n"));
    socket.shut_down();
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  std::thread sender([&] {
    client.send("POST /upload HTTP/1.1\r\nHost: gate\r\nContent-Length: 6000000\r\n\r\n" + std::string(6'000'000, 'x'));
  });
  const std::string said = client.read_message();
  EXPECT_THAT(said, StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(said, EndsWith("too large"));
  sender.join();
  client.close();
  server.server->stop();
}

TEST(Pool, RequestsWaitForAConnectionWithinTheBound) {
  std::atomic<int> together{0}, most{0};
  ScriptedServer upstream([&](Socket& socket, int) {
    while (!socket.read_message().empty()) {
      most = std::max<int>(most, ++together);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      --together;
      socket.send(answer(200, "ok"));
    }
  });
  ServerOptions options;
  options.limits.upstream_connections_per_key = 2;
  TestServer server(options, route_to(upstream.port()));
  std::vector<Socket> clients;
  for (int at = 0; at < 8; ++at) clients.push_back(Socket::connect_to(server.port()));
  for (Socket& client : clients) client.send(get("/forward"));
  for (Socket& client : clients) EXPECT_THAT(client.read_message(), EndsWith("ok"));
  EXPECT_LE(most, 2);
  EXPECT_EQ(upstream.connections(), 2);
  server.server->stop();
}

TEST(Pool, AFullQueueAndALongWaitAreBusy) {
  ScriptedServer upstream([&](Socket& socket, int) { socket.read_to_end(); });
  ServerOptions options;
  options.limits.upstream_connections_per_key = 1;
  options.limits.upstream_queue_per_key = 1;
  options.timeouts.pool_wait = 200;
  TestServer server(options, route_to(upstream.port()));
  Socket holder = Socket::connect_to(server.port());
  holder.send(get("/forward"));
  eventually([&] { return upstream.connections() == 1; });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  Socket waits = Socket::connect_to(server.port());
  waits.send(get("/forward"));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 503"));  // at once: the queue is full
  EXPECT_THAT(waits.read_message(), StartsWith("HTTP/1.1 503"));          // after pool_wait
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("busy unsent", "busy unsent"));
  holder.reset();
}

TEST(Pool, TheConnectionIdleLongestMakesRoomForAnotherKey) {
  ScriptedServer upstream([](Socket& socket, int) { answer_all(socket, answer(200, "ok")); });
  ServerOptions options;
  options.limits.upstream_connections = 2;
  TestServer server(options, route_to(upstream.port(), "a"));
  for (const char* key : {"a", "b", "c", "b", "a"}) {
    server.plan.route = route_to(upstream.port(), key);
    EXPECT_THAT(ask(server, get("/forward")), EndsWith("ok"));
  }
  EXPECT_EQ(upstream.connections(), 4);  // a, b, c instead of a, b again, a instead of c
  server.server->stop();
}

TEST(TimeOuts, OfTheUpstreamSide) {
  ScriptedServer upstream([](Socket& socket, int) {
    const std::string request = socket.read_message();
    if (request.find("/stall") != std::string::npos) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    socket.read_to_end();
  });
  ServerOptions options;
  options.timeouts.answer_head = 150;
  options.timeouts.answer_stall = 150;
  options.timeouts.connect = 300;
  TestServer server(options, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward/silent")), StartsWith("HTTP/1.1 504"));
  EXPECT_THAT(ask(server, get("/whole/stall")), StartsWith("HTTP/1.1 504"));
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("timeout sent", "timeout sent"));
  EXPECT_EQ(upstream.connections(), 2);  // no second try after a time-out
  server.plan.route = route_to(free_port());
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 502"));
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("connect unsent"));
  server.server->stop();
}

TEST(TimeOuts, AnIdleUpstreamConnectionIsClosed) {
  std::atomic<bool> ended{false};
  ScriptedServer upstream([&](Socket& socket, int) {
    socket.read_message();
    socket.send(answer(200, "ok"));
    ended = socket.ended_by_peer();
  });
  ServerOptions options;
  options.timeouts.upstream_idle = 100;
  TestServer server(options, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), EndsWith("ok"));
  EXPECT_TRUE(eventually([&] { return ended.load(); }, 1000));
}

TEST(Pool, NothingIsConnectedToThatTheFilterRefuses) {
  ScriptedServer upstream([](Socket& socket, int) { answer_all(socket, answer(200, "inside")); });
  ServerOptions options;
  options.upstream.addresses.allowed_networks.push_back(parse_network("10.0.0.0/8").value());
  TestServer server(options, route_to(upstream.port()));
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 502"));
  // By name too: what counts is where it leads.
  server.plan.route = route_to(upstream.port(), "name", "http", "localhost");
  EXPECT_THAT(ask(server, get("/forward")), StartsWith("HTTP/1.1 502"));
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("address_refused unsent", "address_refused unsent"));
  EXPECT_EQ(upstream.connections(), 0);
}

}  // namespace
}  // namespace gatehouse::http
