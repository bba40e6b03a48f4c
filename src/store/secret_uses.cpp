#include "store/secret_uses.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kTable = "secret_uses";
constexpr std::string_view kColumns = "secret, dead, address, user_agent, credential, first_at, last_at, calls";
constexpr std::string_view kTypes = "titttiii";

/// Whether this place has a row already, or there is room for one more.
Result<bool> has_room(Session& session, const SecretUse& use) {
  const std::int64_t dead = use.dead ? 1 : 0;
  GH_TRY(const auto known,
         session.rows("SELECT calls FROM secret_uses WHERE secret = :p1 AND dead = :p2 AND address = :p3 AND user_agent = :p4",
                      "i", {use.secret.value, dead, use.address, use.user_agent}));
  if (!known.empty()) return true;
  GH_TRY(const auto row, session.row("SELECT CAST(COUNT(*) AS BIGINT) FROM secret_uses WHERE secret = :p1 AND dead = :p2", "i",
                                     {use.secret.value, dead}, "A count has no row."));
  return std::get<std::int64_t>(row.front()) < SecretUses::kMostPlaces;
}

}  // namespace

Result<std::vector<SecretUse>> SecretUses::of_credential(const CredentialId& credential) const {
  GH_TRY(const auto rows, session_.rows("SELECT " + std::string(kColumns) +
                                            " FROM secret_uses WHERE credential = :p1 ORDER BY last_at DESC, address, user_agent "
                                            "LIMIT 1000",
                                        kTypes, {credential.value}));
  std::vector<SecretUse> uses;
  for (const Row& row : rows) {
    Cells cells(row, kTable);
    SecretUse& use = uses.emplace_back();
    use.secret = cells.id<SecretId>();
    use.dead = cells.boolean();
    use.address = cells.text();
    use.user_agent = cells.text();
    use.credential = cells.id<CredentialId>();
    use.first_at = cells.instant();
    use.last_at = cells.instant();
    use.calls = cells.integer();
    GH_TRYV(cells.finish());
  }
  return uses;
}

Result<std::vector<CredentialId>> SecretUses::overlaps_ending(Instant after, Instant until) const {
  GH_TRY(const auto rows,
         session_.rows("SELECT DISTINCT credential FROM secrets WHERE state = 3 AND ends_at > :p1 AND ends_at <= :p2 ORDER BY "
                       "credential",
                       "t", {after.time_since_epoch().count(), until.time_since_epoch().count()}));
  std::vector<CredentialId> found;
  for (const Row& row : rows) found.emplace_back(std::get<std::string>(row.front()));
  return found;
}

Result<void> SecretUses::add(const std::vector<SecretUse>& uses) {
  for (const SecretUse& use : uses) {
    GH_TRY(const bool room, has_room(session_, use));
    Binds binds;
    binds.id(use.secret).integer(use.dead ? 1 : 0);
    binds.text(room ? use.address : std::string()).text(room ? use.user_agent : std::string());
    binds.id(use.credential).instant(use.first_at).instant(use.last_at).integer(use.calls);
    GH_TRYV(insert_plain(session_, kTable, kColumns, binds,
                         "ON CONFLICT (secret, dead, address, user_agent) DO UPDATE SET calls = secret_uses.calls + "
                         "excluded.calls, last_at = CASE WHEN excluded.last_at > secret_uses.last_at THEN excluded.last_at ELSE "
                         "secret_uses.last_at END"));
  }
  return success();
}

Result<void> SecretUses::forget(Instant oldest) {
  GH_TRYV(session_.run("DELETE FROM secret_uses WHERE last_at < :p1", {oldest.time_since_epoch().count()}));
  return success();
}

}  // namespace gatehouse::store
