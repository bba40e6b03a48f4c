// How often somebody may be wrong at the door, and whom that must not hit.
#include "admin/sign_in_throttle.h"

#include <gtest/gtest.h>

namespace gatehouse::admin {
namespace {

using namespace std::chrono_literals;

const Instant kNow{std::chrono::hours(500'000)};

TEST(SignInThrottle, AGuesserWaitsLongerEachTime) {
  SignInThrottle throttle;
  const Attempt guesser{"eva@example.com", "198.51.100.1", ""};
  for (int i = 0; i < SignInThrottle::kPerPersonThere; ++i) {
    EXPECT_FALSE(throttle.wait(guesser, kNow)) << i;
    throttle.failed(guesser, kNow);
  }
  Duration before{0};
  Instant now = kNow;
  for (int i = 0; i < 8; ++i) {
    const auto wait = throttle.wait(guesser, now);
    ASSERT_TRUE(wait) << i;
    EXPECT_GT(*wait, before);
    EXPECT_LE(*wait, Duration(15min));
    before = *wait - 50ms;
    now += *wait;
    throttle.failed(guesser, now);
  }
  EXPECT_FALSE(throttle.wait({"eva@example.com", "203.0.113.9", ""}, now)) << "the person, from somewhere else";
  EXPECT_FALSE(throttle.wait({"max@example.com", "198.51.100.1", ""}, now)) << "somebody else behind the same address";
  EXPECT_FALSE(throttle.wait(guesser, now + 6h)) << "it drains";
}

TEST(SignInThrottle, ManyAddressesSlowStrangeBrowsersAndNoKnownOne) {
  SignInThrottle throttle;
  for (int i = 0; i < SignInThrottle::kPerStrangePlaces + 10; ++i)
    throttle.failed({"eva@example.com", "198.51.100." + std::to_string(i), ""}, kNow);
  EXPECT_TRUE(throttle.wait({"eva@example.com", "192.0.2.9", ""}, kNow));
  EXPECT_FALSE(throttle.wait({"eva@example.com", "192.0.2.9", "knownbrowser00001"}, kNow)) << "one that the person used before";
  EXPECT_FALSE(throttle.wait({"", "192.0.2.9", ""}, kNow)) << "passkeys and the company's provider";
  EXPECT_FALSE(throttle.wait({"eva@example.com", "192.0.2.9", ""}, kNow + 6h));
}

TEST(SignInThrottle, AnAddressIsSlowedWhoeverItTriesToBe) {
  SignInThrottle throttle;
  for (int i = 0; i < SignInThrottle::kPerAddress; ++i)
    throttle.failed({"p" + std::to_string(i) + "@example.com", "2001:db8::" + std::to_string(i), ""}, kNow);
  EXPECT_TRUE(throttle.wait({"other@example.com", "2001:db8::ffff", ""}, kNow)) << "one network of IPv6 is one address";
  EXPECT_FALSE(throttle.wait({"other@example.com", "2001:db8:0:1::1", ""}, kNow));
  EXPECT_FALSE(throttle.wait({"other@example.com", "2001:db8::ffff", ""}, kNow + 30s));
}

TEST(SignInThrottle, SuccessForgetsWhatWasWrongThere) {
  SignInThrottle throttle;
  const Attempt eva{"eva@example.com", "198.51.100.1", ""};
  for (int i = 0; i < 6; ++i) throttle.failed(eva, kNow);
  EXPECT_TRUE(throttle.wait(eva, kNow));
  throttle.succeeded(eva);
  EXPECT_FALSE(throttle.wait(eva, kNow));
}

TEST(SignInThrottle, AFloodOfNamesPushesOutNoGuesser) {
  SignInThrottle throttle;
  const Attempt guesser{"eva@example.com", "198.51.100.1", ""};
  for (int i = 0; i < 12; ++i) throttle.failed(guesser, kNow);
  for (int i = 0; i < 25'000; ++i)
    throttle.failed({"x" + std::to_string(i),
                     "10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256), ""},
                    kNow + 1s);
  EXPECT_TRUE(throttle.wait(guesser, kNow + 2s));
}

}  // namespace
}  // namespace gatehouse::admin
