#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

namespace gatehouse {

void SystemRandom::fill(std::span<std::byte> out) noexcept {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::getrandom(out.data() + done, out.size() - done, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) std::abort();
    done += static_cast<std::size_t>(got);
  }
}

std::string random_base62(Random& random, std::size_t length) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text;
  text.reserve(length);
  std::array<std::byte, 64> bytes{};
  while (text.size() < length) {
    random.fill(bytes);
    for (const std::byte byte : bytes) {
      // 248 = 4 * 62: what lies above would make the first letters likelier.
      const auto value = std::to_integer<unsigned>(byte);
      if (value < 248 && text.size() < length) text.push_back(kAlphabet[value % 62]);
    }
  }
  return text;
}

}  // namespace gatehouse
