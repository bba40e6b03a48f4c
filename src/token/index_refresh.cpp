#include "token/index_refresh.h"

#include <utility>

namespace gatehouse::token {

IndexRefresh::IndexRefresh(std::function<void()> refresh) : refresh_(std::move(refresh)), thread_([this] { run(); }) {}

IndexRefresh::~IndexRefresh() {
  stopping_.store(true);
  asked_.fetch_add(1);
  asked_.notify_one();
  thread_.join();
}

std::optional<std::uint64_t> IndexRefresh::join() noexcept {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= kMaxWaiting) {
    leave();
    return std::nullopt;
  }
  const std::uint64_t ticket = asked_.fetch_add(1) + 1;
  asked_.notify_one();
  return ticket;
}

void IndexRefresh::run() {
  std::uint64_t served = 0;
  for (;;) {
    asked_.wait(served);
    if (stopping_.load()) return;
    const auto begun = std::chrono::steady_clock::now();
    // Whoever asked up to here is served by what is read from here on.
    served = asked_.load();
    refresh_();
    refreshes_.fetch_add(1, std::memory_order_relaxed);
    done_.store(served, std::memory_order_release);
    std::this_thread::sleep_until(begun + kPause);
  }
}

}  // namespace gatehouse::token
