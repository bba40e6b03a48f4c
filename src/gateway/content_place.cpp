#include "gateway/content_place.h"

#include <algorithm>

#include "catalogue/kinds.h"
#include "gateway/checks.h"

namespace gatehouse::gateway {
namespace {

using catalogue::ContentType;

/// Asked for where there is nothing to go on from: what is not there must not be known by being answered sooner.
constexpr std::string_view kNobody = "0";
/// A reply to a comment on an attachment of custom content of a page …: no chain is longer.
constexpr int kDeepest = 5;

/// What may have read restrictions of its own.
bool has_restrictions(ContentType type) noexcept {
  switch (type) {
    case ContentType::kPage:
    case ContentType::kBlogPost:
    case ContentType::kCustomContent:
    case ContentType::kWhiteboard:
    case ContentType::kDatabase:
    case ContentType::kFolder:
    case ContentType::kEmbed: return true;
    default: return false;
  }
}

/// What lies in the tree of a space, so that restrictions are inherited.
bool has_ancestors(ContentType type) noexcept {
  return has_restrictions(type) && type != ContentType::kBlogPost && type != ContentType::kCustomContent;
}

/// What belongs to other content and says itself to which.
bool lies_in_content(ContentType type) noexcept {
  return type == ContentType::kAttachment || type == ContentType::kFooterComment || type == ContentType::kInlineComment ||
         type == ContentType::kComment;
}

bool is_restricted(const Fact& fact) noexcept { return !fact.found || fact.restricted; }

void settle(Reference& reference, const Request& request) {
  reference.state =
      request.permitted.permits(reference.project, reference.restricted) ? Reference::State::kInside : Reference::State::kOutside;
}

class Finder {
 public:
  explicit Finder(Request& request)
      : request_(request), strict_(check_enabled("restricted_level") && leaves_out_restricted(request.permitted)) {}

  ContentPlace find(ContentType type, std::string_view id, int depth);

 private:
  const Fact* object(ContentType type, std::string_view id);
  /// Nothing: it is still being asked.
  std::optional<bool> restricted(ContentType type, std::string_view id);

  Request& request_;
  const bool strict_;
};

const Fact* Finder::object(ContentType type, std::string_view id) {
  if (type != ContentType::kComment) return request_.questions.find(Ask::kContent, id, catalogue::to_string(type));
  const Fact* footer = request_.questions.find(Ask::kContent, id, catalogue::to_string(ContentType::kFooterComment));
  const Fact* inner = request_.questions.find(Ask::kContent, id, catalogue::to_string(ContentType::kInlineComment));
  if (!footer || !inner) return nullptr;
  return footer->found ? footer : inner;
}

/// Its own restrictions, and those of all that it lies below. Asked at once with the object itself.
std::optional<bool> Finder::restricted(ContentType type, std::string_view id) {
  if (!strict_ || !has_restrictions(type)) return false;
  Questions& questions = request_.questions;
  const Fact* own = questions.find(Ask::kReadRestriction, id);
  const bool inherits = has_ancestors(type) && check_enabled("inherited_restriction");
  const Fact* above = inherits ? questions.find(Ask::kAncestors, id, catalogue::to_string(type)) : nullptr;
  if (!own || (inherits && !above)) return std::nullopt;
  bool any = is_restricted(*own);
  if (!inherits) return any;
  if (!above->found) {
    // As many rounds as where there are some.
    return questions.find(Ask::kReadRestriction, kNobody) ? std::optional(true) : std::nullopt;
  }
  bool open = false;
  for (const std::string& ancestor : above->list) {
    const Fact* one = questions.find(Ask::kReadRestriction, ancestor);
    if (one)
      any = any || is_restricted(*one);
    else
      open = true;
  }
  return open ? std::nullopt : std::optional(any);
}

ContentPlace Finder::find(ContentType type, std::string_view id, int depth) {
  ContentPlace place;
  if (type == ContentType::kAny) {
    const Fact* known = request_.questions.find(Ask::kContentType, id);
    if (!known) return place;
    if (!known->found) id = kNobody;
    type = catalogue::parse_content_type(known->key).value_or(ContentType::kPage);
  }
  const Fact* fact = object(type, id);
  const std::optional<bool> own = restricted(type, id);
  if (!fact) return place;
  place.container = fact->issue;
  const std::string space = fact->found ? fact->project : std::string();
  const bool nested = !fact->issue.empty() || lies_in_content(type);
  if (!nested) {
    place.known = own.has_value();
    place.space = space;
    place.restricted = own.value_or(true);
    return place;
  }
  if (depth == kDeepest) {
    place.known = true;
    return place;
  }
  const ContentPlace outer =
      fact->found && !fact->issue.empty()
          ? find(catalogue::parse_content_type(fact->other_issue).value_or(ContentType::kAny), fact->issue, depth + 1)
          : find(ContentType::kPage, kNobody, depth + 1);
  place.known = outer.known && own.has_value();
  // What names a space itself and lies in content of another one is nowhere.
  place.space = space.empty() || space == outer.space ? outer.space : std::string();
  if (!fact->found) place.space.clear();
  place.restricted = outer.restricted || own.value_or(true);
  return place;
}

/// The place in the tree that an operation changes as a whole: all that lies below must be inside as well.
void settle_tree(Reference& reference, ContentType type, Request& request) {
  const bool whole = reference.parameter && reference.parameter->whole && check_enabled("shared_container");
  if (!whole || reference.state != Reference::State::kInside) return;
  const Fact* below = request.questions.find(Ask::kDescendants, reference.id, catalogue::to_string(type));
  if (!below) {
    reference.state = Reference::State::kOpen;
    return;
  }
  if (!below->found) {
    reference.state = Reference::State::kShared;
    return;
  }
  for (const std::string& id : below->list) {
    const ContentPlace place = find_content(ContentType::kAny, id, request);
    if (!place.known)
      reference.state = Reference::State::kOpen;
    else if (!request.permitted.permits(place.space, place.restricted))
      reference.state = Reference::State::kShared;
    if (reference.state == Reference::State::kShared) return;
  }
}

}  // namespace

bool leaves_out_restricted(const policy::Permitted& permitted) noexcept {
  if (permitted.whole_site && permitted.exclude_restricted) return true;
  return std::any_of(permitted.resources.begin(), permitted.resources.end(),
                     [](const policy::PermittedResource& one) { return one.exclude_restricted; });
}

ContentPlace find_content(ContentType type, std::string_view id, Request& request) { return Finder(request).find(type, id, 0); }

std::string content_name(ContentType type, std::string_view id) {
  return std::string(catalogue::to_string(type)).append(" ").append(id);
}

std::optional<NamedContent> parse_content_name(std::string_view name) noexcept {
  const std::size_t space = name.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view word = name.substr(0, space);
  const auto type = catalogue::parse_content_type(word);
  if (!type && word != catalogue::to_string(ContentType::kAny)) return std::nullopt;
  return NamedContent{type.value_or(ContentType::kAny), name.substr(space + 1)};
}

/// An id is compared as it is; a key is led to the space that has it now.
void resolve_space(Reference& reference, Request& request) {
  using Form = catalogue::Parameter::Form;
  reference.restricted = false;
  if constexpr (!check_enabled("renamed_project")) {
    for (const policy::PermittedResource& believed : request.permitted.resources) {
      if (believed.key != reference.text) continue;
      reference.id = reference.key = reference.text;
      reference.project = believed.id;
      return settle(reference, request);
    }
  }
  const bool is_id = reference.parameter && reference.parameter->form == Form::kId;
  if (is_id) {
    reference.id = reference.text;
    reference.project = reference.text;
    return settle(reference, request);
  }
  const Fact* fact = request.questions.find(Ask::kSpaceByKey, reference.text);
  if (!fact) return;
  reference.id = fact->id;
  reference.key = fact->key;
  reference.project = fact->found ? fact->id : std::string();
  settle(reference, request);
}

void resolve_content(Reference& reference, Request& request) {
  const ContentType type = reference.parameter ? reference.parameter->content_type : ContentType::kAny;
  if constexpr (!check_enabled("write_located_afresh")) {
    if (request.match.operation->access != catalogue::Access::kRead && !request.permitted.resources.empty()) {
      reference.id = reference.text;
      reference.project = request.permitted.resources.front().id;
      reference.restricted = false;
      return settle(reference, request);
    }
  }
  if constexpr (!check_enabled("content_container")) {
    if (lies_in_content(type) && !request.permitted.resources.empty()) {
      reference.id = reference.text;
      reference.project = request.permitted.resources.front().id;
      reference.restricted = false;
      return settle(reference, request);
    }
  }
  const ContentPlace place = find_content(type, reference.text, request);
  if (!place.known) return;
  reference.id = reference.text;
  reference.project = place.space;
  reference.restricted = place.restricted;
  if (reference.parent >= 0 && check_enabled("nested_parent")) {
    const Reference& parent = request.references[static_cast<std::size_t>(reference.parent)];
    if (parent.text != place.container) reference.project.clear();
  }
  settle(reference, request);
  settle_tree(reference, type, request);
}

/// Only the list under its parent says whether a property belongs there.
void resolve_content_property(Reference& reference, Request& request) {
  if (reference.parent < 0) {
    reference.state = Reference::State::kOutside;
    return;
  }
  const Reference& parent = request.references[static_cast<std::size_t>(reference.parent)];
  if (parent.state == Reference::State::kOpen) return;
  reference.id = reference.text;
  reference.restricted = parent.restricted;
  if (parent.state == Reference::State::kInside) {
    const bool of_space = parent.kind == catalogue::Kind::kSpace;
    const std::string_view type = of_space ? std::string_view("space") : catalogue::to_string(parent.parameter->content_type);
    const Fact* listed = request.questions.find(Ask::kContentProperties, parent.id, type);
    if (!listed) return;
    const bool of_it = std::find(listed->list.begin(), listed->list.end(), reference.text) != listed->list.end();
    if (of_it || !check_enabled("nested_parent")) reference.project = parent.project;
  }
  settle(reference, request);
}

}  // namespace gatehouse::gateway
