// The keyed hash under which a token's secret is known: the database and the index hold nothing else of it.
//
// HMAC-SHA-256 over record id and secret, 256 bits, under the token-hash key of an epoch. A stolen database without the keyring
// gives no way to test a guess. Called on the request path: no allocation, no lock.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/keys.h"

namespace gatehouse::crypto {

using TokenDigest = std::array<std::byte, 32>;

struct TokenHash {
  int epoch = 0;
  TokenDigest digest{};
};

/// "h1.EPOCH.BASE64URL", as SecretRecord::hash keeps it.
std::string format_token_hash(const TokenHash& hash);
Result<TokenHash> parse_token_hash(std::string_view text);

/// Takes the same time wherever they differ.
bool same_digest(const TokenDigest& one, const TokenDigest& other) noexcept;

/// Const objects are usable from all threads.
class TokenHasher {
 public:
  /// Copies what it needs; `keys` need not live on.
  explicit TokenHasher(const Keyring& keys);
  ~TokenHasher();
  TokenHasher(const TokenHasher&) = delete;
  TokenHasher& operator=(const TokenHasher&) = delete;

  /// Under the current epoch, for a new secret. `id` and `secret` are token::ParsedToken's.
  TokenHash hash(std::string_view id, std::string_view secret) const noexcept;
  /// False where the digest differs or the epoch is unknown.
  bool matches(const TokenHash& stored, std::string_view id, std::string_view secret) const noexcept;

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace gatehouse::crypto
