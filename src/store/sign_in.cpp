#include "store/sign_in.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kLoginColumns =
    "user_id, sealed_password, password_set_at, sealed_code_key, code_step, recovery_hashes";
constexpr std::string_view kPasskeyColumns = "id, user_id, name, credential, public_key, uses, created_at, last_used_at";
constexpr std::string_view kPasskeyTypes = "tttttiii";
constexpr std::string_view kSessionColumns =
    "id, user_id, hash, way, created_at, seen_at, proved_at, ends_at, ended_at, address, user_agent";
constexpr std::string_view kSessionTypes = "ttttiiiiitt";
constexpr std::string_view kDeviceColumns =
    "id, hash, code_hash, name, address, state, user_id, created_at, ends_at, polled_at, app, asked, answer";
constexpr std::string_view kDeviceTypes = "tttttitiiittt";

std::int64_t number(Instant at) { return at.time_since_epoch().count(); }

std::string select(std::string_view columns, std::string_view from, std::string_view rest) {
  std::string sql = "SELECT ";
  sql.append(columns).append(" FROM ").append(from).append(" ").append(rest);
  return sql;
}

Result<Passkey> read_passkey(const Row& row) {
  Cells cells(row, "passkeys");
  Passkey out;
  out.id = cells.text();
  out.user = cells.id<UserId>();
  out.name = cells.text();
  out.credential = cells.text();
  out.public_key = cells.text();
  out.uses = cells.integer();
  out.created_at = cells.instant();
  out.last_used_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return out;
}

Result<LoginSession> read_session(const Row& row) {
  Cells cells(row, "login_sessions");
  LoginSession out;
  out.id = cells.text();
  out.user = cells.id<UserId>();
  out.hash = cells.text();
  out.way = cells.text();
  out.created_at = cells.instant();
  out.seen_at = cells.instant();
  out.proved_at = cells.instant();
  out.ends_at = cells.instant();
  out.ended_at = cells.optional_instant();
  out.address = cells.text();
  out.user_agent = cells.text();
  GH_TRYV(cells.finish());
  return out;
}

Result<DeviceRequest> read_device(const Row& row) {
  Cells cells(row, "device_requests");
  DeviceRequest out;
  out.id = cells.text();
  out.hash = cells.text();
  out.code_hash = cells.text();
  out.name = cells.text();
  out.address = cells.text();
  out.state = cells.number(DeviceState::kDenied, DeviceState::kTaken);
  out.user = cells.id<UserId>();
  out.created_at = cells.instant();
  out.ends_at = cells.instant();
  out.polled_at = cells.optional_instant();
  out.app = cells.text();
  out.asked = cells.text();
  out.answer = cells.text();
  GH_TRYV(cells.finish());
  return out;
}

Error told(Error error, std::string_view conflict) {
  if (error.code == Errc::kConflict) error.public_detail = conflict;
  return error;
}

}  // namespace

Result<Login> SignIn::login(const UserId& user) const {
  GH_TRY(const auto rows, session_.rows(select(kLoginColumns, "logins", "WHERE user_id = :p1"), "ttitit", {user.value}));
  Login out;
  out.user = user;
  if (rows.empty()) return out;
  Cells cells(rows.front(), "logins");
  cells.text();
  out.sealed_password = cells.text();
  out.password_set_at = cells.optional_instant();
  out.sealed_code_key = cells.text();
  out.code_step = cells.integer();
  out.recovery_hashes = words(cells.text());
  GH_TRYV(cells.finish());
  return out;
}

Result<void> SignIn::set_login(const Login& login) {
  std::string recovery;
  for (const std::string& hash : login.recovery_hashes) recovery += (recovery.empty() ? "" : " ") + hash;
  Binds binds;
  binds.id(login.user).text(login.sealed_password).optional_instant(login.password_set_at).text(login.sealed_code_key);
  binds.integer(login.code_step).text(recovery);
  return insert_plain(session_, "logins", kLoginColumns, binds,
                      "ON CONFLICT (user_id) DO UPDATE SET sealed_password = excluded.sealed_password, password_set_at = "
                      "excluded.password_set_at, sealed_code_key = excluded.sealed_code_key, code_step = excluded.code_step, "
                      "recovery_hashes = excluded.recovery_hashes");
}

Result<bool> SignIn::take_code_step(const UserId& user, std::int64_t step) {
  GH_TRY(const auto changed,
         session_.run("UPDATE logins SET code_step = :p1 WHERE user_id = :p2 AND code_step < :p3", {step, user.value, step}));
  return changed == 1;
}

Result<bool> SignIn::anybody() const {
  GH_TRY(const auto rows,
         session_.rows(
             "SELECT user_id FROM logins UNION SELECT user_id FROM passkeys UNION SELECT user_id FROM identities LIMIT 1", "t"));
  return !rows.empty();
}

Result<std::vector<Passkey>> SignIn::passkeys(const UserId& user) const {
  GH_TRY(const auto rows, session_.rows(select(kPasskeyColumns, "passkeys", "WHERE user_id = :p1 ORDER BY created_at, id"),
                                        kPasskeyTypes, {user.value}));
  std::vector<Passkey> out;
  for (const Row& row : rows) {
    GH_TRY(auto passkey, read_passkey(row));
    out.push_back(std::move(passkey));
  }
  return out;
}

Result<Passkey> SignIn::passkey_by_credential(std::string_view credential) const {
  GH_TRY(const auto row, session_.row(select(kPasskeyColumns, "passkeys", "WHERE credential = :p1"), kPasskeyTypes,
                                      {std::string(credential)}, "There is no such passkey."));
  return read_passkey(row);
}

Result<void> SignIn::insert_passkey(const Passkey& passkey) {
  Binds binds;
  binds.text(passkey.id).id(passkey.user).text(passkey.name).text(passkey.credential).text(passkey.public_key);
  binds.integer(passkey.uses).instant(passkey.created_at).optional_instant(passkey.last_used_at);
  auto inserted = insert_plain(session_, "passkeys", kPasskeyColumns, binds);
  if (!inserted) return told(std::move(inserted).error(), "This passkey is registered already.");
  return success();
}

Result<void> SignIn::use_passkey(const std::string& id, std::int64_t uses, Instant at) {
  GH_TRYV(session_.run("UPDATE passkeys SET uses = :p1, last_used_at = :p2 WHERE id = :p3", {uses, number(at), id}));
  return success();
}

Result<void> SignIn::remove_passkey(const UserId& user, const std::string& id) {
  GH_TRY(const auto changed, session_.run("DELETE FROM passkeys WHERE id = :p1 AND user_id = :p2", {id, user.value}));
  if (changed == 0) return fail(Errc::kNotFound, "You have no such passkey.");
  return success();
}

Result<LoginSession> SignIn::session(const std::string& id) const {
  GH_TRY(const auto row, session_.row(select(kSessionColumns, "login_sessions", "WHERE id = :p1"), kSessionTypes, {id},
                                      "There is no such session."));
  return read_session(row);
}

Result<std::vector<LoginSession>> SignIn::sessions(const UserId& user) const {
  GH_TRY(const auto rows,
         session_.rows(select(kSessionColumns, "login_sessions",
                              "WHERE user_id = :p1 AND ended_at IS NULL ORDER BY created_at DESC, id LIMIT 1000"),
                       kSessionTypes, {user.value}));
  std::vector<LoginSession> out;
  for (const Row& row : rows) {
    GH_TRY(auto session, read_session(row));
    out.push_back(std::move(session));
  }
  return out;
}

Result<void> SignIn::insert_session(const LoginSession& session) {
  Binds binds;
  binds.text(session.id).id(session.user).text(session.hash).text(session.way).instant(session.created_at);
  binds.instant(session.seen_at).instant(session.proved_at).instant(session.ends_at).optional_instant(session.ended_at);
  binds.text(session.address).text(session.user_agent);
  return insert_plain(session_, "login_sessions", kSessionColumns, binds);
}

Result<void> SignIn::see_session(const std::string& id, Instant at) {
  GH_TRYV(session_.run("UPDATE login_sessions SET seen_at = :p1 WHERE id = :p2 AND ended_at IS NULL AND seen_at < :p3",
                       {number(at), id, number(at)}));
  return success();
}

Result<void> SignIn::end_session(const UserId& user, const std::string& id, Instant at) {
  GH_TRY(const auto changed,
         session_.run("UPDATE login_sessions SET ended_at = :p1 WHERE id = :p2 AND user_id = :p3 AND ended_at IS NULL",
                      {number(at), id, user.value}));
  if (changed == 0) return fail(Errc::kNotFound, "There is no such session, or it was ended already.");
  return success();
}

Result<std::int64_t> SignIn::end_sessions(const UserId& user, std::string_view but, Instant at) {
  return session_.run("UPDATE login_sessions SET ended_at = :p1 WHERE user_id = :p2 AND id <> :p3 AND ended_at IS NULL",
                      {number(at), user.value, std::string(but)});
}

Result<bool> SignIn::use_once(std::string_view id, Instant ends_at) {
  GH_TRY(const auto changed, session_.run("INSERT INTO used_once (id, ends_at) VALUES (:p1, :p2) ON CONFLICT (id) DO NOTHING",
                                          {std::string(id), number(ends_at)}));
  return changed == 1;
}

Result<void> SignIn::forget_before(Instant before) {
  GH_TRYV(session_.run("DELETE FROM login_sessions WHERE ended_at < :p1 OR ends_at < :p2", {number(before), number(before)}));
  GH_TRYV(session_.run("DELETE FROM device_requests WHERE ends_at < :p1", {number(before)}));
  GH_TRYV(session_.run("DELETE FROM used_once WHERE ends_at < :p1", {number(before)}));
  return success();
}

Result<void> SignIn::insert_device(const DeviceRequest& device) {
  Binds binds;
  binds.text(device.id).text(device.hash).text(device.code_hash).text(device.name).text(device.address).number(device.state);
  binds.optional_id(device.user).instant(device.created_at).instant(device.ends_at).optional_instant(device.polled_at);
  binds.text(device.app).text(device.asked).text(device.answer);
  return insert_plain(session_, "device_requests", kDeviceColumns, binds);
}

Result<DeviceRequest> SignIn::device(const std::string& id, const std::string& app) const {
  GH_TRY(const auto row, session_.row(select(kDeviceColumns, "device_requests", "WHERE id = :p1 AND app = :p2"), kDeviceTypes,
                                      {id, app}, "There is no such request of a device."));
  return read_device(row);
}

Result<DeviceRequest> SignIn::device_by_code(std::string_view code_hash, DeviceOf of) const {
  const std::string_view where =
      of == DeviceOf::kTool ? "WHERE code_hash = :p1 AND app = ''" : "WHERE code_hash = :p1 AND app <> ''";
  GH_TRY(const auto row, session_.row(select(kDeviceColumns, "device_requests", where), kDeviceTypes, {std::string(code_hash)},
                                      "Nothing waits under this code."));
  return read_device(row);
}

Result<bool> SignIn::move_device(const std::string& id, DeviceState from, DeviceState to, const UserId& user,
                                 const std::string& answer) {
  Binds binds;
  binds.number(to).optional_id(user).text(answer).text(id).number(from);
  GH_TRY(const auto changed,
         session_.run("UPDATE device_requests SET state = :p1, user_id = :p2, answer = :p3 WHERE id = :p4 AND state = :p5",
                      binds.values()));
  return changed == 1;
}

Result<void> SignIn::device_polled(const std::string& id, Instant at) {
  GH_TRYV(session_.run("UPDATE device_requests SET polled_at = :p1 WHERE id = :p2", {number(at), id}));
  return success();
}

Result<std::int64_t> SignIn::waiting_devices(Instant now, DeviceOf of, const std::string& address) const {
  std::string sql = "SELECT CAST(count(*) AS BIGINT) FROM device_requests WHERE state = 1 AND ends_at > :p1";
  sql += of == DeviceOf::kTool ? " AND app = ''" : " AND app <> ''";
  std::vector<Value> binds{number(now)};
  if (!address.empty()) {
    sql += " AND address = :p2";
    binds.emplace_back(address);
  }
  GH_TRY(const auto row, session_.row(sql, "i", binds, "No count."));
  return std::get<std::int64_t>(row.front());
}

Result<UserId> SignIn::identity(std::string_view issuer, std::string_view subject) const {
  GH_TRY(const auto row, session_.row("SELECT user_id FROM identities WHERE issuer = :p1 AND subject = :p2", "t",
                                      {std::string(issuer), std::string(subject)}, "Nobody is known by this identity."));
  return UserId(std::get<std::string>(row.front()));
}

Result<void> SignIn::insert_identity(std::string_view issuer, std::string_view subject, const UserId& user, Instant at) {
  Binds binds;
  binds.text(std::string(issuer)).text(std::string(subject)).id(user).instant(at);
  auto inserted = insert_plain(session_, "identities", "issuer, subject, user_id, created_at", binds);
  if (!inserted) return told(std::move(inserted).error(), "Somebody is bound to this identity already.");
  return success();
}

}  // namespace gatehouse::store
