// Public keys of others and their signatures, by OpenSSL: what passkeys (RFC 9053) and OpenID Connect providers (RFC 7518) sign
// with. Three algorithms, each key bound to its own: there is no way to ask for another one.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

struct evp_pkey_st;

namespace gatehouse::crypto {

/// The numbers are COSE's.
enum class SignatureAlgorithm { kEs256 = -7, kEdDsa = -8, kRs256 = -257 };

/// Const objects are usable from all threads.
class PublicKey {
 public:
  /// kInvalidArgument where the point does not lie on the curve; coordinates are 32 bytes each.
  static Result<PublicKey> p256(std::span<const std::byte> x, std::span<const std::byte> y);
  static Result<PublicKey> ed25519(std::span<const std::byte> x);
  /// 2048 to 8192 bits; the exponent is odd and at least 3.
  static Result<PublicKey> rsa(std::span<const std::byte> modulus, std::span<const std::byte> exponent);

  SignatureAlgorithm algorithm() const noexcept { return algorithm_; }
  /// ES256 in DER, as WebAuthn has it.
  bool verifies(std::string_view message, std::span<const std::byte> signature) const;
  /// ES256 as two numbers of 32 bytes, as JOSE has it (RFC 7518 section 3.4).
  bool verifies_jose(std::string_view message, std::span<const std::byte> signature) const;

 private:
  PublicKey(SignatureAlgorithm algorithm, std::shared_ptr<evp_pkey_st> key) : algorithm_(algorithm), key_(std::move(key)) {}
  SignatureAlgorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace gatehouse::crypto
