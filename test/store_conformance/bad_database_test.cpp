// A database that is away, full, corrupt or of another kind: an error that says what and where, and nothing lost.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "audit/verify.h"
#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

TEST(BadDatabase, AFolderThatIsNotThereIsNamed) {
  const auto opened = store::Database::open("/nonexistent/folder/gatehouse.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kUnavailable);
  EXPECT_THAT(opened.error().public_detail, HasSubstr("/nonexistent/folder/gatehouse.db: No such file or directory"));
}

TEST(BadDatabase, AServerThatIsAwayIsNamedWithoutItsPassword) {
  const auto opened = store::Database::open("postgresql://gatehouse:hunter2@127.0.0.1:1/gatehouse");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kUnavailable);
  EXPECT_THAT(opened.error().public_detail, HasSubstr("postgresql://gatehouse@127.0.0.1:1/gatehouse"));
  EXPECT_THAT(opened.error().public_detail + opened.error().log_detail, Not(HasSubstr("hunter2")));
}

TEST(BadDatabase, AUrlOfAnotherKindIsRefused) {
  EXPECT_EQ(store::Database::open("mysql://host/db").error().code, Errc::kUnsupported);
  EXPECT_EQ(store::Database::open("").error().code, Errc::kInvalidArgument);
  const auto odd = store::Database::open("postgresql://user:secret@host/db?nosuchoption=1");
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, Errc::kInvalidArgument);
  EXPECT_THAT(odd.error().public_detail + odd.error().log_detail, Not(HasSubstr("secret")));
}

TEST(BadDatabase, AFileThatIsNoDatabaseIsNamed) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/gatehouse.db";
  std::ofstream(path) << std::string(8192, 'x');
  const auto opened = store::Database::open(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kDataCorrupt);
  EXPECT_THAT(opened.error().public_detail, HasSubstr(path));
  EXPECT_THAT(opened.error().public_detail, HasSubstr("restore a backup"));
}

TEST(BadDatabase, TheFileIsForItsOwnerAlone) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/gatehouse.db";
  const mode_t before = ::umask(0);
  const auto opened = store::Database::open(path);
  ASSERT_TRUE(opened);
  const auto work = opened.value()->begin();  // the log goes with the last session that is open
  ::umask(before);
  ASSERT_TRUE(work);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((path + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << suffix;
  }
}

class BadSqlite : public StoreTest {};

TEST_P(BadSqlite, AFullDiskRefusesTheChangeAndKeepsTheRest) {
  log_.reset();
  database_.reset();
  store::DatabaseOptions options;
  options.max_pages = 240;  // stands in for the disk's end
  database_ = open(options);
  log_ = open_log(*database_);
  int kept = 0;
  Error last;
  for (; kept < 10000; ++kept) {
    const auto done =
        commit([&](auto& work) { return work->settings.set("name" + std::to_string(kept), std::string(3000, 'x')); });
    if (!done) {
      last = done.error();
      break;
    }
  }
  ASSERT_GT(kept, 10);
  EXPECT_EQ(last.code, Errc::kUnavailable);
  EXPECT_THAT(last.public_detail, HasSubstr("is full"));
  EXPECT_THAT(last.public_detail, HasSubstr(empty_->target()));
  EXPECT_EQ(database_->read().value()->settings.list().value().size(), static_cast<std::size_t>(kept));
  EXPECT_EQ(database_->read().value()->audit_records.end().value().sequence, kept)
      << "no record without its change, nor the reverse";
  options.max_pages = 100000;
  log_.reset();
  database_ = open(options);
  log_ = open_log(*database_);
  EXPECT_TRUE(commit([&](auto& work) { return work->settings.set("again", "x"); })) << "it goes on once there is space";
}

TEST_P(BadSqlite, ADamagedFileIsNoticed) {
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(commit([&](auto& work) { return work->settings.set("n" + std::to_string(i), std::string(900, 'x')); }));
  log_.reset();
  database_.reset();
  {
    std::fstream file(empty_->target(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    for (std::streamoff at = 4096; at < size; at += 512) {
      file.seekp(at);
      file.write("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    }
  }
  auto opened = store::Database::open(empty_->target());
  Error error;
  if (!opened) {
    error = opened.error();
  } else {
    const auto reader = opened.value()->read();
    error = reader ? reader.value()->settings.list().error() : reader.error();
  }
  EXPECT_EQ(error.code, Errc::kDataCorrupt) << error.public_detail << error.log_detail;
  EXPECT_THAT(error.public_detail, HasSubstr("damaged"));
}

/// A child writes and tells each change that was acknowledged; the parent kills it in the middle. What was told must be there.
TEST_P(BadSqlite, AKilledWriterLosesNothingThatWasAcknowledged) {
  log_.reset();
  database_.reset();
  int acknowledged = 0;
  for (int round = 0; round < 24; ++round) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(told[0]);
      auto database = store::Database::open(empty_->target());
      if (!database) ::_exit(2);
      auto log = audit::Log::open(*database.value(), *keys_, head_path(), clock_, random_);
      if (!log) ::_exit(3);
      for (int i = acknowledged;; ++i) {
        auto work = database.value()->begin();
        if (!work || !work.value()->settings.set("n" + std::to_string(i), std::to_string(round))) ::_exit(4);
        if (!log.value()->commit(std::move(work).value(), event())) ::_exit(5);
        const char one = 1;
        if (::write(told[1], &one, 1) != 1) ::_exit(6);
      }
    }
    ::close(told[1]);
    char one = 0;
    const int some = 1 + static_cast<int>(std::hash<std::string>()(random_base62(random_, 8)) % 12);
    for (int i = 0; i < some && ::read(told[0], &one, 1) == 1; ++i) ++acknowledged;
    ::usleep(static_cast<useconds_t>(std::hash<std::string>()(random_base62(random_, 8)) % 3000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer failed with " << WEXITSTATUS(status);
    while (::read(told[0], &one, 1) == 1) ++acknowledged;
    ::close(told[0]);
  }
  database_ = open();
  ASSERT_TRUE(database_);
  log_ = open_log(*database_);
  ASSERT_TRUE(log_);
  const auto reader = database_->read().value();
  for (int i = 0; i < acknowledged; ++i) EXPECT_TRUE(reader->settings.get("n" + std::to_string(i))) << i;
  const auto head = audit::read_head_file(head_path(), *keys_).value();
  const auto result = audit::verify(reader, head, *keys_).value();
  EXPECT_TRUE(result.intact());
  EXPECT_GE(result.records, acknowledged);
  // A record of a change that the child could not acknowledge any more is allowed; the change has to be there then.
  EXPECT_EQ(reader->changes.latest().value(), result.records);
  EXPECT_GT(acknowledged, 24);
}

INSTANTIATE_TEST_SUITE_P(On, BadSqlite, ::testing::Values(Kind::kSqlite), kind_name);

class BadPostgres : public StoreTest {};

TEST_P(BadPostgres, AConnectionThatWasCutIsReplaced) {
  log_.reset();
  // A name of its own: other suites may use the same server.
  database_ = store::Database::open(empty_->target() + "&application_name=to_be_cut").value();
  log_ = open_log(*database_);
  add_user("a@example.com");
  ASSERT_EQ(database_->wait_for_change(0, 1ms).value(), 1);
  empty_->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to_be_cut'");
  const auto done = commit([&](auto& work) { return work->settings.set("x", "2"); });
  EXPECT_TRUE(done) << done.error().log_detail;
  EXPECT_TRUE(database_->read());
  const auto first = database_->wait_for_change(1, 1s);
  if (!first) {
    EXPECT_EQ(first.error().code, Errc::kUnavailable);
  }
  EXPECT_GE(database_->wait_for_change(1, 1s).value(), 2);
}

TEST_P(BadPostgres, AReadOnlyServerIsSaidToBeOne) {
  const std::string target = empty_->target();
  const auto at = target.find("options=");
  const auto opened =
      store::Database::open(target.substr(0, at) + "options=-cdefault_transaction_read_only%3Don%20" + target.substr(at + 8));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kUnavailable) << opened.error().log_detail;
  EXPECT_THAT(opened.error().public_detail, HasSubstr("read-only"));
}

INSTANTIATE_TEST_SUITE_P(On, BadPostgres, ::testing::Values(Kind::kPostgres), kind_name);

}  // namespace
}  // namespace gatehouse::test
