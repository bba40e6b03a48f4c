// What signing in rests on, against the vectors of the RFCs.
#include <gtest/gtest.h>
#include <sodium.h>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/one_time_code.h"
#include "crypto/password.h"
#include "crypto/public_key.h"
#include "crypto/self_test.h"

namespace gatehouse::crypto {
namespace {

std::vector<std::byte> bytes(std::string_view base64url) { return from_base64url(base64url).value(); }

TEST(OneTimeCode, IsThatOfRfc4226AndRfc6238) {
  const std::string key = "12345678901234567890";
  // RFC 4226, appendix D.
  EXPECT_EQ(hotp(as_bytes(key), 0), "755224");
  EXPECT_EQ(hotp(as_bytes(key), 1), "287082");
  EXPECT_EQ(hotp(as_bytes(key), 9), "520489");
  // RFC 6238, appendix B, with its last six digits.
  const Instant at(std::chrono::seconds(1111111109));
  EXPECT_EQ(match_totp(as_bytes(key), "081804", at, 0), 37037036);
  EXPECT_EQ(to_base32(as_bytes("foobar")), "MZXW6YTBOI");
  EXPECT_EQ(to_base32(as_bytes("fooba")), "MZXW6YTB");
}

TEST(OneTimeCode, IsTakenOnceAndOnlyNearItsTime) {
  const std::string key = "12345678901234567890";
  const Instant at(std::chrono::seconds(1111111109));
  const auto step = match_totp(as_bytes(key), "081804", at, 0);
  ASSERT_TRUE(step);
  EXPECT_FALSE(match_totp(as_bytes(key), "081804", at, *step)) << "replay";
  EXPECT_TRUE(match_totp(as_bytes(key), "081804", at + std::chrono::seconds(30), 0));
  EXPECT_FALSE(match_totp(as_bytes(key), "081804", at + std::chrono::seconds(62), 0));
  EXPECT_FALSE(match_totp(as_bytes(key), "081805", at, 0));
  EXPECT_FALSE(match_totp(as_bytes(key), "", at, 0));
  EXPECT_FALSE(match_totp(as_bytes(key), "81804", at, 0));
}

TEST(Password, IsArgon2idAndSalted) {
  ASSERT_TRUE(self_test());
  const SecretString password(std::string("a long enough sentence"));
  const auto one = hash_password(password);
  const auto other = hash_password(password);
  ASSERT_TRUE(one);
  EXPECT_EQ(one.value().substr(0, 10), "$argon2id$");
  EXPECT_NE(one.value(), other.value());
  EXPECT_TRUE(password_matches(one.value(), password));
  EXPECT_FALSE(password_matches(one.value(), SecretString(std::string("a long enough sentencE"))));
  EXPECT_FALSE(password_matches("", password));
  EXPECT_FALSE(password_matches(std::string(500, 'x'), password));
}

TEST(PublicKey, VerifiesWhatTheRfcsSigned) {
  // RFC 7515, appendix A.3: ES256.
  const auto key =
      PublicKey::p256(bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key);
  const std::string message =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  auto signature = bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(key.value().verifies_jose(message, signature));
  EXPECT_FALSE(key.value().verifies_jose(message + "x", signature));
  EXPECT_FALSE(key.value().verifies(message, signature)) << "not in DER";
  signature[5] ^= std::byte{1};
  EXPECT_FALSE(key.value().verifies_jose(message, signature));
  signature.pop_back();
  EXPECT_FALSE(key.value().verifies_jose(message, signature));
  EXPECT_FALSE(key.value().verifies_jose(message, {}));
  // RFC 8037, appendix A.4: Ed25519.
  const auto curve = PublicKey::ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  ASSERT_TRUE(curve);
  EXPECT_TRUE(curve.value().verifies_jose(
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")));
  EXPECT_FALSE(curve.value().verifies_jose(
      "eyJhbGciOiJFZERTQSJ9.x", bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")));
}

TEST(PublicKey, RefusesKeysThatAreNone) {
  const std::vector<std::byte> zeros(32);
  EXPECT_FALSE(PublicKey::p256(zeros, zeros)) << "not on the curve";
  EXPECT_FALSE(PublicKey::p256(bytes("AA"), zeros));
  EXPECT_FALSE(PublicKey::ed25519(bytes("AA")));
  EXPECT_FALSE(PublicKey::rsa(std::vector<std::byte>(128, std::byte{0xff}), bytes("AQAB"))) << "1024 bits";
  EXPECT_FALSE(PublicKey::rsa(std::vector<std::byte>(256, std::byte{0xff}), bytes("AQ"))) << "an exponent of one signs anything";
  EXPECT_FALSE(PublicKey::rsa(std::vector<std::byte>(256, std::byte{0xff}), bytes("Ag")));
  EXPECT_TRUE(PublicKey::rsa(std::vector<std::byte>(256, std::byte{0xff}), bytes("AQAB")));
}

TEST(Digest, IsSha256) { EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); }

}  // namespace
}  // namespace gatehouse::crypto
