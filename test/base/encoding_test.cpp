#include "base/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/random.h"
#include "base/secret.h"

namespace gatehouse {
namespace {

TEST(Base64, RoundTrips) {
  rc::check([](const std::string& text) {
    const auto bytes = as_bytes(text);
    RC_ASSERT(as_text(from_base64url(to_base64url(bytes)).value()) == text);
    RC_ASSERT(as_text(from_base64(to_base64(bytes)).value()) == text);
  });
}

TEST(Base64, KnowsTheVectorsOfRfc4648) {
  EXPECT_EQ(to_base64(as_bytes("foob")), "Zm9vYg==");
  EXPECT_EQ(to_base64(as_bytes("fooba")), "Zm9vYmE=");
  EXPECT_EQ(to_base64url(as_bytes("\xff\xff\xfe")), "___-");
}

TEST(Base64, RefusesSecondSpellingsOfTheSameBytes) {
  for (const char* text : {"Zm9vYg=", "Zm9vYg", "Zm9vYh==", "Zm9v Yg==", "Zm9vYg==\n", "====", "Zg==Zg=="}) {
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  }
  for (const char* text : {"Zm9vYh", "Z", "Zm9vYg==", "Zm+v"}) EXPECT_FALSE(from_base64url(text).has_value()) << text;
}

TEST(RandomBase62, HasTheLengthAndTheAlphabet) {
  SystemRandom random;
  const std::string text = random_base62(random, 1000);
  EXPECT_EQ(text.size(), 1000U);
  EXPECT_EQ(text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), std::string::npos);
}

TEST(Secret, LeavesNothingBehindWhenItMoves) {
  SecretString first(std::string("short"));
  const SecretString second(std::move(first));
  EXPECT_EQ(second.expose(), "short");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST(Secret, IsZeroedOnDestruction) {
  alignas(SecretString) std::byte place[sizeof(SecretString)];
  auto* secret = new (place) SecretString(std::string("tellnobody"));
  secret->~SecretString();
  EXPECT_EQ(as_text(place).find("tellnobody"), std::string_view::npos);
}

}  // namespace
}  // namespace gatehouse
