#include "crypto/self_test.h"

#include <sodium.h>

#include <array>
#include <string>

#include "base/encoding.h"
#include "crypto/hmac.h"

namespace gatehouse::crypto {
namespace {

Error broken(const char* what) {
  return fail(Errc::kInternal, std::string("The cryptographic self-test failed at ") + what + "; the program does not go on.");
}

/// 1, 2, 3 … from `first` on.
template <std::size_t size>
std::array<std::byte, size> counting(int first) {
  std::array<std::byte, size> bytes{};
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(first + static_cast<int>(i));
  return bytes;
}

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
template <std::size_t size>
const unsigned char* raw(const std::array<std::byte, size>& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
template <std::size_t size>
unsigned char* raw(std::array<std::byte, size>& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

constexpr std::string_view kPlain =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";

/// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
bool aead_works() {
  const auto key = counting<32>(0x80);
  const auto nonce = counting<24>(0x40);
  const std::array<unsigned char, 12> associated{0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
  std::array<std::byte, kPlain.size() + 16> out{};
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out), nullptr, raw(kPlain), kPlain.size(), associated.data(), associated.size(),
                                             nullptr, raw(nonce), raw(key));
  if (to_hex(std::span(out).last(16)) != "c0875924c1c7987947deafd8780acf49") return false;
  out[0] ^= std::byte{1};
  std::array<std::byte, kPlain.size()> back{};
  return crypto_aead_xchacha20poly1305_ietf_decrypt(raw(back), nullptr, nullptr, raw(out), out.size(), associated.data(),
                                                    associated.size(), raw(nonce), raw(key)) != 0;
}

/// RFC 4231 has no case with a key of exactly 32 bytes; its case 2 works since HMAC fills a key up with zeros.
bool hmac_works() {
  std::array<std::byte, kKeySize> bytes{};
  bytes[0] = std::byte{'J'};
  bytes[1] = std::byte{'e'};
  bytes[2] = std::byte{'f'};
  bytes[3] = std::byte{'e'};
  const PreparedHmac hmac{Key(bytes)};
  return to_hex(hmac.tag({"what do ya want ", "for nothing?"})) ==
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
}

/// RFC 8032, section 7.1, test 1: the signature of the empty message.
bool signature_works() {
  const auto seed = from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
  std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> open{};
  std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> closed{};
  std::array<std::byte, crypto_sign_ed25519_BYTES> signature{};
  if (!seed || seed.value().size() != crypto_sign_ed25519_SEEDBYTES) return false;
  crypto_sign_ed25519_seed_keypair(open.data(), closed.data(), reinterpret_cast<const unsigned char*>(seed.value().data()));
  crypto_sign_ed25519_detached(raw(signature), nullptr, raw(""), 0, closed.data());
  return to_hex(signature) ==
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655"
             "141438e7a100b" &&
         crypto_sign_ed25519_verify_detached(raw(signature), raw("x"), 1, open.data()) != 0;
}

/// Python's hashlib.blake2b(b"abc", key=bytes(range(32)), digest_size=32).
bool keyed_hash_works() {
  const auto key = counting<32>(0);
  std::array<std::byte, 32> out{};
  crypto_generichash(raw(out), out.size(), raw("abc"), 3, raw(key), key.size());
  return to_hex(out) == "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f";
}

}  // namespace

Result<void> self_test() {
  if (sodium_init() < 0) return broken("starting libsodium");
  if (!aead_works()) return broken("XChaCha20-Poly1305");
  if (!hmac_works()) return broken("HMAC-SHA-256");
  if (!signature_works()) return broken("Ed25519");
  if (!keyed_hash_works()) return broken("BLAKE2b");
  return success();
}

}  // namespace gatehouse::crypto
