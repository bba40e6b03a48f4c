// MemoryBudget: how many bytes of bodies and look-up answers the process holds for requests, bounded by limits.h.
#pragma once

#include <atomic>
#include <cstddef>

namespace gatehouse::http {

/// One per process, shared by all gateway threads. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t limit) noexcept : limit_(limit) {}
  /// False, and nothing is taken, where it would go beyond the limit.
  bool reserve(std::size_t bytes) noexcept {
    const std::size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= limit_) return true;
    release(bytes);
    return false;
  }
  void release(std::size_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> used_{0};
  const std::size_t limit_;
};

/// What one request holds of the budget; gives it back at the end.
class BudgetShare {
 public:
  explicit BudgetShare(MemoryBudget& budget) noexcept : budget_(&budget) {}
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;
  ~BudgetShare() { give_back(); }
  bool add(std::size_t bytes) noexcept {
    if (!budget_->reserve(bytes)) return false;
    held_ += bytes;
    return true;
  }
  /// Of what was added.
  void remove(std::size_t bytes) noexcept {
    budget_->release(bytes);
    held_ -= bytes;
  }
  void give_back() noexcept {
    if (held_ > 0) budget_->release(held_);
    held_ = 0;
  }

 private:
  MemoryBudget* budget_;
  std::size_t held_ = 0;
};

}  // namespace gatehouse::http
