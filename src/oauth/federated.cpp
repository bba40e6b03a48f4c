#include "oauth/federated.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "admin/federations.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "token/strict_json.h"

namespace gatehouse::oauth {
namespace {

namespace json = boost::json;

constexpr Duration kSkew = std::chrono::seconds(60);
/// However long an issuer lets a token live, an older one is a stored one.
constexpr Duration kOldest = std::chrono::hours(1);
constexpr std::int64_t kLatest = 100'000'000'000;
/// Of RFC 8037 appendix A.2 and of RFC 7515 appendices A.3 and A.2, whose private halves everybody knows: one of each algorithm.
constexpr std::string_view kNobodysKeys =
    R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},)"
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},)"
    R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL)"
    R"(-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg)"
    R"(665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]})";

struct Verified {
  const store::OAuthClient* federation = nullptr;
  json::object claims;
};

OAuthError not_good() {
  return {"invalid_grant",
          "The token is not good: its issuer, audience, subject or claims are not those of a federation here, its signature is "
          "wrong, it is over, or it was used before.",
          400, 0};
}

std::optional<json::object> unverified_claims(const std::string& text) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string::npos ? first : text.find('.', first + 1);
  if (second == std::string::npos) return std::nullopt;
  const auto bytes = from_base64url(std::string_view(text).substr(first + 1, second - first - 1));
  return bytes ? token::parse_strict(as_text(bytes.value())) : std::nullopt;
}

bool for_us(const json::object& claims, const std::string& audience) {
  const auto* named = claims.if_contains("aud");
  if (named && named->is_array() && named->get_array().size() == 1) named = &named->get_array().front();
  return named && named->is_string() && std::string_view(named->get_string()) == audience;
}

/// Until when it lives; nothing where it is over, too old, or not good yet.
std::optional<Instant> lives_until(const json::object& claims, Instant now) {
  const auto ends = token::number_member(claims, "exp", kLatest);
  const auto made = token::number_member(claims, "iat", kLatest);
  if (!ends || !made) return std::nullopt;
  const Instant until{std::chrono::seconds(*ends)};
  const Instant from{std::chrono::seconds(*made)};
  if (until <= now || from > now + kSkew || from + kOldest <= now) return std::nullopt;
  if (claims.contains("nbf")) {
    const auto not_before = token::number_member(claims, "nbf", kLatest);
    if (!not_before || Instant(std::chrono::seconds(*not_before)) > now + kSkew) return std::nullopt;
  }
  return until;
}

bool meets(const store::OAuthClient& one, const json::object& claims, const std::string& client) {
  return (client.empty() || one.credential.value == client) && for_us(claims, one.audience) &&
         admin::federation_matches(one, claims);
}

/// The live ones of the token's issuer, whatever their conditions.
Result<std::vector<store::OAuthClient>> of_issuer(Context& context, const json::object& claims, const std::string& client) {
  std::vector<store::OAuthClient> all;
  {
    GH_TRY(const store::Reader reader, context.services.database.read());
    GH_TRY(all, reader->oauth.federations(token::text_member(claims, "iss")));
  }
  // The store keeps what has ended, too: it would be in the way of its successor.
  const auto live = [&context](const store::OAuthClient& one) {
    const token::LiveCredentialPtr found = context.services.index.find_locked(one.credential.value).credential;
    return found && found->kind == CredentialKind::kOAuthClient && found->acts(context.now());
  };
  // One that another node made a moment ago.
  const auto met = std::find_if(all.rbegin(), all.rend(), [&](const auto& one) { return meets(one, claims, client); });
  if (met != all.rend() && !live(*met)) context.find(met->credential.value);
  std::erase_if(all, [&live](const store::OAuthClient& one) { return !live(one); });
  return all;
}

/// What each set of keys of these says of a token. A signature costs time, and keys are fetched or can't be: all of it goes by
/// the issuer alone, since conditions could be found out one by one otherwise, by whoever has no key at all.
class Signatures {
 public:
  Signatures(Context& context, const std::string& text, const std::string& key_id, const std::vector<store::OAuthClient>& all) {
    for (const store::OAuthClient& one : all) {
      if (said_.contains(one.key_set)) continue;
      const auto keys = one.key_set.empty() ? context.issuer_keys.keys_of(one.issuer, key_id) : admin::read_key_set(one.key_set);
      asked_in_vain_ = asked_in_vain_ || !keys;
      said_.emplace(one.key_set, keys ? admin::verify_token(text, keys.value()) : Result<json::object>(keys.error()));
    }
  }
  bool asked_in_vain() const noexcept { return asked_in_vain_; }
  /// Its claims, where the keys of this one made its signature.
  const json::object* claims_for(const store::OAuthClient& one) const {
    const Result<json::object>& said = said_.at(one.key_set);
    return said ? &said.value() : nullptr;
  }

 private:
  std::map<std::string, Result<json::object>> said_;
  bool asked_in_vain_ = false;
};

}  // namespace

void verify_for_nobody(const std::string& text) {
  const auto keys = admin::read_key_set(kNobodysKeys);
  const auto ignored = keys ? admin::verify_token(text, keys.value()) : Result<json::object>(keys.error());
  static_cast<void>(ignored);
}

Answered<ProvenClient> client_of_foreign_token(Context& context, const std::string& text, const std::string& client) {
  const auto head = admin::read_token_head(text);
  const auto unverified = head ? unverified_claims(text) : std::nullopt;
  if (!unverified) return not_good();
  // An access token is nobody's identity (RFC 9068 section 5).
  const std::string& type = head.value().type;
  if (type == "at+jwt" || type == "application/at+jwt") return not_good();
  const auto federations = of_issuer(context, *unverified, client);
  if (!federations) return server_error(federations.error());
  const Signatures signatures(context, text, head.value().key_id, federations.value());
  std::vector<Verified> verified;
  for (const store::OAuthClient& one : federations.value()) {
    const json::object* const claims = signatures.claims_for(one);
    if (claims && meets(one, *claims, client)) verified.push_back({&one, *claims});
  }
  if (federations.value().empty()) verify_for_nobody(text);
  if (verified.size() > 1)
    return OAuthError{"invalid_request", "The token stands for several clients here: name one by client_id.", 400, 0};
  if (verified.empty() && signatures.asked_in_vain())
    return OAuthError{"temporarily_unavailable", "The issuer of the token could not be asked for its keys.", 503, 60};
  if (verified.empty()) return not_good();
  const store::OAuthClient& federation = *verified.front().federation;
  const json::object& claims = verified.front().claims;
  const auto until = lives_until(claims, context.now());
  if (!until) return not_good();
  const token::LiveCredentialPtr credential = context.find(federation.credential.value).credential;
  if (!credential || credential->kind != CredentialKind::kOAuthClient || !credential->acts(context.now())) return not_good();
  const std::string jti = token::text_member(claims, "jti");
  const std::string name = federation.issuer + "\n" + (jti.empty() ? text : jti);
  bool fresh = false;
  const auto noted =
      context.services.database.tend_sign_in([&](store::SignIn& sign_in, const store::Repositories&) -> Result<void> {
        GH_TRY(fresh, sign_in.use_once("federated " + to_base64url(crypto::sha256(name)), *until + kSkew));
        return success();
      });
  if (!noted) return server_error(noted.error());
  if (!fresh) return not_good();
  return ProvenClient{credential, credential->id};
}

}  // namespace gatehouse::oauth
