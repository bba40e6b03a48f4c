#include "http/chunk_decoder.h"

#include <algorithm>

#include "http/characters.h"
#include "http/limits.h"

namespace gatehouse::http {
namespace {

unsigned hex_value(unsigned char byte) noexcept { return byte <= '9' ? byte - '0' : (byte | 0x20U) - 'a' + 10U; }
bool token(unsigned char byte) noexcept { return is(static_cast<char>(byte), kTokenClass); }
/// Of a quoted-string: no control but tab. What could end the line in another parser is refused with it.
bool quotable(unsigned char byte) noexcept { return is(static_cast<char>(byte), kValueClass); }

}  // namespace

ChunkDecoder::State ChunkDecoder::step_size(unsigned char byte) noexcept {
  if (is(static_cast<char>(byte), kHexClass)) {
    // 15 digits are 2^60 bytes: more is no chunk but an overflow tried on somebody.
    if (++size_digits_ > 15) return State::kError;
    left_ = left_ * 16 + hex_value(byte);
    return State::kSize;
  }
  if (size_digits_ == 0) return State::kError;
  if (byte == '\r') return State::kSizeCr;
  if (byte == ';') {
    ++extension_bytes_;
    return extension_bytes_ > kMaxChunkExtensionBytes ? State::kError : State::kExtensionStart;
  }
  return State::kError;
}

/// chunk-ext = *( ";" name [ "=" ( token / quoted-string ) ] ), without the optional white space that the RFC calls bad.
ChunkDecoder::State ChunkDecoder::step_extension(unsigned char byte) noexcept {
  if (++extension_bytes_ > kMaxChunkExtensionBytes) return State::kError;
  switch (state_) {
    case State::kExtensionStart: return token(byte) ? State::kExtensionName : State::kError;
    case State::kExtensionName:
      if (token(byte)) return State::kExtensionName;
      if (byte == '=') return State::kExtensionValueStart;
      break;
    case State::kExtensionValueStart:
      if (byte == '"') return State::kExtensionQuoted;
      return token(byte) ? State::kExtensionToken : State::kError;
    case State::kExtensionToken:
      if (token(byte)) return State::kExtensionToken;
      break;
    case State::kExtensionQuoted:
      if (byte == '"') return State::kExtensionQuotedEnd;
      if (byte == '\\') return State::kExtensionEscape;
      return quotable(byte) ? State::kExtensionQuoted : State::kError;
    case State::kExtensionEscape: return quotable(byte) ? State::kExtensionQuoted : State::kError;
    default: break;
  }
  if (byte == ';') return State::kExtensionStart;
  return byte == '\r' ? State::kSizeCr : State::kError;
}

ChunkDecoder::State ChunkDecoder::step_trailer(unsigned char byte) noexcept {
  if (++trailer_bytes_ > kMaxTrailerBytes) return State::kError;
  switch (state_) {
    case State::kTrailerStart:
      if (byte == '\r') return State::kEndLf;
      return token(byte) ? State::kTrailerName : State::kError;
    case State::kTrailerName:
      if (byte == ':') return State::kTrailerValue;
      return token(byte) ? State::kTrailerName : State::kError;
    case State::kTrailerValue:
      if (byte == '\r') return State::kTrailerLf;
      return quotable(byte) ? State::kTrailerValue : State::kError;
    default: return byte == '\n' ? State::kTrailerStart : State::kError;  // kTrailerLf
  }
}

ChunkDecoder::State ChunkDecoder::step(unsigned char byte) noexcept {
  switch (state_) {
    case State::kSizeFirst:
    case State::kSize: return step_size(byte);
    case State::kSizeCr:
      if (byte != '\n') return State::kError;
      return left_ == 0 ? State::kTrailerStart : State::kData;
    case State::kDataCr: return byte == '\r' ? State::kDataLf : State::kError;
    case State::kDataLf:
      size_digits_ = 0;
      left_ = 0;
      return byte == '\n' ? State::kSizeFirst : State::kError;
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf: return step_trailer(byte);
    case State::kEndLf: return byte == '\n' ? State::kEnd : State::kError;
    case State::kData:
    case State::kEnd:
    case State::kError: return State::kError;
    default: return step_extension(byte);
  }
}

ChunkDecoder::Step ChunkDecoder::next(std::string_view input) noexcept {
  std::size_t at = 0;
  while (state_ != State::kEnd && state_ != State::kError && at < input.size()) {
    if (state_ == State::kData) {
      const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - at));
      left_ -= take;
      if (left_ == 0) state_ = State::kDataCr;
      return {Status::kData, at + take, input.substr(at, take)};
    }
    state_ = step(static_cast<unsigned char>(input[at]));
    ++at;
  }
  if (state_ == State::kEnd) return {Status::kEnd, at, {}};
  if (state_ == State::kError) return {Status::kError, at, {}};
  return {Status::kNeedMore, at, {}};
}

}  // namespace gatehouse::http
