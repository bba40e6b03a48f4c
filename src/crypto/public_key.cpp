#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <vector>

namespace gatehouse::crypto {
namespace {

constexpr std::size_t kCoordinate = 32;
constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 8192;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const noexcept {
    release(thing);
  }
};
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* raw(std::span<const std::byte> bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

Error unusable() {
  ERR_clear_error();
  return fail(Errc::kInvalidArgument, "The public key can't be used: it must be P-256, Ed25519, or RSA of 2048 to 8192 bits.");
}

Number number_of(std::span<const std::byte> bytes) {
  return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> from_parameters(const char* type, const Builder& builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return {key, EVP_PKEY_free};
}

}  // namespace

Result<PublicKey> PublicKey::p256(std::span<const std::byte> x, std::span<const std::byte> y) {
  if (x.size() != kCoordinate || y.size() != kCoordinate) return unusable();
  std::vector<unsigned char> point{4};  // SEC 1: uncompressed
  point.insert(point.end(), raw(x), raw(x) + x.size());
  point.insert(point.end(), raw(y), raw(y) + y.size());
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return unusable();
  auto key = from_parameters("EC", builder);
  if (!key) return unusable();
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return unusable();
  return PublicKey(SignatureAlgorithm::kEs256, std::move(key));
}

Result<PublicKey> PublicKey::ed25519(std::span<const std::byte> x) {
  if (x.size() != kCoordinate) return unusable();
  std::shared_ptr<EVP_PKEY> key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(x), x.size()), EVP_PKEY_free);
  if (!key) return unusable();
  return PublicKey(SignatureAlgorithm::kEdDsa, std::move(key));
}

Result<PublicKey> PublicKey::rsa(std::span<const std::byte> modulus, std::span<const std::byte> exponent) {
  if (modulus.size() > kMostRsaBits / 8 + 1 || exponent.size() > 8) return unusable();
  const Number n = number_of(modulus);
  const Number e = number_of(exponent);
  if (!n || !e || BN_num_bits(n.get()) < kLeastRsaBits || BN_num_bits(n.get()) > kMostRsaBits || !BN_is_odd(n.get()) ||
      !BN_is_odd(e.get()) || BN_is_one(e.get()))
    return unusable();
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return unusable();
  auto key = from_parameters("RSA", builder);
  if (!key) return unusable();
  return PublicKey(SignatureAlgorithm::kRs256, std::move(key));
}

bool PublicKey::verifies(std::string_view message, std::span<const std::byte> signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* const digest = algorithm_ == SignatureAlgorithm::kEdDsa ? nullptr : EVP_sha256();
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1) return false;
  const bool right = EVP_DigestVerify(context.get(), raw(signature), signature.size(),
                                      reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
  ERR_clear_error();
  return right;
}

bool PublicKey::verifies_jose(std::string_view message, std::span<const std::byte> signature) const {
  if (algorithm_ != SignatureAlgorithm::kEs256) return verifies(message, signature);
  if (signature.size() != 2 * kCoordinate) return false;
  const EcSignature both(ECDSA_SIG_new());
  Number r = number_of(signature.first(kCoordinate));
  Number s = number_of(signature.last(kCoordinate));
  if (!both || !r || !s || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return false;
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(both.get(), &out);
  if (size <= 0) return false;
  std::vector<std::byte> der(static_cast<std::size_t>(size));
  std::copy_n(reinterpret_cast<const std::byte*>(out), der.size(), der.begin());
  OPENSSL_free(out);
  return verifies(message, der);
}

}  // namespace gatehouse::crypto
