// Secret<T>: bytes that have no printer, no comparison and no implicit copy out, and are zeroed on destruction.
//
// It is read with expose(), a word that a reviewer can search for. test/compile_fail proves that it can't be printed.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gatehouse {

/// Overwrites `size` bytes so that the compiler may not drop the write.
void secure_zero(void* at, std::size_t size) noexcept;

template <class T>
class Secret {
 public:
  Secret() = default;
  explicit Secret(T value) noexcept : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(Secret other) noexcept {
    wipe();
    // A swap leaves nothing of either value behind in a moved-from small string.
    std::swap(value_, other.value_);
    return *this;
  }
  ~Secret() { wipe(); }

  /// The bytes themselves. The reference must not outlive the Secret.
  const T& expose() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }

  template <class Stream>
  friend Stream& operator<<(Stream&, const Secret&) = delete;
  bool operator==(const Secret&) const = delete;

 private:
  void wipe() noexcept {
    // A short std::string keeps its bytes inside the object: its whole capacity is overwritten before it goes.
    if constexpr (requires { value_.capacity(); }) {
      value_.resize(value_.capacity());
      secure_zero(value_.data(), value_.size() * sizeof(*value_.data()));
      value_.clear();
    } else {
      secure_zero(&value_, sizeof value_);
    }
  }

  T value_{};
};

using SecretString = Secret<std::string>;
using SecretBytes = Secret<std::vector<std::byte>>;

}  // namespace gatehouse
