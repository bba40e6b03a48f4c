#include "store/judgements.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns = "credential, site, operation, outcome, resource, requests, first_at, last_at, request_id";
constexpr std::string_view kTypes = "tttttiiit";

}  // namespace

Result<std::vector<Judgement>> Judgements::list(const CredentialId& credential) const {
  std::string sql = "SELECT " + std::string(kColumns) + " FROM judgements";
  std::vector<Value> binds;
  if (!credential.empty()) {
    sql += " WHERE credential = :p1";
    binds.emplace_back(credential.value);
  }
  GH_TRY(const auto rows,
         session_.rows(sql + " ORDER BY credential, requests DESC, operation, outcome, resource", kTypes, binds));
  std::vector<Judgement> all;
  for (const Row& row : rows) {
    Cells cells(row, "judgements");
    Judgement& one = all.emplace_back();
    one.credential = cells.id<CredentialId>();
    one.site = cells.id<SiteId>();
    one.operation = cells.text();
    one.outcome = cells.text();
    one.resource = cells.text();
    one.count = cells.integer();
    one.first_at = cells.instant();
    one.last_at = cells.instant();
    one.request_id = cells.text();
    GH_TRYV(cells.finish());
  }
  return all;
}

Result<void> Judgements::append(const std::vector<Judgement>& judgements) {
  for (const Judgement& one : judgements) {
    GH_TRY(const auto rows, session_.row("SELECT CAST(COUNT(*) AS BIGINT) FROM judgements WHERE credential = :p1", "i",
                                         {one.credential.value}, "A count has a row."));
    const bool full = std::get<std::int64_t>(rows.front()) >= kMostRows;
    Binds binds;
    binds.id(one.credential).id(one.site).text(full ? std::string() : one.operation).text(one.outcome);
    binds.text(full ? std::string() : one.resource).integer(one.count).instant(one.first_at).instant(one.last_at);
    binds.text(one.request_id);
    GH_TRYV(
        insert_plain(session_, "judgements", kColumns, binds,
                     "ON CONFLICT (credential, site, operation, outcome, resource) DO UPDATE SET requests = "
                     "judgements.requests + excluded.requests, last_at = excluded.last_at, request_id = excluded.request_id"));
  }
  return success();
}

}  // namespace gatehouse::store
