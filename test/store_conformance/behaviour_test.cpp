// What both databases promise alike: isolation, order, durability of the change log, refusals.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class Behaviour : public StoreTest {
 protected:
  store::Reader read() { return database_->read().value(); }
  User user(const std::string& email) {
    User made;
    made.id = new_id<UserId>(random_);
    made.email = email;
    return made;
  }
};

TEST_P(Behaviour, WhatIsNotCommittedLeavesNothing) {
  const User made = user("a@example.com");
  {
    auto work = database_->begin().value();
    ASSERT_TRUE(work->users.insert(made));
    EXPECT_TRUE(work->users.get(made.id)) << "a unit of work reads what it wrote";
  }
  EXPECT_EQ(read()->users.get(made.id).error().code, Errc::kNotFound);
  EXPECT_EQ(read()->changes.latest().value(), 0);
  EXPECT_EQ(read()->audit_records.end().value().sequence, 0);
}

TEST_P(Behaviour, AFailedStepTakesTheWholeChangeWithIt) {
  add_user("a@example.com");
  const auto before = read()->audit_records.end().value().sequence;
  auto work = database_->begin().value();
  const User good = user("b@example.com");
  ASSERT_TRUE(work->users.insert(good));
  EXPECT_EQ(work->users.insert(user("A@EXAMPLE.com")).error().code, Errc::kConflict);
  EXPECT_FALSE(work->users.insert(user("c@example.com")));
  EXPECT_FALSE(work->users.get(good.id));
  EXPECT_FALSE(log_->commit(std::move(work), event()));
  EXPECT_EQ(read()->users.get(good.id).error().code, Errc::kNotFound);
  EXPECT_EQ(read()->audit_records.end().value().sequence, before);
  EXPECT_TRUE(commit([&](auto& next) { return next->users.insert(good); })) << "the writer is usable again";
}

TEST_P(Behaviour, AChangeWithoutAUsableRecordIsRefused) {
  auto work = database_->begin().value();
  ASSERT_TRUE(work->users.insert(user("a@example.com")));
  EXPECT_EQ(log_->commit(std::move(work), AuditEvent{}).error().code, Errc::kInvalidArgument);
  auto other = database_->begin().value();
  ASSERT_TRUE(other->users.insert(user("a@example.com")));
  EXPECT_FALSE(log_->commit(std::move(other), std::vector<AuditEvent>{}));
  EXPECT_THAT(read()->users.list({}, {}).value().items, IsEmpty());
}

TEST_P(Behaviour, ASecondWriterOfTheSameVersionIsRefused) {
  User made = add_user("a@example.com");
  made.name = "first";
  ASSERT_TRUE(commit([&](auto& work) { return work->users.update(made, 1); }));
  made.name = "second";
  const auto refused = commit([&](auto& work) { return work->users.update(made, 1); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kConflict);
  EXPECT_EQ(read()->users.get(made.id).value().value.name, "first");
  User absent = user("b@example.com");
  EXPECT_EQ(commit([&](auto& work) { return work->users.update(absent, 1); }).error().code, Errc::kNotFound);
}

TEST_P(Behaviour, TextThatTheTwoWouldKeepDifferentlyIsRefused) {
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xff"), std::string("\xc0\x80"),
                                  std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"), std::string("cut \xe2\x82")}) {
    User made = user("a@example.com");
    made.name = text;
    const auto refused = commit([&](auto& work) { return work->users.insert(made); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kInvalidArgument);
    EXPECT_THAT(refused.error().public_detail, HasSubstr("NUL"));
    EXPECT_EQ(read()->users.get_by_email(std::string("a@example.com\0", 14)).error().code, Errc::kInvalidArgument);
  }
}

TEST_P(Behaviour, AReferenceToNothingIsRefused) {
  ServiceAccount account;
  account.id = new_id<AccountId>(random_);
  account.handle = "bot";
  account.owner = UserId("nobody");
  EXPECT_EQ(commit([&](auto& work) { return work->accounts.insert(account); }).error().code, Errc::kInvalidArgument);
}

TEST_P(Behaviour, AReaderSeesOneSnapshot) {
  const auto reader = read();
  const User made = add_user("a@example.com");
  EXPECT_THAT(reader->users.list({}, {}).value().items, IsEmpty());
  EXPECT_EQ(reader->audit_records.end().value().sequence, 0);
  EXPECT_THAT(read()->users.list({}, {}).value().items, SizeIs(1));
}

TEST_P(Behaviour, ChangesAreNumberedByUnitOfWork) {
  const User first = add_user("a@example.com");
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->settings.set("x", "1"));
    GH_TRYV(work->settings.set("x", "2"));
    return work->users.insert(user("b@example.com"));
  }));
  ASSERT_TRUE(log_->record(event("refused.attempt")));
  const auto done = commit([&](auto& work) { return work->settings.set("y", "1"); });
  ASSERT_TRUE(done);
  EXPECT_EQ(done.value().change, 3) << "a record without a change takes no number";
  EXPECT_EQ(done.value().audit_sequence, 4);
  const auto changes = read()->changes.after(0).value();
  ASSERT_THAT(changes, SizeIs(4));
  EXPECT_EQ(changes[0].number, 1);
  EXPECT_EQ(changes[0].aggregate, store::Aggregate::kUser);
  EXPECT_EQ(changes[0].id, first.id.value);
  EXPECT_EQ(changes[1].number, 2);
  EXPECT_EQ(changes[2].number, 2);
  EXPECT_EQ(changes[2].id, "x");
  EXPECT_EQ(changes[3].number, 3);
  EXPECT_THAT(read()->changes.after(2).value(), SizeIs(1));
  EXPECT_THAT(read()->changes.after(1, 1).value(), SizeIs(2)) << "a unit of work is never handed out in halves";
  EXPECT_THAT(read()->changes.after(3).value(), IsEmpty());
}

TEST_P(Behaviour, ManyWritersLoseNothingAndKeepTheOrder) {
  constexpr int kThreads = 4, kEach = 15;
  const auto other = open();
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const User made = user(std::to_string(thread) + "-" + std::to_string(i) + "@example.com");
        if (!commit([&](auto& work) { return work->users.insert(made); })) ++failed;
      }
    });
  }
  std::int64_t seen = 0;
  std::vector<store::Change> all;
  while (all.size() < kThreads * kEach && failed == 0) {
    const auto more = other->read().value()->changes.after(seen).value();
    for (const auto& change : more) {
      EXPECT_EQ(change.number, seen + 1) << "what becomes visible follows the number";
      seen = change.number;
    }
    all.insert(all.end(), more.begin(), more.end());
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(read()->changes.latest().value(), kThreads * kEach);
  EXPECT_THAT(read()->users.list({}, {{}, 1000}).value().items, SizeIs(kThreads * kEach));
}

TEST_P(Behaviour, TheFeedWakesForEachChange) {
  const auto other = GetParam() == Kind::kPostgres ? open() : nullptr;
  store::Database& waiting = other ? *other : *database_;
  EXPECT_EQ(waiting.wait_for_change(0, 1ms).value(), 0);
  std::thread writer([&] { add_user("a@example.com"); });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(waiting.wait_for_change(0, 20s).value(), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  writer.join();
  EXPECT_EQ(waiting.wait_for_change(0, 20s).value(), 1) << "what was missed is told at once";
  std::thread stopper([&] { waiting.stop_waiting(); });
  EXPECT_EQ(waiting.wait_for_change(1, 20s).value(), 1);
  stopper.join();
}

TEST_P(Behaviour, MigrationsRunOnceAndFindTheirWorkDone) {
  add_user("a@example.com");
  log_.reset();
  database_.reset();
  database_ = open();
  ASSERT_TRUE(database_);
  EXPECT_THAT(read()->users.list({}, {}).value().items, SizeIs(1));
  empty_->run("INSERT INTO schema_versions (version) VALUES (99)");
  database_.reset();
  const auto newer = store::Database::open(empty_->target());
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, Errc::kUnsupported);
  EXPECT_THAT(newer.error().public_detail, HasSubstr("newer"));
}

TEST_P(Behaviour, ManyProcessesMayOpenAnEmptyDatabaseAtOnce) {
  const EmptyDatabase fresh(GetParam());
  std::atomic<int> opened{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto database = store::Database::open(fresh.target());
      EXPECT_TRUE(database) << database.error().public_detail << database.error().log_detail;
      opened += database ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(opened, 4);
}

TEST_P(Behaviour, ABusyWriterIsATimeOutAndNotALoss) {
  store::DatabaseOptions options;
  options.wait = options.lock_wait = 50ms;
  const auto other = open(options);
  const auto work = database_->begin().value();
  const auto refused = other->begin();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kTimeout);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("busy"));
  EXPECT_TRUE(other->read()) << "readers go on";
}

TEST_P(Behaviour, ALockedDatabaseRefusesWithinASecondAndSaysSo) {
  const auto other = open();
  ASSERT_TRUE(other->writable());
  {
    const auto held = database_->begin().value();
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const auto began = std::chrono::steady_clock::now();
        const auto work = other->begin();
        const auto waited = std::chrono::steady_clock::now() - began;
        refused += !work && work.error().code == Errc::kTimeout ? 1 : 0;
        EXPECT_LT(waited, 1500ms) << "who queued behind the first is refused with it";
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(refused, 4);
    EXPECT_EQ(other->writable().error().code, Errc::kTimeout);
  }
  ASSERT_TRUE(other->begin());
  ASSERT_TRUE(other->tend_sign_in([&](auto& sign_in, const auto&) { return sign_in.forget_before(clock_.now()); }));
  EXPECT_TRUE(other->writable());
}

TEST_P(Behaviour, AValueThatCannotBeIsDataCorrupt) {
  const User made = add_user("a@example.com");
  empty_->run("UPDATE users SET role = 77");
  const auto read_back = read()->users.get(made.id);
  ASSERT_FALSE(read_back);
  EXPECT_EQ(read_back.error().code, Errc::kDataCorrupt);
  EXPECT_THAT(read_back.error().public_detail, HasSubstr("users"));
}

GATEHOUSE_ON_BOTH(Behaviour);

}  // namespace
}  // namespace gatehouse::test
