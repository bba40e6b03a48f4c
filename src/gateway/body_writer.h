// BodyWriter: reads a body's tokens, writes them anew and notes where the identifiers are. Used by body_reader.cpp and
// body_fields.cpp alone. Every function that reads begins at the first token of a value, ends at its last, and is false on a
// fault.
#pragma once

#include <string>
#include <string_view>

#include "gateway/body_reader.h"
#include "gateway/json_reader.h"

namespace gatehouse::gateway {

class BodyWriter {
 public:
  BodyWriter(std::string_view body, const upstream::FieldTypes& fields, BodyReading& reading);

  JsonToken next() { return reader_.next(); }
  JsonToken token() const noexcept { return reader_.token(); }
  std::string_view text() const noexcept { return reader_.text(); }
  const upstream::FieldTypes& fields() const noexcept { return fields_; }
  bool is_scalar() const noexcept {
    return token() != JsonToken::kObjectBegin && token() != JsonToken::kArrayBegin && token() != JsonToken::kError;
  }

  /// Always false. Keeps the first fault; its place is where the reader stands.
  bool fail(BodyFault::Code code, std::string_view detail);
  /// The issue field in which identifiers are noted from now on; empty for none.
  void set_field(std::string_view field_id) { field_ = field_id; }

  /// Any value, whatever is in it.
  bool copy();
  /// A string or number that names something. Anything else is a fault.
  bool identifier(catalogue::Kind kind, const catalogue::Parameter& parameter);
  /// What the key of an object names: "PROJECT,TYPE[,PARENT]".
  bool move_target(std::string_view key, const catalogue::Parameter& parameter);
  /// Each scalar of a value by `use`.
  template <class Use>
  bool each_scalar_below(Use use);
  /// Each member by `use(key)`, which begins at the member's value.
  template <class Use>
  bool object(Use use);
  /// Each element by `use`. `element`: its row, if it is classified.
  template <class Use>
  bool array(const catalogue::Parameter* element, Use use);

  /// After the last token: leaves nothing half-read in the reading.
  void finish();

 private:
  void scalar();

  const upstream::FieldTypes& fields_;
  BodyReading& reading_;
  JsonReader reader_;
  std::string place_;
  std::string field_;
};

template <class Use>
bool BodyWriter::object(Use use) {
  const bool outermost = reader_.depth() == 1;
  reading_.text.push_back('{');
  bool first = true;
  while (next() == JsonToken::kKey) {
    if (!first) reading_.text.push_back(',');
    first = false;
    const std::string key(text());
    append_json_string(key, reading_.text);
    reading_.text.push_back(':');
    const std::size_t place = place_.size();
    if (!place_.empty()) place_.push_back('.');
    place_.append(key);
    if (next() == JsonToken::kError || !use(std::string_view(key))) return fail(BodyFault::Code::kNotJson, reader_.error());
    place_.resize(place);
  }
  if (token() != JsonToken::kObjectEnd) return fail(BodyFault::Code::kNotJson, reader_.error());
  if (outermost) {
    reading_.object_close = reading_.text.size();
    reading_.object_empty = first;
  }
  reading_.text.push_back('}');
  return true;
}

template <class Use>
bool BodyWriter::array(const catalogue::Parameter* element, Use use) {
  reading_.text.push_back('[');
  bool first = true;
  const std::size_t place = place_.size();
  place_.append("[]");
  while (next() != JsonToken::kArrayEnd) {
    if (token() == JsonToken::kError) return fail(BodyFault::Code::kNotJson, reader_.error());
    if (!first) reading_.text.push_back(',');
    first = false;
    if (!use()) return fail(BodyFault::Code::kNotJson, reader_.error());
  }
  place_.resize(place);
  if (element) reading_.arrays.push_back({element, reading_.text.size(), first});
  reading_.text.push_back(']');
  return true;
}

template <class Use>
bool BodyWriter::each_scalar_below(Use use) {
  const auto again = [this, &use] { return each_scalar_below(use); };
  if (token() == JsonToken::kObjectBegin) return object([&again](std::string_view) { return again(); });
  if (token() == JsonToken::kArrayBegin) return array(nullptr, again);
  return token() == JsonToken::kNull ? copy() : use();
}

}  // namespace gatehouse::gateway
