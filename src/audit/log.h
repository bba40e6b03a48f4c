// The audit log: the only way to commit a unit of work. admin/ has one Log a process.
//
//   GH_TRY(auto work, database.begin());
//   GH_TRYV(work->grants.insert(grant));
//   AuditEvent event = …;
//   GH_TRY(auto done, log.commit(std::move(work), event));
//
// A refused attempt is recorded with an empty unit of work: log.record(event).
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "audit/head.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/chain_mac.h"
#include "crypto/keys.h"
#include "model/audit_event.h"
#include "store/database.h"

namespace gatehouse::audit {

/// `Error::field` of a change whose condition does not hold.
inline constexpr std::string_view kConditionField = "If-Match";

/// Thread-safe.
class Log {
 public:
  /// Reads the head file and compares it with the database. A head that is behind (a crash came between commit and head) is moved
  /// forward where the records after it are intact; everything else that is odd is kDataCorrupt and names the sequence.
  /// References must outlive the Log.
  static Result<std::unique_ptr<Log>> open(store::Database& database, const crypto::Keyring& keys, std::string head_path,
                                           const Clock& clock, Random& random);

  /// Chains the event, commits change and record together, then moves the head. Durable on success. An event that names no action
  /// or outcome is kInvalidArgument and nothing is written; kConflict about kConditionField where the caller's condition
  /// (Caller::only_after) does not hold.
  Result<store::Committed> commit(store::UnitOfWork work, AuditEvent event);
  /// Several records for one unit of work, at least one.
  Result<store::Committed> commit(store::UnitOfWork work, std::vector<AuditEvent> events);
  /// A record without a change: a refusal, an export.
  Result<store::Committed> record(AuditEvent event);

  /// One at a time in this process: two would write the same file.
  std::mutex& sealing() noexcept { return sealing_; }

  /// The failure of the last attempt to write the head file, if it failed. As long as it can't be written, commit() refuses.
  Result<void> health() const;

 private:
  Log(store::Database& database, const crypto::Keyring& keys, std::string head_path, const Clock& clock, Random& random);
  /// Refuses while the head file is behind and can't be brought up.
  Result<void> ready();
  void move_head(const Head& head);
  /// kDataCorrupt where the database's chain ends before, or otherwise than, what was committed here: nothing is written on top.
  Result<void> check_not_behind(const Head& end) const;

  store::Database& database_;
  const crypto::Keyring& keys_;
  const crypto::ChainMac mac_;
  std::string head_path_;
  const Clock& clock_;
  Random& random_;
  mutable std::mutex mutex_;
  std::mutex sealing_;
  Head head_;            ///< the newest that was committed
  bool behind_ = false;  ///< the file does not hold head_ yet
  Error problem_;
};

}  // namespace gatehouse::audit
