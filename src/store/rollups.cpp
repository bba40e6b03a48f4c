#include "store/rollups.h"

#include <algorithm>
#include <map>

#include "store/denials.h"
#include "store/places.h"
#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;
/// Flushes come every ten seconds, but a slow one must not come after its hour was added.
constexpr std::int64_t kGrace = 2 * 60'000;
constexpr int kChunk = 500;
constexpr int kDropAtOnce = 5000;

std::string number(std::int64_t value) { return std::to_string(value); }
std::int64_t count(Instant at) { return at.time_since_epoch().count(); }
std::int64_t integer(const Row& row, std::size_t column) { return std::get<std::int64_t>(row[column]); }

/// Why a request did not do what was wanted, as two sums: refused by Gatehouse, or failed behind it.
std::string sums() {
  const std::string failed(kFailedOutcomes);
  return "CAST(SUM(requests) AS BIGINT), CAST(SUM(CASE WHEN outcome <> 'permitted' AND NOT " + failed +
         " THEN requests ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN " + failed + " THEN requests ELSE 0 END) AS BIGINT)";
}

std::string later(std::string_view table, std::string_view column) {
  const std::string old = std::string(table) + "." + std::string(column);
  const std::string added = "excluded." + std::string(column);
  return std::string(column) + " = CASE WHEN " + added + " > " + old + " THEN " + added + " ELSE " + old + " END";
}

/// The hour of the day and the day of the week, as bits; 1970-01-01 was a Thursday.
std::int64_t mask_of(std::int64_t hour) {
  const std::int64_t of_day = (hour / kHour) % 24;
  const std::int64_t of_week = (hour / kDay + 3) % 7;
  return (std::int64_t{1} << of_day) | (std::int64_t{1} << (24 + of_week));
}

/// `kind`, two columns, a sample and a condition on the ticks.
std::string seen_sql(SeenKind kind, const std::string& columns, const std::string& sample, const std::string& condition,
                     std::int64_t hour) {
  const std::string day = number(kDay);
  return "INSERT INTO usage_seen (credential, kind, a, b, sample, first_at, last_at, requests, days, hours) SELECT credential, " +
         number(static_cast<std::int64_t>(kind)) + ", " + columns + ", " + sample +
         ", MIN(last_at), MAX(last_at), CAST(SUM(requests) AS BIGINT), 1, " + number(mask_of(hour)) +
         " FROM usage_ticks WHERE hour = " + number(hour) + " AND credential <> '' AND " + condition + " GROUP BY credential, " +
         columns +
         " ON CONFLICT (credential, kind, a, b) DO UPDATE SET sample = excluded.sample, requests = usage_seen.requests + "
         "excluded.requests, days = usage_seen.days + CASE WHEN excluded.last_at / " +
         day + " > usage_seen.last_at / " + day + " THEN 1 ELSE 0 END, hours = usage_seen.hours | excluded.hours, " +
         later("usage_seen", "last_at");
}

}  // namespace

Result<Instant> Rollups::rolled_until() const {
  GH_TRY(const auto row, session_.row("SELECT rolled_until FROM usage_state WHERE id = 1", "i", {}, "There is no usage state."));
  return Instant(Duration(integer(row, 0)));
}

Result<std::int64_t> Rollups::lock() const {
  GH_TRYV(session_.run("UPDATE usage_state SET flushes = flushes + 1 WHERE id = 1"));
  GH_TRY(const Instant until, rolled_until());
  return count(until);
}

Result<void> Rollups::add_totals(std::int64_t hour, std::int64_t day) const {
  const std::string h = number(hour), d = number(kDay);
  GH_TRYV(session_.run(
      "INSERT INTO usage_days (credential, day, requests, refused, failed, last_at) SELECT credential, " + number(day) + ", " +
      sums() + ", MAX(last_at) FROM usage_ticks WHERE hour = " + h +
      " GROUP BY credential ON CONFLICT (credential, day) DO UPDATE SET requests = usage_days.requests + excluded.requests, "
      "refused = usage_days.refused + excluded.refused, failed = usage_days.failed + excluded.failed, " +
      later("usage_days", "last_at")));
  GH_TRYV(session_.run(
      "INSERT INTO usage_totals (credential, first_at, last_at, permitted_at, requests, days, month_days, month_requests, "
      "month_refused, month_failed, month_objects, consumers, unused_scopes, unused_resources, beyond) SELECT credential, "
      "MIN(last_at), "
      "MAX(last_at), MAX(CASE WHEN outcome = 'permitted' THEN last_at ELSE 0 END), CAST(SUM(requests) AS BIGINT), 1, 0, 0, 0, 0, "
      "0, 0, '', '', '' FROM usage_ticks WHERE hour = " +
      h +
      " GROUP BY credential ON CONFLICT (credential) DO UPDATE SET requests = usage_totals.requests + excluded.requests, days = "
      "usage_totals.days + CASE WHEN excluded.last_at / " +
      d + " > usage_totals.last_at / " + d + " THEN 1 ELSE 0 END, " + later("usage_totals", "permitted_at") + ", " +
      later("usage_totals", "last_at")));
  return success();
}

Result<void> Rollups::add_seen(std::int64_t hour) const {
  GH_TRYV(
      session_.run(seen_sql(SeenKind::kOperation, "site, operation", "''", "operation <> '' AND outcome = 'permitted'", hour)));
  GH_TRYV(session_.run(seen_sql(SeenKind::kResource, "site, resource", "''", "resource <> '' AND outcome = 'permitted'", hour)));
  GH_TRYV(session_.run(seen_sql(SeenKind::kConsumer, "place, tool", "MAX(address || ' ' || user_agent)", "place <> ''", hour)));
  return success();
}

Result<void> Rollups::add_hour(std::int64_t hour) const {
  GH_TRYV(add_totals(hour, hour / kDay * kDay));
  return add_seen(hour);
}

Result<bool> Rollups::roll_up_hour(Instant now) {
  GH_TRY(const std::int64_t until, lock());
  GH_TRY(const auto row, session_.row("SELECT COALESCE(MIN(hour), -1) FROM usage_ticks WHERE hour >= " + number(until), "i", {},
                                      "There is no usage."));
  const std::int64_t hour = integer(row, 0);
  if (hour < 0 || hour + kHour + kGrace > count(now)) return false;
  GH_TRYV(add_hour(hour));
  GH_TRYV(session_.run("UPDATE usage_state SET rolled_until = " + number(hour + kHour) + " WHERE id = 1"));
  return true;
}

Result<void> Rollups::refresh_range(Instant now, const Retention& retention, const std::string& after,
                                    const std::string& last) const {
  const std::string range = "credential > :p1 AND credential <= :p2";
  const std::vector<Value> binds{after, last};
  const std::int64_t month = count(now - kMonth), kept = count(now - retention.days);
  GH_TRYV(session_.run("DELETE FROM usage_days WHERE " + range + " AND day < " + number(kept), binds));
  GH_TRYV(session_.run("DELETE FROM usage_seen WHERE " + range + " AND last_at < " + number(kept), binds));
  GH_TRYV(fold(after, last));
  GH_TRYV(session_.run(
      "UPDATE usage_totals SET (month_days, month_requests, month_refused, month_failed) = (SELECT COUNT(*), "
      "COALESCE(CAST(SUM(requests) AS BIGINT), 0), COALESCE(CAST(SUM(refused) AS BIGINT), 0), COALESCE(CAST(SUM(failed) AS "
      "BIGINT), 0) FROM usage_days WHERE usage_days.credential = usage_totals.credential AND day >= " +
          number(month / kDay * kDay) +
          // A request that knows keys and ids of what it wrote has lines of both; they are the same objects.
          "), month_objects = (SELECT COUNT(DISTINCT object_key) FROM write_lines WHERE write_lines.credential = "
          "usage_totals.credential AND object_key <> '' AND at >= " +
          number(month) +
          ") + (SELECT COUNT(DISTINCT object_id) FROM write_lines l WHERE l.credential = usage_totals.credential AND "
          "l.object_key = '' "
          "AND l.at >= " +
          number(month) +
          " AND NOT EXISTS (SELECT 1 FROM write_lines k WHERE k.request_id = l.request_id AND k.object_key <> '')"
          "), consumers = (SELECT COUNT(*) FROM usage_seen WHERE usage_seen.credential = usage_totals.credential AND kind = 3 "
          "AND "
          "last_at >= " +
          number(month) + ") WHERE " + range,
      binds));
  return success();
}

/// What is beyond the newest kMostSeen of a kind becomes one row, so that a runner with a new address each day stays bounded.
Result<void> Rollups::fold(const std::string& after, const std::string& last) const {
  GH_TRY(
      const auto crowds,
      session_.rows("SELECT credential, kind FROM usage_seen WHERE credential > :p1 AND credential <= :p2 GROUP BY credential, "
                    "kind HAVING COUNT(*) > " +
                        number(kMostSeen),
                    "ti", {after, last}));
  const std::string others(kOthers);
  for (const Row& crowd : crowds) {
    const std::vector<Value> which{crowd[0], crowd[1]};
    GH_TRY(const auto mark, session_.row("SELECT last_at FROM usage_seen WHERE credential = :p1 AND kind = :p2 AND a <> '" +
                                             others + "' ORDER BY last_at DESC LIMIT 1 OFFSET " + number(kMostSeen - 2),
                                         "i", which, "There is no row to fold."));
    const std::string old = "credential = :p1 AND kind = :p2 AND a <> '" + others + "' AND last_at < " + number(integer(mark, 0));
    GH_TRYV(session_.run(
        "INSERT INTO usage_seen (credential, kind, a, b, sample, first_at, last_at, requests, days, hours) SELECT credential, "
        "kind, "
        "'" +
            others + "', '" + others +
            "', '', MIN(first_at), MAX(last_at), CAST(SUM(requests) AS BIGINT), MAX(days), MAX(hours) "
            "FROM usage_seen WHERE " +
            old +
            " GROUP BY credential, kind ON CONFLICT (credential, kind, a, b) DO UPDATE SET requests = usage_seen.requests + "
            "excluded.requests, hours = usage_seen.hours | excluded.hours, " +
            later("usage_seen", "days") + ", " + later("usage_seen", "last_at"),
        which));
    GH_TRYV(session_.run("DELETE FROM usage_seen WHERE " + old, which));
  }
  return success();
}

/// Of live tokens: what a dead one could have done without helps nobody.
Result<void> Rollups::compare_range(Instant now, const Repositories& at, const std::string& after, const std::string& last,
                                    const Compare& compare) const {
  const std::vector<Value> binds{after, last};
  GH_TRY(const auto rows,
         session_.rows(
             "SELECT t.credential, t.first_at, t.unused_scopes, t.unused_resources, t.beyond, s.kind, s.a, s.b, s.requests FROM "
             "usage_totals t JOIN credentials c ON c.id = t.credential LEFT JOIN usage_seen s ON s.credential = t.credential AND "
             "s.kind IN (1, 2) WHERE c.state IN (1, 2) AND COALESCE(c.expires_at, " +
                 number(INT64_MAX) + ") > " + number(count(now)) +
                 " AND t.credential > :p1 AND t.credential <= :p2 ORDER BY t.credential",
             "titttitti", binds));
  SeenOfCredential one;
  Compared before;
  const auto decide = [&]() -> Result<void> {
    if (one.credential.empty()) return success();
    GH_TRY(const Compared found, compare(at, one));
    if (found == before) return success();
    GH_TRYV(
        session_.run("UPDATE usage_totals SET unused_scopes = :p1, unused_resources = :p2, beyond = :p3 WHERE credential = :p4",
                     {found.unused_scopes, found.unused_resources, found.beyond, one.credential.value}));
    return success();
  };
  for (const Row& row : rows) {
    const auto& id = std::get<std::string>(row[0]);
    if (id != one.credential.value) {
      GH_TRYV(decide());
      one = {CredentialId(id), Instant(Duration(integer(row, 1))), {}};
      before = {std::get<std::string>(row[2]), std::get<std::string>(row[3]), std::get<std::string>(row[4])};
    }
    if (!std::holds_alternative<std::int64_t>(row[5])) continue;
    Seen& seen = one.seen.emplace_back();
    seen.credential = one.credential;
    seen.kind = static_cast<SeenKind>(integer(row, 5));
    seen.a = std::get<std::string>(row[6]);
    seen.b = std::get<std::string>(row[7]);
    seen.requests = integer(row, 8);
  }
  return decide();
}

Result<bool> Rollups::refresh(Instant now, const Retention& retention, const Repositories& at, const Compare& compare) {
  GH_TRYV(lock());
  const std::int64_t today = count(now) / kDay * kDay;
  GH_TRY(const auto state,
         session_.row("SELECT refreshed_day, refresh_after FROM usage_state WHERE id = 1", "it", {}, "There is no usage state."));
  if (integer(state, 0) == today) return true;
  const auto& after = std::get<std::string>(state[1]);
  GH_TRY(const auto rows,
         session_.rows("SELECT credential FROM usage_totals WHERE credential > :p1 ORDER BY credential LIMIT " + number(kChunk),
                       "t", {after}));
  if (rows.empty()) {
    GH_TRYV(session_.run("UPDATE usage_state SET refreshed_day = " + number(today) + ", refresh_after = '' WHERE id = 1"));
    return true;
  }
  const auto& last = std::get<std::string>(rows.back()[0]);
  GH_TRYV(refresh_range(now, retention, after, last));
  GH_TRYV(compare_range(now, at, after, last, compare));
  GH_TRYV(session_.run("UPDATE usage_state SET refresh_after = :p1 WHERE id = 1", {last}));
  return false;
}

Result<std::vector<DayOfUse>> Rollups::days_of(const std::vector<std::string>& credentials, Instant from, Instant to) const {
  constexpr std::size_t kAtOnce = 500;
  GH_TRY(const Instant mark, rolled_until());
  const std::string window = " >= " + number(count(from)), end = " < " + number(count(to)), day = number(kDay);
  std::map<std::int64_t, DayOfUse> days;
  for (std::size_t first = 0; first < credentials.size(); first += kAtOnce) {
    std::vector<Value> binds;
    std::string names;
    for (std::size_t i = first; i < std::min(credentials.size(), first + kAtOnce); ++i) {
      binds.emplace_back(credentials[i]);
      names += (names.empty() ? ":p" : ", :p") + std::to_string(binds.size());
    }
    GH_TRY(const auto rows,
           session_.rows(
               "WITH wanted AS (SELECT id FROM credentials WHERE id IN (" + names +
                   ")) SELECT day, CAST(SUM(requests) AS BIGINT), CAST(SUM(refused) AS BIGINT), CAST(SUM(failed) AS BIGINT) "
                   "FROM usage_days WHERE credential IN (SELECT id FROM wanted) AND day" +
                   window + " AND day" + end + " GROUP BY day UNION ALL SELECT hour / " + day + " * " + day + ", " + sums() +
                   " FROM usage_ticks WHERE credential IN (SELECT id FROM wanted) AND hour >= " + number(count(mark)) +
                   " AND hour" + window + " AND hour" + end + " GROUP BY hour / " + day + " * " + day,
               "iiii", binds));
    for (const Row& row : rows) {
      DayOfUse& one = days[integer(row, 0)];
      one.day = Instant(Duration(integer(row, 0)));
      one.requests += integer(row, 1);
      one.refused += integer(row, 2);
      one.failed += integer(row, 3);
    }
  }
  std::vector<DayOfUse> all;
  for (const auto& [at, one] : days) all.push_back(one);
  return all;
}

Result<bool> Rollups::drop_old(Instant now, const Retention& retention) {
  GH_TRY(const std::int64_t until, lock());
  const std::int64_t oldest = std::min(until, count(now - retention.hours));
  GH_TRY(const auto row, session_.row("SELECT COALESCE(MIN(hour), -1) FROM usage_ticks WHERE hour < " + number(oldest), "i", {},
                                      "There is no usage."));
  const std::int64_t hour = integer(row, 0);
  if (hour >= 0) {
    GH_TRYV(session_.run("DELETE FROM usage_ticks WHERE hour = " + number(hour)));
  }
  GH_TRYV(Denials(session_).forget(now));
  GH_TRY(const std::int64_t lines,
         session_.run("DELETE FROM write_lines WHERE request_id IN (SELECT request_id FROM write_lines WHERE at < " +
                      number(count(now - retention.writes)) + " ORDER BY at LIMIT " + number(kDropAtOnce) + ")"));
  return hour < 0 && lines < kDropAtOnce;
}

}  // namespace gatehouse::store
