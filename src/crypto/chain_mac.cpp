#include "crypto/chain_mac.h"

#include <sodium.h>

#include "base/encoding.h"
#include "crypto/epoch_text.h"
#include "crypto/hmac.h"

namespace gatehouse::crypto {
namespace {

constexpr std::string_view kForm = "e1";
constexpr std::string_view kPurpose = "gatehouse audit head 1\n";
static_assert(kKeySize == crypto_sign_ed25519_SEEDBYTES);

struct Pair {
  std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> open{};
  std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> closed{};
  explicit Pair(const Key& seed) {
    crypto_sign_ed25519_seed_keypair(open.data(), closed.data(), reinterpret_cast<const unsigned char*>(seed.expose().data()));
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() { secure_zero(closed.data(), closed.size()); }
};

std::string signed_text(std::string_view message) { return std::string(kPurpose) + std::string(message); }

}  // namespace

ChainMac::ChainMac(const Keyring& keys) {
  const int epochs = keys.current_epoch(KeyPurpose::kAudit);
  for (int epoch = 1; epoch <= epochs; ++epoch) by_epoch_.emplace_back(*keys.find(KeyPurpose::kAudit, epoch));
}

Result<ChainTag> ChainMac::tag(int epoch, std::string_view message) const {
  if (epoch < 1 || epoch > current_epoch()) {
    return fail(Errc::kDataCorrupt, "An audit record names a key that this installation never had.");
  }
  return by_epoch_[static_cast<std::size_t>(epoch - 1)].tag({message});
}

std::string sign_head(const Keyring& keys, std::string_view message) {
  const int epoch = keys.current_epoch(KeyPurpose::kHeadSigning);
  const Pair pair(*keys.find(KeyPurpose::kHeadSigning, epoch));
  const std::string text = signed_text(message);
  std::array<std::byte, crypto_sign_ed25519_BYTES> signature{};
  crypto_sign_ed25519_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                               reinterpret_cast<const unsigned char*>(text.data()), text.size(), pair.closed.data());
  return format_epoch_text(kForm, epoch, signature);
}

Result<void> verify_head(const Keyring& keys, std::string_view message, std::string_view signature) {
  const auto parsed = parse_epoch_text(kForm, signature);
  const Key* const seed = parsed ? keys.find(KeyPurpose::kHeadSigning, parsed->epoch) : nullptr;
  if (seed == nullptr || parsed->bytes.size() != crypto_sign_ed25519_BYTES) {
    return fail(Errc::kDataCorrupt, "The audit head has no signature by a key of this installation.");
  }
  const Pair pair(*seed);
  const std::string text = signed_text(message);
  if (crypto_sign_ed25519_verify_detached(reinterpret_cast<const unsigned char*>(parsed->bytes.data()),
                                          reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                          pair.open.data()) != 0) {
    return fail(Errc::kDataCorrupt, "The audit head's signature is wrong: the head was changed.");
  }
  return success();
}

std::string head_public_key(const Keyring& keys) {
  const Pair pair(*keys.find(KeyPurpose::kHeadSigning, keys.current_epoch(KeyPurpose::kHeadSigning)));
  return to_base64url(std::as_bytes(std::span(pair.open)));
}

}  // namespace gatehouse::crypto
