#include "gateway/created.h"

#include <algorithm>

#include "gateway/json_reader.h"
#include "gateway/request_log.h"

namespace gatehouse::gateway {
namespace {

void add(std::string_view word, std::string& words) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!plain || words.size() + word.size() + 1 > RequestRecord::kMaxText) return;
  if (!words.empty()) words += ' ';
  words += word;
}

}  // namespace

Created read_created(std::string_view answer) {
  Created made;
  JsonReader reader(answer);
  if (reader.next() != JsonToken::kObjectBegin) return {};
  // Depth 1 is the answer, depth 3 an item of its list.
  bool in_list = false;
  while (reader.next() == JsonToken::kKey || reader.token() == JsonToken::kObjectEnd || reader.token() == JsonToken::kArrayEnd ||
         reader.token() == JsonToken::kObjectBegin) {
    if (reader.token() != JsonToken::kKey) {
      in_list = in_list && reader.depth() > 1;
      continue;
    }
    const std::string_view key = reader.text();
    std::string* const words = key == "id" ? &made.ids : key == "key" ? &made.keys : nullptr;
    const bool list = !in_list && key == "issues";
    const JsonToken value = reader.next();
    if (list && value == JsonToken::kArrayBegin) {
      in_list = true;
      continue;
    }
    if (words && (value == JsonToken::kString || value == JsonToken::kNumber)) add(reader.text(), *words);
    if (!reader.skip()) return {};
  }
  return reader.token() == JsonToken::kEnd ? made : Created{};
}

}  // namespace gatehouse::gateway
