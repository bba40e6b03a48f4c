// One-time codes of authenticator apps: HOTP (RFC 4226) and TOTP (RFC 6238) with SHA-1, 6 digits and 30 seconds, which is what
// every app does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace gatehouse::crypto {

inline constexpr std::size_t kCodeKeySize = 20;  ///< RFC 4226 section 4, R6

/// Six digits.
std::string hotp(std::span<const std::byte> key, std::uint64_t counter);
/// The step whose code this is: the present one, or the one before or after, since clocks differ. Nothing where it is none, or
/// not later than `used`, the last step that was taken: a code works once (RFC 6238 section 5.2).
std::optional<std::int64_t> match_totp(std::span<const std::byte> key, std::string_view code, Instant now, std::int64_t used);
/// RFC 4648 section 6, without padding: how people type a key into an app.
std::string to_base32(std::span<const std::byte> bytes);

}  // namespace gatehouse::crypto
