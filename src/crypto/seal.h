// Envelope encryption of secrets that are stored: upstream credentials. XChaCha20-Poly1305 (libsodium); admin/ seals, upstream/
// opens.
//
// Each record has a data key of its own, wrapped by the sealing key of an epoch. Both layers are bound to what the record is, to
// its id and to the site's origin: a blob moved to another row, or a site whose address was changed, opens nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/keys.h"

namespace gatehouse::crypto {

/// All three are authenticated, none is secret.
struct SealContext {
  std::string_view purpose;    ///< "upstream_credential"
  std::string_view record_id;  ///< the row's id
  std::string_view origin;     ///< the site's scheme://host[:port], or "" where there is none
};

/// Usable from all threads if `random` is.
class Sealer {
 public:
  /// Both must outlive the Sealer.
  Sealer(const Keyring& keys, Random& random) noexcept : keys_(keys), random_(random) {}

  /// "s1.EPOCH.BASE64URL", printable; safe to store and to log.
  std::string seal(const SecretString& plain, const SealContext& context) const;
  /// kDataCorrupt where the text was changed, belongs to another row or origin, or its key is gone.
  Result<SecretString> open(std::string_view sealed, const SealContext& context) const;
  /// The epoch of the key that sealed it; 0 where `sealed` is malformed.
  static int epoch_of(std::string_view sealed);

 private:
  const Keyring& keys_;
  Random& random_;
};

}  // namespace gatehouse::crypto
