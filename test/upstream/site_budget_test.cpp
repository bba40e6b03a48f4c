// A site's budget: shares of accounts, windows, and what the site itself has said.

#include "upstream/site_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace gatehouse::upstream {
namespace {

constexpr Rate kTen{10, std::chrono::seconds(1)};
const Instant kStart{std::chrono::seconds(1'800'000'000)};

int taken(SiteBudget& budget, const Rate& rate, std::string_view account, int tries, Instant now) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += budget.take(rate, account, now).permitted ? 1 : 0;
  return count;
}

TEST(SiteBudget, OneAccountAloneHasAllOfIt) {
  SiteBudget budget;
  EXPECT_EQ(taken(budget, kTen, "a", 50, kStart), 10);
  EXPECT_EQ(taken(budget, kTen, "a", 50, kStart + std::chrono::milliseconds(999)), 0);
  EXPECT_EQ(taken(budget, kTen, "a", 50, kStart + std::chrono::seconds(1)), 10);
}

TEST(SiteBudget, NoneTakesMoreThanItsShareWhileOthersAsk) {
  SiteBudget budget;
  Instant now = kStart;
  taken(budget, kTen, "loud", 50, now);
  // In its first window the quiet one comes too late; it has asked, and from then on its share is kept.
  EXPECT_EQ(taken(budget, kTen, "quiet", 1, now), 0);
  now += std::chrono::seconds(1);
  EXPECT_EQ(taken(budget, kTen, "loud", 50, now), 5);
  EXPECT_EQ(taken(budget, kTen, "quiet", 3, now), 3);
  EXPECT_EQ(taken(budget, kTen, "loud", 50, now), 0);
  EXPECT_EQ(taken(budget, kTen, "quiet", 50, now), 2);
  // Who has not asked for a whole window keeps nothing from the others.
  now += std::chrono::seconds(2);
  EXPECT_EQ(taken(budget, kTen, "loud", 50, now), 10);
}

TEST(SiteBudget, WithoutALimitNothingIsRefused) {
  SiteBudget budget;
  EXPECT_EQ(taken(budget, Rate{}, "a", 5000, kStart), 5000);
}

TEST(SiteBudget, LongSpansAreCountedInShortWindows) {
  SiteBudget budget;
  const Rate minute{600, std::chrono::minutes(1)};
  EXPECT_EQ(taken(budget, minute, "a", 1000, kStart), 100);
  const auto answer = budget.take(minute, "a", kStart);
  EXPECT_FALSE(answer.permitted);
  EXPECT_EQ(answer.limit, 100u);
  EXPECT_LE(answer.reset - kStart, std::chrono::seconds(10));
  SiteBudget slow;
  EXPECT_EQ(taken(slow, Rate{2, std::chrono::minutes(1)}, "a", 10, kStart), 2);
}

TEST(SiteBudget, AccountsThatNoLongerAskMakeRoom) {
  SiteBudget budget;
  const Rate many{100'000, std::chrono::seconds(1)};
  for (int i = 0; i < 600; ++i) taken(budget, many, "account " + std::to_string(i), 1, kStart);
  const Instant later = kStart + std::chrono::seconds(30);
  taken(budget, kTen, "other", 1, later);
  EXPECT_EQ(taken(budget, kTen, "loud", 50, later), 5);
  EXPECT_EQ(taken(budget, kTen, "other", 50, later), 4);
}

TEST(SiteBudget, LookUpsCount) {
  SiteBudget budget;
  budget.charge(kTen, "a", 8, kStart);
  EXPECT_EQ(taken(budget, kTen, "a", 10, kStart), 2);
  budget.charge(kTen, "a", 100, kStart);
  EXPECT_EQ(taken(budget, kTen, "a", 10, kStart), 0);
}

TEST(SiteBudget, ThreadsTogetherDoNotExceedItByMuch) {
  SiteBudget budget;
  const Rate many{1000, std::chrono::seconds(1)};
  std::atomic<int> permitted{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] { permitted += taken(budget, many, i % 2 == 0 ? "a" : "b", 2000, kStart); });
  }
  threads.clear();
  EXPECT_GE(permitted.load(), 900);
  EXPECT_LE(permitted.load(), 1008);
}

TEST(SiteBudget, APauseIsOneCredentialsAndEnds) {
  SiteBudget budget;
  budget.pause("one", kStart, std::chrono::seconds(7));
  EXPECT_EQ(budget.paused_until("one", kStart), kStart + std::chrono::seconds(7));
  EXPECT_EQ(budget.paused_until("two", kStart), Instant());
  EXPECT_EQ(budget.paused_until("one", kStart + std::chrono::seconds(7)), Instant());
  budget.pause("one", kStart, std::chrono::hours(24 * 30));
  EXPECT_EQ(budget.paused_until("one", kStart), kStart + SiteBudget::kLongestPause);
  const auto held = SiteBudget::of("y");
  EXPECT_EQ(SiteBudget::of("y"), held);
  EXPECT_NE(SiteBudget::of("x"), held);
}

}  // namespace
}  // namespace gatehouse::upstream
