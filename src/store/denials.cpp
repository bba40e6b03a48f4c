#include "store/denials.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns =
    "credential, site, operation, reason, resource, resource_id, requests, first_at, last_at, request_id, hidden";
/// The request's decision is kept for a while only (DatabaseOptions::kept_decisions).
constexpr std::string_view kRequest =
    "COALESCE((SELECT k.request_id FROM kept_decisions k WHERE k.request_id = denials.request_id), '')";
/// In one statement: another node may store the same kind at the same time.
constexpr std::string_view kAddUp =
    "ON CONFLICT (credential, site, operation, reason, resource, resource_id, hidden) DO UPDATE SET requests = denials.requests "
    "+ "
    "excluded.requests, request_id = excluded.request_id, last_at = CASE WHEN excluded.last_at > denials.last_at THEN "
    "excluded.last_at ELSE denials.last_at END";

/// As somebody is told who does not read everything: one kind of what lies outside, or is not there.
std::string told_to(const Sight& sight, const std::function<std::string(const std::string&)>& bind) {
  const std::string alike = "PARTITION BY credential, site, operation, reason, resource, resource_id";
  return "(SELECT credential, site, operation, reason, resource, resource_id, last_at, request_id, "
         "CAST(SUM(requests) OVER (" +
         alike + ") AS BIGINT) AS requests, MIN(first_at) OVER (" + alike + ") AS first_at, ROW_NUMBER() OVER (" + alike +
         " ORDER BY last_at DESC, request_id) AS place FROM (SELECT credential, site, operation, requests, first_at, last_at, "
         "request_id, CASE WHEN hidden = 1 THEN 'outside_boundary' ELSE reason END AS reason, CASE WHEN hidden = 1 THEN '' ELSE "
         "resource END AS resource, CASE WHEN hidden = 1 THEN '' ELSE resource_id END AS resource_id FROM denials) AS told "
         "WHERE credential <> '' AND " +
         any_of(sight_of_denials(sight), bind) + ")";
}

using Kind = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string, bool>;

Kind kind_of(const Denial& one) {
  return {one.credential.value, one.site.value, one.operation, one.reason, one.resource, one.resource_id, one.hidden};
}

Result<std::int64_t> rows_of(Session& session, const CredentialId& credential) {
  GH_TRY(const auto row, session.row("SELECT CAST(COUNT(*) AS BIGINT) FROM denials WHERE credential = :p1", "i",
                                     {credential.value}, "A count has a row."));
  return std::get<std::int64_t>(row.front());
}

Result<bool> is_there(Session& session, const Denial& one) {
  GH_TRY(const auto row,
         session.row("SELECT CAST(COUNT(*) AS BIGINT) FROM denials WHERE credential = :p1 AND site = :p2 AND operation = :p3 AND "
                     "reason = :p4 AND resource = :p5 AND resource_id = :p6 AND hidden = " +
                         std::string(one.hidden ? "1" : "0"),
                     "i", {one.credential.value, one.site.value, one.operation, one.reason, one.resource, one.resource_id},
                     "A count has a row."));
  return std::get<std::int64_t>(row.front()) > 0;
}

/// The kinds with their counts, those beyond the bound folded, in the one order in which every node writes them.
Result<std::map<Kind, Denial>> folded(Session& session, const std::vector<Denial>& denials) {
  std::map<std::string, std::int64_t> rows, fresh;
  for (const Denial& one : denials) ++fresh[one.credential.value];
  for (const auto& [credential, count] : fresh) {
    GH_TRY(rows[credential], rows_of(session, CredentialId(credential)));
  }
  std::map<Kind, Denial> kinds;
  for (Denial one : denials) {
    std::int64_t& count = rows[one.credential.value];
    if (count + fresh[one.credential.value] > Denials::kMostRows && !kinds.contains(kind_of(one))) {
      GH_TRY(const bool known, is_there(session, one));
      if (!known && count >= Denials::kMostRows) {
        one.operation.clear();
        one.resource.clear();
        one.resource_id.clear();
      } else if (!known) {
        ++count;
        --fresh[one.credential.value];
      }
    }
    const auto [found, added] = kinds.try_emplace(kind_of(one), one);
    if (added) continue;
    found->second.count += one.count;
    found->second.first_at = std::min(found->second.first_at, one.first_at);
    found->second.last_at = std::max(found->second.last_at, one.last_at);
    found->second.request_id = one.request_id;
  }
  return kinds;
}

}  // namespace

Result<std::vector<Denial>> Denials::list(const Filter& filter, int limit) const {
  std::vector<Value> binds;
  const auto next = [&binds](const std::string& value) {
    binds.emplace_back(value);
    return ":p" + std::to_string(binds.size());
  };
  const std::string from = filter.sight ? told_to(*filter.sight, next) + " AS denials WHERE place = 1 AND " : "denials WHERE ";
  std::string sql = "SELECT credential, site, operation, reason, resource, resource_id, requests, first_at, last_at, " +
                    std::string(kRequest) + " FROM " + from +
                    "last_at >= " + std::to_string(filter.since.time_since_epoch().count());
  if (!filter.credential.empty()) sql += " AND credential = " + next(filter.credential.value);
  if (!filter.account.empty())
    sql += " AND credential IN (SELECT id FROM credentials WHERE account = " + next(filter.account.value) + ")";
  if (!filter.reason.empty()) sql += " AND reason = " + next(filter.reason);
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
  GH_TRY(const auto kinds, folded(session_, denials));
  for (const auto& [kind, one] : kinds) {
    Binds binds;
    binds.id(one.credential).id(one.site).text(one.operation).text(one.reason).text(one.resource).text(one.resource_id);
    binds.integer(one.count).instant(one.first_at).instant(one.last_at).text(one.request_id).integer(one.hidden ? 1 : 0);
    GH_TRYV(insert_plain(session_, "denials", kColumns, binds, kAddUp));
  }
  return success();
}

Result<void> Denials::forget(Instant now) {
  GH_TRYV(session_.run("DELETE FROM denials WHERE last_at < " + std::to_string((now - kKept).time_since_epoch().count())));
  return success();
}

}  // namespace gatehouse::store
