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

}  // namespace

Reader::Reader(std::unique_ptr<SessionLease> lease) : lease_(std::move(lease)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;
const Repositories* Reader::operator->() const noexcept { return &lease_->repositories(); }

UnitOfWork::UnitOfWork(std::unique_ptr<SessionLease> lease, ChangeFeed& feed) : lease_(std::move(lease)), feed_(&feed) {}
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
  GH_TRYV(session.commit());
  feed_->announce(done.change);
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
    GH_TRY(const auto lease, state->writers.take());
    GH_TRYV(migrate(lease->session(), target.name, newest_schema()));
    GH_TRY(latest, lease->repositories().changes.latest());
  }
  state->feed = target.postgres ? make_postgres_feed(target) : make_local_feed(latest);
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Result<Reader> Database::read() {
  GH_TRY(auto lease, begin_on(state_->readers, &Session::begin_read));
  return Reader(std::move(lease));
}

Result<UnitOfWork> Database::begin() {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  Session& session = lease->session();
  UnitOfWork work(std::move(lease), *state_->feed);
  // On PostgreSQL this row's lock orders the writers of all nodes; SQLite has no FOR UPDATE and needs none after BEGIN IMMEDIATE.
  GH_TRY(
      const auto row,
      session.row(session.is_postgres() ? "SELECT sequence, mac, key_epoch, change_number FROM chain_head WHERE id = 1 FOR UPDATE"
                                        : "SELECT sequence, mac, key_epoch, change_number FROM chain_head WHERE id = 1",
                  "itii", {}, "The database has no chain head."));
  work.chain_end_ = {std::get<std::int64_t>(row[0]), std::get<std::string>(row[1]),
                     static_cast<int>(std::get<std::int64_t>(row[2]))};
  work.change_ = std::get<std::int64_t>(row[3]);
  return work;
}

Result<void> Database::record(const UsageBatch& batch) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  GH_TRYV(lease->repositories().usage.append(batch, state_->options.kept_decisions));
  return lease->session().commit();
}

Result<void> Database::tend_usage(const std::function<Result<void>(Rollups&, const Repositories&)>& work) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  Repositories& at = lease->repositories();
  GH_TRYV(work(at.rollups, at));
  return lease->session().commit();
}

Result<void> Database::tend_outbox(const std::function<Result<void>(Outbox&, const Repositories&)>& work) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  Repositories& at = lease->repositories();
  GH_TRYV(work(at.outbox, at));
  return lease->session().commit();
}

Result<void> Database::tend_sign_in(const std::function<Result<void>(SignIn&, const Repositories&)>& work) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  Repositories& at = lease->repositories();
  GH_TRYV(work(at.sign_in, at));
  return lease->session().commit();
}

Result<void> tend_requests(Database& database, const std::function<Result<void>(IdempotentRequests&)>& work) {
  GH_TRY(auto lease, begin_on(database.state().writers, &Session::begin_write));
  IdempotentRequests requests(lease->session());
  GH_TRYV(work(requests));
  return lease->session().commit();
}

Result<void> Database::record_judgements(const std::vector<Judgement>& judgements) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  GH_TRYV(lease->repositories().judgements.append(judgements));
  return lease->session().commit();
}

Result<void> Database::record_secret_uses(const std::vector<SecretUse>& uses, Instant forget_before) {
  GH_TRY(auto lease, begin_on(state_->writers, &Session::begin_write));
  GH_TRYV(lease->repositories().secret_uses.add(uses));
  GH_TRYV(lease->repositories().secret_uses.forget(forget_before));
  return lease->session().commit();
}

Result<std::int64_t> Database::wait_for_change(std::int64_t after, Duration timeout) {
  return state_->feed->wait(after, timeout);
}

void Database::stop_waiting() noexcept { state_->feed->stop(); }

}  // namespace gatehouse::store
