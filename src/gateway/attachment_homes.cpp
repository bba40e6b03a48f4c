#include "gateway/attachment_homes.h"

#include <charconv>

namespace gatehouse::gateway {
namespace {

/// A slot holds the issue in its lower bits and a part of the key's hash in the upper ones.
constexpr unsigned kIssueBits = 40;
constexpr std::uint64_t kIssueMask = (std::uint64_t{1} << kIssueBits) - 1;

std::uint64_t hash(std::string_view site, std::string_view attachment) noexcept {
  std::uint64_t value = 14695981039346656037ULL;  // FNV-1a: a collision costs a refusal, no more
  const auto add = [&value](unsigned char byte) { value = (value ^ byte) * 1099511628211ULL; };
  for (const char byte : site) add(static_cast<unsigned char>(byte));
  add(0xff);
  for (const char byte : attachment) add(static_cast<unsigned char>(byte));
  return value ^ (value >> 29);
}

}  // namespace

void AttachmentHomes::remember(std::string_view site, std::string_view attachment, std::string_view issue) noexcept {
  std::uint64_t id = 0;
  const auto [end, failed] = std::from_chars(issue.data(), issue.data() + issue.size(), id);
  if (failed != std::errc() || end != issue.data() + issue.size() || id == 0 || id > kIssueMask) return;
  const std::uint64_t key = hash(site, attachment);
  const std::size_t slot = key % kSlots;
  const std::uint64_t value = (key & ~kIssueMask) | id;
  if (slots_[slot].load(std::memory_order_relaxed) == value) return;
  slots_[slot].store(value, std::memory_order_relaxed);
  changed_[slot / 64].fetch_or(std::uint64_t{1} << (slot % 64), std::memory_order_relaxed);
}

std::uint64_t AttachmentHomes::find(std::string_view site, std::string_view attachment) const noexcept {
  const std::uint64_t key = hash(site, attachment);
  const std::uint64_t slot = slots_[key % kSlots].load(std::memory_order_relaxed);
  return (slot & ~kIssueMask) == (key & ~kIssueMask) ? slot & kIssueMask : 0;
}

}  // namespace gatehouse::gateway
