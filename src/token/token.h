// The form of a token: docs/decisions/0003-token-format.md. mint() is called by admin/, parse() by gateway/ and api/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/secret.h"
#include "model/ids.h"

namespace gatehouse::token {

/// The fourth letter of a token. Zero is no kind.
enum class TokenKind : char { kApiToken = 't', kClientSecret = 's', kAdminKey = 'a', kRefresh = 'r', kDirectoryKey = 'd' };

inline constexpr std::size_t kSecretLength = 43;
inline constexpr std::size_t kTokenLength = 5 + kIdLength + kSecretLength + 6;

/// A new token. Its text is shown once; the store keeps crypto::TokenHasher::hash(id, secret) and nothing else of it.
struct Minted {
  SecretString text;    ///< the whole token
  SecretString secret;  ///< its middle: what is hashed
};

/// `public_id` names the secret's record (SecretId or AdminKeyId) and is kIdLength characters of [0-9A-Za-z].
Minted mint(TokenKind kind, std::string_view public_id, Random& random);

/// Views into the text that was parsed; not zeroed by anybody: the text's owner does.
struct ParsedToken {
  TokenKind kind{};
  std::string_view id;
  std::string_view secret;
};

/// Nothing where the form or the checksum is wrong. Takes no allocation.
std::optional<ParsedToken> parse(std::string_view text) noexcept;

}  // namespace gatehouse::token
