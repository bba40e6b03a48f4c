#include "admin/device_login.h"

#include <array>

#include "admin/sign_in.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

/// RFC 8628 section 6.1: no vowels, so that no words come out. 8 of 20 letters are 34.5 bits, for ten minutes.
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kLettersInCode = 8;
constexpr std::size_t kSecretLength = 43;
constexpr std::int64_t kMostWaiting = 2000;
constexpr std::size_t kLongestAsked = 4096;
constexpr std::int64_t kMostWaitingThere = 20;  ///< of one address: nobody fills the places of all others

std::string make_code(Random& random) {
  std::string code;
  while (code.size() < kLettersInCode) {
    std::array<std::byte, 1> byte{};
    random.fill(byte);
    const auto value = std::to_integer<unsigned>(byte[0]);
    if (value < 240) code += kLetters[value % kLetters.size()];
  }
  return code;
}

/// As typed: any case, with or without the dash.
std::string plain_code(std::string_view typed) {
  std::string out;
  for (const char c : typed) {
    if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 'a' + 'A');
    if (c >= 'A' && c <= 'Z') out += c;
  }
  return out;
}

std::string code_hash(const Services& services, std::string_view code) {
  return crypto::format_token_hash(services.hasher.hash("device code", code));
}

std::string device_name(std::string_view id) { return "device " + std::string(id); }

Error no_such_code() {
  return fail(Errc::kNotFound, "Nothing waits under this code. Codes last ten minutes; begin again where you got it.");
}

Result<store::DeviceRequest> find_waiting(Services& services, const store::Repositories& at, const ClientInfo& client,
                                          std::string_view email, std::string_view user_code, store::DeviceOf of) {
  GH_TRYV(check_attempt(services, client, email));
  const std::string code = plain_code(user_code);
  auto found = at.sign_in.device_by_code(code_hash(services, code), of);
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  if (!found || found.value().state != store::DeviceState::kWaiting || services.clock.now() >= found.value().ends_at) {
    attempt_failed(services, client, email);
    return no_such_code();
  }
  return found;
}

/// Who guesses codes of apps: a page of somebody else can make a browser open them, and must not lock its person out by that.
std::string guesser(const LiveSession& session) { return "device codes of " + session.user.id.value; }

struct Polled {
  DeviceAnswer answer = DeviceAnswer::kExpired;  ///< kGiven: it is approved, and nobody has taken it
  store::DeviceRequest request;
};

Result<Polled> look_at_poll(const Services& services, const store::Repositories& at, std::string_view device_code,
                            const std::string& app) {
  Polled out;
  if (device_code.size() != kIdLength + kSecretLength) return out;
  const std::string id(device_code.substr(0, kIdLength));
  auto found = at.sign_in.device(id, app);
  if (!found) return found.error().code == Errc::kNotFound ? Result<Polled>(out) : found.error();
  out.request = std::move(found.value());
  const auto hash = crypto::parse_token_hash(out.request.hash);
  const Instant now = services.clock.now();
  if (!hash || !services.hasher.matches(hash.value(), device_name(id), device_code.substr(kIdLength)) ||
      now >= out.request.ends_at)
    return out;
  switch (out.request.state) {
    case store::DeviceState::kDenied: out.answer = DeviceAnswer::kDenied; break;
    case store::DeviceState::kWaiting: {
      const bool early = out.request.polled_at && now < *out.request.polled_at + kDeviceInterval - std::chrono::seconds(1);
      out.answer = early ? DeviceAnswer::kSlowDown : DeviceAnswer::kPending;
      break;
    }
    case store::DeviceState::kApproved: out.answer = DeviceAnswer::kGiven; break;
    case store::DeviceState::kTaken: break;
  }
  return out;
}

Result<void> note_poll(Services& services, const std::string& id) {
  return services.database.tend_sign_in(
      [&](store::SignIn& sign_in, const store::Repositories&) { return sign_in.device_polled(id, services.clock.now()); });
}

}  // namespace

Result<DeviceAsked> ask_for_device(Services& services, const ClientInfo& client, std::string_view name, const DeviceApp& app) {
  GH_TRYV(check_name(name, "client_name", 100));
  GH_TRYV(check_attempt(services, client, {}));
  if (app.asked.size() > kLongestAsked) return fail(Errc::kInvalidArgument, "The request is too long.");
  const std::string code = make_code(services.random);
  const SecretString secret(random_base62(services.random, kSecretLength));
  store::DeviceRequest request;
  request.id = random_base62(services.random, kIdLength);
  request.hash = crypto::format_token_hash(services.hasher.hash(device_name(request.id), secret.expose()));
  request.code_hash = code_hash(services, code);
  request.name = name;
  request.address = client.address;
  request.app = app.client_id;
  request.asked = app.asked;
  request.created_at = services.clock.now();
  request.ends_at = request.created_at + kDeviceFor;
  GH_TRYV(services.database.tend_sign_in([&](store::SignIn& sign_in, const store::Repositories&) -> Result<void> {
    // Places of their own: an app's public id must not keep people's command lines out.
    const auto of = request.app.empty() ? store::DeviceOf::kTool : store::DeviceOf::kApp;
    GH_TRY(const std::int64_t waiting, sign_in.waiting_devices(request.created_at, of));
    GH_TRY(const std::int64_t there, sign_in.waiting_devices(request.created_at, of, request.address));
    if (waiting >= kMostWaiting || there >= kMostWaitingThere)
      return fail(Errc::kLimitExceeded, "Too many devices wait to be approved; try again in ten minutes.");
    return sign_in.insert_device(request);
  }));
  return DeviceAsked{SecretString(request.id + secret.expose()), code.substr(0, 4) + "-" + code.substr(4)};
}

Result<DeviceKey> poll_device(Services& services, const ClientInfo& client, std::string_view device_code) {
  DeviceKey out;
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto polled, look_at_poll(services, *work.operator->(), device_code, {}));
  out.answer = polled.answer;
  if (polled.answer == DeviceAnswer::kPending || polled.answer == DeviceAnswer::kSlowDown) {
    { const store::UnitOfWork dropped = std::move(work); }
    GH_TRYV(note_poll(services, polled.request.id));
    return out;
  }
  if (polled.answer != DeviceAnswer::kGiven) return out;
  out.answer = DeviceAnswer::kExpired;
  const store::DeviceRequest& request = polled.request;
  const std::string& id = request.id;
  const Instant now = services.clock.now();
  const auto user = work->users.get(request.user);
  if (!user) return user.error();
  const User& person = user.value().value;
  if (!is_live(person.state, person.pause, now)) {
    out.answer = DeviceAnswer::kDenied;
    return out;
  }
  GH_TRY(const bool first, work->sign_in.move_device(id, store::DeviceState::kApproved, store::DeviceState::kTaken, person.id));
  if (!first) return out;
  LiveSession session;
  session.user = person;
  out.expires_at = now + kDeviceKeyFor;
  GH_TRY(out.key, insert_admin_key(services, *work.operator->(), person.id, request.name, out.expires_at));
  AuditEvent event = make_event(caller_of(session, client), "admin_key.create", "admin_key", out.key.id.value, request.name);
  event.reason = "gatehouse login, approved in the browser";
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  out.answer = DeviceAnswer::kGiven;
  out.email = person.email;
  return out;
}

Result<Document> look_at_device(Services& services, const LiveSession& session, const ClientInfo& client,
                                std::string_view user_code) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto request,
         find_waiting(services, *reader.operator->(), client, session.user.email, user_code, store::DeviceOf::kTool));
  return Document{{"name", request.name}, {"address", request.address}, {"asked_at", format_instant(request.created_at)}};
}

Result<void> decide_device(Services& services, const LiveSession& session, const ClientInfo& client, std::string_view user_code,
                           bool approve) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto request,
         find_waiting(services, *work.operator->(), client, session.user.email, user_code, store::DeviceOf::kTool));
  const auto to = approve ? store::DeviceState::kApproved : store::DeviceState::kDenied;
  GH_TRY(const bool first, work->sign_in.move_device(request.id, store::DeviceState::kWaiting, to, session.user.id));
  if (!first) return no_such_code();
  return commit(
      services, std::move(work),
      make_event(caller_of(session, client), approve ? "device.approve" : "device.deny", "device", request.id, request.name));
}

Result<store::DeviceRequest> find_app_device(Services& services, const LiveSession& session, const ClientInfo& client,
                                             std::string_view user_code) {
  GH_TRY(const store::Reader reader, services.database.read());
  return find_waiting(services, *reader.operator->(), client, guesser(session), user_code, store::DeviceOf::kApp);
}

Result<void> decide_app_device(Services& services, const LiveSession& session, const ClientInfo& client,
                               std::string_view user_code, const std::string& answer) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto request,
         find_waiting(services, *work.operator->(), client, guesser(session), user_code, store::DeviceOf::kApp));
  const auto to = answer.empty() ? store::DeviceState::kDenied : store::DeviceState::kApproved;
  GH_TRY(const bool first, work->sign_in.move_device(request.id, store::DeviceState::kWaiting, to, session.user.id, answer));
  if (!first) return no_such_code();
  return commit(services, std::move(work),
                make_event(caller_of(session, client), answer.empty() ? "device.deny" : "device.approve", "device", request.id,
                           request.name));
}

Result<AppDevice> poll_app_device(Services& services, std::string_view device_code, const std::string& client_id) {
  AppDevice out;
  // Nobody's device; and an empty id is a tool's.
  if (client_id.empty()) return out;
  Polled polled;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(polled, look_at_poll(services, *reader.operator->(), device_code, client_id));
  }
  out.answer = polled.answer;
  if (polled.answer == DeviceAnswer::kPending || polled.answer == DeviceAnswer::kSlowDown) {
    GH_TRYV(note_poll(services, polled.request.id));
  }
  if (polled.answer != DeviceAnswer::kGiven) return out;
  bool first = false;
  GH_TRYV(services.database.tend_sign_in([&](store::SignIn& sign_in, const store::Repositories&) -> Result<void> {
    GH_TRY(first, sign_in.move_device(polled.request.id, store::DeviceState::kApproved, store::DeviceState::kTaken,
                                      polled.request.user));
    return success();
  }));
  out.answer = first ? DeviceAnswer::kGiven : DeviceAnswer::kExpired;
  if (first) out.code = polled.request.answer;
  return out;
}

}  // namespace gatehouse::admin
