// A well-formed token that the index lacks: it may have been made on another node a moment ago.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gateway/gateway_exchange.h"
#include "gateway/thread_state.h"
#include "test/gateway/conversation.h"

namespace gatehouse::gateway {
namespace {

constexpr std::string_view kRead = "GET /ex/jira/acme/rest/api/3/issue/A-1";

class OneIssue final : public SiteScript {
 public:
  SiteAnswer answer(const Asked&) override {
    SiteAnswer given;
    given.fields = {{"Content-Type", "application/json"}};
    given.body = R"({"id":"10100","key":"A-1","fields":{"project":{"id":"10000"}}})";
    return given;
  }
};

struct UnknownToken : testing::Test {
  UnknownToken() {
    TokenSpec spec;
    spec.projects = {"A"};
    token = world.add_token(spec);
    made = world.last();
    world.index.remove(made->id);
    made->withdrawn.store(false);
  }
  /// With `token` known after a refresh, if `arrives`.
  Answered ask(
      std::string_view with, bool arrives, std::function<void()> first = [] {}) {
    token::IndexRefresh refresh([this, arrives, first] {
      first();
      if (arrives) world.index.put(made, false);
    });
    world.shared.refresh = &refresh;
    Answered answered;
    {
      GatewayExchange exchange(thread);
      OneIssue site;
      answered = converse(world, exchange, request_text(kRead, with), site);
    }
    refreshes = refresh.refreshes();
    world.shared.refresh = nullptr;
    return answered;
  }
  World world;
  std::string token;
  token::LiveCredentialPtr made;
  ThreadState thread{world.shared, &world.log.queue(0)};
  std::uint64_t refreshes = 0;
};

TEST_F(UnknownToken, WorksWhenTheChangeHasArrived) {
  EXPECT_EQ(ask(token, true).status, 200);
  EXPECT_EQ(refreshes, 1U);
  world.log.drain([](const RequestRecord& record) {
    EXPECT_EQ(record.effect, Effect::kPermit);
    EXPECT_EQ(record.presented.epoch, 0);
  });
}

TEST_F(UnknownToken, IsRefusedAfterOneRefresh) {
  EXPECT_EQ(ask(token, false).status, 401);
  EXPECT_EQ(refreshes, 1U);
}

TEST_F(UnknownToken, WhatIsNoTokenAsksForNothing) {
  std::string damaged = token;
  damaged.back() = damaged.back() == 'x' ? 'y' : 'x';
  EXPECT_EQ(ask(damaged, true).status, 401);
  EXPECT_EQ(ask("gtht_short", true).status, 401);
  EXPECT_EQ(refreshes, 0U);
}

TEST_F(UnknownToken, ADatabaseThatHangsHoldsItForASecondAtMost) {
  std::atomic<bool> held{true};
  std::thread releases([&held] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    held = false;
  });
  const auto begin = std::chrono::steady_clock::now();
  std::chrono::steady_clock::duration took{};
  {
    token::IndexRefresh refresh([&held] {
      while (held) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    });
    world.shared.refresh = &refresh;
    GatewayExchange exchange(thread);
    OneIssue site;
    EXPECT_EQ(converse(world, exchange, request_text(kRead, token), site).status, 401);
    took = std::chrono::steady_clock::now() - begin;
  }
  world.shared.refresh = nullptr;
  releases.join();
  EXPECT_GE(took, std::chrono::milliseconds(850));
  EXPECT_LT(took, std::chrono::milliseconds(1450));
}

TEST_F(UnknownToken, WhoIsTooManyIsRefusedAtOnce) {
  std::atomic<bool> held{true};
  token::IndexRefresh refresh([&held] {
    while (held) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  });
  world.shared.refresh = &refresh;
  while (refresh.join()) continue;
  const auto begin = std::chrono::steady_clock::now();
  {
    GatewayExchange exchange(thread);
    OneIssue site;
    EXPECT_EQ(converse(world, exchange, request_text(kRead, token), site).status, 401);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
  held = false;
  world.shared.refresh = nullptr;
}

}  // namespace
}  // namespace gatehouse::gateway
