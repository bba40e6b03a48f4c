// The server on a real port: keep-alive, chunks, faults, what was recorded.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "base/encoding.h"
#include "sandbox/site.h"

namespace gatehouse::sandbox {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class Line {
 public:
  explicit Line(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("connect");
  }
  ~Line() { close(fd_); }

  void say(const std::string& bytes) {
    ASSERT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// Until `end` has been read, or the other side closes or resets.
  std::string hear(const std::string& end = "never that") {
    std::string out;
    char part[4096];
    while (out.find(end) == std::string::npos) {
      const ssize_t got = recv(fd_, part, sizeof part, 0);
      if (got <= 0) return out + (got < 0 ? "<reset>" : "<closed>");
      out.append(part, static_cast<std::size_t>(got));
    }
    return out;
  }

 private:
  int fd_;
};

std::string get(const std::string& target, const std::string& more = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer " + kToken + "\r\n" + more + "\r\n";
}

struct ServerTest : testing::Test {
  ServerTest() : port(sandbox.start().value()) {}

  void suffer(const std::string& kind, int delay_ms = 0) {
    sandbox.with_site([&](Site& site) {
      site.fault.kind = kind;
      site.fault.remaining = 1;
      site.fault.delay_ms = delay_ms;
      site.fault.match = "A-2";
      site.fault.size = 100'000;
    });
  }
  std::string issue() {
    Line line(port);
    line.say(get("/rest/api/3/issue/A-2?fields=summary", "Connection: close\r\n"));
    return line.hear();
  }

  Sandbox sandbox;
  std::uint16_t port;
};

TEST_F(ServerTest, ServesSeveralRequestsOnOneConnectionAndLongAnswersInChunks) {
  Line line(port);
  line.say(get("/rest/api/3/myself"));
  EXPECT_THAT(line.hear("\"expand\":\"groups,applicationRoles\"}"), StartsWith("HTTP/1.1 200 OK\r\n"));
  line.say(get("/rest/api/3/field"));
  const std::string fields = line.hear("\r\n0\r\n\r\n");
  EXPECT_THAT(fields, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(fields, EndsWith("]\r\n0\r\n\r\n"));
  line.say("HEAD /rest/api/3/myself HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer sandbox-token\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(line.hear(), EndsWith("\r\n\r\n<closed>"));
}

TEST_F(ServerTest, LinksNameTheServer) {
  EXPECT_THAT(issue(), HasSubstr("\"self\":\"http://127.0.0.1:" + std::to_string(port) + "/rest/api/3/issue/"));
}

TEST_F(ServerTest, SuffersEachFaultOnceAndThenIsWellAgain) {
  const std::string well = issue();
  EXPECT_THAT(well, HasSubstr("\"key\":\"A-2\""));
  suffer("reset");
  EXPECT_EQ(issue(), "<reset>");
  suffer("truncated");
  const std::string cut = issue();
  EXPECT_THAT(cut, HasSubstr("Content-Length:"));
  EXPECT_LT(cut.size(), well.size());
  suffer("unauthorized");
  EXPECT_THAT(issue(), StartsWith("HTTP/1.1 401 "));
  suffer("error");
  EXPECT_THAT(issue(), StartsWith("HTTP/1.1 503 "));
  suffer("extra-bytes");
  EXPECT_THAT(issue(), HasSubstr("}HTTP/1.1 200 OK\r\n"));
  suffer("huge-body");
  EXPECT_GT(issue().size(), 100'000U);
  suffer("slow", 120);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(issue(), HasSubstr("\"key\":\"A-2\""));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(120));
  sandbox.with_site([](Site& site) {
    site.fault.kind = "lie";
    site.fault.remaining = 1;
    site.fault.lie_issue = find_issue(site, "B-2")->id;
  });
  EXPECT_THAT(issue(), HasSubstr("\"key\":\"B-2\""));
  EXPECT_THAT(issue(), HasSubstr("\"key\":\"A-2\""));
}

TEST_F(ServerTest, RecordsWhatItWasAsked) {
  issue();
  sandbox.with_site([](const Site& site) {
    ASSERT_EQ(site.recorded.size(), 1U);
    EXPECT_EQ(site.recorded.front().target, "/rest/api/3/issue/A-2?fields=summary");
    EXPECT_EQ(site.recorded.front().status, 200);
  });
  sandbox.reset();
  sandbox.with_site([](const Site& site) { EXPECT_TRUE(site.recorded.empty()); });
}

TEST_F(ServerTest, ControlIsClosedUnlessAskedFor) {
  Line line(port);
  line.say(get("/__sandbox/recorded", "Connection: close\r\n"));
  EXPECT_THAT(line.hear(), StartsWith("HTTP/1.1 404 "));
}

TEST_F(ServerTest, SaysThatAPortIsTaken) {
  Sandbox second;
  const auto started = second.start(port);
  ASSERT_TRUE(started.has_error());
  EXPECT_EQ(started.error().code, Errc::kUnavailable);
  EXPECT_THAT(started.error().public_detail, HasSubstr("127.0.0.1:" + std::to_string(port)));
}

}  // namespace
}  // namespace gatehouse::sandbox
