// Text forms of bytes: base64 (RFC 4648 section 4), base64url without padding (section 5), hex.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gatehouse {

std::string to_base64url(std::span<const std::byte> bytes);
std::string to_base64(std::span<const std::byte> bytes);
std::string to_hex(std::span<const std::byte> bytes);
/// Strict: no padding, no other alphabet, no stray bits at the end.
Result<std::vector<std::byte>> from_base64url(std::string_view text);
/// Strict: padding required, no white space.
Result<std::vector<std::byte>> from_base64(std::string_view text);

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}
inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace gatehouse
