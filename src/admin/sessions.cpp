#include "admin/sessions.h"

#include "admin/authority.h"
#include "admin/find.h"
#include "admin/signed_value.h"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kCookieSecret = 43;
constexpr std::string_view kBearer = "session bearer";
constexpr std::string_view kBrowser = "known browser";
constexpr std::string_view kCsrf = "csrf";
constexpr Duration kSeenEvery = std::chrono::minutes(1);
constexpr Duration kBrowserFor = std::chrono::hours(24 * 365);

/// A space keeps it apart from what tokens are hashed under.
std::string hash_name(std::string_view id) { return "session " + std::string(id); }

Error not_signed_in() { return fail(Errc::kUnauthenticated, "You are not signed in, or not any more."); }

std::string printable(std::string_view from) {
  std::string out(from.substr(0, 200));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return out;
}

/// The session if it is live, and its person.
Result<LiveSession> live(Services& services, const store::Repositories& at, const std::string& id) {
  auto session = at.sign_in.session(id);
  if (!session) return session.error().code == Errc::kNotFound ? not_signed_in() : session.error();
  LiveSession found;
  found.session = std::move(session.value());
  const Instant now = services.clock.now();
  if (found.session.ended_at || now >= found.session.ends_at || now >= found.session.seen_at + services.session_limits.idle)
    return not_signed_in();
  auto user = at.users.get(found.session.user);
  if (!user) return user.error().code == Errc::kNotFound ? not_signed_in() : user.error();
  found.user = std::move(user.value().value);
  if (!is_live(found.user.state, found.user.pause, now)) return not_signed_in();
  return found;
}

Result<LiveSession> read_live(Services& services, const std::string& id) {
  GH_TRY(const store::Reader reader, services.database.read());
  return live(services, *reader.operator->(), id);
}

Result<void> note_use(Services& services, LiveSession& found) {
  const Instant now = services.clock.now();
  if (now < found.session.seen_at + kSeenEvery) return success();
  const std::string id = found.session.id;
  found.session.seen_at = now;
  return services.database.tend_sign_in(
      [&id, now](store::SignIn& sign_in, const store::Repositories&) { return sign_in.see_session(id, now); });
}

}  // namespace

Result<LiveSession> find_session_by_id(Services& services, const std::string& id) {
  GH_TRY(LiveSession found, read_live(services, id));
  GH_TRYV(note_use(services, found));
  return found;
}

Result<LiveSession> peek_session(Services& services, const std::string& id) { return read_live(services, id); }

Result<LiveSession> peek_session_by_cookie(Services& services, std::string_view cookie) {
  if (cookie.size() != kIdLength + kCookieSecret) return not_signed_in();
  const std::string id(cookie.substr(0, kIdLength));
  GH_TRY(LiveSession found, read_live(services, id));
  const auto hash = crypto::parse_token_hash(found.session.hash);
  if (!hash || !services.hasher.matches(hash.value(), hash_name(id), cookie.substr(kIdLength))) return not_signed_in();
  return found;
}

Result<LiveSession> find_session(Services& services, std::string_view cookie) {
  GH_TRY(LiveSession found, peek_session_by_cookie(services, cookie));
  GH_TRYV(note_use(services, found));
  return found;
}

std::string make_bearer(Services& services, const LiveSession& session) {
  return std::string(kSessionBearer) + sign_value(services, kBearer, session.session.id, kBearerFor);
}

Result<Authenticated> authenticate_session(Services& services, std::string_view bearer, std::string_view address,
                                           std::string_view user_agent) {
  if (bearer.substr(0, kSessionBearer.size()) != kSessionBearer) return not_signed_in();
  GH_TRY(const SignedValue value, open_value(services, kBearer, bearer.substr(kSessionBearer.size())));
  Authenticated who;
  GH_TRY(LiveSession found, read_live(services, value.payload));
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(who.principal,
           principal_of(services, *reader.operator->(), found.user, SignedInBy::kSession, found.session.proved_at));
  }
  GH_TRYV(note_use(services, found));
  ClientInfo client;
  client.address = address;
  client.user_agent = user_agent;
  who.caller = caller_of(found, client);
  return who;
}

Caller caller_of(const LiveSession& session, const ClientInfo& client) {
  Caller caller;
  caller.actor_kind = "user";
  caller.actor_id = session.user.id.value;
  caller.actor_name = session.user.email;
  caller.address = client.address;
  caller.user_agent = printable(client.user_agent);
  return caller;
}

std::string csrf_of(const Services& services, const LiveSession& session) { return tag_of(services, kCsrf, session.session.id); }

bool csrf_matches(const Services& services, const LiveSession& session, std::string_view given) {
  return has_tag(services, kCsrf, session.session.id, given);
}

Result<SignedIn> open_session(Services& services, store::Repositories& at, const User& user, std::string_view way,
                              const ClientInfo& client, const store::LoginSession* replaces) {
  const Instant now = services.clock.now();
  store::LoginSession session;
  session.id = random_base62(services.random, kIdLength);
  const SecretString secret(random_base62(services.random, kCookieSecret));
  session.user = user.id;
  session.hash = crypto::format_token_hash(services.hasher.hash(hash_name(session.id), secret.expose()));
  session.way = way;
  session.created_at = replaces ? replaces->created_at : now;
  session.seen_at = now;
  session.proved_at = now;
  // Proving oneself again gives a new name, not a longer day.
  session.ends_at = replaces ? replaces->ends_at : now + services.session_limits.whole;
  session.address = client.address;
  session.user_agent = printable(client.user_agent);
  if (replaces) {
    GH_TRYV(at.sign_in.end_session(user.id, replaces->id, now));
  }
  GH_TRYV(at.sign_in.insert_session(session));
  const auto known = open_value(services, kBrowser, client.browser);
  const bool same = known && known.value().payload == user.id.value;
  return SignedIn{SecretString(session.id + secret.expose()),
                  same ? client.browser : sign_value(services, kBrowser, user.id.value, kBrowserFor), user.id};
}

Result<Documents> list_sessions(Services& services, const UserId& user, std::string_view present) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto sessions, reader->sign_in.sessions(user));
  const Instant now = services.clock.now();
  Documents out;
  for (const store::LoginSession& one : sessions) {
    if (now >= one.ends_at || now >= one.seen_at + services.session_limits.idle) continue;
    out.items.push_back(Document{{"id", one.id},
                                 {"way", one.way},
                                 {"created_at", format_instant(one.created_at)},
                                 {"last_used_at", format_instant(one.seen_at)},
                                 {"ends_at", format_instant(one.ends_at)},
                                 {"address", one.address},
                                 {"user_agent", one.user_agent},
                                 {"present", one.id == present}});
  }
  return out;
}

Result<void> end_session(Services& services, const Caller& caller, const UserId& user, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(work->sign_in.end_session(user, id, services.clock.now()));
  return commit(services, std::move(work), make_event(caller, "session.end", "user", user.value, caller.actor_name));
}

Result<std::int64_t> end_sessions(Services& services, const Caller& caller, std::string_view user, std::string_view but) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto person, find_user(*work.operator->(), user));
  GH_TRY(const std::int64_t ended, work->sign_in.end_sessions(person.value.id, but, services.clock.now()));
  AuditEvent event = make_event(caller, "session.end_all", "user", person.value.id.value, person.value.email);
  event.reason = std::to_string(ended) + " sessions";
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return ended;
}

}  // namespace gatehouse::admin
