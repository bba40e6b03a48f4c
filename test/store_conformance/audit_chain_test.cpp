// Whatever is done to the chain behind the program's back is found, and where.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "audit/segments.h"
#include "audit/verify.h"
#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AuditChain : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (int i = 1; i <= 6; ++i) ASSERT_TRUE(log_->record(event("test.action-" + std::to_string(i))));
  }

  audit::Verification verify() {
    const auto head = audit::read_head_file(head_path(), *keys_);
    std::optional<audit::Head> kept;
    if (head) kept = head.value();
    return audit::verify(database_->read().value(), kept, *keys_, segments()).value();
  }
  std::string segments() const { return folder_.path() + "/audit"; }

  /// Everything that was written so far.
  std::vector<store::AuditSegment> seal() {
    const Instant now = clock_.now();
    return audit::seal_next(*database_, *log_, *keys_, segments(), now + std::chrono::milliseconds(1), now, event("audit.seal"))
        .value();
  }

  /// What is found at `sequence`.
  std::string found(std::int64_t sequence) {
    for (const audit::Finding& finding : verify().findings) {
      if (finding.sequence == sequence) return finding.what;
    }
    return "";
  }

  bool log_opens() { return audit::Log::open(*database_, *keys_, head_path(), clock_, random_).has_value(); }
};

TEST_P(AuditChain, AWholeChainIsIntact) {
  const auto result = verify();
  EXPECT_TRUE(result.intact());
  EXPECT_EQ(result.records, 6);
  EXPECT_TRUE(log_opens());
}

TEST_P(AuditChain, EachChangedFieldIsFound) {
  for (const char* column :
       {"at", "id", "action", "target_kind", "target_id", "target_name", "before_json", "after_json", "reason", "outcome",
        "actor_kind", "actor_id", "actor_name", "on_behalf_of", "address", "user_agent", "mac"}) {
    const std::string name = column;
    const std::string other = name == "at" ? "at + 1" : name + " || 'x'";
    const std::string back = name == "at" ? "at - 1" : "substr(" + name + ", 1, length(" + name + ") - 1)";
    empty_->run("UPDATE audit_records SET " + name + " = " + other + " WHERE sequence = 3");
    EXPECT_EQ(found(3), "changed") << column;
    empty_->run("UPDATE audit_records SET " + name + " = " + back + " WHERE sequence = 3");
    EXPECT_TRUE(verify().intact()) << column;
  }
}

TEST_P(AuditChain, TextMovedFromOneFieldToTheNextIsFound) {
  empty_->run("UPDATE audit_records SET target_kind = 'tes', target_id = 'ttarget' WHERE sequence = 2");
  EXPECT_EQ(found(2), "changed");
}

TEST_P(AuditChain, GoesOnFromASealedSegment) {
  const auto made = seal();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(audit::file_name(made[0]), "0000000001-0000000006.jsonl");
  ASSERT_TRUE(log_->record(event("test.later")));
  auto result = verify();
  EXPECT_TRUE(result.intact());
  EXPECT_EQ(result.records, 2) << "of the sealing itself, and what came later";
  EXPECT_EQ(result.sealed, 6);
  EXPECT_EQ(result.last_sequence, 8);
  EXPECT_TRUE(log_opens());
  std::ifstream file(segments() + "/" + audit::file_name(made[0]));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_THAT(lines[5], HasSubstr("test.action-6"));

  ASSERT_EQ(seal().size(), 1U);
  ASSERT_TRUE(log_opens());
  EXPECT_TRUE(verify().intact());
  std::filesystem::remove_all(segments());
  result = verify();
  EXPECT_TRUE(result.intact()) << "files may be kept elsewhere";
  EXPECT_THAT(result.absent, ::testing::ElementsAre("0000000001-0000000006.jsonl", "0000000007-0000000008.jsonl"));
}

TEST_P(AuditChain, IsSealedUpToAnInstantOnly) {
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(log_->record(event("test.later")));
  const Instant now = clock_.now();
  const auto made = audit::seal_next(*database_, *log_, *keys_, segments(), now, now, event("audit.seal")).value();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].last, 6);
  EXPECT_THAT(audit::seal_next(*database_, *log_, *keys_, segments(), now, now, event("audit.seal")).value(), IsEmpty());
  EXPECT_TRUE(verify().intact());
}

TEST_P(AuditChain, AHeadThatIsBehindASealedSegmentCatchesUp) {
  const auto behind = audit::read_head_file(head_path(), *keys_).value();
  ASSERT_TRUE(log_->record(event("test.by-another-node")));
  seal();
  ASSERT_TRUE(audit::write_head_file(head_path(), behind, *keys_));
  EXPECT_TRUE(log_opens());
  EXPECT_EQ(audit::read_head_file(head_path(), *keys_).value().sequence, 8);
}

TEST_P(AuditChain, ASegmentThatGatehouseDidNotSealIsFound) {
  empty_->run("DELETE FROM audit_records WHERE sequence <= 3");
  empty_->run("INSERT INTO audit_segments SELECT 1, 3, 0, 0, 'mac', 1, 'digest', NULL, 0, 'e1.1.AAAA' FROM chain_head");
  EXPECT_EQ(found(0), "segment");
  EXPECT_FALSE(log_opens());
}

TEST_P(AuditChain, WhatIsDoneToASealedSegmentIsFound) {
  const auto made = seal();
  for (const std::string change :
       {"first = 2", "last = 5", "mac = 'x'", "digest = 'x'", "last_at = last_at + 1", "key_epoch = 0"}) {
    empty_->run("CREATE TABLE kept AS SELECT * FROM audit_segments");
    empty_->run("UPDATE audit_segments SET " + change);
    EXPECT_EQ(found(0), "segment") << change;
    EXPECT_FALSE(log_opens()) << change;
    empty_->run("DELETE FROM audit_segments; INSERT INTO audit_segments SELECT * FROM kept; DROP TABLE kept");
    EXPECT_TRUE(verify().intact()) << change;
  }
  std::ofstream(segments() + "/" + audit::file_name(made[0]), std::ios::app) << "{}\n";
  EXPECT_EQ(found(1), "sealed file");
  empty_->run("DELETE FROM audit_segments");
  EXPECT_EQ(found(1), "missing");
}

TEST_P(AuditChain, AnAnchorInsideASealedSegmentIsStillHeldAgainstIt) {
  audit::Head anchor = audit::read_head_file(head_path(), *keys_).value();
  anchor = {4, database_->read().value()->audit_records.get(4).value().mac, 1};
  ASSERT_EQ(seal().size(), 1U);
  const auto found_by = [&](const audit::Head& head) {
    return audit::verify(database_->read().value(), head, *keys_, segments()).value().findings.size();
  };
  EXPECT_EQ(found_by(anchor), 0U);
  audit::Head other = anchor;
  other.mac[0] = other.mac[0] == 'A' ? 'B' : 'A';
  EXPECT_EQ(found_by(other), 1U);
  std::filesystem::remove_all(segments());
  EXPECT_EQ(found_by(anchor), 1U) << "it can't be compared";
}

TEST_P(AuditChain, NothingIsWrittenOnTopOfADatabaseThatWasPutBackUnderARunningServer) {
  empty_->run("DELETE FROM audit_records WHERE sequence > 4");
  empty_->run("UPDATE chain_head SET sequence = 4, mac = (SELECT mac FROM audit_records WHERE sequence = 4)");
  const auto done = log_->record(event("test.on-top"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kDataCorrupt);
  EXPECT_EQ(database_->read().value()->audit_records.end().value().sequence, 4);
}

TEST_P(AuditChain, ADamagedChainIsNotSealed) {
  empty_->run("UPDATE audit_records SET reason = 'x' WHERE sequence = 3");
  const Instant now = clock_.now();
  const auto made =
      audit::seal_next(*database_, *log_, *keys_, segments(), now + std::chrono::hours(1), now, event("audit.seal"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::kDataCorrupt);
  EXPECT_EQ(database_->read().value()->audit_records.segments().value().size(), 0U);
  EXPECT_EQ(found(3), "changed");
}

TEST_P(AuditChain, ADeletedRecordIsFound) {
  empty_->run("DELETE FROM audit_records WHERE sequence = 3");
  EXPECT_EQ(found(3), "missing");
}

TEST_P(AuditChain, ADeletedRecordIsFoundWhereTheRestIsRenumbered) {
  empty_->run(
      "DELETE FROM audit_records WHERE sequence = 3; UPDATE audit_records SET sequence = 3 WHERE sequence = 4;"
      "UPDATE audit_records SET sequence = 4 WHERE sequence = 5; UPDATE audit_records SET sequence = 5 WHERE sequence = 6;"
      "UPDATE chain_head SET sequence = 5");
  EXPECT_EQ(found(3), "changed");
}

TEST_P(AuditChain, AnInsertedRecordIsFound) {
  empty_->run(
      "INSERT INTO audit_records SELECT 7, at, 'another-id', action, target_kind, target_id, target_name, before_json, "
      "after_json, reason, "
      "outcome, actor_kind, actor_id, actor_name, on_behalf_of, address, user_agent, key_epoch, mac FROM audit_records WHERE "
      "sequence = 6");
  EXPECT_EQ(found(7), "changed");
  empty_->run("UPDATE audit_records SET sequence = -5 WHERE sequence = 7");
  EXPECT_EQ(found(-5), "inserted");
}

TEST_P(AuditChain, SwappedRecordsAreFound) {
  empty_->run(
      "UPDATE audit_records SET sequence = 100 WHERE sequence = 2; UPDATE audit_records SET sequence = 2 WHERE sequence = 3;"
      "UPDATE audit_records SET sequence = 3 WHERE sequence = 100");
  EXPECT_EQ(found(2), "changed");
  EXPECT_EQ(found(3), "changed");
}

TEST_P(AuditChain, ATruncatedChainIsFoundByTheHeadOutside) {
  empty_->run("DELETE FROM audit_records WHERE sequence > 4");
  EXPECT_EQ(found(5), "truncated");
  empty_->run("UPDATE chain_head SET sequence = 4, mac = (SELECT mac FROM audit_records WHERE sequence = 4)");
  EXPECT_EQ(found(5), "truncated") << "the database's own head fits, the one outside doesn't";
  EXPECT_FALSE(log_opens()) << "and nothing is written on top of it";
}

TEST_P(AuditChain, ARolledBackDatabaseIsFoundAfterItWentOn) {
  // The database of record 4 was put back and went on by itself with another history.
  const std::string head = [&] {
    std::ifstream in(head_path());
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  empty_->run(
      "DELETE FROM audit_records WHERE sequence > 4;"
      "UPDATE chain_head SET sequence = 4, mac = (SELECT mac FROM audit_records WHERE sequence = 4)");
  std::filesystem::remove(head_path());
  audit::write_head_file(head_path(), {4, database_->read().value()->audit_records.end().value().mac, 1}, *keys_).value();
  log_ = open_log(*database_);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(log_->record(event("test.other")));
  EXPECT_TRUE(verify().intact());
  std::ofstream(head_path()) << head;
  EXPECT_EQ(found(6), "head");
  EXPECT_FALSE(log_opens());
}

TEST_P(AuditChain, RelabelledRecordsAreFound) {
  empty_->run("UPDATE audit_records SET key_epoch = 2 WHERE sequence = 3");
  EXPECT_EQ(found(3), "epoch");
  empty_->run("UPDATE audit_records SET key_epoch = 0 WHERE sequence = 3");
  EXPECT_EQ(found(3), "epoch");
}

TEST_P(AuditChain, ANewEpochGoesOnAndTheOldOneIsNotTakenBack) {
  log_.reset();
  keys_->add_epoch(crypto::KeyPurpose::kAudit, random_);
  log_ = open_log(*database_);
  ASSERT_TRUE(log_->record(event()));
  ASSERT_TRUE(log_->record(event()));
  EXPECT_TRUE(verify().intact());
  EXPECT_EQ(database_->read().value()->audit_records.get(7).value().key_epoch, 2);
  empty_->run("UPDATE audit_records SET key_epoch = 1 WHERE sequence = 8");
  EXPECT_EQ(found(8), "epoch");
}

TEST_P(AuditChain, AnotherInstallationsKeysDoNotVerify) {
  *keys_ = crypto::Keyring::generate(random_);
  EXPECT_FALSE(audit::read_head_file(head_path(), *keys_));
  EXPECT_EQ(found(1), "changed");
}

TEST_P(AuditChain, AChangedHeadIsRefused) {
  std::ofstream(head_path()) << R"({"sequence":4,"mac":"x","key_epoch":1,"signature":"e1.1.AAAA"})";
  const auto head = audit::read_head_file(head_path(), *keys_);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, Errc::kDataCorrupt);
  EXPECT_FALSE(log_opens());
  EXPECT_THAT(verify().findings, Contains(Field(&audit::Finding::what, "head")));
}

TEST_P(AuditChain, AMissingHeadIsFoundAndTheLogDoesNotGoOn) {
  std::filesystem::remove(head_path());
  EXPECT_EQ(found(6), "head");
  EXPECT_FALSE(log_opens());
}

TEST_P(AuditChain, AHeadThatIsBehindIsMovedForwardOnlyOverAWholeChain) {
  const std::string old_head = [&] {
    std::ifstream in(head_path());
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  ASSERT_TRUE(log_->record(event()));
  ASSERT_TRUE(log_->record(event()));
  std::ofstream(head_path()) << old_head;  // a crash came between commit and head
  EXPECT_TRUE(verify().intact());
  ASSERT_TRUE(log_opens());
  EXPECT_EQ(audit::read_head_file(head_path(), *keys_).value().sequence, 8);
  std::ofstream(head_path()) << old_head;
  empty_->run("UPDATE audit_records SET reason = 'x' WHERE sequence = 8");
  const auto opened = audit::Log::open(*database_, *keys_, head_path(), clock_, random_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kDataCorrupt);
  EXPECT_THAT(opened.error().public_detail, HasSubstr("record 8"));
  EXPECT_EQ(audit::read_head_file(head_path(), *keys_).value().sequence, 6);
}

TEST_P(AuditChain, WithoutAPlaceForTheHeadNoChangeIsTaken) {
  const std::string away = head_path() + ".new";
  std::filesystem::create_directory(away);  // the new head can't be written
  ASSERT_TRUE(log_->record(event())) << "it was durable before the head failed";
  EXPECT_FALSE(log_->health());
  const auto refused = log_->record(event());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kUnavailable);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("audit.head"));
  std::filesystem::remove(away);
  EXPECT_TRUE(log_->record(event()));
  EXPECT_TRUE(log_->health());
  EXPECT_TRUE(verify().intact());
}

GATEHOUSE_ON_BOTH(AuditChain);

}  // namespace
}  // namespace gatehouse::test
