// HMAC-SHA-256 (RFC 2104) from a prepared key: one that is used for many short messages. Used inside crypto/ only.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "crypto/keys.h"

namespace gatehouse::crypto {

/// The two hash states after the padded key. Const objects are usable from all threads; nothing here allocates after
/// construction.
class PreparedHmac {
 public:
  explicit PreparedHmac(const Key& key);
  ~PreparedHmac();
  PreparedHmac(PreparedHmac&&) noexcept;

  /// Of the parts one after another: the caller sees to it that they can't be split in another way.
  std::array<std::byte, 32> tag(std::initializer_list<std::string_view> parts) const noexcept;

 private:
  struct States;
  std::unique_ptr<States> states_;
};

}  // namespace gatehouse::crypto
