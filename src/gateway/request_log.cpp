#include "gateway/request_log.h"

namespace gatehouse::gateway {

RecordQueue::RecordQueue() : slots_(kSlots) {}

RequestRecord* RecordQueue::begin() noexcept {
  const std::uint64_t written = written_.load(std::memory_order_relaxed);
  if (written - taken_.load(std::memory_order_acquire) >= kSlots) return nullptr;
  return &slots_[written % kSlots];
}

void RecordQueue::commit() noexcept { written_.store(written_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

void RecordQueue::overflow(RequestRecord record) {
  if (!record.write && !record.successor_used) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::lock_guard lock(overflow_mutex_);
  overflow_.push_back(std::move(record));
}

std::size_t RecordQueue::drain(const std::function<void(const RequestRecord&)>& take) {
  const std::uint64_t written = written_.load(std::memory_order_acquire);
  std::uint64_t taken = taken_.load(std::memory_order_relaxed);
  std::size_t count = 0;
  for (; taken < written; ++taken, ++count) {
    RequestRecord& record = slots_[taken % kSlots];
    take(record);
    // What it refers to must not live as long as the slot is idle.
    record.credential.reset();
    record.site.reset();
    record.judged.reset();
    taken_.store(taken + 1, std::memory_order_release);
  }
  std::vector<RequestRecord> more;
  {
    const std::lock_guard lock(overflow_mutex_);
    more.swap(overflow_);
  }
  for (const RequestRecord& record : more) take(record);
  return count + more.size();
}

RequestLog::RequestLog(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) queues_.push_back(std::make_unique<RecordQueue>());
}

std::size_t RequestLog::drain(const std::function<void(const RequestRecord&)>& take) {
  std::size_t count = 0;
  for (const auto& queue : queues_) count += queue->drain(take);
  return count;
}

std::uint64_t RequestLog::lost() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& queue : queues_) sum += queue->lost();
  return sum;
}

}  // namespace gatehouse::gateway
