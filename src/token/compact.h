// Fields of a live credential that take little room where they are alike or empty: 100,000 credentials lie in memory at once.
//
// Used by token/live_index.h. Both read like the value that they stand for; they are written once, while the credential is made.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/id.h"
#include "model/credential.h"

namespace gatehouse::token {

/// A value that is T{} in nearly all credentials.
template <class T>
class Rare {
 public:
  Rare() = default;
  Rare& operator=(T value) {
    value_ = value == T{} ? nullptr : std::make_unique<const T>(std::move(value));
    return *this;
  }
  const T& operator*() const noexcept { return value_ ? *value_ : none(); }
  const T* operator->() const noexcept { return &**this; }
  operator const T&() const noexcept { return **this; }
  friend bool operator==(const Rare& left, const Rare& right) { return *left == *right; }

 private:
  static const T& none() noexcept {
    static const T kNone{};
    return kNone;
  }
  std::unique_ptr<const T> value_;
};

/// A value that many credentials have in common; T{} where none was given.
template <class T>
class Common {
 public:
  Common() = default;
  Common& operator=(const T& value) {
    value_ = std::make_shared<const T>(value);
    return *this;
  }
  /// Shares it with whoever has it already.
  Common& operator=(std::shared_ptr<const T> value) noexcept {
    value_ = std::move(value);
    return *this;
  }
  const T& operator*() const noexcept { return value_ ? *value_ : none(); }
  const T* operator->() const noexcept { return &**this; }
  operator const T&() const noexcept { return **this; }

 private:
  static const T& none() noexcept {
    static const T kNone{};
    return kNone;
  }
  std::shared_ptr<const T> value_;
};

/// One of the at most two live secrets of a credential.
struct LiveSecret {
  std::array<char, kIdLength> id{};    ///< the public id inside the token
  std::array<std::byte, 32> digest{};  ///< crypto/token_hash.h
  int key_epoch = 0;
  SecretState state = SecretState::kRetired;
  Instant ends_at = Instant::max();  ///< of kOverlap: when it retires
};

/// Two secrets, of which the second takes room only during a rotation.
class LiveSecrets {
 public:
  static constexpr std::size_t size() noexcept { return 2; }
  /// To be filled in; `at` is 0 or 1.
  LiveSecret& operator[](std::size_t at) {
    if (at == 0) return first_;
    if (!second_) second_ = std::make_unique<LiveSecret>();
    return *second_;
  }
  /// A second one that was never filled in is kRetired: no secret.
  const LiveSecret& operator[](std::size_t at) const noexcept {
    static const LiveSecret kNone{};
    if (at == 0) return first_;
    return second_ ? *second_ : kNone;
  }

 private:
  LiveSecret first_;
  std::unique_ptr<LiveSecret> second_;
};

}  // namespace gatehouse::token
