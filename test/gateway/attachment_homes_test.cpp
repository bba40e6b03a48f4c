#include "gateway/attachment_homes.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace gatehouse::gateway {
namespace {

TEST(AttachmentHomes, RemembersTheIssueOfThatSiteAlone) {
  AttachmentHomes homes;
  EXPECT_EQ(homes.find("one", "500"), 0u);
  homes.remember("one", "500", "10100");
  EXPECT_EQ(homes.find("one", "500"), 10100u);
  EXPECT_EQ(homes.find("two", "500"), 0u);
  EXPECT_EQ(homes.find("one", "501"), 0u);
  homes.remember("one", "500", "10200");
  EXPECT_EQ(homes.find("one", "500"), 10200u);
}

TEST(AttachmentHomes, ComeBackFromWhatWasTaken) {
  AttachmentHomes homes;
  homes.remember("one", "500", "10100");
  homes.remember("one", "500", "10200");
  homes.remember("one", "501", "10300");
  std::vector<std::pair<std::uint64_t, std::uint64_t>> taken;
  const auto take = [&taken](std::uint64_t slot, std::uint64_t value) { taken.emplace_back(slot, value); };
  homes.take_changed(take);
  EXPECT_EQ(taken.size(), 2u);
  homes.remember("one", "500", "10200");
  homes.take_changed(take);
  EXPECT_EQ(taken.size(), 2u) << "nothing has changed";
  AttachmentHomes again;
  for (const auto& [slot, value] : taken) again.restore(slot, value);
  again.restore(AttachmentHomes::kSlots, 1);
  EXPECT_EQ(again.find("one", "500"), 10200u);
  EXPECT_EQ(again.find("one", "501"), 10300u);
}

TEST(AttachmentHomes, TakesNumbersOnly) {
  AttachmentHomes homes;
  for (const char* issue : {"", "A-1", "-1", "10100 ", "0", "99999999999999999999", "1099511627776"}) {
    homes.remember("one", "500", issue);
    EXPECT_EQ(homes.find("one", "500"), 0u) << issue;
  }
  homes.remember("one", "500", "1099511627775");
  EXPECT_EQ(homes.find("one", "500"), 1099511627775u);
}

TEST(AttachmentHomes, ForgetsRatherThanGrows) {
  AttachmentHomes homes;
  const std::size_t many = AttachmentHomes::kSlots * 4;
  for (std::size_t i = 1; i <= many; ++i) homes.remember("one", std::to_string(i), std::to_string(i));
  std::size_t known = 0;
  for (std::size_t i = 1; i <= many; ++i) {
    const std::uint64_t issue = homes.find("one", std::to_string(i));
    // A part of the hash tells keys apart: what is found is nearly always right, and never trusted.
    if (issue == i) ++known;
  }
  EXPECT_GT(known, AttachmentHomes::kSlots / 2);
  EXPECT_LE(known, AttachmentHomes::kSlots);
}

TEST(AttachmentHomes, IsUsedByManyThreadsAtOnce) {
  AttachmentHomes homes;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&homes] {
      for (int i = 1; i < 5000; ++i) {
        homes.remember("one", std::to_string(i), std::to_string(i));
        const std::uint64_t issue = homes.find("one", std::to_string(i));
        EXPECT_TRUE(issue == 0 || issue == static_cast<std::uint64_t>(i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace gatehouse::gateway
