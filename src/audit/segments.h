// Sealed segments: the older part of the audit chain, moved from the database into files of JSON Lines.
//
// A segment says which records its file holds, the SHA-256 of the file and the MAC that the chain goes on from, under a signature
// of this installation: whoever can write to the database can neither make one up nor take records out by it. A file may be kept
// elsewhere; the chain in the database can be verified without it. Called by admin/audit.h, verify.h and log.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/head.h"
#include "audit/log.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "store/database.h"

namespace gatehouse::audit {

/// "0000000001-0000004096.jsonl".
std::string file_name(const store::AuditSegment& segment);

/// All of them, each signed and following the one before; kDataCorrupt names the first that does not.
Result<std::vector<store::AuditSegment>> read_segments(const store::Repositories& at, const crypto::Keyring& keys);
/// What the chain goes on from; sequence 0 where nothing was sealed.
Result<Head> sealed_end(const store::Repositories& at, const crypto::Keyring& keys);

enum class SegmentFile : std::uint8_t { kWhole, kAbsent, kChanged };
/// What lies in `folder` for it. kUnavailable where it can't be read.
Result<SegmentFile> look_at_file(const store::AuditSegment& segment, const std::string& folder);

/// The MAC that the file has for this record; nothing where it has none.
std::optional<std::string> mac_in_file(const store::AuditSegment& segment, const std::string& folder, std::int64_t sequence);

/// Seals the next records that are older than `before`, of at most 16 MiB, into a file of `folder`, which is made where it is not
/// there: verified, written and flushed before they leave the database. `event` is recorded with it and gets the segment's name
/// for its target. Empty where no record is that old; kDataCorrupt where the chain is not whole, kConflict where another process
/// sealed meanwhile. Blocks.
Result<std::vector<store::AuditSegment>> seal_next(store::Database& database, Log& log, const crypto::Keyring& keys,
                                                   const std::string& folder, Instant before, Instant now, AuditEvent event);

}  // namespace gatehouse::audit
