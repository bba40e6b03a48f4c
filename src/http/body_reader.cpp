#include "http/body_reader.h"

#include <algorithm>

namespace gatehouse::http {

void BodyReader::begin(const Framing& framing) noexcept {
  kind_ = framing.kind;
  left_ = framing.length;
  if (kind_ == Framing::Kind::kLength && left_ == 0) kind_ = Framing::Kind::kNone;
  chunks_.reset();
}

BodyReader::Step BodyReader::next(std::string_view input) noexcept {
  switch (kind_) {
    case Framing::Kind::kNone: return {Step::Status::kPiece, 0, {}, true};
    case Framing::Kind::kChunked: return next_chunk(input);
    case Framing::Kind::kUntilClose:
      if (input.empty()) return {Step::Status::kNeedMore, 0, {}, false};
      return {Step::Status::kPiece, input.size(), input, false};
    case Framing::Kind::kLength: break;
  }
  if (input.empty()) return {Step::Status::kNeedMore, 0, {}, false};
  const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  left_ -= take;
  if (left_ == 0) kind_ = Framing::Kind::kNone;
  return {Step::Status::kPiece, take, input.substr(0, take), left_ == 0};
}

BodyReader::Step BodyReader::next_chunk(std::string_view input) noexcept {
  using Status = ChunkDecoder::Status;
  const ChunkDecoder::Step step = chunks_.next(input);
  if (step.status == Status::kError) return {};
  if (step.status == Status::kNeedMore) return {Step::Status::kNeedMore, step.consumed, {}, false};
  if (step.status == Status::kEnd) {
    kind_ = Framing::Kind::kNone;
    return {Step::Status::kPiece, step.consumed, {}, true};
  }
  // Most bodies end in the bytes that hold their last piece: knowing that saves a write of its own for the end.
  ChunkDecoder ahead = chunks_;
  const ChunkDecoder::Step then = ahead.next(input.substr(step.consumed));
  if (then.status == Status::kEnd) {
    chunks_ = ahead;
    kind_ = Framing::Kind::kNone;
    return {Step::Status::kPiece, step.consumed + then.consumed, step.data, true};
  }
  return {Step::Status::kPiece, step.consumed, step.data, false};
}

}  // namespace gatehouse::http
