#include "http/driver.h"

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
using testing::Not;
using testing::StartsWith;

std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: gate\r\n" + std::string(fields) + "\r\n";
}
std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: gate\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

TEST(Driver, AnswersAndKeepsTheConnection) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  for (int at = 0; at < 3; ++at) {
    client.send(get("/hello"));
    const std::string answer = client.read_message();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(answer, HasSubstr("Content-Length: 21\r\n\r\n/hello from 127.0.0.1"));
    EXPECT_THAT(answer, Not(HasSubstr("Connection:")));
  }
  EXPECT_EQ(server.plan.made, 1);
  EXPECT_TRUE(eventually([&] { return server.plan.finished == 3; }));
  EXPECT_EQ(server.server->statistics().requests, 3U);
}

TEST(Driver, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  client.send(get("/a") + post("/echo", "bb") + get("/c") + get("/d", "Connection: close\r\n") + get("/never"));
  EXPECT_THAT(client.read_message(), EndsWith("/a from 127.0.0.1"));
  EXPECT_THAT(client.read_message(), EndsWith("\r\n\r\nbb"));
  EXPECT_THAT(client.read_message(), EndsWith("/c from 127.0.0.1"));
  const std::string last = client.read_message();
  EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.ended_by_peer());
  EXPECT_TRUE(eventually([&] { return server.plan.finished == 4; }));
}

TEST(Driver, AHeadMayArriveByteByByte) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  for (const char byte : post("/echo", "slow body")) client.send({&byte, 1});
  EXPECT_THAT(client.read_message(), EndsWith("\r\n\r\nslow body"));
}

TEST(Driver, ForwardsAndPassesTheAnswerOn) {
  std::string seen;
  ScriptedServer upstream([&](Socket& socket, int) {
    for (;;) {
      const std::string request = socket.read_message();
      if (request.empty()) return;
      seen = request;
      socket.send(answer(200, "from upstream", "X-Trace: 1\r\n"));
    }
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  for (int at = 0; at < 5; ++at) {
    client.send(get("/forward/x?y=z"));
    EXPECT_THAT(client.read_message(), EndsWith("X-Trace: 1\r\nContent-Length: 13\r\n\r\nfrom upstream"));
  }
  EXPECT_EQ(seen, "GET /forward/x?y=z HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(upstream.port()) +
                      "\r\nAccept: */*\r\nAuthorization: Basic c2l0ZTpzZWNyZXQ=\r\n\r\n");
  EXPECT_EQ(upstream.connections(), 1);
  EXPECT_EQ(server.server->statistics().upstream_connections, 1U);
  EXPECT_EQ(server.plan.asked_may_send, 5);
}

TEST(Driver, LooksUpAllAtOnce) {
  std::atomic<int> together{0};
  ScriptedServer upstream([&](Socket& socket, int number) {
    socket.read_message();
    ++together;
    // None is answered before all have asked.
    eventually([&] { return together == 3; });
    socket.send(answer(200 + number, std::to_string(number)));
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send(get("/ask/3"));
  const std::string answer = client.read_message();
  EXPECT_THAT(answer, HasSubstr("200 0\n"));
  EXPECT_THAT(answer, HasSubstr("201 1\n"));
  EXPECT_THAT(answer, HasSubstr("202 2\n"));
  client.send(get("/ask/0"));
  EXPECT_THAT(client.read_message(), HasSubstr("Content-Length: 0\r\n"));
  client.close();
  server.server->stop();
}

TEST(Driver, AFailedLookUpIsToldAndTheOthersAreNot) {
  ScriptedServer upstream([&](Socket& socket, int number) {
    socket.read_message();
    if (number % 2 == 0) socket.send(answer(200, "good", "Connection: close\r\n"));
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send("POST /ask/2 HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n");
  const std::string answer = client.read_message();
  EXPECT_THAT(answer, HasSubstr("200 good\n"));
  EXPECT_THAT(answer, HasSubstr("failed\n"));
}

TEST(Driver, StreamsBodiesInBothDirections) {
  std::string large;
  for (int at = 0; large.size() < 3'000'000; ++at) large += std::to_string(at) + ",";
  ScriptedServer upstream([&](Socket& socket, int) {
    for (;;) {
      const std::string request = socket.read_message();
      if (request.empty()) return;
      socket.send(answer(200, request.substr(request.find("\r\n\r\n") + 4)));
    }
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  std::thread sender([&] { client.send(post("/upload", large)); });
  const std::string answer = client.read_message();
  sender.join();
  EXPECT_TRUE(answer.substr(answer.find("\r\n\r\n") + 4) == large) << answer.size();
}

TEST(Driver, FramesChunkedBodiesAnew) {
  std::string seen;
  ScriptedServer upstream([&](Socket& socket, int) {
    seen = socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n");
    socket.send("6\r\n world\r\n0\r\nX-Trailer: dropped\r\n\r\n");
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send(
      "POST /upload HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\n\r\n3;a=\"b\"\r\nabc\r\n0\r\nAuthorization: Bearer "
      "evil\r\n\r\n");
  const std::string answer = client.read_message();
  EXPECT_THAT(seen, EndsWith("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(answer, EndsWith("0\r\n\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("ext=1")));
  EXPECT_THAT(answer, Not(HasSubstr("X-Trailer")));
  client.close();
  server.server->stop();
}

TEST(Driver, SendsTheFirstPieceAndThenTheRestWithTheWholeLength) {
  std::string seen;
  ScriptedServer upstream([&](Socket& socket, int) {
    seen = socket.read_message();
    socket.send(answer(200, "", "Connection: close\r\n"));
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send("POST /prefix HTTP/1.1\r\nHost: gate\r\nContent-Length: 10\r\n\r\nfirst");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  client.send("later");
  client.read_message();
  EXPECT_THAT(seen, EndsWith("Content-Length: 10\r\n\r\nfirstlater"));
}

TEST(Driver, AnswersWithoutABody) {
  ScriptedServer upstream([](Socket& socket, int) {
    for (;;) {
      const std::string request = socket.read_message();
      if (request.empty()) return;
      if (request.starts_with("HEAD")) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      if (request.find("/204") != std::string::npos) socket.send("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n");
      if (request.find("/304") != std::string::npos) socket.send("HTTP/1.1 304 Not Modified\r\nX: y\r\n\r\n");
    }
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send("HEAD /forward/h HTTP/1.1\r\nHost: gate\r\n\r\n" + get("/forward/204") + get("/forward/304") + get("/after"));
  EXPECT_THAT(client.read_message(true), StartsWith("HTTP/1.1 200"));
  const std::string none = client.read_message();
  EXPECT_THAT(none, StartsWith("HTTP/1.1 204"));
  EXPECT_THAT(none, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 304"));
  EXPECT_THAT(client.read_message(), EndsWith("/after from 127.0.0.1"));
}

TEST(Driver, AsksBetweenThePiecesOfAnAnswer) {
  std::atomic<int> lookups{0};
  ScriptedServer upstream([&](Socket& socket, int) {
    for (;;) {
      const std::string request = socket.read_message();
      if (request.empty()) return;
      if (request.find("/lookup") != std::string::npos) {
        socket.send(answer(200, std::to_string(++lookups)));
        continue;
      }
      socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
      eventually([&] { return lookups == 1; });
      socket.send("3\r\ntwo\r\n5\r\nthree\r\n");
      eventually([&] { return lookups == 3; });
      if (request.find("/cut") != std::string::npos) return socket.close();
      socket.send("0\r\n\r\n");
    }
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send(get("/between/x"));
  const std::string whole = client.read_until("\r\n0\r\n\r\n");
  EXPECT_THAT(whole, HasSubstr("one|1|"));
  EXPECT_THAT(whole, HasSubstr("two|2|"));
  EXPECT_THAT(whole, HasSubstr("three|3|"));
  EXPECT_THAT(whole, EndsWith("\r\n0\r\n\r\n"));
  // Where upstream goes away half-way the client's answer is not ended: it can't take it for whole.
  lookups = 0;
  client.send(get("/between/cut"));
  const std::string half = client.read_to_end();
  EXPECT_THAT(half, HasSubstr("three|3|"));
  EXPECT_THAT(half, Not(EndsWith("0\r\n\r\n")));
  EXPECT_EQ(server.plan.finished_incomplete, 1);
}

TEST(Driver, PausesAndGoesOn) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  const auto begin = std::chrono::steady_clock::now();
  client.send(get("/pause/200") + get("/next"));
  EXPECT_THAT(client.read_message(), EndsWith("after the pause"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(200));
  EXPECT_THAT(client.read_message(), EndsWith("/next from 127.0.0.1"));
  // A client that goes meanwhile leaves nothing behind.
  client.send(get("/pause/300"));
  client.reset();
  EXPECT_TRUE(eventually([&] { return server.plan.finished == 3; }));
}

TEST(Driver, SaysContinueOnlyWhenTheBodyIsWanted) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  const std::string head = " HTTP/1.1\r\nHost: gate\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  client.send("POST /echo" + head);
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_THAT(client.read_message(), EndsWith("\r\n\r\nbody"));
  // Who is refused before may send its body or the next request: nobody can tell, so the connection ends.
  client.send("POST /refuse" + head);
  const std::string last = client.read_message();
  EXPECT_THAT(last, StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.ended_by_peer());
}

TEST(Driver, DrainsAShortUnreadBodyAndClosesOnALongOne) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  client.send(post("/refuse", std::string(5000, 'x')) + get("/next"));
  EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(client.read_message(), EndsWith("/next from 127.0.0.1"));
  client.send("POST /refuse HTTP/1.1\r\nHost: gate\r\nContent-Length: 1000000\r\n\r\nabc");
  const std::string last = client.read_message();
  EXPECT_THAT(last, StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(last, HasSubstr("Connection: close\r\n")) << "the rest of the body is not read";
  EXPECT_TRUE(client.ended_by_peer());
}

TEST(Driver, SpeaksToHttp10Clients) {
  ScriptedServer upstream([](Socket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    socket.send("5\r\nworld\r\n0\r\n\r\n");
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send("GET /a HTTP/1.0\r\nHost: gate\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client.read_message(), HasSubstr("Connection: keep-alive\r\n"));
  client.send("GET /forward HTTP/1.0\r\nHost: gate\r\n\r\n");
  const std::string answer = client.read_to_end();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("chunked")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nhelloworld"));
  client.close();
  server.server->stop();
}

TEST(Driver, RefusesBadHeadsItselfAndCloses) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  client.send(
      "POST /a HTTP/1.1\r\nHost: gate\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled "
      "HTTP/1.1\r\nHost: gate\r\n\r\n");
  const std::string answer = client.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(
      answer,
      EndsWith("{\"errorMessages\":[\"Content-Length and Transfer-Encoding are both given; send only one.\"],\"errors\":{}}"));
  EXPECT_THAT(answer, Not(HasSubstr("smuggled")));
  EXPECT_EQ(server.plan.finished, 0);
  EXPECT_EQ(server.server->statistics().refused_by_scanner, 1U);
  Socket large = Socket::connect_to(server.port());
  large.send("GET /a HTTP/1.1\r\nHost: gate\r\nX: " + std::string(40'000, 'x'));
  EXPECT_THAT(large.read_to_end(), StartsWith("HTTP/1.1 431"));
}

TEST(Driver, RefusesABadChunk) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n");
  const std::string answer = client.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400"));
  EXPECT_TRUE(eventually([&] { return server.plan.finished_incomplete == 1; }));
}

TEST(Driver, BoundsBodiesInMemory) {
  ServerOptions options;
  options.limits.body_in_memory = 1000;
  options.limits.memory_budget = 1500;
  TestServer server(options);
  Socket client = Socket::connect_to(server.port());
  client.send(post("/echo", std::string(1000, 'a')));
  EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 200"));
  client.send(post("/echo", std::string(1001, 'a')));
  EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 413"));
  EXPECT_TRUE(client.ended_by_peer());
  // What one request holds is not there for another.
  Socket holder = Socket::connect_to(server.port());
  holder.send("POST /echo HTTP/1.1\r\nHost: gate\r\nContent-Length: 1000\r\n\r\n" + std::string(999, 'a'));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  Socket second = Socket::connect_to(server.port());
  second.send(post("/echo", std::string(600, 'a')));
  EXPECT_THAT(second.read_message(), StartsWith("HTTP/1.1 503"));
  holder.send("a");
  EXPECT_THAT(holder.read_message(), StartsWith("HTTP/1.1 200"));
  Socket third = Socket::connect_to(server.port());
  third.send(post("/echo", std::string(600, 'a')));
  EXPECT_THAT(third.read_message(), StartsWith("HTTP/1.1 200"));
}

TEST(Driver, AbortsWithAReset) {
  TestServer server;
  Socket client = Socket::connect_to(server.port());
  client.send(get("/abort"));
  EXPECT_TRUE(client.ended_by_peer());
  EXPECT_TRUE(eventually([&] { return server.plan.finished_incomplete == 1; }));
}

TEST(Driver, ABrokenAnswerNeverLooksWhole) {
  ScriptedServer upstream([](Socket& socket, int number) {
    socket.read_message();
    if (number == 0) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    if (number == 1) socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
  });
  TestServer server({}, route_to(upstream.port()));
  for (int at = 0; at < 2; ++at) {
    Socket client = Socket::connect_to(server.port());
    client.send(get("/forward"));
    const std::string answer = client.read_to_end();
    EXPECT_THAT(answer, Not(EndsWith("0\r\n\r\n")));
    EXPECT_THAT(answer, Not(EndsWith("half......")));
  }
  EXPECT_THAT(server.plan.taken_failures(), ElementsAre("reset sent", "reset sent"));
  EXPECT_TRUE(eventually([&] { return server.plan.finished_incomplete == 2; }));
}

TEST(Driver, ASlowClientHoldsItsUpstreamBackAndOthersRun) {
  const std::string large(24'000'000, 'z');  // more than the kernel's buffers hold
  std::atomic<bool> all_sent{false};
  ScriptedServer upstream([&](Socket& socket, int) {
    const std::string request = socket.read_message();
    if (request.find("/large") != std::string::npos) {
      socket.send(answer(200, large));
      all_sent = true;
    } else {
      socket.send(answer(200, "quick"));
    }
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  Socket slow = Socket::connect_to(server.port());
  slow.send(get("/forward/large"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_FALSE(all_sent);
  Socket quick = Socket::connect_to(server.port());
  quick.send(get("/forward/small"));
  EXPECT_THAT(quick.read_message(), EndsWith("quick"));
  const std::string answer = slow.read_message();
  EXPECT_TRUE(answer.substr(answer.find("\r\n\r\n") + 4) == large) << answer.size();
  slow.close();
  quick.close();
  server.server->stop();
}

TEST(Driver, AClientThatNeverStopsAskingDoesNotKeepTheThread) {
  TestServer server;
  std::atomic<bool> end{false};
  Socket greedy = Socket::connect_to(server.port());
  std::string many;
  for (int at = 0; at < 500; ++at) many += get("/greedy");
  std::thread asks([&] {
    while (!end) greedy.send(many);
  });
  std::thread hears([&] { greedy.read_to_end(); });
  eventually([&] { return server.server->statistics().requests > 1000; });
  for (int at = 0; at < 5; ++at) {
    Socket other = Socket::connect_to(server.port());
    other.send(get("/other"));
    EXPECT_THAT(other.read_message(), EndsWith("/other from 127.0.0.1"));
  }
  end = true;
  asks.join();
  greedy.shut_down();
  hears.join();
}

TEST(Driver, AHalfClosedClientStillGetsItsAnswer) {
  ScriptedServer upstream([](Socket& socket, int) {
    socket.read_message();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    socket.send(answer(200, "late but whole"));
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send(get("/forward"));
  client.shut_down();
  EXPECT_THAT(client.read_to_end(), EndsWith("late but whole"));
  server.server->stop();
}

TEST(Driver, AClientThatGoesAwayEndsItsUpstreamRequest) {
  std::atomic<bool> ended{false};
  ScriptedServer upstream([&](Socket& socket, int) {
    socket.read_message();
    ended = socket.ended_by_peer(3000);
  });
  TestServer server({}, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send(get("/forward"));
  eventually([&] { return upstream.connections() == 1; });
  client.reset();
  EXPECT_TRUE(eventually([&] { return ended.load(); }));
  EXPECT_TRUE(eventually([&] { return server.plan.finished_incomplete == 1; }));
}

}  // namespace
}  // namespace gatehouse::http
