#include "gateway/object_fact.h"

#include "catalogue/target.h"
#include "gateway/json_reader.h"

namespace gatehouse::gateway {
namespace {

/// Reads the value that begins here, and takes what stands at the rest of the steps. False where it can't be read.
bool read(JsonReader& reader, const std::vector<std::string>& steps, std::size_t step, std::string& found) {
  if (step == steps.size()) {
    if (reader.token() == JsonToken::kString || reader.token() == JsonToken::kNumber) found = reader.text();
    return reader.skip();
  }
  if (reader.token() != JsonToken::kObjectBegin) return reader.skip();
  while (reader.next() == JsonToken::kKey) {
    const bool leads = reader.text() == steps[step];
    if (reader.next() == JsonToken::kError) return false;
    if (!(leads ? read(reader, steps, step + 1, found) : reader.skip())) return false;
  }
  return reader.token() == JsonToken::kObjectEnd;
}

}  // namespace

std::string object_target(const catalogue::ObjectLookup& lookup, std::string_view id) {
  std::string target = lookup.before;
  catalogue::append_escaped(id, target);
  return target += lookup.after;
}

std::string resource_in(std::string_view answer, const std::vector<std::string>& steps) {
  JsonReader reader(answer);
  std::string found;
  if (reader.next() == JsonToken::kError || !read(reader, steps, 0, found) || reader.next() != JsonToken::kEnd) return {};
  return found;
}

}  // namespace gatehouse::gateway
