// BodyReader: a message's body by its framing, as views of the buffer it arrives in. Used by both sides: the driver for
// requests, the upstream connection for answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/chunk_decoder.h"
#include "http/message.h"

namespace gatehouse::http {

class BodyReader {
 public:
  struct Step {
    enum class Status : std::uint8_t { kPiece, kNeedMore, kError };
    Status status = Status::kError;
    std::size_t consumed = 0;  ///< of the input
    std::string_view piece;    ///< kPiece: may be empty where `last`
    bool last = false;         ///< nothing follows
  };

  void begin(const Framing& framing) noexcept;
  /// Call again with what follows `consumed` until kNeedMore or `last`. A body that is over gives an empty last piece.
  Step next(std::string_view input) noexcept;
  /// Of a body that ends with its connection: the connection has ended.
  void end() noexcept {
    left_ = 0;
    kind_ = Framing::Kind::kNone;
  }
  bool ended() const noexcept { return kind_ == Framing::Kind::kNone; }
  Framing::Kind kind() const noexcept { return kind_; }
  std::uint64_t left() const noexcept { return left_; }  ///< where the length is known

 private:
  Step next_chunk(std::string_view input) noexcept;

  Framing::Kind kind_ = Framing::Kind::kNone;
  std::uint64_t left_ = 0;
  ChunkDecoder chunks_;
};

}  // namespace gatehouse::http
