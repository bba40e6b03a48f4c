#include "crypto/aead.h"

#include <sodium.h>

#include <algorithm>

namespace gatehouse::crypto {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(kAeadOverhead == kNonce + crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char* raw(std::byte* at) { return reinterpret_cast<unsigned char*>(at); }
const unsigned char* raw(const std::byte* at) { return reinterpret_cast<const unsigned char*>(at); }
const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::vector<std::byte> aead_seal(const Key& key, std::span<const std::byte> plain, std::string_view associated, Random& random) {
  std::vector<std::byte> out(kAeadOverhead + plain.size());
  random.fill({out.data(), kNonce});
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out.data() + kNonce), nullptr, raw(plain.data()), plain.size(), raw(associated),
                                             associated.size(), nullptr, raw(out.data()), raw(key.expose().data()));
  return out;
}

std::optional<std::vector<std::byte>> aead_open(const Key& key, std::span<const std::byte> sealed, std::string_view associated) {
  if (sealed.size() < kAeadOverhead) return std::nullopt;
  std::vector<std::byte> out(sealed.size() - kAeadOverhead);
  // An empty vector has no address, which libsodium would take as "verify only".
  std::byte none{};
  const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(
      raw(out.empty() ? &none : out.data()), nullptr, nullptr, raw(sealed.data() + kNonce), sealed.size() - kNonce,
      raw(associated), associated.size(), raw(sealed.data()), raw(key.expose().data()));
  if (status != 0) return std::nullopt;
  return out;
}

}  // namespace gatehouse::crypto
