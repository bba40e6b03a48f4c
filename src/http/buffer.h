// Buffer: bytes read and not yet used, in a block that is borrowed from its thread's BufferPool only while there are any.
//
// An idle connection holds none. The pool hands out the block used last, which is still in the processor's cache.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace gatehouse::http {

/// Blocks of two sizes. Not thread-safe: one per EventLoop. Must outlive the buffers that borrow from it.
class BufferPool {
 public:
  static constexpr std::size_t kSmall = 8 * 1024;
  static constexpr std::size_t kLarge = 48 * 1024;  ///< a head of the greatest size and room for body behind it
  std::unique_ptr<char[]> take(std::size_t size);
  void give_back(std::unique_ptr<char[]> block, std::size_t size) noexcept;

 private:
  static constexpr std::size_t kKept = 128;  // of each size; more are freed
  std::vector<std::unique_ptr<char[]>> small_;
  std::vector<std::unique_ptr<char[]>> large_;
};

class Buffer {
 public:
  Buffer(BufferPool& pool, std::size_t size) noexcept : pool_(&pool), size_(size), first_size_(size) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  std::string_view bytes() const noexcept { return {block_.get() + begin_, end_ - begin_}; }
  bool empty() const noexcept { return begin_ == end_; }
  /// Room behind the bytes; takes a block where there is none.
  char* room();
  std::size_t room_size() const noexcept { return size_ - end_; }
  void commit(std::size_t count) noexcept { end_ += count; }
  void consume(std::size_t count) noexcept { begin_ += count; }
  /// Moves the bytes to `offset` so that the room behind them is as large as can be. Views into the buffer become invalid.
  void compact(std::size_t offset = 0) noexcept;
  /// Moves into a large block where it is a small one; false where it is large already. Views become invalid.
  bool grow();
  /// Copies `bytes` to the end; they must fit into an empty buffer of its size.
  void append(std::string_view bytes);
  void release() noexcept;

 private:
  BufferPool* pool_;
  std::size_t size_;
  std::size_t first_size_;
  std::unique_ptr<char[]> block_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gatehouse::http
