#include "crypto/digest.h"

#include <openssl/sha.h>

namespace gatehouse::crypto {

std::array<std::byte, 32> sha256(std::string_view text) noexcept {
  std::array<std::byte, 32> out{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

}  // namespace gatehouse::crypto
