// SHA-256 (FIPS 180-4) of a text. For challenges, key ids and names of assets; a secret is known by crypto/token_hash.h instead.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace gatehouse::crypto {

std::array<std::byte, 32> sha256(std::string_view text) noexcept;

}  // namespace gatehouse::crypto
