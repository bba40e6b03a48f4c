#include "store/atlassian_grants.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns =
    "user_id, account_id, name, scopes, sealed_access, access_ends_at, sealed_refresh, connected_at, renewed_at, ended_at, "
    "looked_at, version";
constexpr std::string_view kTypes = "tttttitiiiii";
constexpr std::string_view kKnownColumns = "user_id, site, resource_id, resource_key, administers, checked_at";
constexpr std::string_view kKnownTypes = "ttttii";

std::int64_t number(Instant at) { return at.time_since_epoch().count(); }

std::string select(std::string_view columns, std::string_view table, std::string_view rest) {
  std::string sql = "SELECT ";
  return sql.append(columns).append(" FROM ").append(table).append(" ").append(rest);
}

Result<AtlassianGrant> read(const Row& row) {
  Cells cells(row, "atlassian_grants");
  AtlassianGrant out;
  out.user = cells.id<UserId>();
  out.account_id = cells.text();
  out.name = cells.text();
  out.scopes = cells.text();
  out.sealed_access = cells.text();
  out.access_ends_at = cells.instant();
  out.sealed_refresh = cells.text();
  out.connected_at = cells.instant();
  out.renewed_at = cells.instant();
  out.ended_at = cells.optional_instant();
  out.looked_at = cells.optional_instant();
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  return out;
}

Result<KnownAuthority> read_known(const Row& row) {
  Cells cells(row, "atlassian_authority");
  KnownAuthority out;
  out.user = cells.id<UserId>();
  out.resource = cells.resource();
  out.administers = cells.boolean();
  out.checked_at = cells.instant();
  GH_TRYV(cells.finish());
  return out;
}

template <class T, class Read>
Result<std::vector<T>> read_all(const std::vector<Row>& rows, const Read& read_one) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (const Row& row : rows) {
    GH_TRY(T one, read_one(row));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Result<AtlassianGrant> AtlassianGrants::get(const UserId& user) const {
  GH_TRY(const auto row, session_.row(select(kColumns, "atlassian_grants", "WHERE user_id = :p1"), kTypes, {user.value},
                                      "This person is not connected with Atlassian."));
  return read(row);
}

Result<AtlassianGrant> AtlassianGrants::by_account(std::string_view account_id) const {
  GH_TRY(const auto row, session_.row(select(kColumns, "atlassian_grants", "WHERE account_id = :p1"), kTypes,
                                      {std::string(account_id)}, "Nobody is connected with this Atlassian account."));
  return read(row);
}

Result<std::vector<AtlassianGrant>> AtlassianGrants::due(Instant before, std::int64_t limit) const {
  GH_TRY(const auto rows,
         session_.rows(select(kColumns, "atlassian_grants",
                              "WHERE ended_at IS NULL AND COALESCE(looked_at, 0) < :p1 ORDER BY COALESCE(looked_at, 0), user_id "
                              "LIMIT :p2"),
                       kTypes, {number(before), limit}));
  return read_all<AtlassianGrant>(rows, read);
}

Result<std::vector<AtlassianGrant>> AtlassianGrants::live(const UserId& after, std::int64_t limit) const {
  GH_TRY(const auto rows, session_.rows(select(kColumns, "atlassian_grants",
                                               "WHERE ended_at IS NULL AND user_id > :p1 ORDER BY user_id LIMIT :p2"),
                                        kTypes, {after.value, limit}));
  return read_all<AtlassianGrant>(rows, read);
}

Result<void> AtlassianGrants::connect(const AtlassianGrant& grant) {
  session_.touch(Aggregate::kUser, grant.user.value);
  GH_TRYV(session_.run("UPDATE atlassian_authority SET checked_at = 0 WHERE user_id = :p1", {grant.user.value}));
  Binds binds;
  binds.id(grant.user).text(grant.account_id).text(grant.name).text(grant.scopes).text(grant.sealed_access);
  binds.instant(grant.access_ends_at).text(grant.sealed_refresh).instant(grant.connected_at).instant(grant.renewed_at);
  binds.integer(0).optional_instant(grant.ended_at).optional_instant(grant.looked_at).integer(1);
  auto done = insert_plain(
      session_, "atlassian_grants",
      "user_id, account_id, name, scopes, sealed_access, access_ends_at, sealed_refresh, connected_at, renewed_at, "
      "renewing_until, ended_at, looked_at, version",
      binds,
      "ON CONFLICT (user_id) DO UPDATE SET account_id = excluded.account_id, name = excluded.name, scopes = excluded.scopes, "
      "sealed_access = excluded.sealed_access, access_ends_at = excluded.access_ends_at, sealed_refresh = "
      "excluded.sealed_refresh, connected_at = excluded.connected_at, renewed_at = excluded.renewed_at, renewing_until = 0, "
      "ended_at = NULL, looked_at = NULL, version = atlassian_grants.version + 1");
  if (!done && done.error().code == Errc::kConflict)
    return fail(Errc::kConflict, "Somebody else here is connected with this Atlassian account.", done.error().log_detail);
  return done;
}

Result<void> AtlassianGrants::disconnect(const UserId& user) {
  GH_TRYV(session_.run("DELETE FROM atlassian_authority WHERE user_id = :p1", {user.value}));
  GH_TRY(const auto changed, session_.run("DELETE FROM atlassian_grants WHERE user_id = :p1", {user.value}));
  if (changed == 0) return fail(Errc::kNotFound, "This person is not connected with Atlassian.");
  session_.touch(Aggregate::kUser, user.value);
  return success();
}

Result<void> AtlassianGrants::end(const UserId& user, Instant at) {
  GH_TRYV(
      session_.run("UPDATE atlassian_grants SET sealed_access = '', sealed_refresh = '', ended_at = :p1, version = version + 1 "
                   "WHERE user_id = "
                   ":p2 AND ended_at IS NULL",
                   {number(at), user.value}));
  session_.touch(Aggregate::kUser, user.value);
  return success();
}

Result<bool> AtlassianGrants::begin_renewal(const UserId& user, std::int64_t version, Instant now, Instant until) {
  GH_TRY(const auto changed,
         session_.run("UPDATE atlassian_grants SET renewing_until = :p1 WHERE user_id = :p2 AND version = :p3 "
                      "AND ended_at IS NULL AND renewing_until <= :p4",
                      {number(until), user.value, version, number(now)}));
  return changed == 1;
}

Result<void> AtlassianGrants::give_up_renewal(const UserId& user, std::int64_t version) {
  GH_TRYV(session_.run("UPDATE atlassian_grants SET renewing_until = 0 WHERE user_id = :p1 AND version = :p2",
                       {user.value, version}));
  return success();
}

Result<bool> AtlassianGrants::renew(const UserId& user, std::int64_t version, const std::string& sealed_access,
                                    Instant access_ends_at, const std::string& sealed_refresh, Instant now) {
  GH_TRY(const auto changed,
         session_.run("UPDATE atlassian_grants SET sealed_access = :p1, access_ends_at = :p2, sealed_refresh = :p3, renewed_at = "
                      ":p4, renewing_until = 0, version = version + 1 WHERE user_id = :p5 AND version = :p6 AND ended_at IS NULL",
                      {sealed_access, number(access_ends_at), sealed_refresh, number(now), user.value, version}));
  return changed == 1;
}

Result<void> AtlassianGrants::set_looked(const UserId& user, Instant at) {
  GH_TRYV(session_.run("UPDATE atlassian_grants SET looked_at = :p1 WHERE user_id = :p2", {number(at), user.value}));
  return success();
}

Result<std::vector<KnownAuthority>> AtlassianGrants::known(const UserId& user) const {
  GH_TRY(const auto rows,
         session_.rows(select(kKnownColumns, "atlassian_authority", "WHERE user_id = :p1 ORDER BY site, resource_id"),
                       kKnownTypes, {user.value}));
  return read_all<KnownAuthority>(rows, read_known);
}

Result<std::vector<KnownAuthority>> AtlassianGrants::stale(Instant before, std::int64_t limit) const {
  GH_TRY(const auto rows, session_.rows(select(kKnownColumns, "atlassian_authority",
                                               "WHERE administers = 1 AND checked_at < :p1 ORDER BY checked_at, user_id, site, "
                                               "resource_id LIMIT :p2"),
                                        kKnownTypes, {number(before), limit}));
  return read_all<KnownAuthority>(rows, read_known);
}

Result<void> AtlassianGrants::remember(const KnownAuthority& answer) {
  Binds binds;
  binds.id(answer.user).resource(answer.resource).integer(answer.administers ? 1 : 0).instant(answer.checked_at);
  return insert_plain(
      session_, "atlassian_authority", kKnownColumns, binds,
      "ON CONFLICT (user_id, site, resource_id) DO UPDATE SET resource_key = excluded.resource_key, administers = "
      "excluded.administers, checked_at = excluded.checked_at");
}

Result<void> AtlassianGrants::forget(const UserId& user, const Resource& resource) {
  GH_TRYV(session_.run("DELETE FROM atlassian_authority WHERE user_id = :p1 AND site = :p2 AND resource_id = :p3",
                       {user.value, resource.site.value, resource.id}));
  return success();
}

Result<std::vector<Resource>> AtlassianGrants::resources(std::int64_t limit) const {
  GH_TRY(
      const auto rows,
      session_.rows("SELECT site, resource_id, MIN(resource_key) FROM (SELECT site, resource_id, resource_key FROM grants WHERE "
                    "state <> 0 UNION SELECT site, resource_id, resource_key FROM boundary_entries UNION SELECT site, "
                    "resource_id, resource_key FROM user_resources) AS named WHERE resource_id <> '*' GROUP BY site, "
                    "resource_id ORDER BY site, resource_id LIMIT :p1",
                    "ttt", {limit}));
  std::vector<Resource> out;
  for (const Row& row : rows) {
    Cells cells(row, "grants");
    out.push_back(cells.resource());
    GH_TRYV(cells.finish());
  }
  return out;
}

}  // namespace gatehouse::store
