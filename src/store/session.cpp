#include "store/session.h"

#include <fcntl.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>

#include "store/utf8.h"

namespace gatehouse::store {
namespace {

/// What libpq says beside results. Only warnings during COMMIT matter: the server has committed, but not as it was told to.
struct Notices {
  bool warned = false;
  std::string text;
};

void on_notice(void* at, const PGresult* result) {
  auto* const notices = static_cast<Notices*>(at);
  const char* const severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == nullptr || std::strcmp(severity, "WARNING") != 0) return;
  notices->warned = true;
  notices->text = PQresultErrorMessage(result);
}

/// SQLite's and PostgreSQL's codes by what they mean for us.
enum class Kind { kOther, kUnique, kForeignKey, kRefusedValue, kBusy, kFull, kAway, kCorrupt, kReadOnly };

Kind kind_of_sqlite(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return Kind::kUnique;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return Kind::kForeignKey;
    default: break;
  }
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT: return Kind::kRefusedValue;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Kind::kBusy;
    case SQLITE_FULL: return Kind::kFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Kind::kCorrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM: return Kind::kReadOnly;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return Kind::kAway;
    default: return Kind::kOther;
  }
}

Kind kind_of_postgres(std::string_view state) {
  if (state == "23505") return Kind::kUnique;
  if (state == "23503") return Kind::kForeignKey;
  if (state.starts_with("22") || state.starts_with("23")) return Kind::kRefusedValue;
  if (state == "55P03" || state == "57014" || state == "40P01" || state == "40001") return Kind::kBusy;
  if (state == "53100" || state == "53200") return Kind::kFull;
  if (state == "25006") return Kind::kReadOnly;
  if (state.starts_with("XX0")) return Kind::kCorrupt;
  if (state.starts_with("08") || state.starts_with("57P") || state.starts_with("53")) return Kind::kAway;
  return Kind::kOther;
}

Error explain(Kind kind, const std::string& name, std::string detail) {
  switch (kind) {
    case Kind::kUnique: return fail(Errc::kConflict, "Something of that name exists already.", std::move(detail));
    case Kind::kForeignKey: return fail(Errc::kInvalidArgument, "It refers to something that does not exist.", std::move(detail));
    case Kind::kRefusedValue:
      return fail(Errc::kInvalidArgument, "The database does not take one of the values.", std::move(detail));
    case Kind::kBusy:
      return fail(Errc::kTimeout, "The database " + name + " is busy; nothing was changed. Try again.", std::move(detail));
    case Kind::kFull:
      return fail(Errc::kUnavailable, "The database " + name + " is full; nothing was changed. Free space on its disk.",
                  std::move(detail));
    case Kind::kAway:
      return fail(Errc::kUnavailable,
                  "The database " + name + " can't be reached; nothing was changed. See that it runs and its disk is readable.",
                  std::move(detail));
    case Kind::kCorrupt:
      return fail(Errc::kDataCorrupt, "The database " + name + " is damaged; stop the server and restore a backup.",
                  std::move(detail));
    case Kind::kReadOnly:
      return fail(Errc::kUnavailable, "The database " + name + " can't be written: it, its folder or its server is read-only.",
                  std::move(detail));
    case Kind::kOther: break;
  }
  return fail(Errc::kInternal, "The database " + name + " refused a statement.", std::move(detail));
}

/// What a column is fetched into, or bound from; SOCI keeps addresses, so a deque.
struct Cell {
  std::string text;
  long long number = 0;
  soci::indicator state = soci::i_ok;
};

bool is_number(const Value& value) noexcept { return std::holds_alternative<std::int64_t>(value); }

Result<void> fill(const Value& value, Cell& cell) {
  cell.state = soci::i_ok;
  if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    cell.number = *number;
  } else if (const auto* const text = std::get_if<std::string>(&value)) {
    // PostgreSQL would cut the text at a NUL and refuse what is not UTF-8; SQLite would keep both.
    if (!valid_stored_text(*text)) return fail(Errc::kInvalidArgument, "A text holds a NUL or is not UTF-8.");
    cell.text = *text;
  } else {
    cell.state = soci::i_null;
  }
  return success();
}

Result<void> bind(soci::statement& statement, const std::vector<Value>& binds, std::deque<Cell>& cells) {
  for (const Value& value : binds) {
    Cell& cell = cells.emplace_back();
    GH_TRYV(fill(value, cell));
    if (is_number(value)) {
      statement.exchange(soci::use(cell.number, cell.state));
    } else {
      statement.exchange(soci::use(cell.text, cell.state));
    }
  }
  return success();
}

/// SOCI binds by place and takes the names for decoration: `:p2` before `:p1` would store each in the other's column without a
/// word. So the names must come as 1, 2, 3 …, each once, and as many as there are values. Texts in quotes are passed over.
Result<void> check_names(std::string_view sql, std::size_t count) {
  std::size_t seen = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') quoted = !quoted;
    if (quoted || sql[i] != ':' || i + 2 >= sql.size() || sql[i + 1] != 'p') continue;
    std::size_t number = 0;
    std::size_t end = i + 2;
    for (; end < sql.size() && sql[end] >= '0' && sql[end] <= '9'; ++end)
      number = number * 10 + static_cast<std::size_t>(sql[end] - '0');
    if (number != ++seen) return fail(Errc::kInternal, "A statement names its values out of their order.", std::string(sql));
    i = end - 1;
  }
  if (seen != count) return fail(Errc::kInternal, "A statement names more or fewer values than it was given.", std::string(sql));
  return success();
}

}  // namespace

struct Session::Native {
  Target target;
  soci::session sql;
  Notices notices;
  bool broken = false;
  bool in_transaction = false;
  bool failed = false;  ///< a statement of this transaction failed: it can only be rolled back, on either database

  sqlite_api::sqlite3* sqlite() { return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_; }
  PGconn* postgres() { return static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_; }
};

Session::Session(std::unique_ptr<Native> native) : native_(std::move(native)) {}
Session::~Session() = default;

bool Session::is_postgres() const noexcept { return native_->target.postgres; }
bool Session::broken() const noexcept { return native_->broken; }

/// Called inside a handler, where the exception is looked at: the one place that reads native codes.
Error Session::map_error(std::string_view what) {
  Kind kind = Kind::kOther;
  std::string detail(what);
  try {
    throw;
  } catch (const soci::postgresql_soci_error& error) {
    kind = kind_of_postgres(error.sqlstate());
    detail += std::string(": ") + error.what();
    if (native_->sql.get_backend() != nullptr && PQstatus(native_->postgres()) != CONNECTION_OK) kind = Kind::kAway;
  } catch (const soci::sqlite3_soci_error& error) {
    const bool open = native_->sql.get_backend() != nullptr && native_->sqlite() != nullptr;
    kind = kind_of_sqlite(open ? sqlite_api::sqlite3_extended_errcode(native_->sqlite()) : error.result());
    detail += std::string(": ") + error.what();
  } catch (const std::exception& error) {
    detail += std::string(": ") + error.what();
    if (native_->target.postgres && native_->sql.get_backend() != nullptr && PQstatus(native_->postgres()) != CONNECTION_OK) {
      kind = Kind::kAway;
    }
  }
  if (kind == Kind::kAway && native_->target.postgres) native_->broken = true;
  native_->failed = native_->in_transaction;
  return explain(kind, native_->target.name, std::move(detail));
}

template <class Action>
Result<void> Session::guarded(std::string_view what, const Action& action) {
  if (native_->failed) return fail(Errc::kInternal, "An earlier step of this change failed; nothing of it is kept.");
  try {
    return action();
  } catch (...) {
    return map_error(what);
  }
}

Result<std::unique_ptr<Session>> Session::open(const Target& target, const SessionOptions& options) {
  auto native = std::make_unique<Native>();
  native->target = target;
  std::unique_ptr<Session> session(new Session(std::move(native)));
  Native& inner = *session->native_;
  if (!target.postgres) {
    // Made here, since SQLite would make it readable by others under a common umask; its -wal and -shm take over the mode.
    // One that is there is left alone: closing any descriptor of it drops every lock that this process holds on it (POSIX), and
    // the next process that closes the database would take itself for the last, and remove the log that we still write to.
    const int made = ::open(target.connect.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0 && errno != EEXIST) {
      return fail(Errc::kUnavailable, "Could not open the database " + target.name + ": " + std::strerror(errno) + ".");
    }
    if (made >= 0) ::close(made);
  }
  const auto opened = session->guarded("open", [&]() -> Result<void> {
    if (target.postgres) {
      inner.sql.open(soci::postgresql, target.connect);
      PQsetNoticeReceiver(inner.postgres(), on_notice, &inner.notices);
      const std::string wait = std::to_string(options.wait.count());
      inner.sql << "SET synchronous_commit = on";
      inner.sql << "SET client_encoding = 'UTF8'";
      inner.sql << "SET lock_timeout = " + wait;
      inner.sql << "SET statement_timeout = 60000";
      inner.sql << "SET idle_in_transaction_session_timeout = 120000";
      return success();
    }
    // SOCI reads "dbname=PATH": the quotes keep a path with spaces whole.
    inner.sql.open(soci::sqlite3, "dbname=\"" + target.connect + "\"");
    sqlite_api::sqlite3_extended_result_codes(inner.sqlite(), 1);
    sqlite_api::sqlite3_busy_timeout(inner.sqlite(), static_cast<int>(options.wait.count()));
    inner.sql << "PRAGMA foreign_keys = ON";
    inner.sql << "PRAGMA trusted_schema = OFF";
    // 16 MiB instead of 2, taken only as it is needed: a report looks up each of 100,000 tokens in an order of its own.
    inner.sql << "PRAGMA cache_size = -16384";
    std::string mode;
    inner.sql << "PRAGMA journal_mode = WAL", soci::into(mode);
    inner.sql << "PRAGMA synchronous = FULL";
    if (options.max_pages > 0) {
      long long allowed = 0;
      inner.sql << "PRAGMA max_page_count = " + std::to_string(options.max_pages), soci::into(allowed);
    }
    if (mode != "wal")
      return fail(Errc::kUnavailable,
                  "The database " + target.name + " lies on a file system that can't keep a write-ahead log.");
    return success();
  });
  if (!opened) {
    Error error = opened.error();
    // A server that can't be reached gives an exception without a state.
    if (target.postgres && error.code == Errc::kInternal) error = explain(Kind::kAway, target.name, std::move(error.log_detail));
    return error;
  }
  return session;
}

Result<std::int64_t> Session::run(std::string_view sql, const std::vector<Value>& binds) {
  std::int64_t changed = 0;
  GH_TRYV(guarded(sql, [&]() -> Result<void> {
    GH_TRYV(check_names(sql, binds.size()));
    std::deque<Cell> cells;
    soci::statement statement(native_->sql);
    GH_TRYV(bind(statement, binds, cells));
    statement.alloc();
    statement.prepare(std::string(sql), soci::details::st_one_time_query);
    statement.define_and_bind();
    statement.execute(true);
    changed = statement.get_affected_rows();
    return success();
  }));
  return changed;
}

void Session::rest() noexcept {
  if (is_postgres()) return;
  // Several sessions wait at once; each would hold its whole page cache.
  constexpr int kKept = 1024 * 1024;
  int used = 0;
  int highest = 0;
  sqlite_api::sqlite3_db_status(native_->sqlite(), SQLITE_DBSTATUS_CACHE_USED, &used, &highest, 0);
  if (used > kKept) sqlite_api::sqlite3_db_release_memory(native_->sqlite());
}

Result<void> Session::run_each(std::string_view sql, const std::vector<std::vector<Value>>& rows) {
  if (rows.empty()) return success();
  return guarded(sql, [&]() -> Result<void> {
    const std::vector<Value>& first = rows.front();
    GH_TRYV(check_names(sql, first.size()));
    std::deque<Cell> cells;
    soci::statement statement(native_->sql);
    GH_TRYV(bind(statement, first, cells));
    statement.alloc();
    statement.prepare(std::string(sql), soci::details::st_one_time_query);
    statement.define_and_bind();
    for (const std::vector<Value>& row : rows) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (row.size() != cells.size() || is_number(row[i]) != is_number(first[i])) {
          return fail(Errc::kInternal, "Rows that are stored together are not alike.");
        }
        GH_TRYV(fill(row[i], cells[i]));
      }
      statement.execute(true);
    }
    return success();
  });
}

Result<std::vector<Row>> Session::rows(std::string_view sql, std::string_view types, const std::vector<Value>& binds) {
  std::vector<Row> out;
  GH_TRYV(guarded(sql, [&]() -> Result<void> {
    GH_TRYV(check_names(sql, binds.size()));
    std::deque<Cell> bound;
    std::deque<Cell> fetched;
    soci::statement statement(native_->sql);
    GH_TRYV(bind(statement, binds, bound));
    for (const char type : types) {
      Cell& cell = fetched.emplace_back();
      if (type == 'i') {
        statement.exchange(soci::into(cell.number, cell.state));
      } else {
        statement.exchange(soci::into(cell.text, cell.state));
      }
    }
    statement.alloc();
    statement.prepare(std::string(sql), soci::details::st_one_time_query);
    statement.define_and_bind();
    statement.execute(false);
    while (statement.fetch()) {
      Row& row = out.emplace_back();
      row.reserve(types.size());
      for (std::size_t i = 0; i < types.size(); ++i) {
        if (fetched[i].state == soci::i_null) {
          row.emplace_back();
        } else if (types[i] == 'i') {
          row.emplace_back(static_cast<std::int64_t>(fetched[i].number));
        } else {
          row.emplace_back(fetched[i].text);
        }
      }
    }
    return success();
  }));
  return out;
}

Result<Row> Session::row(std::string_view sql, std::string_view types, const std::vector<Value>& binds, std::string_view absent) {
  GH_TRY(auto found, rows(sql, types, binds));
  if (found.empty()) return fail(Errc::kNotFound, std::string(absent));
  return std::move(found.front());
}

Result<void> Session::begin_read() {
  GH_TRYV(run(is_postgres() ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN"));
  native_->in_transaction = true;
  // A snapshot begins with the first read.
  GH_TRYV(rows("SELECT change_number FROM chain_head WHERE id = 1", "i"));
  return success();
}

Result<void> Session::begin_write() {
  touched_.clear();
  GH_TRYV(run(is_postgres() ? "BEGIN" : "BEGIN IMMEDIATE"));
  native_->in_transaction = true;
  return success();
}

Result<void> Session::commit() {
  native_->notices = {};
  auto done = run("COMMIT");
  const bool lost =
      !done && (native_->broken || (!is_postgres() && (sqlite_api::sqlite3_errcode(native_->sqlite()) & 0xff) == SQLITE_IOERR));
  if (lost || (done && native_->notices.warned)) {
    if (done) native_->in_transaction = false;
    return fail(
        Errc::kUnavailable,
        "The database " + native_->target.name + " did not confirm that the change is durable; look before you try again.",
        done ? native_->notices.text : done.error().log_detail);
  }
  GH_TRYV(done);
  native_->in_transaction = false;
  touched_.clear();
  return success();
}

void Session::rollback() noexcept {
  touched_.clear();
  native_->failed = false;
  if (!native_->in_transaction) return;
  native_->in_transaction = false;
  // SQLite may have rolled back by itself (a full disk); then there is nothing to do.
  if (!is_postgres() && sqlite_api::sqlite3_get_autocommit(native_->sqlite()) != 0) return;
  if (!run("ROLLBACK")) native_->broken = true;
}

Result<void> Session::script(std::string_view sql) {
  return guarded("migration", [&]() -> Result<void> {
    const std::string text(sql);
    if (is_postgres()) {
      PGresult* const result = PQexec(native_->postgres(), text.c_str());
      const bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
      const std::string state =
          done ? ""
               : std::string(PQresultErrorField(result, PG_DIAG_SQLSTATE) ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : "");
      PQclear(result);
      if (!done) return explain(kind_of_postgres(state), native_->target.name, PQerrorMessage(native_->postgres()));
      return success();
    }
    if (sqlite_api::sqlite3_exec(native_->sqlite(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      return explain(kind_of_sqlite(sqlite_api::sqlite3_extended_errcode(native_->sqlite())), native_->target.name,
                     sqlite_api::sqlite3_errmsg(native_->sqlite()));
    }
    return success();
  });
}

}  // namespace gatehouse::store
