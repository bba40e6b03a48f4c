// ChunkDecoder: chunked bodies (RFC 9112 section 7.1), strictly and in place: what it gives out are views of its input.
//
// Bare LF, signs, spaces, overflow and more than 256 bytes of extensions end the message with an error. Extensions are read
// and dropped; trailer fields are checked for form, bounded and dropped: nothing of them ever reaches an Exchange.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gatehouse::http {

class ChunkDecoder {
 public:
  enum class Status : std::uint8_t {
    kNeedMore,  ///< all input consumed, no data in it
    kData,      ///< `data` holds the next piece
    kEnd,       ///< the body is over; `consumed` bytes belonged to it
    kError      ///< the connection must be closed; every later call says so again
  };
  struct Step {
    Status status = Status::kError;
    std::size_t consumed = 0;  ///< of the input, framing included
    std::string_view data;
  };

  /// Looks at `input`, which begins where the last step's `consumed` ended. Call again until kNeedMore, kEnd or kError.
  Step next(std::string_view input) noexcept;
  void reset() noexcept { *this = ChunkDecoder(); }
  bool ended() const noexcept { return state_ == State::kEnd; }

 private:
  enum class State : std::uint8_t {
    kSizeFirst,
    kSize,
    kSizeCr,
    kExtensionStart,
    kExtensionName,
    kExtensionValueStart,
    kExtensionToken,
    kExtensionQuoted,
    kExtensionEscape,
    kExtensionQuotedEnd,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
    kEnd,
    kError
  };
  State step(unsigned char byte) noexcept;
  State step_size(unsigned char byte) noexcept;
  State step_extension(unsigned char byte) noexcept;
  State step_trailer(unsigned char byte) noexcept;

  State state_ = State::kSizeFirst;
  std::uint8_t size_digits_ = 0;
  std::uint16_t extension_bytes_ = 0;
  std::uint32_t trailer_bytes_ = 0;
  std::uint64_t left_ = 0;  ///< of the chunk's data
};

}  // namespace gatehouse::http
