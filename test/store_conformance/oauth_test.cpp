// What the authorization server keeps: what is written is what is read, and what works once works once, on both databases.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using namespace std::chrono_literals;

class OAuthStore : public StoreTest {
 protected:
  store::Reader read() { return database_->read().value(); }
};

TEST_P(OAuthStore, KeysRoundTripAndEnd) {
  const store::OAuthKey key{"key0000000000001", 2, "s1.1.x", clock_.now(), clock_.now() + 10min, {}};
  ASSERT_TRUE(commit([&](auto& work) { return work->oauth.insert_key(key); }));
  ASSERT_TRUE(commit([&](auto& work) { return work->oauth.end_key(key.id, clock_.now() + 24h); }));
  const auto stored = read()->oauth.keys().value();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].id, key.id);
  EXPECT_EQ(stored[0].form, 2);
  EXPECT_EQ(stored[0].sealed_secret, "s1.1.x");
  EXPECT_EQ(stored[0].signs_from, clock_.now() + 10min);
  EXPECT_EQ(stored[0].ends_at, clock_.now() + 24h);
}

TEST_P(OAuthStore, TokensEndOnceAndAreForgotten) {
  const store::EndedToken token{"jti0000000000001", clock_.now(), clock_.now() + 1h};
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    EXPECT_TRUE(work->oauth.end_token(token).value());
    EXPECT_FALSE(work->oauth.end_token(token).value());
    return success();
  }));
  EXPECT_EQ(read()->oauth.ended(token.id).value().forget_at, token.forget_at);
  EXPECT_EQ(read()->oauth.all_ended(clock_.now()).value().size(), 1U);
  EXPECT_TRUE(read()->oauth.all_ended(clock_.now() + 1h).value().empty());
  ASSERT_TRUE(database_->tend_oauth([&](store::OAuth& oauth, const auto&) { return oauth.forget_ended(clock_.now() + 1h); }));
  EXPECT_EQ(read()->oauth.ended(token.id).error().code, Errc::kNotFound);
}

TEST_P(OAuthStore, ClientsRoundTripAndAreFoundByIssuer) {
  const User eva = add_user("eva@example.com");
  const Site site = add_site("acme");
  Credential credential = this->credential(add_account("ci", eva.id).id, eva.id, site);
  credential.kind = CredentialKind::kOAuthClient;
  store::OAuthClient client{credential.id, store::ClientAuth::kFederated, "{}", {"https://a.example/cb", "app.example:/cb"}};
  client.issuer = "https://issuer.example";
  client.audience = "us";
  client.subject = "repo:*";
  client.claims = R"({"repository_id":"1"})";
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->credentials.insert(credential));
    return work->oauth.put_client(client);
  }));
  const auto found = read()->oauth.federations("https://issuer.example").value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].credential, credential.id);
  EXPECT_EQ(found[0].redirect_uris, client.redirect_uris);
  EXPECT_EQ(found[0].subject, "repo:*");
  EXPECT_EQ(found[0].claims, client.claims);
  EXPECT_TRUE(read()->oauth.federations("https://other.example").value().empty());
  client.auth = store::ClientAuth::kSecret;
  ASSERT_TRUE(commit([&](auto& work) { return work->oauth.put_client(client); }));
  EXPECT_TRUE(read()->oauth.federations("https://issuer.example").value().empty());
  EXPECT_EQ(read()->oauth.client(credential.id).value().auth, store::ClientAuth::kSecret);
}

TEST_P(OAuthStore, ConsentsRoundTripAndRefreshTokensWorkOnce) {
  const User eva = add_user("eva@example.com");
  const Site site = add_site("acme");
  Credential app = credential(add_account("app", eva.id).id, eva.id, site);
  app.kind = CredentialKind::kApp;
  Consent consent;
  consent.id = new_id<ConsentId>(random_);
  consent.user = eva.id;
  consent.app = app.id;
  consent.resources = {{site.id, "10000", "A"}, {site.id, "*", "*"}};
  consent.created_at = consent.changed_at = clock_.now();
  store::RefreshToken token;
  token.id = "refresh000000001";
  token.hash = "h1.1.x";
  token.family = "family0000000001";
  token.consent = consent.id;
  token.client = app.id;
  token.content = "{}";
  token.created_at = clock_.now();
  token.idle_ends_at = clock_.now() + 1h;
  token.ends_at = clock_.now() + 2h;
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->credentials.insert(app));
    GH_TRYV(work->consents.insert(consent));
    return work->consents.insert_refresh_token(token);
  }));
  const auto stored = read()->consents.find(eva.id, app.id).value();
  EXPECT_EQ(stored.id, consent.id);
  EXPECT_EQ(stored.resources, consent.resources);
  ASSERT_TRUE(database_->tend_consents([&](store::Consents& consents, const auto&) -> Result<void> {
    EXPECT_TRUE(consents.use_refresh_token(token.id, clock_.now(), "refresh000000002", "s1").value());
    EXPECT_FALSE(consents.use_refresh_token(token.id, clock_.now(), "refresh000000003", "s2").value());
    return success();
  }));
  EXPECT_EQ(read()->consents.refresh_token(token.id).value().sealed_successor, "s1");
  ASSERT_TRUE(database_->tend_consents(
      [&](store::Consents& consents, const auto&) { return consents.forget_sealed("refresh000000002"); }));
  EXPECT_EQ(read()->consents.refresh_token(token.id).value().sealed_successor, "");
  consent.ended_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->consents.update(consent); }));
  EXPECT_EQ(read()->consents.find(eva.id, app.id).error().code, Errc::kNotFound);
  EXPECT_TRUE(read()->consents.all_live().value().empty());
  // The same person may consent anew.
  consent.id = new_id<ConsentId>(random_);
  consent.ended_at.reset();
  ASSERT_TRUE(commit([&](auto& work) { return work->consents.insert(consent); }));
}

GATEHOUSE_ON_BOTH(OAuthStore);

}  // namespace
}  // namespace gatehouse::test
