// The MAC that chains audit records, and the signature of the chain's head. Used by audit/ alone.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/keys.h"

namespace gatehouse::crypto {

using ChainTag = std::array<std::byte, 32>;

/// HMAC-SHA-256 of `message` under the audit key of `epoch`. kDataCorrupt where the keyring has no such epoch.
Result<ChainTag> chain_mac(const Keyring& keys, int epoch, std::string_view message);

/// Ed25519 (RFC 8032) by the current head-signing key; "EPOCH.BASE64URL".
std::string sign_head(const Keyring& keys, std::string_view message);
/// kDataCorrupt where the signature is not of that message, or its key is unknown.
Result<void> verify_head(const Keyring& keys, std::string_view message, std::string_view signature);
/// The public half of the current head-signing key in base64url, for whoever checks a head elsewhere.
std::string head_public_key(const Keyring& keys);

}  // namespace gatehouse::crypto
