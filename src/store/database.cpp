#include "store/database.h"

#include "store/database_state.h"
#include "store/idempotent_requests.h"
#include "store/migrate.h"
#include "store/target.h"

namespace gatehouse::store {
namespace {

constexpr int kMostStale = 16;

/// A session with a transaction. One that was cut while it lay idle fails here and is replaced; a server that is away fails in
/// take().
Result<std::unique_ptr<SessionLease>> begin_on(SessionPool& pool, Result<void> (Session::*begin)()) {
  for (int attempt = 0;; ++attempt) {
    GH_TRY(auto lease, pool.take());
    auto begun = (lease->session().*begin)();
    if (begun) return lease;
    if (!lease->session().broken() || attempt == kMostStale) return std::move(begun).error();
  }
}

/// One of those that are kept out by a lock waits for it; who queued behind that one meanwhile is refused with it, so that nobody
/// waits for longer than the lock's own time.
Result<std::unique_ptr<SessionLease>> begin_writing(DatabaseState& state) {
  const auto started = std::chrono::steady_clock::now();
  for (int attempt = 0;; ++attempt) {
    auto lease = state.writers.take();
    if (!lease) {
      // Busy with our own work is no trouble of the database's.
      if (lease.error().code != Errc::kTimeout) state.wrote(&lease.error());
      return std::move(lease).error();
    }
    {
      const std::lock_guard lock(state.mutex);
      if (state.locked_at > started && state.write_problem) return *state.write_problem;
    }
    Session& session = lease.value()->session();
    auto begun = session.begin_write();
    if (begun) return std::move(lease).value();
    if (session.broken() && attempt < kMostStale) continue;
    state.wrote(&begun.error());
    if (begun.error().code == Errc::kTimeout) state.locked();
    return std::move(begun).error();
  }
}

/// Bookkeeping: a transaction of its own.
template <class Work>
Result<void> tend(DatabaseState& state, const Work& work) {
  GH_TRY(auto lease, begin_writing(state));
  GH_TRYV(work(lease->repositories()));
  auto done = lease->session().commit();
  state.wrote(done ? nullptr : &done.error());
  return done;
}

}  // namespace

Reader::Reader(std::unique_ptr<SessionLease> lease) : lease_(std::move(lease)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;
const Repositories* Reader::operator->() const noexcept { return &lease_->repositories(); }

UnitOfWork::UnitOfWork(std::unique_ptr<SessionLease> lease, DatabaseState& state) : lease_(std::move(lease)), state_(&state) {}
UnitOfWork::UnitOfWork(UnitOfWork&&) noexcept = default;
UnitOfWork::~UnitOfWork() = default;
Repositories* UnitOfWork::operator->() noexcept { return &lease_->repositories(); }

Result<Committed> UnitOfWork::commit(const std::vector<AuditRecord>& records) {
  Session& session = lease_->session();
  Committed done{change_, chain_end_.sequence};
  if (records.empty()) return fail(Errc::kInternal, "A change without an audit record was refused.");
  for (const AuditRecord& record : records) {
    if (record.sequence != ++done.audit_sequence) return fail(Errc::kInternal, "An audit record out of its order was refused.");
    GH_TRYV(lease_->repositories().audit_records.append(record));
  }
  if (!session.touched().empty()) ++done.change;
  for (const auto& [aggregate, id] : session.touched()) {
    GH_TRYV(session.run("INSERT INTO change_log (change_number, aggregate, aggregate_id) VALUES (:p1, :p2, :p3)",
                        {done.change, static_cast<std::int64_t>(aggregate), id}));
  }
  GH_TRYV(
      session.run("UPDATE chain_head SET sequence = :p1, mac = :p2, key_epoch = :p3, change_number = :p4 WHERE id = 1",
                  {done.audit_sequence, records.back().mac, static_cast<std::int64_t>(records.back().key_epoch), done.change}));
  // Delivered with the commit, and to nobody where it fails.
  if (session.is_postgres()) {
    GH_TRYV(session.run("NOTIFY gatehouse_change"));
  }
  auto committed = session.commit();
  state_->wrote(committed ? nullptr : &committed.error());
  GH_TRYV(committed);
  state_->feed->announce(done.change);
  return done;
}

Database::Database(std::unique_ptr<DatabaseState> state) : state_(std::move(state)) {}
Database::~Database() = default;
bool Database::is_postgres() const noexcept { return state_->writers.target().postgres; }
const std::string& Database::name() const noexcept { return state_->writers.target().name; }

Result<std::unique_ptr<Database>> Database::open(std::string_view text, DatabaseOptions options) {
  GH_TRY(const auto target, parse_target(text));
  auto state = std::make_unique<DatabaseState>(target, options);
  std::int64_t latest = 0;
  {
    // A session of its own: another process may be at the same migration, for which one waits.
    GH_TRY(const auto session, Session::open(target, {options.wait, options.max_pages}));
    GH_TRYV(migrate(*session, target.name, newest_schema()));
    GH_TRY(latest, Repositories(*session).changes.latest());
  }
  state->feed = target.postgres ? make_postgres_feed(target) : make_local_feed(latest);
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Result<Reader> Database::read() {
  GH_TRY(auto lease, begin_on(state_->readers, &Session::begin_read));
  return Reader(std::move(lease));
}

Result<UnitOfWork> Database::begin() {
  GH_TRY(auto lease, begin_writing(*state_));
  Session& session = lease->session();
  UnitOfWork work(std::move(lease), *state_);
  // On PostgreSQL this row's lock orders the writers of all nodes; SQLite has no FOR UPDATE and needs none after BEGIN IMMEDIATE.
  auto row =
      session.row(session.is_postgres() ? "SELECT sequence, mac, key_epoch, change_number FROM chain_head WHERE id = 1 FOR UPDATE"
                                        : "SELECT sequence, mac, key_epoch, change_number FROM chain_head WHERE id = 1",
                  "itii", {}, "The database has no chain head.");
  if (!row) {
    state_->wrote(&row.error());
    if (row.error().code == Errc::kTimeout) state_->locked();
    return row.error();
  }
  work.chain_end_ = {std::get<std::int64_t>(row.value()[0]), std::get<std::string>(row.value()[1]),
                     static_cast<int>(std::get<std::int64_t>(row.value()[2]))};
  work.change_ = std::get<std::int64_t>(row.value()[3]);
  return work;
}

Result<void> Database::writable() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->write_problem) return *state_->write_problem;
  return success();
}

Result<void> Database::record(const UsageBatch& batch) {
  return tend(*state_, [&](Repositories& at) -> Result<void> {
    GH_TRYV(at.denials.append(batch.denials));
    return at.usage.append(batch, state_->options.kept_decisions);
  });
}

Result<void> Database::tend_usage(const std::function<Result<void>(Rollups&, const Repositories&)>& work) {
  return tend(*state_, [&work](Repositories& at) { return work(at.rollups, at); });
}

Result<void> Database::tend_outbox(const std::function<Result<void>(Outbox&, const Repositories&)>& work) {
  return tend(*state_, [&work](Repositories& at) { return work(at.outbox, at); });
}

Result<void> Database::tend_sign_in(const std::function<Result<void>(SignIn&, const Repositories&)>& work) {
  return tend(*state_, [&work](Repositories& at) { return work(at.sign_in, at); });
}

Result<void> Database::tend_atlassian(const std::function<Result<void>(AtlassianGrants&, const Repositories&)>& work) {
  return tend(*state_, [&work](Repositories& at) { return work(at.atlassian, at); });
}

Result<void> Database::tend_oauth(const std::function<Result<void>(OAuth&, const Repositories&)>& work) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  Repositories& at = lease->repositories();
  GH_TRYV(work(at.oauth, at));
  return lease->session().commit();
}

Result<void> Database::tend_consents(const std::function<Result<void>(Consents&, const Repositories&)>& work) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  Repositories& at = lease->repositories();
  GH_TRYV(work(at.consents, at));
  return lease->session().commit();
}

Result<void> tend_requests(Database& database, const std::function<Result<void>(IdempotentRequests&)>& work) {
  GH_TRY(auto lease, begin_writing(database.state()));
  IdempotentRequests requests(lease->session());
  GH_TRYV(work(requests));
  return lease->session().commit();
}

Result<void> Database::record_judgements(const std::vector<Judgement>& judgements) {
  return tend(*state_, [&](Repositories& at) { return at.judgements.append(judgements); });
}

Result<void> Database::record_secret_uses(const std::vector<SecretUse>& uses, Instant forget_before) {
  return tend(*state_, [&](Repositories& at) -> Result<void> {
    GH_TRYV(at.secret_uses.add(uses));
    return at.secret_uses.forget(forget_before);
  });
}

Result<void> Database::record_attachment_homes(const std::vector<AttachmentHome>& homes) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  GH_TRYV(lease->repositories().attachment_homes.put(homes));
  return lease->session().commit();
}

Result<std::int64_t> Database::wait_for_change(std::int64_t after, Duration timeout) {
  return state_->feed->wait(after, timeout);
}

void Database::stop_waiting() noexcept { state_->feed->stop(); }

}  // namespace gatehouse::store
