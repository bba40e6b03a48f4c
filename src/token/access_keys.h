// The keys that access tokens are made and checked with: immutable snapshots, published by admin's index feed, read by every
// thread as upstream/site_table.h's are.
//
// Each key has one algorithm and no other (RFC 8725 section 3.1). A new key is known before it makes its first token, and an old
// one as long as the last token that it made may live.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "crypto/signing_key.h"

namespace gatehouse::token {

/// The numbers are stored. Opaque: sealed by XChaCha20-Poly1305, so that nobody but Gatehouse reads what stands in it.
enum class AccessForm { kOpaque = 1, kEdDsa, kEs256 };
std::string_view to_string(AccessForm form) noexcept;  ///< opaque, EdDSA, ES256

struct AccessKey {
  std::string id;  ///< kid: 16 characters of [0-9A-Za-z]
  AccessForm form = AccessForm::kOpaque;
  crypto::Key secret;                         ///< of kOpaque
  std::optional<crypto::SigningKey> signing;  ///< of the others
  Instant signs_from{};
  Instant ends_at = Instant::max();

  static Result<AccessKey> make(std::string id, AccessForm form, const crypto::Key& secret, Instant signs_from, Instant ends_at);
};

class AccessKeys {
 public:
  AccessKeys() = default;
  explicit AccessKeys(std::vector<AccessKey> keys) : keys_(std::move(keys)) {}
  /// Null where there is none of that id, or it has ended.
  const AccessKey* find(std::string_view id, Instant now) const noexcept;
  /// What tokens of this form are made with now: the newest. Null: none.
  const AccessKey* signer(AccessForm form, Instant now) const noexcept;
  const std::vector<AccessKey>& all() const noexcept { return keys_; }

 private:
  std::vector<AccessKey> keys_;
};

class AccessKeyTable {
 public:
  AccessKeyTable() : snapshot_(std::make_shared<const AccessKeys>()) {}
  AccessKeyTable(const AccessKeyTable&) = delete;
  AccessKeyTable& operator=(const AccessKeyTable&) = delete;

  void publish(std::shared_ptr<const AccessKeys> keys);
  std::shared_ptr<const AccessKeys> snapshot() const;  ///< takes a mutex: not in the way of a request
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const AccessKeys> snapshot_;
  std::atomic<std::uint64_t> version_{1};
};

/// A thread's view of the table.
class AccessKeyReader {
 public:
  explicit AccessKeyReader(const AccessKeyTable* table) : table_(table) {}
  /// The newest snapshot; null where there is no table. `changed`: it is another one than at the last call.
  const AccessKeys* get(bool& changed);

 private:
  const AccessKeyTable* table_;
  std::shared_ptr<const AccessKeys> snapshot_;
  std::uint64_t version_ = 0;
};

}  // namespace gatehouse::token
