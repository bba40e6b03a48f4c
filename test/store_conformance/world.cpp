#include "test/store_conformance/world.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "model/scope.h"

namespace gatehouse::test {
namespace {

std::string postgres_url() {
  const char* const url = std::getenv("GATEHOUSE_TEST_POSTGRES");
  return url == nullptr ? "" : url;
}

void run_on_postgres(const std::string& target, const std::string& sql) {
  PGconn* const connection = PQconnectdb(target.c_str());
  ASSERT_EQ(PQstatus(connection), CONNECTION_OK) << PQerrorMessage(connection);
  PGresult* const result = PQexec(connection, sql.c_str());
  EXPECT_TRUE(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
      << PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
}

void run_on_sqlite(const std::string& path, const std::string& sql) {
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &connection), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(connection);
  sqlite3_close(connection);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  // In memory where that is possible: these cases kill processes, not machines, and flushing a disk takes most of their time.
  std::string pattern = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/gatehouse-test.XXXXXX" : "/tmp/gatehouse-test.XXXXXX";
  path_ = ::mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

bool available(Kind kind) { return kind == Kind::kSqlite || !postgres_url().empty(); }

EmptyDatabase::EmptyDatabase(Kind kind) : kind_(kind) {
  if (kind == Kind::kSqlite) {
    target_ = folder_.path() + "/a folder's \xc3\xa4.db";
    return;
  }
  SystemRandom random;
  schema_ = "test_" + random_base62(random, 12);
  run_on_postgres(postgres_url(), "CREATE SCHEMA \"" + schema_ + "\"");
  target_ = postgres_url() + "&options=-csearch_path%3D%22" + schema_ + "%22";
}

EmptyDatabase::~EmptyDatabase() {
  if (kind_ == Kind::kPostgres)
    run_on_postgres(postgres_url(), "SET client_min_messages = warning; DROP SCHEMA \"" + schema_ + "\" CASCADE");
}

void EmptyDatabase::run(const std::string& sql) const {
  if (kind_ == Kind::kPostgres) {
    run_on_postgres(target_, sql);
  } else {
    run_on_sqlite(target_, sql);
  }
}

void StoreTest::SetUp() {
  if (!available(GetParam()))
    GTEST_SKIP() << "NOT RUN: GATEHOUSE_TEST_POSTGRES names no PostgreSQL; run it under tools/with_postgres.sh";
  ASSERT_TRUE(register_scope("read:jira-work"));
  ASSERT_TRUE(register_scope("write:jira-work"));
  empty_ = std::make_unique<EmptyDatabase>(GetParam());
  keys_ = std::make_unique<crypto::Keyring>(crypto::Keyring::generate(random_));
  database_ = open();
  ASSERT_TRUE(database_);
  log_ = open_log(*database_);
  ASSERT_TRUE(log_);
}

std::unique_ptr<store::Database> StoreTest::open(store::DatabaseOptions options) {
  auto opened = store::Database::open(empty_->target(), options);
  EXPECT_TRUE(opened) << opened.error().public_detail << " " << opened.error().log_detail;
  return opened ? std::move(opened).value() : nullptr;
}

std::unique_ptr<audit::Log> StoreTest::open_log(store::Database& database) {
  auto opened = audit::Log::open(database, *keys_, head_path(), clock_, random_);
  EXPECT_TRUE(opened) << opened.error().public_detail << " " << opened.error().log_detail;
  return opened ? std::move(opened).value() : nullptr;
}

AuditEvent StoreTest::event(const std::string& action) const {
  AuditEvent made;
  made.action = action;
  made.outcome = "done";
  made.target_kind = "test";
  made.target_id = "target";
  made.caller.actor_kind = "user";
  made.caller.actor_name = "Zo\xc3\xab";
  return made;
}

User StoreTest::add_user(const std::string& email) {
  User user;
  user.id = new_id<UserId>(random_);
  user.email = email;
  user.name = "Somebody";
  user.created_at = clock_.now();
  const auto done = commit([&](auto& work) { return work->users.insert(user); });
  EXPECT_TRUE(done) << done.error().log_detail;
  return user;
}

Site StoreTest::add_site(const std::string& key) {
  Site site;
  site.id = new_id<SiteId>(random_);
  site.key = key;
  site.base_url = "https://" + key + ".example";
  site.created_at = clock_.now();
  const auto done = commit([&](auto& work) { return work->sites.insert(site); });
  EXPECT_TRUE(done) << done.error().log_detail;
  return site;
}

ServiceAccount StoreTest::add_account(const std::string& handle, const UserId& owner) {
  ServiceAccount account;
  account.id = new_id<AccountId>(random_);
  account.handle = handle;
  account.owner = owner;
  account.created_at = clock_.now();
  const auto done = commit([&](auto& work) { return work->accounts.insert(account); });
  EXPECT_TRUE(done) << done.error().log_detail;
  return account;
}

Credential StoreTest::credential(const AccountId& account, const UserId& owner, const Site& site) {
  Credential made;
  made.id = new_id<CredentialId>(random_);
  made.account = account;
  made.name = "nightly";
  made.scopes = parse_scopes({"read:jira-work"}).value();
  made.role = "viewer";
  made.boundary = {{{site.id, "10000", "A"}, "member"}, {{site.id, "10001", "B"}, ""}};
  made.expires_at = clock_.now() + std::chrono::hours(24 * 30);
  made.rotate_every = std::chrono::hours(24 * 90);
  made.overlap = std::chrono::hours(24 * 7);
  made.owner = owner;
  made.requested_by = owner;
  made.allow_ips = {parse_network("10.0.0.0/8").value(), parse_network("2001:db8::/32").value()};
  made.rate = {10, std::chrono::seconds(1)};
  made.relaxed_queries = true;
  made.state = State::kPaused;
  made.pause = {"holiday", clock_.now() + std::chrono::hours(1)};
  made.created_at = clock_.now();
  SecretRecord secret;
  secret.id = new_id<SecretId>(random_);
  secret.credential = made.id;
  secret.hash = "h1.1.x";
  secret.state = SecretState::kCurrent;
  secret.created_at = clock_.now();
  made.secrets = {secret};
  return made;
}

std::string kind_name(const ::testing::TestParamInfo<Kind>& info) { return info.param == Kind::kSqlite ? "Sqlite" : "Postgres"; }

}  // namespace gatehouse::test
