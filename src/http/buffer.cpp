#include "http/buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gatehouse::http {

std::unique_ptr<char[]> BufferPool::take(std::size_t size) {
  auto& kept = size == kSmall ? small_ : large_;
  if (kept.empty()) {
    kept.reserve(kKept);  // so that give_back never allocates
    return std::unique_ptr<char[]>(new char[size]);
  }
  std::unique_ptr<char[]> block = std::move(kept.back());
  kept.pop_back();
  return block;
}

void BufferPool::give_back(std::unique_ptr<char[]> block, std::size_t size) noexcept {
  auto& kept = size == kSmall ? small_ : large_;
  if (block && kept.size() < kKept) kept.push_back(std::move(block));
}

char* Buffer::room() {
  if (!block_) block_ = pool_->take(size_);
  return block_.get() + end_;
}

void Buffer::compact(std::size_t offset) noexcept {
  const std::size_t count = end_ - begin_;
  if (begin_ != offset && count > 0) std::memmove(block_.get() + offset, block_.get() + begin_, count);
  begin_ = offset;
  end_ = offset + count;
}

bool Buffer::grow() {
  if (size_ == BufferPool::kLarge) return false;
  std::unique_ptr<char[]> larger = pool_->take(BufferPool::kLarge);
  const std::size_t count = end_ - begin_;
  if (count > 0) std::memcpy(larger.get(), block_.get() + begin_, count);
  pool_->give_back(std::move(block_), size_);
  block_ = std::move(larger);
  size_ = BufferPool::kLarge;
  begin_ = 0;
  end_ = count;
  return true;
}

void Buffer::append(std::string_view bytes) {
  char* to = room();
  const std::size_t count = std::min(bytes.size(), room_size());
  if (count > 0) std::memcpy(to, bytes.data(), count);
  end_ += count;
}

void Buffer::release() noexcept {
  pool_->give_back(std::move(block_), size_);
  block_ = nullptr;
  size_ = first_size_;
  begin_ = end_ = 0;
}

}  // namespace gatehouse::http
