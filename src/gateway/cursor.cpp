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

  /// A synthetic nonce, as RFC 5297 makes one: the tag over owner and text is what the key stream is made of.
  std::array<std::byte, 32> nonce(const CursorOwner& owner, std::string_view cursor) const {
    const std::string lengths = std::to_string(owner.credential.size()) + ' ' + std::to_string(owner.operation.size()) + ' ' +
                                std::to_string(owner.query.size()) + '\n';
    return hmac.tag({"gatehouse cursor 2\n", lengths, owner.credential, owner.operation, owner.query, cursor});
  }
  void apply_stream(std::string_view nonce, std::string& text) const {
    for (std::size_t at = 0; at < text.size(); at += 32) {
      const std::string counter = std::to_string(at) + '\n';
      const auto block = hmac.tag({"gatehouse cursor stream\n", counter, nonce});
      for (std::size_t i = 0; i < block.size() && at + i < text.size(); ++i)
        text[at + i] = static_cast<char>(text[at + i] ^ static_cast<char>(block[i]));
    }
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

std::string CursorSeal::wrap(const CursorOwner& owner, std::string_view cursor) const {
  const auto whole = prepared_->nonce(owner, cursor);
  std::string bytes(reinterpret_cast<const char*>(whole.data()), kTagBytes);
  std::string text(cursor);
  prepared_->apply_stream(bytes, text);
  return to_base64url(as_bytes(bytes + text));
}

std::optional<std::string> CursorSeal::unwrap(const CursorOwner& owner, std::string_view wrapped) const {
  const auto bytes = from_base64url(wrapped);
  if (!bytes || bytes.value().size() < kTagBytes) return std::nullopt;
  const std::string_view whole(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size());
  std::string text(whole.substr(kTagBytes));
  prepared_->apply_stream(whole.substr(0, kTagBytes), text);
  const auto expected = prepared_->nonce(owner, text);
  if (CRYPTO_memcmp(expected.data(), whole.data(), kTagBytes) != 0) return std::nullopt;
  return text;
}

}  // namespace gatehouse::gateway
