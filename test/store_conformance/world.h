// A fresh database for each case, on SQLite or on PostgreSQL, with keys, an audit log and somebody to own things.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "audit/log.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/keys.h"
#include "store/database.h"

namespace gatehouse::test {

/// A folder that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

enum class Kind { kSqlite, kPostgres };

/// One empty database: a file, or a schema of the PostgreSQL of GATEHOUSE_TEST_POSTGRES.
class EmptyDatabase {
 public:
  explicit EmptyDatabase(Kind kind);
  ~EmptyDatabase();
  EmptyDatabase(const EmptyDatabase&) = delete;
  EmptyDatabase& operator=(const EmptyDatabase&) = delete;
  /// What Database::open takes.
  const std::string& target() const noexcept { return target_; }
  /// Runs statements behind the program's back.
  void run(const std::string& sql) const;

 private:
  const Kind kind_;
  TemporaryFolder folder_;
  std::string schema_;
  std::string target_;
};

/// False where there is no PostgreSQL to test with.
bool available(Kind kind);

class StoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override;

  std::unique_ptr<store::Database> open(store::DatabaseOptions options = {});
  std::unique_ptr<audit::Log> open_log(store::Database& database);
  std::string head_path() const { return folder_.path() + "/audit.head"; }
  /// An event that may stand in the chain.
  AuditEvent event(const std::string& action = "test.change") const;

  /// Committed values, as cases need them to refer to.
  User add_user(const std::string& email);
  Site add_site(const std::string& key);
  ServiceAccount add_account(const std::string& handle, const UserId& owner);
  Credential credential(const AccountId& account, const UserId& owner, const Site& site);

  /// Begins, lets `change` write, and commits.
  template <class Change>
  Result<store::Committed> commit(const Change& change) {
    GH_TRY(auto work, database_->begin());
    GH_TRYV(change(work));
    return log_->commit(std::move(work), event());
  }

  SystemRandom random_;
  FakeClock clock_{Instant(Duration(1795487400000))};
  TemporaryFolder folder_;
  std::unique_ptr<EmptyDatabase> empty_;
  std::unique_ptr<crypto::Keyring> keys_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<audit::Log> log_;
};

std::string kind_name(const ::testing::TestParamInfo<Kind>& info);

}  // namespace gatehouse::test

#define GATEHOUSE_ON_BOTH(suite) INSTANTIATE_TEST_SUITE_P(On, suite, ::testing::Values(Kind::kSqlite, Kind::kPostgres), kind_name)
