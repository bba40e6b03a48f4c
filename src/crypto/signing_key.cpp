#include "crypto/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>

namespace gatehouse::crypto {
namespace {

constexpr std::size_t kCoordinate = 32;
constexpr int kHalf = 32;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const noexcept {
    release(thing);
  }
};
using Number = std::unique_ptr<BIGNUM, Release<BN_clear_free>>;
using Group = std::unique_ptr<EC_GROUP, Release<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Release<EC_POINT_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* raw(const Key& key) { return reinterpret_cast<const unsigned char*>(key.expose().data()); }

Error unusable() {
  ERR_clear_error();
  return fail(Errc::kInvalidArgument, "The signing key can't be used.");
}

/// SEC 1: uncompressed, 65 bytes.
Result<std::vector<unsigned char>> public_point(const BIGNUM* secret) {
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  if (!group || BN_is_zero(secret) || BN_cmp(secret, EC_GROUP_get0_order(group.get())) >= 0) return unusable();
  const Point point(EC_POINT_new(group.get()));
  std::vector<unsigned char> bytes(1 + 2 * kCoordinate);
  if (!point || EC_POINT_mul(group.get(), point.get(), secret, nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(), nullptr) !=
          bytes.size())
    return unusable();
  return bytes;
}

std::vector<std::byte> part(const std::vector<unsigned char>& bytes, std::size_t from) {
  std::vector<std::byte> out(kCoordinate);
  for (std::size_t i = 0; i < kCoordinate; ++i) out[i] = static_cast<std::byte>(bytes[from + i]);
  return out;
}

}  // namespace

Result<SigningKey> SigningKey::ed25519(const Key& secret) {
  std::shared_ptr<EVP_PKEY> key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(secret), kKeySize), EVP_PKEY_free);
  std::vector<std::byte> x(kCoordinate);
  std::size_t size = x.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(x.data()), &size) != 1 || size != x.size())
    return unusable();
  GH_TRY(PublicKey half, PublicKey::ed25519(x));
  return SigningKey(SignatureAlgorithm::kEdDsa, std::move(key), std::move(half), std::move(x), {});
}

Result<SigningKey> SigningKey::p256(const Key& secret) {
  const Number scalar(BN_bin2bn(raw(secret), static_cast<int>(kKeySize), nullptr));
  if (!scalar) return unusable();
  GH_TRY(const std::vector<unsigned char> point, public_point(scalar.get()));
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get()) != 1)
    return unusable();
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, parameters.get()) != 1)
    return unusable();
  std::shared_ptr<EVP_PKEY> key(made, EVP_PKEY_free);
  std::vector<std::byte> x = part(point, 1);
  std::vector<std::byte> y = part(point, 1 + kCoordinate);
  GH_TRY(PublicKey half, PublicKey::p256(x, y));
  return SigningKey(SignatureAlgorithm::kEs256, std::move(key), std::move(half), std::move(x), std::move(y));
}

Result<std::vector<std::byte>> SigningKey::sign_jose(std::string_view message) const {
  const auto failed = [] {
    ERR_clear_error();
    return fail(Errc::kInternal, "Nothing could be signed.");
  };
  const DigestContext context(EVP_MD_CTX_new());
  const bool ec = algorithm_ == SignatureAlgorithm::kEs256;
  const auto* const text = reinterpret_cast<const unsigned char*>(message.data());
  std::array<unsigned char, 80> signature{};  // DER of P-256 takes 72 at most, Ed25519 64
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, ec ? EVP_sha256() : nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, text, message.size()) != 1)
    return failed();
  std::vector<std::byte> out(2 * kCoordinate);
  auto* const place = reinterpret_cast<unsigned char*>(out.data());
  if (!ec) {
    if (size != out.size()) return failed();
    std::copy_n(signature.data(), size, place);
    return out;
  }
  const unsigned char* der = signature.data();
  const EcSignature both(d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size)));
  if (!both || BN_bn2binpad(ECDSA_SIG_get0_r(both.get()), place, kHalf) != kHalf ||
      BN_bn2binpad(ECDSA_SIG_get0_s(both.get()), place + kCoordinate, kHalf) != kHalf)
    return failed();
  return out;
}

}  // namespace gatehouse::crypto
