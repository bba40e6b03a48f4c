// Backup and restore: every row of one snapshot, sealed, in one format for both databases. local/backup_commands calls it.
//
// The file holds the keyring as it lies in the data folder (sealed by the master key), then the audit head and all rows, sealed
// under a key derived from the master key. It is of no use without the master key, which is not in it.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "store/data_folder.h"
#include "store/database.h"

namespace gatehouse::store {

struct BackupSummary {
  std::int64_t rows = 0;
  std::int64_t change = 0;          ///< the last change that is in it
  std::int64_t audit_sequence = 0;  ///< the last audit record that is in it
};

/// Writes a new file of mode 0600 while others go on reading and writing. Left behind is a whole file or none.
Result<BackupSummary> write_backup(Database& database, const DataFolder& folder, const std::string& file, Random& random);

/// Puts the keyring and the audit head of the backup into `folder` (DataFolder::claim) and its rows into the database, which must
/// be empty; all or nothing. kConflict where it holds something already, kDataCorrupt where the file was changed, is cut off, or
/// belongs to another master key.
Result<BackupSummary> restore_backup(const std::string& file, DataFolder& folder, const std::string& database_target);

}  // namespace gatehouse::store
