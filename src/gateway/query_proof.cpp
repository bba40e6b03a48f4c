#include "gateway/query_proof.h"

#include <algorithm>

#include "base/text.h"
#include "gateway/references.h"

namespace gatehouse::gateway {
namespace {

using query::FieldKind;
using query::NamedThing;
using upstream::FieldType;

/// Names are looked for in the lists of so many projects at most.
constexpr std::size_t kMaxProjects = 10;

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

FieldKind kind_of(FieldType type) noexcept {
  switch (type) {
    case FieldType::kUnknown: return FieldKind::kUnknown;
    case FieldType::kPlain:
    case FieldType::kText:
    case FieldType::kSiteObject:
    case FieldType::kAttachments:
    case FieldType::kComments:
    case FieldType::kWorklogs:
    case FieldType::kCounters: return FieldKind::kPlain;
    case FieldType::kUser: return FieldKind::kUser;
    case FieldType::kGroup: return FieldKind::kGroup;
    case FieldType::kProject:
    case FieldType::kProjectPicker: return FieldKind::kProject;
    case FieldType::kIssue:
    case FieldType::kIssueKey:
    case FieldType::kSubtasks:
    case FieldType::kIssueLinks: return FieldKind::kIssueRelation;
    case FieldType::kVersion: return FieldKind::kVersion;
    case FieldType::kComponent: return FieldKind::kComponent;
    case FieldType::kSprint: return FieldKind::kSprint;
    case FieldType::kSecurity: return FieldKind::kSecurityLevel;
  }
  return FieldKind::kUnknown;
}

Proven by_reference(catalogue::Kind kind, std::string_view text, Request& request) {
  Reference reference;
  reference.kind = kind;
  reference.text = text;
  resolve(reference, request);
  if (reference.state == Reference::State::kOpen) return Proven::kAsk;
  return reference.state == Reference::State::kInside ? Proven::kYes : Proven::kNo;
}

/// A version or component by name: in the list of one of the permitted projects.
Proven by_name(Ask ask, std::string_view name, Request& request) {
  Proven result = Proven::kNo;
  std::size_t left = kMaxProjects;
  for (const policy::PermittedResource& project : request.permitted.resources) {
    if (left-- == 0) break;
    const Fact* names = request.questions.find(ask, project.id);
    if (!names) {
      result = Proven::kAsk;
    } else if (std::any_of(names->list.begin(), names->list.end(),
                           [&](const std::string& one) { return same_without_case(one, name); })) {
      return Proven::kYes;
    }
  }
  return result;
}

Proven by_id_or_name(catalogue::Kind kind, Ask names, const NamedThing& thing, Request& request) {
  const Proven named = by_name(names, thing.text, request);
  if (named == Proven::kYes || !is_digits(thing.text)) return named;
  const Proven by_id = by_reference(kind, thing.text, request);
  if (by_id == Proven::kYes) return by_id;
  return named == Proven::kAsk || by_id == Proven::kAsk ? Proven::kAsk : Proven::kNo;
}

/// A user who can be assigned issues of a permitted project is visible there.
Proven by_assignability(std::string_view account_id, Request& request) {
  Proven result = Proven::kNo;
  std::size_t left = kMaxProjects;
  for (const policy::PermittedResource& project : request.permitted.resources) {
    if (left-- == 0) break;
    const Fact* user = request.questions.find(Ask::kAssignable, account_id, project.id);
    if (!user)
      result = Proven::kAsk;
    else if (user->found)
      return Proven::kYes;
  }
  return result;
}

}  // namespace

std::optional<query::BoundaryNames::Project> PermittedNames::permitted_project(std::string_view value, bool) const {
  for (const policy::PermittedResource& project : permitted_.resources) {
    // The id stands in the query that is sent: whatever else has that key or name by now is not asked about.
    if (value == project.id || same_without_case(value, project.key)) return Project{std::string(project.id), true};
  }
  return std::nullopt;
}

query::FieldKind PermittedNames::custom_field(const query::JqlField& field) const {
  std::string clause = field.kind == query::JqlField::Kind::kCustom ? "cf[" + field.name + "]" : field.name;
  std::transform(clause.begin(), clause.end(), clause.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  FieldKind kind = FieldKind::kUnknown;
  bool first = true;
  for (const upstream::IssueField* meant : fields_.by_clause(clause)) {
    // Another project's own field does not exist for this token.
    if (!meant->scope.empty() && !permitted_.permits(meant->scope, false)) continue;
    const FieldKind one = kind_of(meant->type);
    if (!first && one != kind) return FieldKind::kUnknown;
    kind = one;
    first = false;
  }
  return kind;
}

Proven prove(const NamedThing& thing, Request& request) {
  switch (thing.kind) {
    case NamedThing::Kind::kIssue: return by_reference(catalogue::Kind::kIssue, thing.text, request);
    case NamedThing::Kind::kSprint:
      return is_digits(thing.text) ? by_reference(catalogue::Kind::kSprint, thing.text, request) : Proven::kNo;
    case NamedThing::Kind::kVersion: return by_id_or_name(catalogue::Kind::kVersion, Ask::kVersionNames, thing, request);
    case NamedThing::Kind::kComponent: return by_id_or_name(catalogue::Kind::kComponent, Ask::kComponentNames, thing, request);
    case NamedThing::Kind::kUser: return request.permitted.directory ? Proven::kYes : by_assignability(thing.text, request);
    case NamedThing::Kind::kGroup: return request.permitted.directory ? Proven::kYes : Proven::kNo;
    case NamedThing::Kind::kSecurityLevel: return Proven::kNo;
  }
  return Proven::kNo;
}

std::string_view explain_named(NamedThing::Kind kind) noexcept {
  switch (kind) {
    case NamedThing::Kind::kIssue: return "Only issues of the token's projects may be named here.";
    case NamedThing::Kind::kSprint: return "Only sprints of boards of the token's projects may be named here, by their number.";
    case NamedThing::Kind::kVersion: return "Only versions of the token's projects may be named here.";
    case NamedThing::Kind::kComponent: return "Only components of the token's projects may be named here.";
    case NamedThing::Kind::kUser:
      return "Only users who can be assigned in the token's projects may be named here, by account id; currentUser() always may.";
    case NamedThing::Kind::kGroup: return "Groups may be named only where the grant says --directory.";
    case NamedThing::Kind::kSecurityLevel: return "Security levels can't be named in a query of a token with a boundary.";
  }
  return "It can't be named here.";
}

}  // namespace gatehouse::gateway
