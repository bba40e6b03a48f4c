// Backup and restore, between the same and between different databases.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "audit/verify.h"
#include "store/backup.h"
#include "store/dump.h"
#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// An installation: a data folder, and the database under test beside it.
class Backup : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    log_.reset();
    auto made = store::DataFolder::create(folder_.path() + "/data", random_);
    ASSERT_TRUE(made) << made.error().public_detail;
    data_ = std::make_unique<store::DataFolder>(std::move(made).value());
    log_ = audit::Log::open(*database_, data_->keyring(), data_->head_path(), clock_, random_).value();
    const User owner = add_user("o@example.com");
    const Site site = add_site("acme");
    const ServiceAccount account = add_account("bot", owner.id);
    made_ = credential(account.id, owner.id, site);
    ASSERT_TRUE(commit([&](auto& work) { return work->credentials.insert(made_); }));
    store::UsageBatch batch;
    batch.ticks.resize(1);
    batch.ticks[0].count = 7;
    batch.decisions = {{"r1", clock_.now(), made_.id, "{}"}};
    batch.writes.resize(1);
    ASSERT_TRUE(database_->record(batch));
  }

  std::string file() const { return folder_.path() + "/backup"; }
  store::BackupSummary back_up() {
    const auto summary = store::write_backup(*database_, *data_, file(), random_);
    EXPECT_TRUE(summary) << summary.error().public_detail << summary.error().log_detail;
    return summary ? summary.value() : store::BackupSummary{};
  }

  /// A folder with nothing but the master key, as after a fire.
  store::DataFolder claim(const std::string& name) {
    store::MasterKeySource source;
    source.file = data_->master_key_path();
    auto claimed = store::DataFolder::claim(folder_.path() + "/" + name, source);
    EXPECT_TRUE(claimed) << claimed.error().public_detail;
    return std::move(claimed).value();
  }

  void restore_and_compare(Kind kind) {
    if (!available(kind)) GTEST_SKIP() << "NOT RUN: no PostgreSQL to restore into";
    const EmptyDatabase target(kind);
    const auto summary = back_up();
    auto fresh = claim("fresh");
    const auto restored = store::restore_backup(file(), fresh, target.target());
    ASSERT_TRUE(restored) << restored.error().public_detail << restored.error().log_detail;
    EXPECT_EQ(restored.value().rows, summary.rows);
    EXPECT_EQ(restored.value().audit_sequence, 4);
    const auto database = store::Database::open(target.target()).value();
    const auto log = audit::Log::open(*database, fresh.keyring(), fresh.head_path(), clock_, random_);
    ASSERT_TRUE(log) << log.error().public_detail;
    {
      const auto reader = database->read().value();
      const Credential back = reader->credentials.get_by_secret(made_.secrets[0].id).value().value;
      EXPECT_EQ(back.boundary, made_.boundary);
      EXPECT_EQ(back.scopes, made_.scopes);
      EXPECT_EQ(back.pause, made_.pause);
      EXPECT_EQ(reader->usage.decision("r1").value().json, "{}");
      EXPECT_EQ(reader->changes.latest().value(), 4);
      EXPECT_THAT(reader->changes.after(0).value(), SizeIs(4));
      const auto head = audit::read_head_file(fresh.head_path(), fresh.keyring()).value();
      EXPECT_TRUE(audit::verify(reader, head, fresh.keyring()).value().intact());
    }
    EXPECT_TRUE(log.value()->record(event())) << "and it goes on";
  }

  std::unique_ptr<store::DataFolder> data_;
  Credential made_;
};

TEST_P(Backup, RestoresIntoSqlite) { restore_and_compare(Kind::kSqlite); }
TEST_P(Backup, RestoresIntoPostgres) { restore_and_compare(Kind::kPostgres); }

TEST_P(Backup, HoldsEveryTableAndColumn) {
  for (const auto& table : store::dump_tables()) {
    const std::string name(table.name);
    // A column that the dump forgets would make this statement insert nothing that fits.
    empty_->run("INSERT INTO " + name + " SELECT " + std::string(table.columns) + " FROM " + name + " WHERE 1 = 0");
    EXPECT_EQ(table.types.size(), 1 + static_cast<std::size_t>(std::count(table.columns.begin(), table.columns.end(), ',')))
        << name;
  }
  std::string migrations;
  for (const auto& entry : std::filesystem::directory_iterator("src/store/migrations")) migrations += contents(entry.path());
  std::size_t tables = 0;
  for (std::size_t at = migrations.find("CREATE TABLE "); at != std::string::npos; at = migrations.find("CREATE TABLE ", at + 1))
    ++tables;
  EXPECT_EQ(store::dump_tables().size(), tables);
}

TEST_P(Backup, IsOneSnapshotWhileOthersWrite) {
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const auto done = commit([&](auto& work) -> Result<void> {
        GH_TRYV(work->settings.set("left" + std::to_string(i), "x"));
        return work->settings.set("right" + std::to_string(i), "x");
      });
      EXPECT_TRUE(done);
    }
  });
  while (database_->read().value()->changes.latest().value() < 10) std::this_thread::yield();
  const auto summary = back_up();
  stop = true;
  writer.join();
  const EmptyDatabase target(Kind::kSqlite);
  auto fresh = claim("fresh");
  ASSERT_TRUE(store::restore_backup(file(), fresh, target.target()));
  const auto database = store::Database::open(target.target()).value();
  EXPECT_TRUE(audit::Log::open(*database, fresh.keyring(), fresh.head_path(), clock_, random_));
  const auto reader = database->read().value();
  EXPECT_EQ(reader->settings.list().value().size() % 2, 0U);
  EXPECT_EQ(reader->changes.latest().value(), summary.change);
}

TEST_P(Backup, IsForItsOwnerAloneAndHoldsNothingInTheClear) {
  back_up();
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const std::string bytes = contents(file());
  for (const std::string& secret : {std::string("example.com"), made_.id.value, made_.secrets[0].hash, std::string("nightly")}) {
    EXPECT_THAT(bytes, Not(HasSubstr(secret)));
  }
  EXPECT_EQ(store::write_backup(*database_, *data_, file(), random_).error().code, Errc::kConflict)
      << "an older one is not overwritten";
  EXPECT_EQ(contents(file()), bytes);
  EXPECT_FALSE(std::filesystem::exists(file() + ".partial"));
}

TEST_P(Backup, ADamagedOneRestoresNothing) {
  back_up();
  const std::string whole = contents(file());
  std::vector<std::string> damaged{whole.substr(0, whole.size() - 1), whole.substr(0, whole.size() / 2), whole.substr(0, 10), "",
                                   whole + "x"};
  for (const std::size_t at : {std::size_t{3}, whole.size() / 3, whole.size() / 2, whole.size() - 1}) {
    damaged.push_back(whole);
    damaged.back()[at] = static_cast<char>(damaged.back()[at] ^ 1);
  }
  int number = 0;
  for (const std::string& bytes : damaged) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
    auto fresh = claim("fresh" + std::to_string(++number));
    const EmptyDatabase target(Kind::kSqlite);
    const auto restored = store::restore_backup(file(), fresh, target.target());
    ASSERT_FALSE(restored) << number;
    EXPECT_EQ(restored.error().code, Errc::kDataCorrupt) << number << restored.error().public_detail;
    EXPECT_FALSE(std::filesystem::exists(fresh.keyring_path()));
    if (std::filesystem::exists(target.target())) {
      const auto database = store::Database::open(target.target()).value();
      EXPECT_THAT(database->read().value()->users.list({}, {}).value().items, IsEmpty());
    }
  }
}

TEST_P(Backup, NeedsItsOwnMasterKey) {
  back_up();
  const std::string other = folder_.path() + "/other.key";
  ASSERT_TRUE(crypto::MasterKey::generate(random_).write_file(other));
  store::MasterKeySource source;
  source.file = other;
  auto fresh = store::DataFolder::claim(folder_.path() + "/fresh", source).value();
  const EmptyDatabase target(Kind::kSqlite);
  const auto restored = store::restore_backup(file(), fresh, target.target());
  ASSERT_FALSE(restored);
  EXPECT_THAT(restored.error().public_detail, HasSubstr("another master key"));
  EXPECT_EQ(store::DataFolder::claim(folder_.path() + "/nokey", {}).error().code, Errc::kNotFound);
}

TEST_P(Backup, IsNotRestoredOverSomething) {
  back_up();
  auto fresh = claim("fresh");
  const auto restored = store::restore_backup(file(), fresh, empty_->target());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, Errc::kConflict);
  EXPECT_FALSE(std::filesystem::exists(fresh.keyring_path()));
  EXPECT_EQ(store::DataFolder::claim(data_->path(), {}).error().code, Errc::kConflict);
}

TEST_P(Backup, AnOldOneIsDetectedAgainstANewerHead) {
  back_up();
  ASSERT_TRUE(log_->record(event("token.revoke")));
  const auto newer = audit::read_head_file(data_->head_path(), data_->keyring()).value();
  const EmptyDatabase target(Kind::kSqlite);
  auto fresh = claim("fresh");
  ASSERT_TRUE(store::restore_backup(file(), fresh, target.target()));
  const auto database = store::Database::open(target.target()).value();
  const auto result = audit::verify(database->read().value(), newer, fresh.keyring()).value();
  EXPECT_THAT(result.findings, Contains(Field(&audit::Finding::what, "truncated")));
  // A folder that kept its newer head takes no older backup without anybody's saying so.
  std::filesystem::create_directory(folder_.path() + "/kept");
  std::filesystem::permissions(folder_.path() + "/kept", std::filesystem::perms::owner_all);
  std::filesystem::copy(data_->head_path(), folder_.path() + "/kept/audit.head");
  store::MasterKeySource source;
  source.file = data_->master_key_path();
  EXPECT_EQ(store::DataFolder::claim(folder_.path() + "/kept", source).error().code, Errc::kConflict);
}

GATEHOUSE_ON_BOTH(Backup);

}  // namespace
}  // namespace gatehouse::test
