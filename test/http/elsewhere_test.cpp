// What is done elsewhere: the answer comes from another thread, late, never, or for a client that has gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "http/server.h"
#include "test/http/path_exchange.h"
#include "test/http/support.h"

namespace gatehouse::http {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

/// Hands every request out, to be answered by the test.
struct Desk {
  std::mutex mutex;
  std::vector<ElsewhereDone> waiting;
  std::atomic<int> finished{0};
  std::atomic<int> broken{0};

  bool has(std::size_t count) {
    const std::lock_guard lock(mutex);
    return waiting.size() >= count;
  }
  void answer(std::size_t which, std::string_view body) {
    const std::lock_guard lock(mutex);
    waiting.at(which)({200, "Content-Type: text/plain\r\n", SecretString(std::string(body))});
  }
};

class DeskExchange final : public Exchange {
 public:
  explicit DeskExchange(Desk& desk) : desk_(desk) {
    task_ = [this](ElsewhereDone done) {
      const std::lock_guard lock(desk_.mutex);
      desk_.waiting.push_back(std::move(done));
    };
  }
  Action on_head(const RequestHead&, const Peer&, const Now&) override {
    Action action;
    action.kind = Action::Kind::kElsewhere;
    action.elsewhere = &task_;
    return action;
  }
  Action on_elsewhere(ElsewhereAnswer& answer, const Now&) override {
    head_ = answer.head;
    body_ = answer.body.expose();
    Action action;
    action.kind = Action::Kind::kRespond;
    action.status = answer.status;
    action.head = head_;
    action.body = body_;
    action.content_length = static_cast<std::int64_t>(body_.size());
    action.last = true;
    return action;
  }
  Action on_body(std::string_view, bool) override { return {}; }
  Action on_lookups(std::vector<LookupAnswer>&, const Now&) override { return {}; }
  bool may_send(const Now&) noexcept override { return false; }
  Action on_response_head(const ResponseHead&, const Now&) override { return {}; }
  Action on_response_body(std::string_view, bool) override { return {}; }
  Action on_upstream_failure(UpstreamFailure, bool) override { return {}; }
  void on_finished(bool complete, const Now&) override { ++(complete ? desk_.finished : desk_.broken); }

 private:
  Desk& desk_;
  std::function<void(ElsewhereDone)> task_;
  std::string head_;
  std::string body_;
};

class DeskFactory final : public ExchangeFactory {
 public:
  explicit DeskFactory(Desk& desk) : desk_(desk) {}
  std::unique_ptr<Exchange> make() override { return std::make_unique<DeskExchange>(desk_); }

 private:
  Desk& desk_;
};

class Elsewhere : public testing::Test {
 protected:
  void start(std::uint32_t patience_ms = 20'000) {
    ServerOptions options = loopback_options();
    options.upstream.ca_file = small_ca_file();
    options.timeouts.answer_head = patience_ms;
    server = std::make_unique<Server>(
        std::move(options), [this](unsigned) { return std::make_unique<DeskFactory>(desk); }, clock);
    ASSERT_TRUE(server->start());
  }
  Socket ask() {
    Socket client = Socket::connect_to(server->address().port);
    client.send("GET / HTTP/1.1\r\nHost: gate\r\n\r\n");
    return client;
  }

  Desk desk;
  SystemClock clock;
  std::unique_ptr<Server> server;
};

TEST_F(Elsewhere, TheAnswerComesFromAnotherThreadAndTheConnectionGoesOn) {
  start();
  Socket client = ask();
  for (std::size_t at = 0; at < 3; ++at) {
    ASSERT_TRUE(eventually([&] { return desk.has(at + 1); }));
    desk.answer(at, "done " + std::to_string(at));
    EXPECT_THAT(client.read_message(), HasSubstr("\r\n\r\ndone " + std::to_string(at)));
    client.send("GET / HTTP/1.1\r\nHost: gate\r\n\r\n");
  }
  EXPECT_TRUE(eventually([&] { return desk.finished == 3; }));
}

TEST_F(Elsewhere, AnswersForOneThatHasGoneDoNothing) {
  start();
  Socket client = ask();
  ASSERT_TRUE(eventually([&] { return desk.has(1); }));
  client.reset();
  EXPECT_TRUE(eventually([&] { return desk.broken == 1; }));
  desk.answer(0, "too late");
  Socket other = ask();
  ASSERT_TRUE(eventually([&] { return desk.has(2); }));
  desk.answer(1, "right");
  desk.answer(1, "twice");
  EXPECT_THAT(other.read_message(), HasSubstr("\r\n\r\nright"));
}

TEST_F(Elsewhere, WhatTakesTooLongIs504AndAnswersNobodyLater) {
  start(300);
  Socket client = ask();
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 504 "));
  desk.answer(0, "too late");
  EXPECT_TRUE(eventually([&] { return desk.broken == 1; }));
}

}  // namespace
}  // namespace gatehouse::http
