// Verifies the audit chain against the keys and the head that lies outside the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/head.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "model/audit_event.h"
#include "store/database.h"

namespace gatehouse::audit {

/// One thing that is wrong, and at which sequence.
struct Finding {
  std::int64_t sequence = 0;
  std::string what;  ///< "changed", "missing", "inserted", "truncated", "epoch", "head" …
  std::string detail;
};

struct Verification {
  std::int64_t records = 0;
  std::int64_t last_sequence = 0;
  std::int64_t sealed = 0;          ///< so many stand in sealed segments, and are not among `records`
  std::vector<std::string> absent;  ///< files of segments that lie elsewhere
  std::vector<Finding> findings;    ///< empty: the chain is whole; at most 100 are kept
  bool intact() const noexcept { return findings.empty(); }
};

/// The text that is authenticated: every field with its length, after the MAC of the record before.
std::string canonical_form(const AuditRecord& record, std::string_view previous_mac);
/// Reads the whole chain in one snapshot, from where the sealed segments end, and the files of those in `folder` (empty: it looks
/// at none). A file that is not there is no finding; one that holds anything else is. `head` empty: there is no head file, which
/// is a finding where there are records. Finds any flipped, deleted, inserted, swapped, truncated, rolled-back or relabelled
/// record. 1,000,000 records take some seconds.
Result<Verification> verify(const store::Reader& reader, const std::optional<Head>& head, const crypto::Keyring& keys,
                            const std::string& folder = {});

}  // namespace gatehouse::audit
