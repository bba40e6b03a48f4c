#include "gateway/references.h"

#include <algorithm>

#include "catalogue/kinds.h"
#include "gateway/checks.h"
#include "gateway/content_place.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Kind;
using catalogue::Operation;
using catalogue::Parameter;

Refusal unknown_parameter(std::string_view name) {
  return refuse_because(Reason::kUnknownParameter, std::string(name),
                        "Gatehouse does not know this parameter of the operation, so a token with a boundary can't send it.");
}

bool in_closed_set(const Parameter& row, std::string_view value) noexcept {
  return row.allowed.empty() || std::find(row.allowed.begin(), row.allowed.end(), value) != row.allowed.end();
}

std::string list_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "nothing" : text;
}

/// Calls `use` for each part of a comma list, or for the whole where the row is no list. False as soon as `use` is.
template <class Use>
bool each_value(const Parameter& row, std::string_view value, Use use) {
  if (!row.list) return use(value);
  while (true) {
    const std::size_t comma = value.find(',');
    std::string_view part = value.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!use(part)) return false;
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

/// The issue in the path, under which comments, worklogs and the like of the same request lie.
std::int16_t issue_in_path(const Request& request) noexcept {
  for (std::size_t i = 0; i < request.references.size(); ++i) {
    if (request.references[i].kind == Kind::kIssue && request.references[i].path_index >= 0) return static_cast<std::int16_t>(i);
  }
  return -1;
}

bool lies_under_issue(Kind kind) noexcept {
  return kind == Kind::kComment || kind == Kind::kWorklog || kind == Kind::kRemoteLink || kind == Kind::kAttachment ||
         kind == Kind::kApproval;
}

/// What the path names first: under it lie images of a project, related works of a version, properties and attachments of
/// content.
std::int16_t first_in_path(Kind kind, const Parameter& row, const Request& request) noexcept {
  const bool attached = kind == Kind::kContent && row.content_type == catalogue::ContentType::kAttachment &&
                        row.carrier == Parameter::Carrier::kPath;
  const bool nested = kind == Kind::kAvatar || kind == Kind::kRelatedWork || kind == Kind::kContentProperty || attached;
  return nested && !request.references.empty() && request.references[0].path_index >= 0 ? std::int16_t{0} : std::int16_t{-1};
}

/// Which end of a relation a name of our tables means.
policy::End end_of(std::string_view place, Kind kind, const Operation& operation) noexcept {
  if (place.find("outwardIssue") != std::string_view::npos) return policy::End::kFar;
  if (place.find("inwardIssue") != std::string_view::npos) return policy::End::kNear;
  if (kind == Kind::kBoard || kind == Kind::kSprint) return policy::End::kContainer;
  if (kind == Kind::kProject && operation.access != catalogue::Access::kRead && place.find('.') != std::string_view::npos) {
    return policy::End::kTarget;
  }
  return policy::End::kOnly;
}

Reference& add_reference(Kind kind, const Parameter& row, std::string_view text, Request& request) {
  const std::int16_t parent = lies_under_issue(kind) ? issue_in_path(request) : first_in_path(kind, row, request);
  Reference& reference = request.references.emplace_back();
  reference.kind = kind == Kind::kEpic ? Kind::kIssue : kind;
  reference.parameter = &row;
  reference.text = text;
  reference.parent = parent;
  return reference;
}

/// Of a task: usable by the credential that obtained it.
Step<std::string_view> open_task(std::string_view sealed, const Matched& matched, const ThreadState& thread) {
  const CursorOwner owner{token::as_view(matched.credential().id), "task", {}};
  const auto opened = thread.shared.cursors ? thread.shared.cursors->open(owner, sealed) : std::nullopt;
  if (!opened) return refuse_because(Reason::kOutsideBoundary, matched.operation().id);
  return *opened;
}

Step<bool> collect_path(const Matched& matched, const ThreadState& thread, Request& request) {
  const auto rows = matched.operation().path_parameters();
  std::string buffer;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Parameter& row = rows[i];
    std::string_view text = catalogue::decode_segment(request.match.values[i], buffer);
    if (text.data() == buffer.data()) text = request.keep(std::string(text));
    if (request.bounded && row.kind == Kind::kTask) {
      GH_TRY(text, open_task(text, matched, thread));
    }
    request.outgoing.path.push_back(text);
    if (!request.bounded) continue;
    if (row.kind == Kind::kUnclassified) return unknown_parameter(row.name);
    if (!catalogue::leads_to_resource(row.kind)) continue;
    add_reference(row.kind, row, text, request).path_index = static_cast<std::int16_t>(i);
  }
  return true;
}

/// One query parameter of a bounded request. Whether it goes upstream.
Step<bool> collect_parameter(const Parameter& row, const catalogue::QueryParameter& parameter, const Operation& operation,
                             Request& request) {
  switch (row.kind) {
    case Kind::kUnclassified: return unknown_parameter(row.name);
    case Kind::kIssueHint: request.hint = parameter.value; return false;
    case Kind::kSelf:
      // Absent and "false" are the same to the site; anything else would write the account's own state.
      if (parameter.value == "false") return false;
      return refuse_because(Reason::kUnknownParameter, row.name,
                            "It changes the state of the account that Gatehouse uses, which all tokens share; leave it out.");
    case Kind::kInert:
    case Kind::kSiteCommon:
    case Kind::kExpand: {
      if constexpr (!check_enabled("expand_allowed")) return true;
      const bool closed = row.kind == Kind::kExpand || !row.allowed.empty();
      if (!closed || parameter.value.empty()) return true;
      const auto allowed = [&row](std::string_view part) {
        return std::find(row.allowed.begin(), row.allowed.end(), part) != row.allowed.end();
      };
      if (each_value(row, parameter.value, allowed)) return true;
      return refuse_because(Reason::kUnknownParameter, row.name,
                            "A token with a boundary can ask here for: " + list_of(row.allowed) + ".");
    }
    default: break;
  }
  if (!in_closed_set(row, parameter.value)) {
    return refuse_because(Reason::kUnknownParameter, row.name,
                          "A token with a boundary can ask here for: " + list_of(row.allowed) + ".");
  }
  if (!catalogue::leads_to_resource(row.kind)) return true;
  // A parameter that names nothing is left out: beside it the site might not look at the one that confines.
  bool named = false;
  each_value(row, parameter.value, [&](std::string_view part) {
    if (part.empty()) return true;
    named = true;
    Reference& reference = add_reference(row.kind, row, part, request);
    reference.query_index = static_cast<std::int32_t>(request.outgoing.query.size());
    reference.end = end_of(row.name, row.kind, operation);
    return true;
  });
  return named;
}

/// Where a list is confined by the keys of projects: by those of this moment, which a look-up tells.
Step<bool> add_projects_by_key(const Operation& operation, Request& request) {
  for (const Parameter& row : operation.query_parameters()) {
    const bool given = request.query.find(row.name) != nullptr && !request.query.find(row.name)->value.empty();
    if (!row.confines || row.kind != Kind::kProject || row.form != Parameter::Form::kKey || given) continue;
    if (request.permitted.whole_site)
      return refuse_because(Reason::kBadRequest, row.name, "Name the projects here; a list of the whole site needs --directory.");
    for (const policy::PermittedResource& project : request.permitted.resources) {
      Reference& reference = add_reference(Kind::kProject, row, project.id, request);
      reference.query_index = static_cast<std::int32_t>(request.outgoing.query.size());
    }
    request.outgoing.query.emplace_back(row.name, std::string_view());
  }
  return true;
}

Step<bool> collect_query(const Matched& matched, Request& request) {
  const Operation& operation = matched.operation();
  for (const catalogue::QueryParameter& parameter : request.query.all()) {
    const Parameter* row = operation.find(Parameter::Carrier::kQuery, parameter.name);
    bool forwarded = true;
    if (request.bounded && row) {
      GH_TRY(forwarded, collect_parameter(*row, parameter, operation, request));
    } else if (request.bounded && check_enabled("query_unclassified")) {
      return unknown_parameter(parameter.name);
    }
    if (forwarded) request.outgoing.query.emplace_back(parameter.name, parameter.value);
  }
  if (!request.bounded) return true;
  GH_TRYV(add_projects_by_key(operation, request));
  for (const Parameter& row : operation.query_parameters()) {
    if (!row.required) continue;
    const catalogue::QueryParameter* given = request.query.find(row.name);
    if (given && !given->value.empty()) continue;
    return refuse_because(Reason::kBadRequest, row.name, "A token with a boundary must give this parameter.");
  }
  return true;
}

/// Where an attachment was seen last: what the client does not say itself.
void remember_homes(const Matched& matched, const ThreadState& thread, Request& request) {
  for (const Reference& reference : request.references) {
    if (reference.kind != Kind::kAttachment) continue;
    const std::uint64_t issue = thread.shared.attachments->find(memory_of(matched), reference.text);
    if (issue != 0) request.hint = request.keep(std::to_string(issue));
  }
}

/// Whether a field that a body writes by its id is of a type that names nothing, or that which the list around it proves.
bool fits_its_list(const BodyIdentifier& identifier, const upstream::FieldTypes& fields) {
  using upstream::FieldType;
  const auto in = [&identifier](std::string_view list) { return identifier.place.find(list) != std::string::npos; };
  switch (fields.type(identifier.value)) {
    case FieldType::kPlain:
    case FieldType::kText:
    case FieldType::kSiteObject: return true;
    case FieldType::kUser: return in("UserPicker");
    case FieldType::kGroup: return in("GroupPicker");
    case FieldType::kVersion: return in("VersionPicker");
    case FieldType::kComponent: return in("Components");
    default: return false;
  }
}

/// Read alike by everybody: no fraction, no exponent, no sign, and no more digits than a double holds.
bool plain_number(std::string_view text) noexcept {
  const bool digits =
      !text.empty() && text.size() <= 15 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && (text.size() == 1 || text.front() != '0');
}

/// Test builds without one of the body's checks take the body as it is, as a gateway without them would.
bool fault_is_ignored(BodyFault::Code code) noexcept {
  if (code == BodyFault::Code::kUnclassified || code == BodyFault::Code::kNotAllowed) return !check_enabled("body_unclassified");
  if (code == BodyFault::Code::kUnknownField || code == BodyFault::Code::kFieldRefused) return !check_enabled("field_type_write");
  return false;
}

}  // namespace

Step<bool> collect_from_head(const Matched& matched, ThreadState& thread, Request& request) {
  GH_TRYV(collect_path(matched, thread, request));
  GH_TRYV(collect_query(matched, request));
  if (request.bounded && request.hint.empty()) remember_homes(matched, thread, request);
  // An answer of Confluence does not say whether it is restricted.
  const bool unseen = request.facts->restriction_unseen && leaves_out_restricted(request.permitted);
  const std::size_t named = matched.operation().product == Product::kOpenApi ? 0 : 1;
  request.by_answer = request.facts->verified_by_answer && request.references.size() == named && !unseen;
  return true;
}

Step<bool> collect_from_body(const Matched& matched, ThreadState&, Request& request) {
  const Operation& operation = matched.operation();
  request.reading_used = true;
  request.reading = read_body(request.body, operation, request.site->field_types());
  BodyReading& reading = request.reading;
  if (!reading.ok()) {
    if (fault_is_ignored(reading.fault.code)) {
      reading = {};
      reading.text = request.body;
      return true;
    }
    const Reason reason = reading.fault.code == BodyFault::Code::kNotJson ? Reason::kBadRequest : Reason::kBodyRefused;
    return refuse_because(reason, reading.fault.place, std::string(reading.fault.detail));
  }
  if constexpr (!check_enabled("body_identifiers")) return true;
  for (std::size_t i = 0; i < reading.identifiers.size(); ++i) {
    const BodyIdentifier& identifier = reading.identifiers[i];
    if (identifier.kind == Kind::kUnclassified) return refuse_because(Reason::kBodyRefused, identifier.place);
    if (check_enabled("field_type_write") && operation.access != catalogue::Access::kRead &&
        identifier.kind == Kind::kFieldList && !fits_its_list(identifier, request.site->field_types())) {
      return refuse_because(Reason::kBodyRefused, identifier.place,
                            "Gatehouse does not know of what type this issue field is, or it does not belong in this list.");
    }
    if (identifier.kind == Kind::kResource && identifier.number && !plain_number(identifier.value)) {
      return refuse_because(Reason::kBodyRefused, identifier.place,
                            "A number that names a resource is written in digits alone, at most 15.");
    }
    if (!catalogue::leads_to_resource(identifier.kind) || identifier.kind == Kind::kTask) continue;
    // What a filtered list names need not lie inside: every element of the answer proves itself, or is left out.
    if (operation.bounded == catalogue::Bounded::kFiltered) continue;
    Reference& reference = add_reference(identifier.kind, *identifier.parameter, identifier.value, request);
    reference.body_index = static_cast<std::int32_t>(i);
    reference.end = end_of(identifier.place, identifier.kind, operation);
  }
  return true;
}

}  // namespace gatehouse::gateway
