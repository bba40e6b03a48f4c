// The installation's keys: one master key outside the database, and a keyring that it seals. admin/, audit/, store/ and local/
// use it.
//
// The keyring holds separate keys for the audit chain, the sealing of upstream credentials, token hashes and the signature of the
// audit head. Each has an epoch, so that a key can be replaced while what it made is still read. The keyring lies sealed in the
// data folder (store/data_folder.h), the master key in a 0600 file, or it is handed over by descriptor or as a systemd
// credential.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace gatehouse::crypto {

inline constexpr std::size_t kKeySize = 32;
using Key = Secret<std::array<std::byte, kKeySize>>;

/// The one key that has to be kept elsewhere too: without it nothing that is sealed can be read. Const objects are usable from
/// all threads.
class MasterKey {
 public:
  static MasterKey generate(Random& random);
  /// Reads a file that only its owner may read or write; others' bits are kNotAllowed and the error names chmod.
  static Result<MasterKey> from_file(const std::string& path);
  /// Reads `descriptor` to its end and closes it.
  static Result<MasterKey> from_descriptor(int descriptor);
  /// $CREDENTIALS_DIRECTORY/NAME, as systemd's LoadCredential= gives it.
  static Result<MasterKey> from_systemd_credential(std::string_view name);
  /// Writes a new file of mode 0600 and flushes it; kConflict where one exists.
  Result<void> write_file(const std::string& path) const;

  /// A key of its own for each `purpose` and `salt` (keyed BLAKE2b).
  Key derive(std::string_view purpose, std::string_view salt) const;

 private:
  explicit MasterKey(Key key) : key_(std::move(key)) {}
  static Result<MasterKey> parse(std::string_view text, const std::string& where);
  Key key_;
};

enum class KeyPurpose { kAudit = 1, kSealing, kTokenHash, kHeadSigning };

/// The keys by purpose and epoch (from 1, rising). Const objects are usable from all threads.
class Keyring {
 public:
  /// Epoch 1 of every purpose.
  static Keyring generate(Random& random);
  /// kDataCorrupt where `sealed` is damaged or another master key sealed it.
  static Result<Keyring> open(std::string_view sealed, const MasterKey& master);
  /// The text that lies in the data folder.
  std::string seal(const MasterKey& master, Random& random) const;

  int current_epoch(KeyPurpose purpose) const noexcept;
  /// Null where there is none of that epoch.
  const Key* find(KeyPurpose purpose, int epoch) const noexcept;
  /// Adds the next epoch; what the older ones made stays readable.
  void add_epoch(KeyPurpose purpose, Random& random);

 private:
  struct Entry {
    KeyPurpose purpose;
    int epoch;
    Key key;
  };
  Keyring() = default;
  std::vector<Entry> entries_;
};

}  // namespace gatehouse::crypto
