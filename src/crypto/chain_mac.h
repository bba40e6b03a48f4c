// The MAC that chains audit records, and the signature of the chain's head. Used by audit/ alone.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hmac.h"
#include "crypto/keys.h"

namespace gatehouse::crypto {

using ChainTag = std::array<std::byte, 32>;

/// HMAC-SHA-256 under the audit keys. Const objects are usable from all threads.
class ChainMac {
 public:
  /// Copies what it needs; `keys` need not live on.
  explicit ChainMac(const Keyring& keys);
  int current_epoch() const noexcept { return static_cast<int>(by_epoch_.size()); }
  /// kDataCorrupt where there is no key of `epoch`.
  Result<ChainTag> tag(int epoch, std::string_view message) const;

 private:
  std::vector<PreparedHmac> by_epoch_;  ///< index: epoch - 1
};

/// Ed25519 (RFC 8032) by the current head-signing key; "e1.EPOCH.BASE64URL".
std::string sign_head(const Keyring& keys, std::string_view message);
/// kDataCorrupt where the signature is not of that message, or its key is unknown.
Result<void> verify_head(const Keyring& keys, std::string_view message, std::string_view signature);
/// The public half of the current head-signing key in base64url, for whoever checks a head elsewhere.
std::string head_public_key(const Keyring& keys);

}  // namespace gatehouse::crypto
