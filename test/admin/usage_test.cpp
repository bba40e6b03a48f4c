// What keeps usage small, and what says that some was lost.
#include <gtest/gtest.h>

#include <filesystem>

#include "admin/recorder.h"
#include "admin/usage_fold.h"
#include "admin/usage_mark.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

token::Key key(char first) {
  token::Key made{};
  made.fill('0');
  made.front() = first;
  return made;
}

TEST(UsageFold, TellsSomePlacesOfEachTokenApartAndForgetsWithTheHour) {
  UsageFold fold;
  fold.enter(test::kStart);
  int told_apart = 0;
  for (std::uint64_t place = 1; place <= 10'000; ++place) told_apart += fold.tells_place(key('a'), place) ? 1 : 0;
  EXPECT_EQ(told_apart, UsageFold::kMostPlaces);
  EXPECT_TRUE(fold.tells_place(key('a'), 1)) << "one that was told apart stays so";
  EXPECT_FALSE(fold.tells_place(key('a'), 9999));
  EXPECT_TRUE(fold.tells_place(key('b'), 9999)) << "a neighbour has places of its own";
  fold.enter(test::kStart + std::chrono::hours(1));
  EXPECT_TRUE(fold.tells_place(key('a'), 9999));
}

TEST(UsageMark, SaysAfterACrashWhatWasStoredLast) {
  const std::string path = (std::filesystem::temp_directory_path() / ("usage-mark-" + std::to_string(::getpid()))).string();
  std::filesystem::remove(path);
  UsageMark mark(path);
  EXPECT_FALSE(mark.begin(test::kStart).value().has_value()) << "the first start of all";
  ASSERT_TRUE(mark.stored(test::kStart + std::chrono::seconds(10)));
  EXPECT_EQ(UsageMark(path).begin(test::kStart + std::chrono::hours(1)).value(), test::kStart + std::chrono::seconds(10));
  mark.end();
  EXPECT_FALSE(UsageMark(path).begin(test::kStart).value().has_value()) << "a clean end says nothing";
  std::filesystem::remove(path);
}

TEST(Usage, ThousandsOfUserAgentsAreCountedAndNotKeptApart) {
  test::World world;
  Recorder recorder(world.services(), world.request_log());
  for (int i = 0; i < 3000; ++i) {
    gateway::RequestRecord* record = world.request_log().queue(0).begin();
    ASSERT_NE(record, nullptr);
    *record = {};
    record->at = test::kStart;
    record->effect = Effect::kDeny;
    record->reason = Reason::kNoCredential;
    record->client = parse_ip("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1)).value();
    record->user_agent = "agent" + std::to_string(i);
    world.request_log().queue(0).commit();
  }
  ASSERT_TRUE(recorder.flush());
  const auto ticks = world.database().read().value()->usage.ticks(CredentialId(), Instant{}, 10'000).value();
  EXPECT_EQ(ticks.size(), static_cast<std::size_t>(UsageFold::kMostPlaces) + 1);
  std::int64_t requests = 0, others = 0;
  for (const store::UsageTick& tick : ticks) {
    requests += tick.count;
    if (tick.address == "others" && tick.user_agent == "others") others += tick.count;
  }
  EXPECT_EQ(requests, 3000);
  EXPECT_EQ(others, 3000 - UsageFold::kMostPlaces);
}

}  // namespace
}  // namespace gatehouse::admin
