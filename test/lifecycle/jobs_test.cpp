#include "lifecycle/jobs.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace gatehouse::lifecycle {
namespace {

using namespace std::chrono_literals;

class JobsTest : public ::testing::Test {
 protected:
  int run_at(Duration after) { return jobs_.run_due(start_ + after); }
  Jobs::Work counting() {
    return [this](Instant) -> Result<void> {
      ++runs_;
      return success();
    };
  }

  const Instant start_{Duration(1'798'761'600'000)};
  FakeClock clock_{start_};
  Jobs jobs_{clock_};
  int runs_ = 0;
};

TEST_F(JobsTest, RunsAtOnceThenByItsPeriod) {
  jobs_.add("count", 1h, counting());
  EXPECT_EQ(run_at(0h), 1);
  EXPECT_EQ(run_at(59min), 0);
  EXPECT_EQ(run_at(60min), 1);
  EXPECT_EQ(runs_, 2);
}

TEST_F(JobsTest, ALeapOfTheClockRunsItOnce) {
  jobs_.add("count", 1min, counting());
  run_at(0h);
  run_at(400h);
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(run_at(1h), 1) << "a clock that was set back must not put it to sleep";
}

TEST_F(JobsTest, AFailureIsShownAndTheOthersGoOn) {
  bool broken = true;
  jobs_.add("breaks", 1min, [&broken](Instant) -> Result<void> {
    if (broken) throw std::runtime_error("the disk is gone");
    return success();
  });
  jobs_.add("count", 1min, counting());
  EXPECT_EQ(run_at(0h), 2);
  EXPECT_EQ(runs_, 1);
  EXPECT_NE(jobs_.status()[0].problem.find("the disk is gone"), std::string::npos);
  EXPECT_FALSE(jobs_.status()[0].last_success);
  broken = false;
  run_at(1h);
  EXPECT_EQ(jobs_.status()[0].problem, "");
  EXPECT_EQ(jobs_.status()[0].last_success, start_ + 1h);
}

TEST_F(JobsTest, TheThreadRunsWhatIsDueAndStops) {
  std::promise<Instant> ran;
  jobs_.add("once", 24h, [&ran](Instant now) -> Result<void> {
    ran.set_value(now);
    return success();
  });
  jobs_.start();
  EXPECT_EQ(ran.get_future().get(), start_);
  jobs_.stop();
  jobs_.stop();
}

}  // namespace
}  // namespace gatehouse::lifecycle
