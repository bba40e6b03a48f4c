#include "gateway/body_reader.h"

#include <algorithm>
#include <utility>

#include "gateway/body_fields.h"
#include "gateway/body_writer.h"

namespace gatehouse::gateway {
namespace {

using catalogue::BodyNode;
using catalogue::Kind;
using catalogue::Parameter;

/// Kinds of which nothing has to be proven.
bool names_nothing(Kind kind) noexcept { return kind == Kind::kInert || kind == Kind::kSiteCommon || kind == Kind::kText; }

/// Each of a comma list where the row is one, as the query parameter of that name is read.
bool among_allowed(const Parameter& row, std::string_view text) {
  const auto known = [&row](std::string_view part) {
    return std::find(row.allowed.begin(), row.allowed.end(), part) != row.allowed.end();
  };
  while (row.list && text.find(',') != std::string_view::npos) {
    if (!known(text.substr(0, text.find(',')))) return false;
    text.remove_prefix(text.find(',') + 1);
  }
  return known(text);
}

class RuleReader {
 public:
  explicit RuleReader(BodyWriter& writer) : writer_(writer), fields_(writer) {}
  bool value(const BodyNode& node);
  /// The first required row that the body did not give; null: none.
  const Parameter* missing(const catalogue::Operation& operation) const;

 private:
  bool read(const BodyNode& node);
  bool object(const BodyNode& node);
  bool array(const BodyNode& node);
  bool scalar(const BodyNode& node);

  BodyWriter& writer_;
  FieldReader fields_;
  std::vector<std::string_view> given_;  ///< names of required rows
};

bool RuleReader::value(const BodyNode& node) {
  if (!read(node)) return false;
  // A null or an empty text was refused where the row is required.
  if (node.parameter() && node.parameter()->required) given_.push_back(node.parameter()->name);
  return true;
}

const Parameter* RuleReader::missing(const catalogue::Operation& operation) const {
  for (const Parameter& row : operation.body_parameters()) {
    if (row.required && std::find(given_.begin(), given_.end(), row.name) == given_.end()) return &row;
  }
  return nullptr;
}

bool RuleReader::read(const BodyNode& node) {
  const Parameter* row = node.parameter();
  const bool container = writer_.token() == JsonToken::kObjectBegin || writer_.token() == JsonToken::kArrayBegin;
  if (row && writer_.token() == JsonToken::kObjectBegin) {
    if (row->kind == Kind::kIssueFields) return fields_.fields(*row);
    if (row->kind == Kind::kIssueUpdate) return fields_.update(*row);
  }
  if (row && row->kind == Kind::kText && writer_.token() != JsonToken::kArrayBegin) return writer_.copy();
  if (row && node.subtree()) {
    // Below `**` all is of one kind: what names nothing is copied, anything else is taken value by value.
    if (names_nothing(row->kind)) return writer_.copy();
    return container ? writer_.each_scalar_below([this, row] { return writer_.identifier(row->kind, *row); }) : scalar(node);
  }
  if (writer_.token() == JsonToken::kObjectBegin) return object(node);
  if (writer_.token() == JsonToken::kArrayBegin) return array(node);
  return scalar(node);
}

bool RuleReader::object(const BodyNode& node) {
  if (!node.takes_object())
    return writer_.fail(BodyFault::Code::kWrongType, "an object can't stand here; a single value belongs here");
  return writer_.object([this, &node](std::string_view key) {
    const BodyNode* child = node.child(key);
    if (!child)
      return writer_.fail(BodyFault::Code::kUnclassified,
                          "Gatehouse does not know this field, so a token with a boundary can't send it");
    if (child->kind() == Kind::kMoveTarget && !writer_.move_target(key, *child->parameter())) return false;
    return value(*child);
  });
}

bool RuleReader::array(const BodyNode& node) {
  const BodyNode* element = node.element();
  if (!element) return writer_.fail(BodyFault::Code::kWrongType, "a list can't stand here");
  return writer_.array(element->parameter(), [this, element] { return value(*element); });
}

bool RuleReader::scalar(const BodyNode& node) {
  const Parameter* row = node.parameter();
  const bool says_nothing =
      writer_.token() == JsonToken::kNull || (writer_.token() == JsonToken::kString && writer_.text().empty());
  if (row && row->required && says_nothing)
    return writer_.fail(BodyFault::Code::kWrongType, "a token with a boundary must give this");
  const bool names_resource = row && (row->kind == Kind::kResource || row->kind == Kind::kObject);
  if (says_nothing && names_resource)
    return writer_.fail(BodyFault::Code::kWrongType, "it names a resource here: leave it out, or give it a value");
  if (writer_.token() == JsonToken::kNull) return writer_.copy();
  if (!row) return writer_.fail(BodyFault::Code::kWrongType, "an object or a list belongs here");
  if (row->kind == Kind::kIssueFields || row->kind == Kind::kIssueUpdate) {
    return writer_.fail(BodyFault::Code::kWrongType, "an object of issue fields belongs here");
  }
  if (!row->allowed.empty() && !among_allowed(*row, writer_.text())) {
    return writer_.fail(BodyFault::Code::kNotAllowed, "this value is not among those that a token with a boundary may send here");
  }
  return names_nothing(row->kind) ? writer_.copy() : writer_.identifier(row->kind, *row);
}

}  // namespace

BodyReading read_body(std::string_view body, const catalogue::Operation& operation, const upstream::FieldTypes& fields) {
  BodyReading reading;
  const BodyNode* root = catalogue::body_root(operation);
  BodyWriter writer(body, fields, reading);
  bool ok = writer.next() != JsonToken::kError;
  if (!root) {
    if (ok) writer.fail(BodyFault::Code::kUnclassified, "this operation takes no body that Gatehouse knows");
  } else if (ok) {
    RuleReader reader(writer);
    ok = reader.value(*root) && writer.next() == JsonToken::kEnd;
    const Parameter* missing = ok && reading.ok() ? reader.missing(operation) : nullptr;
    if (missing) reading.fault = {BodyFault::Code::kWrongType, missing->name, "a token with a boundary must give this"};
  }
  writer.finish();
  return reading;
}

BodyEdit replace_value(const BodyIdentifier& identifier, std::string_view string_value) {
  BodyEdit edit{identifier.from, identifier.to, {}};
  append_json_string(string_value, edit.text);
  return edit;
}

BodyEdit add_element(const BodyArray& array, std::string_view string_value) {
  BodyEdit edit{array.close, array.close, array.empty ? "" : ","};
  append_json_string(string_value, edit.text);
  return edit;
}

BodyEdit add_member(const BodyReading& reading, std::string_view key, std::string_view json) {
  BodyEdit edit{reading.object_close, reading.object_close, reading.object_empty ? "" : ","};
  append_json_string(key, edit.text);
  edit.text.push_back(':');
  edit.text.append(json);
  return edit;
}

std::string apply_edits(std::string_view text, std::vector<BodyEdit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const BodyEdit& left, const BodyEdit& right) { return left.from < right.from; });
  std::string result;
  std::size_t at = 0;
  for (const BodyEdit& edit : edits) {
    result.append(text, at, edit.from - at);
    result.append(edit.text);
    at = edit.to;
  }
  result.append(text, at);
  return result;
}

}  // namespace gatehouse::gateway
