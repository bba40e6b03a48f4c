#include "store/consents.h"

#include <map>

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns = "id, user_id, app, scopes, created_at, changed_at, ended_at";
constexpr std::string_view kTypes = "ttttiii";
constexpr std::string_view kResourceColumns = "consent, position, site, resource_id, resource_key";
constexpr std::string_view kTokenColumns =
    "id, hash, family, consent, client, content, created_at, idle_ends_at, ends_at, used_at, successor, sealed_successor";
constexpr std::string_view kTokenTypes = "ttttttiiiitt";
constexpr std::string_view kAbsent = "There is no such consent.";

std::string selecting(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}
std::int64_t count(Instant at) { return at.time_since_epoch().count(); }

}  // namespace

Result<std::vector<Consent>> Consents::select(const std::string& rest, const std::vector<std::string>& texts) const {
  std::vector<Value> binds(texts.begin(), texts.end());
  GH_TRY(const auto rows, session_.rows(selecting(kColumns, "oauth_consents " + rest), kTypes, binds));
  std::vector<Consent> all;
  for (const Row& row : rows) {
    Cells cells(row, "oauth_consents");
    Consent& consent = all.emplace_back();
    consent.id = cells.id<ConsentId>();
    consent.user = cells.id<UserId>();
    consent.app = cells.id<CredentialId>();
    consent.scopes = cells.scopes();
    consent.created_at = cells.instant();
    consent.changed_at = cells.instant();
    consent.ended_at = cells.optional_instant();
    GH_TRYV(cells.finish());
  }
  for (Consent& consent : all) {
    GH_TRY(const auto children, session_.rows(selecting("site, resource_id, resource_key",
                                                        "oauth_consent_resources WHERE consent = :p1 ORDER BY position"),
                                              "ttt", {consent.id.value}));
    for (const Row& row : children) {
      Cells cells(row, "oauth_consent_resources");
      consent.resources.push_back(cells.resource());
      GH_TRYV(cells.finish());
    }
  }
  return all;
}

Result<Consent> Consents::get(const ConsentId& id) const {
  GH_TRY(auto found, select("WHERE id = :p1", {id.value}));
  if (found.empty()) return fail(Errc::kNotFound, std::string(kAbsent));
  return std::move(found.front());
}

Result<Consent> Consents::find(const UserId& user, const CredentialId& app) const {
  GH_TRY(auto found, select("WHERE user_id = :p1 AND app = :p2 AND ended_at IS NULL", {user.value, app.value}));
  if (found.empty()) return fail(Errc::kNotFound, std::string(kAbsent));
  return std::move(found.front());
}

Result<std::vector<Consent>> Consents::of_user(const UserId& user) const {
  return select("WHERE user_id = :p1 AND ended_at IS NULL ORDER BY created_at, id", {user.value});
}
Result<std::vector<Consent>> Consents::of_app(const CredentialId& app) const {
  return select("WHERE app = :p1 AND ended_at IS NULL ORDER BY created_at, id", {app.value});
}
Result<std::vector<Consent>> Consents::all_live() const { return select("WHERE ended_at IS NULL ORDER BY id", {}); }

Result<void> Consents::write_resources(const Consent& consent) {
  GH_TRYV(session_.run("DELETE FROM oauth_consent_resources WHERE consent = :p1", {consent.id.value}));
  std::int64_t position = 0;
  for (const Resource& resource : consent.resources) {
    const Binds binds = Binds().id(consent.id).integer(position++).resource(resource);
    GH_TRYV(insert_plain(session_, "oauth_consent_resources", kResourceColumns, binds));
  }
  return success();
}

Result<void> Consents::insert(const Consent& consent) {
  session_.touch(Aggregate::kConsent, consent.id.value);
  Binds binds;
  binds.id(consent.id).id(consent.user).id(consent.app).scopes(consent.scopes).instant(consent.created_at);
  binds.instant(consent.changed_at).optional_instant(consent.ended_at);
  GH_TRYV(insert_plain(session_, "oauth_consents", kColumns, binds));
  return write_resources(consent);
}

Result<void> Consents::update(const Consent& consent) {
  session_.touch(Aggregate::kConsent, consent.id.value);
  Binds binds;
  binds.scopes(consent.scopes).instant(consent.changed_at).optional_instant(consent.ended_at).id(consent.id);
  GH_TRYV(
      session_.run("UPDATE oauth_consents SET scopes = :p1, changed_at = :p2, ended_at = :p3 WHERE id = :p4", binds.values()));
  return write_resources(consent);
}

Result<RefreshToken> Consents::refresh_token(const std::string& id) const {
  GH_TRY(const auto row, session_.row(selecting(kTokenColumns, "oauth_refresh_tokens WHERE id = :p1"), kTokenTypes, {id},
                                      "There is no such refresh token."));
  Cells cells(row, "oauth_refresh_tokens");
  RefreshToken token;
  token.id = cells.text();
  token.hash = cells.text();
  token.family = cells.text();
  token.consent = cells.id<ConsentId>();
  token.client = cells.id<CredentialId>();
  token.content = cells.text();
  token.created_at = cells.instant();
  token.idle_ends_at = cells.instant();
  token.ends_at = cells.instant();
  token.used_at = cells.optional_instant();
  token.successor = cells.text();
  token.sealed_successor = cells.text();
  GH_TRYV(cells.finish());
  return token;
}

Result<void> Consents::insert_refresh_token(const RefreshToken& token) {
  Binds binds;
  binds.text(token.id).text(token.hash).text(token.family).id(token.consent).id(token.client).text(token.content);
  binds.instant(token.created_at).instant(token.idle_ends_at).instant(token.ends_at).optional_instant(token.used_at);
  binds.text(token.successor).text(token.sealed_successor);
  return insert_plain(session_, "oauth_refresh_tokens", kTokenColumns, binds);
}

Result<bool> Consents::use_refresh_token(const std::string& id, Instant at, const std::string& successor,
                                         const std::string& sealed) {
  GH_TRY(const auto changed,
         session_.run("UPDATE oauth_refresh_tokens SET used_at = :p1, successor = :p2, sealed_successor = :p3 WHERE id = :p4 AND "
                      "used_at IS NULL",
                      {count(at), successor, sealed, id}));
  return changed == 1;
}

Result<void> Consents::forget_sealed(const std::string& successor) {
  GH_TRYV(session_.run("UPDATE oauth_refresh_tokens SET sealed_successor = '' WHERE successor = :p1", {successor}));
  return success();
}

Result<void> Consents::forget_refresh_tokens(Instant now) {
  GH_TRYV(session_.run("DELETE FROM oauth_refresh_tokens WHERE ends_at <= :p1", {count(now)}));
  return success();
}

}  // namespace gatehouse::store
