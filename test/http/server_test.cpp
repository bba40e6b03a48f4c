// The client side of the server: time-outs, TLS, proxies in front, certificate reload, drain.
#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "test/http/path_exchange.h"
#include "test/http/support.h"

namespace gatehouse::http {
namespace {

using namespace test;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: gate\r\n" + std::string(fields) + "\r\n";
}

TEST(TimeOuts, OfTheClientSide) {
  ServerOptions options;
  options.timeouts.head = 150;
  options.timeouts.body_stall = 150;
  options.timeouts.keep_alive = 300;
  options.timeouts.idle_trim = 100;
  TestServer server(options);
  Socket silent = Socket::connect_to(server.port());
  Socket half_head = Socket::connect_to(server.port());
  half_head.send("GET /a HT");
  Socket half_body = Socket::connect_to(server.port());
  half_body.send("POST /echo HTTP/1.1\r\nHost: gate\r\nContent-Length: 9\r\n\r\nhalf");
  Socket idle = Socket::connect_to(server.port());
  idle.send(get("/a"));
  EXPECT_THAT(idle.read_message(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(silent.ended_by_peer(1500));
  EXPECT_THAT(half_head.read_to_end(), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(half_body.read_to_end(), StartsWith("HTTP/1.1 408"));
  EXPECT_TRUE(idle.ended_by_peer(1500));
  EXPECT_TRUE(eventually([&] { return server.plan.finished_incomplete == 1; }));
}

TEST(TimeOuts, AnIdleConnectionGivesItsExchangeBackAndGoesOn) {
  ServerOptions options;
  options.timeouts.idle_trim = 100;
  TestServer server(options);
  Socket client = Socket::connect_to(server.port());
  client.send(get("/a"));
  client.read_message();
  EXPECT_EQ(server.plan.made, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  client.send(get("/b"));
  EXPECT_THAT(client.read_message(), EndsWith("/b from 127.0.0.1"));
  EXPECT_EQ(server.plan.made, 2);
}

TEST(TimeOuts, AClientThatReadsNothingIsCutOff) {
  ScriptedServer upstream([](Socket& socket, int) {
    socket.read_message();
    socket.send(answer(200, std::string(30'000'000, 'x')));
  });
  ServerOptions options;
  options.timeouts.client_stall = 200;
  TestServer server(options, route_to(upstream.port()));
  Socket client = Socket::connect_to(server.port());
  client.send(get("/forward"));
  EXPECT_TRUE(eventually([&] { return server.plan.finished_incomplete == 1; }));
}

TEST(Server, StopFinishesWhatIsInFlightAndRefusesTheRest) {
  std::atomic<bool> go{false};
  ScriptedServer upstream([&](Socket& socket, int) {
    socket.read_message();
    eventually([&] { return go.load(); });
    socket.send(answer(200, "finished"));
    socket.read_to_end();
  });
  TestServer server({}, route_to(upstream.port()));
  const std::uint16_t port = server.port();
  Socket idle = Socket::connect_to(port);
  idle.send(get("/a"));
  idle.read_message();
  Socket busy = Socket::connect_to(port);
  busy.send(get("/forward"));
  eventually([&] { return upstream.connections() == 1; });
  std::thread stopper([&] { server.server->stop(); });
  EXPECT_TRUE(idle.ended_by_peer());
  EXPECT_TRUE(eventually([&] { return Socket::connect_to(port).descriptor() < 0; }));
  go = true;
  EXPECT_THAT(busy.read_message(), EndsWith("finished"));
  EXPECT_TRUE(busy.ended_by_peer());
  busy.close();
  stopper.join();
  EXPECT_EQ(server.plan.finished, 2);
  EXPECT_EQ(server.server->statistics().open_connections, 0U);
}

TEST(Server, StopWaitsNoLongerThanTheDrainTime) {
  ScriptedServer upstream([](Socket& socket, int) { socket.read_to_end(); });
  ServerOptions options;
  options.timeouts.drain = 200;
  TestServer server(options, route_to(upstream.port()));
  Socket busy = Socket::connect_to(server.port());
  busy.send(get("/forward"));
  eventually([&] { return upstream.connections() == 1; });
  const auto begin = std::chrono::steady_clock::now();
  server.server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  EXPECT_EQ(server.plan.finished_incomplete, 1);
  EXPECT_TRUE(busy.ended_by_peer());
}

TEST(Server, SharesItsPortAmongItsThreadsAndTellsThemApart) {
  std::atomic<int> makers{0};
  std::atomic<unsigned> quiet{0};
  Plan plan;
  SystemClock clock;
  ServerOptions options = loopback_options();
  options.threads = 3;
  options.upstream.ca_file = small_ca_file();
  Server server(
      options,
      [&](unsigned) {
        ++makers;
        return std::make_unique<PathFactory>(plan);
      },
      clock, [&](unsigned thread) { quiet |= 1U << thread; });
  ASSERT_TRUE(server.start().has_value());
  EXPECT_EQ(makers, 3);
  for (int at = 0; at < 30; ++at) {
    Socket client = Socket::connect_to(server.address().port);
    client.send(get("/a"));
    EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(server.statistics().requests, 30U);
  EXPECT_TRUE(eventually([&] { return quiet == 7U; }));
  // Nobody else gets in, not even with the same options.
  Server second(
      options, [&](unsigned) { return std::make_unique<PathFactory>(plan); }, clock);
  ServerOptions same = options;
  same.listen = server.address();
  Server third(
      same, [&](unsigned) { return std::make_unique<PathFactory>(plan); }, clock);
  EXPECT_EQ(third.start().error().code, Errc::kConflict);
}

TEST(Server, MoreClientsThanTheLimitWait) {
  ServerOptions options;
  options.limits.client_connections = 2;
  TestServer server(options);
  std::vector<Socket> clients;
  for (int at = 0; at < 3; ++at) clients.push_back(Socket::connect_to(server.port()));
  for (Socket& client : clients) client.send(get("/a"));
  EXPECT_THAT(clients[0].read_message(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(clients[1].read_message(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(server.server->statistics().connections, 2U);
  clients[0].close();
  EXPECT_THAT(clients[2].read_message(), StartsWith("HTTP/1.1 200"));
}

TEST(Server, SaysWhatIsWrongWithItsOptions) {
  Plan plan;
  SystemClock clock;
  const FactoryMaker maker = [&](unsigned) { return std::make_unique<PathFactory>(plan); };
  ServerOptions options = loopback_options();
  options.listen = parse_listen_address("0.0.0.0:0").value();
  EXPECT_THAT(Server(options, maker, clock).start().error().public_detail, HasSubstr("--tls-cert"));
  options = loopback_options();
  options.threads = 0;
  EXPECT_EQ(Server(options, maker, clock).start().error().field, "--threads");
  options = loopback_options();
  options.tls_certificate_file = "/nonexistent/cert.pem";
  options.tls_key_file = "/nonexistent/key.pem";
  EXPECT_THAT(Server(options, maker, clock).start().error().public_detail, HasSubstr("/nonexistent/cert.pem"));
  options = loopback_options();
  options.upstream.ca_file = "/nonexistent/ca.pem";
  EXPECT_THAT(Server(options, maker, clock).start().error().public_detail, HasSubstr("/nonexistent/ca.pem"));
}

TEST(TrustedProxies, ForwardedAddressesAreBelievedFromThemAlone) {
  ServerOptions options;
  options.trusted_proxies = {parse_network("127.0.0.2").value(), parse_network("10.0.0.0/8").value()};
  TestServer server(options);
  const auto asked_from = [&](const char* from, std::string_view fields) {
    Socket client = Socket::connect_to(server.port(), from);
    client.send(get("/a", fields));
    const std::string said = client.read_message();
    return said.substr(said.find(" from ") + 6);
  };
  EXPECT_EQ(asked_from("127.0.0.1", "X-Forwarded-For: 192.0.2.1\r\n"), "127.0.0.1");
  EXPECT_EQ(asked_from("127.0.0.2", ""), "127.0.0.2");
  EXPECT_EQ(asked_from("127.0.0.2", "X-Forwarded-For: 192.0.2.1\r\n"), "192.0.2.1");
  EXPECT_EQ(asked_from("127.0.0.2", "X-Forwarded-For: 198.51.100.9, 192.0.2.1 , 10.1.2.3\r\n"), "192.0.2.1");
  EXPECT_EQ(asked_from("127.0.0.2", "X-Forwarded-For: 198.51.100.9\r\nX-Forwarded-For: 192.0.2.7\r\n"), "192.0.2.7");
  EXPECT_EQ(asked_from("127.0.0.2", "X-Forwarded-For: 192.0.2.1, unknown\r\n"), "::");
  EXPECT_EQ(asked_from("127.0.0.2", "X-Forwarded-For: [2001:db8::1]:443\r\n"), "2001:db8::1");
}

TEST(TrustedProxies, ThePROXYHeaderIsReadFromThemAlone) {
  ServerOptions options;
  options.trusted_proxies = {parse_network("127.0.0.2").value()};
  options.proxy_protocol = true;
  TestServer server(options);
  const auto asked_with = [&](const char* from, const std::string& bytes) {
    Socket client = Socket::connect_to(server.port(), from);
    client.send(bytes.substr(0, 3));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    client.send(bytes.substr(3));
    client.send(get("/a", "X-Forwarded-For: 198.51.100.1\r\n"));
    return client.read_message();
  };
  EXPECT_THAT(asked_with("127.0.0.2", "PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n"), EndsWith("from 192.0.2.1"));
  EXPECT_THAT(asked_with("127.0.0.2", "PROXY TCP6 2001:db8::7 ::1 5000 443\r\n"), EndsWith("from 2001:db8::7"));
  EXPECT_THAT(asked_with("127.0.0.2", "PROXY UNKNOWN\r\n"), EndsWith("from 127.0.0.2"));
  const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
  EXPECT_THAT(asked_with("127.0.0.2", signature + std::string("\x21\x11\x00\x0f\xc0\x00\x02\x09\xc0\x00\x02\x01\x13\x88\x01\xbb"
                                                              "TLV",
                                                              19)),
              EndsWith("from 192.0.2.9"));
  EXPECT_THAT(asked_with("127.0.0.2", signature + std::string("\x20\x00\x00\x00", 4)), EndsWith("from 127.0.0.2"));
  // Without the header, or with a false one, a trusted proxy is not talked to; others are not believed.
  EXPECT_EQ(asked_with("127.0.0.2", "PROXY TCP4 192.0.2.1 2001:db8::1 x 443\r\n"), "");
  EXPECT_EQ(asked_with("127.0.0.2", "GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_THAT(asked_with("127.0.0.1", "PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n"), StartsWith("HTTP/1.1 501"));
}

/// A TLS client over a Socket; blocking.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port)
      : socket_(Socket::connect_to(port)), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_)) {
    SSL_set_fd(ssl_, socket_.descriptor());
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  bool connected() const { return connected_; }
  std::string ask(const std::string& request) {
    SSL_write(ssl_, request.data(), static_cast<int>(request.size()));
    char bytes[4096];
    const int count = SSL_read(ssl_, bytes, sizeof bytes);
    return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
  }
  std::string peer_name() const {
    X509* certificate = SSL_get1_peer_certificate(ssl_);
    char name[64] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    X509_free(certificate);
    return name;
  }

 private:
  Socket socket_;
  SSL_CTX* context_;
  SSL* ssl_;
  bool connected_ = false;
};

TEST(Tls, ServesAndReloadsItsCertificateWithoutDroppingAnybody) {
  TempFolder folder;
  ServerOptions options;
  options.tls_certificate_file = folder.file("cert.pem");
  options.tls_key_file = folder.file("key.pem");
  write_certificate(options.tls_certificate_file, options.tls_key_file, "first.example");
  TestServer server(options);
  TlsClient early(server.port());
  ASSERT_TRUE(early.connected());
  EXPECT_EQ(early.peer_name(), "first.example");
  EXPECT_THAT(early.ask(get("/a")), EndsWith("from 127.0.0.1 by TLS"));
  write_certificate(options.tls_certificate_file, options.tls_key_file, "second.example");
  ASSERT_TRUE(server.server->reload_certificate().has_value());
  EXPECT_TRUE(eventually([&] { return TlsClient(server.port()).peer_name() == "second.example"; }));
  EXPECT_THAT(early.ask(get("/b")), HasSubstr("/b from"));
  // A broken file changes nothing.
  write_certificate(folder.file("other.pem"), options.tls_key_file, "third.example");
  EXPECT_EQ(server.server->reload_certificate().error().code, Errc::kInvalidArgument);
  EXPECT_EQ(TlsClient(server.port()).peer_name(), "second.example");
}

TEST(Tls, PlainHttpToATlsPortIsClosed) {
  TempFolder folder;
  ServerOptions options;
  options.tls_certificate_file = folder.file("cert.pem");
  options.tls_key_file = folder.file("key.pem");
  write_certificate(options.tls_certificate_file, options.tls_key_file);
  TestServer server(options);
  Socket client = Socket::connect_to(server.port());
  client.send(get("/a"));
  client.read_to_end();
  Socket garbage = Socket::connect_to(server.port());
  garbage.send(std::string("\x16\x03\x01\xff\xff\x01", 6) + std::string(70'000, '\x01'));
  garbage.read_to_end();
  TlsClient good(server.port());
  EXPECT_THAT(good.ask(get("/a")), EndsWith("by TLS"));
}

TEST(Tls, UpstreamsAreVerified) {
  TempFolder folder;
  ServerOptions behind;
  behind.tls_certificate_file = folder.file("cert.pem");
  behind.tls_key_file = folder.file("key.pem");
  write_certificate(behind.tls_certificate_file, behind.tls_key_file, "localhost");
  TestServer upstream(behind);
  ServerOptions options;
  options.upstream.ca_file = behind.tls_certificate_file;
  TestServer trusting(options, route_to(upstream.port(), "k", "https", "localhost"));
  Socket client = Socket::connect_to(trusting.port());
  for (int at = 0; at < 3; ++at) {
    client.send(get("/forward/x"));
    EXPECT_THAT(client.read_message(), HasSubstr("200 OK"));
  }
  EXPECT_EQ(upstream.server->statistics().connections, 1U);
  // By the address that the certificate names too, but by no other name, and not under another authority.
  trusting.plan.route = route_to(upstream.port(), "k2", "https", "127.0.0.1");
  client.send(get("/forward/x"));
  EXPECT_THAT(client.read_message(), HasSubstr("200 OK"));
  trusting.plan.route = route_to(upstream.port(), "k3", "https", "127.0.0.3");
  client.send(get("/forward/x"));
  EXPECT_THAT(client.read_message(), HasSubstr("502"));
  TestServer distrusting({}, route_to(upstream.port(), "k", "https", "localhost"));
  Socket other = Socket::connect_to(distrusting.port());
  other.send(get("/forward/x"));
  EXPECT_THAT(other.read_message(), HasSubstr("502"));
  EXPECT_THAT(distrusting.plan.taken_failures(), testing::ElementsAre("tls unsent"));
}

TEST(Tls, HttpsUpstreamsAreReachedThroughTheProxy) {
  TempFolder folder;
  ServerOptions behind;
  behind.tls_certificate_file = folder.file("cert.pem");
  behind.tls_key_file = folder.file("key.pem");
  write_certificate(behind.tls_certificate_file, behind.tls_key_file, "jira.example");
  TestServer upstream(behind);
  std::string asked;
  std::atomic<int> said{200};
  ScriptedServer proxy([&](Socket& socket, int) {
    asked = socket.read_until("\r\n\r\n");
    socket.send("HTTP/1.1 " + std::to_string(said) + " Said\r\nContent-Length: 0\r\n\r\n" + (said == 299 ? "X" : ""));
    if (said != 200) return;
    Socket to = Socket::connect_to(upstream.port());
    std::thread back([&] {
      char bytes[4096];
      for (ssize_t count; (count = ::recv(to.descriptor(), bytes, sizeof bytes, 0)) > 0;)
        socket.send({bytes, static_cast<std::size_t>(count)});
      socket.shut_down();
    });
    char bytes[4096];
    for (ssize_t count; (count = ::recv(socket.descriptor(), bytes, sizeof bytes, 0)) > 0;)
      to.send({bytes, static_cast<std::size_t>(count)});
    to.shut_down();
    back.join();
  });
  ServerOptions options;
  options.upstream.ca_file = behind.tls_certificate_file;
  options.upstream.proxy =
      ProxySettings::parse("http://user:pa%73s@127.0.0.1:" + std::to_string(proxy.port()), "internal.example").value();
  {
    TestServer server(options, route_to(443, "k", "https", "jira.example"));
    Socket client = Socket::connect_to(server.port());
    client.send(get("/forward/x"));
    EXPECT_THAT(client.read_message(), HasSubstr("200 OK"));
    EXPECT_EQ(asked,
              "CONNECT jira.example:443 HTTP/1.1\r\nHost: jira.example:443\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
    server.server->stop();
  }
  for (const int refusal : {407, 299}) {
    said = refusal;
    TestServer server(options, route_to(443, "k", "https", "jira.example"));
    Socket client = Socket::connect_to(server.port());
    client.send(get("/forward/x"));
    EXPECT_THAT(client.read_message(), HasSubstr("502"));
  }
}

}  // namespace
}  // namespace gatehouse::http
