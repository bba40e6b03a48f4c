// How people sign in: passwords and one-time codes, passkeys, sessions, devices that wait, identities at the company's provider.
//
// Written in units of work with an audit record by admin/; what only keeps count (when a session was seen, when a device asked)
// goes through Database::tend_sign_in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace gatehouse::store {

class Session;

struct Login {
  UserId user;
  std::string sealed_password;  ///< crypto/seal.h over crypto/password.h; empty: none
  std::optional<Instant> password_set_at;
  std::string sealed_code_key;                 ///< of one-time codes, base64url under its seal; empty: none
  std::int64_t code_step = 0;                  ///< the last step whose code was taken
  std::vector<std::string> recovery_hashes{};  ///< crypto/token_hash.h; one goes with each use
};

struct Passkey {
  std::string id;
  UserId user;
  std::string name;
  std::string credential;  ///< the authenticator's id of it, base64url
  std::string public_key;  ///< a COSE key (RFC 9052 section 7), base64url
  std::int64_t uses = 0;   ///< the authenticator's count
  Instant created_at{};
  std::optional<Instant> last_used_at;
};

struct LoginSession {
  std::string id;
  UserId user;
  std::string hash;  ///< crypto/token_hash.h
  std::string way;   ///< "password", "password and code", "passkey", "link", "provider"
  Instant created_at{};
  Instant seen_at{};    ///< to the minute
  Instant proved_at{};  ///< when the person last proved to be there
  Instant ends_at{};    ///< whatever happens
  std::optional<Instant> ended_at;
  std::string address;
  std::string user_agent;
};

enum class DeviceState { kDenied = 0, kWaiting = 1, kApproved = 2, kTaken = 3 };

struct DeviceRequest {
  std::string id;
  std::string hash;       ///< of the device code
  std::string code_hash;  ///< of the code that people type
  std::string name;
  std::string address;
  DeviceState state = DeviceState::kWaiting;
  UserId user;  ///< who approved
  Instant created_at{};
  Instant ends_at{};
  std::optional<Instant> polled_at;
  std::string app;     ///< the client id of an app; empty: gatehouse login
  std::string asked;   ///< of an app: its request, as a query of /authorize
  std::string answer;  ///< of an app: the sealed code, once it was approved
};
/// A tool's request must never be taken for an app's, nor the reverse: what they get is not the same.
enum class DeviceOf { kTool, kApp };

class SignIn {
 public:
  explicit SignIn(Session& session) noexcept : session_(session) {}
  SignIn(const SignIn&) = delete;

  /// An empty one where nothing was ever set.
  Result<Login> login(const UserId& user) const;
  Result<void> set_login(const Login& login);
  /// False where this step, or a later one, was taken before: of two who race one wins.
  Result<bool> take_code_step(const UserId& user, std::int64_t step);
  /// Whether anybody ever made a password or passkey, or is known from a provider.
  Result<bool> anybody() const;

  /// By age.
  Result<std::vector<Passkey>> passkeys(const UserId& user) const;
  Result<Passkey> passkey_by_credential(std::string_view credential) const;
  /// kConflict where it is registered already.
  Result<void> insert_passkey(const Passkey& passkey);
  Result<void> use_passkey(const std::string& id, std::int64_t uses, Instant at);
  Result<void> remove_passkey(const UserId& user, const std::string& id);

  Result<LoginSession> session(const std::string& id) const;
  /// Those that were not ended, newest first.
  Result<std::vector<LoginSession>> sessions(const UserId& user) const;
  Result<void> insert_session(const LoginSession& session);
  Result<void> see_session(const std::string& id, Instant at);
  /// kNotFound where it is not this person's or ended before.
  Result<void> end_session(const UserId& user, const std::string& id, Instant at);
  /// How many there were. `but` stays.
  Result<std::int64_t> end_sessions(const UserId& user, std::string_view but, Instant at);

  /// False where it was used before: of two who race one wins.
  Result<bool> use_once(std::string_view id, Instant ends_at);
  /// Ended sessions, devices and used values whose time is over go.
  Result<void> forget_before(Instant before);

  Result<void> insert_device(const DeviceRequest& device);
  /// `app` empty: of a tool.
  Result<DeviceRequest> device(const std::string& id, const std::string& app) const;
  Result<DeviceRequest> device_by_code(std::string_view code_hash, DeviceOf of) const;
  /// False where it was not in state `from` any more.
  Result<bool> move_device(const std::string& id, DeviceState from, DeviceState to, const UserId& user,
                           const std::string& answer = {});
  Result<void> device_polled(const std::string& id, Instant at);
  /// How many wait, in all or of one address.
  Result<std::int64_t> waiting_devices(Instant now, DeviceOf of, const std::string& address = {}) const;

  /// kNotFound where nobody is bound to it.
  Result<UserId> identity(std::string_view issuer, std::string_view subject) const;
  /// kConflict where somebody is.
  Result<void> insert_identity(std::string_view issuer, std::string_view subject, const UserId& user, Instant at);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
