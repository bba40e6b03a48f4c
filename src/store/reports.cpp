#include "store/reports.h"

#include <algorithm>
#include <map>

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::int64_t kDay = 24 * 3'600'000LL;
/// A token that is younger has had no time to be used.
constexpr std::int64_t kYoung = 7 * kDay;
/// A place is new for so long, where the token had been in use for as long before.
constexpr std::int64_t kNew = 7 * kDay;
/// A declared rhythm may be missed so often before it is drift.
constexpr int kMissed = 3;
constexpr int kMostDaysOfMonth = 20;
constexpr int kManyObjectsOfMonth = 50;

std::string number(std::int64_t value) { return std::to_string(value); }
std::int64_t count(Instant at) { return at.time_since_epoch().count(); }

constexpr std::size_t kIdsAtOnce = 500;
constexpr std::size_t kMostNamed = 50;

std::string names_of(std::size_t count) {
  std::string out;
  for (std::size_t i = 1; i <= count; ++i) out += (i == 1 ? ":p" : ", :p") + std::to_string(i);
  return out;
}

std::vector<Value> slice(const std::vector<std::string>& ids, std::size_t from, std::size_t to) {
  return {ids.begin() + static_cast<std::ptrdiff_t>(from), ids.begin() + static_cast<std::ptrdiff_t>(to)};
}

/// 1 where the user behind the alias is not suspended, 0 where there is none.
std::string live_user(std::string_view alias, std::int64_t now) {
  const std::string u(alias);
  return "(CASE WHEN " + u + ".state = 2 OR (" + u + ".state = 1 AND " + u + ".pause_until <= " + number(now) +
         ") THEN 1 ELSE 0 END)";
}

/// Not "IS NULL OR >": SQLite would look each row up through the index of ends, which takes ten times as long.
std::string not_ended(std::string_view alias, std::int64_t now) {
  return "COALESCE(" + std::string(alias) + ".expires_at, " + number(INT64_MAX) + ") > " + number(now);
}

std::string live_token(std::int64_t now) { return "c.state IN (1, 2) AND " + not_ended("c", now); }

std::string live_site_credential(std::int64_t now) { return "u.state IN (1, 2) AND " + not_ended("u", now); }

/// A bit where a condition holds.
std::string bit(std::int64_t value, const std::string& condition) {
  return "(CASE WHEN " + condition + " THEN " + number(value) + " ELSE 0 END)";
}

std::string person(std::string_view alias, std::int64_t now) {
  return "COALESCE(" + std::string(alias) + ".email, ''), " + live_user(alias, now);
}

constexpr std::string_view kSubjectTypes = "ittiittttiittitttititiiiitt";

/// The three sorts of subject as one list of columns, each to be followed by a list of ids.
std::string token_rows(std::int64_t now, std::int64_t month, std::int64_t mark) {
  const std::string fresh = "usage_ticks k WHERE k.credential = c.id AND k.hour >= " + number(mark);
  return "SELECT 1, c.id, c.name, c.kind, c.state, a.handle, a.id, '', '', c.expires_at, c.created_at, a.purpose, a.runs_in, "
         "a.criticality, a.docs_url, a.runbook_url, " +
         person("uo", now) + ", " + person("ua", now) + ", " + person("ud", now) + ", COALESCE((SELECT MAX(k.last_at) FROM " +
         fresh +
         "), t.last_at, 0), COALESCE((SELECT CAST(SUM(d.requests) AS BIGINT) FROM usage_days d WHERE d.credential = c.id AND "
         "d.day >= " +
         number(month) + "), 0) + COALESCE((SELECT CAST(SUM(k.requests) AS BIGINT) FROM " + fresh +
         "), 0), COALESCE(t.month_days, 0), c.scopes, c.role FROM credentials c JOIN accounts a ON a.id = c.account LEFT JOIN "
         "users "
         "uo ON uo.id = c.owner LEFT JOIN users ua ON ua.id = a.owner LEFT JOIN users ud ON ud.id = a.deputy LEFT JOIN "
         "usage_totals "
         "t ON t.credential = c.id WHERE c.id";
}

std::string account_rows(std::int64_t now) {
  return "SELECT 2, a.id, a.handle, 0, a.state, a.handle, a.id, '', '', CAST(NULL AS BIGINT), a.created_at, a.purpose, "
         "a.runs_in, "
         "a.criticality, a.docs_url, a.runbook_url, " +
         person("ua", now) + ", " + person("ua", now) + ", " + person("ud", now) +
         ", 0, 0, 0, '', '' FROM accounts a LEFT JOIN users ua ON ua.id = a.owner LEFT JOIN users ud ON ud.id = a.deputy WHERE "
         "a.id";
}

std::string site_credential_rows(std::int64_t now) {
  return "SELECT 3, u.id, s.key, 0, u.state, COALESCE(a.handle, ''), COALESCE(a.id, ''), s.key, s.id, u.expires_at, "
         "u.created_at, "
         "'', '', 3, '', '', " +
         person("uo", now) + ", '', 0, " + person("ud", now) +
         ", 0, 0, 0, '', '' FROM upstream_credentials u JOIN sites s ON s.id = u.site LEFT JOIN accounts a ON a.id = u.account "
         "LEFT "
         "JOIN users uo ON uo.id = u.owner LEFT JOIN users ud ON ud.id = u.deputy WHERE u.id";
}

PersonOf read_person(Cells& cells) {
  PersonOf person;
  person.email = cells.text();
  person.live = cells.boolean();
  return person;
}

Subject read_subject(Cells& cells) {
  Subject subject;
  subject.kind = cells.number(Subject::Kind::kToken, Subject::Kind::kSiteCredential);
  subject.id = cells.text();
  subject.name = cells.text();
  subject.credential_kind = static_cast<CredentialKind>(cells.integer());
  subject.state = cells.number(State::kRevoked, State::kArchived);
  subject.account = cells.text();
  subject.account_id = cells.text();
  subject.site = cells.text();
  subject.site_id = cells.text();
  subject.expires_at = cells.optional_instant();
  subject.created_at = cells.instant();
  subject.purpose = cells.text();
  subject.runs_in = cells.text();
  subject.criticality = cells.number(Criticality::kLow, Criticality::kHigh);
  subject.docs_url = cells.text();
  subject.runbook_url = cells.text();
  subject.owner = read_person(cells);
  subject.account_owner = read_person(cells);
  subject.deputy = read_person(cells);
  const Instant used = cells.instant();
  if (used > Instant{}) subject.last_used_at = used;
  subject.month_requests = cells.integer();
  subject.month_days = cells.integer();
  subject.scopes = cells.text();
  subject.role = cells.text();
  return subject;
}

/// Looks up what the findings of one kind are about, some hundred at once.
Result<void> describe(Session& session, const std::string& sql, Subject::Kind kind, std::vector<Finding>& findings) {
  std::map<std::string, std::vector<Finding*>> wanted;
  for (Finding& finding : findings) {
    if (finding.subject.kind == kind) wanted[finding.subject.id].push_back(&finding);
  }
  for (auto next = wanted.begin(); next != wanted.end();) {
    std::vector<Value> ids;
    for (; next != wanted.end() && ids.size() < kIdsAtOnce; ++next) ids.emplace_back(next->first);
    GH_TRY(const auto rows, session.rows(sql + " IN (" + names_of(ids.size()) + ")", kSubjectTypes, ids));
    for (const Row& row : rows) {
      Cells cells(row, "a report");
      const Subject subject = read_subject(cells);
      GH_TRYV(cells.finish());
      for (Finding* finding : wanted.at(subject.id)) finding->subject = subject;
    }
  }
  return success();
}

/// A condition on findings `f`; nothing where everything may be seen.
std::string seen_by(const std::optional<Sight>& sight, std::vector<Value>& binds) {
  if (!sight) return {};
  const auto bind = [&binds](const std::string& value) {
    binds.emplace_back(value);
    return ":p" + std::to_string(binds.size());
  };
  // One after the other: within one expression the names would be given in any order.
  std::string text = " WHERE (f.kind = 1 AND f.id IN (SELECT id FROM credentials WHERE ";
  text += any_of(sight_of_credentials(*sight), bind);
  text += ")) OR (f.kind = 2 AND f.id IN (SELECT id FROM accounts WHERE ";
  text += any_of(sight_of_accounts(*sight), bind);
  text += ")) OR (f.kind = 3 AND f.id IN (SELECT id FROM upstream_credentials WHERE owner = ";
  text += bind(sight->user.value);
  text += " OR deputy = ";
  text += bind(sight->user.value);
  return text + "))";
}

/// `found` is a SELECT of kind (as Subject::Kind), id, reasons, weight and note. It runs once; only what is listed is looked up.
Result<Findings> run(Session& session, const std::optional<Sight>& sight, Instant now, const std::string& found, int limit,
                     std::vector<Value> binds = {}) {
  GH_TRY(const Instant mark, Rollups(session).rolled_until());
  const std::string seen = seen_by(sight, binds);
  GH_TRY(const auto rows,
         session.rows("SELECT f.kind, f.id, f.reasons, f.weight, f.note, COUNT(*) OVER () FROM (" + found + ") f" + seen +
                          " ORDER BY f.weight DESC, f.id LIMIT " + number(std::clamp(limit, 1, 10'000)),
                      "itiiti", binds));
  Findings findings;
  for (const Row& row : rows) {
    Cells cells(row, "a report");
    Finding& finding = findings.items.emplace_back();
    finding.subject.kind = cells.number(Subject::Kind::kToken, Subject::Kind::kSiteCredential);
    finding.subject.id = cells.text();
    finding.reasons = cells.integer();
    finding.weight = cells.integer();
    finding.note = cells.text();
    findings.count = cells.integer();
    GH_TRYV(cells.finish());
  }
  const std::int64_t month = count(now - kMonth) / kDay * kDay;
  GH_TRYV(describe(session, token_rows(count(now), month, count(mark)), Subject::Kind::kToken, findings.items));
  GH_TRYV(describe(session, account_rows(count(now)), Subject::Kind::kAccount, findings.items));
  GH_TRYV(describe(session, site_credential_rows(count(now)), Subject::Kind::kSiteCredential, findings.items));
  return findings;
}

}  // namespace

Result<Findings> Reports::unused(Instant now, int limit) const {
  GH_TRY(const Instant mark, Rollups(session_).rolled_until());
  // What was used since the last roll-up is neither.
  const std::string silent =
      " AND NOT EXISTS (SELECT 1 FROM usage_ticks k WHERE k.credential = c.id AND k.hour >= " + number(count(mark)) + "))";
  const std::string never = "(t.credential IS NULL AND c.created_at < " + number(count(now) - kYoung) + silent;
  const std::string idle = "(t.last_at < " + number(count(now - kMonth)) + silent;
  return run(
      session_, sight_, now,
      "SELECT 1 AS kind, c.id AS id, " + bit(kNeverUsed, never) + " + " + bit(kIdle, idle) + " + " +
          bit(kUnusedScopes, "t.unused_scopes <> ''") + " + " + bit(kUnusedResources, "t.unused_resources <> ''") +
          " AS reasons, " + number(count(now)) +
          " - COALESCE(t.last_at, c.created_at) AS weight, COALESCE(t.unused_scopes, '') || '|' || "
          "COALESCE(t.unused_resources, '') AS note FROM credentials c LEFT JOIN usage_totals t ON t.credential = c.id WHERE " +
          live_token(count(now)) + " AND c.kind <> 4 AND (" + never + " OR " + idle +
          " OR t.unused_scopes <> '' OR t.unused_resources <> '')",
      limit);
}

Result<Findings> Reports::shared(Instant now, int limit) const {
  GH_TRY(const Instant mark, Rollups(session_).rolled_until());
  const std::string month = number(count(now - kMonth));
  const std::string seen =
      "SELECT credential, COUNT(*) AS consumers FROM usage_seen WHERE kind = 3 AND last_at >= " + month + " GROUP BY credential";
  const std::string new_ones =
      "SELECT f.credential, COUNT(*) FROM (SELECT DISTINCT credential, place, tool FROM usage_ticks WHERE hour >= " +
      number(count(mark)) +
      " AND credential <> '') f WHERE NOT EXISTS (SELECT 1 FROM usage_seen s WHERE s.credential = f.credential AND s.kind = 3 "
      "AND "
      "s.a = f.place AND s.b = f.tool AND s.last_at >= " +
      month + ") GROUP BY f.credential";
  return run(session_, sight_, now,
             "SELECT 1 AS kind, c.id AS id, 1 AS reasons, n.consumers AS weight, '' AS note FROM (SELECT o.credential, "
             "CAST(SUM(o.consumers) AS BIGINT) AS consumers FROM (" +
                 seen + " UNION ALL " + new_ones +
                 ") o GROUP BY o.credential HAVING SUM(o.consumers) > 1) n JOIN credentials c ON c.id = n.credential WHERE " +
                 live_token(count(now)),
             limit);
}

/// `last_at >= 0` always holds: with it SQLite takes the index that has everything that is asked for. CROSS JOIN keeps it from
/// beginning with the tokens, where few accounts say how often they call.
Result<Findings> Reports::drift(Instant now, int limit) const {
  GH_TRY(const Instant mark, Rollups(session_).rolled_until());
  const std::string since = number(count(now) - kNew), before = number(kNew), fresh = number(count(mark));
  const std::string places =
      "SELECT s.credential, s.a, s.b FROM usage_seen s JOIN usage_totals t ON t.credential = s.credential WHERE s.kind = 3 AND "
      "s.first_at >= " +
      since + " AND t.first_at < s.first_at - " + before +
      " UNION SELECT k.credential, k.place, k.tool FROM usage_ticks k JOIN usage_totals t ON t.credential = k.credential WHERE "
      "k.hour >= " +
      fresh + " AND t.first_at < k.last_at - " + before +
      " AND NOT EXISTS (SELECT 1 FROM usage_seen s WHERE s.credential = k.credential AND s.kind = 3 AND s.a = k.place AND s.b = "
      "k.tool AND s.last_at >= 0)";
  const std::string missed = number(count(now)) + " - " + std::to_string(kMissed) + " * a.expected_every";
  return run(
      session_, sight_, now,
      "SELECT 1 AS kind, c.id AS id, " + number(kNewPlace) + " AS reasons, COUNT(*) AS weight, '' AS note FROM (" + places +
          ") p JOIN credentials c ON c.id = p.credential WHERE " + live_token(count(now)) +
          " GROUP BY c.id UNION ALL SELECT 1, c.id, " + number(kBeyondDeclared) +
          ", 1, t.beyond FROM usage_totals t JOIN credentials c ON c.id = t.credential WHERE t.beyond <> '' AND " +
          live_token(count(now)) + " UNION ALL SELECT 2, a.id, " + number(kQuieterThanDeclared) +
          ", 0, '' FROM accounts a CROSS JOIN credentials c CROSS JOIN usage_totals t WHERE c.account = a.id AND t.credential = "
          "c.id "
          "AND a.expected_every IS NOT NULL AND (a.state = 2 OR (a.state = 1 AND a.pause_until <= " +
          number(count(now)) + ")) GROUP BY a.id, a.expected_every HAVING MAX(t.last_at) < " + missed +
          " AND NOT EXISTS (SELECT 1 FROM credentials e JOIN usage_ticks k ON k.credential = e.id WHERE e.account = a.id AND "
          "k.hour >= " +
          fresh + " AND k.last_at >= " + missed + ")",
      limit);
}

Result<Findings> Reports::orphans(Instant now, int limit) const {
  const std::int64_t n = count(now);
  const std::string owner = live_user("uo", n), account_owner = live_user("ua", n), deputy = live_user("ud", n);
  const std::string weight = " AS weight, '' AS note FROM ";
  return run(
      session_, sight_, now,
      "SELECT 1 AS kind, c.id AS id, " + number(kOwnerGone) + " + " + bit(kNobodyLeft, account_owner + " + " + deputy + " = 0") +
          " AS reasons, a.criticality" + weight +
          "credentials c JOIN accounts a ON a.id = c.account LEFT JOIN users uo ON uo.id = c.owner LEFT JOIN users ua ON "
          "ua.id = a.owner LEFT JOIN users ud ON ud.id = a.deputy WHERE " +
          live_token(n) + " AND " + owner + " = 0 UNION ALL SELECT 2, a.id, " + number(kOwnerGone) + " + " +
          bit(kNobodyLeft, deputy + " = 0") + ", a.criticality" + weight +
          "accounts a LEFT JOIN users ua ON ua.id = a.owner LEFT JOIN users ud ON ud.id = a.deputy WHERE a.state IN (1, 2) "
          "AND " +
          account_owner + " = 0 UNION ALL SELECT 3, u.id, " + bit(kNoOwner, "u.owner IS NULL") + " + " +
          bit(kOwnerGone, "u.owner IS NOT NULL") + " + " + bit(kNobodyLeft, deputy + " = 0") + ", 3" + weight +
          "upstream_credentials u LEFT JOIN users uo ON uo.id = u.owner LEFT JOIN users ud ON ud.id = u.deputy WHERE " +
          live_site_credential(n) + " AND " + owner + " = 0",
      limit);
}

Result<Findings> Reports::overdue(Instant now, std::optional<Duration> longest, int limit) const {
  const std::string rule = "COALESCE(c.rotate_every, a.rotate_every)";
  const std::string most = longest ? std::to_string(longest->count()) : std::string();
  const std::string period = longest ? "(CASE WHEN " + rule + " < " + most + " THEN " + rule + " ELSE " + most + " END)" : rule;
  const std::string due = "COALESCE(s.created_at, x.made_at, c.created_at) + " + period;
  return run(
      session_, sight_, now,
      "SELECT 1 AS kind, c.id AS id, 1 AS reasons, " + number(count(now)) + " - (" + due +
          ") AS weight, '' AS note FROM credentials c JOIN accounts a ON a.id = c.account LEFT JOIN secrets s ON s.credential = "
          "c.id AND s.state = 2 LEFT JOIN external_credentials x ON x.credential = c.id WHERE (s.id IS NOT NULL OR c.kind = 4) "
          "AND " +
          due + " <= " + number(count(now)) + " AND COALESCE(c.expires_at, " + number(INT64_MAX) + ") > " + due + " AND " +
          live_token(count(now)),
      limit);
}

Result<Findings> Reports::incomplete(Instant now, int limit) const {
  const std::string docs = "a.docs_url = ''", runbook = "a.runbook_url = ''", deputy = "a.deputy IS NULL";
  const std::string rotation = "(a.rotation_plan = '' AND a.rotate_every IS NULL)";
  const std::string purpose = "a.purpose = ''", place = "a.runs_in = ''";
  const std::string any =
      "(" + docs + " OR " + runbook + " OR " + deputy + " OR " + rotation + " OR " + purpose + " OR " + place + ")";
  return run(session_, sight_, now,
             "SELECT 2 AS kind, a.id AS id, " + bit(kNoDocs, docs) + " + " + bit(kNoRunbook, runbook) + " + " +
                 bit(kNoRotation, rotation) + " + " + bit(kNoDeputy, deputy) + " + " + bit(kNoPurpose, purpose) + " + " +
                 bit(kNoPlace, place) +
                 " AS reasons, a.criticality AS weight, '' AS note FROM accounts a WHERE a.state IN (1, 2) AND " + any +
                 " UNION ALL SELECT 3, u.id, " + bit(kNoExpiry, "u.expires_at IS NULL") + " + " +
                 bit(kNoDeputy, "u.deputy IS NULL") + ", 3, '' FROM upstream_credentials u WHERE " +
                 live_site_credential(count(now)) + " AND u.auth <> 1 AND (u.expires_at IS NULL OR u.deputy IS NULL)",
             limit);
}

Result<Findings> Reports::grown(Instant now, int limit) const {
  const std::string objects = "t.month_objects >= " + std::to_string(kManyObjectsOfMonth), second = "t.consumers >= 2";
  return run(
      session_, sight_, now,
      "SELECT 1 AS kind, c.id AS id, " + number(kMostDays) + " + " + bit(kManyObjects, objects) + " + " +
          bit(kSecondPlace, second) +
          " AS reasons, t.month_requests AS weight, t.month_days || ' ' || t.month_objects AS note FROM usage_totals t JOIN "
          "credentials c ON c.id = t.credential JOIN accounts a ON a.id = c.account WHERE t.month_days >= " +
          std::to_string(kMostDaysOfMonth) + " AND (" + objects + " OR " + second + ") AND a.criticality = 1 AND " +
          live_token(count(now)),
      limit);
}

Result<Findings> Reports::weak(Instant now, int limit) const {
  const std::string permanent = "c.expires_at IS NULL", relaxed = "c.relaxed_queries <> 0";
  const std::string whole = "c.id IN (SELECT b.credential FROM boundary_entries b WHERE b.resource_id = '*')";
  const std::string suspended = live_user("uo", count(now)) + " = 0";
  return run(session_, sight_, now,
             "SELECT 1 AS kind, w.id AS id, w.reasons AS reasons, w.weight AS weight, '' AS note FROM (SELECT c.id AS id, " +
                 bit(kPermanent, permanent) + " + " + bit(kWholeSite, whole) + " + " + bit(kOwnerSuspended, suspended) + " + " +
                 bit(kRelaxedQueries, relaxed) + " AS reasons, " + bit(1, permanent) + " + " + bit(1, whole) + " + " +
                 bit(1, suspended) + " + " + bit(1, relaxed) +
                 " AS weight FROM credentials c LEFT JOIN users uo ON uo.id = c.owner WHERE " + live_token(count(now)) +
                 " AND c.kind <> 4) w WHERE w.reasons <> 0",
             limit);
}

Result<Findings> Reports::wake(Instant now, const WakeWanted& wanted, int limit) const {
  std::string tokens = "c.state IN (1, 2)", upstream = "u.state IN (1, 2) AND u.auth <> 1";
  std::vector<Value> binds;
  // Names are bound by their place, so each use of a value is one of its own; the tokens' conditions stand first.
  const auto next = [&binds](const std::string& value) {
    binds.emplace_back(value);
    return ":p" + std::to_string(binds.size());
  };
  const std::string window = " > " + number(count(wanted.from)), end = " <= " + number(count(wanted.until));
  if (!wanted.what_if()) {
    tokens += " AND c.expires_at" + window + " AND c.expires_at" + end;
    upstream += " AND u.expires_at" + window + " AND u.expires_at" + end;
  } else {
    tokens += " AND (c.expires_at IS NULL OR c.expires_at" + window + ")";
    upstream += " AND (u.expires_at IS NULL OR u.expires_at" + window + ")";
  }
  if (!wanted.token.empty()) tokens += " AND c.id = " + next(wanted.token.value);
  if (!wanted.account.empty()) tokens += " AND c.account = " + next(wanted.account.value);
  if (!wanted.site.empty()) {
    tokens += " AND c.id IN (SELECT b.credential FROM boundary_entries b WHERE b.site = " + next(wanted.site.value) + ")";
  }
  if (!wanted.user.empty()) {
    // One after the other: within one expression the names would be given in any order.
    tokens += " AND c.id IN (SELECT id FROM credentials WHERE owner = " + next(wanted.user.value);
    for (const char* column : {"owner", "deputy"}) {
      tokens += " UNION SELECT e.id FROM accounts g JOIN credentials e ON e.account = g.id WHERE g." + std::string(column) +
                " = " + next(wanted.user.value);
    }
    tokens += ")";
  }
  if (!wanted.token.empty()) upstream += " AND 1 = 0";
  if (!wanted.account.empty()) upstream += " AND u.account = " + next(wanted.account.value);
  if (!wanted.site.empty()) upstream += " AND u.site = " + next(wanted.site.value);
  if (!wanted.user.empty()) {
    upstream += " AND (u.owner = " + next(wanted.user.value);
    upstream += " OR u.deputy = " + next(wanted.user.value) + ")";
  }
  const std::string never = number(INT64_MAX);
  return run(session_, sight_, now,
             "SELECT 1 AS kind, c.id AS id, 0 AS reasons, 0 - COALESCE(c.expires_at, " + never +
                 ") AS weight, '' AS note FROM credentials c WHERE " + tokens +
                 " UNION ALL SELECT 3, u.id, 0, 0 - COALESCE(u.expires_at, " + never +
                 "), '' FROM upstream_credentials u WHERE " + upstream,
             limit, binds);
}

Result<std::vector<Seen>> Reports::seen(const std::vector<std::string>& credentials) const {
  GH_TRY(const Instant mark, Rollups(session_).rolled_until());
  std::vector<Seen> all;
  const std::string from_ticks =
      ", MIN(last_at), MAX(last_at), CAST(SUM(requests) AS BIGINT), 1, 0 FROM usage_ticks WHERE hour >= " + number(count(mark)) +
      " AND credential IN (SELECT id FROM wanted)";
  for (std::size_t from = 0; from < credentials.size(); from += kIdsAtOnce) {
    const std::size_t to = std::min(credentials.size(), from + kIdsAtOnce);
    GH_TRY(const auto rows,
           session_.rows(
               "WITH wanted AS (SELECT id FROM credentials WHERE id IN (" + names_of(to - from) +
                   ")) SELECT credential, kind, a, b, sample, first_at, last_at, requests, days, hours FROM usage_seen WHERE "
                   "credential IN (SELECT id FROM wanted) UNION ALL SELECT credential, 1, site, operation, ''" +
                   from_ticks +
                   " AND operation <> '' AND outcome = 'permitted' GROUP BY credential, site, operation UNION ALL SELECT "
                   "credential, 2, site, resource, ''" +
                   from_ticks +
                   " AND resource <> '' AND outcome = 'permitted' GROUP BY credential, site, resource UNION ALL SELECT "
                   "credential, 3, place, tool, MAX(address || ' ' || user_agent)" +
                   from_ticks + " AND place <> '' GROUP BY credential, place, tool ORDER BY 1, 2, 3, 4, 7",
               "titttiiiii", slice(credentials, from, to)));
    for (const Row& row : rows) {
      Cells cells(row, "usage_seen");
      Seen seen;
      seen.credential = cells.id<CredentialId>();
      seen.kind = cells.number(SeenKind::kOperation, SeenKind::kConsumer);
      seen.a = cells.text();
      seen.b = cells.text();
      seen.sample = cells.text();
      seen.first_at = cells.instant();
      seen.last_at = cells.instant();
      seen.requests = cells.integer();
      seen.days = cells.integer();
      seen.hours = cells.integer();
      GH_TRYV(cells.finish());
      // The same thing before the mark and after it: rows of one thing stand next to each other, the older first.
      if (!all.empty() && all.back().credential == seen.credential && all.back().kind == seen.kind && all.back().a == seen.a &&
          all.back().b == seen.b) {
        Seen& known = all.back();
        known.last_at = std::max(known.last_at, seen.last_at);
        known.requests += seen.requests;
        known.sample = seen.sample;
        continue;
      }
      all.push_back(std::move(seen));
    }
  }
  return all;
}

Result<std::vector<std::pair<std::string, std::string>>> Reports::resources(const std::vector<std::string>& credentials) const {
  std::vector<std::pair<std::string, std::string>> all;
  for (std::size_t from = 0; from < credentials.size(); from += kIdsAtOnce) {
    const std::size_t to = std::min(credentials.size(), from + kIdsAtOnce);
    GH_TRY(
        const auto rows,
        session_.rows("SELECT b.credential, s.key || '/' || b.resource_key FROM boundary_entries b JOIN sites s ON s.id = b.site "
                      "WHERE b.credential IN (" +
                          names_of(to - from) + ") ORDER BY b.credential, b.position",
                      "tt", slice(credentials, from, to)));
    for (const Row& row : rows) all.emplace_back(std::get<std::string>(row[0]), std::get<std::string>(row[1]));
  }
  return all;
}

/// CROSS JOIN keeps SQLite from beginning with the accounts; to PostgreSQL it is a join like any other.
Result<std::vector<Reach>> Reports::reach(Instant now, const std::vector<std::string>& site_credentials) const {
  std::vector<Reach> all;
  for (std::size_t from = 0; from < site_credentials.size(); from += kIdsAtOnce) {
    const std::size_t to = std::min(site_credentials.size(), from + kIdsAtOnce);
    const std::string behind =
        "SELECT DISTINCT u.id AS id, c.account AS account, c.id AS credential FROM upstream_credentials u CROSS JOIN "
        "boundary_entries b CROSS JOIN credentials c WHERE u.id IN (" +
        names_of(to - from) +
        ") AND b.site = u.site AND c.id = b.credential AND (u.account IS NULL OR u.account = c.account) AND " +
        live_token(count(now));
    GH_TRY(const auto rows,
           session_.rows(
               "SELECT x.id, a.handle, x.tokens, x.requests FROM (SELECT d.id, d.account, COUNT(*) AS tokens, "
               "CAST(SUM(COALESCE(t.month_requests, 0)) AS BIGINT) AS requests FROM (" +
                   behind +
                   ") d LEFT JOIN usage_totals t ON t.credential = d.credential GROUP BY d.id, d.account) x JOIN accounts a "
                   "ON a.id = x.account ORDER BY 1, 4 DESC, 2",
               "ttii", slice(site_credentials, from, to)));
    for (const Row& row : rows) {
      const auto& id = std::get<std::string>(row[0]);
      if (all.empty() || all.back().site_credential != id) all.push_back({id, {}, 0, 0, 0});
      Reach& reach = all.back();
      if (reach.accounts.size() < kMostNamed) reach.accounts.push_back(std::get<std::string>(row[1]));
      ++reach.account_count;
      reach.tokens += std::get<std::int64_t>(row[2]);
      reach.month_requests += std::get<std::int64_t>(row[3]);
    }
  }
  return all;
}

Result<std::vector<Told>> Reports::told(const std::vector<std::string>& subjects) const {
  std::vector<Told> all;
  for (std::size_t from = 0; from < subjects.size(); from += kIdsAtOnce) {
    const std::size_t to = std::min(subjects.size(), from + kIdsAtOnce);
    GH_TRY(const auto rows,
           session_.rows(
               "WITH wanted AS (SELECT n.id, n.subject_id, x.acknowledged_by, x.acknowledged_at FROM notices n JOIN matters x "
               "ON x.id = n.matter WHERE n.subject_id IN (" +
                   names_of(to - from) +
                   ") AND x.topic = 'expiry' AND x.closed_at IS NULL) SELECT w.subject_id, COALESCE(u.email, ''), m.channel, "
                   "m.sent_at, 0 FROM wanted w JOIN messages m ON m.notice = w.id LEFT JOIN users u ON u.id = m.recipient WHERE "
                   "m.sent_at IS NOT NULL UNION SELECT w.subject_id, u.email, '', w.acknowledged_at, 1 FROM wanted w JOIN users "
                   "u ON u.id = w.acknowledged_by WHERE w.acknowledged_at IS NOT NULL ORDER BY 1, 4",
               "tttii", slice(subjects, from, to)));
    for (const Row& row : rows) {
      Cells cells(row, "messages");
      Told told;
      told.subject = cells.text();
      told.email = cells.text();
      told.channel = cells.text();
      told.at = cells.instant();
      told.acknowledged = cells.boolean();
      GH_TRYV(cells.finish());
      all.push_back(std::move(told));
    }
  }
  return all;
}

}  // namespace gatehouse::store
