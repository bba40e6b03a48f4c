// The data folder: master key, keyring, audit head, lock and, with SQLite, the database. main/ and local/ open it.
//
//   DIR/gatehouse.db   DIR/master.key   DIR/keyring   DIR/audit.head   DIR/audit/…   DIR/lock
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/keys.h"

namespace gatehouse::store {

/// Where the master key comes from. The first that is set counts.
struct MasterKeySource {
  int descriptor = -1;             ///< read to its end and closed
  std::string systemd_credential;  ///< a name below $CREDENTIALS_DIRECTORY
  std::string file;                ///< empty: DIR/master.key
};

/// Holds the lock (but for open_beside) as long as it lives. Const functions are thread-safe.
class DataFolder {
 public:
  /// Makes DIR (0700) with a new master key and keyring. kConflict where DIR holds an installation already.
  static Result<DataFolder> create(const std::string& path, Random& random);
  /// kNotFound where there is no installation, kNotAllowed where folder or keys can be read by others (the error names chmod),
  /// kConflict where another process has it locked, kDataCorrupt where the keyring can't be opened.
  static Result<DataFolder> open(const std::string& path, const MasterKeySource& source = {});
  /// The same without taking the lock, to read beside a running server: backup, audit verify.
  static Result<DataFolder> open_beside(const std::string& path, const MasterKeySource& source = {});
  /// A folder that a backup is restored into: made where it does not exist, locked, without an installation, with a master key. A
  /// key of `source.file` is copied to DIR/master.key. kConflict where there is an installation, or the audit head of one.
  static Result<DataFolder> claim(const std::string& path, const MasterKeySource& source);
  DataFolder(DataFolder&&) noexcept;
  ~DataFolder();

  const std::string& path() const noexcept { return path_; }
  std::string database_path() const { return path_ + "/gatehouse.db"; }
  std::string head_path() const { return path_ + "/audit.head"; }
  std::string segments_path() const { return path_ + "/audit"; }
  std::string master_key_path() const { return path_ + "/master.key"; }
  std::string keyring_path() const { return path_ + "/keyring"; }

  const crypto::MasterKey& master_key() const noexcept { return *master_key_; }
  const crypto::Keyring& keyring() const noexcept { return *keyring_; }
  /// Replaces the keyring file atomically and flushes it.
  Result<void> save_keyring(const crypto::Keyring& keyring, Random& random);
  /// Of a claimed folder: writes the keyring (as it lay sealed in the other folder) and the audit head (empty: none).
  Result<void> adopt(std::string_view sealed_keyring, std::string_view head);
  /// Takes adopt() back.
  void disown() noexcept;

 private:
  DataFolder() = default;
  Result<void> lock();

  std::string path_;
  int lock_ = -1;
  std::unique_ptr<crypto::MasterKey> master_key_;
  std::unique_ptr<crypto::Keyring> keyring_;
};

/// Writes `text` to `path` so that after a crash it holds either the old or the new whole text (0600, flushed, folder too).
Result<void> replace_file(const std::string& path, std::string_view text);
/// A whole small file (up to 1 MiB); kNotFound where there is none.
Result<std::string> read_small_file(const std::string& path);

}  // namespace gatehouse::store
