// AttachmentHomes: under which issue an attachment was seen last. Jira itself has no way from an attachment to its issue.
//
// A memory that proves nothing: whoever is given an issue by it asks the site for that issue anew, which must list the
// attachment. So entries may be lost, overwritten or wrong; its size is fixed. Filled by redact, read by locate, on all gateway
// threads at once without a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace gatehouse::gateway {

class AttachmentHomes {
 public:
  static constexpr std::size_t kSlots = 65536;  ///< 8 bytes each

  AttachmentHomes() : slots_(std::make_unique<std::atomic<std::uint64_t>[]>(kSlots)) {}

  /// Ids are numbers in decimal; anything else is not remembered.
  void remember(std::string_view site, std::string_view attachment, std::string_view issue) noexcept;
  /// 0: not known.
  std::uint64_t find(std::string_view site, std::string_view attachment) const noexcept;

 private:
  std::unique_ptr<std::atomic<std::uint64_t>[]> slots_;
};

}  // namespace gatehouse::gateway
