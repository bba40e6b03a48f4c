// XChaCha20-Poly1305 (libsodium) over spans: nonce and ciphertext in one piece. Used inside crypto/, and for access tokens that
// are sealed (token/access_token.h).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "crypto/keys.h"

namespace gatehouse::crypto {

inline constexpr std::size_t kAeadOverhead = 24 + 16;

/// Nonce (24 random bytes: no counter to keep, and none repeats by chance), ciphertext, tag.
std::vector<std::byte> aead_seal(const Key& key, std::span<const std::byte> plain, std::string_view associated, Random& random);
/// Nothing where key, text or associated data are not those of the sealing. The caller zeroes what it gets.
std::optional<std::vector<std::byte>> aead_open(const Key& key, std::span<const std::byte> sealed, std::string_view associated);

}  // namespace gatehouse::crypto
