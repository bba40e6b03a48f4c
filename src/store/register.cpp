#include "store/register.h"

#include <algorithm>

#include "store/rollups.h"
#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr Table kCredentials{"external_credentials",
                             "credential, source, organization, upstream_id, holder_id, holder_name, holder_email, person, "
                             "status, made_at, last_active_at, imported_at, vanished_at",
                             "titttttitiiii", Aggregate::kCredential, "That credential is not an external one."};
constexpr Table kAccounts{"external_accounts",
                          "organization, upstream_id, account, email, name, status, imported_at, vanished_at", "ttttttii",
                          Aggregate::kAccount, ""};

/// "a = excluded.a, …" of all columns but the key.
std::string replaced(std::string_view columns, std::size_t keys) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t number = 0; at < columns.size(); ++number) {
    const std::size_t end = std::min(columns.find(", ", at), columns.size());
    const std::string column(columns.substr(at, end - at));
    if (number >= keys) out += (out.empty() ? "" : ", ") + column + " = excluded." + column;
    at = end + 2;
  }
  return out;
}

std::string select(const Table& table) { return "SELECT " + std::string(table.columns) + " FROM " + std::string(table.name); }

Result<ExternalCredential> read_credential(const Row& row) {
  Cells cells(row, kCredentials.name);
  ExternalCredential out;
  out.credential = cells.id<CredentialId>();
  out.source = cells.number(ExternalSource::kByHand, ExternalSource::kAtlassianCsv);
  out.organization = cells.text();
  out.upstream_id = cells.text();
  out.holder_id = cells.text();
  out.holder_name = cells.text();
  out.holder_email = cells.text();
  out.person = cells.boolean();
  out.status = cells.text();
  out.made_at = cells.optional_instant();
  out.last_active_at = cells.optional_instant();
  out.imported_at = cells.instant();
  out.vanished_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return out;
}

Result<ExternalAccount> read_account(const Row& row) {
  Cells cells(row, kAccounts.name);
  ExternalAccount out;
  out.organization = cells.text();
  out.upstream_id = cells.text();
  out.account = cells.id<AccountId>();
  out.email = cells.text();
  out.name = cells.text();
  out.status = cells.text();
  out.imported_at = cells.instant();
  out.vanished_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return out;
}

std::int64_t integer(const Row& row, std::size_t column) { return std::get<std::int64_t>(row[column]); }

std::optional<Instant> instant_or_none(std::int64_t stored) {
  return stored > 0 ? std::optional(Instant(Duration(stored))) : std::nullopt;
}

}  // namespace

Result<ExternalCredential> Register::get(const CredentialId& credential) const {
  GH_TRY(const auto row, session_.row(select(kCredentials) + " WHERE credential = :p1", kCredentials.types, {credential.value},
                                      kCredentials.absent));
  return read_credential(row);
}

Result<std::vector<ExternalCredential>> Register::list(const AccountId& account) const {
  const std::string of_account = " WHERE credential IN (SELECT id FROM credentials WHERE account = :p1)";
  const bool all = account.empty();
  GH_TRY(const auto rows, session_.rows(select(kCredentials) + (all ? "" : of_account) + " ORDER BY credential",
                                        kCredentials.types, all ? std::vector<Value>() : std::vector<Value>{account.value}));
  std::vector<ExternalCredential> out;
  for (const Row& row : rows) {
    GH_TRY(auto one, read_credential(row));
    out.push_back(std::move(one));
  }
  return out;
}

Result<void> Register::put(const ExternalCredential& external) {
  Binds binds;
  binds.id(external.credential).number(external.source).text(external.organization).text(external.upstream_id);
  binds.text(external.holder_id).text(external.holder_name).text(external.holder_email).integer(external.person ? 1 : 0);
  binds.text(external.status).optional_instant(external.made_at).optional_instant(external.last_active_at);
  binds.instant(external.imported_at).optional_instant(external.vanished_at);
  return insert_plain(session_, kCredentials.name, kCredentials.columns, binds,
                      "ON CONFLICT (credential) DO UPDATE SET " + replaced(kCredentials.columns, 1));
}

Result<std::vector<ExternalAccount>> Register::accounts() const {
  GH_TRY(const auto rows, session_.rows(select(kAccounts) + " ORDER BY organization, upstream_id", kAccounts.types));
  std::vector<ExternalAccount> out;
  for (const Row& row : rows) {
    GH_TRY(auto one, read_account(row));
    out.push_back(std::move(one));
  }
  return out;
}

Result<void> Register::put(const ExternalAccount& external) {
  Binds binds;
  binds.text(external.organization).text(external.upstream_id).id(external.account).text(external.email).text(external.name);
  binds.text(external.status).instant(external.imported_at).optional_instant(external.vanished_at);
  return insert_plain(session_, kAccounts.name, kAccounts.columns, binds,
                      "ON CONFLICT (organization, upstream_id) DO UPDATE SET " + replaced(kAccounts.columns, 2));
}

Result<AccountUsage> Register::usage(const AccountId& account, Instant now) const {
  GH_TRY(const Instant rolled_until, Rollups(session_).rolled_until());
  const std::string of_account = "credential IN (SELECT id FROM credentials WHERE account = :p1)";
  const std::int64_t mark = rolled_until.time_since_epoch().count();
  const std::int64_t month = (now - kMonth).time_since_epoch().count() / kDay * kDay;
  AccountUsage out;
  // Whole days, and the hours that are not in them yet.
  GH_TRY(const auto sums,
         session_.row("SELECT COALESCE(CAST(SUM(requests) AS BIGINT), 0), COALESCE(CAST(SUM(refused) AS BIGINT), 0), "
                      "COALESCE(CAST(SUM(failed) AS BIGINT), 0) FROM usage_days WHERE " +
                          of_account + " AND day >= :p2",
                      "iii", {account.value, month}, ""));
  GH_TRY(
      const auto fresh,
      session_.row("SELECT COALESCE(CAST(SUM(requests) AS BIGINT), 0), COALESCE(CAST(SUM(CASE WHEN outcome <> 'permitted' AND "
                   "NOT " +
                       std::string(kFailedOutcomes) + " THEN requests ELSE 0 END) AS BIGINT), 0), COALESCE(CAST(SUM(CASE WHEN " +
                       std::string(kFailedOutcomes) +
                       " THEN requests ELSE 0 END) AS BIGINT), 0), COALESCE(MIN(last_at), 0), COALESCE(MAX(last_at), 0) FROM "
                       "usage_ticks WHERE " +
                       of_account + " AND hour >= :p2",
                   "iiiii", {account.value, mark}, ""));
  GH_TRY(const auto totals,
         session_.row("SELECT COALESCE(MIN(first_at), 0), COALESCE(MAX(last_at), 0) FROM usage_totals WHERE " + of_account, "ii",
                      {account.value}, ""));
  out.requests = integer(sums, 0) + integer(fresh, 0);
  out.refused = integer(sums, 1) + integer(fresh, 1);
  out.failed = integer(sums, 2) + integer(fresh, 2);
  out.first_at = instant_or_none(integer(totals, 0) > 0 ? integer(totals, 0) : integer(fresh, 3));
  out.last_at = instant_or_none(std::max(integer(totals, 1), integer(fresh, 4)));
  GH_TRY(const auto hours, session_.rows("SELECT (hour / 3600000) % 24, CAST(SUM(requests) AS BIGINT) FROM usage_ticks WHERE " +
                                             of_account + " GROUP BY (hour / 3600000) % 24",
                                         "ii", {account.value}));
  for (const Row& row : hours) out.by_hour.at(static_cast<std::size_t>(integer(row, 0)) % 24) = integer(row, 1);
  return out;
}

}  // namespace gatehouse::store
