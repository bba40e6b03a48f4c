#include "gateway/body_fields.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Kind;
using catalogue::Parameter;
using upstream::FieldType;
using Code = BodyFault::Code;

constexpr std::string_view kUnknownField =
    "Gatehouse does not know of what type this issue field is, so a token with a boundary can't write it";

}  // namespace

bool FieldReader::fields(const Parameter& row) {
  return writer_.object([this, &row](std::string_view field_id) {
    writer_.set_field(field_id);
    const bool read = value(field_id, row);
    writer_.set_field({});
    return read;
  });
}

bool FieldReader::update(const Parameter& row) {
  return writer_.object([this, &row](std::string_view field_id) {
    if (writer_.token() != JsonToken::kArrayBegin)
      return writer_.fail(Code::kWrongType, "a list of changes belongs here, such as [{\"set\": …}]");
    writer_.set_field(field_id);
    const bool read = writer_.array(nullptr, [&] {
      if (writer_.token() != JsonToken::kObjectBegin)
        return writer_.fail(Code::kWrongType, "a change belongs here, such as {\"set\": …}");
      return writer_.object([&](std::string_view name) { return verb(name, field_id, row); });
    });
    writer_.set_field({});
    return read;
  });
}

bool FieldReader::verb(std::string_view name, std::string_view field_id, const Parameter& row) {
  const FieldType type = writer_.fields().type(field_id);
  if (type == FieldType::kComments) return comment_or_worklog(name, Kind::kComment, row);
  if (type == FieldType::kWorklogs) return comment_or_worklog(name, Kind::kWorklog, row);
  if (name != "add" && name != "set" && name != "remove" && !(name == "edit" && type == FieldType::kPlain)) {
    return writer_.fail(Code::kFieldRefused, "a token with a boundary can use the verbs add, set and remove here");
  }
  return value(field_id, row);
}

bool FieldReader::value(std::string_view field_id, const Parameter& row) {
  const FieldType type = writer_.fields().type(field_id);
  if (type == FieldType::kUnknown) return writer_.fail(Code::kUnknownField, kUnknownField);
  if (writer_.token() == JsonToken::kNull) return writer_.copy();
  switch (type) {
    case FieldType::kPlain:
    case FieldType::kText:
    case FieldType::kSiteObject:
    case FieldType::kSecurity:
    case FieldType::kUser: return writer_.copy();
    case FieldType::kGroup: return one_of(Kind::kGroup, row);
    case FieldType::kProject:
    case FieldType::kProjectPicker: return named_object(Kind::kProject, row);
    case FieldType::kIssue: return named_object(Kind::kIssue, row);
    case FieldType::kIssueKey: return writer_.identifier(Kind::kIssue, row);
    case FieldType::kVersion: return one_of(Kind::kVersion, row);
    case FieldType::kComponent: return one_of(Kind::kComponent, row);
    case FieldType::kSprint:
      return writer_.token() == JsonToken::kArrayBegin
                 ? writer_.array(nullptr, [&] { return writer_.identifier(Kind::kSprint, row); })
                 : writer_.identifier(Kind::kSprint, row);
    case FieldType::kIssueLinks: return issue_link(row);
    case FieldType::kSubtasks:
    case FieldType::kAttachments:
    case FieldType::kComments:
    case FieldType::kWorklogs:
    case FieldType::kCounters:
    case FieldType::kUnknown: break;
  }
  return writer_.fail(Code::kFieldRefused, "this issue field can't be written here; it has operations of its own");
}

/// One object or an array of them. Versions and components by name are looked for by Jira in the issue's own project.
bool FieldReader::one_of(Kind kind, const Parameter& row) {
  if (writer_.token() == JsonToken::kArrayBegin) return writer_.array(nullptr, [&] { return named_object(kind, row); });
  return named_object(kind, row);
}

/// {"id": …} or {"key": …}, and nothing else that could name another one.
bool FieldReader::named_object(Kind kind, const Parameter& row) {
  if (writer_.token() != JsonToken::kObjectBegin)
    return writer_.fail(Code::kWrongType, "an object with \"id\" or \"key\" belongs here");
  const bool by_name = kind == Kind::kVersion || kind == Kind::kComponent || kind == Kind::kGroup;
  return writer_.object([&](std::string_view key) {
    if (key == "id" || (key == "key" && !by_name)) return writer_.identifier(kind, row);
    if (key == "groupId" && kind == Kind::kGroup) return writer_.identifier(kind, row);
    if (key == "name" && by_name) return kind == Kind::kGroup ? writer_.identifier(kind, row) : writer_.copy();
    return writer_.fail(Code::kUnclassified, "only \"id\", \"key\" or \"name\" may name what is meant here");
  });
}

/// {"type": {…}, "outwardIssue": {"key": …}} as of `update`, for one link.
bool FieldReader::issue_link(const Parameter& row) {
  if (writer_.token() != JsonToken::kObjectBegin)
    return writer_.fail(Code::kWrongType, "an object with \"type\" and \"outwardIssue\" or \"inwardIssue\" belongs here");
  return writer_.object([&](std::string_view key) {
    if (key == "inwardIssue" || key == "outwardIssue") return named_object(Kind::kIssue, row);
    if (key == "id") return writer_.identifier(Kind::kIssueLink, row);
    if (key == "type") return writer_.copy();
    return writer_.fail(Code::kUnclassified, "only \"type\", \"inwardIssue\" and \"outwardIssue\" may stand here");
  });
}

bool FieldReader::comment_or_worklog(std::string_view verb, Kind kind, const Parameter& row) {
  if (verb != "add" && verb != "edit" && verb != "remove") {
    return writer_.fail(Code::kFieldRefused, "a token with a boundary can use the verbs add, edit and remove here");
  }
  if (writer_.token() != JsonToken::kObjectBegin) return writer_.fail(Code::kWrongType, "an object belongs here");
  return writer_.object([&](std::string_view key) { return key == "id" ? writer_.identifier(kind, row) : writer_.copy(); });
}

}  // namespace gatehouse::gateway
