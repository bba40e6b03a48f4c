#include "gateway/cursor.h"

#include <openssl/crypto.h>

#include "base/encoding.h"
#include "crypto/hmac.h"

namespace gatehouse::gateway {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kTagText = 22;

}  // namespace

struct CursorSeal::Prepared {
  explicit Prepared(const crypto::Key& key) : hmac(key) {}
  crypto::PreparedHmac hmac;

  std::string tag(const CursorOwner& owner, std::string_view cursor) const {
    // A length before each part: no two owners give the same bytes.
    const std::string lengths = std::to_string(owner.credential.size()) + ' ' + std::to_string(owner.operation.size()) + ' ' +
                                std::to_string(owner.query.size()) + '\n';
    const auto whole = hmac.tag({"gatehouse cursor 1\n", lengths, owner.credential, owner.operation, owner.query, cursor});
    return to_base64url(std::span<const std::byte>(whole.data(), kTagBytes));
  }
};

CursorSeal::CursorSeal(const crypto::Key& key) : prepared_(std::make_unique<Prepared>(key)) {}
CursorSeal::~CursorSeal() = default;

std::string CursorSeal::seal(const CursorOwner& owner, std::string_view cursor) const {
  return prepared_->tag(owner, cursor).append(cursor);
}

std::optional<std::string_view> CursorSeal::open(const CursorOwner& owner, std::string_view sealed) const noexcept {
  if (sealed.size() <= kTagText) return std::nullopt;
  const std::string_view cursor = sealed.substr(kTagText);
  const std::string expected = prepared_->tag(owner, cursor);
  if (CRYPTO_memcmp(expected.data(), sealed.data(), kTagText) != 0) return std::nullopt;
  return cursor;
}

}  // namespace gatehouse::gateway
