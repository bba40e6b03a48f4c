// AttachmentHomes: under which issue an attachment was seen last. Jira itself has no way from an attachment to its issue.
//
// A memory that proves nothing: whoever is given an issue by it asks the site for that issue anew, which must list the
// attachment. So entries may be lost, overwritten or wrong; its size is fixed. Filled by redact, read by locate, on all gateway
// threads at once without a lock. What changed is stored with the usage (admin/recorder), and read again at the start.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace gatehouse::gateway {

class AttachmentHomes {
 public:
  static constexpr std::size_t kSlots = 65536;  ///< 8 bytes each

  AttachmentHomes()
      : slots_(std::make_unique<std::atomic<std::uint64_t>[]>(kSlots)),
        changed_(std::make_unique<std::atomic<std::uint64_t>[]>(kSlots / 64)) {}

  /// Ids are numbers in decimal; anything else is not remembered.
  void remember(std::string_view site, std::string_view attachment, std::string_view issue) noexcept;
  /// 0: not known.
  std::uint64_t find(std::string_view site, std::string_view attachment) const noexcept;

  /// Each slot that has changed since it was taken last, by `use(slot, value)`. One thread at a time.
  template <class Use>
  void take_changed(Use use) {
    for (std::size_t word = 0; word < kSlots / 64; ++word) {
      if (changed_[word].load(std::memory_order_relaxed) == 0) continue;
      const std::uint64_t bits = changed_[word].exchange(0, std::memory_order_relaxed);
      for (std::size_t bit = 0; bit < 64; ++bit) {
        const std::size_t slot = word * 64 + bit;
        if ((bits >> bit & 1U) != 0) use(slot, slots_[slot].load(std::memory_order_relaxed));
      }
    }
  }
  /// What take_changed gave another time.
  void restore(std::uint64_t slot, std::uint64_t value) noexcept {
    if (slot < kSlots) slots_[slot].store(value, std::memory_order_relaxed);
  }

 private:
  std::unique_ptr<std::atomic<std::uint64_t>[]> slots_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> changed_;  ///< a bit for each slot
};

}  // namespace gatehouse::gateway
