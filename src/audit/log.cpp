#include "audit/log.h"

#include <algorithm>

#include "audit/chain.h"
#include "audit/segments.h"
#include "audit/verify.h"
#include "base/encoding.h"

namespace gatehouse::audit {
namespace {

constexpr std::size_t kRecordIdLength = 16;

/// The records after the head, each chained to the one before by a key of this installation.
Result<Head> follow(const store::Reader& reader, Head head, const crypto::ChainMac& mac) {
  store::Page page{std::to_string(head.sequence), 1000};
  do {
    GH_TRY(const auto listed, reader->audit_records.list({}, page));
    for (const AuditRecord& record : listed.items) {
      GH_TRY(head, next_head(head, record, mac));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return head;
}

}  // namespace

Log::Log(store::Database& database, const crypto::Keyring& keys, std::string head_path, const Clock& clock, Random& random)
    : database_(database), keys_(keys), mac_(keys), head_path_(std::move(head_path)), clock_(clock), random_(random) {}

Result<std::unique_ptr<Log>> Log::open(store::Database& database, const crypto::Keyring& keys, std::string head_path,
                                       const Clock& clock, Random& random) {
  std::unique_ptr<Log> log(new Log(database, keys, std::move(head_path), clock, random));
  auto kept = read_head_file(log->head_path_, keys);
  if (!kept && kept.error().code != Errc::kNotFound) return std::move(kept).error();
  GH_TRY(const auto reader, database.read());
  GH_TRY(const auto end, reader->audit_records.end());
  if (!kept && end.sequence > 1) {
    // The first record may have been written by an `init` that was stopped before it wrote the head; more than that can't.
    return broken_at(end.sequence, "the head file " + log->head_path_ + " is gone, so that a roll-back would not be seen.");
  }
  Head head = kept ? kept.value() : Head{};
  if (head.sequence > end.sequence) {
    return broken_at(end.sequence + 1, "the head outside the database names record " + std::to_string(head.sequence) +
                                           ": records were cut off, or an older database was put back.");
  }
  GH_TRY(const Head sealed, sealed_end(*reader.operator->(), keys));
  const Head before = head;
  if (head.sequence < sealed.sequence) {
    // Sealed by another process, whose signature says what the chain goes on from.
    head = sealed;
  } else if (head.sequence == sealed.sequence && head.sequence > 0) {
    if (head.mac != sealed.mac || head.key_epoch != sealed.key_epoch)
      return broken_at(head.sequence, "it is another one than the head outside the database names.");
  } else if (head.sequence > 0) {
    const auto record = reader->audit_records.get(head.sequence);
    if (!record) return broken_at(head.sequence, "it is missing.");
    if (record.value().mac != head.mac || record.value().key_epoch != head.key_epoch) {
      return broken_at(head.sequence, "it is another one than the head outside the database names.");
    }
  }
  GH_TRY(head, follow(reader, std::move(head), log->mac_));
  if (head.sequence != end.sequence || head.mac != end.mac)
    return broken_at(head.sequence, "the database's own head does not fit.");
  log->head_ = head;
  if (head.sequence != before.sequence) {
    GH_TRYV(write_head_file(log->head_path_, head, keys));
  }
  return log;
}

Result<store::Committed> Log::commit(store::UnitOfWork work, AuditEvent event) {
  std::vector<AuditEvent> events;
  events.push_back(std::move(event));
  return commit(std::move(work), std::move(events));
}

Result<store::Committed> Log::commit(store::UnitOfWork work, std::vector<AuditEvent> events) {
  GH_TRYV(ready());
  std::vector<AuditRecord> records;
  Head head{work.chain_end().sequence, work.chain_end().mac, work.chain_end().key_epoch};
  GH_TRYV(check_not_behind(head));
  const Instant now = clock_.now();
  std::vector<std::shared_ptr<std::int64_t>> conditions;
  for (AuditEvent& event : events) {
    if (const auto& condition = event.caller.only_after) {
      if (*condition >= 0 && *condition != work.chain_end().sequence)
        return fail(Errc::kConflict, "Something was changed meanwhile; read the record again and repeat the change.", {},
                    std::string(kConditionField));
      conditions.push_back(condition);
    }
    if (event.action.empty() || event.outcome.empty()) {
      return fail(Errc::kInvalidArgument, "An audit record needs an action and an outcome.");
    }
    AuditRecord& record = records.emplace_back();
    record.sequence = ++head.sequence;
    record.at = now;
    record.id = random_base62(random_, kRecordIdLength);
    record.event = std::move(event);
    record.key_epoch = std::max(head.key_epoch, mac_.current_epoch());
    GH_TRY(const auto tag, mac_.tag(record.key_epoch, canonical_form(record, head.mac)));
    record.mac = to_base64url(tag);
    head.mac = record.mac;
    head.key_epoch = record.key_epoch;
  }
  GH_TRY(const auto done, work.commit(records));
  for (const auto& condition : conditions) *condition = -1;
  move_head(head);
  return done;
}

Result<store::Committed> Log::record(AuditEvent event) {
  GH_TRY(auto work, database_.begin());
  return commit(std::move(work), std::move(event));
}

Result<void> Log::check_not_behind(const Head& end) const {
  const std::lock_guard lock(mutex_);
  if (end.sequence > head_.sequence) return success();
  if (end.sequence == head_.sequence && (end.sequence == 0 || end.mac == head_.mac)) return success();
  return broken_at(end.sequence + 1, "records that were committed are gone from the database, or an older one was put back.");
}

Result<void> Log::ready() {
  const std::lock_guard lock(mutex_);
  if (!behind_) return success();
  auto written = write_head_file(head_path_, head_, keys_);
  if (!written) {
    problem_ = std::move(written).error();
    return fail(Errc::kUnavailable,
                "No change is taken: the audit head " + head_path_ + " can't be written. " + problem_.public_detail,
                problem_.log_detail);
  }
  behind_ = false;
  return success();
}

void Log::move_head(const Head& head) {
  const std::lock_guard lock(mutex_);
  // Another thread may have committed, and written, a later record already.
  if (head.sequence <= head_.sequence) return;
  head_ = head;
  auto written = write_head_file(head_path_, head_, keys_);
  behind_ = !written;
  if (!written) problem_ = std::move(written).error();
}

Result<void> Log::health() const {
  const std::lock_guard lock(mutex_);
  if (behind_) return problem_;
  return success();
}

}  // namespace gatehouse::audit
