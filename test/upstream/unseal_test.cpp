#include "upstream/unseal.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace gatehouse::upstream {
namespace {

class Unseal : public testing::Test {
 protected:
  Unseal() {
    site_.id = SiteId("site000000000001");
    site_.base_url = "https://acme.example/jira";
    credential_.id = UpstreamCredentialId("cred000000000001");
    credential_.auth = UpstreamAuth::kBasic;
    credential_.username = "bot@example.com";
  }
  void seal(const std::string& secret) {
    auto sealed = seal_for_site(SecretString(secret), credential_.id, site_, sealer_);
    ASSERT_TRUE(sealed.has_value());
    credential_.sealed_secret = sealed.value();
  }

  SystemRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::generate(random_);
  crypto::Sealer sealer_{keys_, random_};
  Site site_;
  UpstreamCredential credential_;
};

TEST_F(Unseal, MakesTheRouteWithItsOneHeaderLine) {
  seal("s3cret");
  auto basic = unseal(credential_, site_, sealer_);
  ASSERT_TRUE(basic.has_value()) << basic.error().public_detail;
  EXPECT_EQ(basic.value()->host, "acme.example");
  EXPECT_EQ(basic.value()->port, 443);
  EXPECT_EQ(basic.value()->context_path, "/jira");
  EXPECT_EQ(basic.value()->authorization.expose(),
            "Authorization: Basic " + to_base64(as_bytes("bot@example.com:s3cret")) + "\r\n");
  credential_.auth = UpstreamAuth::kBearer;
  EXPECT_EQ(unseal(credential_, site_, sealer_).value()->authorization.expose(), "Authorization: Bearer s3cret\r\n");
  credential_.auth = UpstreamAuth::kNone;
  EXPECT_TRUE(unseal(credential_, site_, sealer_).value()->authorization.empty());
}

TEST_F(Unseal, OpensNothingForAnotherOriginOrRow) {
  seal("s3cret");
  Site moved = site_;
  moved.base_url = "https://evil.example/jira";
  EXPECT_EQ(unseal(credential_, moved, sealer_).error().code, Errc::kDataCorrupt);
  UpstreamCredential other = credential_;
  other.id = UpstreamCredentialId("cred000000000002");
  EXPECT_EQ(unseal(other, site_, sealer_).error().code, Errc::kDataCorrupt);
  site_.base_url = "https://acme.example";
  EXPECT_TRUE(unseal(credential_, site_, sealer_).has_value()) << "another path of the same origin is the same site";
}

TEST_F(Unseal, RefusesWhatAHeaderMayNotHold) {
  seal("line\r\nX: y");
  EXPECT_EQ(unseal(credential_, site_, sealer_).error().code, Errc::kInvalidArgument);
  seal("");
  EXPECT_EQ(unseal(credential_, site_, sealer_).error().code, Errc::kInvalidArgument);
  seal("s3cret");
  credential_.username = "a:b";
  EXPECT_EQ(unseal(credential_, site_, sealer_).error().field, "username");
  credential_.auth = UpstreamAuth::kOAuth2;
  EXPECT_EQ(unseal(credential_, site_, sealer_).error().code, Errc::kUnsupported);
}

TEST_F(Unseal, SharesNoConnectionAcrossCredentials) {
  seal("s3cret");
  const auto one = unseal(credential_, site_, sealer_);
  credential_.id = UpstreamCredentialId("cred000000000002");
  seal("s3cret");
  const auto other = unseal(credential_, site_, sealer_);
  EXPECT_NE(one.value()->pool_key, other.value()->pool_key);
}

}  // namespace
}  // namespace gatehouse::upstream
