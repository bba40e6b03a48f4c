#include "gateway/field_redaction.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "gateway/checks.h"

namespace gatehouse::gateway {
namespace {

using upstream::FieldType;
using namespace std::string_view_literals;

template <std::size_t Size>
bool among(const std::array<std::string_view, Size>& names, std::string_view name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What of a mentioned issue is shown.
constexpr std::array kMentioned = {"summary"sv, "status"sv, "priority"sv, "issuetype"sv};
/// … where it is the epic of an issue, as Jira Software writes one.
constexpr std::array kEpic = {"name"sv, "summary"sv, "done"sv};
/// A sprint may belong to a board of another project: its name and goal are not shown.
constexpr std::array kSprint = {"id"sv, "state"sv, "startDate"sv, "endDate"sv, "completeDate"sv, "activatedDate"sv};
constexpr std::array kAttachment = {"self"sv, "id"sv,       "filename"sv, "author"sv,   "created"sv,
                                    "size"sv, "mimeType"sv, "content"sv,  "thumbnail"sv};
constexpr std::array kComment = {"self"sv,    "id"sv,         "author"sv,      "body"sv,
                                 "created"sv, "visibility"sv, "jsdPublic"sv,   "jsdAuthorCanSeeRequest"sv,
                                 "updated"sv, "parentId"sv,   "updateAuthor"sv};
constexpr std::array kWorklog = {"self"sv,    "id"sv,         "author"sv,  "comment"sv,   "created"sv,          "issueId"sv,
                                 "updated"sv, "visibility"sv, "started"sv, "timeSpent"sv, "timeSpentSeconds"sv, "updateAuthor"sv};
constexpr std::array kRequestField = {"fieldId"sv,     "name"sv,          "label"sv,       "description"sv,
                                      "value"sv,       "required"sv,      "visible"sv,     "jiraSchema"sv,
                                      "validValues"sv, "defaultValues"sv, "presetValues"sv};
const std::vector<std::string> kNowhere;
constexpr std::array kPage = {"self"sv, "startAt"sv, "maxResults"sv, "total"sv};
/// Changes without a field id are told by the field's English name.
constexpr std::array kChangesByName = {
    "status"sv,       "assignee"sv,    "reporter"sv, "summary"sv,     "description"sv, "priority"sv,
    "resolution"sv,   "labels"sv,      "duedate"sv,  "environment"sv, "issuetype"sv,   "timespent"sv,
    "timeestimate"sv, "fix version"sv, "version"sv,  "component"sv,   "attachment"sv,  "timeoriginalestimate"sv};

/// Whether a change of a field of that type tells nothing of other objects.
bool change_is_own(FieldType type) noexcept {
  switch (type) {
    case FieldType::kPlain:
    case FieldType::kText:
    case FieldType::kUser:
    case FieldType::kSiteObject:
    case FieldType::kVersion:
    case FieldType::kComponent:
    case FieldType::kSecurity:
    case FieldType::kAttachments: return true;
    default: return false;
  }
}

/// A picker of versions or components that somebody made may hold another project's, unlike the system fields.
bool is_picker(FieldType type, std::string_view field_id) noexcept {
  return (type == FieldType::kVersion || type == FieldType::kComponent) && field_id.starts_with("customfield_");
}

/// An object of which only the members in `names` are kept, as they were written.
template <std::size_t Size>
Kept only(Walk& walk, const std::array<std::string_view, Size>& names) {
  return walk.members(
      [&](std::string_view key) { return among(names, key) ? walk.copy(walk.no_watches()) : walk.drop(walk.no_watches()); });
}

template <std::size_t Size>
Kept each(Walk& walk, const std::array<std::string_view, Size>& names) {
  return walk.elements([&] { return only(walk, names); });
}

/// {"comments":[…],"total":…}
template <std::size_t Size>
Kept page(Walk& walk, std::string_view list, const std::array<std::string_view, Size>& names) {
  return walk.members([&](std::string_view key) {
    if (key == list) return each(walk, names);
    return among(kPage, key) ? walk.copy(walk.no_watches()) : walk.drop(walk.no_watches());
  });
}

}  // namespace

Kept FieldRedactor::issue_fields(std::size_t watches) {
  if (walk_.token() == JsonToken::kNull) return walk_.copy(watches);
  if (walk_.token() != JsonToken::kObjectBegin) return walk_.drop(watches);
  walk_.out.push_back('{');
  bool first = true;
  while (walk_.next() == JsonToken::kKey) {
    const FieldType type = walk_.context.fields.type(walk_.text());
    const bool picker = is_picker(type, walk_.text());
    const auto& hidden = walk_.context.hidden_fields;
    const bool shown = std::find(hidden.begin(), hidden.end(), walk_.text()) == hidden.end();
    const std::size_t before = walk_.begin_member(first);
    const std::size_t derived = walk_.derive(watches);
    walk_.next();
    walk_.note(derived);
    const bool told = !picker || walk_.token() == JsonToken::kNull || !check_enabled("field_type_redaction");
    const Kept kept = shown && told ? field(type, derived) : walk_.drop(derived);
    walk_.unwatch(derived);
    if (walk_.end_member(before, kept, first) == Kept::kBroken) return Kept::kBroken;
  }
  if (walk_.token() != JsonToken::kObjectEnd) return Kept::kBroken;
  walk_.out.push_back('}');
  return Kept::kIn;
}

Kept FieldRedactor::field(FieldType type, std::size_t watches) {
  if constexpr (!check_enabled("field_type_redaction")) return walk_.copy(watches);
  if (!walk_.is_scalar()) return container(type, watches);
  if (walk_.token() == JsonToken::kNull) return walk_.copy(watches);
  switch (type) {
    case FieldType::kIssueKey:
      return walk_.token() == JsonToken::kString && walk_.proven(std::string(walk_.text())) ? walk_.copy(watches)
                                                                                            : walk_.drop(watches);
    case FieldType::kIssue:
    case FieldType::kSprint:
    case FieldType::kProjectPicker: return walk_.drop(watches);
    default: return walk_.copy(watches);
  }
}

Kept FieldRedactor::container(FieldType type, std::size_t watches) {
  switch (type) {
    case FieldType::kPlain:
    case FieldType::kText:
    case FieldType::kUser:
    case FieldType::kGroup:
    case FieldType::kSiteObject:
    case FieldType::kVersion:
    case FieldType::kComponent:
    case FieldType::kSecurity:
    case FieldType::kCounters: return walk_.copy(watches);
    case FieldType::kProject:
    case FieldType::kProjectPicker: break;
    case FieldType::kIssue: return issue_mention();
    case FieldType::kSubtasks: return walk_.elements([this] { return issue_mention(); });
    case FieldType::kIssueLinks: return walk_.elements([this] { return issue_link(); });
    case FieldType::kSprint: return walk_.token() == JsonToken::kArrayBegin ? each(walk_, kSprint) : only(walk_, kSprint);
    case FieldType::kAttachments: return walk_.elements([this] { return attachment(); });
    case FieldType::kComments: return page(walk_, "comments", kComment);
    case FieldType::kWorklogs: return page(walk_, "worklogs", kWorklog);
    case FieldType::kIssueKey:
    case FieldType::kUnknown: return walk_.drop(watches);
  }
  // A project: the issue's own is watched by its shape too, and proves itself here all the same.
  if (walk_.token() != JsonToken::kObjectBegin) return walk_.drop(watches);
  static const std::vector<std::string> kId = {"id"};
  const std::size_t start = walk_.out.size();
  Claim id;
  walk_.watch(id, kId, Watch::What::kId);
  const Kept kept = walk_.copy(watches);
  if (kept != Kept::kIn || (id.proves() && walk_.context.permitted.permits(id.id, false))) return kept;
  walk_.out.resize(start);
  return Kept::kOut;
}

/// An issue in the form that `parent`, `subtasks` and `issuelinks` have it in.
Kept FieldRedactor::issue_mention() {
  if (walk_.token() != JsonToken::kObjectBegin) return walk_.drop(walk_.no_watches());
  return walk_.mention([this](std::size_t watches) {
    walk_.out.push_back('{');
    bool first = true;
    while (walk_.next() == JsonToken::kKey) {
      const std::string key(walk_.text());
      const std::size_t before = walk_.begin_member(first);
      const std::size_t derived = walk_.derive(watches);
      walk_.next();
      walk_.note(derived);
      Kept kept = Kept::kOut;
      if (key == "fields") {
        kept = only(walk_, kMentioned);
      } else if (among(kEpic, key)) {
        kept = walk_.is_scalar() ? walk_.copy(derived) : walk_.drop(derived);
      } else if (key == "id" || key == "key" || key == "self") {
        kept = walk_.copy(derived);
      } else {
        kept = walk_.drop(derived);
      }
      walk_.unwatch(derived);
      if (walk_.end_member(before, kept, first) == Kept::kBroken) return Kept::kBroken;
    }
    if (walk_.token() != JsonToken::kObjectEnd) return Kept::kBroken;
    walk_.out.push_back('}');
    return Kept::kIn;
  });
}

Kept FieldRedactor::attachment() {
  std::string id;
  const Kept kept = walk_.members([&](std::string_view key) {
    if (key == "id" && walk_.is_scalar()) id = walk_.text();
    if (key == "content" || key == "thumbnail") return walk_.attachment_link();
    return among(kAttachment, key) ? walk_.copy(walk_.no_watches()) : walk_.drop(walk_.no_watches());
  });
  if (kept == Kept::kIn && !id.empty() && !walk_.issue().empty())
    walk_.result.attachments.emplace_back(std::move(id), std::string(walk_.issue()));
  return kept;
}

/// {"id", "self", "type", "inwardIssue" or "outwardIssue"}: gone where the issue at its other end is.
Kept FieldRedactor::issue_link() {
  const std::size_t start = walk_.out.size();
  int ends = 0;
  int ends_inside = 0;
  const Kept kept = walk_.members([&](std::string_view key) {
    if (key == "inwardIssue" || key == "outwardIssue") {
      ++ends;
      const Kept end = issue_mention();
      if (end == Kept::kIn) ++ends_inside;
      return end;
    }
    return key == "id" || key == "self" || key == "type" ? walk_.copy(walk_.no_watches()) : walk_.drop(walk_.no_watches());
  });
  if (kept != Kept::kIn || (ends > 0 && ends == ends_inside)) return kept;
  walk_.out.resize(start);
  return Kept::kOut;
}

Kept FieldRedactor::changes() {
  if (walk_.token() == JsonToken::kNull) return walk_.copy(walk_.no_watches());
  return walk_.elements([this] { return change(); });
}

Kept FieldRedactor::request_fields() {
  if (walk_.token() == JsonToken::kNull) return walk_.copy(walk_.no_watches());
  return walk_.elements([this] { return request_field(); });
}

Kept FieldRedactor::request_field() {
  const std::size_t start = walk_.out.size();
  Claim id;
  const Kept kept = walk_.members([&](std::string_view key) {
    const std::size_t derived = walk_.no_watches();
    if (key == "fieldId") {
      walk_.watch(id, kNowhere, Watch::What::kId);
      walk_.note(derived);
      walk_.unwatch(derived);
    }
    return among(kRequestField, key) ? walk_.copy(walk_.no_watches()) : walk_.drop(walk_.no_watches());
  });
  if (kept != Kept::kIn) return kept;
  if constexpr (!check_enabled("field_type_redaction")) return kept;
  const FieldType type = id.proves() ? walk_.context.fields.type(id.id) : FieldType::kUnknown;
  const bool own = (change_is_own(type) && type != FieldType::kSecurity && !is_picker(type, id.id)) || type == FieldType::kGroup;
  if (own && !walk_.field_of_another_project(id.id)) return Kept::kIn;
  walk_.out.resize(start);
  ++walk_.result.left_out;
  return Kept::kOut;
}

Kept FieldRedactor::change() {
  static const std::vector<std::string> kFieldId = {"fieldId"};
  static const std::vector<std::string> kField = {"field"};
  const std::size_t start = walk_.out.size();
  const std::size_t watches = walk_.no_watches();
  Claim field_id;
  Claim name;
  walk_.watch(field_id, kFieldId, Watch::What::kId);
  walk_.watch(name, kField, Watch::What::kId);
  const Kept kept = walk_.copy(watches);
  walk_.unwatch(watches);
  if (kept != Kept::kIn) return kept;
  const std::string lower = ascii_lower(name.id);
  // A move writes the old key and the old project into the history, whatever id those rows carry.
  const bool tells_of_move = lower == "key" || lower == "project" || field_id.id == "issuekey";
  const bool own = field_id.seen ? field_id.proves() && change_is_own(walk_.context.fields.type(field_id.id)) &&
                                       !is_picker(walk_.context.fields.type(field_id.id), field_id.id)
                                 : name.proves() && among(kChangesByName, lower);
  if (own && !tells_of_move) return Kept::kIn;
  walk_.out.resize(start);
  ++walk_.result.left_out;
  return Kept::kOut;
}

}  // namespace gatehouse::gateway
