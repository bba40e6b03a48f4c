#include "admin/passwords.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <semaphore>

#include "admin/signed_value.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/one_time_code.h"
#include "crypto/password.h"

namespace gatehouse::admin {
namespace {

constexpr std::string_view kCodeSetup = "code setup";
constexpr std::size_t kRecoveryCodes = 10;
constexpr std::size_t kRecoveryLength = 16;  ///< 95 bits

/// Each takes 64 MiB and a core: the other workers stay free for what else is asked.
std::counting_semaphore<2>& places() {
  static std::counting_semaphore<2> two(2);
  return two;
}

class Place {
 public:
  Place() : taken_(places().try_acquire_for(std::chrono::seconds(4))) {}
  ~Place() {
    if (taken_) places().release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const noexcept { return taken_; }

 private:
  const bool taken_;
};

crypto::SealContext password_context(const UserId& user) { return {"password", user.value, ""}; }
crypto::SealContext code_context(const UserId& user) { return {"one-time codes", user.value, ""}; }

std::string only_letters_and_digits(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '-') out += c;
  }
  return out;
}

/// How many characters, by their first bytes in UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// "aaaaaaaaaaaaaaa", "abcabcabcabcabc", "123456789012345": fewer than six different characters, or each one more than the last.
bool is_pattern(std::string_view text) {
  std::string different(text);
  std::sort(different.begin(), different.end());
  different.erase(std::unique(different.begin(), different.end()), different.end());
  if (different.size() < 6) return true;
  std::size_t steps = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const int step = text[i] - text[i - 1];
    if (step == 1 || step == -1 || step == 0) ++steps;
  }
  return steps * 4 >= text.size() * 3;
}

std::string recovery_name(const UserId& user) { return "recovery " + user.value; }

}  // namespace

Result<void> check_password(const SecretString& password, const User& user) {
  const auto refuse = [](std::string why) { return fail(Errc::kInvalidArgument, std::move(why), {}, "password"); };
  const std::string& text = password.expose();
  if (characters(text) < kLeastPassword)
    return refuse("A password needs at least " + std::to_string(kLeastPassword) + " characters; a sentence is easy to remember.");
  if (text.size() > kMostPassword) return refuse("A password may have " + std::to_string(kMostPassword) + " bytes at most.");
  const std::string small = ascii_lower(text);
  if (is_pattern(small)) return refuse("That password is a pattern that would be tried first; take a sentence.");
  const std::string email = ascii_lower(user.email);
  const std::string name = email.substr(0, email.find('@'));
  static constexpr std::array<std::string_view, 8> kFirstTried{
      "passwordpassword",  "correcthorsebatterystaple", "gatehousegatehouse", "passwort123456789",
      "password123456789", "qwertyuiopasdfghjkl",       "changemechangeme",   "administratoradministrator"};
  const std::string bare = only_letters_and_digits(small);
  if (small == email || (name.size() >= 6 && small.find(name) != std::string::npos && small.size() < name.size() + 8) ||
      std::find(kFirstTried.begin(), kFirstTried.end(), bare) != kFirstTried.end())
    return refuse("That password would be tried first; take a sentence.");
  return success();
}

Result<bool> password_is(Services& services, const store::Login& login, const SecretString& password) {
  // Of nobody: hashed with the same cost, so that the time does not tell who has a password.
  static const std::string kNobodys =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$hoW0RuPT4C0yXLIGTr3yzNWJlmL3LPhzRHyX4mYyYqA";
  std::string stored = kNobodys;
  const bool any = !login.sealed_password.empty();
  if (any) {
    GH_TRY(const SecretString opened, services.sealer.open(login.sealed_password, password_context(login.user)));
    stored = opened.expose();
  }
  if (password.expose().size() > kMostPassword) return false;
  const Place place;
  if (!place.taken()) return fail(Errc::kUnavailable, "Too many people sign in just now; try again in a moment.");
  const bool right = crypto::password_matches(stored, password);
  return any && right;
}

Result<bool> take_code(Services& services, store::Repositories& at, store::Login& login, std::string_view code) {
  if (login.sealed_code_key.empty()) return false;
  const std::string typed = only_letters_and_digits(code);
  GH_TRY(const SecretString key, services.sealer.open(login.sealed_code_key, code_context(login.user)));
  GH_TRY(const auto bytes, from_base64url(key.expose()));
  if (const auto step = crypto::match_totp(bytes, typed, services.clock.now(), login.code_step)) {
    login.code_step = *step;
    return at.sign_in.take_code_step(login.user, *step);
  }
  if (typed.size() != kRecoveryLength) return false;
  for (auto one = login.recovery_hashes.begin(); one != login.recovery_hashes.end(); ++one) {
    const auto hash = crypto::parse_token_hash(*one);
    if (!hash || !services.hasher.matches(hash.value(), recovery_name(login.user), typed)) continue;
    login.recovery_hashes.erase(one);
    GH_TRYV(at.sign_in.set_login(login));
    return true;
  }
  return false;
}

Result<SignedIn> set_password(Services& services, const LiveSession& session, const ClientInfo& client,
                              const SecretString& password) {
  GH_TRYV(check_password(password, session.user));
  std::string hashed;
  {
    const Place place;
    if (!place.taken()) return fail(Errc::kUnavailable, "Too many people sign in just now; try again in a moment.");
    GH_TRY(hashed, crypto::hash_password(password));
  }
  GH_TRY(store::UnitOfWork work, services.database.begin());
  const UserId& user = session.user.id;
  GH_TRY(store::Login login, work->sign_in.login(user));
  login.sealed_password = services.sealer.seal(SecretString(hashed), password_context(user));
  login.password_set_at = services.clock.now();
  GH_TRYV(work->sign_in.set_login(login));
  GH_TRY(SignedIn renewed,
         open_session(services, *work.operator->(), session.user, session.session.way, client, &session.session));
  GH_TRYV(work->sign_in.end_sessions(user, renewed.cookie.expose().substr(0, kIdLength), services.clock.now()));
  GH_TRYV(commit(services, std::move(work),
                 make_event(caller_of(session, client), "user.set_password", "user", user.value, session.user.email)));
  return renewed;
}

Result<CodeSetup> begin_codes(Services& services, const LiveSession& session) {
  std::array<std::byte, crypto::kCodeKeySize> key{};
  services.random.fill(key);
  CodeSetup setup;
  setup.key = SecretString(crypto::to_base32(key));
  std::string label = session.user.email;
  for (std::size_t at = label.find_first_of("%?#/ &"); at != std::string::npos; at = label.find_first_of("%?#/ &"))
    label[at] = '_';
  setup.address = SecretString("otpauth://totp/Gatehouse:" + label + "?secret=" + setup.key.expose() + "&issuer=Gatehouse");
  const std::string sealed = services.sealer.seal(SecretString(to_base64url(key)), code_context(session.user.id));
  secure_zero(key.data(), key.size());
  setup.signed_key = sign_value(services, kCodeSetup, session.user.id.value + " " + sealed, std::chrono::minutes(15));
  return setup;
}

Result<std::vector<SecretString>> confirm_codes(Services& services, const LiveSession& session, const ClientInfo& client,
                                                std::string_view signed_key, std::string_view code) {
  GH_TRY(const SignedValue value, open_value(services, kCodeSetup, signed_key));
  const UserId& user = session.user.id;
  const std::size_t space = value.payload.find(' ');
  if (value.payload.substr(0, space) != user.value)
    return fail(Errc::kUnauthenticated, "Begin again: that was begun by another person.");
  store::Login fresh;
  fresh.user = user;
  fresh.sealed_code_key = value.payload.substr(space + 1);
  GH_TRY(const SecretString key, services.sealer.open(fresh.sealed_code_key, code_context(user)));
  GH_TRY(const auto bytes, from_base64url(key.expose()));
  const auto step = crypto::match_totp(bytes, only_letters_and_digits(code), services.clock.now(), 0);
  if (!step) {
    return fail(Errc::kInvalidArgument, "That is not the code that the app shows now. Is the clock of the telephone right?", {},
                "code");
  }
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(store::Login login, work->sign_in.login(user));
  GH_TRY(const bool first, work->sign_in.use_once("codes " + value.nonce, value.ends_at));
  if (!first) return fail(Errc::kConflict, "These codes were set up already.");
  login.sealed_code_key = fresh.sealed_code_key;
  login.code_step = *step;
  login.recovery_hashes.clear();
  std::vector<SecretString> shown;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    const SecretString one(random_base62(services.random, kRecoveryLength));
    login.recovery_hashes.push_back(crypto::format_token_hash(services.hasher.hash(recovery_name(user), one.expose())));
    const std::string& text = one.expose();
    shown.emplace_back(text.substr(0, 4) + "-" + text.substr(4, 4) + "-" + text.substr(8, 4) + "-" + text.substr(12));
  }
  GH_TRYV(work->sign_in.set_login(login));
  GH_TRYV(commit(services, std::move(work),
                 make_event(caller_of(session, client), "user.set_codes", "user", user.value, session.user.email)));
  return shown;
}

Result<void> remove_codes(Services& services, const LiveSession& session, const ClientInfo& client) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(store::Login login, work->sign_in.login(session.user.id));
  if (login.sealed_code_key.empty()) return fail(Errc::kNotFound, "No one-time codes are set up.");
  login.sealed_code_key.clear();
  login.recovery_hashes.clear();
  GH_TRYV(work->sign_in.set_login(login));
  return commit(services, std::move(work),
                make_event(caller_of(session, client), "user.remove_codes", "user", session.user.id.value, session.user.email));
}

}  // namespace gatehouse::admin
