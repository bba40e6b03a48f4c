// The smaller parts: what may be reached, where may be listened, timers, buffers, names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <thread>

#include "http/answer.h"
#include "http/buffer.h"
#include "http/listener.h"
#include "http/memory_budget.h"
#include "http/resolver.h"
#include "http/timer_wheel.h"
#include "http/trusted_proxy.h"
#include "http/upstream_options.h"
#include "test/http/support.h"

namespace gatehouse::http {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

IpAddress ip(const char* text) { return parse_ip(text).value(); }

TEST(UpstreamOptions, BaseUrlsAreRead) {
  const Origin origin = parse_base_url("https://Acme.Atlassian.NET").value();
  EXPECT_EQ(origin.scheme, "https");
  EXPECT_EQ(origin.host, "acme.atlassian.net");
  EXPECT_EQ(origin.port, 443);
  EXPECT_EQ(origin.context_path, "");
  EXPECT_EQ(parse_base_url("http://127.0.0.1:8090/jira").value().context_path, "/jira");
  EXPECT_EQ(parse_base_url("http://127.0.0.1:8090/jira").value().port, 8090);
  EXPECT_EQ(parse_base_url("http://h").value().port, 80);
  EXPECT_EQ(parse_base_url("https://[2001:DB8::1]:8443/a/b.c~d").value().host, "2001:db8::1");
}

TEST(UpstreamOptions, BaseUrlsThatCouldBeReadInTwoWaysAreRefused) {
  for (const char* url : {"",
                          "acme.atlassian.net",
                          "ftp://a",
                          "HTTPS://a",
                          "https:/a",
                          "https://",
                          "https://a/",
                          "https://a//b",
                          "https://a/b/",
                          "https://a/./b",
                          "https://a/../b",
                          "https://u@a",
                          "https://u:p@a",
                          "https://a?x",
                          "https://a#x",
                          "https://a/%2e",
                          "https://a\\b",
                          "https://a:0",
                          "https://a:65536",
                          "https://a:",
                          "https://a:80:80",
                          "https://[::1",
                          "https://[1.2.3.4]",
                          "https://::1",
                          "https://a b",
                          "https://a\n",
                          "https://-a",
                          "https://a..b",
                          "https://.a",
                          "https://a.",
                          "https://127.1",
                          "https://0x7f000001",
                          "https://2130706433",
                          "https://0177.0.0.1",
                          "https://a.0x1",
                          "https://127.0.0.1.",
                          "https://a/b;c",
                          "https://a/b c",
                          "https://a,b",
                          "https://\xc3\xa9"}) {
    EXPECT_TRUE(parse_base_url(url).has_error()) << url;
  }
}

TEST(UpstreamOptions, TheFilterRefusesWhatIsNotPublic) {
  const AddressPolicy closed;
  EXPECT_TRUE(closed.permits("a", ip("104.192.142.18")));
  EXPECT_TRUE(closed.permits("a", ip("2401:1d80:3000::1")));
  for (const char* address : {"127.0.0.1",
                              "10.0.0.1",
                              "172.16.0.1",
                              "192.168.1.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "0.0.0.0",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::1",
                              "::",
                              "fe80::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:169.254.169.254",
                              "64:ff9b::7f00:1",
                              "64:ff9b:1::1",
                              "2002:7f00:1::1",
                              "2001::1",
                              "::127.0.0.1",
                              "fec0::1",
                              "4000::1"}) {
    EXPECT_FALSE(closed.permits("a", ip(address))) << address;
  }
  AddressPolicy open;
  open.allowed_networks = {parse_network("10.1.0.0/16").value()};
  open.allowed_hosts = {"jira.internal"};
  EXPECT_TRUE(open.permits("a", ip("10.1.2.3")));
  EXPECT_FALSE(open.permits("a", ip("10.2.2.3")));
  EXPECT_TRUE(open.permits("Jira.Internal", ip("10.2.2.3")));
  EXPECT_FALSE(open.permits("jira.internal.evil", ip("10.2.2.3")));
  EXPECT_FALSE(open.permits("jira.internal", ip("169.254.169.254")));  // no name makes the metadata service a site
}

TEST(UpstreamOptions, ProxySettingsAreReadAsCurlReadsThem) {
  const ProxySettings none = ProxySettings::parse("", "").value();
  EXPECT_FALSE(none.applies_to("a"));
  const ProxySettings proxy =
      ProxySettings::parse("http://Proxy.example:3128/", " internal.example, .corp , 10.0.0.0/8,host.one").value();
  EXPECT_EQ(proxy.host, "proxy.example");
  EXPECT_EQ(proxy.port, 3128);
  EXPECT_TRUE(proxy.authorization.empty());
  for (const char* direct : {"internal.example", "a.internal.example", "x.corp", "corp", "10.9.8.7", "HOST.one"})
    EXPECT_FALSE(proxy.applies_to(direct)) << direct;
  for (const char* through : {"acme.atlassian.net", "xinternal.example", "11.0.0.1", "internal.example.evil", "xcorp"})
    EXPECT_TRUE(proxy.applies_to(through)) << through;
  EXPECT_FALSE(ProxySettings::parse("http://p", "*").value().applies_to("a"));
  EXPECT_EQ(ProxySettings::parse("http://us%40er:p@p:1", "").value().authorization.expose(),
            "Proxy-Authorization: Basic dXNAZXI6cA==\r\n");
  for (const char* bad : {"https://p:1", "socks5://p", "p:3128", "http://", "http://p:0", "http://a b"})
    EXPECT_TRUE(ProxySettings::parse(bad, "").has_error()) << bad;
}

TEST(Listener, AddressesAreReadAndWritten) {
  for (const char* text : {"127.0.0.1:8480", "[::1]:8480", "0.0.0.0:0", "[2001:db8::1]:443"}) {
    EXPECT_EQ(format_listen_address(parse_listen_address(text).value()), text);
  }
  EXPECT_EQ(format_listen_address(parse_listen_address("localhost:1").value()), "127.0.0.1:1");
  for (const char* text : {"", "8480", ":8480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:08", "::1:8480",
                           "[127.0.0.1]:1", "example.com:80", "127.1:80"}) {
    EXPECT_TRUE(parse_listen_address(text).has_error()) << text;
  }
}

TEST(Listener, OffLoopbackOnlyWithTlsOrBehindAProxy) {
  const ListenAddress loopback = parse_listen_address("127.0.0.1:1").value();
  const ListenAddress anywhere = parse_listen_address("0.0.0.0:1").value();
  EXPECT_TRUE(check_listen_address(loopback, false, {}).has_value());
  EXPECT_TRUE(check_listen_address(anywhere, true, {}).has_value());
  EXPECT_TRUE(check_listen_address(anywhere, false, {parse_network("10.0.0.0/8").value()}).has_value());
  const auto refused = check_listen_address(anywhere, false, {});
  ASSERT_TRUE(refused.has_error());
  EXPECT_THAT(refused.error().public_detail, HasSubstr("--tls-cert"));
  EXPECT_THAT(refused.error().public_detail, HasSubstr("--trusted-proxy"));
  for (const char* everybody : {"0.0.0.0/0", "::/0"}) {
    EXPECT_TRUE(check_listen_address(loopback, true, {parse_network(everybody).value()}).has_error()) << everybody;
  }
}

TEST(Listener, ATakenPortIsAConflictWhateverItsOptions) {
  const ListenAddress any = parse_listen_address("127.0.0.1:0").value();
  const ListenSockets one = std::move(open_listener(any, 1).value());
  EXPECT_EQ(open_listener(one.bound, 1).error().code, Errc::kConflict);
  EXPECT_EQ(open_listener(one.bound, 4).error().code, Errc::kConflict);
  const ListenSockets group = std::move(open_listener(any, 4).value());
  EXPECT_EQ(group.descriptors.size(), 4U);
  EXPECT_EQ(open_listener(group.bound, 1).error().code, Errc::kConflict);
  EXPECT_EQ(open_listener(group.bound, 4).error().code, Errc::kConflict);
  EXPECT_EQ(open_listener(parse_listen_address("203.0.113.7:0").value(), 1).error().code, Errc::kInvalidArgument);
}

class Alarm final : public Timer {
 public:
  int fired = 0;

 private:
  void on_timeout() override { ++fired; }
};

TEST(TimerWheel, FiresOnceNeverEarlyAndAtMostATickLate) {
  TimerWheel wheel(1'000'050);
  Alarm soon, late, cancelled, again;
  wheel.schedule(soon, 200);
  wheel.schedule(late, 300'000);  // more than once round
  wheel.schedule(cancelled, 200);
  wheel.schedule(again, 200);
  wheel.schedule(again, 500);
  cancelled.cancel();
  wheel.advance(1'000'050 + 199);
  EXPECT_EQ(soon.fired, 0);
  wheel.advance(1'000'050 + 300);
  EXPECT_EQ(soon.fired, 1);
  EXPECT_EQ(cancelled.fired, 0);
  EXPECT_EQ(again.fired, 0);
  wheel.advance(1'000'050 + 700);
  EXPECT_EQ(again.fired, 1);
  wheel.advance(1'000'050 + 299'999);
  EXPECT_EQ(late.fired, 0);
  wheel.advance(1'000'050 + 300'200);
  EXPECT_EQ(late.fired, 1);
  EXPECT_FALSE(late.pending());
}

TEST(Buffer, KeepsWhatStandsInFrontAndGrowsOnce) {
  BufferPool pool;
  Buffer buffer(pool, BufferPool::kSmall);
  buffer.append("headbody");
  buffer.consume(4);
  buffer.consume(4);
  buffer.compact(4);
  EXPECT_EQ(buffer.room_size(), BufferPool::kSmall - 4);
  buffer.append("more");
  EXPECT_EQ(buffer.bytes(), "more");
  EXPECT_EQ(std::string_view(buffer.bytes().data() - 4, 8), "headmore");
  EXPECT_TRUE(buffer.grow());
  EXPECT_EQ(buffer.bytes(), "more");
  EXPECT_FALSE(buffer.grow());
  buffer.release();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.room_size(), BufferPool::kSmall);
}

TEST(MemoryBudget, IsSharedAndGivenBack) {
  MemoryBudget budget(100);
  BudgetShare one(budget);
  EXPECT_TRUE(one.add(60));
  {
    BudgetShare two(budget);
    EXPECT_FALSE(two.add(41));
    EXPECT_TRUE(two.add(40));
  }
  EXPECT_EQ(budget.used(), 60U);
  one.give_back();
  EXPECT_EQ(budget.used(), 0U);
}

TEST(Resolver, AsksOnceForManyAndKeepsTheAnswer) {
  std::atomic<int> asked{0};
  std::atomic<bool> go{false};
  ResolverOptions options;
  options.keep_ms = 100;
  Resolver resolver(options, [&](const std::string&) {
    ++asked;
    test::eventually([&] { return go.load(); });
    return Resolver::Addresses{parse_ip("192.0.2.1").value()};
  });
  std::atomic<int> answered{0};
  const auto answer = [&](const Resolver::Addresses& addresses) { answered += static_cast<int>(addresses.size()); };
  for (int at = 0; at < 10; ++at) resolver.resolve("a.example", answer);
  go = true;
  EXPECT_TRUE(test::eventually([&] { return answered == 10; }));
  EXPECT_EQ(asked, 1);
  resolver.resolve("a.example", answer);
  EXPECT_EQ(answered, 11);  // at once, from the cache
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  resolver.resolve("a.example", answer);
  EXPECT_TRUE(test::eventually([&] { return answered == 12; }));
  EXPECT_EQ(asked, 2);
}

TEST(Resolver, NobodyWaitsForItsThreadsAtTheEnd) {
  std::atomic<bool> go{false};
  std::atomic<int> inside{0};
  std::atomic<int> answered{0};
  const auto begin = std::chrono::steady_clock::now();
  {
    Resolver resolver({}, [&](const std::string&) {
      ++inside;
      test::eventually([&] { return go.load(); });
      --inside;
      return Resolver::Addresses();
    });
    resolver.resolve("slow.example", [&](const auto&) { ++answered; });
    test::eventually([&] { return inside == 1; });
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  go = true;
  EXPECT_TRUE(test::eventually([&] { return inside == 0; }));
  EXPECT_EQ(answered, 0);
}

TEST(Resolver, FindsLocalhost) {
  const Resolver::Addresses found = Resolver::system_look_up("localhost");
  ASSERT_FALSE(found.empty());
  for (const IpAddress& address : found) EXPECT_TRUE(is_loopback(address));
  EXPECT_TRUE(Resolver::system_look_up("no such name").empty());
}

TEST(ProxyHeader, EveryCutOfAGoodOneIsIncompleteAndBadOnesAreRefused) {
  const std::string v2 = "\r\n\r\n\0\r\nQUIT\n"s + "\x21\x21\x00\x24"s + std::string(36, '\x20');
  for (const std::string& header : {"PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n"s, "PROXY UNKNOWN anything at all\r\n"s, v2}) {
    for (std::size_t cut = 0; cut < header.size(); ++cut) {
      EXPECT_EQ(read_proxy_header(std::string_view(header).substr(0, cut)).status, ProxyHeader::Status::kIncomplete) << cut;
    }
    EXPECT_EQ(read_proxy_header(header + "GET").consumed, header.size());
  }
  const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
  for (const std::string& bad :
       {"PROXY TCP4 192.0.2.1 192.0.2.2 5000\r\n"s, "PROXY TCP4 ::1 ::1 1 2\r\n"s, "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n"s,
        "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n"s, "PROXY TCP4 192.0.2.1 192.0.2.2 1 99999\r\n"s, "PROXY TCP4 a b 1 2\r\n"s,
        "proxy UNKNOWN\r\n"s, "PROXY " + std::string(200, 'x'), "GET / HTTP/1.1\r\n"s,
        signature + "\x31\x11\x00\x0c" + std::string(12, 'x'), signature + "\x22\x11\x00\x0c" + std::string(12, 'x'),
        signature + "\x21\x12\x00\x0c" + std::string(12, 'x'), signature + "\x21\x11\x00\x04" + std::string(4, 'x'),
        signature + "\x21\x11\xff\xff"}) {
    EXPECT_EQ(read_proxy_header(bad).status, ProxyHeader::Status::kRefused) << testing::PrintToString(bad);
  }
}

TEST(Answer, RefusesToEndAnAnswerThatIsNotWhole) {
  Action action;
  action.kind = Action::Kind::kRespond;
  action.status = 200;
  action.content_length = 5;
  action.body = "abc";
  action.last = true;
  AnswerWriter writer;
  writer.begin({});
  EXPECT_FALSE(writer.add(action, ""));
  action.body = "abcdef";
  writer.begin({});
  EXPECT_FALSE(writer.add(action, ""));
  action.body = "abcde";
  writer.begin({});
  EXPECT_TRUE(writer.add(action, ""));
  action.status = 101;
  writer.begin({});
  EXPECT_FALSE(writer.add(action, ""));
  EXPECT_EQ(neutral_body("say \"x\""), R"({"errorMessages":["say \"x\""],"errors":{}})");
}

}  // namespace
}  // namespace gatehouse::http
