#include "admin/sign_in.h"

#include "admin/find.h"
#include "admin/passwords.h"
#include "admin/refusals.h"
#include "admin/sign_in_throttle.h"
#include "admin/signed_value.h"
#include "base/encoding.h"
#include "base/text.h"

namespace gatehouse::admin {
namespace {

constexpr std::string_view kPending = "password was right";
constexpr Duration kPendingFor = std::chrono::minutes(5);
constexpr std::string_view kBrowser = "known browser";
constexpr std::size_t kLinkSecret = 43;

Attempt attempt_of(const Services& services, const ClientInfo& client, std::string_view person) {
  Attempt attempt;
  attempt.person = ascii_lower(person.substr(0, 254));
  attempt.address = client.address;
  // A browser counts as known for the very person who signed in there, and is counted for itself.
  const auto known = open_value(services, kBrowser, client.browser);
  if (known && !person.empty()) {
    const auto reader = services.database.read();
    const auto user =
        reader ? reader.value()->users.get(UserId(known.value().payload)) : Result<store::Stored<User>>(reader.error());
    if (user && ascii_lower(user.value().value.email) == attempt.person) attempt.browser = known.value().nonce;
  }
  return attempt;
}

struct Person {
  std::optional<User> user;
  store::Login login;
};

/// Somebody who may sign in, or nobody.
Result<Person> look_up(const Services& services, const store::Repositories& at, const Result<store::Stored<User>>& found) {
  Person person;
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  if (!found || !is_live(found.value().value.state, found.value().value.pause, services.clock.now())) return person;
  person.user = found.value().value;
  GH_TRY(person.login, at.sign_in.login(person.user->id));
  return person;
}

Result<Person> by_email(Services& services, std::string_view email) {
  GH_TRY(const store::Reader reader, services.database.read());
  return look_up(services, *reader.operator->(), reader->users.get_by_email(email));
}

/// Refusals of people who exist are recorded; what somebody typed who does not may be a password, and is not.
AuditEvent refusal_of(const ClientInfo& client, const User& user, std::string_view why) {
  Caller caller;
  caller.actor_kind = "user";
  caller.actor_name = "somebody at the door";
  caller.address = client.address;
  AuditEvent event = make_event(caller, "session.open", "user", user.id.value, user.email);
  event.outcome = "refused";
  event.reason = why;
  return event;
}

std::string link_name(std::string_view id) { return "link " + std::string(id); }

}  // namespace

Error sign_in_refused() { return fail(Errc::kUnauthenticated, "That did not match. Look at what you entered and try again."); }

Result<void> check_attempt(const Services& services, const ClientInfo& client, std::string_view person) {
  const auto wait = services.throttle->wait(attempt_of(services, client, person), services.clock.now());
  if (!wait) return success();
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  return fail(Errc::kLimitExceeded, "Too many attempts; wait " + std::to_string(seconds) + " s and try again.");
}

void attempt_failed(Services& services, const ClientInfo& client, std::string_view person) {
  services.throttle->failed(attempt_of(services, client, person), services.clock.now());
}

void attempt_succeeded(Services& services, const ClientInfo& client, std::string_view person) {
  services.throttle->succeeded(attempt_of(services, client, person));
}

Result<SignedIn> let_in(Services& services, store::UnitOfWork work, const User& user, std::string_view way,
                        const ClientInfo& client, const store::LoginSession* replaces) {
  GH_TRY(SignedIn signed_in, open_session(services, *work.operator->(), user, way, client, replaces));
  LiveSession session;
  session.user = user;
  AuditEvent event =
      make_event(caller_of(session, client), replaces ? "session.prove" : "session.open", "user", user.id.value, user.email);
  event.reason = way;
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return signed_in;
}

Result<PasswordAnswer> sign_in_by_password(Services& services, const ClientInfo& client, std::string_view email,
                                           const SecretString& password) {
  GH_TRYV(check_attempt(services, client, email));
  GH_TRY(const Person person, by_email(services, email));
  GH_TRY(const bool right, password_is(services, person.login, password));
  if (!right || !person.user) {
    attempt_failed(services, client, email);
    if (person.user) services.refusals->add(refusal_of(client, *person.user, "password"));
    return sign_in_refused();
  }
  if (!person.login.sealed_code_key.empty())
    return PasswordAnswer(NeedsCode{sign_value(services, kPending, person.user->id.value, kPendingFor)});
  attempt_succeeded(services, client, email);
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(SignedIn signed_in, let_in(services, std::move(work), *person.user, "password", client));
  return PasswordAnswer(std::move(signed_in));
}

Result<SignedIn> sign_in_by_code(Services& services, const ClientInfo& client, std::string_view pending, std::string_view code) {
  GH_TRY(const SignedValue value, open_value(services, kPending, pending));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(Person person, look_up(services, *work.operator->(), work->users.get(UserId(value.payload))));
  if (!person.user) return sign_in_refused();
  const std::string email = person.user->email;
  GH_TRYV(check_attempt(services, client, email));
  GH_TRY(const bool right, take_code(services, *work.operator->(), person.login, code));
  if (!right) {
    attempt_failed(services, client, email);
    { const store::UnitOfWork dropped = std::move(work); }
    GH_TRYV(services.log.record(refusal_of(client, *person.user, "code")));
    return sign_in_refused();
  }
  GH_TRY(const bool first, work->sign_in.use_once("password " + value.nonce, value.ends_at));
  if (!first) return sign_in_refused();
  attempt_succeeded(services, client, email);
  return let_in(services, std::move(work), *person.user, "password and code", client);
}

Result<SignedIn> prove_again(Services& services, const LiveSession& session, const ClientInfo& client,
                             const SecretString& password, std::string_view code) {
  const std::string& email = session.user.email;
  GH_TRYV(check_attempt(services, client, email));
  GH_TRY(Person person, by_email(services, email));
  GH_TRY(const bool right, password_is(services, person.login, password));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  bool whole = right && person.user;
  if (whole && !person.login.sealed_code_key.empty()) {
    GH_TRY(whole, take_code(services, *work.operator->(), person.login, code));
  }
  if (!whole) {
    attempt_failed(services, client, email);
    { const store::UnitOfWork dropped = std::move(work); }
    GH_TRYV(services.log.record(refusal_of(client, session.user, "step-up")));
    return sign_in_refused();
  }
  attempt_succeeded(services, client, email);
  return let_in(services, std::move(work), session.user, session.session.way, client, &session.session);
}

Result<SignedIn> sign_in_by_link(Services& services, const ClientInfo& client, std::string_view link) {
  GH_TRYV(check_attempt(services, client, {}));
  const auto wrong = [&] {
    attempt_failed(services, client, {});
    return fail(Errc::kNotFound,
                "This link was used already, is too old, or was never made. On the host, "
                "\"gatehouse user reset-link EMAIL --data DIR\" makes a new one.");
  };
  if (link.size() != kIdLength + kLinkSecret) return wrong();
  const std::string id(link.substr(0, kIdLength));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  const auto found = work->sign_in_links.get(id);
  if (!found) return found.error().code == Errc::kNotFound ? wrong() : found.error();
  const store::SignInLink& record = found.value();
  const auto hash = crypto::parse_token_hash(record.hash);
  const Instant now = services.clock.now();
  if (record.purpose != store::LinkPurpose::kSignIn || record.used_at || now >= record.expires_at || !hash ||
      !services.hasher.matches(hash.value(), link_name(id), link.substr(kIdLength)))
    return wrong();
  GH_TRY(const Person person, look_up(services, *work.operator->(), work->users.get(record.user)));
  if (!person.user) return wrong();
  GH_TRYV(work->sign_in_links.use(id, now));
  return let_in(services, std::move(work), *person.user, "link", client);
}

Result<MadeLink> make_link(Services& services, store::Repositories& at, const UserId& user, Duration valid_for) {
  store::SignInLink link;
  link.id = random_base62(services.random, kIdLength);
  const SecretString secret(random_base62(services.random, kLinkSecret));
  link.user = user;
  link.purpose = store::LinkPurpose::kSignIn;
  link.hash = crypto::format_token_hash(services.hasher.hash(link_name(link.id), secret.expose()));
  link.created_at = services.clock.now();
  link.expires_at = link.created_at + valid_for;
  GH_TRYV(at.sign_in_links.insert(link));
  return MadeLink{"/sign-in/link/" + link.id + secret.expose(), link.expires_at};
}

Result<MadeLink> reset_link(Services& services, const Caller& caller, std::string_view user, Duration valid_for) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto person, find_live_user(*work.operator->(), user, "user"));
  GH_TRY(MadeLink link, make_link(services, *work.operator->(), person.value.id, valid_for));
  GH_TRYV(commit(services, std::move(work),
                 make_event(caller, "user.reset_link", "user", person.value.id.value, person.value.email)));
  return link;
}

Result<void> forget_old_sign_ins(Services& services, Instant now) {
  return services.database.tend_sign_in([now](store::SignIn& sign_in, const store::Repositories&) {
    return sign_in.forget_before(now - std::chrono::hours(24 * 7));
  });
}

Result<std::optional<MadeLink>> first_link(Services& services) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const bool anybody, work->sign_in.anybody());
  store::Users::Filter filter;
  filter.role = UserRole::kOrgAdmin;
  filter.state = State::kLive;
  GH_TRY(const auto admins, work->users.list(filter, store::Page{{}, 2}));
  if (anybody || admins.items.size() != 1) return std::optional<MadeLink>();
  const User& first = admins.items.front().value;
  GH_TRY(MadeLink link, make_link(services, *work.operator->(), first.id, kLinkFor));
  Caller caller;
  caller.actor_kind = "local";
  caller.actor_name = "serve";
  GH_TRYV(commit(services, std::move(work), make_event(caller, "user.first_link", "user", first.id.value, first.email)));
  return std::optional<MadeLink>(std::move(link));
}

}  // namespace gatehouse::admin
