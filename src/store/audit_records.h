// The rows of the audit chain. audit/ alone appends, by committing a unit of work; others read and list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/audit_event.h"
#include "store/stored.h"

namespace gatehouse::store {

/// Where the chain ends, as the database has it. Sequence 0: nothing was written yet.
struct ChainEnd {
  std::int64_t sequence = 0;
  std::string mac;
  int key_epoch = 0;
};

/// Records that lie in a file instead of here, and how the file can be known again (audit/segments.h).
struct AuditSegment {
  std::int64_t first = 0;  ///< sequences, both inclusive
  std::int64_t last = 0;
  Instant first_at{};
  Instant last_at{};
  std::string mac;                    ///< of the last one
  int key_epoch = 0;                  ///< likewise
  std::string digest;                 ///< SHA-256 of the file, base64url
  std::optional<Instant> rotated_at;  ///< when the keys were last replaced, as far as these records and older ones tell
  Instant sealed_at{};
  std::string signature;
};

class AuditRecords {
 public:
  explicit AuditRecords(Session& session) noexcept : session_(session) {}
  AuditRecords(const AuditRecords&) = delete;

  Result<ChainEnd> end() const;
  Result<AuditRecord> get(std::int64_t sequence) const;
  struct Filter {
    std::string action;  ///< a whole action, or a noun with a dot at its end: "token."
    std::string target_id;
    std::string actor_id;
    std::optional<Instant> from;  ///< inclusive
    std::optional<Instant> to;    ///< exclusive
    bool newest_first = false;
  };
  /// By sequence; Page::after is a sequence as text.
  Result<Listed<AuditRecord>> list(const Filter& filter, const Page& page) const;
  /// The oldest first.
  Result<std::vector<AuditSegment>> segments() const;
  /// In a unit of work: from now on the segment stands for its records, which go. kConflict where it does not follow the one
  /// before, or goes beyond the chain.
  Result<void> put_in_segment(const AuditSegment& segment);

 private:
  friend class UnitOfWork;
  Result<void> append(const AuditRecord& record);

  Session& session_;
};

}  // namespace gatehouse::store
