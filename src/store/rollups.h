// Hours of usage become days, and what was seen of each credential is kept beside its totals, so that a report reads one row a
// credential and not a year of ticks. Called by admin/usage_upkeep, one step a transaction (Database::tend_usage).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/stored.h"

namespace gatehouse::store {

struct Repositories;

/// How long usage is kept.
struct Retention {
  Duration hours = std::chrono::hours(24 * 14);    ///< ticks by the hour, with address and user agent
  Duration days = std::chrono::hours(24 * 400);    ///< totals of a day, and what was seen
  Duration writes = std::chrono::hours(24 * 400);  ///< lines of writes, for `trace`
};

/// The last 30 days: what month_* and the reports look at.
inline constexpr Duration kMonth = std::chrono::hours(24 * 30);
/// Ticks of requests that failed behind Gatehouse; what else is not 'permitted' was refused by it.
inline constexpr std::string_view kFailedOutcomes =
    "outcome IN ('upstream_unavailable', 'upstream_credential', 'upstream_answer', 'overloaded', 'stale', 'internal')";
/// So many values of one kind are kept for one credential; those not seen for the longest time are added up as "others".
inline constexpr int kMostSeen = 64;

enum class SeenKind { kOperation = 1, kResource = 2, kConsumer = 3 };

struct DayOfUse {
  Instant day{};  ///< its beginning
  std::int64_t requests = 0;
  std::int64_t refused = 0;  ///< by Gatehouse
  std::int64_t failed = 0;   ///< behind it
};

/// Something that a credential did or that used it, over its whole life.
struct Seen {
  CredentialId credential;
  SeenKind kind = SeenKind::kOperation;
  std::string a;       ///< the site's id; of a consumer: its place (store/places.h)
  std::string b;       ///< the operation; resources by display key, with spaces between; of a consumer: its tool
  std::string sample;  ///< of a consumer: an address and a user agent as they were sent
  Instant first_at{};  ///< to the hour
  Instant last_at{};
  std::int64_t requests = 0;
  std::int64_t days = 0;   ///< on so many days
  std::int64_t hours = 0;  ///< bit 0 to 23: hours of the day in UTC; bit 24 to 30: days of the week, Monday first
};

/// What is known of one credential, for the daily round.
struct SeenOfCredential {
  CredentialId credential;
  Instant first_at{};
  std::vector<Seen> seen;
};

/// A credential's use beside its record, as words with spaces between; empty: nothing, or not known yet.
struct Compared {
  std::string unused_scopes;
  std::string unused_resources;
  std::string beyond;  ///< used, but not among what its account declares
  bool operator==(const Compared&) const = default;
};
using Compare = std::function<Result<Compared>(const Repositories& at, const SeenOfCredential& seen)>;

class Rollups {
 public:
  explicit Rollups(Session& session) noexcept : session_(session) {}
  Rollups(const Rollups&) = delete;

  /// Hours before it are in days, totals and seen; ticks of later ones are not yet.
  Result<Instant> rolled_until() const;

  /// Use of these credentials together in [from, to), by UTC days that hold some, the oldest first; up to the last flush.
  Result<std::vector<DayOfUse>> days_of(const std::vector<std::string>& credentials, Instant from, Instant to) const;

  /// Adds the next hour that ended some minutes ago to days, totals and seen; false where there is none. Its mark moves in the
  /// same transaction, so no hour is added twice; a tick that comes later still counts in the first hour that is open.
  Result<bool> roll_up_hour(Instant now);

  /// One step (some hundred credentials) of the daily round: month_*, consumers, unused_* and beyond are made anew, and what is
  /// older than `retention` or more than kMostSeen goes. True where today's round is finished.
  Result<bool> refresh(Instant now, const Retention& retention, const Repositories& at, const Compare& compare);

  /// Drops some thousand ticks and lines of writes past their retention; true where all are gone.
  Result<bool> drop_old(Instant now, const Retention& retention);

 private:
  friend class Usage;
  /// Orders flushes and roll-ups, on PostgreSQL too, and gives rolled_until.
  Result<std::int64_t> lock() const;
  Result<void> add_hour(std::int64_t hour) const;
  Result<void> add_totals(std::int64_t hour, std::int64_t day) const;
  Result<void> add_seen(std::int64_t hour) const;
  Result<void> refresh_range(Instant now, const Retention& retention, const std::string& after, const std::string& last) const;
  Result<void> fold(const std::string& after, const std::string& last) const;
  Result<void> compare_range(Instant now, const Repositories& at, const std::string& after, const std::string& last,
                             const Compare& compare) const;

  Session& session_;
};

}  // namespace gatehouse::store
