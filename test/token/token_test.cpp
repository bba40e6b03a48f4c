#include "token/token.h"

#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <regex>

namespace gatehouse::token {
namespace {

constexpr TokenKind kKinds[] = {TokenKind::kApiToken, TokenKind::kClientSecret, TokenKind::kAdminKey, TokenKind::kRefresh};
const std::string kId = "0123456789abcXYZ";

TEST(Token, IsParsedIntoWhatItWasMadeOf) {
  SystemRandom random;
  for (const TokenKind kind : kKinds) {
    const Minted minted = mint(kind, kId, random);
    EXPECT_TRUE(std::regex_match(minted.text.expose(), std::regex("gth[tsar]_[0-9A-Za-z]{65}")));
    const auto parsed = parse(minted.text.expose());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->kind, kind);
    EXPECT_EQ(parsed->id, kId);
    EXPECT_EQ(parsed->secret, minted.secret.expose());
    EXPECT_EQ(parsed->secret.size(), kSecretLength);
  }
}

TEST(Token, TheFormStandsStill) {
  // What scanners and older secrets rely on: CRC-32 of all before, in base 62, most significant first.
  EXPECT_TRUE(parse("gtht_0000000000000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0vTNn6"));
}

TEST(Token, AnyChangedLetterIsNoticed) {
  SystemRandom random;
  rc::check([&] {
    const std::string text = mint(TokenKind::kApiToken, random_base62(random, kIdLength), random).text.expose();
    std::string changed = text;
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    changed[at] = *rc::gen::arbitrary<char>();
    RC_PRE(changed[at] != text[at]);
    RC_ASSERT(!parse(changed));
  });
}

TEST(Token, OtherLengthsAndLettersAreRefused) {
  SystemRandom random;
  const std::string text = mint(TokenKind::kApiToken, kId, random).text.expose();
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse(text + "0"));
  EXPECT_FALSE(parse(" " + text.substr(1)));
  EXPECT_FALSE(parse(text.substr(0, 69)));
  EXPECT_FALSE(parse(std::string(kTokenLength, '\0')));
  EXPECT_FALSE(parse("GTHT_" + text.substr(5)));
}

TEST(Token, SecretsDiffer) {
  SystemRandom random;
  EXPECT_NE(mint(TokenKind::kApiToken, kId, random).secret.expose(), mint(TokenKind::kApiToken, kId, random).secret.expose());
}

}  // namespace
}  // namespace gatehouse::token
