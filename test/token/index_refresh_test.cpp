#include "token/index_refresh.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace gatehouse::token {
namespace {

bool eventually_done(const IndexRefresh& refresh, std::uint64_t ticket) {
  for (int at = 0; at < 1000 && !refresh.is_done(ticket); ++at) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return refresh.is_done(ticket);
}

TEST(IndexRefresh, OneRefreshServesAllWhoWait) {
  std::atomic<bool> held{true};
  IndexRefresh refresh([&] {
    while (held) std::this_thread::yield();
  });
  std::vector<std::uint64_t> tickets;
  for (int at = 0; at < 100; ++at) tickets.push_back(refresh.join().value());
  for (const std::uint64_t ticket : tickets) EXPECT_FALSE(refresh.is_done(ticket));
  held = false;
  for (const std::uint64_t ticket : tickets) EXPECT_TRUE(eventually_done(refresh, ticket));
  // One that began when the first asked, and one for those who came while it ran.
  EXPECT_LE(refresh.refreshes(), 2U);
}

TEST(IndexRefresh, ARefreshThatBeganEarlierIsNotEnough) {
  std::atomic<int> begun{0};
  std::atomic<bool> held{true};
  IndexRefresh refresh([&] {
    ++begun;
    while (held) std::this_thread::yield();
  });
  const auto first = refresh.join();
  while (begun == 0) std::this_thread::yield();
  const auto late = refresh.join();
  held = false;
  EXPECT_TRUE(eventually_done(refresh, first.value()));
  EXPECT_TRUE(eventually_done(refresh, late.value()));
  EXPECT_EQ(begun, 2);
}

TEST(IndexRefresh, IsNeverReadMoreOftenThanItsPause) {
  IndexRefresh refresh([] {});
  const auto begin = std::chrono::steady_clock::now();
  for (int at = 0; at < 4; ++at) {
    EXPECT_TRUE(eventually_done(refresh, refresh.join().value()));
    refresh.leave();
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 3 * IndexRefresh::kPause);
}

TEST(IndexRefresh, TooManyDoNotWait) {
  IndexRefresh refresh([] {});
  for (int at = 0; at < IndexRefresh::kMaxWaiting; ++at) EXPECT_TRUE(refresh.join());
  EXPECT_FALSE(refresh.join());
  EXPECT_FALSE(refresh.join());
  refresh.leave();
  EXPECT_TRUE(refresh.join());
}

}  // namespace
}  // namespace gatehouse::token
