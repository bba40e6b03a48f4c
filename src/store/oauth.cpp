#include "store/oauth.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kClientColumns = "credential, auth, key_set, redirect_uris, issuer, audience, subject, claims, device";
constexpr std::string_view kKeyColumns = "id, form, sealed_secret, created_at, signs_from, ends_at";
constexpr std::string_view kEndedColumns = "id, ended_at, forget_at";

std::string selecting(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}

/// An address holds no space (RFC 3986).
std::string join(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

Result<EndedToken> read_ended(const Row& row) {
  Cells cells(row, "oauth_ended");
  EndedToken token;
  token.id = cells.text();
  token.ended_at = cells.instant();
  token.forget_at = cells.instant();
  GH_TRYV(cells.finish());
  return token;
}

Result<OAuthClient> read_client(const Row& row) {
  Cells cells(row, "oauth_clients");
  OAuthClient client;
  client.credential = cells.id<CredentialId>();
  client.auth = cells.number(ClientAuth::kSecret, ClientAuth::kFederated);
  client.key_set = cells.text();
  client.redirect_uris = words(cells.text());
  client.issuer = cells.text();
  client.audience = cells.text();
  client.subject = cells.text();
  client.claims = cells.text();
  client.device = cells.boolean();
  GH_TRYV(cells.finish());
  return client;
}

std::int64_t count(Instant at) { return at.time_since_epoch().count(); }

}  // namespace

Result<OAuthClient> OAuth::client(const CredentialId& id) const {
  GH_TRY(const auto row, session_.row(selecting(kClientColumns, "oauth_clients WHERE credential = :p1"), "titttttti", {id.value},
                                      "That credential is no OAuth client."));
  return read_client(row);
}

Result<std::vector<OAuthClient>> OAuth::federations(const std::string& issuer) const {
  GH_TRY(const auto rows,
         session_.rows(selecting(kClientColumns, "oauth_clients WHERE auth = 4 AND issuer = :p1 ORDER BY credential"),
                       "titttttti", {issuer}));
  std::vector<OAuthClient> all;
  for (const Row& row : rows) {
    GH_TRY(OAuthClient one, read_client(row));
    all.push_back(std::move(one));
  }
  return all;
}

Result<void> OAuth::put_client(const OAuthClient& client) {
  Binds binds;
  binds.id(client.credential).number(client.auth).text(client.key_set).text(join(client.redirect_uris));
  binds.text(client.issuer).text(client.audience).text(client.subject).text(client.claims).integer(client.device ? 1 : 0);
  return insert_plain(
      session_, "oauth_clients", kClientColumns, binds,
      "ON CONFLICT (credential) DO UPDATE SET auth = excluded.auth, key_set = excluded.key_set, redirect_uris = "
      "excluded.redirect_uris, issuer = excluded.issuer, audience = excluded.audience, subject = excluded.subject, "
      "claims = excluded.claims, device = excluded.device");
}

Result<std::vector<OAuthKey>> OAuth::keys() const {
  GH_TRY(const auto rows, session_.rows(selecting(kKeyColumns, "oauth_keys ORDER BY created_at, id"), "titiii"));
  std::vector<OAuthKey> all;
  for (const Row& row : rows) {
    Cells cells(row, "oauth_keys");
    OAuthKey& key = all.emplace_back();
    key.id = cells.text();
    key.form = static_cast<int>(cells.integer());
    key.sealed_secret = cells.text();
    key.created_at = cells.instant();
    key.signs_from = cells.instant();
    key.ends_at = cells.optional_instant();
    GH_TRYV(cells.finish());
  }
  return all;
}

Result<void> OAuth::insert_key(const OAuthKey& key) {
  session_.touch(Aggregate::kOAuthKey, key.id);
  Binds binds;
  binds.text(key.id).integer(key.form).text(key.sealed_secret).instant(key.created_at).instant(key.signs_from);
  binds.optional_instant(key.ends_at);
  return insert_plain(session_, "oauth_keys", kKeyColumns, binds);
}

Result<void> OAuth::end_key(const std::string& id, Instant at) {
  session_.touch(Aggregate::kOAuthKey, id);
  GH_TRYV(session_.run("UPDATE oauth_keys SET ends_at = :p1 WHERE id = :p2", {count(at), id}));
  return success();
}

Result<void> OAuth::set_key_sealed(const std::string& id, const std::string& sealed_secret) {
  session_.touch(Aggregate::kOAuthKey, id);
  GH_TRYV(session_.run("UPDATE oauth_keys SET sealed_secret = :p1 WHERE id = :p2", {sealed_secret, id}));
  return success();
}

Result<bool> OAuth::end_token(const EndedToken& token) {
  session_.touch(Aggregate::kEndedToken, token.id);
  GH_TRY(const auto changed,
         session_.run("INSERT INTO oauth_ended (id, ended_at, forget_at) VALUES (:p1, :p2, :p3) ON CONFLICT (id) DO NOTHING",
                      {token.id, count(token.ended_at), count(token.forget_at)}));
  return changed == 1;
}

Result<EndedToken> OAuth::ended(const std::string& id) const {
  GH_TRY(const auto row,
         session_.row(selecting(kEndedColumns, "oauth_ended WHERE id = :p1"), "tii", {id}, "That token was not revoked."));
  return read_ended(row);
}

Result<std::vector<EndedToken>> OAuth::all_ended(Instant now) const {
  GH_TRY(const auto rows,
         session_.rows(selecting(kEndedColumns, "oauth_ended WHERE forget_at > :p1 ORDER BY id"), "tii", {count(now)}));
  std::vector<EndedToken> all;
  all.reserve(rows.size());
  for (const Row& row : rows) {
    GH_TRY(EndedToken one, read_ended(row));
    all.push_back(std::move(one));
  }
  return all;
}

Result<void> OAuth::forget_ended(Instant now) {
  GH_TRYV(session_.run("DELETE FROM oauth_ended WHERE forget_at <= :p1", {count(now)}));
  return success();
}

}  // namespace gatehouse::store
