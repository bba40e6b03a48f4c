// A year in a test: 400 days of 200 service accounts, drawn from a seed that is printed (GATEHOUSE_YEAR_SEED takes
// another, GATEHOUSE_YEAR_DAYS fewer days). At its
// end every expiry had been told to a person in time, each message came exactly as often as needed, no request of a well-behaved
// client failed, what had ended was always refused, and the reports agree with a recount made from the test's own model.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "test/year/recount.h"
#include "test/year/story.h"

namespace gatehouse::year {
namespace {

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const given = std::getenv(variable);
  return given ? std::strtoull(given, nullptr, 10) : otherwise;
}

void expect_none(const Differences& differences, std::uint64_t seed) {
  constexpr std::size_t kShown = 25;
  for (std::size_t i = 0; i < std::min(kShown, differences.size()); ++i)
    ADD_FAILURE() << "seed " << seed << ", " << differences[i];
  if (differences.size() > kShown) ADD_FAILURE() << "… and " << differences.size() - kShown << " more";
}

TEST(Year, NobodyWakesUpToASurprise) {
  const std::uint64_t seed = number_of("GATEHOUSE_YEAR_SEED", 20270101);
  const int days = static_cast<int>(number_of("GATEHOUSE_YEAR_DAYS", 400));
  std::cout << "seed " << seed << std::endl;
  Story story(seed);
  const auto began = std::chrono::steady_clock::now();
  Differences differences;
  try {
    for (const int day : {days / 10, days * 2 / 5 - 5, days * 2 / 3, days}) {
      story.live_until(day);
      recount_reports(story, differences);
    }
  } catch (const std::exception& caught) {
    FAIL() << "seed " << seed << ", day " << story.day() << ": " << caught.what();
  }
  const Telling telling = recount_telling(story, differences);
  recount_webhooks(story, differences);
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  std::cout << story.model().accounts.size() << " accounts, " << story.model().credentials.size() << " credentials, "
            << story.calls() << " calls, of which " << story.refused() << " by what had ended or was paused; " << story.rotated()
            << " rotations, " << story.restarts() << " restarts; " << telling.mails << " mails that told " << telling.items
            << " things; " << telling.ends << " ends, " << telling.told << " told before, " << telling.excused
            << " that could not be; " << took.count() << " s" << std::endl;
  expect_none(differences, seed);
  if (days < 400) return;
  EXPECT_EQ(story.model().accounts.size(), 200U);
  EXPECT_GT(telling.ends, 150);
  EXPECT_GT(story.rotated(), 200);
  EXPECT_GT(telling.told * 100, telling.ends * 85) << "too many are excused for this to say anything";
}

}  // namespace
}  // namespace gatehouse::year
