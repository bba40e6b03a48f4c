// One connection to the database, and the only file beside its source that SOCI stands behind. Used inside store/ only.
//
// The rule of this folder (docs/decisions/0005-soci-rule.md): bytes as text, typed `into`, no soci::row, NUL refused,
// transactions begun here alone, native error codes mapped in one function. Not thread-safe; a lease hands a session to one user
// at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/stored.h"

namespace gatehouse::store {

/// NULL, a whole number or a text: all that is stored.
using Value = std::variant<std::monostate, std::int64_t, std::string>;
using Row = std::vector<Value>;

/// Where a database is: made once by Database::open.
struct Target {
  bool postgres = false;
  std::string connect;  ///< SQLite: the path; PostgreSQL: libpq's keyword form, with its password
  std::string name;     ///< for messages
};

struct SessionOptions {
  Duration wait{};
  std::int64_t max_pages = 0;
};

class Session {
 public:
  static Result<std::unique_ptr<Session>> open(const Target& target, const SessionOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool is_postgres() const noexcept;
  /// The connection is of no more use: the pool opens a new one.
  bool broken() const noexcept;

  /// Runs one statement; binds are named :p1, :p2 … in their order, each once (kInternal otherwise). Gives the number of rows
  /// that it changed.
  Result<std::int64_t> run(std::string_view sql, const std::vector<Value>& binds = {});
  /// The same statement once for each row of binds, prepared once. Rows must be alike: the same kinds of values.
  Result<void> run_each(std::string_view sql, const std::vector<std::vector<Value>>& rows);
  /// `types` has one letter a column: t text, i integer; each may be NULL.
  Result<std::vector<Row>> rows(std::string_view sql, std::string_view types, const std::vector<Value>& binds = {});
  /// kNotFound with `absent` where there is no row.
  Result<Row> row(std::string_view sql, std::string_view types, const std::vector<Value>& binds, std::string_view absent);

  Result<void> begin_read();
  Result<void> begin_write();
  /// Durable on success. A commit that the server did not confirm in full (synchronous replication was cancelled) is
  /// kUnavailable.
  Result<void> commit();
  void rollback() noexcept;
  /// Before it waits for its next use: gives back what a long read has taken.
  void rest() noexcept;
  /// Runs a script of many statements (a migration).
  Result<void> script(std::string_view sql);

  /// Remembers that the current unit of work touched an aggregate.
  void touch(Aggregate aggregate, const std::string& id) { touched_.emplace(aggregate, id); }
  std::set<std::pair<Aggregate, std::string>>& touched() noexcept { return touched_; }

 private:
  struct Native;
  explicit Session(std::unique_ptr<Native> native);
  template <class Action>
  Result<void> guarded(std::string_view what, const Action& action);
  Error map_error(std::string_view what);

  std::unique_ptr<Native> native_;
  std::set<std::pair<Aggregate, std::string>> touched_;
};

}  // namespace gatehouse::store
