// The admin listener on a real socket: framing, Host, time to answer, and that it starts only where it may.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "admin/live_events.h"
#include "api/admin_server.h"
#include "api/connection.h"

namespace gatehouse::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Listener : public testing::Test {
 protected:
  void SetUp() override {
    AdminServerOptions options;
    options.listen = http::parse_listen_address("127.0.0.1:0").value();
    options.hosts = {"gatehouse.example.com"};
    server = std::make_unique<AdminServer>(options, [](const Request& request) {
      Response response;
      response.body = request.method + " " + request.target + " " + request.body;
      return response;
    });
    ASSERT_TRUE(server->start());
  }

  /// Sends the bytes, and reads until the server has closed or said nothing for a while.
  std::string talk(const std::string& bytes) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(server->address().port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    const timeval patience{0, 300'000};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    std::string answer;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0;)
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    ::close(socket);
    return answer;
  }

  std::unique_ptr<AdminServer> server;
};

TEST_F(Listener, AnswersOneRequestAfterTheOther) {
  const std::string answer = talk(
      "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi"
      "GET /b HTTP/1.1\r\nHost: 127.0.0.1:8481\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("POST /a hi"));
  EXPECT_THAT(answer, HasSubstr("GET /b "));
  EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff"));
  EXPECT_THAT(answer, HasSubstr("Gatehouse-Request-Id: "));
}

TEST_F(Listener, TellsACarefulClientToGoOn) {
  EXPECT_THAT(talk("POST /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
              StartsWith("HTTP/1.1 100 Continue\r\n\r\n"));
}

TEST_F(Listener, RefusesNamesThatAreNotItsOwn) {
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: evil.example.com\r\n\r\n"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: gatehouse.example.com\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Listener, RefusesWhatTwoParsersReadDifferently) {
  const auto status = [this](const std::string& request) { return talk(request).substr(9, 3); };
  EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), "400") << "no Host";
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"), "400");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi"), "400");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2, 2\r\n\r\nhi"), "400");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"), "411");
  EXPECT_EQ(status("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n"), "431");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"), "413");
  EXPECT_EQ(status("POST /api/v1/register/import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n"), "413");
  EXPECT_EQ(status("nonsense\r\n\r\n"), "400");
}

TEST_F(Listener, SaysThatItsPortIsTaken) {
  AdminServerOptions options;
  options.listen = server->address();
  AdminServer second(options, [](const Request&) { return Response(); });
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::kConflict);
}

/// Streams what the test says, on a real socket.
class Streaming : public testing::Test {
 protected:
  struct Source : admin::EventStream {
    explicit Source(Streaming& owner) : test(owner) {}
    void open(std::shared_ptr<admin::EventSink> to) override {
      const std::lock_guard lock(test.mutex);
      test.sink = std::move(to);
    }
    Streaming& test;
  };
  void SetUp() override {
    AdminServerOptions options;
    options.listen = http::parse_listen_address("127.0.0.1:0").value();
    options.workers = 1;
    server = std::make_unique<AdminServer>(options, [this](const Request& request) {
      Response response;
      if (request.target != "/stream") return response;
      response.content_type = "text/event-stream";
      const auto source = std::make_shared<Source>(*this);
      response.stream = source;
      const std::lock_guard lock(mutex);
      given = source;
      return response;
    });
    ASSERT_TRUE(server->start());
  }
  void TearDown() override {
    if (socket >= 0) ::close(socket);
  }
  void connect(const std::string& method = "GET") {
    socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(server->address().port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    const timeval patience{5, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::string bytes = method + " /stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ASSERT_EQ(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// Reads until what came ends so, or nothing comes any more.
  std::string read_to(const std::string& end) {
    std::string got;
    char letter = 0;
    while (!(!end.empty() && got.ends_with(end)) && ::recv(socket, &letter, 1, 0) == 1) got += letter;
    return got;
  }
  std::shared_ptr<admin::EventSink> opened() {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(mutex);
        if (sink) return sink;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return nullptr;
  }
  bool given_back() {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(mutex);
        if (given.expired()) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  std::unique_ptr<AdminServer> server;
  std::mutex mutex;
  std::shared_ptr<admin::EventSink> sink;
  std::weak_ptr<Source> given;
  int socket = -1;
};

TEST_F(Streaming, WritesAsItComesAndHoldsNoWorker) {
  connect();
  const std::string head = read_to("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(head, testing::Not(HasSubstr("Content-Length")));
  const auto to = opened();
  ASSERT_TRUE(to);
  EXPECT_TRUE(to->push("event: one\n\n"));
  EXPECT_EQ(read_to("\n\n"), "event: one\n\n");
  EXPECT_TRUE(to->push("event: two\n\n"));
  EXPECT_EQ(read_to("\n\n"), "event: two\n\n");
  // The one worker is free for others meanwhile.
  const int streaming = socket;
  connect("POST");
  ::close(socket);
  socket = streaming;
  EXPECT_TRUE(to->push("event: three\n\n"));
  EXPECT_EQ(read_to("\n\n"), "event: three\n\n");
  to->finish();
  EXPECT_EQ(read_to(""), "") << "and the connection is closed";
  EXPECT_FALSE(to->push("late"));
}

TEST_F(Streaming, GivesItsPlaceBackWhenTheReaderGoes) {
  connect();
  ASSERT_TRUE(opened());
  ::close(std::exchange(socket, -1));
  EXPECT_TRUE(given_back());
  EXPECT_FALSE(opened()->push("late"));
}

TEST_F(Streaming, DropsAReaderWhoDoesNotRead) {
  connect();
  const auto to = opened();
  ASSERT_TRUE(to);
  const std::string piece(16 * 1024, 'x');
  int taken = 0;
  while (taken < 100'000 && to->push(piece)) ++taken;
  EXPECT_LT(taken, 100'000) << "nothing piles up for a reader who sleeps";
  EXPECT_TRUE(given_back());
}

TEST_F(Streaming, EndsAtOnceWithTheServer) {
  connect();
  ASSERT_TRUE(opened());
  const auto begin = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  read_to("");
}

TEST(Listening, OffLoopbackNeedsTls) {
  AdminServerOptions options;
  options.listen = http::parse_listen_address("0.0.0.0:0").value();
  AdminServer server(options, [](const Request&) { return Response(); });
  EXPECT_FALSE(server.start());
}

TEST(ClientAddress, IsBelievedOfTrustedProxiesOnly) {
  const std::vector<Network> trusted{parse_network("10.0.0.0/8").value()};
  const auto seen = [&trusted](const char* peer, const char* forwarded) {
    Request request;
    request.fields.emplace_back("x-forwarded-for", forwarded);
    return format_ip(client_address(request, parse_ip(peer).value(), trusted));
  };
  EXPECT_EQ(seen("192.0.2.1", "198.51.100.7"), "192.0.2.1");
  EXPECT_EQ(seen("10.0.0.1", "198.51.100.7"), "198.51.100.7");
  EXPECT_EQ(seen("10.0.0.1", "198.51.100.7, 10.0.0.2"), "198.51.100.7");
  EXPECT_EQ(seen("10.0.0.1", "203.0.113.9, 198.51.100.7"), "198.51.100.7")
      << "what stands further left was written by the client";
  EXPECT_EQ(seen("10.0.0.1", "nonsense"), "10.0.0.1");
}

TEST(Hosts, AreLocalhostOurAddressAndWhatWasNamed) {
  AdminServerOptions options;
  options.listen = http::parse_listen_address("127.0.0.1:8481").value();
  options.hosts = {"gatehouse.example.com"};
  for (const char* ours :
       {"localhost", "LOCALHOST:1234", "127.0.0.1", "127.0.0.1:8481", "[::1]:8481", "gatehouse.example.com:443"}) {
    EXPECT_TRUE(host_is_ours(ours, options)) << ours;
  }
  for (const char* other :
       {"", "evil.example.com", "localhost.evil.example.com", "192.0.2.1", "[::1", "127.0.0.1.evil.example.com"}) {
    EXPECT_FALSE(host_is_ours(other, options)) << other;
  }
}

}  // namespace
}  // namespace gatehouse::api
