#include "admin/passkeys.h"

#include "admin/signed_value.h"
#include "base/encoding.h"

namespace gatehouse::admin {
namespace {

constexpr std::string_view kRegister = "passkey registration";
constexpr std::string_view kSignIn = "passkey sign-in";
constexpr Duration kChallengeFor = std::chrono::minutes(5);
constexpr std::int64_t kBrowserWaits = 300'000;  ///< ms
constexpr std::size_t kMostPasskeys = 20;

boost::json::array algorithms() {
  boost::json::array out;
  for (const int algorithm : {-7, -8, -257}) out.push_back(boost::json::object{{"type", "public-key"}, {"alg", algorithm}});
  return out;
}

Document describe(const store::Passkey& passkey) {
  Document out{{"id", passkey.id}, {"name", passkey.name}, {"created_at", format_instant(passkey.created_at)}};
  out["last_used_at"] =
      passkey.last_used_at ? boost::json::value(format_instant(*passkey.last_used_at)) : boost::json::value(nullptr);
  return out;
}

}  // namespace

Result<Document> begin_passkey(Services& services, const RelyingParty& party, const LiveSession& session) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto known, reader->sign_in.passkeys(session.user.id));
  if (known.size() >= kMostPasskeys) return fail(Errc::kLimitExceeded, "You have 20 passkeys; remove one first.");
  boost::json::array exclude;
  for (const store::Passkey& one : known) exclude.push_back(boost::json::object{{"type", "public-key"}, {"id", one.credential}});
  const std::string challenge = sign_value(services, kRegister, session.session.id, kChallengeFor);
  return Document{
      {"challenge", challenge},
      {"rp", boost::json::object{{"id", party.id}, {"name", "Gatehouse"}}},
      {"user", boost::json::object{{"id", to_base64url(as_bytes(session.user.id.value))},
                                   {"name", session.user.email},
                                   {"displayName", session.user.name}}},
      {"pubKeyCredParams", algorithms()},
      {"excludeCredentials", std::move(exclude)},
      {"authenticatorSelection",
       boost::json::object{{"residentKey", "required"}, {"requireResidentKey", true}, {"userVerification", "required"}}},
      {"attestation", "none"},
      {"timeout", kBrowserWaits}};
}

Result<Document> add_passkey(Services& services, const RelyingParty& party, const LiveSession& session, const ClientInfo& client,
                             const PasskeyRegistration& registration) {
  GH_TRYV(check_name(registration.name, "name", 100));
  GH_TRY(const SignedValue challenge, open_value(services, kRegister, registration.challenge));
  if (challenge.payload != session.session.id)
    return fail(Errc::kUnauthenticated, "This was begun in another session; begin again.");
  GH_TRY(const NewCredential made,
         check_registration(party, registration.challenge, registration.client_data, registration.attestation_object));
  store::Passkey passkey;
  passkey.id = random_base62(services.random, kIdLength);
  passkey.user = session.user.id;
  passkey.name = registration.name;
  passkey.credential = to_base64url(as_bytes(made.id));
  passkey.public_key = to_base64url(as_bytes(made.public_key));
  passkey.uses = made.uses;
  passkey.created_at = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const bool first, work->sign_in.use_once("passkey " + challenge.nonce, challenge.ends_at));
  if (!first) return fail(Errc::kConflict, "This passkey was registered already.");
  GH_TRYV(work->sign_in.insert_passkey(passkey));
  AuditEvent event =
      make_event(caller_of(session, client), "user.add_passkey", "user", session.user.id.value, session.user.email);
  event.reason = passkey.name;
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return describe(passkey);
}

Result<Documents> list_passkeys(Services& services, const UserId& user) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto known, reader->sign_in.passkeys(user));
  Documents out;
  for (const store::Passkey& one : known) out.items.push_back(describe(one));
  return out;
}

Result<void> remove_passkey(Services& services, const LiveSession& session, const ClientInfo& client, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(work->sign_in.remove_passkey(session.user.id, id));
  return commit(services, std::move(work),
                make_event(caller_of(session, client), "user.remove_passkey", "user", session.user.id.value, session.user.email));
}

Document begin_passkey_sign_in(Services& services, const RelyingParty& party) {
  return Document{{"challenge", sign_value(services, kSignIn, "", kChallengeFor)},
                  {"rpId", party.id},
                  {"allowCredentials", boost::json::array()},
                  {"userVerification", "required"},
                  {"timeout", kBrowserWaits}};
}

Result<SignedIn> sign_in_by_passkey(Services& services, const RelyingParty& party, const ClientInfo& client,
                                    const PasskeyAnswer& answer, const LiveSession* session) {
  GH_TRYV(check_attempt(services, client, {}));
  GH_TRY(const SignedValue challenge, open_value(services, kSignIn, answer.challenge));
  const auto refuse = [&](const Error& error) {
    attempt_failed(services, client, {});
    return error;
  };
  GH_TRY(store::UnitOfWork work, services.database.begin());
  const auto passkey = work->sign_in.passkey_by_credential(answer.credential);
  if (!passkey) return passkey.error().code == Errc::kNotFound ? refuse(sign_in_refused()) : passkey.error();
  const store::Passkey& known = passkey.value();
  GH_TRY(const auto key, from_base64url(known.public_key));
  const auto uses = check_assertion(party, answer.challenge, as_text(key), known.uses, answer.assertion);
  if (!uses) return refuse(uses.error());
  const auto user = work->users.get(known.user);
  if (!user) return user.error();
  const User& person = user.value().value;
  if (!is_live(person.state, person.pause, services.clock.now())) return refuse(sign_in_refused());
  if (session && session->user.id != person.id) return refuse(sign_in_refused());
  GH_TRY(const bool first, work->sign_in.use_once("passkey " + challenge.nonce, challenge.ends_at));
  if (!first) return refuse(sign_in_refused());
  GH_TRYV(work->sign_in.use_passkey(known.id, uses.value(), services.clock.now()));
  return let_in(services, std::move(work), person, "passkey", client, session ? &session->session : nullptr);
}

}  // namespace gatehouse::admin
