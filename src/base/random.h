// Randomness is injected like time. SystemRandom is the kernel's generator; a test may bring a seeded one.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace gatehouse {

class Random {
 public:
  virtual ~Random() = default;
  /// Fills all of `out`. Never fails: a kernel without randomness ends the process.
  virtual void fill(std::span<std::byte> out) noexcept = 0;
};

/// getrandom(2). Thread-safe.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) noexcept override;
};

/// `length` characters of [0-9A-Za-z], each uniform (62 values, 5.95 bits).
std::string random_base62(Random& random, std::size_t length);

}  // namespace gatehouse
