#include "store/denials.h"

#include <algorithm>

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns =
    "credential, site, operation, reason, resource, resource_id, requests, first_at, last_at, request_id";
/// The request's decision is kept for a while only (DatabaseOptions::kept_decisions).
constexpr std::string_view kRequest =
    "COALESCE((SELECT k.request_id FROM kept_decisions k WHERE k.request_id = denials.request_id), '')";

/// How many rows were of that kind: one or none.
Result<std::int64_t> add_to(Session& session, const Denial& one) {
  return session.run(
      "UPDATE denials SET requests = requests + :p1, last_at = :p2, request_id = :p3, resource_id = :p4 WHERE credential = :p5 "
      "AND "
      "site = :p6 AND operation = :p7 AND reason = :p8 AND resource = :p9",
      {one.count, one.last_at.time_since_epoch().count(), one.request_id, one.resource_id, one.credential.value, one.site.value,
       one.operation, one.reason, one.resource});
}

}  // namespace

Result<std::vector<Denial>> Denials::list(const Filter& filter, int limit) const {
  std::vector<Value> binds;
  const auto next = [&binds](const std::string& value) {
    binds.emplace_back(value);
    return ":p" + std::to_string(binds.size());
  };
  std::string sql = "SELECT credential, site, operation, reason, resource, resource_id, requests, first_at, last_at, " +
                    std::string(kRequest) +
                    " FROM denials WHERE last_at >= " + std::to_string(filter.since.time_since_epoch().count());
  if (!filter.credential.empty()) sql += " AND credential = " + next(filter.credential.value);
  if (!filter.account.empty())
    sql += " AND credential IN (SELECT id FROM credentials WHERE account = " + next(filter.account.value) + ")";
  if (!filter.reason.empty()) sql += " AND reason = " + next(filter.reason);
  if (filter.sight) sql += " AND credential <> '' AND " + any_of(sight_of_denials(*filter.sight), next);
  sql += " ORDER BY last_at DESC, credential, operation, reason, resource LIMIT " + std::to_string(std::clamp(limit, 1, 1000));
  GH_TRY(const auto rows, session_.rows(sql, "ttttttiiit", binds));
  std::vector<Denial> all;
  for (const Row& row : rows) {
    Cells cells(row, "denials");
    Denial& one = all.emplace_back();
    one.credential = cells.id<CredentialId>();
    one.site = cells.id<SiteId>();
    one.operation = cells.text();
    one.reason = cells.text();
    one.resource = cells.text();
    one.resource_id = cells.text();
    one.count = cells.integer();
    one.first_at = cells.instant();
    one.last_at = cells.instant();
    one.request_id = cells.text();
    GH_TRYV(cells.finish());
  }
  return all;
}

Result<void> Denials::append(const std::vector<Denial>& denials) {
  for (const Denial& one : denials) {
    GH_TRY(const std::int64_t known, add_to(session_, one));
    if (known > 0) continue;
    GH_TRY(const auto row, session_.row("SELECT CAST(COUNT(*) AS BIGINT) FROM denials WHERE credential = :p1", "i",
                                        {one.credential.value}, "A count has a row."));
    Denial fresh = one;
    if (std::get<std::int64_t>(row.front()) >= kMostRows) {
      fresh.operation.clear();
      fresh.resource.clear();
      fresh.resource_id.clear();
      GH_TRY(const std::int64_t folded, add_to(session_, fresh));
      if (folded > 0) continue;
    }
    Binds binds;
    binds.id(fresh.credential).id(fresh.site).text(fresh.operation).text(fresh.reason).text(fresh.resource);
    binds.text(fresh.resource_id).integer(fresh.count).instant(fresh.first_at).instant(fresh.last_at).text(fresh.request_id);
    GH_TRYV(insert_plain(session_, "denials", kColumns, binds));
  }
  return success();
}

Result<void> Denials::forget(Instant now) {
  GH_TRYV(session_.run("DELETE FROM denials WHERE last_at < " + std::to_string((now - kKept).time_since_epoch().count())));
  return success();
}

}  // namespace gatehouse::store
