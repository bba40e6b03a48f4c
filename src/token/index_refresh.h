// IndexRefresh: brings the index of live credentials up to date when somebody shows a well-formed token that it lacks.
//
// A token that was made on another node a moment ago must work on every node at once, and anyone can compute a valid checksum. So
// it is not the token that is looked up but the change feed that is read once more, for all who wait together: one refresh at a
// time, never more often than kPause, on a thread of its own. What it costs does not depend on how many ask, nor on what they
// show. Gateway threads take no lock here.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>

namespace gatehouse::token {

class IndexRefresh {
 public:
  /// From the beginning of one refresh to that of the next.
  static constexpr std::chrono::milliseconds kPause{250};
  /// So many requests wait at once in the process; the next is refused without waiting.
  static constexpr int kMaxWaiting = 256;

  /// `refresh` reads what has changed and puts it in force before it returns; it may block. Called on this object's thread.
  explicit IndexRefresh(std::function<void()> refresh);
  ~IndexRefresh();
  IndexRefresh(const IndexRefresh&) = delete;
  IndexRefresh& operator=(const IndexRefresh&) = delete;

  /// Asks for a refresh that begins after this call. Nothing where too many wait: else leave() must follow.
  std::optional<std::uint64_t> join() noexcept;
  /// Whether the refresh of that ticket is over.
  bool is_done(std::uint64_t ticket) const noexcept { return done_.load(std::memory_order_acquire) >= ticket; }
  void leave() noexcept { waiting_.fetch_sub(1, std::memory_order_relaxed); }
  /// How often it was read so far.
  std::uint64_t refreshes() const noexcept { return refreshes_.load(std::memory_order_relaxed); }

 private:
  void run();

  const std::function<void()> refresh_;
  std::atomic<std::uint64_t> asked_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> refreshes_{0};
  std::atomic<int> waiting_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // the last: it uses the others
};

}  // namespace gatehouse::token
