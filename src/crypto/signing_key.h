// Private keys of our own, from 32 secret bytes, by OpenSSL: what access tokens are signed with (token/access_token.h).
//
// Two algorithms, each key bound to its own. The public half goes into the JWKS.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keys.h"
#include "crypto/public_key.h"

namespace gatehouse::crypto {

/// Const objects are usable from all threads.
class SigningKey {
 public:
  /// The secret is the seed of RFC 8032.
  static Result<SigningKey> ed25519(const Key& secret);
  /// The secret is the scalar: kInvalidArgument, with a chance of 2^-32, where it is none of P-256's.
  static Result<SigningKey> p256(const Key& secret);

  SignatureAlgorithm algorithm() const noexcept { return algorithm_; }
  const PublicKey& public_key() const noexcept { return public_; }
  /// The coordinates as JWK has them (RFC 7518 section 6.2, RFC 8037); `y` is empty for Ed25519.
  const std::vector<std::byte>& x() const noexcept { return x_; }
  const std::vector<std::byte>& y() const noexcept { return y_; }
  /// As JOSE has it: 64 bytes.
  Result<std::vector<std::byte>> sign_jose(std::string_view message) const;

 private:
  SigningKey(SignatureAlgorithm algorithm, std::shared_ptr<evp_pkey_st> key, PublicKey public_half, std::vector<std::byte> x,
             std::vector<std::byte> y)
      : algorithm_(algorithm), key_(std::move(key)), public_(std::move(public_half)), x_(std::move(x)), y_(std::move(y)) {}
  SignatureAlgorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_;
  std::vector<std::byte> x_;
  std::vector<std::byte> y_;
};

}  // namespace gatehouse::crypto
