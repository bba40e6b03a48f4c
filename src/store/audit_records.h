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

 private:
  friend class UnitOfWork;
  Result<void> append(const AuditRecord& record);

  Session& session_;
};

}  // namespace gatehouse::store
