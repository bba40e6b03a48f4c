#include "upstream/field_types.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>

#include "base/text.h"

namespace gatehouse::upstream {
namespace {

namespace json = boost::json;
using Row = std::pair<std::string_view, FieldType>;

/// Jira's system fields (Atlassian's field reference); what is not here and not custom is unknown.
constexpr auto kSystem = std::to_array<Row>({
    {"summary", FieldType::kPlain},
    {"description", FieldType::kText},
    {"environment", FieldType::kText},
    {"issuetype", FieldType::kSiteObject},
    {"status", FieldType::kSiteObject},
    {"statusCategory", FieldType::kSiteObject},
    {"statuscategorychangedate", FieldType::kPlain},
    {"priority", FieldType::kSiteObject},
    {"resolution", FieldType::kSiteObject},
    {"resolutiondate", FieldType::kPlain},
    {"created", FieldType::kPlain},
    {"updated", FieldType::kPlain},
    {"duedate", FieldType::kPlain},
    {"lastViewed", FieldType::kPlain},
    {"labels", FieldType::kPlain},
    {"assignee", FieldType::kUser},
    {"reporter", FieldType::kUser},
    {"creator", FieldType::kUser},
    {"project", FieldType::kProject},
    {"parent", FieldType::kIssue},
    {"subtasks", FieldType::kSubtasks},
    {"issuelinks", FieldType::kIssueLinks},
    {"components", FieldType::kComponent},
    {"versions", FieldType::kVersion},
    {"fixVersions", FieldType::kVersion},
    {"attachment", FieldType::kAttachments},
    {"comment", FieldType::kComments},
    {"worklog", FieldType::kWorklogs},
    {"watches", FieldType::kCounters},
    {"votes", FieldType::kCounters},
    {"security", FieldType::kSecurity},
    {"timetracking", FieldType::kPlain},
    {"timeestimate", FieldType::kPlain},
    {"timeoriginalestimate", FieldType::kPlain},
    {"timespent", FieldType::kPlain},
    {"aggregatetimeestimate", FieldType::kPlain},
    {"aggregatetimeoriginalestimate", FieldType::kPlain},
    {"aggregatetimespent", FieldType::kPlain},
    {"progress", FieldType::kPlain},
    {"aggregateprogress", FieldType::kPlain},
    {"workratio", FieldType::kPlain},
    {"issuekey", FieldType::kPlain},
    {"thumbnail", FieldType::kPlain},
    // Jira Software's own, in the issues that it gives.
    {"sprint", FieldType::kSprint},
    {"closedSprints", FieldType::kSprint},
    {"epic", FieldType::kIssue},
    {"flagged", FieldType::kPlain},
});

constexpr std::string_view kJiraTypes = "com.atlassian.jira.plugin.system.customfieldtypes:";
constexpr std::string_view kSoftwareTypes = "com.pyxis.greenhopper.jira:";
constexpr std::string_view kPlansTypes = "com.atlassian.jpo:";

constexpr auto kJiraCustom = std::to_array<Row>({
    {"textfield", FieldType::kPlain},        {"textarea", FieldType::kText},         {"float", FieldType::kPlain},
    {"datepicker", FieldType::kPlain},       {"datetime", FieldType::kPlain},        {"select", FieldType::kPlain},
    {"multiselect", FieldType::kPlain},      {"radiobuttons", FieldType::kPlain},    {"multicheckboxes", FieldType::kPlain},
    {"cascadingselect", FieldType::kPlain},  {"labels", FieldType::kPlain},          {"url", FieldType::kPlain},
    {"readonlyfield", FieldType::kPlain},    {"importid", FieldType::kPlain},        {"userpicker", FieldType::kUser},
    {"multiuserpicker", FieldType::kUser},   {"people", FieldType::kUser},           {"grouppicker", FieldType::kGroup},
    {"multigrouppicker", FieldType::kGroup}, {"project", FieldType::kProjectPicker}, {"version", FieldType::kVersion},
    {"multiversion", FieldType::kVersion},
});

constexpr auto kSoftwareCustom = std::to_array<Row>({
    {"gh-sprint", FieldType::kSprint},
    {"gh-epic-link", FieldType::kIssueKey},
    {"gh-epic-label", FieldType::kPlain},
    {"gh-epic-status", FieldType::kPlain},
    {"gh-epic-color", FieldType::kPlain},
    {"gh-lexo-rank", FieldType::kPlain},
    {"jsw-story-points", FieldType::kPlain},
    {"jsw-issue-color", FieldType::kPlain},
});

constexpr auto kPlansCustom = std::to_array<Row>({
    {"jpo-custom-field-baseline-start", FieldType::kPlain},
    {"jpo-custom-field-baseline-end", FieldType::kPlain},
});

template <std::size_t Size>
FieldType look_up(const std::array<Row, Size>& rows, std::string_view key) noexcept {
  const auto row = std::find_if(rows.begin(), rows.end(), [key](const Row& each) { return each.first == key; });
  return row == rows.end() ? FieldType::kUnknown : row->second;
}

FieldType custom_type(std::string_view custom) noexcept {
  const auto behind = [custom](std::string_view prefix) {
    return custom.substr(0, prefix.size()) == prefix ? custom.substr(prefix.size()) : std::string_view();
  };
  if (const auto name = behind(kJiraTypes); !name.empty()) return look_up(kJiraCustom, name);
  if (const auto name = behind(kSoftwareTypes); !name.empty()) return look_up(kSoftwareCustom, name);
  if (const auto name = behind(kPlansTypes); !name.empty()) return look_up(kPlansCustom, name);
  return FieldType::kUnknown;
}

/// A field of an app: only what its JSON type says beyond doubt.
FieldType schema_type(std::string_view type, std::string_view items) noexcept {
  const std::string_view of = type == "array" ? items : type;
  if (of == "number" || of == "date" || of == "datetime" || of == "option" || of == "option-with-child") return FieldType::kPlain;
  if (of == "user") return FieldType::kUser;
  if (of == "group") return FieldType::kGroup;
  if (of == "version") return FieldType::kVersion;
  if (of == "component") return FieldType::kComponent;
  if (of == "project") return FieldType::kProjectPicker;
  return FieldType::kUnknown;
}

std::string_view text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string_view(*text) : std::string_view();
}

IssueField read_field(const json::object& row) {
  IssueField field;
  field.id = text_at(row, "id");
  field.name = text_at(row, "name");
  if (const json::value* schema = row.if_contains("schema"); schema && schema->is_object()) {
    const json::object& object = schema->get_object();
    const std::string_view custom = text_at(object, "custom");
    field.type = custom_type(custom);
    const bool known_family = custom.substr(0, kJiraTypes.size()) == kJiraTypes ||
                              custom.substr(0, kSoftwareTypes.size()) == kSoftwareTypes ||
                              custom.substr(0, kPlansTypes.size()) == kPlansTypes;
    if (field.type == FieldType::kUnknown && !known_family) {
      field.type = schema_type(text_at(object, "type"), text_at(object, "items"));
    }
  }
  if (const json::value* scope = row.if_contains("scope"); scope && scope->is_object()) {
    const json::value* project = scope->get_object().if_contains("project");
    if (project && project->is_object()) {
      field.scope = text_at(project->get_object(), "id");
      // A project that can't be read is one that no boundary holds.
      if (field.scope.empty()) field.scope = "0";
    }
  }
  if (const json::value* clauses = row.if_contains("clauseNames"); clauses && clauses->is_array()) {
    for (const json::value& clause : clauses->get_array()) {
      if (clause.is_string()) field.clauses.push_back(ascii_lower(std::string_view(clause.get_string())));
    }
  }
  return field;
}

}  // namespace

void FieldTypes::add(IssueField field) {
  std::string id = field.id;
  fields_.insert_or_assign(std::move(id), std::move(field));
}

const FieldTypes& FieldTypes::system() {
  static const FieldTypes instance = [] {
    FieldTypes types;
    for (const auto& [id, type] : kSystem) types.add(IssueField{std::string(id), std::string(id), type, {ascii_lower(id)}, {}});
    return types;
  }();
  return instance;
}

Result<FieldTypes> FieldTypes::parse(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 16;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error || !document.is_array()) {
    return fail(Errc::kDataCorrupt, "The site's answer to GET /rest/api/3/field is not a list of fields.", error.message());
  }
  FieldTypes types = system();
  for (const json::value& row : document.get_array()) {
    if (!row.is_object()) continue;
    IssueField field = read_field(row.get_object());
    if (field.id.empty()) continue;
    if (const IssueField* known = system().find(field.id)) field.type = known->type;
    // A system field that we do not know stays unknown, whatever type the metadata claims for it.
    if (field.id.substr(0, 12) != "customfield_" && !system().find(field.id)) field.type = FieldType::kUnknown;
    types.add(std::move(field));
  }
  return types;
}

const IssueField* FieldTypes::find(std::string_view field_id) const noexcept {
  const auto known = fields_.find(field_id);
  return known == fields_.end() ? nullptr : &known->second;
}

FieldType FieldTypes::type(std::string_view field_id) const noexcept {
  const IssueField* field = find(field_id);
  return field ? field->type : FieldType::kUnknown;
}

std::vector<const IssueField*> FieldTypes::by_clause(std::string_view clause) const {
  std::vector<const IssueField*> found;
  for (const auto& [id, field] : fields_) {
    if (std::find(field.clauses.begin(), field.clauses.end(), clause) != field.clauses.end()) found.push_back(&field);
  }
  return found;
}

}  // namespace gatehouse::upstream
