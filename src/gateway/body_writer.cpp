#include "gateway/body_writer.h"

#include <algorithm>

#include "gateway/checks.h"

namespace gatehouse::gateway {

BodyWriter::BodyWriter(std::string_view body, const upstream::FieldTypes& fields, BodyReading& reading)
    : fields_(fields),
      reading_(reading),
      reader_(body,
              check_enabled("duplicate_json_key") ? JsonReader::RepeatedKeys::kRefused : JsonReader::RepeatedKeys::kAllowed) {}

bool BodyWriter::fail(BodyFault::Code code, std::string_view detail) {
  if (reading_.fault.code != BodyFault::Code::kNone) return false;
  reading_.fault.code = token() == JsonToken::kError ? BodyFault::Code::kNotJson : code;
  reading_.fault.place = place_;
  reading_.fault.detail = token() == JsonToken::kError ? reader_.error() : detail;
  return false;
}

void BodyWriter::scalar() {
  if (token() == JsonToken::kString) {
    append_json_string(text(), reading_.text);
  } else {
    reading_.text.append(reader_.raw());
  }
}

bool BodyWriter::copy() {
  switch (token()) {
    case JsonToken::kError: return fail(BodyFault::Code::kNotJson, reader_.error());
    case JsonToken::kObjectBegin: return object([this](std::string_view) { return copy(); });
    case JsonToken::kArrayBegin: return array(nullptr, [this] { return copy(); });
    default: scalar(); return true;
  }
}

bool BodyWriter::identifier(catalogue::Kind kind, const catalogue::Parameter& parameter) {
  if (token() != JsonToken::kString && token() != JsonToken::kNumber) {
    return fail(BodyFault::Code::kWrongType, "a string or a number belongs here");
  }
  BodyIdentifier found;
  found.kind = kind;
  found.parameter = &parameter;
  found.field = field_;
  found.value = text();
  found.number = token() == JsonToken::kNumber;
  found.place = place_;
  found.from = reading_.text.size();
  scalar();
  found.to = reading_.text.size();
  reading_.identifiers.push_back(std::move(found));
  return true;
}

bool BodyWriter::move_target(std::string_view key, const catalogue::Parameter& parameter) {
  const auto add = [&](catalogue::Kind kind, std::string_view value) {
    BodyIdentifier found;
    found.kind = kind;
    found.parameter = &parameter;
    found.value = value;
    found.in_key = true;
    found.place = place_;
    reading_.identifiers.push_back(std::move(found));
  };
  const std::size_t type = std::min(key.find(','), key.size());
  const std::size_t parent = type == key.size() ? type : std::min(key.find(',', type + 1), key.size());
  const std::string_view behind = parent == key.size() ? std::string_view() : key.substr(parent + 1);
  const bool fits = type > 0 && parent > type + 1 && (parent == key.size() || !behind.empty()) &&
                    behind.find(',') == std::string_view::npos && key.find(' ') == std::string_view::npos;
  if (!fits)
    return fail(BodyFault::Code::kWrongType, "a key of the form PROJECT,ISSUETYPE or PROJECT,ISSUETYPE,PARENT belongs here");
  add(catalogue::Kind::kProject, key.substr(0, type));
  if (!behind.empty()) add(catalogue::Kind::kIssue, behind);
  return true;
}

void BodyWriter::finish() {
  if (token() == JsonToken::kEnd && reading_.ok()) return;
  fail(BodyFault::Code::kNotJson, reader_.error());
  reading_.text.clear();
  reading_.identifiers.clear();
  reading_.arrays.clear();
}

}  // namespace gatehouse::gateway
