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
    auto sealed = seal_for_site(SecretString(secret), credential_, site_, sealer_);
    ASSERT_TRUE(sealed.has_value());
    credential_.sealed_secret = sealed.value();
  }

  SystemRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::generate(random_);
  crypto::Sealer sealer_{keys_, random_};
  Site site_;
  UpstreamCredential credential_;
  /// Has a token for whoever knows the secret.
  struct Tokens final : TokenSource {
    Result<SecretString> at_hand(const TokenRequest& request) override {
      last = request;
      if (request.secret.expose() != "s3cret") return fail(Errc::kUnavailable, "not at hand");
      return SecretString("access of " + request.client_id);
    }
    void refused(std::string_view) override {}
    void keep(const std::vector<std::string>&) override {}
    TokenRequest last;
  } tokens_;
};

TEST_F(Unseal, MakesTheRouteWithItsOneHeaderLine) {
  seal("s3cret");
  auto basic = unseal(credential_, site_, sealer_, tokens_);
  ASSERT_TRUE(basic.has_value()) << basic.error().public_detail;
  EXPECT_EQ(basic.value()->host, "acme.example");
  EXPECT_EQ(basic.value()->port, 443);
  EXPECT_EQ(basic.value()->context_path, "/jira");
  EXPECT_EQ(basic.value()->authorization.expose(),
            "Authorization: Basic " + to_base64(as_bytes("bot@example.com:s3cret")) + "\r\n");
  credential_.auth = UpstreamAuth::kBearer;
  EXPECT_EQ(unseal(credential_, site_, sealer_, tokens_).value()->authorization.expose(), "Authorization: Bearer s3cret\r\n");
  credential_.auth = UpstreamAuth::kNone;
  EXPECT_TRUE(unseal(credential_, site_, sealer_, tokens_).value()->authorization.empty());
}

TEST_F(Unseal, ShowsItInAFieldOfAnotherNameButInNoneThatFramesAMessage) {
  seal("s3cret");
  credential_.auth = UpstreamAuth::kHeader;
  credential_.username = "X-Api-Key";
  EXPECT_EQ(unseal(credential_, site_, sealer_, tokens_).value()->authorization.expose(), "X-Api-Key: s3cret\r\n");
  for (const char* name : {"", "Host", "content-length", "Transfer-Encoding", "Connection", "X Key", "X:Key", "X\r\nY"}) {
    credential_.username = name;
    EXPECT_FALSE(unseal(credential_, site_, sealer_, tokens_).has_value()) << name;
  }
}

TEST_F(Unseal, OpensNothingForAnotherOriginOrRow) {
  seal("s3cret");
  Site moved = site_;
  moved.base_url = "https://evil.example/jira";
  EXPECT_EQ(unseal(credential_, moved, sealer_, tokens_).error().code, Errc::kDataCorrupt);
  UpstreamCredential other = credential_;
  other.id = UpstreamCredentialId("cred000000000002");
  EXPECT_EQ(unseal(other, site_, sealer_, tokens_).error().code, Errc::kDataCorrupt);
  site_.base_url = "https://acme.example";
  EXPECT_TRUE(unseal(credential_, site_, sealer_, tokens_).has_value()) << "another path of the same origin is the same site";
}

TEST_F(Unseal, RefusesWhatAHeaderMayNotHold) {
  seal("line\r\nX: y");
  EXPECT_EQ(unseal(credential_, site_, sealer_, tokens_).error().code, Errc::kInvalidArgument);
  seal("");
  EXPECT_EQ(unseal(credential_, site_, sealer_, tokens_).error().code, Errc::kInvalidArgument);
  seal("s3cret");
  credential_.username = "a:b";
  EXPECT_EQ(unseal(credential_, site_, sealer_, tokens_).error().field, "username");
}

TEST_F(Unseal, ShowsAnAccessTokenAndNeverTheClientsSecret) {
  credential_.auth = UpstreamAuth::kOAuth2;
  credential_.username = "client";
  credential_.token_url = "https://auth.example/oauth/token";
  seal("s3cret");
  EXPECT_EQ(unseal(credential_, site_, sealer_, tokens_).value()->authorization.expose(),
            "Authorization: Bearer access of client\r\n");
  EXPECT_EQ(tokens_.last.url, "https://auth.example/oauth/token");
  EXPECT_EQ(tokens_.last.credential, credential_.id.value);
  UpstreamCredential elsewhere = credential_;
  elsewhere.token_url = "https://evil.example/oauth/token";
  EXPECT_EQ(unseal(elsewhere, site_, sealer_, tokens_).error().code, Errc::kDataCorrupt)
      << "a row that was changed sends nothing there";
  seal("other");
  EXPECT_EQ(unseal(credential_, site_, sealer_, tokens_).error().code, Errc::kUnavailable);
}

TEST_F(Unseal, SharesNoConnectionAcrossCredentials) {
  seal("s3cret");
  const auto one = unseal(credential_, site_, sealer_, tokens_);
  credential_.id = UpstreamCredentialId("cred000000000002");
  seal("s3cret");
  const auto other = unseal(credential_, site_, sealer_, tokens_);
  EXPECT_NE(one.value()->pool_key, other.value()->pool_key);
}

}  // namespace
}  // namespace gatehouse::upstream
