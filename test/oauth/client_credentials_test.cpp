// Client credentials, narrowing, introspection and revocation, with the numbers of the checklists that they stand for
// (RFC 6749, 6750, 7009, 7523, 7662, 8414, 8707, 9068, 9396, 9700).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "admin/access_keys.h"
#include "admin/accounts.h"
#include "admin/policy.h"
#include "admin/recorder.h"
#include "admin/rotation.h"
#include "base/encoding.h"
#include "crypto/signing_key.h"
#include "oauth/presented.h"
#include "test/oauth/asking.h"
#include "token/token.h"

namespace gatehouse::oauth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::must;
using testing::HasSubstr;
using testing::Not;

class ClientCredentials : public testing::Test {
 protected:
  bool active(const Client& client, const std::string& token) {
    const Answer answer = it.post("/oauth/introspect", {{"token", token}}, &client);
    EXPECT_EQ(answer.status, 200);
    return answer.body.at("active").as_bool();
  }
  Asking it;
};

TEST_F(ClientCredentials, GiveATokenThatNarrows) {
  const Client client = it.add_client();
  const Answer whole = it.token(client);
  ASSERT_EQ(whole.status, 200);
  EXPECT_EQ(whole.text("token_type"), "Bearer");
  EXPECT_EQ(whole.body.at("expires_in").as_int64(), 3600);
  EXPECT_EQ(whole.text("scope"), "read:jira-work write:jira-work");
  EXPECT_THAT(whole.head, HasSubstr("Cache-Control: no-store"));  // RFC 6750 [6]
  EXPECT_THAT(whole.text("access_token"), testing::StartsWith("gtho_"));

  const Answer narrow = it.token(client, {{"scope", "read:jira-work"},
                                          {"authorization_details", R"([{"type":"gatehouse_resource","identifier":"acme/A"}])"}});
  ASSERT_EQ(narrow.status, 200);
  EXPECT_EQ(narrow.text("scope"), "read:jira-work");
  Context context(it.world.services());
  const auto seen = look_at_access_token(context, narrow.text("access_token"));
  ASSERT_TRUE(seen && seen->active);
  ASSERT_EQ(seen->credential->boundary->size(), 1U);
  EXPECT_EQ(seen->credential->boundary->front().resource.key, "A");
  EXPECT_EQ(scope_names(seen->credential->scopes), std::vector<std::string>{"read:jira-work"});
}

TEST_F(ClientCredentials, NeverWiden) {
  const Client client = it.add_client({"acme/A"}, {"read:jira-work"});
  EXPECT_EQ(it.token(client, {{"scope", "write:jira-work"}}).error(), "invalid_scope");
  EXPECT_EQ(it.token(client, {{"scope", "nonsense"}}).error(), "invalid_scope");
  const auto details = [&](const std::string& text) { return it.token(client, {{"authorization_details", text}}).error(); };
  EXPECT_EQ(details(R"([{"type":"gatehouse_resource","identifier":"acme/B"}])"), "invalid_authorization_details");
  EXPECT_EQ(details(R"([{"type":"gatehouse_resource","identifier":"other/A"}])"), "invalid_authorization_details");
  EXPECT_EQ(details(R"([{"type":"payment","identifier":"acme/A"}])"), "invalid_authorization_details");
  EXPECT_EQ(details(R"([{"type":"gatehouse_resource","identifier":"acme/A","actions":["write:jira-work"]}])"),
            "invalid_authorization_details");
  EXPECT_EQ(details(R"([{"type":"gatehouse_resource","identifier":"acme/A","more":1}])"), "invalid_authorization_details");
  EXPECT_EQ(details(R"([{"type":"gatehouse_resource","identifier":"acme/A","identifier":"acme/A"}])"),
            "invalid_authorization_details");
  EXPECT_EQ(details("[]"), "invalid_authorization_details");
  EXPECT_EQ(details(R"([{"type":"gatehouse_resource","identifier":"acme/A"}],"x":1)"), "invalid_authorization_details");
  EXPECT_EQ(it.token(client, {{"resource", "https://elsewhere.example"}}).error(), "invalid_target");
  EXPECT_EQ(it.token(client, {{"resource", "http://127.0.0.1:8480/ex/jira/acme"}}).status, 200);
  EXPECT_EQ(it.token(client, {{"audience", "https://elsewhere.example"}}).error(), "invalid_target");
  EXPECT_EQ(it.token(client, {{"audience", "api.atlassian.com"}}).status, 200);
}

TEST_F(ClientCredentials, TakeActionsForOneResource) {
  const Client client = it.add_client();
  const Answer answer = it.token(
      client, {{"authorization_details", R"([{"type":"gatehouse_resource","identifier":"acme/A","actions":["read:jira-work"]},)"
                                         R"({"type":"gatehouse_resource","identifier":"acme/B"}])"}});
  ASSERT_EQ(answer.status, 200);
  Context context(it.world.services());
  const auto seen = look_at_access_token(context, answer.text("access_token"));
  ASSERT_TRUE(seen);
  const auto on = [&](std::size_t at) {
    const Resource& resource = seen->credential->boundary->at(at).resource;
    return scope_names(seen->credential->scopes_on(resource.site, resource.id)).size();
  };
  EXPECT_EQ(on(0), 1U);
  EXPECT_EQ(on(1), 2U);
  EXPECT_TRUE(seen->credential->scopes_on(SiteId("another"), "1").empty());
}

/// RFC 9700 [12]; RFC 6749 section 2.3.
TEST_F(ClientCredentials, ClientsProveThemselves) {
  const Client client = it.add_client();
  Client wrong = client;
  wrong.secret = it.add_client().secret;
  const Answer refused = it.token(wrong);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.error(), "invalid_client");
  EXPECT_THAT(refused.head, HasSubstr("WWW-Authenticate: Basic"));
  wrong = {"nobody0000000000", client.secret};
  EXPECT_EQ(it.token(wrong).body, refused.body);
  EXPECT_EQ(it.token({client.id, "gths_nonsense"}).body, refused.body);
  const Form post{{"grant_type", "client_credentials"}, {"client_id", client.id}, {"client_secret", client.secret}};
  EXPECT_EQ(it.post("/oauth/token", post, nullptr).status, 200);
  EXPECT_EQ(it.post("/oauth/token", post, &client).error(), "invalid_request");
  EXPECT_EQ(it.post("/oauth/token", {{"grant_type", "client_credentials"}, {"client_id", client.id}}, nullptr).error(),
            "invalid_client");
  // RFC 9700 section 2.4: no password grant; [8]: nothing in the address.
  EXPECT_EQ(it.post("/oauth/token", {{"grant_type", "password"}}, &client).error(), "unsupported_grant_type");
  gateway::AuthorizationRequest in_address = Asking::request("/oauth/token", post);
  in_address.query = "grant_type=client_credentials";
  EXPECT_EQ(it.send(std::move(in_address)).error(), "invalid_request");
  Form twice = post;
  twice.emplace_back("client_id", client.id);
  EXPECT_EQ(it.post("/oauth/token", twice, nullptr).error(), "invalid_request");
}

TEST_F(ClientCredentials, TakeJson) {
  const Client client = it.add_client();
  gateway::AuthorizationRequest asked = Asking::request("/oauth/token", {});
  asked.content_type = "application/json; charset=utf-8";
  asked.body = SecretString(R"({"grant_type":"client_credentials","client_id":")" + client.id + R"(","client_secret":")" +
                            client.secret + R"(","audience":"api.atlassian.com"})");
  EXPECT_EQ(it.send(asked).status, 200);
  asked.body = SecretString(R"({"grant_type":"client_credentials","grant_type":"x"})");
  EXPECT_EQ(it.send(asked).error(), "invalid_request");
}

/// A secret written as an API token opens nothing, and an API token is no client's secret.
TEST_F(ClientCredentials, SecretsAreNoTokens) {
  const Client client = it.add_client();
  const auto parsed = token::parse(client.secret);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->kind, token::TokenKind::kClientSecret);
  admin::CreateToken wanted;
  wanted.account = "ci";
  wanted.name = "t";
  wanted.scopes = {"read:jira-work"};
  wanted.resources = {"acme/A"};
  wanted.expires_in = hours(1);
  const auto made = must(admin::create_token(it.world.services(), it.world.caller(), wanted));
  EXPECT_EQ(it.token({std::string(made.document.at("id").as_string()), made.token.expose()}).error(), "invalid_client");
}

TEST_F(ClientCredentials, EndWithTheirClient) {
  const Client client = it.add_client();
  const std::string token = it.token(client).text("access_token");
  EXPECT_TRUE(active(client, token));
  const Client other = it.add_client();
  EXPECT_FALSE(active(other, token));  // RFC 7662 [2]
  must(admin::pause_token(it.world.services(), it.world.caller(), client.id, {"test", {}, {}}));
  EXPECT_EQ(it.token(client).error(), "invalid_client");
  must(admin::resume_token(it.world.services(), it.world.caller(), client.id));
  EXPECT_TRUE(active(client, token));
  must(admin::revoke_client(it.world.services(), it.world.caller(), client.id, "test"));
  Context context(it.world.services());
  EXPECT_FALSE(look_at_access_token(context, token)->active);
  EXPECT_EQ(it.token(client).error(), "invalid_client");
}

TEST_F(ClientCredentials, EndAtTheirInstant) {
  const Client client = it.add_client();
  const std::string token = it.token(client).text("access_token");
  it.world.clock().advance(minutes(60) - std::chrono::milliseconds(1));
  must(it.world.services().feed->refresh());
  it.world.services().index.set_fresh(it.world.clock().now());
  EXPECT_TRUE(active(client, token));
  it.world.clock().advance(std::chrono::milliseconds(1));
  EXPECT_FALSE(active(client, token));
}

/// RFC 7009 [2], [3], [4], [7].
TEST_F(ClientCredentials, AreRevokedBeforeTheAnswer) {
  const Client client = it.add_client();
  const Client other = it.add_client();
  const std::string token = it.token(client).text("access_token");
  EXPECT_EQ(it.post("/oauth/revoke", {{"token", token}}, &other).status, 400);
  EXPECT_EQ(it.post("/oauth/revoke", {{"token", token}}, nullptr).status, 401);
  EXPECT_TRUE(active(client, token));
  EXPECT_EQ(it.post("/oauth/revoke", {{"token", token}, {"token_type_hint", "refresh_token"}}, &client).status, 200);
  EXPECT_FALSE(active(client, token));
  EXPECT_EQ(it.post("/oauth/revoke", {{"token", token}}, &client).status, 200);
  EXPECT_EQ(it.post("/oauth/revoke", {{"token", "gtho_nonsense"}}, &client).status, 200);
  EXPECT_EQ(it.world.audited("access_token.revoke").event.caller.actor_id, client.id);
  // It stays revoked where the index is read anew.
  must(it.world.services().feed->load());
  EXPECT_FALSE(active(client, token));
}

TEST_F(ClientCredentials, RotateWithOverlap) {
  const Client client = it.add_client();
  const auto rotated = must(admin::rotate_client(it.world.services(), it.world.caller(), client.id, hours(1), std::string()));
  const Client successor{client.id, rotated.token.expose()};
  EXPECT_EQ(it.token(client).status, 200);
  const std::string token = it.token(successor).text("access_token");
  EXPECT_EQ(it.token(client).status, 200);
  it.world.clock().advance(hours(1));
  it.world.services().index.set_fresh(it.world.clock().now());
  EXPECT_EQ(it.token(client).error(), "invalid_client");
  EXPECT_EQ(it.world.audited("token.reuse").event.target_id, client.id);
  EXPECT_EQ(it.token(successor).status, 200);
}

/// Whoever only asks for access tokens is seen, too.
TEST_F(ClientCredentials, WhoStillUsesTheOldSecretIsSeen) {
  admin::Services& services = it.world.services();
  admin::Recorder recorder(services, it.world.request_log());
  const Client client = it.add_client();
  const auto rotated = must(admin::rotate_client(services, it.world.caller(), client.id, hours(4), std::string()));
  const Client successor{client.id, rotated.token.expose()};
  for (const Client& one : {successor, client, client}) EXPECT_EQ(it.token(one).status, 200);
  const auto rotation = must(admin::show_rotation(services, it.world.caller(), client.id)).at("rotation").as_object();
  EXPECT_EQ(rotation.at("old_calls").as_int64(), 2);
  ASSERT_EQ(rotation.at("old_users").as_array().size(), 1U);
  EXPECT_EQ(rotation.at("old_users").at(0).at("address").as_string(), "192.0.2.1");
  EXPECT_EQ(rotation.at("old_users").at(0).at("user_agent").as_string(), "test");
  EXPECT_EQ(rotation.at("new_users").at(0).at("calls").as_int64(), 1);
  const auto refused = admin::finish_rotation(services, it.world.caller(), client.id, {minutes(30), false});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("192.0.2.1"));
  it.world.clock().advance(hours(4));
  services.index.set_fresh(it.world.clock().now());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(it.token(client).error(), "invalid_client");
  const auto dead = must(admin::show_rotation(services, it.world.caller(), client.id)).at("dead_uses").as_array();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].at("calls").as_int64(), 3);
  store::AuditRecords::Filter reuses;
  reuses.action = "token.reuse";
  EXPECT_EQ(must(it.world.database().read().value()->audit_records.list(reuses, {{}, 10})).items.size(), 1U) << "told once";
}

/// RFC 9068 [1], [2], [3]; RFC 8414 [4].
TEST_F(ClientCredentials, AreSignedWhereThePolicySaysSo) {
  const Client client = it.add_client();
  for (const char* form : {"EdDSA", "ES256"}) {
    must(admin::set_policy(it.world.services(), it.world.caller(), {{"access-tokens", form}}));
    it.world.clock().advance(seconds(2));
    const std::string token = it.token(client).text("access_token");
    ASSERT_EQ(std::count(token.begin(), token.end(), '.'), 2);
    const std::string head(as_text(from_base64url(token.substr(0, token.find('.'))).value()));
    EXPECT_THAT(head, HasSubstr(R"("typ":"at+jwt")"));
    EXPECT_THAT(head, HasSubstr(form));
    EXPECT_TRUE(active(client, token));
    gateway::AuthorizationRequest keys;
    keys.path = "/.well-known/jwks.json";
    EXPECT_EQ(it.send(keys).body.at("keys").as_array().size(), 2U);
    must(admin::rotate_access_keys(it.world.services(), it.world.caller(), false));
    EXPECT_EQ(it.send(keys).body.at("keys").as_array().size(), 4U);
    EXPECT_TRUE(active(client, token));
    must(admin::rotate_access_keys(it.world.services(), it.world.caller(), true));
    EXPECT_FALSE(active(client, token));
    EXPECT_EQ(it.send(keys).body.at("keys").as_array().size(), 2U);
  }
}

/// RFC 8414 [2], [3]: what is listed works, and what works is listed.
TEST_F(ClientCredentials, MetadataSaysWhatWorks) {
  gateway::AuthorizationRequest asked;
  asked.path = "/.well-known/oauth-authorization-server";
  const Answer metadata = it.send(asked);
  EXPECT_EQ(metadata.text("issuer"), "http://127.0.0.1:8480");
  const Client client = it.add_client();
  for (const auto& grant : metadata.body.at("grant_types_supported").as_array()) {
    const Answer answer = it.post("/oauth/token", {{"grant_type", std::string(grant.as_string())}}, &client);
    EXPECT_NE(answer.error(), "unsupported_grant_type") << grant;
  }
  for (const char* endpoint : {"token_endpoint", "revocation_endpoint", "introspection_endpoint", "jwks_uri"}) {
    const std::string path = metadata.text(endpoint).substr(metadata.text("issuer").size());
    EXPECT_TRUE(it.server.serves(path)) << path;
  }
}

class Assertions : public ClientCredentials {
 protected:
  void SetUp() override {
    std::array<std::byte, 32> bytes{};
    it.world.services().random.fill(bytes);
    key = std::make_unique<crypto::SigningKey>(must(crypto::SigningKey::ed25519(crypto::Key(bytes))));
    admin::CreateToken wanted;
    wanted.account = "ci";
    wanted.name = "signs";
    wanted.scopes = {"read:jira-work"};
    wanted.resources = {"acme/A"};
    // It outlives the longest race below, each round of which takes ten seconds of this clock.
    wanted.expires_in = hours(24 * 365);
    wanted.key_set = R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","x":")" + to_base64url(key->x()) + "\"}]}";
    const auto made = must(admin::create_client(it.world.services(), it.world.caller(), std::move(wanted)));
    EXPECT_TRUE(made.token.empty());
    client = std::string(made.document.at("client_id").as_string());
    claims = {{"iss", client}, {"sub", client}, {"aud", "http://127.0.0.1:8480"}, {"jti", "1"}, {"exp", at(minutes(5))}};
  }
  std::int64_t at(Duration later) {
    return std::chrono::duration_cast<seconds>((it.world.clock().now() + later).time_since_epoch()).count();
  }
  std::string sign(const boost::json::object& with, const std::string& head = R"({"alg":"EdDSA","kid":"k1"})") {
    const std::string text = to_base64url(as_bytes(head)) + "." + to_base64url(as_bytes(boost::json::serialize(with)));
    return text + "." + to_base64url(must(key->sign_jose(text)));
  }
  Answer use(const std::string& assertion) {
    return it.post("/oauth/token",
                   {{"grant_type", "client_credentials"},
                    {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                    {"client_assertion", assertion}},
                   nullptr);
  }
  std::string refused(std::string_view member, boost::json::value value) {
    boost::json::object changed = claims;
    changed["jti"] = random_base62(it.world.services().random, 8);
    changed[member] = std::move(value);
    return use(sign(changed)).error();
  }

  std::unique_ptr<crypto::SigningKey> key;
  std::string client;
  boost::json::object claims;
};

TEST_F(Assertions, WorkOnce) {
  const std::string assertion = sign(claims);
  EXPECT_EQ(use(assertion).status, 200);
  EXPECT_EQ(use(assertion).error(), "invalid_client");
  claims["jti"] = "2";
  EXPECT_EQ(use(sign(claims)).status, 200);
}

TEST_F(Assertions, AreForThisServerAndSoon) {
  EXPECT_EQ(refused("aud", "http://127.0.0.1:8480/oauth/token"), "");
  EXPECT_EQ(refused("aud", boost::json::array{"http://127.0.0.1:8480", "https://other.example"}), "invalid_client");
  EXPECT_EQ(refused("aud", "https://other.example"), "invalid_client");
  EXPECT_EQ(refused("iss", "other"), "invalid_client");
  EXPECT_EQ(refused("sub", "other"), "invalid_client");
  EXPECT_EQ(refused("exp", at(-minutes(2))), "invalid_client");
  EXPECT_EQ(refused("exp", at(hours(1))), "invalid_client");
  EXPECT_EQ(refused("exp", "soon"), "invalid_client");
  EXPECT_EQ(refused("nbf", at(minutes(5))), "invalid_client");
  EXPECT_EQ(refused("jti", ""), "invalid_client");
  EXPECT_EQ(use(sign(claims, R"({"alg":"EdDSA","kid":"k1","typ":"at+jwt"})")).error(), "invalid_client");
  EXPECT_EQ(use(sign(claims, R"({"alg":"ES256","kid":"k1"})")).error(), "invalid_client");
  EXPECT_EQ(use(sign(claims, R"({"alg":"none"})")).error(), "invalid_client");
  EXPECT_EQ(use(sign(claims, R"({"alg":"EdDSA","kid":"k1","crit":["x"]})")).error(), "invalid_client");
  EXPECT_EQ(use(sign(claims)).status, 200);
}

/// "10,000 concurrent double uses": each of them used by several threads at once, and one of these succeeds. Time passes, since
/// who loses counts as a failure of this client from its address.
TEST_F(Assertions, OneOfManyWhoRaceWins) {
  const int rounds = race_rounds(50);
  for (int round = 0; round < rounds; ++round) {
    claims["jti"] = "race " + std::to_string(round);
    const std::string assertion = sign(claims);
    ASSERT_EQ(race(2, [&] { return use(assertion).status == 200; }), 1);
    it.world.clock().advance(seconds(10));
    it.world.services().index.set_fresh(it.world.clock().now());
    claims["exp"] = at(minutes(5));
  }
}

TEST_F(ClientCredentials, KeySetsArePublicAndKnown) {
  EXPECT_FALSE(admin::check_key_set("{}"));
  EXPECT_FALSE(admin::check_key_set(R"({"keys":[]})"));
  EXPECT_FALSE(admin::check_key_set(R"({"keys":[{"kty":"oct","k":"AAAA"}]})"));
  EXPECT_FALSE(admin::check_key_set(R"({"keys":[{"kty":"OKP","crv":"Ed25519","d":"AAAA","x":"AAAA"}]})"));
}

/// Nobody is locked out by somebody who fails in his name elsewhere.
TEST_F(ClientCredentials, FailuresCountForWhoFails) {
  const Client client = it.add_client();
  const Client wrong{client.id, it.add_client().secret};
  int status = 0;
  for (int i = 0; i <= Throttle::kFailuresOfPair; ++i) status = it.token(wrong).status;
  EXPECT_EQ(status, 429);
  gateway::AuthorizationRequest elsewhere = Asking::request("/oauth/token", {{"grant_type", "client_credentials"}});
  elsewhere.client = parse_ip("198.51.100.7").value();
  elsewhere.authorization = SecretString("Basic " + to_base64(as_bytes(client.id + ":" + client.secret)));
  EXPECT_EQ(it.send(std::move(elsewhere)).status, 200);
}

}  // namespace
}  // namespace gatehouse::oauth
