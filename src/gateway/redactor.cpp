#include "gateway/redactor.h"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/checks.h"
#include "gateway/content_place.h"
#include "gateway/field_redaction.h"
#include "gateway/redaction_walk.h"
#include "model/resource.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Inside;
using catalogue::Rule;
using catalogue::Shape;
using catalogue::ShapeField;

/// The digits behind `mark` in a link, or empty: "/issue/" of …/issue/10001/comment/1.
std::string_view digits_behind(std::string_view link, std::string_view mark) {
  const std::size_t at = link.find(mark);
  if (at == std::string_view::npos || link.find(mark, at + 1) != std::string_view::npos) return {};
  const std::string_view rest = link.substr(at + mark.size());
  const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
  return rest.substr(0, end);
}

class ContainerClaims;

class ShapeRedactor {
 public:
  explicit ShapeRedactor(Walk& walk) : walk_(walk), fields_(walk) {}

  Kept object(const Shape& shape, std::size_t watches, bool root);
  Kept array(const Shape& shape);
  Kept part(const Part& part);

 private:
  Kept member(const Shape& shape, std::size_t watches, Claim& scope, bool& first);
  Kept value(const ShapeField& field, std::size_t watches, Claim& scope);
  Kept list(const ShapeField& field, std::size_t watches, Claim& scope);
  Kept map(const ShapeField& field);
  Kept mention(const Shape& shape);
  Kept project_mention(const Shape& shape);
  Kept scope_value(Claim& scope);
  Kept opaque(Rule rule);
  struct Claims {
    const Claim& claim;
    const Claim& own_id;
    const Claim& scope;
    const ContainerClaims* containers;
  };
  bool released(const Shape& shape, const Claims& claims, bool root);
  bool content_inside(std::string_view space, const Claim& own_id);
  bool issue_inside(const Claim& claim, bool by_link);
  bool project_link_inside(std::string_view link) const;
  bool link_inside(std::string_view link) const;

  Walk& walk_;
  FieldRedactor fields_;
};

/// What an object of Confluence says that it belongs to.
class ContainerClaims {
 public:
  void watch(Walk& walk) {
    for (std::size_t i = 0; i < kNames.size(); ++i) walk.watch(claims_[i], kNames[i], Watch::What::kIdOrNull);
  }
  /// All that it names must be proven; a reply that names nothing else belongs to what it replies to.
  bool inside(Walk& walk) const {
    bool any = false;
    bool all = true;
    for (std::size_t i = 0; i < kTypes.size(); ++i) {
      const bool reply = i + 1 == kTypes.size();
      if (!claims_[i].seen || (reply && any)) continue;
      any = true;
      all = claims_[i].proves() && walk.proven(content_name(kTypes[i], claims_[i].id)) && all;
    }
    return any && all;
  }

 private:
  static constexpr std::array<catalogue::ContentType, 5> kTypes{
      catalogue::ContentType::kPage, catalogue::ContentType::kBlogPost, catalogue::ContentType::kCustomContent,
      catalogue::ContentType::kAttachment, catalogue::ContentType::kComment};
  static inline const std::array<std::vector<std::string>, 5> kNames{
      {{"pageId"}, {"blogPostId"}, {"customContentId"}, {"attachmentId"}, {"parentCommentId"}}};
  std::array<Claim, 5> claims_;
};

/// Writes the object that begins here, and takes it out again unless it is proven to lie inside.
Kept ShapeRedactor::object(const Shape& shape, std::size_t watches, bool root) {
  if (walk_.token() != JsonToken::kObjectBegin) return walk_.drop(watches);
  static const std::vector<std::string> kId = {"id"};
  static const std::vector<std::string> kSecurity = {"fields", "security"};
  const std::size_t start = walk_.out.size();
  Claim claim;
  Claim own_id;
  Claim scope;
  if (!shape.inside.path.empty()) walk_.watch(claim, shape.inside.path, Watch::What::kId);
  const bool is_issue = shape.inside.by == Inside::By::kProject && shape.inside.path.front() == "fields";
  if (is_issue) walk_.watch(claim, kSecurity, Watch::What::kRestriction);
  const bool contained = shape.inside.by == Inside::By::kContainer;
  const bool names_itself =
      is_issue || contained || shape.inside.by == Inside::By::kScope || shape.inside.by == Inside::By::kContentOfSpace;
  if (names_itself) walk_.watch(own_id, kId, Watch::What::kId);
  std::optional<ContainerClaims> containers;
  if (contained) containers.emplace().watch(walk_);
  const std::size_t attachments = walk_.result.attachments.size();
  const Claim* outer = is_issue || contained ? walk_.set_issue(&own_id) : nullptr;
  walk_.out.push_back('{');
  bool first = true;
  while (walk_.next() == JsonToken::kKey) {
    if (member(shape, watches, scope, first) == Kept::kBroken) return Kept::kBroken;
  }
  if (is_issue || contained) walk_.set_issue(outer);
  walk_.unwatch(watches);
  if (walk_.token() != JsonToken::kObjectEnd) return Kept::kBroken;
  walk_.out.push_back('}');
  const bool of_resource = shape.inside.by == Inside::By::kResource;
  if (root && (of_resource || shape.inside.by == Inside::By::kProject) && claim.proves()) {
    walk_.result.place = claim.id;
    walk_.result.place_restricted = !of_resource && claim.restricted;
  }
  // A field need not say itself whose it is: the site's own metadata does.
  const bool foreign_field =
      check_enabled("item_verified") && shape.inside.by == Inside::By::kScope && walk_.field_of_another_project(own_id.id);
  if (foreign_field || !released(shape, {claim, own_id, scope, containers ? &*containers : nullptr}, root)) {
    walk_.out.resize(start);
    walk_.result.attachments.resize(attachments);
    ++walk_.result.left_out;
    return Kept::kOut;
  }
  if (is_issue && own_id.proves()) walk_.result.contained.push_back(own_id.id);
  return Kept::kIn;
}

Kept ShapeRedactor::member(const Shape& shape, std::size_t watches, Claim& scope, bool& first) {
  const ShapeField& field = shape.find(walk_.text());
  const std::size_t before = walk_.begin_member(first);
  const std::size_t derived = walk_.derive(watches);
  walk_.next();
  const Kept kept = value(field, derived, scope);
  walk_.unwatch(derived);
  return walk_.end_member(before, kept, first);
}

bool ShapeRedactor::released(const Shape& shape, const Claims& claims, bool root) {
  const auto& [claim, own_id, scope, containers] = claims;
  if (root && walk_.context.root_inside) return true;
  if (!root && !check_enabled("item_verified")) return true;
  const auto inside = [this](const Claim& what) {
    return what.proves() && walk_.context.permitted.permits(what.id, check_enabled("restricted_level") && what.restricted);
  };
  switch (shape.inside.by) {
    case Inside::By::kNone: return true;
    case Inside::By::kProject:
    case Inside::By::kSpace: return inside(claim);
    case Inside::By::kResource:
      return claim.proves() && is_resource_id(claim.id) && walk_.context.permitted.permits(claim.id, false);
    case Inside::By::kIssue: return issue_inside(claim, false);
    case Inside::By::kIssueLink: return issue_inside(claim, true);
    case Inside::By::kProjectLink: return claim.proves() && project_link_inside(claim.id);
    case Inside::By::kLink: return claim.proves() && link_inside(claim.id);
    case Inside::By::kIssueOrParent: return claim.seen ? issue_inside(claim, false) : walk_.context.parent_inside;
    case Inside::By::kServiceDesk: return claim.proves() && walk_.proven("desk " + claim.id);
    case Inside::By::kBoard: return claim.proves() && walk_.proven("board " + claim.id);
    case Inside::By::kContentOfSpace: return claim.proves() && content_inside(claim.id, own_id);
    case Inside::By::kContent: return claim.proves() && walk_.proven(content_name(catalogue::ContentType::kAny, claim.id));
    case Inside::By::kContainer: return containers->inside(walk_);
    case Inside::By::kParent: return walk_.context.parent_inside;
    case Inside::By::kScope: return !scope.conflicting && (!scope.seen || walk_.context.permitted.permits(scope.id, false));
  }
  return false;
}

bool ShapeRedactor::project_link_inside(std::string_view link) const {
  const std::string_view id = digits_behind(link, "/project/");
  return !id.empty() && link.substr(link.size() - id.size()) == id && walk_.context.permitted.permits(id, false);
}

/// A link of an object of any kind: of a project it must be inside, of what a project may hold it is left out.
bool ShapeRedactor::link_inside(std::string_view link) const {
  for (const std::string_view mark : {"/issue/", "/filter/", "/board/", "/sprint/", "/dashboard/"}) {
    if (link.find(mark) != std::string_view::npos) return false;
  }
  return link.find("/project/") == std::string_view::npos || project_link_inside(link);
}

/// The answer says in which space it lies; whether it is restricted only look-ups tell.
bool ShapeRedactor::content_inside(std::string_view space, const Claim& own_id) {
  const policy::Permitted& permitted = walk_.context.permitted;
  if (!check_enabled("restricted_level")) return permitted.permits(space, false);
  if (permitted.permits(space, true) || !permitted.permits(space, false)) return permitted.permits(space, true);
  return own_id.proves() && walk_.proven(content_name(catalogue::ContentType::kAny, own_id.id));
}

bool ShapeRedactor::issue_inside(const Claim& claim, bool by_link) {
  if (!claim.proves()) return false;
  const std::string id = by_link ? std::string(digits_behind(claim.id, "/issue/")) : claim.id;
  return !id.empty() && walk_.proven(id);
}

Kept ShapeRedactor::value(const ShapeField& field, std::size_t watches, Claim& scope) {
  walk_.note(watches);
  if (field.list) return list(field, watches, scope);
  switch (field.rule) {
    case Rule::kDrop: return walk_.drop(watches);
    case Rule::kScalar: return walk_.is_scalar() ? walk_.copy(watches) : walk_.drop(watches);
    case Rule::kKeep: return walk_.copy(watches);
    case Rule::kFieldNames:
      return walk_.members([this](std::string_view key) {
        return walk_.field_of_another_project(key) ? walk_.drop(walk_.no_watches()) : walk_.copy(walk_.no_watches());
      });
    case Rule::kText: return walk_.token() == JsonToken::kArrayBegin ? walk_.drop(watches) : walk_.copy(watches);
    case Rule::kLink: return walk_.link();
    case Rule::kWebLink: return walk_.token() == JsonToken::kString ? walk_.copy(watches) : walk_.drop(watches);
    case Rule::kObject: return walk_.token() == JsonToken::kNull ? walk_.copy(watches) : object(*field.shape, watches, false);
    case Rule::kList: return walk_.token() == JsonToken::kNull ? walk_.copy(watches) : array(*field.shape);
    case Rule::kMap:
    case Rule::kListMap: return map(field);
    case Rule::kFields: return fields_.issue_fields(watches);
    case Rule::kFieldChange: return fields_.changes();
    case Rule::kIssueRef: return walk_.token() == JsonToken::kNull ? walk_.copy(watches) : mention(*field.shape);
    case Rule::kProjectRef: return walk_.token() == JsonToken::kNull ? walk_.copy(watches) : project_mention(*field.shape);
    case Rule::kProjectId:
      return walk_.is_scalar() && walk_.context.permitted.permits(walk_.text(), false) ? walk_.copy(watches)
                                                                                       : walk_.drop(watches);
    case Rule::kProjectScope: return scope_value(scope);
    case Rule::kIssueId:
      return walk_.is_scalar() && walk_.proven(std::string(walk_.text())) ? walk_.copy(watches) : walk_.drop(watches);
    case Rule::kRequestFields: return fields_.request_fields();
    case Rule::kAttachmentLink: return walk_.attachment_link();
    case Rule::kDownloadLink: return walk_.download_link();
    case Rule::kContextLink: return walk_.context_link();
    case Rule::kEmptied: return walk_.token() == JsonToken::kString ? walk_.emptied() : walk_.drop(watches);
    case Rule::kPageToken:
    case Rule::kTask: return opaque(field.rule);
  }
  return walk_.drop(watches);
}

/// An array of values that each follow the rule.
Kept ShapeRedactor::list(const ShapeField& field, std::size_t watches, Claim& scope) {
  if (walk_.token() == JsonToken::kNull) return walk_.copy(watches);
  ShapeField element = field;
  element.list = false;
  return walk_.elements([&] { return value(element, walk_.no_watches(), scope); });
}

Kept ShapeRedactor::array(const Shape& shape) {
  return walk_.elements([&] { return object(shape, walk_.no_watches(), false); });
}

/// What object() and array() do for a member or an element, where the rest of the answer is elsewhere.
Kept ShapeRedactor::part(const Part& part) {
  if (!part.field) return object(part.shape, walk_.no_watches(), false);
  if (part.element && !part.field->list) return object(*part.field->shape, walk_.no_watches(), false);
  ShapeField field = *part.field;
  if (part.element) field.list = false;
  Claim unused;
  return value(field, walk_.no_watches(), unused);
}

Kept ShapeRedactor::map(const ShapeField& field) {
  return walk_.members([&](std::string_view) {
    return field.rule == Rule::kMap ? object(*field.shape, walk_.no_watches(), false) : array(*field.shape);
  });
}

/// An issue that is only mentioned: kept where a look-up has proven it.
Kept ShapeRedactor::mention(const Shape& shape) {
  if (walk_.token() != JsonToken::kObjectBegin) return walk_.drop(walk_.no_watches());
  return walk_.mention([&](std::size_t watches) { return object(shape, watches, false); });
}

Kept ShapeRedactor::project_mention(const Shape& shape) {
  if (walk_.token() != JsonToken::kObjectBegin) return walk_.drop(walk_.no_watches());
  return walk_.project_mention([&](std::size_t watches) { return object(shape, watches, false); });
}

/// An opaque value of upstream's, sealed to whom it is given.
Kept ShapeRedactor::opaque(Rule rule) {
  const OpaqueSeal* seal = walk_.context.seal;
  if (walk_.token() == JsonToken::kNull) return walk_.copy(walk_.no_watches());
  if (!seal || (walk_.token() != JsonToken::kString && walk_.token() != JsonToken::kNumber))
    return walk_.drop(walk_.no_watches());
  append_json_string(rule == Rule::kTask ? seal->task(walk_.text()) : seal->page_token(walk_.text()), walk_.out);
  return Kept::kIn;
}

/// {"type":"PROJECT","project":{"id":"10000"}}, or anything without a project, which is global.
Kept ShapeRedactor::scope_value(Claim& scope) {
  static const std::vector<std::string> kPath = {"project", "id"};
  const std::size_t watches = walk_.no_watches();
  walk_.watch(scope, kPath, Watch::What::kId);
  const Kept kept = walk_.copy(watches);
  walk_.unwatch(watches);
  return kept;
}

}  // namespace

Redaction redact(std::string_view answer, const Shape& shape, bool list, const RedactionContext& context, std::string& out) {
  Redaction result;
  const std::size_t start = out.size();
  Walk walk(answer, context, out, result);
  ShapeRedactor redactor(walk);
  walk.next();
  Kept kept = Kept::kBroken;
  if (list && walk.token() == JsonToken::kArrayBegin) {
    kept = redactor.array(shape);
  } else if (!list && walk.token() == JsonToken::kObjectBegin) {
    kept = redactor.object(shape, walk.no_watches(), true);
  }
  const bool whole = kept != Kept::kBroken && walk.next() == JsonToken::kEnd;
  if (!whole) {
    result.error = walk.token() == JsonToken::kError ? walk.error() : "it has not the outermost form that the table says";
    result.outcome = Redaction::Outcome::kMalformed;
  } else {
    result.outcome = kept == Kept::kIn ? Redaction::Outcome::kReleased : Redaction::Outcome::kOutside;
  }
  if (result.outcome != Redaction::Outcome::kReleased) out.resize(start);
  result.unite_unproven();
  return result;
}

void Redaction::unite_unproven() {
  std::sort(unproven.begin(), unproven.end());
  unproven.erase(std::unique(unproven.begin(), unproven.end()), unproven.end());
}

Redaction::Outcome redact_part(std::string_view text, const Part& part, const RedactionContext& context, Redaction& result,
                               std::string& out) {
  const std::size_t start = out.size();
  Walk walk(text, context, out, result);
  walk.next();
  const Kept kept = ShapeRedactor(walk).part(part);
  const bool whole = kept != Kept::kBroken && walk.next() == JsonToken::kEnd;
  if (!whole || kept != Kept::kIn) out.resize(start);
  if (!whole) return Redaction::Outcome::kMalformed;
  return kept == Kept::kIn ? Redaction::Outcome::kReleased : Redaction::Outcome::kOutside;
}

}  // namespace gatehouse::gateway
