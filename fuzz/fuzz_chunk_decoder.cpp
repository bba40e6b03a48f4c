// links: http
// Chunked bodies: byte by byte and all at once they must give the same data, the same end or the same refusal.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/chunk_decoder.h"

namespace {

using gatehouse::http::ChunkDecoder;

struct Outcome {
  ChunkDecoder::Status status = ChunkDecoder::Status::kNeedMore;
  std::size_t consumed = 0;
  std::string data;
};

Outcome decode(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  Outcome out;
  std::size_t shown = 0;
  for (;;) {
    const ChunkDecoder::Step result = decoder.next(bytes.substr(out.consumed, shown - out.consumed));
    if (result.consumed > shown - out.consumed) std::abort();
    out.consumed += result.consumed;
    out.data += result.data;
    out.status = result.status;
    if (result.status == ChunkDecoder::Status::kEnd || result.status == ChunkDecoder::Status::kError) return out;
    if (result.status != ChunkDecoder::Status::kNeedMore) continue;
    if (shown == bytes.size()) return out;
    shown = std::min(bytes.size(), shown + step);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = decode(bytes, bytes.size() + 1);
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}}) {
    const Outcome pieces = decode(bytes, step);
    if (pieces.status != whole.status || pieces.data != whole.data || pieces.consumed != whole.consumed) std::abort();
  }
  return 0;
}
