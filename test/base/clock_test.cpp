#include "base/clock.h"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;

TEST(ParseInstant, ReadsZuluAndOffsets) {
  const Instant at = parse_instant("2026-11-24T02:30:00Z").value();
  EXPECT_EQ(at.time_since_epoch().count(), 1795487400000);
  EXPECT_EQ(parse_instant("2026-11-24T03:30:00+01:00").value(), at);
  EXPECT_EQ(parse_instant("2026-11-23T21:00:00.000-05:30").value(), at);
  EXPECT_EQ(parse_instant("2026-11-24T02:30:00.250Z").value(), at + 250ms);
}

TEST(ParseInstant, RefusesWhatLeavesTheEndToGuessing) {
  for (const char* text :
       {"", "2026-11-24", "2026-11-24T02:30:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z",
        "2026-11-24T02:30:60Z", "2026-11-24T02:30:00.Z", "2026-11-24T02:30:00+0100", "2026-11-24T02:30:00Z ", "now"}) {
    EXPECT_FALSE(parse_instant(text).has_value()) << text;
  }
}

TEST(FormatInstant, RoundTrips) {
  for (const auto millis : {0LL, 1795487400000LL, 1795487400250LL, 951782400000LL, 4102444799999LL}) {
    const Instant at{Duration(millis)};
    EXPECT_EQ(parse_instant(format_instant(at)).value(), at);
  }
  EXPECT_EQ(format_instant(Instant(1795487400000ms)), "2026-11-24T02:30:00Z");
}

TEST(ParseDuration, ReadsOneNumberAndOneUnit) {
  EXPECT_EQ(parse_duration("30s").value(), 30s);
  EXPECT_EQ(parse_duration("15m").value(), 15min);
  EXPECT_EQ(parse_duration("24h").value(), 24h);
  EXPECT_EQ(parse_duration("7d").value(), 168h);
  EXPECT_EQ(parse_duration("2w").value(), 336h);
}

TEST(ParseDuration, RefusesTheRest) {
  for (const char* text :
       {"", "d", "0d", "-1d", "+1d", "1", "1 d", "1.5h", "1y", "1d12h", "99999999999999999999d", "999999999d"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
}

TEST(FormatDuration, IsTheShortestThatReadsBack) {
  EXPECT_EQ(format_duration(168h), "7d");
  EXPECT_EQ(format_duration(90min), "90m");
  EXPECT_EQ(format_duration(45s), "45s");
}

}  // namespace
}  // namespace gatehouse
