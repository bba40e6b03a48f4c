// The audit log beside the database: what syslog is sent, that it goes on after an outage, and that a roll-back is seen.
#include "lifecycle/audit_sinks.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "admin/accounts.h"
#include "admin/users.h"
#include "test/support/world.h"

namespace gatehouse::lifecycle {
namespace {

using test::must;
using testing::HasSubstr;
using testing::StartsWith;

/// A receiver of datagrams.
class Receiver {
 public:
  Receiver() : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    ::bind(fd_, reinterpret_cast<const sockaddr*>(&address_), size);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  ~Receiver() { ::close(fd_); }
  std::string target() const { return "udp://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }
  /// What has come so far.
  std::vector<std::string> heard() {
    std::vector<std::string> out;
    std::string buffer(65536, '\0');
    for (;;) {
      const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0) return out;
      out.push_back(buffer.substr(0, static_cast<std::size_t>(size)));
    }
  }

 private:
  int fd_;
  sockaddr_in address_{};
};

class Sinks : public testing::Test {
 protected:
  std::unique_ptr<AuditSinks> open(const std::string& syslog) {
    AuditSinkSettings settings;
    settings.syslog = syslog;
    return must(AuditSinks::make(world.services(), settings, progress));
  }
  void TearDown() override { std::filesystem::remove(progress); }
  void add(const std::string& email) {
    must(admin::add_user(world.services(), world.caller(), {email, "a | name", "member", {}}));
  }

  test::World world;
  const std::string progress = std::filesystem::temp_directory_path() / ("gatehouse-sinks-" + std::to_string(::getpid()));
};

TEST(SyslogTarget, SaysWhereItGoes) {
  const auto tcp = parse_syslog_target("tcp://log.example.com:601");
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp.value().way, "tcp");
  EXPECT_EQ(tcp.value().host, "log.example.com");
  EXPECT_EQ(tcp.value().port, "601");
  EXPECT_EQ(parse_syslog_target("udp://[::1]:514").value().host, "::1");
  EXPECT_EQ(parse_syslog_target("unix:/dev/log").value().host, "/dev/log");
  for (const char* wrong :
       {"", "log.example.com", "tcp://log.example.com", "tcp://:1", "http://a:1", "udp://a:x", "unix:", "unix:log"})
    EXPECT_FALSE(parse_syslog_target(wrong)) << wrong;
}

TEST(SyslogMessage, IsOneOfRfc5424) {
  EXPECT_EQ(syslog_message(6, test::kStart, "audit", "CEF:0|x"),
            "<110>1 2027-01-01T00:00:00Z gatehouse gatehouse - audit - CEF:0|x");
}

TEST_F(Sinks, EveryRecordAndTheHeadAreSentOnce) {
  Receiver receiver;
  const auto sinks = open(receiver.target());
  add("eva@example.com");
  must(sinks->run(world.clock().now()));
  const auto first = receiver.heard();
  ASSERT_GE(first.size(), 2U);
  EXPECT_THAT(first[first.size() - 2], HasSubstr("CEF:0|Gatehouse|Gatehouse|1|user.add|"));
  EXPECT_THAT(first[first.size() - 2], HasSubstr("cs1=user eva@example.com")) << first[first.size() - 2];
  EXPECT_THAT(first.back(), HasSubstr("- anchor - {\"sequence\":"));
  EXPECT_THAT(first.back(), HasSubstr("\"signature\":"));
  must(sinks->run(world.clock().now()));
  EXPECT_TRUE(receiver.heard().empty());
  add("max@example.com");
  must(sinks->run(world.clock().now()));
  EXPECT_EQ(receiver.heard().size(), 1U) << "the record at once, the head once a minute";
  world.clock().advance(std::chrono::minutes(1));
  must(sinks->run(world.clock().now()));
  EXPECT_EQ(receiver.heard().size(), 1U);
}

TEST_F(Sinks, GoesOnWhereItWas) {
  {
    Receiver receiver;
    must(open(receiver.target())->run(world.clock().now()));
  }
  // Nobody listens there.
  const auto away = open("tcp://127.0.0.1:1");
  add("eva@example.com");
  EXPECT_EQ(away->run(world.clock().now()).error().code, Errc::kUpstreamFailed);
  Receiver receiver;
  must(open(receiver.target())->run(world.clock().now()));
  const auto heard = receiver.heard();
  ASSERT_EQ(heard.size(), 2U) << "what was not sent yet, and its anchor";
  EXPECT_THAT(heard[0], HasSubstr("user.add"));
}

TEST_F(Sinks, AnOlderStateThatWasPutBackIsSeen) {
  Receiver receiver;
  must(open(receiver.target())->run(world.clock().now()));
  must(store::replace_file(progress, R"({"streamed":1,"anchored_syslog":999999,"anchored_webhook":0})"));
  const auto sinks = open(receiver.target());
  const auto found = sinks->run(world.clock().now());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::kDataCorrupt);
  EXPECT_THAT(found.error().public_detail, HasSubstr("999999"));
}

}  // namespace
}  // namespace gatehouse::lifecycle
