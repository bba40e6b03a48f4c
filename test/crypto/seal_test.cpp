#include "crypto/seal.h"

#include <gmock/gmock.h>

#include <rapidcheck.h>

#include "crypto/chain_mac.h"
#include "crypto/sealed_stream.h"
#include "crypto/self_test.h"
#include "crypto/token_hash.h"

namespace gatehouse::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Seal : public ::testing::Test {
 protected:
  SystemRandom random_;
  Keyring keys_ = Keyring::generate(random_);
  const Sealer sealer_{keys_, random_};
  const SealContext context_{"upstream_credential", "0123456789abcdef", "https://acme.example"};
};

TEST_F(Seal, OpensWhatItSealed) {
  rc::check([&](const std::string& text) {
    const std::string sealed = sealer_.seal(SecretString(text), context_);
    RC_ASSERT(sealer_.open(sealed, context_).value().expose() == text);
  });
}

TEST_F(Seal, IsBoundToPurposeRecordAndOrigin) {
  const std::string sealed = sealer_.seal(SecretString("password"), context_);
  EXPECT_THAT(sealed, Not(HasSubstr("password")));
  EXPECT_EQ(sealer_.open(sealed, {"pick_up", context_.record_id, context_.origin}).error().code, Errc::kDataCorrupt);
  EXPECT_FALSE(sealer_.open(sealed, {context_.purpose, "fedcba9876543210", context_.origin}));
  EXPECT_FALSE(sealer_.open(sealed, {context_.purpose, context_.record_id, "https://evil.example"}));
  // Lengths stand in the text that is authenticated: moving a letter over is another context.
  const std::string one = sealer_.seal(SecretString("x"), {"ab", "c", "d"});
  EXPECT_FALSE(sealer_.open(one, {"a", "bc", "d"}));
}

TEST_F(Seal, AChangeAnywhereIsNoticed) {
  const std::string sealed = sealer_.seal(SecretString("password"), context_);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer_.open(changed, context_)) << at;
  }
  for (std::size_t size = 0; size < sealed.size(); size += 5) EXPECT_FALSE(sealer_.open(sealed.substr(0, size), context_));
}

TEST_F(Seal, OlderEpochsStayReadableAndCannotBeRelabelled) {
  const std::string sealed = sealer_.seal(SecretString("password"), context_);
  keys_.add_epoch(KeyPurpose::kSealing, random_);
  EXPECT_EQ(sealer_.open(sealed, context_).value().expose(), "password");
  EXPECT_EQ(Sealer::epoch_of(sealed), 1);
  EXPECT_EQ(Sealer::epoch_of(sealer_.seal(SecretString("x"), context_)), 2);
  EXPECT_FALSE(sealer_.open("s1.2" + sealed.substr(4), context_));
  EXPECT_FALSE(sealer_.open("s1.3" + sealed.substr(4), context_));
  EXPECT_EQ(Sealer::epoch_of("s1.01.AAAA"), 0);
}

TEST(SelfTest, Passes) { EXPECT_TRUE(self_test()); }

TEST(TokenHasher, MatchesItsOwnIdAndSecretOnly) {
  SystemRandom random;
  Keyring keys = Keyring::generate(random);
  const TokenHasher first(keys);
  const TokenHash hash = first.hash("id", "secret");
  EXPECT_EQ(hash.epoch, 1);
  EXPECT_TRUE(first.matches(hash, "id", "secret"));
  EXPECT_FALSE(first.matches(hash, "ie", "secret"));
  EXPECT_FALSE(first.matches(hash, "id", "secres"));
  EXPECT_FALSE(first.matches({0, hash.digest}, "id", "secret"));
  EXPECT_FALSE(first.matches({2, hash.digest}, "id", "secret"));
  EXPECT_FALSE(first.matches({-1, hash.digest}, "id", "secret"));

  keys.add_epoch(KeyPurpose::kTokenHash, random);
  const TokenHasher second(keys);
  EXPECT_TRUE(second.matches(hash, "id", "secret")) << "what an older key made stays good";
  EXPECT_EQ(second.hash("id", "secret").epoch, 2);
  EXPECT_FALSE(second.matches({2, hash.digest}, "id", "secret"));
  EXPECT_FALSE(TokenHasher(Keyring::generate(random)).matches(hash, "id", "secret"));
}

TEST(TokenHasher, TheTextFormIsStrict) {
  SystemRandom random;
  const TokenHash hash = TokenHasher(Keyring::generate(random)).hash("id", "secret");
  const std::string text = format_token_hash(hash);
  EXPECT_TRUE(same_digest(parse_token_hash(text).value().digest, hash.digest));
  EXPECT_EQ(parse_token_hash(text).value().epoch, 1);
  const std::string body = text.substr(5);
  for (const std::string& bad :
       {std::string(), text + "A", text.substr(1), std::string("h1.."), "h1.1." + body + "=", "h1.01." + body, "h1.-1." + body,
        "h1.1000000." + body, "h2.1." + body, "h1.0." + body, "h1.1." + body.substr(1)}) {
    EXPECT_FALSE(parse_token_hash(bad)) << bad;
  }
}

TEST(Head, SignaturesBindTheMessageAndTheKey) {
  SystemRandom random;
  Keyring keys = Keyring::generate(random);
  const std::string signature = sign_head(keys, "message");
  const std::string open = head_public_key(keys);
  EXPECT_TRUE(verify_head(keys, "message", signature));
  EXPECT_FALSE(verify_head(keys, "messagf", signature));
  EXPECT_FALSE(verify_head(Keyring::generate(random), "message", signature));
  EXPECT_FALSE(verify_head(keys, "message", ""));
  keys.add_epoch(KeyPurpose::kHeadSigning, random);
  EXPECT_TRUE(verify_head(keys, "message", signature));
  EXPECT_NE(head_public_key(keys), open);
}

TEST(SealedStream, PiecesCannotBeDroppedSwappedOrCutOff) {
  SystemRandom random;
  const Key key = MasterKey::generate(random).derive("backup", "");
  SealedStreamWriter writer(key);
  const std::vector<std::string> sealed{writer.seal("one", false), writer.seal("two", false), writer.seal("", true)};
  auto reader = SealedStreamReader::open(key, writer.header()).value();
  EXPECT_EQ(reader.open_piece(sealed[0]).value().bytes, "one");
  const auto second = reader.open_piece(sealed[1]).value();
  EXPECT_EQ(second.bytes, "two");
  EXPECT_FALSE(second.last);
  EXPECT_TRUE(reader.open_piece(sealed[2]).value().last);
  auto dropping = SealedStreamReader::open(key, writer.header()).value();
  EXPECT_FALSE(dropping.open_piece(sealed[1]));
  EXPECT_FALSE(dropping.open_piece("short"));
  EXPECT_FALSE(SealedStreamReader::open(key, "short"));
}

}  // namespace
}  // namespace gatehouse::crypto
