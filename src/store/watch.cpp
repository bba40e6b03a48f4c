#include "store/watch.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

std::int64_t number(Instant at) { return at.time_since_epoch().count(); }

template <class T, class Read>
Result<std::vector<T>> read_all(Result<std::vector<Row>> rows, const Read& read) {
  GH_TRYV(rows);
  std::vector<T> all;
  all.reserve(rows.value().size());
  for (const Row& row : rows.value()) {
    Cells cells(row, "usage");
    all.push_back(read(cells));
    GH_TRYV(cells.finish());
  }
  return all;
}

/// MAX of no rows is one row of NULL.
std::optional<Instant> only_instant(const std::vector<Row>& rows) {
  if (rows.empty() || !std::holds_alternative<std::int64_t>(rows.front().front())) return std::nullopt;
  return Instant(Duration(std::get<std::int64_t>(rows.front().front())));
}

}  // namespace

Result<std::vector<Watch::Outcome>> Watch::outcomes(Instant from, int limit) const {
  return read_all<Outcome>(
      session_.rows("SELECT credential, site, operation, outcome, SUM(requests), MAX(last_at), MAX(address) FROM usage_ticks "
                    "WHERE hour >= :p1 AND credential <> '' GROUP BY credential, site, operation, outcome "
                    "ORDER BY credential, site, operation, outcome LIMIT :p2",
                    "ttttiit", {number(from), static_cast<std::int64_t>(limit)}),
      [](Cells& cells) {
        Outcome one;
        one.credential = cells.id<CredentialId>();
        one.site = cells.id<SiteId>();
        one.operation = cells.text();
        one.outcome = cells.text();
        one.requests = cells.integer();
        one.last_at = cells.instant();
        one.address = cells.text();
        return one;
      });
}

Result<std::optional<Instant>> Watch::last_permitted(const CredentialId& credential, const std::string& operation) const {
  GH_TRY(const auto rows, session_.rows("SELECT MAX(last_at) FROM usage_ticks WHERE credential = :p1 AND operation = :p2 AND "
                                        "outcome = 'permitted'",
                                        "i", {credential.value, operation}));
  return only_instant(rows);
}

Result<std::vector<Watch::NewPlace>> Watch::new_places(Instant from, int limit) const {
  // What was seen is added up hour by hour; who is not there yet is new altogether and has no old place. "+ 0": by the
  // credential, not by the index of first_at, which holds the places of all credentials and is where SQLite would look, for each
  // tick.
  return read_all<NewPlace>(
      session_.rows("SELECT t.credential, t.place, MAX(t.address), MAX(t.user_agent) FROM usage_ticks t "
                    "WHERE t.hour >= :p1 AND t.credential <> '' AND t.place <> '' AND t.place <> 'others' "
                    "AND EXISTS (SELECT 1 FROM usage_seen old WHERE old.credential = t.credential AND old.kind = 3 "
                    "AND old.first_at + 0 < :p2) "
                    "AND NOT EXISTS (SELECT 1 FROM usage_seen s WHERE s.credential = t.credential AND s.kind = 3 "
                    "AND s.a = t.place AND s.first_at + 0 < :p3) "
                    "GROUP BY t.credential, t.place ORDER BY t.credential, t.place LIMIT :p4",
                    "tttt", {number(from), number(from), number(from), static_cast<std::int64_t>(limit)}),
      [](Cells& cells) {
        NewPlace one;
        one.credential = cells.id<CredentialId>();
        one.place = cells.text();
        one.address = cells.text();
        one.user_agent = cells.text();
        return one;
      });
}

Result<std::vector<Watch::DeadUse>> Watch::dead_uses(Instant from, int limit) const {
  return read_all<DeadUse>(
      session_.rows("SELECT credential, secret, address, user_agent, last_at FROM secret_uses WHERE dead = 1 "
                    "AND last_at >= :p1 ORDER BY last_at, secret LIMIT :p2",
                    "tttti", {number(from), static_cast<std::int64_t>(limit)}),
      [](Cells& cells) {
        DeadUse one;
        one.credential = cells.id<CredentialId>();
        one.secret = cells.id<SecretId>();
        one.address = cells.text();
        one.user_agent = cells.text();
        one.last_at = cells.instant();
        return one;
      });
}

Result<std::vector<Watch::Quiet>> Watch::quiet_accounts(Instant since, Instant now, int limit) const {
  return read_all<Quiet>(
      // A pause whose end has passed is over, whatever the state says.
      session_.rows(
          "SELECT a.id, a.handle, a.expected_every, MAX(u.last_at) FROM usage_totals u "
          "JOIN credentials c ON c.id = u.credential JOIN accounts a ON a.id = c.account WHERE "
          "(a.state = 2 OR (a.state = 1 AND a.pause_until <= :p1)) "
          "AND (c.state = 2 OR (c.state = 1 AND c.pause_until <= :p2)) AND (c.expires_at IS NULL OR c.expires_at > :p3) "
          "GROUP BY a.id, a.handle, a.expected_every HAVING MAX(u.last_at) >= :p4 ORDER BY a.id LIMIT :p5",
          "ttii", {number(now), number(now), number(now), number(since), static_cast<std::int64_t>(limit)}),
      [](Cells& cells) {
        Quiet one;
        one.account = cells.id<AccountId>();
        one.handle = cells.text();
        one.expected_every = cells.optional_duration();
        one.last_at = cells.instant();
        return one;
      });
}

Result<std::map<AccountId, Instant>> Watch::fresh_uses() const {
  GH_TRY(
      const auto rows,
      session_.rows("SELECT c.account, MAX(t.last_at) FROM usage_ticks t JOIN credentials c ON c.id = t.credential WHERE t.hour "
                    ">= (SELECT rolled_until FROM usage_state WHERE id = 1) GROUP BY c.account",
                    "ti"));
  std::map<AccountId, Instant> uses;
  for (const Row& row : rows)
    uses.emplace(AccountId(std::get<std::string>(row[0])), Instant(Duration(std::get<std::int64_t>(row[1]))));
  return uses;
}

Result<std::optional<Instant>> Watch::account_last_used(const AccountId& account) const {
  GH_TRY(const auto ticks, session_.rows("SELECT MAX(t.last_at) FROM usage_ticks t JOIN credentials c ON c.id = t.credential "
                                         "WHERE c.account = :p1",
                                         "i", {account.value}));
  GH_TRY(const auto totals, session_.rows("SELECT MAX(u.last_at) FROM usage_totals u JOIN credentials c ON c.id = u.credential "
                                          "WHERE c.account = :p1",
                                          "i", {account.value}));
  // Nothing is smaller than any instant.
  return std::max(only_instant(ticks), only_instant(totals));
}

Result<std::vector<Instant>> Watch::account_hours(const AccountId& account, Instant from) const {
  return read_all<Instant>(session_.rows("SELECT DISTINCT t.hour FROM usage_ticks t JOIN credentials c ON c.id = t.credential "
                                         "WHERE c.account = :p1 AND t.hour >= :p2 ORDER BY t.hour",
                                         "i", {account.value, number(from)}),
                           [](Cells& cells) { return cells.instant(); });
}

}  // namespace gatehouse::store
