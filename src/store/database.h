// The database: SQLite in the data folder, or PostgreSQL. One schema, one SQL text; SOCI stays behind this folder.
//
//   GH_TRY(auto database, Database::open(folder.database_path()));
//   GH_TRY(auto reader, database->read());            // one consistent snapshot
//   GH_TRY(auto site, reader->sites.get_by_key("acme"));
//   GH_TRY(auto work, database->begin());             // one writer at a time
//   GH_TRYV(work->sites.update(site.value, site.version));
//   GH_TRY(auto done, log.commit(std::move(work), event));   // audit/log.h: a change without its record can't be written
//
// Text with a NUL or that is not UTF-8 is refused with kInvalidArgument, since the two databases would treat it differently.
// None of it is called from a thread that serves requests of the gateway.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/repositories.h"

namespace gatehouse::audit {
class Log;
}

namespace gatehouse::store {

class SessionLease;
struct DatabaseState;

/// A consistent snapshot of what was committed when it was made. Hold it briefly: SQLite's log grows as long as it lives. Used by
/// one thread at a time; it must not outlive the Database.
class Reader {
 public:
  Reader(Reader&&) noexcept;
  ~Reader();
  const Repositories* operator->() const noexcept;

 private:
  friend class Database;
  explicit Reader(std::unique_ptr<SessionLease> lease);
  std::unique_ptr<SessionLease> lease_;
};

/// What a committed unit of work got.
struct Committed {
  std::int64_t change = 0;          ///< its number in the change log
  std::int64_t audit_sequence = 0;  ///< of its (last) audit record
};

/// Changes that become durable together with their audit records, or not at all. Destroyed without a commit, it leaves nothing.
/// It reads what it wrote. Used by one thread at a time; it must not outlive the Database.
class UnitOfWork {
 public:
  UnitOfWork(UnitOfWork&&) noexcept;
  ~UnitOfWork();
  Repositories* operator->() noexcept;

  /// Where the chain ended when this began; nobody else can extend it as long as this lives.
  const ChainEnd& chain_end() const noexcept { return chain_end_; }

 private:
  friend class Database;
  friend class gatehouse::audit::Log;
  UnitOfWork(std::unique_ptr<SessionLease> lease, DatabaseState& state);
  /// `records` extend the chain by at least one. Durable on return; an error means that nothing was written, or, with
  /// kUnavailable, that the database did not confirm it.
  Result<Committed> commit(const std::vector<AuditRecord>& records);

  std::unique_ptr<SessionLease> lease_;
  DatabaseState* state_;
  ChainEnd chain_end_;
  std::int64_t change_ = 0;
};

struct DatabaseOptions {
  int readers = 4;
  Duration wait = std::chrono::seconds(5);  ///< for a free session, or what others of this process write; then kTimeout
  /// For the lock on the database, where another process writes or hangs: changes are refused within a second then.
  Duration lock_wait = std::chrono::milliseconds(900);
  int kept_decisions = 10000;
  /// SQLite: the most pages that the file may have; 0: no limit but the disk's.
  std::int64_t max_pages = 0;
};

/// Thread-safe.
class Database {
 public:
  /// `target` is a path (SQLite; created with mode 0600) or a postgresql:// URL. Brings the schema up to date. Errors say which
  /// database, without the URL's password: kUnavailable (away, full), kDataCorrupt, kUnsupported (a newer program made its
  /// schema).
  static Result<std::unique_ptr<Database>> open(std::string_view target, DatabaseOptions options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  bool is_postgres() const noexcept;
  /// For messages: the path, or the URL without its password.
  const std::string& name() const noexcept;

  Result<Reader> read();
  /// Waits for the writer before; kTimeout after DatabaseOptions::wait, or lock_wait where the database itself does not let
  /// anybody write: whoever waited meanwhile is refused with the first.
  Result<UnitOfWork> begin();
  /// Usage, write lines and decisions: a transaction of their own, without audit record or change number.
  Result<void> record(const UsageBatch& batch);
  /// Likewise: counts of what requests would have met under a proposed boundary.
  Result<void> record_judgements(const std::vector<Judgement>& judgements);
  /// The same for who uses which secret; what was last seen before `forget_before` goes.
  Result<void> record_secret_uses(const std::vector<SecretUse>& uses, Instant forget_before);
  /// Likewise: slots of the gateways' memory that changed.
  Result<void> record_attachment_homes(const std::vector<AttachmentHome>& homes);
  /// One step of the upkeep of usage (store/rollups.h), for admin/usage_upkeep: a transaction of its own, without audit record or
  /// change number. `work` reads everything and writes through the rollups alone; an error rolls back.
  Result<void> tend_usage(const std::function<Result<void>(Rollups& rollups, const Repositories& at)>& work);
  /// Bookkeeping of the outbox, for lifecycle/: one transaction without audit record or change number. `work` reads everything
  /// and writes to the outbox alone; an error rolls back.
  Result<void> tend_outbox(const std::function<Result<void>(Outbox& outbox, const Repositories& at)>& work);

  /// Bookkeeping of signing in: when a session was seen, when a device asked. Likewise; `work` writes to `sign_in` alone.
  Result<void> tend_sign_in(const std::function<Result<void>(SignIn& sign_in, const Repositories& at)>& work);
  /// Renewals of people's grants at Atlassian, and when they were looked through. Likewise; `work` writes to `atlassian` alone.
  Result<void> tend_atlassian(const std::function<Result<void>(AtlassianGrants& atlassian, const Repositories& at)>& work);

  /// Bookkeeping of the authorization server: what has ended is forgotten, what works once is noted as used. Likewise; `work`
  /// writes to `oauth` alone.
  Result<void> tend_oauth(const std::function<Result<void>(OAuth& oauth, const Repositories& at)>& work);

  /// The same for refresh tokens; `work` writes to `consents` alone.
  Result<void> tend_consents(const std::function<Result<void>(Consents& consents, const Repositories& at)>& work);

  /// Blocks until a change above `after` is committed, by any node, or `timeout` has passed; the latest number then. For one
  /// thread (the feed's); an error means that the database could not be asked. Wakes at once when `stop_waiting` was called.
  Result<std::int64_t> wait_for_change(std::int64_t after, Duration timeout);
  void stop_waiting() noexcept;

  /// Why the last attempt to write failed, if it did: a lock, a full disk, a server that is away. Cleared by the next success.
  Result<void> writable() const;

  /// For store/backup.cpp.
  DatabaseState& state() noexcept { return *state_; }

 private:
  explicit Database(std::unique_ptr<DatabaseState> state);
  std::unique_ptr<DatabaseState> state_;
};

}  // namespace gatehouse::store
