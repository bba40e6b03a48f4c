#include "crypto/token_hash.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <vector>

#include "base/encoding.h"
#include "crypto/epoch_text.h"
#include "crypto/hmac.h"

namespace gatehouse::crypto {
namespace {

constexpr std::string_view kForm = "h1";
/// A token's secret is never hashed to what another use of the same key would give.
constexpr std::string_view kPurpose = "gatehouse token 1\n";

}  // namespace

struct TokenHasher::Prepared {
  std::vector<PreparedHmac> by_epoch;  ///< index: epoch - 1
};

std::string format_token_hash(const TokenHash& hash) { return format_epoch_text(kForm, hash.epoch, hash.digest); }

Result<TokenHash> parse_token_hash(std::string_view text) {
  const auto parsed = parse_epoch_text(kForm, text);
  if (!parsed || parsed->bytes.size() != sizeof(TokenDigest)) {
    return fail(Errc::kDataCorrupt, "A stored token hash is malformed.");
  }
  TokenHash hash;
  hash.epoch = parsed->epoch;
  std::copy(parsed->bytes.begin(), parsed->bytes.end(), hash.digest.begin());
  return hash;
}

bool same_digest(const TokenDigest& one, const TokenDigest& other) noexcept {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

TokenHasher::TokenHasher(const Keyring& keys) : prepared_(std::make_unique<Prepared>()) {
  const int epochs = keys.current_epoch(KeyPurpose::kTokenHash);
  for (int epoch = 1; epoch <= epochs; ++epoch) prepared_->by_epoch.emplace_back(*keys.find(KeyPurpose::kTokenHash, epoch));
}

TokenHasher::~TokenHasher() = default;

TokenHash TokenHasher::hash(std::string_view id, std::string_view secret) const noexcept {
  const PreparedHmac& hmac = prepared_->by_epoch.back();
  // Only `secret` varies in length (and ends the message), so that no other pair gives the same bytes.
  return {static_cast<int>(prepared_->by_epoch.size()), hmac.tag({kPurpose, id, "\n", secret})};
}

bool TokenHasher::matches(const TokenHash& stored, std::string_view id, std::string_view secret) const noexcept {
  if (stored.epoch < 1 || static_cast<std::size_t>(stored.epoch) > prepared_->by_epoch.size()) return false;
  const PreparedHmac& hmac = prepared_->by_epoch[static_cast<std::size_t>(stored.epoch - 1)];
  return same_digest(stored.digest, hmac.tag({kPurpose, id, "\n", secret}));
}

}  // namespace gatehouse::crypto
