#include "store/usage.h"

#include <algorithm>

#include "store/places.h"
#include "store/rollups.h"
#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kLineColumns =
    "at, credential, secret, account, site, operation, resource, object_id, object_key, request_id, upstream_trace_id, status, "
    "address";
constexpr std::string_view kLineTypes = "ittttttttttit";
constexpr std::string_view kTickColumns =
    "credential, hour, site, operation, resource, outcome, address, user_agent, requests, last_at";
constexpr std::string_view kStoredTickColumns =
    "credential, hour, site, operation, resource, outcome, address, user_agent, requests, last_at, place, tool";
constexpr std::string_view kTickTypes = "tittttttii";

Result<WriteLine> read_line(const Row& row) {
  Cells cells(row, "write_lines");
  WriteLine line;
  line.at = cells.instant();
  line.credential = cells.id<CredentialId>();
  line.secret = cells.id<SecretId>();
  line.account = cells.id<AccountId>();
  line.site = cells.id<SiteId>();
  line.operation = cells.text();
  line.resource = cells.text();
  line.object_id = cells.text();
  line.object_key = cells.text();
  line.request_id = cells.text();
  line.upstream_trace_id = cells.text();
  line.status = static_cast<int>(cells.integer());
  line.address = cells.text();
  GH_TRYV(cells.finish());
  return line;
}

std::int64_t clamp_limit(int limit) { return std::clamp(limit, 1, 10000); }

Result<void> append_line(Session& session, const WriteLine& line) {
  Binds binds;
  binds.instant(line.at)
      .id(line.credential)
      .id(line.secret)
      .id(line.account)
      .id(line.site)
      .text(line.operation)
      .text(line.resource);
  binds.text(line.object_id)
      .text(line.object_key)
      .text(line.request_id)
      .text(line.upstream_trace_id)
      .integer(line.status)
      .text(line.address);
  return insert_plain(session, "write_lines", kLineColumns, binds, "ON CONFLICT DO NOTHING");
}

/// A tick of an hour that was rolled up already counts in the first that was not.
Binds binds_of(const UsageTick& tick, Instant open) {
  Binds binds;
  binds.id(tick.credential)
      .instant(std::max(tick.hour, open))
      .id(tick.site)
      .text(tick.operation)
      .text(tick.resource)
      .text(tick.outcome);
  binds.text(tick.address).text(tick.user_agent).integer(tick.count).instant(tick.last_at);
  binds.text(place_of(tick.address)).text(tool_of(tick.user_agent));
  return binds;
}

Result<void> append_ticks(Session& session, const std::vector<UsageTick>& ticks, Instant open) {
  std::vector<Binds> rows;
  rows.reserve(ticks.size());
  for (const UsageTick& tick : ticks) rows.push_back(binds_of(tick, open));
  return insert_each(
      session, "usage_ticks", kStoredTickColumns, rows,
      "ON CONFLICT (credential, hour, site, operation, resource, outcome, address, user_agent) DO UPDATE SET requests = "
      "usage_ticks.requests + excluded.requests, last_at = CASE WHEN excluded.last_at > usage_ticks.last_at THEN "
      "excluded.last_at ELSE usage_ticks.last_at END");
}

}  // namespace

Result<std::vector<WriteLine>> Usage::trace(const SiteId& site, const std::string& object, std::optional<Instant> until,
                                            int limit) const {
  const std::int64_t last = until ? until->time_since_epoch().count() : INT64_MAX;
  const std::string sql =
      "SELECT " + std::string(kLineColumns) +
      " FROM write_lines WHERE site = :p1 AND (object_id = :p2 OR object_key = :p3) AND at <= :p4 ORDER BY at DESC LIMIT :p5";
  GH_TRY(const auto rows, session_.rows(sql, kLineTypes, {site.value, object, object, last, clamp_limit(limit)}));
  std::vector<WriteLine> lines;
  for (const Row& row : rows) {
    GH_TRY(auto line, read_line(row));
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<WriteLine> Usage::write_by_request(const std::string& request_id) const {
  GH_TRY(const auto row,
         session_.row("SELECT " + std::string(kLineColumns) + " FROM write_lines WHERE request_id = :p1 ORDER BY object_id",
                      kLineTypes, {request_id}, "No write of that request is known."));
  return read_line(row);
}

Result<std::vector<UsageTick>> Usage::ticks(const CredentialId& credential, Instant from, int limit) const {
  std::string sql = "SELECT " + std::string(kTickColumns) + " FROM usage_ticks WHERE hour >= :p1";
  std::vector<Value> binds{from.time_since_epoch().count()};
  if (!credential.empty()) {
    sql += " AND credential = :p2";
    binds.emplace_back(credential.value);
  }
  sql += " ORDER BY hour DESC, last_at DESC LIMIT " + std::to_string(clamp_limit(limit));
  GH_TRY(const auto rows, session_.rows(sql, kTickTypes, binds));
  std::vector<UsageTick> ticks;
  for (const Row& row : rows) {
    Cells cells(row, "usage_ticks");
    UsageTick& tick = ticks.emplace_back();
    tick.credential = cells.id<CredentialId>();
    tick.hour = cells.instant();
    tick.site = cells.id<SiteId>();
    tick.operation = cells.text();
    tick.resource = cells.text();
    tick.outcome = cells.text();
    tick.address = cells.text();
    tick.user_agent = cells.text();
    tick.count = cells.integer();
    tick.last_at = cells.instant();
    GH_TRYV(cells.finish());
  }
  return ticks;
}

Result<std::optional<Instant>> Usage::last_used(const CredentialId& credential) const {
  GH_TRY(const auto rows,
         session_.rows("SELECT last_at FROM usage_ticks WHERE credential = :p1 ORDER BY hour DESC, last_at DESC LIMIT 1", "i",
                       {credential.value}));
  std::optional<Instant> last;
  if (!rows.empty()) last = Instant(Duration(std::get<std::int64_t>(rows.front().front())));
  if (last) return last;
  // Its ticks are past their retention.
  GH_TRY(const auto totals, session_.rows("SELECT last_at FROM usage_totals WHERE credential = :p1", "i", {credential.value}));
  if (!totals.empty()) last = Instant(Duration(std::get<std::int64_t>(totals.front().front())));
  return last;
}

Result<KeptDecision> Usage::decision(const std::string& request_id) const {
  GH_TRY(const auto row, session_.row("SELECT request_id, at, credential, content FROM kept_decisions WHERE request_id = :p1",
                                      "titt", {request_id}, "No decision of that request is kept; only the newest ones are."));
  Cells cells(row, "kept_decisions");
  KeptDecision kept;
  kept.request_id = cells.text();
  kept.at = cells.instant();
  kept.credential = cells.id<CredentialId>();
  kept.json = cells.text();
  GH_TRYV(cells.finish());
  return kept;
}

Result<void> Usage::append(const UsageBatch& batch, int kept_decisions) {
  for (const WriteLine& line : batch.writes) {
    GH_TRYV(append_line(session_, line));
  }
  if (!batch.ticks.empty()) {
    GH_TRY(const std::int64_t open, Rollups(session_).lock());
    GH_TRYV(append_ticks(session_, batch.ticks, Instant(Duration(open))));
  }
  for (const KeptDecision& kept : batch.decisions) {
    const Binds binds = Binds().text(kept.request_id).instant(kept.at).id(kept.credential).text(kept.json);
    GH_TRYV(insert_plain(session_, "kept_decisions", "request_id, at, credential, content", binds, "ON CONFLICT DO NOTHING"));
  }
  if (batch.decisions.empty()) return success();
  GH_TRYV(
      session_.run("DELETE FROM kept_decisions WHERE at < (SELECT at FROM kept_decisions ORDER BY at DESC LIMIT 1 OFFSET :p1)",
                   {static_cast<std::int64_t>(std::max(1, kept_decisions)) - 1}));
  return success();
}

}  // namespace gatehouse::store
