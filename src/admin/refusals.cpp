#include "admin/refusals.h"

#include <string>
#include <utility>

namespace gatehouse::admin {
namespace {

constexpr std::chrono::seconds kAgain{1};

/// Of those that found no room.
AuditEvent many_more(const AuditEvent& like, std::size_t count) {
  AuditEvent event;
  event.action = like.action;
  event.target_kind = like.target_kind;
  event.reason = std::to_string(count) + " more could not be recorded one by one";
  event.outcome = like.outcome;
  event.caller.actor_kind = "job";
  return event;
}

}  // namespace

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
  if (stopping_) return;
  if (waiting_.size() >= kMostWaiting) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(event));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  wake_.notify_one();
}

void Refusals::flush() {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [this] { return (waiting_.empty() && !writing_) || failing_; });
}

void Refusals::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    AuditEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    const std::size_t dropped = waiting_.empty() ? std::exchange(dropped_, 0) : 0;
    writing_ = true;
    lock.unlock();
    const bool written = log_.record(event).has_value();
    const bool told = written && (dropped == 0 || log_.record(many_more(event, dropped)).has_value());
    lock.lock();
    writing_ = false;
    failing_ = !told;
    // Guesses must not go by without a trace because the store is away for a moment; only the end of the process does not wait.
    if (!told) dropped_ += dropped;
    if (!written) waiting_.push_front(std::move(event));
    if (failing_ && stopping_) waiting_.clear();
    written_.notify_all();
    if (failing_) wake_.wait_for(lock, kAgain, [this] { return stopping_; });
  }
}

}  // namespace gatehouse::admin
