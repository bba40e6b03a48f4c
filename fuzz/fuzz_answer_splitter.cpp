// links: gateway
// The cuts of an answer must not depend on how its bytes arrive, and an outline that is taken for whole must be a whole JSON
// text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/answer_splitter.h"
#include "gateway/json_reader.h"

using gatehouse::gateway::AnswerSplitter;
using gatehouse::gateway::JsonReader;
using gatehouse::gateway::JsonToken;

namespace {

constexpr std::size_t kLimit = 200;

gatehouse::catalogue::Shape page() {
  gatehouse::catalogue::Shape shape;
  gatehouse::catalogue::ShapeField items;
  items.name = "items";
  items.rule = gatehouse::catalogue::Rule::kList;
  shape.fields.push_back(items);
  return shape;
}

bool is_json(std::string_view text) {
  JsonReader reader(text, JsonReader::RepeatedKeys::kAllowed);
  while (reader.next() != JsonToken::kError && reader.token() != JsonToken::kEnd) continue;
  return reader.token() == JsonToken::kEnd;
}

/// One letter a cut with its text; `values` tells whether each value is one whole JSON text.
std::string cuts(std::string_view text, bool list, std::size_t piece, bool& values) {
  static const gatehouse::catalogue::Shape shape = page();
  AnswerSplitter splitter(shape, list, kLimit);
  std::string held, told;
  values = true;
  for (std::size_t at = 0;;) {
    const std::string_view part = text.substr(at, piece);
    held += part;
    at += part.size();
    const bool last = at == text.size();
    AnswerSplitter::Piece found;
    while ((found = splitter.next(held, last)).cut > AnswerSplitter::Cut::kNeedMore && found.cut != AnswerSplitter::Cut::kEnd) {
      const std::string_view value = std::string_view(held).substr(found.begin, found.size);
      told += static_cast<char>('a' + static_cast<int>(found.cut));
      told.append(held, found.key_begin, found.key_size).append(value);
      if (found.cut == AnswerSplitter::Cut::kMember || found.cut == AnswerSplitter::Cut::kElement)
        values = values && is_json(value);
    }
    if (found.cut != AnswerSplitter::Cut::kNeedMore) return told + static_cast<char>('A' + static_cast<int>(found.cut));
    held.erase(0, splitter.done());
    splitter.forget();
    if (held.size() > kLimit + piece + 1) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const bool list = (data[0] & 1) != 0;
  const std::size_t piece = 1 + data[1];
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  bool values = false, again = false;
  const std::string whole = cuts(text, list, text.size() + 1, values);
  const std::string parts = cuts(text, list, piece, again);
  if (whole != parts || values != again) std::abort();
  const bool ended = whole.back() == 'A' + static_cast<int>(AnswerSplitter::Cut::kEnd);
  if (ended && values && !is_json(text) && text.size() < JsonReader::kMaxDepth) std::abort();
  return 0;
}
