#include "admin/provider.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>

#include "admin/jwt.h"
#include "admin/sign_in.h"
#include "admin/signed_value.h"
#include "admin/users.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/outside.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::string_view kState = "provider";
constexpr Duration kAwayFor = std::chrono::minutes(10);
constexpr Duration kKeepFor = std::chrono::hours(1);
constexpr Duration kKeysAtMostEvery = std::chrono::minutes(1);
constexpr Duration kSkew = std::chrono::seconds(60);
constexpr Duration kProofMayBe = std::chrono::minutes(2);

Error failed(std::string why) {
  return fail(Errc::kUpstreamFailed, "The company's provider could not be asked; try again, or sign in with a password.",
              std::move(why));
}
Error refused(std::string why) {
  return fail(Errc::kUnauthenticated, "Signing in with the company's provider did not work; begin again.", std::move(why));
}

struct Configuration {
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string keys_address;
  bool names_issuer = false;  ///< RFC 9207
};

Result<json::object> get_object(const http::FetchOptions& options, const std::string& url) {
  http::OutsideRequest request;
  GH_TRY(request.address, http::parse_outside_address(url));
  auto answer = http::ask_outside(options, request);
  if (!answer) return failed(answer.error().public_detail + " " + answer.error().log_detail);
  if (answer.value().status != 200) return failed("status " + std::to_string(answer.value().status));
  if (!answer.value().body.is_object()) return failed("no JSON object");
  return std::move(answer.value().body.get_object());
}

bool names(const json::value* audience, const std::string& client) {
  if (!audience) return false;
  if (audience->is_string()) return audience->get_string() == client;
  if (!audience->is_array()) return false;
  return std::any_of(audience->get_array().begin(), audience->get_array().end(),
                     [&client](const json::value& one) { return one.is_string() && one.get_string() == client; });
}

std::optional<Instant> instant_of(const json::object& claims, std::string_view name) {
  const auto* member = claims.if_contains(json::string_view(name.data(), name.size()));
  if (!member || !member->is_int64() || member->get_int64() < 0 || member->get_int64() > 100'000'000'000) return std::nullopt;
  return Instant(std::chrono::seconds(member->get_int64()));
}

/// What travels in `state`: why, for which session, and where to go afterwards.
std::string pack(ProviderVisit visit, const LiveSession* session, const std::string& next) {
  return std::to_string(static_cast<int>(visit)) + " " + (session ? session->session.id : std::string("-")) + " " + next;
}

struct Unpacked {
  ProviderVisit visit = ProviderVisit::kSignIn;
  std::string session;
  std::string next;
};
Unpacked unpack(const std::string& payload) {
  Unpacked out;
  const std::size_t first = payload.find(' ');
  const std::size_t second = payload.find(' ', first + 1);
  out.visit = static_cast<ProviderVisit>(payload.front() - '0');
  out.session = payload.substr(first + 1, second - first - 1);
  out.next = payload.substr(second + 1);
  return out;
}

}  // namespace

struct Provider::State {
  State(Services& with, ProviderSettings given, SecretString read)
      : services(with), settings(std::move(given)), secret(std::move(read)) {}

  Result<Configuration> configuration();
  Result<std::vector<NamedKey>> keys(const Configuration& at, bool again);
  Result<std::string> exchange(const Configuration& at, const std::string& redirect_uri, const std::string& code,
                               const std::string& verifier);
  Result<json::object> claims_of(const Configuration& at, const std::string& token, const std::string& nonce);
  /// RFC 7636: only this server can make it again, so that it lies nowhere meanwhile. 48 characters.
  std::string verifier(const std::string& nonce) const { return tag_of(services, "provider verifier", nonce); }
  std::string nonce(const std::string& of) const { return tag_of(services, "provider nonce", of); }

  Services& services;
  const ProviderSettings settings;
  const SecretString secret;
  std::mutex mutex;
  std::optional<Configuration> known;
  Instant known_at{};
  std::vector<NamedKey> known_keys;
  Instant keys_at{};
};

Provider::Provider(std::unique_ptr<State> state) : state_(std::move(state)) {}
Provider::~Provider() = default;
const std::string& Provider::name() const noexcept { return state_->settings.name; }

Result<std::unique_ptr<Provider>> Provider::make(Services& services, ProviderSettings settings) {
  if (settings.issuer.empty() || settings.client_id.empty())
    return fail(Errc::kInvalidArgument, "[provider] needs both issuer and client_id.");
  GH_TRYV(http::parse_outside_address(settings.issuer));
  SecretString secret;
  if (!settings.secret_file.empty()) {
    std::ifstream file(settings.secret_file);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (!file || text.empty())
      return fail(Errc::kInvalidArgument, "The file of provider.client_secret_file can't be read, or is empty.");
    secret = SecretString(std::move(text));
  }
  return std::unique_ptr<Provider>(new Provider(std::make_unique<State>(services, std::move(settings), std::move(secret))));
}

Result<Configuration> Provider::State::configuration() {
  const Instant now = services.clock.now();
  {
    const std::lock_guard lock(mutex);
    if (known && now < known_at + kKeepFor) return *known;
  }
  // OpenID Connect Discovery section 4: behind the issuer's path.
  std::string at = settings.issuer;
  while (!at.empty() && at.back() == '/') at.pop_back();
  GH_TRY(const json::object document, get_object(services.fetch, at + "/.well-known/openid-configuration"));
  if (http::text_in(document, "issuer") != settings.issuer) return failed("its discovery names another issuer");
  Configuration found;
  found.authorization_endpoint = http::text_in(document, "authorization_endpoint");
  found.token_endpoint = http::text_in(document, "token_endpoint");
  found.keys_address = http::text_in(document, "jwks_uri");
  const auto* names_issuer = document.if_contains("authorization_response_iss_parameter_supported");
  found.names_issuer = names_issuer && names_issuer->is_bool() && names_issuer->get_bool();
  for (const std::string& one : {found.authorization_endpoint, found.token_endpoint, found.keys_address}) {
    if (!http::parse_outside_address(one)) return failed("its discovery lacks a good address");
  }
  const std::lock_guard lock(mutex);
  known = found;
  known_at = now;
  return found;
}

Result<std::vector<NamedKey>> Provider::State::keys(const Configuration& at, bool again) {
  const Instant now = services.clock.now();
  {
    const std::lock_guard lock(mutex);
    const bool fresh = !known_keys.empty() && now < keys_at + kKeepFor;
    if ((fresh && !again) || (again && now < keys_at + kKeysAtMostEvery)) return known_keys;
  }
  GH_TRY(const json::object document, get_object(services.fetch, at.keys_address));
  GH_TRY(auto read, read_key_set(json::serialize(document)));
  const std::lock_guard lock(mutex);
  known_keys = read;
  keys_at = now;
  return read;
}

Result<std::string> Provider::State::exchange(const Configuration& at, const std::string& redirect_uri, const std::string& code,
                                              const std::string& proof) {
  http::OutsideRequest request;
  GH_TRY(request.address, http::parse_outside_address(at.token_endpoint));
  if (!secret.empty()) {
    // RFC 6749 section 2.3.1: both are form-encoded first.
    const std::string pair = percent_encoded(settings.client_id) + ":" + percent_encoded(secret.expose());
    request.authorization = SecretString("Basic " + to_base64(as_bytes(pair)));
  }
  request.method = http::Method::kPost;
  request.content_type = "application/x-www-form-urlencoded";
  request.body = SecretString("grant_type=authorization_code&code=" + percent_encoded(code) +
                              "&redirect_uri=" + percent_encoded(redirect_uri) + "&code_verifier=" + percent_encoded(proof) +
                              "&client_id=" + percent_encoded(settings.client_id));
  const auto answer = http::ask_outside(services.fetch, request);
  if (!answer) return failed(answer.error().public_detail + " " + answer.error().log_detail);
  if (answer.value().status != 200) return refused("token endpoint: status " + std::to_string(answer.value().status));
  std::string token = http::text_in(answer.value().object(), "id_token");
  if (token.empty()) return refused("no id_token");
  return token;
}

/// OpenID Connect Core section 3.1.3.7.
Result<json::object> Provider::State::claims_of(const Configuration& at, const std::string& token, const std::string& expected) {
  GH_TRY(auto held, keys(at, false));
  auto verified = verify_token(token, held);
  if (!verified) {
    // The provider may have a new key: looked up once a minute at most.
    GH_TRY(held, keys(at, true));
    verified = verify_token(token, held);
  }
  if (!verified) return verified.error();
  const json::object& claims = verified.value();
  const Instant now = services.clock.now();
  if (http::text_in(claims, "iss") != settings.issuer) return refused("iss");
  const auto* audience = claims.if_contains("aud");
  if (!names(audience, settings.client_id)) return refused("aud");
  const std::string party = http::text_in(claims, "azp");
  if ((!party.empty() || (audience->is_array() && audience->get_array().size() > 1)) && party != settings.client_id)
    return refused("azp");
  const auto expires = instant_of(claims, "exp");
  const auto issued = instant_of(claims, "iat");
  if (!expires || now >= *expires + kSkew) return refused("exp");
  if (!issued || *issued > now + kSkew || *issued < now - kAwayFor - kSkew) return refused("iat");
  if (http::text_in(claims, "nonce") != expected) return refused("nonce");
  const std::string subject = http::text_in(claims, "sub");
  if (subject.empty() || subject.size() > 255) return refused("sub");
  return std::move(verified.value());
}

Result<Provider::Departure> Provider::depart(ProviderVisit visit, const std::string& redirect_uri, const std::string& next,
                                             const LiveSession* session) {
  GH_TRY(const Configuration at, state_->configuration());
  const std::string state = sign_value(state_->services, kState, pack(visit, session, next), kAwayFor);
  GH_TRY(const SignedValue value, open_value(state_->services, kState, state));
  const auto digest = crypto::sha256(state_->verifier(value.nonce));
  std::string to = at.authorization_endpoint + (at.authorization_endpoint.find('?') == std::string::npos ? "?" : "&");
  to += "response_type=code&client_id=" + percent_encoded(state_->settings.client_id) +
        "&redirect_uri=" + percent_encoded(redirect_uri) + "&scope=" + percent_encoded(state_->settings.scopes) +
        "&state=" + percent_encoded(state) + "&nonce=" + percent_encoded(state_->nonce(value.nonce)) +
        "&code_challenge_method=S256&code_challenge=" + to_base64url(digest);
  if (visit == ProviderVisit::kProve) to += "&prompt=login&max_age=0";
  return Departure{std::move(to), state};
}

namespace {

/// Whoever is bound to this identity; with kMembers somebody new where the address is nobody's yet.
Result<User> person_of(Services& services, store::Repositories& at, const ProviderSettings& settings,
                       const json::object& claims) {
  const std::string subject = http::text_in(claims, "sub");
  const auto bound = at.sign_in.identity(settings.issuer, subject);
  if (bound) {
    GH_TRY(const auto user, at.users.get(bound.value()));
    if (!is_live(user.value.state, user.value.pause, services.clock.now())) return refused("suspended");
    return user.value;
  }
  if (bound.error().code != Errc::kNotFound) return bound.error();
  const Error unknown =
      fail(Errc::kNotAllowed,
           "Nobody here is connected with that identity. Sign in in another way and connect it under \"Your account\", "
           "or ask an administrator.");
  if (settings.provisioning != Provisioning::kMembers) return unknown;
  User user;
  user.email = http::text_in(claims, "email");
  if (!check_email(user.email, "email")) return unknown;
  const auto taken = at.users.get_by_email(user.email);
  if (taken) return unknown;
  if (taken.error().code != Errc::kNotFound) return taken.error();
  user.id = new_id<UserId>(services.random);
  user.name = http::text_in(claims, "name").substr(0, 200);
  if (user.name.empty()) user.name = user.email;
  user.created_at = services.clock.now();
  GH_TRYV(at.users.insert(user));
  GH_TRYV(at.sign_in.insert_identity(settings.issuer, subject, user.id, user.created_at));
  return user;
}

}  // namespace

Result<Provider::Arrival> Provider::arrive(const ClientInfo& client, const std::string& redirect_uri,
                                           const std::string& query_state, const std::string& cookie_state,
                                           const std::string& code, const std::string& issuer, const LiveSession* session) {
  State& own = *state_;
  // A browser that did not leave from here is being signed in by somebody else (RFC 6749 section 10.12).
  if (query_state.empty() || query_state != cookie_state) return refused("state of another browser");
  GH_TRY(const SignedValue value, open_value(own.services, kState, query_state));
  const Unpacked left = unpack(value.payload);
  GH_TRY(const Configuration at, own.configuration());
  if ((at.names_issuer || !issuer.empty()) && issuer != own.settings.issuer) return refused("iss of the answer (RFC 9207)");
  if (code.empty()) return refused("the provider refused, or somebody went back");
  if (left.visit != ProviderVisit::kSignIn && (!session || session->session.id != left.session))
    return refused("another session");
  GH_TRY(const std::string token, own.exchange(at, redirect_uri, code, own.verifier(value.nonce)));
  GH_TRY(const json::object claims, own.claims_of(at, token, own.nonce(value.nonce)));
  GH_TRY(store::UnitOfWork work, own.services.database.begin());
  GH_TRY(const bool first, work->sign_in.use_once("provider " + value.nonce, value.ends_at));
  if (!first) return refused("used before");
  User user;
  if (left.visit == ProviderVisit::kConnect) {
    user = session->user;
    GH_TRYV(work->sign_in.insert_identity(own.settings.issuer, http::text_in(claims, "sub"), user.id, own.services.clock.now()));
  } else {
    GH_TRY(user, person_of(own.services, *work.operator->(), own.settings, claims));
    if (left.visit == ProviderVisit::kProve) {
      const auto proved = instant_of(claims, "auth_time");
      if (user.id != session->user.id) return refused("another person");
      if (!proved || *proved < own.services.clock.now() - kProofMayBe - kSkew) return refused("auth_time");
    }
  }
  Arrival out;
  const store::LoginSession* replaces = left.visit == ProviderVisit::kSignIn ? nullptr : &session->session;
  GH_TRY(out.how, let_in(own.services, std::move(work), user, "provider", client, replaces));
  out.next = left.next;
  return out;
}

}  // namespace gatehouse::admin
