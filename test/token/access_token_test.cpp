// Access tokens: what is made is read, and of what is forged nothing is taken (RFC 9068, RFC 8725).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "token/access_token.h"
#include "token/strict_json.h"

namespace gatehouse::token {
namespace {

namespace json = boost::json;

constexpr std::string_view kIssuer = "https://gate.example";
const Instant kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};

crypto::Key secret_of(char fill) {
  std::array<std::byte, crypto::kKeySize> bytes{};
  bytes.fill(static_cast<std::byte>(fill));
  return crypto::Key(bytes);
}

AccessKey key_of(const char* id, AccessForm form, char fill) {
  return AccessKey::make(id, form, secret_of(fill), kNow - std::chrono::hours(1), Instant::max()).value();
}

const AccessKeys& keys() {
  static const AccessKeys kKeys({key_of("key0000000opaque", AccessForm::kOpaque, 'a'),
                                 key_of("key00000000eddsa", AccessForm::kEdDsa, 'b'),
                                 key_of("key00000000es256", AccessForm::kEs256, 'c')});
  return kKeys;
}

const AccessKey& signer(AccessForm form) { return *keys().signer(form, kNow); }

AccessClaims claims() {
  static const ScopeIndex kScope = register_scope("read:jira-work").value();
  AccessClaims out;
  out.id = *to_key("jti0000000000001");
  out.client = *to_key("client0000000001");
  out.secret = *to_key("secret0000000001");
  out.subject = "account000000001";
  out.audience = kIssuer;
  out.issued_at = kNow;
  out.expires_at = kNow + std::chrono::hours(1);
  out.scopes.emplace().add(kScope);
  out.resources = {{SiteId("site000000000001"), "10000", "acme/A", out.scopes}};
  out.ancestors = {*to_key("jti0000000000000")};
  out.actors = {"client0000000002", "client0000000003"};
  return out;
}

std::string mint(AccessForm form) {
  SystemRandom random;
  return mint_access_token(signer(form), claims(), kIssuer, random).value().expose();
}

TEST(AccessTokens, AreReadAsTheyWereMade) {
  for (const AccessForm form : {AccessForm::kOpaque, AccessForm::kEdDsa, AccessForm::kEs256}) {
    const auto read = open_access_token(mint(form), keys(), kIssuer, kNow);
    ASSERT_TRUE(read) << to_string(form);
    const AccessClaims made = claims();
    EXPECT_EQ(read->id, made.id);
    EXPECT_EQ(read->client, made.client);
    EXPECT_EQ(read->secret, made.secret);
    EXPECT_EQ(read->subject, made.subject);
    EXPECT_EQ(read->expires_at, made.expires_at);
    EXPECT_EQ(read->scopes, made.scopes);
    EXPECT_EQ(read->resources, made.resources);
    EXPECT_EQ(read->ancestors, made.ancestors);
    EXPECT_EQ(read->actors, made.actors);
  }
}

TEST(AccessTokens, AreOfThisIssuerAndTheseKeys) {
  for (const AccessForm form : {AccessForm::kOpaque, AccessForm::kEdDsa, AccessForm::kEs256}) {
    const std::string token = mint(form);
    EXPECT_FALSE(open_access_token(token, keys(), "https://other.example", kNow));
    EXPECT_FALSE(open_access_token(token, AccessKeys(), kIssuer, kNow));
    EXPECT_FALSE(open_access_token(token, keys(), kIssuer, kNow - std::chrono::hours(1)));
    AccessKey ended = key_of(std::string(signer(form).id).c_str(), form,
                             form == AccessForm::kOpaque  ? 'a'
                             : form == AccessForm::kEdDsa ? 'b'
                                                          : 'c');
    ended.ends_at = kNow;
    EXPECT_FALSE(open_access_token(token, AccessKeys({ended}), kIssuer, kNow));
  }
}

std::string part(std::string_view text) { return to_base64url(as_bytes(text)); }

/// Signed with the right key whatever stands in it: what only the checks of head and claims can find.
std::string signed_by(AccessForm form, const std::string& head, const std::string& payload) {
  const std::string text = part(head) + "." + part(payload);
  return text + "." + to_base64url(signer(form).signing->sign_jose(text).value());
}

std::string head_of(AccessForm form, std::string_view more = {}) {
  return "{\"typ\":\"at+jwt\",\"alg\":\"" + std::string(to_string(form)) + "\",\"kid\":\"" + signer(form).id + "\"" +
         std::string(more) + "}";
}

TEST(AccessTokens, TheControlOfTheForgeries) {
  EXPECT_TRUE(open_access_token(signed_by(AccessForm::kEdDsa, head_of(AccessForm::kEdDsa), claims_text(claims(), kIssuer)),
                                keys(), kIssuer, kNow));
}

/// RFC 9068 [1], [3], [4], [5], [6].
TEST(AccessTokens, HeadsAreExactlyOurs) {
  const std::string payload = claims_text(claims(), kIssuer);
  const std::string kid = signer(AccessForm::kEdDsa).id;
  for (const std::string& head : std::vector<std::string>{
           head_of(AccessForm::kEdDsa, R"(,"jku":"https://evil.example/jwks")"),
           head_of(AccessForm::kEdDsa, R"(,"x5u":"https://evil.example")"),
           head_of(AccessForm::kEdDsa, R"(,"jwk":{"kty":"OKP"})"), head_of(AccessForm::kEdDsa, R"(,"crit":["exp"])"),
           head_of(AccessForm::kEdDsa, R"(,"alg":"EdDSA")"), R"({"typ":"JWT","alg":"EdDSA","kid":")" + kid + "\"}",
           R"({"alg":"EdDSA","kid":")" + kid + "\"}", R"({"typ":"at+jwt","alg":"EdDSA"})",
           R"({"typ":"at+jwt","alg":"none","kid":")" + kid + "\"}", R"({"typ":"at+jwt","alg":"HS256","kid":")" + kid + "\"}",
           R"({"typ":"at+jwt","alg":"ES256","kid":")" + kid + "\"}", R"({"typ":"at+jwt","alg":"eddsa","kid":")" + kid + "\"}",
           R"({"typ":"at+jwt","alg":"EdDSA","kid":"../../dev/null"})",
           R"({"typ":"at+jwt","alg":"EdDSA","kid":")" + signer(AccessForm::kOpaque).id + "\"}",
           R"({"typ":"at+jwt","alg":"EdDSA","kid":")" + signer(AccessForm::kEs256).id + "\"}", std::string("[]"),
           std::string()}) {
    EXPECT_FALSE(open_access_token(signed_by(AccessForm::kEdDsa, head, payload), keys(), kIssuer, kNow)) << head;
  }
}

/// RFC 9068 [2]; RFC 9700 [10].
TEST(AccessTokens, ClaimsAreReadStrictly) {
  const std::string good = claims_text(claims(), kIssuer);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return open_access_token(signed_by(AccessForm::kEdDsa, head_of(AccessForm::kEdDsa), text), keys(), kIssuer, kNow).has_value();
  };
  EXPECT_TRUE(changed("acme/A", "acme/B"));  // a name for people
  EXPECT_FALSE(changed("\"aud\":\"https://gate.example\"", "\"aud\":\"https://gate.example.evil\""));
  EXPECT_FALSE(changed("\"aud\":\"https://gate.example\"", "\"aud\":[\"https://gate.example\"]"));
  EXPECT_FALSE(changed("\"iss\":\"https://gate.example\"", "\"iss\":\"https://gate.example/\""));
  EXPECT_FALSE(changed("\"sub\":", "\"sub\":\"x\",\"sub\":"));
  EXPECT_FALSE(changed("\"sub\":", "\"s\\u0075b\":\"x\",\"sub\":"));
  EXPECT_FALSE(changed("\"exp\":", "\"exp\":1e99,\"x\":"));
  EXPECT_FALSE(changed("\"exp\":", "\"exp\":-1,\"x\":"));
  EXPECT_FALSE(changed("\"exp\":", "\"exp\":9223372036854775808,\"x\":"));
  EXPECT_FALSE(changed("\"exp\":", "\"exp\":\"1\",\"x\":"));
  EXPECT_FALSE(changed("\"exp\":", "\"x\":"));
  EXPECT_FALSE(changed("\"jti\":\"jti0000000000001\"", "\"jti\":\"short\""));
  EXPECT_FALSE(changed("\"client_id\":\"client0000000001\"", "\"client_id\":null"));
  EXPECT_FALSE(changed("\"resource_id\":\"10000\"", "\"resource_id\":\"\""));
  EXPECT_FALSE(changed("gatehouse_resource", "other"));
  const std::size_t from = good.find("\"authorization_details\":[");
  const std::size_t to = good.find("],\"ancestors\"");
  std::string emptied = good;
  emptied.replace(from, to - from, "\"authorization_details\":[");
  EXPECT_FALSE(open_access_token(signed_by(AccessForm::kEdDsa, head_of(AccessForm::kEdDsa), emptied), keys(), kIssuer, kNow));
}

/// HMAC with the public key as its secret, for a reader that lets the token choose.
TEST(AccessTokens, ThePublicKeyIsNoSecret) {
  const auto& x = signer(AccessForm::kEdDsa).signing->x();
  std::array<std::byte, crypto::kKeySize> bytes{};
  std::copy(x.begin(), x.end(), bytes.begin());
  const std::string text =
      part(R"({"typ":"at+jwt","alg":"HS256","kid":"key00000000eddsa"})") + "." + part(claims_text(claims(), kIssuer));
  const auto tag = crypto::PreparedHmac(crypto::Key(bytes)).tag({text});
  EXPECT_FALSE(open_access_token(text + "." + to_base64url(tag), keys(), kIssuer, kNow));
}

/// 10,000 forged tokens, none of which is taken: good ones that were changed in a place.
RC_GTEST_PROP(AccessTokens, NoChangeIsTaken, ()) {
  static const std::array<std::string, 3> kGood{mint(AccessForm::kOpaque), mint(AccessForm::kEdDsa), mint(AccessForm::kEs256)};
  // Property tests run a hundred rounds; a hundred tokens in each make ten thousand.
  for (int i = 0; i < 100; ++i) {
    std::string token = kGood.at(*rc::gen::inRange<std::size_t>(0, 3));
    const auto how = *rc::gen::inRange(0, 5);
    const auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    const char c = *rc::gen::elementOf(std::string("ABCabc019-_.=+/ {\"\\\n\0", 20));
    if (how == 0) token[at] = c;
    if (how == 1) token.erase(at, *rc::gen::inRange<std::size_t>(1, 40));
    if (how == 2) token.insert(at, 1, c);
    if (how == 3) token += c;
    if (how == 4) {
      const std::string& other = kGood.at(*rc::gen::inRange<std::size_t>(0, 3));
      token = token.substr(0, at) + other.substr(std::min(at, other.size()));
    }
    if (std::find(kGood.begin(), kGood.end(), token) != kGood.end()) continue;
    RC_ASSERT(!open_access_token(token, keys(), kIssuer, kNow));
  }
}

/// What only a holder of the key could forge: 10,000 heads and claims that are odd in a place, each rightly signed.
RC_GTEST_PROP(AccessTokens, NothingOddIsTakenThoughItIsSigned, ()) {
  static const std::vector<std::string> kOdd{"-1", "1.5",  "1e99", "9223372036854775808", "\"\"", "null", "[]",
                                             "{}", "true", "[1]"};
  static const std::vector<std::string> kClaims{"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "secret_id"};
  static const std::vector<std::string> kHead{"alg", "typ", "kid"};
  static const std::string kText = claims_text(claims(), kIssuer);
  for (int i = 0; i < 100; ++i) {
    const AccessForm form = *rc::gen::element(AccessForm::kEdDsa, AccessForm::kEs256);
    std::string head = head_of(form);
    std::string payload = kText;
    const bool in_head = *rc::gen::inRange(0, 3) == 0;
    std::string& text = in_head ? head : payload;
    const std::string name = *rc::gen::elementOf(in_head ? kHead : kClaims);
    const std::string odd = *rc::gen::elementOf(kOdd);
    const std::size_t at = text.find("\"" + name + "\":");
    RC_ASSERT(at != std::string::npos);
    switch (*rc::gen::inRange(0, 4)) {
      case 0: text.replace(at + 1, name.size(), name + "\":" + odd + ",\"x_" + name); break;  // another value
      case 1: text.replace(at + 1, name.size(), "x_" + name); break;                          // left out
      case 2: text.insert(at, "\"" + name + "\":" + odd + ","); break;                        // twice
      default: text.insert(at, "\"\\u00" + to_hex(as_bytes(name.substr(0, 1))) + name.substr(1) + "\":" + odd + ","); break;
    }
    RC_ASSERT(!open_access_token(signed_by(form, head, payload), keys(), kIssuer, kNow));
  }
}

TEST(LiveIndexEnded, KnowsWhatWasRevokedUntilItWouldHaveEnded) {
  LiveIndex index(1);
  const Key id = *to_key("jti0000000000001");
  EXPECT_FALSE(index.ended(id));
  index.end(id, kNow + std::chrono::hours(1), kNow);
  EXPECT_TRUE(index.ended(id));
  index.end(*to_key("jti0000000000002"), kNow + std::chrono::hours(3), kNow + std::chrono::hours(2));
  EXPECT_FALSE(index.ended(id));
  EXPECT_TRUE(index.ended(*to_key("jti0000000000002")));
  index.assign_ended({});
  EXPECT_FALSE(index.ended(*to_key("jti0000000000002")));
}

}  // namespace
}  // namespace gatehouse::token
