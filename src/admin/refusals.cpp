#include "admin/refusals.h"

#include <chrono>

namespace gatehouse::admin {

Refusals::~Refusals() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Refusals::add(AuditEvent event) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || waiting_.size() >= kMostWaiting) return;
  waiting_.push_back(std::move(event));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  wake_.notify_one();
}

void Refusals::flush() {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [this] { return waiting_.empty() && !writing_; });
}

void Refusals::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const AuditEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    writing_ = true;
    lock.unlock();
    // Where the log can't be written the next change says so to whoever makes it.
    const auto ignored = log_.record(event);
    static_cast<void>(ignored);
    lock.lock();
    writing_ = false;
    written_.notify_all();
  }
}

}  // namespace gatehouse::admin
