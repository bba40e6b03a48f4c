#include "oauth/client_authentication.h"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/jwt.h"
#include "admin/recorder.h"
#include "admin/rotation.h"
#include "admin/tokens.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "oauth/federated.h"
#include "token/strict_json.h"
#include "token/token.h"

namespace gatehouse::oauth {
namespace {

namespace json = boost::json;

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr Duration kSkew = std::chrono::seconds(60);
/// An assertion that lives longer would have to be remembered longer.
constexpr Duration kLongestAssertion = std::chrono::minutes(10);
constexpr std::int64_t kLatest = 100'000'000'000;
constexpr std::size_t kLongestJti = 256;

struct Shown {
  enum class Method { kNone, kSecret, kAssertion };
  Method method = Method::kNone;
  std::string client;
  SecretString secret;
  std::string assertion;
};

OAuthError two_methods() { return {"invalid_request", "The request proves its client in two ways at once; use one.", 400, 0}; }

bool is_basic(std::string_view header) noexcept {
  constexpr std::string_view kWord = "basic ";
  return header.size() > kWord.size() && std::equal(kWord.begin(), kWord.end(), header.begin(), [](char word, char c) {
           return word == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
         });
}

Answered<Shown> read_basic(std::string_view header, Shown shown) {
  auto decoded = from_base64(header.substr(6));
  if (!decoded) return invalid_client();
  const SecretBytes wipe(std::move(decoded.value()));
  const std::string_view pair = as_text(wipe.expose());
  const std::size_t colon = pair.find(':');
  std::string secret;
  std::string client;
  if (colon == std::string_view::npos || !decode_form(pair.substr(0, colon), client) ||
      !decode_form(pair.substr(colon + 1), secret))
    return invalid_client();
  if (!shown.client.empty() && shown.client != client) return two_methods();
  shown.client = std::move(client);
  shown.secret = SecretString(std::move(secret));
  shown.method = Shown::Method::kSecret;
  return shown;
}

Answered<Shown> read_shown(const gateway::AuthorizationRequest& request, const Parameters& parameters) {
  Shown shown;
  shown.client = parameters.text("client_id");
  const std::string& header = request.authorization.expose();
  const bool basic = !header.empty();
  const bool post = parameters.has("client_secret");
  const bool assertion = parameters.has("client_assertion") || parameters.has("client_assertion_type");
  if (static_cast<int>(basic) + static_cast<int>(post) + static_cast<int>(assertion) > 1) return two_methods();
  if (basic) {
    if (!is_basic(header)) return invalid_client();
    return read_basic(header, std::move(shown));
  }
  if (post) {
    shown.secret = SecretString(parameters.text("client_secret"));
    shown.method = Shown::Method::kSecret;
  } else if (assertion) {
    if (parameters.text("client_assertion_type") != kAssertionType) return invalid_client();
    shown.assertion = parameters.text("client_assertion");
    shown.method = Shown::Method::kAssertion;
  }
  return shown;
}

/// What nobody's id can be is not asked of the store.
bool is_id(std::string_view text) {
  return text.size() == kIdLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

bool is_live_client(const token::LiveCredential& credential, Instant now) {
  const ServiceAccount& account = credential.account->account;
  return credential.live(now) && is_live(account.state, account.pause, now);
}

constexpr Duration kTellEvery = std::chrono::hours(1);
/// As long as admin/secret_uses.h keeps those of tokens.
constexpr Duration kKeepUses = std::chrono::hours(24 * 400);

/// Whoever still calls with a dead secret does so again and again: it is kept each time, and told anew after an hour of quiet.
Result<void> note_retired(Context& context, const Credential& credential, store::SecretUse use) {
  const Instant now = context.now();
  bool told = false;
  {
    GH_TRY(const store::Reader reader, context.services.database.read());
    GH_TRY(const auto uses, reader->secret_uses.of_credential(credential.id));
    told = std::any_of(uses.begin(), uses.end(), [&](const store::SecretUse& one) {
      return one.dead && one.secret == use.secret && one.last_at + kTellEvery > now;
    });
  }
  const bool dead = admin::was_rolled_back(credential, use.secret) || credential.state == State::kRevoked ||
                    (credential.expires_at && *credential.expires_at <= now);
  if (!told && dead) {
    GH_TRYV(admin::note_dead_use(context.services, credential.id, use.secret, use.address, use.user_agent));
  } else if (!told) {
    GH_TRYV(admin::note_reuse(context.services, credential.id, use.secret, use.address));
  }
  return context.services.database.record_secret_uses({std::move(use)}, now - kKeepUses);
}

/// A secret that the index does not know may be one that was replaced: then its use is told, as that of a token is.
Answered<bool> note_if_retired(Context& context, const token::ParsedToken& parsed, const std::string& client,
                               const gateway::AuthorizationRequest& request) {
  auto reader = context.services.database.read();
  if (!reader) return server_error(reader.error());
  const SecretId id{std::string(parsed.id)};
  const auto found = reader.value()->credentials.get_by_secret(id);
  if (!found) return false;
  const Credential& credential = found.value().value;
  const auto secret =
      std::find_if(credential.secrets.begin(), credential.secrets.end(), [&id](const SecretRecord& one) { return one.id == id; });
  const auto stored = secret == credential.secrets.end() ? Result<crypto::TokenHash>(fail(Errc::kNotFound, ""))
                                                         : crypto::parse_token_hash(secret->hash);
  if (credential.id.value != client || !stored || !context.services.hasher.matches(stored.value(), parsed.id, parsed.secret))
    return false;
  const auto noted = note_retired(context, credential,
                                  {id, true, format_ip(request.client), admin::printable_agent(request.user_agent), credential.id,
                                   context.now(), context.now(), 1});
  if (!noted) return server_error(noted.error());
  return true;
}

Answered<ProvenClient> by_secret(Context& context, const Shown& shown, const gateway::AuthorizationRequest& request) {
  const auto parsed = token::parse(shown.secret.expose());
  if (!parsed || parsed->kind != token::TokenKind::kClientSecret) return invalid_client();
  const token::Found found = context.find(parsed->id);
  if (!found.credential || !found.secret || token::as_view(found.credential->id) != shown.client) {
    GH_TRYV(note_if_retired(context, *parsed, shown.client, request));
    return invalid_client();
  }
  const bool client = found.credential->kind == CredentialKind::kOAuthClient || found.credential->kind == CredentialKind::kApp;
  const crypto::TokenHash stored{found.secret->key_epoch, found.secret->digest};
  const Instant now = context.now();
  if (!client || !context.services.hasher.matches(stored, parsed->id, parsed->secret) || !is_live_client(*found.credential, now))
    return invalid_client();
  if (found.secret->state == SecretState::kOverlap && now >= found.secret->ends_at) {
    GH_TRYV(note_if_retired(context, *parsed, shown.client, request));
    return invalid_client();
  }
  if (found.secret->state == SecretState::kPending) {
    const auto promoted =
        admin::promote_secret(context.services, CredentialId(shown.client), SecretId(std::string(parsed->id)), now);
    if (!promoted) return server_error(promoted.error());
    // Rolled back on another node a moment ago.
    if (!promoted.value()) return invalid_client();
  }
  admin::note_client_secret(context.services, *found.credential, found.secret->id, request.client, request.user_agent);
  return ProvenClient{found.credential, found.secret->id};
}

/// RFC 7523 section 3: issuer and subject are the client, the audience is this server and nobody else, and it ends soon.
bool good_claims(const Context& context, const json::object& claims, const std::string& client, Instant now, Instant& ends_at) {
  if (token::text_member(claims, "iss") != client || token::text_member(claims, "sub") != client) return false;
  const auto* audience = claims.if_contains("aud");
  if (audience && audience->is_array() && audience->get_array().size() == 1) audience = &audience->get_array().front();
  const std::string named = audience && audience->is_string() ? std::string(audience->get_string()) : std::string();
  if (named != context.issuer() && named != context.issuer() + "/oauth/token") return false;
  const auto ends = token::number_member(claims, "exp", kLatest);
  if (!ends) return false;
  ends_at = Instant(std::chrono::seconds(*ends));
  if (ends_at <= now - kSkew || ends_at > now + kLongestAssertion) return false;
  for (const char* name : {"nbf", "iat"}) {
    if (!claims.contains(name)) continue;
    const auto from = token::number_member(claims, name, kLatest);
    if (!from || Instant(std::chrono::seconds(*from)) > now + kSkew) return false;
  }
  const std::string jti = token::text_member(claims, "jti");
  return !jti.empty() && jti.size() <= kLongestJti;
}

Answered<ProvenClient> by_assertion(Context& context, Shown shown) {
  const auto head = admin::read_token_head(shown.assertion);
  if (!head) return invalid_client();
  const std::string& type = head.value().type;
  if (!type.empty() && type != "JWT" && type != "client-authentication+jwt") return invalid_client();
  if (shown.client.empty()) {
    // The client may be named in the assertion alone; that it is its own is checked below.
    const std::size_t first = shown.assertion.find('.');
    const auto claims =
        from_base64url(std::string_view(shown.assertion).substr(first + 1, shown.assertion.find('.', first + 1) - first - 1));
    const auto parsed = claims ? token::parse_strict(as_text(claims.value())) : std::nullopt;
    if (parsed) shown.client = token::text_member(*parsed, "sub");
  }
  if (!is_id(shown.client)) return invalid_client();
  const token::LiveCredentialPtr credential = context.find(shown.client).credential;
  const bool client = credential && token::as_view(credential->id) == shown.client &&
                      (credential->kind == CredentialKind::kOAuthClient || credential->kind == CredentialKind::kApp) &&
                      is_live_client(*credential, context.now());
  auto reader = context.services.database.read();
  if (!reader) return server_error(reader.error());
  const auto registered = reader.value()->oauth.client(CredentialId(shown.client));
  if (!registered && registered.error().code != Errc::kNotFound) return server_error(registered.error());
  if (client && registered && registered.value().auth == store::ClientAuth::kFederated) {
    // RFC 7523 section 2.2 with a workload's identity in the place of a signature of the client's own.
    auto federated = client_of_foreign_token(context, shown.assertion, shown.client);
    if (!federated && federated.error().status < 500) return invalid_client();
    return federated;
  }
  if (!client || !registered || registered.value().auth != store::ClientAuth::kPrivateKeyJwt) {
    verify_for_nobody(shown.assertion);
    return invalid_client();
  }
  const auto keys = admin::read_key_set(registered.value().key_set);
  const auto claims = keys ? admin::verify_token(shown.assertion, keys.value()) : Result<json::object>(keys.error());
  Instant ends_at;
  if (!claims || !good_claims(context, claims.value(), shown.client, context.now(), ends_at)) return invalid_client();
  const std::string once =
      "assertion " + to_base64url(crypto::sha256(shown.client + "\n" + token::text_member(claims.value(), "jti")));
  bool fresh = false;
  const auto noted =
      context.services.database.tend_sign_in([&](store::SignIn& sign_in, const store::Repositories&) -> Result<void> {
        GH_TRY(fresh, sign_in.use_once(once, ends_at + 2 * kSkew));
        return success();
      });
  if (!noted) return server_error(noted.error());
  if (!fresh) return invalid_client();
  return ProvenClient{credential, credential->id};
}

/// It proves nothing: what it shows beside its id (a code's verifier, a refresh token) is what counts.
Answered<ProvenClient> by_name(Context& context, const Shown& shown) {
  const token::LiveCredentialPtr credential = context.find(shown.client).credential;
  const bool app = credential && credential->kind == CredentialKind::kApp && token::as_view(credential->id) == shown.client;
  if (!app || !is_live_client(*credential, context.now())) return invalid_client();
  auto reader = context.services.database.read();
  if (!reader) return server_error(reader.error());
  // A person's consent is in the index like an app is, and is none.
  const auto registered = reader.value()->oauth.client(CredentialId(shown.client));
  if (!registered && registered.error().code != Errc::kNotFound) return server_error(registered.error());
  if (!registered || registered.value().auth != store::ClientAuth::kNone) return invalid_client();
  return ProvenClient{credential, credential->id};
}

Answered<ProvenClient> proven(Context& context, Shown shown, const gateway::AuthorizationRequest& request,
                              Public public_clients) {
  switch (shown.method) {
    case Shown::Method::kSecret: return by_secret(context, shown, request);
    case Shown::Method::kAssertion: return by_assertion(context, std::move(shown));
    case Shown::Method::kNone: break;
  }
  if (public_clients == Public::kAllowed && !shown.client.empty()) return by_name(context, shown);
  return invalid_client();
}

}  // namespace

Answered<ProvenClient> authenticate_client(Context& context, const gateway::AuthorizationRequest& request,
                                           const Parameters& parameters, Public public_clients) {
  GH_TRYV(context.check_fresh());
  GH_TRY(Shown shown, read_shown(request, parameters));
  const Instant now = context.now();
  const std::string named = shown.client;
  const auto too_many = [](std::uint32_t wait) {
    return OAuthError{"slow_down", "Too many requests; Retry-After says when it may go on.", 429, wait};
  };
  if (const std::uint32_t wait = context.throttle.wait_of(request.client, named, now)) return too_many(wait);
  Answered<ProvenClient> client = proven(context, std::move(shown), request, public_clients);
  if (!client) {
    if (client.error().status < 500) context.throttle.failed(request.client, named, now);
    return client;
  }
  if (const std::uint32_t wait = context.throttle.take(token::as_view(client.value().credential->id), now)) return too_many(wait);
  return client;
}

}  // namespace gatehouse::oauth
