// One step along the audit chain. Used by log.cpp and segments.cpp, which stop at the first record that is wrong; verify.h goes
// on.
#pragma once

#include "audit/head.h"
#include "crypto/chain_mac.h"
#include "model/audit_event.h"

namespace gatehouse::audit {

/// That the chain is broken at this record, in words for people.
Error broken_at(std::int64_t sequence, const std::string& what);
/// The head after `record`, which must be chained to `head` by a key of this installation; else kDataCorrupt names its sequence.
Result<Head> next_head(const Head& head, const AuditRecord& record, const crypto::ChainMac& mac);

}  // namespace gatehouse::audit
