#include "admin/refusals.h"

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
    const auto written = log_.record(event);
    lock.lock();
    // Where the log can't be written the next change says so to whoever makes it; the end of the process does not wait for it.
    if (!written && stopping_) waiting_.clear();
    writing_ = false;
    written_.notify_all();
  }
}

}  // namespace gatehouse::admin
